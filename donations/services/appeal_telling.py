"""Effects of an appeal in each house, run by the relay in that house's scope: the task, the notices."""

from collections.abc import Mapping
from typing import Any

from departments.models.people import User
from departments.services.tasks import task_open, tasks_close
from donations.appeal_workflow import OPEN, AppealBy
from donations.models.appeals import Appeal
from donations.models.requests import FundingRequest
from donations.services.appeals import end_of
from donations.services.telling import people_in, tell, worker_of, workers_of

TASK = "appeal"
# Who of a house answers: the task stands on the first role's list, the notice goes to all of them.
FOUNDATION, HOSPITAL = ("foundation_officer", "foundation_approver"), ("dept_head", "supervisor")


def appeal_told(*, payload: Mapping[str, Any], once: str) -> None:
    """Open or close the task of the house that answers; tell the others what came of it."""
    house, step = payload["house_id"], payload["step"]
    appeal = Appeal.objects.select_related("request").get(pk=payload["appeal_id"])
    is_hospital = house == appeal.organization_id
    if house == appeal.addressee_id:
        _task(appeal, house, is_hospital)
    users = _hearers(appeal, house, step, is_hospital)
    tell(
        house,
        users,
        kind=f"appeal.{step}",
        request=appeal,
        once=once,
        care=is_hospital,
    )


def _task(appeal: Appeal, house: int, is_hospital: bool) -> None:
    if appeal.state in OPEN:
        task_open(
            kind=TASK,
            organization_id=house,
            subject=appeal,
            due_at=end_of(appeal.answer_by),
            role=(HOSPITAL if is_hospital else FOUNDATION)[0],
            dedup_key=f"{TASK}:{appeal.uid}",
        )
        return
    appeal.organization_id = house  # the task is the answering house's own row, in its own scope
    tasks_close(kind=TASK, subject=appeal)


def _hearers(appeal: Appeal, house: int, step: str, is_hospital: bool) -> list[int]:
    """Who answers hears what is raised or taken back; who raised it, and the worker, what was said to it."""
    if house == appeal.addressee_id and step in ("raise", "withdraw"):
        return people_in(house, HOSPITAL if is_hospital else FOUNDATION)
    if is_hospital:
        return workers_of(appeal.request)
    if appeal.raised_by == AppealBy.OFFICER and step != "raise":
        return [appeal.raised_by_user_id]
    return []


def lane_told(request: FundingRequest, *, kind: str, task: str, once: str) -> None:
    """The family has written or sent a paper: the worker's task and notice, in the hospital's scope."""
    house = request.organization_id
    task_open(
        kind=task,
        organization_id=house,
        subject=request,
        assignee=User.objects.filter(pk=worker_of(request)).first(),
        dedup_key=f"{task}:{request.uid}:{once}",
    )
    tell(house, workers_of(request), kind=kind, request=request, once=once, care=True)
