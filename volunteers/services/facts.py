"""What is noted about a volunteer: training, insurance, health checks, awards, complaints.

(`records` and `certificates` are of service; see there.)
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from volunteers.models.codes import RecordKind
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.permissions import can_amend_volunteer

# Which words each kind keeps, the one that must be there first.
WORDS: dict[str, tuple[str, ...]] = {
    RecordKind.TRAINING: ("course", "score"),
    RecordKind.INSURANCE: ("insurer", "policy"),
    RecordKind.HEALTH_CHECK: ("place", "result"),
    RecordKind.AWARD: ("text",),
    RecordKind.COMPLAINT: ("text",),
}
JUDGED = frozenset({RecordKind.TRAINING, RecordKind.HEALTH_CHECK})


def holds_on(volunteer: Volunteer, kind: str, day: dt.date) -> bool:
    """A record of a kind that holds on a day: passed where there is a test, in force where it has a period."""
    rows = VolunteerRecord.objects.filter(volunteer=volunteer).of_kind(kind)
    if kind == RecordKind.TRAINING:
        rows = rows.filter(passed=True)
    rows = rows.exclude(passed=False).filter(happened_on__lte=day)
    lasting = kind != RecordKind.INSURANCE and rows.filter(valid__isnull=True).exists()
    return lasting or rows.filter(valid__contains=day).exists()


def _period(valid_from: dt.date | None, valid_to: dt.date | None) -> DateRange | None:
    """Both days count; a certificate that ends before it starts is refused."""
    if valid_from is None and valid_to is None:
        return None
    if valid_from and valid_to and valid_to < valid_from:
        raise DomainError(
            "volunteer_record_valid_not_empty", _("有效期的结束不能早于开始。"), "valid_to"
        )
    return DateRange(valid_from, valid_to and valid_to + dt.timedelta(days=1))


@command
def volunteer_record_add(
    *,
    volunteer: Volunteer,
    kind: str,
    happened_on: dt.date,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    hours: Decimal | None = None,
    passed: bool | None = None,
    by: User,
    **words: Any,
) -> VolunteerRecord:
    """Note one fact; `words` are those of WORDS.

    Raises:
        DomainError: `volunteer_record.*` and `volunteer_record_*` on their fields.
    """
    require(can_amend_volunteer, by, volunteer)
    if kind not in WORDS:
        raise DomainError("volunteer_record_kind_known", _("请从列表中选择。"), "kind")
    if happened_on > timezone.localdate():
        raise DomainError("volunteer_record.in_future", _("日期不能在将来。"), "happened_on")
    detail = {name: str(words.get(name) or "").strip() for name in WORDS[kind]}
    first = WORDS[kind][0]
    if not detail[first]:
        raise DomainError("volunteer_record.needs_words", _("请填写这一项。"), first)
    valid = _period(valid_from, valid_to)
    if kind == RecordKind.INSURANCE and (valid_from is None or valid_to is None):
        raise DomainError(
            "volunteer_record_cover_has_period", _("保险要写明起止日期。"), "valid_to"
        )
    record = VolunteerRecord(
        organization_id=volunteer.organization_id,
        volunteer=volunteer,
        kind=kind,
        happened_on=happened_on,
        valid=valid if kind in (*JUDGED, RecordKind.INSURANCE) else None,
        hours=hours if kind == RecordKind.TRAINING else None,
        passed=passed if kind in JUDGED else None,
        detail=detail,
        created_by=by,
    )
    record.save(force_insert=True)
    audit.record("volunteer_record.add", by=by, on=record, kind=kind, volunteer=volunteer.uid)
    return record


@command
def volunteer_record_void(*, record: VolunteerRecord, reason: str, by: User) -> VolunteerRecord:
    """Take a wrong note out of force; it stays readable.

    Raises:
        DomainError: `volunteer_record.is_void` (409).
    """
    record = VolunteerRecord.objects.locked().select_related("volunteer").get(pk=record.pk)
    require(can_amend_volunteer, by, record.volunteer)
    if record.voided_at is not None:
        raise DomainError("volunteer_record.is_void", _("这条记录已经作废。"), status=409)
    record.voided_at, record.void_reason = timezone.now(), reason.strip()
    record.save(update_fields=["voided_at", "void_reason"])
    audit.record("volunteer_record.void", by=by, on=record, kind=record.kind)
    return record
