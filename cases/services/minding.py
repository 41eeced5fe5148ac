"""What must be minded about a person: dated flags, resolved with a reason, and who must not be told."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.families import CareFlag
from cases.models.people import Client, RelatedPerson
from cases.models.service_codes import CareFlagKind
from cases.person_permissions import can_raise_flag, can_resolve_flag
from departments import audit
from departments.models.people import User
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name

MIN_REASON = 5
REVIEW_HOUR = dt.time(18, 0)


def live_flags(client: Client) -> QuerySet[CareFlag]:
    """The flags of the person that hold now, the oldest first; whichever merged record they hang on."""
    return CareFlag.objects.filter(
        organization_id=client.organization_id,
        client__root_id=client.root_id,
        resolved_on__isnull=True,
    ).order_by("since", "id")


def minded_of(client: Client) -> list[str]:
    """What stands before anything of this person is shared or printed; never printed itself."""
    told = RelatedPerson.objects.filter(
        organization_id=client.organization_id,
        client__root_id=client.root_id,
        must_not_be_told=True,
    ).order_by("id")
    return [
        *(f"{one.get_kind_display()}：{one.text}" for one in live_flags(client)),
        *(
            _("%(relation)s %(name)s 不可告知：不要交给或让其看到")
            % {"relation": one.get_relation_display(), "name": mask_name(one.name)}
            for one in told
        ),
    ]


def _check_dates(since: dt.date, review_on: dt.date | None) -> None:
    if since > timezone.localdate():
        raise DomainError("care_flag.in_future", gettext_lazy("起始日期不能晚于今天。"), "since")
    if review_on is not None and review_on <= since:
        raise DomainError(
            "care_flag.review_too_early", gettext_lazy("复核日期须晚于起始日期。"), "review_on"
        )


@command
def care_flag_raise(
    *,
    client: Client,
    kind: str,
    text: str,
    since: dt.date,
    review_on: dt.date | None = None,
    related_person: RelatedPerson | None = None,
    by: User,
) -> CareFlag:
    """Put a flag on the person; with `review_on` a task asks then whether it still holds.

    Raises:
        DomainError: `care_flag.*` on kind, text, since, review_on or related_person.
    """
    require(can_raise_flag, by, client)
    if kind not in CareFlagKind.values:
        raise DomainError("care_flag.kind_unknown", gettext_lazy("请从列表中选择。"), "kind")
    if not text.strip():
        raise DomainError("care_flag.needs_text", gettext_lazy("请写明要注意什么。"), "text")
    _check_dates(since, review_on)
    if related_person is not None and related_person.client_id != client.root_id:
        raise DomainError(
            "care_flag.other_family",
            gettext_lazy("所选的人不是这位服务对象的家属。"),
            "related_person",
        )
    flag = CareFlag(
        organization_id=client.organization_id,
        client_id=client.root_id,
        kind=kind,
        text=text.strip(),
        since=since,
        review_on=review_on,
        related_person=related_person,
        created_by=by,
    )
    flag.save(force_insert=True)
    if review_on is not None:
        due = timezone.make_aware(dt.datetime.combine(review_on, REVIEW_HOUR))
        task_open(
            kind="flag_review",
            organization_id=flag.organization_id,
            subject=flag,
            due_at=due,
            assignee=by,
            by=by,
        )
    audit.record("care_flag.raise", by=by, on=flag, client=client.uid, kind=kind, since=since)
    return flag


@command
def care_flag_resolve(*, flag: CareFlag, reason: str, by: User) -> CareFlag:
    """Take a flag down with the reason; it stays in the record.

    Raises:
        DomainError: `care_flag.is_resolved` (409), `care_flag.needs_reason`.
    """
    flag = CareFlag.objects.locked().get(pk=flag.pk)
    require(can_resolve_flag, by, flag)
    if flag.resolved_on is not None:
        raise DomainError("care_flag.is_resolved", gettext_lazy("这条提示已经解除。"), status=409)
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise DomainError(
            "care_flag.needs_reason", gettext_lazy("请写明解除理由，至少 5 个字。"), "reason"
        )
    flag.resolved_on, flag.resolved_reason, flag.resolved_by = timezone.localdate(), reason, by
    flag.save(update_fields=["resolved_on", "resolved_reason", "resolved_by"])
    tasks_close(kind="flag_review", subject=flag)
    audit.record("care_flag.resolve", by=by, on=flag, kind=flag.kind)
    return flag
