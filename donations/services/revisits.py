"""What the hospital tells after the payment: the visit that asks what became of it, a death."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move
from departments.services.tasks import task_open, tasks_close
from donations.models.requests import FundingRequest
from donations.models.settling import Revisit
from donations.permissions import can_tell_use
from donations.services.deaths import REVISIT_TASK, death_stop
from donations.services.requests import locked_own, tell_foundation
from donations.workflow import FUNDING_REQUEST, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

REVISIT_AFTER = dt.timedelta(days=90)
BILL_TASK = "aid_bill"
PAID_OFF = frozenset({"pay_rest", "end_payout"})
TASKS_AFTER = PAID_OFF | {"reconcile"}  # the steps that may open one of them


@command
def revisit_do(
    *,
    revisit: Revisit,
    done_on: dt.date,
    outcome: str,
    use: str,
    life: str = "",
    wish: str = "",
    by: Any,
) -> Revisit:
    """What became of patient and family; read by the foundation, so without a name.

    Raises:
        DomainError: `revisit.done` (409), `revisit.in_future` on `done_on`, `revisit_outcome_known`
            on `outcome`, `revisit.needs_use` on `use`.
    """
    request = locked_own(revisit.request, by=by, rule=can_tell_use)
    held = Revisit.objects.locked().get(pk=revisit.pk)
    if held.done_on is not None:
        raise DomainError("revisit.done", _("这次回访已经登记。"), status=409)
    if done_on > timezone.localdate():
        raise DomainError("revisit.in_future", _("回访日期不能晚于今天。"), "done_on")
    if outcome not in Revisit.Outcome.values:
        raise DomainError("revisit_outcome_known", _("请从列表中选择。"), "outcome")
    if not use.strip():
        raise DomainError("revisit.needs_use", _("请写明救助款用在了哪里、起了什么作用。"), "use")
    held.done_on, held.done_by, held.outcome = done_on, by, outcome
    held.payload = {"use": use.strip(), "life": life.strip(), "wish": wish.strip()}
    held.save(update_fields=["done_on", "done_by", "outcome", "payload"])
    if request.state == RequestState.RECONCILED:
        move(request, FUNDING_REQUEST, "revisit", by=by)
        tell_foundation(request, "revisit", by=by)
    tasks_close(kind=REVISIT_TASK, subject=request)
    audit.record("revisit.do", by=by, on=held, request=request.uid, outcome=outcome)
    return held


@command
def request_die(*, request: FundingRequest, died_on: dt.date, by: Any) -> FundingRequest:
    """The patient died: nothing more is paid; the foundation settles what is open.

    Raises:
        DomainError: `funding_request.die.wrong_state` (409), `funding_request.died_in_future` on `died_on`.
    """
    request = locked_own(request, by=by, rule=can_tell_use)
    if died_on > timezone.localdate():
        raise DomainError("funding_request.died_in_future", _("日期不能晚于今天。"), "died_on")
    FUNDING_REQUEST.check(request, "die")
    death_stop(request, by=by)
    audit.record("funding_request.die", by=by, on=request, died_on=died_on)
    return request


def revisit_plan(request: FundingRequest) -> Revisit | None:
    """The visit that comes due after the reconciling, with the worker's task; in the hospital's scope, once."""
    if RequestState.REVISITED not in request.programme_version.stages:
        return None
    if Revisit.objects.filter(request=request).exists():
        return None
    due = timezone.localdate() + REVISIT_AFTER
    made = Revisit(
        request=request,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        due_on=due,
    )
    made.save(force_insert=True)
    return made


def tasks_after(request: FundingRequest, step: str, *, assignee: Any, once: str) -> None:
    """What the hospital has to do after a step of the foundation: name the bills, visit again."""
    stages = request.programme_version.stages
    if step in PAID_OFF and RequestState.RECONCILED in stages:
        task_open(
            kind=BILL_TASK,
            organization_id=request.organization_id,
            subject=request,
            assignee=assignee,
            dedup_key=f"{BILL_TASK}:{request.uid}:{once}",
        )
    elif step == "reconcile":
        tasks_close(kind=BILL_TASK, subject=request)
        made = revisit_plan(request)
        if made is not None:
            task_open(
                kind=REVISIT_TASK,
                organization_id=request.organization_id,
                subject=request,
                due_at=timezone.make_aware(dt.datetime.combine(made.due_on, dt.time(17))),
                assignee=assignee,
                dedup_key=f"{REVISIT_TASK}:{request.uid}",
            )
