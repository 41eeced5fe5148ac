"""Effects in the other house, run by the relay in that house's scope: tasks, notices, audit lines."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from cases.models.casework import Case
from departments import audit
from departments.models.people import Membership, User
from departments.services.tasks import notify, task_open, tasks_close
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.models.subjects import SubjectLink
from donations.services.clocks import stands_still, turn_open
from donations.services.course import awaits_agreement
from donations.services.elsewhere import others_follow, over_gap
from donations.services.notices import notice_end_with
from donations.services.revisits import TASKS_AFTER, tasks_after
from donations.services.tie_marks import is_tied, ties_fill
from donations.workflow import IN_REVIEW, RequestState
from msw_portal.kernel.scope import enter

# After these the aid of all foundations together may be more than the gap.
RAISES_AID = frozenset({"approve", "raise", "raise_paid"})
OFFICERS = ("foundation_officer",)
DECIDERS = ("foundation_officer", "foundation_approver")
CASHIERS = ("foundation_cashier",)
# What the foundation's step asks of the worker -> the kind of the task.
WORKERS_TASKS = {
    "request_supplement": "supplement",
    "ask_hospital": "assess",
    "bounce": "payee",
    "approve": "aid_agreement",  # where the programme wants one
}

# What the hospital's step is called in the foundation's notice, where it is no arrival.
TOLD_AS = {
    "hold": "consent_withdrawn",
    "sign": "funding_request.signed",
    "die": "funding_request.died",
    "gap": "funding_request.gap",
}
# With these the hospital says anew who the family is, in marks.
NEWLY_TOLD = frozenset({"submit", "supplement", "resume"})
# Who hears of a step of the hospital's; officers where none is named.
READERS = {"sign": CASHIERS, "die": (*DECIDERS, *CASHIERS), "gap": DECIDERS}


def people_in(house_id: int, roles: Iterable[str]) -> list[int]:
    """Persons who hold one of the roles in the house today; service accounts read nothing."""
    return list(
        Membership.objects.filter(
            organization_id=house_id,
            role__in=list(roles),
            valid__contains=timezone.localdate(),
            user__is_active=True,
            user__is_service=False,
        )
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )


def tell(
    house_id: int,
    users: Iterable[int],
    *,
    kind: str,
    request: FundingRequest,
    once: str,
    care: bool,
) -> None:
    # A notification is its receiver's own row: each is written in the receiver's name.
    for user in users:
        enter(org=house_id, user=user, role="system", care=house_id if care else None)
        notify(
            users=[user],
            organization_id=house_id,
            kind=kind,
            subject=request,
            dedup_key=f"{kind}:{request.uid}:{once}",
        )
    enter(org=house_id, role="system", care=house_id if care else None)


def worker_of(request: FundingRequest) -> int | None:
    """The case's worker; of a restricted case, which the system may not enter, whoever wrote the request.
    A project's leader."""
    if request.is_for_project:
        return request.project.leader_id
    case = Case.objects.filter(pk=request.case_id).first()
    return case.worker_id if case is not None else request.created_by_id


def workers_of(request: FundingRequest, worker: int | None = None) -> list[int]:
    """Who hears of a request in the hospital; `worker` is the case's where it has been looked up."""
    users = {request.created_by_id, worker or worker_of(request)}
    return sorted(user for user in users if user is not None)


def foundation_told(*, payload: Mapping[str, Any], once: str) -> None:
    """A request arrived, came back, was taken back or stopped: the foundation's task follows its state."""
    house = payload["foundation_id"]
    request = (
        FundingRequest.objects.locked()
        .select_related("programme_version")
        .get(pk=payload["request_id"], counterparty_id=house)
    )
    step = payload["step"]
    if stands_still(request) or request.death_noted_at is not None:
        notice_end_with(request)
    turn_open(request)
    if step in NEWLY_TOLD and is_tied(request):
        kind, told = "funding_request.related", people_in(house, DECIDERS)
        tell(house, told, kind=kind, request=request, once=once, care=False)
    kind = TOLD_AS.get(step, "funding_request.submitted")
    readers = READERS.get(step, OFFICERS)
    tell(house, people_in(house, readers), kind=kind, request=request, once=once, care=False)


def persons_told(*, payload: Mapping[str, Any], once: str) -> None:
    """Two codes are one person, or two again: who decides hears it on every open request of either."""
    house, kind = payload["foundation_id"], f"funding_request.persons_{payload['step']}"
    link = SubjectLink.objects.get(pk=payload["link_id"], counterparty_id=house)
    rows = FundingRequest.objects.open().filter(
        counterparty_id=house,
        organization_id=link.organization_id,
        subject_code__in=(link.code_a, link.code_b),
    )
    for request in rows.order_by("pk"):
        tell(house, people_in(house, DECIDERS), kind=kind, request=request, once=once, care=False)


def hospital_told(*, payload: Mapping[str, Any], once: str) -> None:
    """The foundation took a step: a supplement is the worker's task, everything else a notice."""
    house = payload["hospital_id"]
    request = FundingRequest.objects.get(pk=payload["request_id"], organization_id=house)
    step, worker_id = payload["step"], worker_of(request)
    worker = None
    asks = step in WORKERS_TASKS and (step != "approve" or awaits_agreement(request))
    if asks or step in TASKS_AFTER:
        worker = User.objects.filter(pk=worker_id).first()
    if asks:
        kind = WORKERS_TASKS[step]
        task_open(
            kind=kind,
            organization_id=house,
            subject=request,
            due_at=request.due_at,
            assignee=worker,
            dedup_key=f"{kind}:{request.uid}:{once}",
        )
    elif request.state != RequestState.SUPPLEMENT_REQUIRED:
        tasks_close(kind="supplement", subject=request)
    tasks_after(request, step, assignee=worker, once=once)
    others_follow(request)
    if request.state in IN_REVIEW and request.on_hold_at is None:
        ties_fill(request)
    kinds = ["funding_request.moved"]
    if step in RAISES_AID and over_gap(request) > 0:
        kinds.append("funding_request.over_aid")
    for kind in kinds:
        told = workers_of(request, worker_id)
        tell(house, told, kind=kind, request=request, once=once, care=True)


def opening_noted(*, payload: Mapping[str, Any], once: str) -> None:
    """Whoever looks up who has seen a patient's data finds the foundation's opening in the hospital's chain."""
    house = payload["hospital_id"]
    request = FundingRequest.objects.get(pk=payload["request_id"], organization_id=house)
    audit.record(
        "funding_request.opened",
        by=None,
        on=request,
        organization_id=house,
        foundation=payload["foundation_uid"],
        reader=payload["reader_uid"],
        client=payload.get("client_uid", ""),
        at=payload["at"],
        level=payload["level"],
        entry=once,
    )


def release_told(*, payload: Mapping[str, Any], once: str) -> None:
    """Money is on its way: the worker's task is to confirm its arrival."""
    house = payload["hospital_id"]
    disbursement = Disbursement.objects.select_related("request").get(
        pk=payload["disbursement_id"], organization_id=house
    )
    request = disbursement.request
    worker_id = worker_of(request)
    task_open(
        kind="receipt",
        organization_id=house,
        subject=request,
        assignee=User.objects.filter(pk=worker_id).first(),
        dedup_key=f"receipt:{disbursement.uid}",
    )
    tell(
        house,
        workers_of(request, worker_id),
        kind="disbursement.released",
        request=request,
        once=once,
        care=True,
    )


def confirmation_told(*, payload: Mapping[str, Any], once: str) -> None:
    """The hospital has the money: the cashiers hear of it."""
    house = payload["foundation_id"]
    request = FundingRequest.objects.get(pk=payload["request_id"], counterparty_id=house)
    tell(
        house,
        people_in(house, CASHIERS),
        kind="disbursement.confirmed",
        request=request,
        once=once,
        care=False,
    )
