"""The foundation's to-do list: one open task per request, for the role whose turn it is."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.services.tasks import task_open
from donations.models.requests import FundingRequest
from donations.services.course import awaits_agreement
from donations.workflow import RequestState

TURN: dict[str, tuple[str, str]] = {
    RequestState.SUBMITTED: ("check", "foundation_officer"),
    RequestState.DOCUMENT_CHECK: ("check", "foundation_officer"),
    RequestState.FIRST_REVIEW: ("review", "foundation_officer"),
    RequestState.SECOND_REVIEW: ("review", "foundation_officer"),
    RequestState.COMMITTEE: ("decide", "foundation_officer"),
    RequestState.PROPOSED: ("approve", "foundation_approver"),
    RequestState.NOTICE_ELAPSED: ("approve", "foundation_approver"),
    RequestState.APPROVED: ("release", "foundation_cashier"),
    RequestState.AGREEMENT: ("release", "foundation_cashier"),
    RequestState.DISBURSING: ("release", "foundation_cashier"),
    RequestState.DECEASED: ("aid_settle", "foundation_officer"),
}
KINDS = sorted({kind for kind, _role in TURN.values()})


def turn_open(request: FundingRequest, *, by: Any = None) -> Task | None:
    """Close what was open and open the task of the present state; in the foundation's own scope.

    The key names the state's beginning, so that a repeated call (the relay's second try) changes nothing;
    a request that stood still and goes on gets its task back.
    """
    if stands_still(request):
        turn_close(request)
        return None
    # An approved request whose family has not agreed yet is the hospital's turn.
    kind, role = ("", "") if awaits_agreement(request) else TURN.get(request.state, ("", ""))
    key = f"{kind}:{request.uid}:{request.state_entered_at.isoformat()}"
    open_ones = _open(request).exclude(dedup_key=key)
    if not kind:
        _close(open_ones)
        return None
    task = task_open(
        kind=kind,
        organization_id=request.counterparty_id,
        subject=request,
        due_at=request.due_at,
        role=role,
        dedup_key=key,
        closing=open_ones,
        by=by,
    )
    if task is None:
        Task.objects.filter(organization_id=request.counterparty_id, dedup_key=key).exclude(
            state=Task.State.OPEN
        ).update(state=Task.State.OPEN, closed_at=None, due_at=request.due_at)
    return task


def stands_still(request: FundingRequest) -> bool:
    """Nobody's turn: taken back, or on hold with nothing granted to be settled after a death."""
    if request.state == RequestState.DECEASED:
        return False
    return request.on_hold_at is not None or request.state == RequestState.WITHDRAWN


def turn_close(request: FundingRequest) -> int:
    """Close the foundation's open tasks on the request; how many there were."""
    return _close(_open(request))


def _open(request: FundingRequest) -> QuerySet[Task]:
    return Task.objects.filter(
        organization_id=request.counterparty_id,
        kind__in=KINDS,
        subject_kind="fundingrequest",
        subject_id=request.pk,
        state=Task.State.OPEN,
    )


def _close(tasks: QuerySet[Task]) -> int:
    return tasks.update(state=Task.State.DONE, closed_at=timezone.now())
