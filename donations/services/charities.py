"""What a charity says of itself: its facts, and the qualifications it holds with their days."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Organization
from departments.models.register_parts import OrganizationCredential
from departments.services.credential_clocks import qualification_clocks_stop, warn_days
from donations.charity_permissions import can_keep_charity
from donations.models.giving import CharityProfile
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

Kind = OrganizationCredential.Kind
# What a charity holds, in the order of its page.
KINDS: tuple[str, ...] = (
    Kind.PUBLIC_FUNDRAISING,
    Kind.TAX_DEDUCTION,
    Kind.RATING,
    Kind.CHARITY_STATUS,
    Kind.REGISTRATION,
)
GRADES = ("1A", "2A", "3A", "4A", "5A")
ENDS = frozenset({Kind.TAX_DEDUCTION, Kind.RATING})


@command
def charity_profile_write(
    *,
    legal_form: str,
    registration_authority: str = "",
    supervising_body: str = "",
    public_contact: str = "",
    query_words: str = "",
    bank_accounts: str = "",
    by: Any,
) -> CharityProfile:
    """Write the facts of the own house (domain.md 3.1); makes the row when there is none."""
    require(can_keep_charity, by, None)
    profile, is_new = CharityProfile.objects.locked().get_or_create(
        organization_id=by.house_id, defaults={"created_by": by}
    )
    before = profile.form
    profile.form = legal_form
    profile.registration_authority = registration_authority.strip()
    profile.supervising_body = supervising_body.strip()
    profile.public_contact = public_contact.strip()
    profile.query_words = query_words.strip()
    profile.bank_accounts = bank_accounts.strip()
    profile.save()
    house = Organization.objects.get(pk=by.house_id)
    audit.record("charity.write", by=by, on=house, form=[None if is_new else before, legal_form])
    return profile


@command
def qualification_add(
    *,
    kind: str,
    number: str = "",
    grade: str = "",
    issued_on: dt.date | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: Any,
) -> OrganizationCredential:
    """A qualification of the own house with the days it holds, both inclusive.

    Raises:
        DomainError: `qualification.needs_number`, `.needs_day`, `.needs_grade`, `.needs_end`,
            `.order` or `.kind`, each on its field.
    """
    require(can_keep_charity, by, None)
    start = valid_from or issued_on
    _check_qualification(kind, number, grade, start, valid_to)
    house = Organization.objects.locked().get(pk=by.house_id)
    qualification_clocks_stop(organization=house, kind=kind)
    row = OrganizationCredential(
        organization=house,
        managed_by_id=house.managed_by_id,
        kind=kind,
        number=number.strip(),
        grade=grade,
        issued_on=issued_on or start,
        valid=DateRange(start, valid_to + dt.timedelta(days=1) if valid_to else None),
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record(
        "charity.qualification_add",
        by=by,
        on=house,
        kind=kind,
        number=row.number,
        valid_to=valid_to,
    )
    return row


def _check_qualification(
    kind: str, number: str, grade: str, start: dt.date | None, end: dt.date | None
) -> None:
    if kind not in KINDS:
        raise DomainError("qualification.kind", _("请从列出的资格中选择。"), "kind")
    if kind != Kind.RATING and not number.strip():
        raise DomainError("qualification.needs_number", _("请填写证书或文件编号。"), "number")
    if kind == Kind.RATING and grade not in GRADES:
        raise DomainError("qualification.needs_grade", _("评估等级从 1A 到 5A 选一个。"), "grade")
    if start is None:
        raise DomainError("qualification.needs_day", _("请填写从哪一天起有效。"), "valid_from")
    if end is None and kind in ENDS:
        raise DomainError(
            "qualification.needs_end", _("这一项有有效期，请填写到期日。"), "valid_to"
        )
    if end is not None and end < start:
        raise DomainError("qualification.order", _("到期日不能早于开始日期。"), "valid_to")


@command
def qualification_drop(*, credential: OrganizationCredential, by: Any) -> None:
    """Take back what was entered wrongly; the audit keeps that it was."""
    require(can_keep_charity, by, None)
    house = Organization.objects.locked().get(pk=by.house_id)
    held = house.credentials.filter(pk=credential.pk).first()
    if held is None:
        raise DomainError("qualification.gone", _("这一条已经不在了，请刷新。"), status=409)
    qualification_clocks_stop(organization=house, kind=held.kind, title=held.title)
    audit.record("charity.qualification_drop", by=by, on=house, kind=held.kind, number=held.number)
    held.delete()


@dataclass(frozen=True)
class Standing:
    """One kind of qualification on a day: the row that holds, or the last one that did."""

    kind: str
    label: Any
    row: OrganizationCredential | None
    is_valid: bool
    days_left: int | None

    @property
    def is_expiring(self) -> bool:
        return self.is_valid and self.days_left is not None and self.days_left <= warn_days()


def standings(organization: Organization, on: dt.date | None = None) -> list[Standing]:
    """What a charity holds on a day, one line for each kind, in the order of its page."""
    day = on or timezone.localdate()
    rows = list(organization.credentials.filter(kind__in=KINDS).order_by("pk"))
    return [_standing(kind, [row for row in rows if row.kind == kind], day) for kind in KINDS]


def _standing(kind: str, rows: list[OrganizationCredential], day: dt.date) -> Standing:
    holding = [row for row in rows if row.valid is not None and day in row.valid]
    row = max(holding or rows, key=_last, default=None)
    left = (row.last_day - day).days if holding and row is not None and row.last_day else None
    return Standing(kind, Kind(kind).label, row, bool(holding), left)


def _last(row: OrganizationCredential) -> dt.date:
    return row.last_day or dt.date.max


def certificate_on(organization: Organization, on: dt.date) -> Standing:
    """The public-fundraising certificate of a charity on a day."""
    return next(one for one in standings(organization, on) if one.kind == Kind.PUBLIC_FUNDRAISING)
