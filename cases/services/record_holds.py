"""Holds on a person's records: set with a reason, ended with one; a sealed dispute has its three years."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.holds import RecordHold
from cases.models.people import Client
from cases.person_permissions import can_keep_hold
from cases.services.clocks import end_of_day
from departments import audit
from departments.models.people import User
from departments.services.policies import retention_rule
from departments.services.retention import years_after
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TASK = "hold_end"
LEAST = 5
K, E = RecordHold.Kind, RecordHold.Ending


def _same_records(client: Client):
    return RecordHold.objects.filter(
        organization_id=client.organization_id, client__root_id=client.root_id
    )


def holds_of(client: Client) -> list[RecordHold]:
    """The holds of a person, those that stand first."""
    rows = _same_records(client).select_related("created_by", "ended_by")
    return sorted(rows.order_by("-since", "-id"), key=lambda one: one.ended_on is not None)


@command
def record_hold_set(
    *, client: Client, kind: str, reason: str, since: dt.date, by: User
) -> RecordHold:
    """From now on nothing of the person is deleted or destroyed, whatever has run its time.

    Raises:
        DomainError: `record_hold.*` on kind, reason or since.
    """
    root = Client.objects.locked().get(pk=client.root_id)
    require(can_keep_hold, by, root)
    if root.erased_on is not None:
        raise DomainError("record_hold.erased", _("这个人的记录已按期销毁。"), status=409)
    if kind not in K.values:
        raise DomainError("record_hold.kind_unknown", _("请从列表中选择。"), "kind")
    if _same_records(root).filter(kind=kind, ended_on__isnull=True).exists():
        raise DomainError(
            "record_hold_one_of_a_kind", _("这个人已有一份同类的封存，先解除再登记。"), "kind"
        )
    if len(reason.strip()) < LEAST:
        raise DomainError("record_hold.needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    if since > timezone.localdate():
        raise DomainError("record_hold.in_future", _("日期不能在将来。"), "since")
    is_dispute = kind == K.DISPUTE
    hold = RecordHold(
        organization_id=root.organization_id,
        client=root,
        kind=kind,
        reason=reason.strip(),
        since=since,
        may_end_on=years_after(since, retention_rule().sealed_years) if is_dispute else None,
        created_by=by,
    )
    hold.save(force_insert=True)
    _tell(root)
    if hold.may_end_on is not None:
        task_open(
            kind=TASK,
            organization_id=hold.organization_id,
            subject=hold,
            due_at=end_of_day(hold.may_end_on),
            role="dept_head",
            department_id=by.acting.department_id,
            by=by,
        )
    audit.record("record_hold.set", by=by, on=hold, client=root.uid, kind=kind, since=since)
    return hold


@command
def record_hold_end(*, hold: RecordHold, ending: str, reason: str, by: User) -> RecordHold:
    """Take a hold away; what has run its time is due again.

    Raises:
        DomainError: `record_hold.is_ended` (409), `record_hold.*` on ending or reason.
    """
    root = Client.objects.locked().get(pk=hold.client.root_id)
    hold = RecordHold.objects.locked().get(pk=hold.pk)
    require(can_keep_hold, by, root)
    if hold.ended_on is not None:
        raise DomainError("record_hold.is_ended", _("这份封存已经解除。"), status=409)
    if ending not in E.values:
        raise DomainError("record_hold.ending_unknown", _("请从列表中选择。"), "ending")
    today = timezone.localdate()
    if ending == E.UNSEALED and (hold.may_end_on is None or today < hold.may_end_on):
        raise DomainError(
            "record_hold_term_is_waited",
            _("封存满 %(n)d 年、患方没有提出解决纠纷的要求，才能以期满启封。")
            % {"n": retention_rule().sealed_years},
            "ending",
        )
    if len(reason.strip()) < LEAST:
        raise DomainError("record_hold.needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    hold.ended_on, hold.ending = today, ending
    hold.ended_reason, hold.ended_by = reason.strip(), by
    hold.save(update_fields=["ended_on", "ending", "ended_reason", "ended_by"])
    _tell(root)
    tasks_close(kind=TASK, subject=hold)
    audit.record("record_hold.end", by=by, on=hold, client=root.uid, kind=hold.kind, reason=ending)
    return hold


def _tell(root: Client) -> None:
    """Every record of the person says whether one stands: deletions ask for no more than that."""
    stands = _same_records(root).filter(ended_on__isnull=True).exists()
    Client.objects.same_person(root).exclude(legal_hold=stands).update(legal_hold=stands)
