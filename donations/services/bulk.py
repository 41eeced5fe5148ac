"""One step for several requests: each in a savepoint of its own, each with its own outcome."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.colleagues import people_here
from departments.services.notices import people_tell
from donations.board_permissions import can_assign_request
from donations.models.requests import FundingRequest
from donations.services.clocks import KINDS, TURN, turn_open
from donations.services.duties import duty_of
from donations.services.review import request_ask_supplement, request_check
from donations.workflow import STEP_DUTIES, Duty, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

MOST = 50
# What the person whose turn it is will do, where one person may do one thing only.
STEP_OF = {
    RequestState.SUBMITTED: "accept",
    RequestState.DOCUMENT_CHECK: "accept",
    RequestState.FIRST_REVIEW: "review",
    RequestState.SECOND_REVIEW: "second_review",
    RequestState.COMMITTEE: "decide",
    RequestState.PROPOSED: "approve",
    RequestState.NOTICE_ELAPSED: "approve",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one request: the row, and the sentence of the refusal or ""."""

    request: FundingRequest
    refusal: str = ""


def _each(
    requests: Iterable[FundingRequest], step: Callable[..., Any], **given: Any
) -> list[Outcome]:
    """`step` for each, in the order of the locks; a refused one leaves nothing and stops no other."""
    chosen = sorted(requests, key=lambda one: one.pk)
    if not 1 <= len(chosen) <= MOST:
        raise DomainError("bulk.how_many", _("请选择 1 到 %(most)d 件申请。") % {"most": MOST})
    found = []
    for request in chosen:
        try:
            with transaction.atomic():
                done = step(request=request, **given)
        except DomainError as error:
            found.append(Outcome(request, str(error)))
        else:
            found.append(Outcome(done))
    return found


def requests_check(*, requests: Sequence[FundingRequest], by: Any) -> list[Outcome]:
    """Take several submitted requests in hand. Raises DomainError `bulk.how_many`."""
    return _each(requests, request_check, by=by)


def requests_ask_supplement(
    *, requests: Sequence[FundingRequest], items: Sequence[str], message: str, by: Any
) -> list[Outcome]:
    """Ask for the same papers with the same words. Raises DomainError `bulk.how_many`."""
    return _each(requests, request_ask_supplement, items=items, message=message, by=by)


def requests_assign(*, requests: Sequence[FundingRequest], officer: User, by: Any) -> list[Outcome]:
    """Give the present turn of each to one colleague. Raises DomainError `bulk.how_many`."""
    return _each(requests, request_assign, officer=officer, by=by)


@command
def request_assign(*, request: FundingRequest, officer: User, by: Any) -> FundingRequest:
    """Give the foundation's present turn on a request to a colleague, who hears of it; binds nobody.

    Raises:
        DomainError: `permission.can_assign_request` (403), `funding_request.no_turn` (409) while it is
            not the foundation's, `.not_of_this_turn` and `.has_other_duty` on `officer`.
    """
    request = FundingRequest.objects.locked().get(pk=request.pk)
    require(can_assign_request, by, request)
    kind, role = TURN.get(request.state, ("", ""))
    if not kind:
        raise DomainError(
            "funding_request.no_turn", _("现在不是基金会办理，不能指派。"), status=409
        )
    if not people_here(by=by, roles=[role]).filter(pk=officer.pk).exists():
        raise DomainError(
            "funding_request.not_of_this_turn", _("此人的角色办不了这一步。"), "officer"
        )
    held, step = duty_of(request, officer), STEP_OF.get(request.state)
    if held is not None and step is not None and held not in STEP_DUTIES[step]:
        raise DomainError(
            "funding_request.has_other_duty",
            _("此人在这份申请上已承担“%(duty)s”，不能再办这一步。") % {"duty": Duty(held).label},
            "officer",
        )
    turn_open(request, by=by)  # the relay may not have come by yet
    turn_tasks(request).update(assignee=officer)
    people_tell(
        kind="funding_request.assigned",
        organization_id=by.house_id,
        subject=request,
        users=[officer.pk],
        once=f"{request.uid}:{request.state_entered_at.isoformat()}:{officer.pk}",
        by=by,
    )
    audit.record("funding_request.assign", by=by, on=request, officer=officer.uid)
    return request


def officers(by: Any) -> QuerySet[User]:
    """Who may be given a turn: the foundation's staff of today."""
    return people_here(by=by, roles=sorted({role for _kind, role in TURN.values()}))


def _open_turns(user: Any) -> QuerySet[Task]:
    tasks = Task.objects.filter(
        organization_id=user.house_id, kind__in=KINDS, subject_kind="fundingrequest"
    )
    return tasks.filter(state=Task.State.OPEN, subject_id=OuterRef("pk"))


def with_handler(user: Any, rows: QuerySet) -> QuerySet:
    """Adds `handler`: the name of whom the foundation's present turn was given to, or None."""
    named = _open_turns(user).exclude(assignee=None).values("assignee__display_name")[:1]
    return rows.annotate(handler=Subquery(named))


def handled_by(user: Any, rows: QuerySet, uid: str) -> QuerySet:
    """The requests whose turn was given to the colleague of this uid; all of them for what is no uid."""
    try:
        known = UUID(uid)
    except ValueError:
        return rows
    return rows.filter(Exists(_open_turns(user).filter(assignee__uid=known)))


def turn_tasks(request: FundingRequest) -> QuerySet[Task]:
    """The foundation's open tasks on a request, in its own scope."""
    return Task.objects.filter(
        organization_id=request.counterparty_id,
        kind__in=KINDS,
        subject_kind="fundingrequest",
        subject_id=request.pk,
        state=Task.State.OPEN,
    )
