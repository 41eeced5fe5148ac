"""What the hospital says of a request when the programme asks it: the worker's assessment, the department's opinion."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move
from departments.services.tasks import task_open, tasks_close
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import can_assess_request, can_opine_request
from donations.services.course import is_at_opinion
from donations.services.duties import act_write, duty_claim
from donations.services.project_copies import copies_renew
from donations.services.requests import locked_own, refuse_hold, tell_foundation
from donations.services.taking import due_for
from donations.workflow import FUNDING_REQUEST
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

ASSESS, OPINE = "assess", "opine"


@command
def request_assess(*, request: FundingRequest, opinion: str, by: Any) -> FundingRequest:
    """The worker's assessment for the foundation; then the department's head gives the hospital's opinion.

    `opinion` is read by the foundation: no name, no number of a document. Papers that the programme asks
    for at this point (the treating doctor's opinion) are there by now; the worker's act discloses them.

    Raises:
        DomainError: `funding_request.assess.wrong_state` (409), `funding_request.needs_opinion` and
            `funding_request.opinion_papers_missing` on `opinion`, `funding_request.needs_consent`,
            `funding_request.on_hold` (409), `funding_duty_one_per_person` (409).
    """
    request = locked_own(request, by=by, rule=can_assess_request)
    FUNDING_REQUEST.check(request, "assess")
    for label in papers_lacking(request):
        raise DomainError(
            "funding_request.opinion_papers_missing",
            _("请先附上：%(paper)s。") % {"paper": label},
            "opinion",
        )
    _say(request, "assess", opinion, by=by)
    copies_renew(request, by=by)
    tasks_close(kind=ASSESS, subject=request)
    task_open(
        kind=OPINE,
        organization_id=request.organization_id,
        subject=request,
        due_at=request.due_at,
        role="dept_head",
        department_id=None if request.is_for_project else request.case.department_id,
        dedup_key=f"{OPINE}:{request.uid}:{request.state_entered_at.isoformat()}",
        by=by,
    )
    return request


@command
def request_opine(*, request: FundingRequest, opinion: str, by: Any) -> FundingRequest:
    """The hospital's opinion by another person than who entered the request; the review begins.

    Raises:
        DomainError: `funding_request.opine.wrong_state` (409), `funding_request.needs_opinion` on
            `opinion`, `funding_request.on_hold` (409), `funding_duty_one_per_person` (409).
    """
    request = locked_own(request, by=by, rule=can_opine_request)
    _say(request, "opine", opinion, by=by)
    tasks_close(kind=OPINE, subject=request)
    return request


def papers_lacking(request: FundingRequest) -> list[str]:
    """What the programme demands at the opinion and has no file yet, in its words."""
    rows = {
        row["type"]: str(row.get("text", row["type"]))
        for row in request.programme_version.documents
        if is_at_opinion(row) and row.get("required")
    }
    given = set(
        RequestDocument.objects.filter(
            request=request, type__in=list(rows), document__isnull=False
        ).values_list("type", flat=True)
    )
    return [label for kind, label in rows.items() if kind not in given]


def _say(request: FundingRequest, step: str, opinion: str, *, by: Any) -> None:
    FUNDING_REQUEST.check(request, step)
    refuse_hold(request)
    if not opinion.strip():
        raise DomainError("funding_request.needs_opinion", _("请填写意见。"), "opinion")
    duty = duty_claim(request=request, step=step, by=by)
    target = FUNDING_REQUEST.step(step).target
    request.due_at = due_for(request, target) if target else None
    move(request, FUNDING_REQUEST, step, by=by, also=("due_at",))
    act_write(request=request, duty=duty, step=step, by=by, opinion=opinion)
    tell_foundation(request, step, by=by)
    audit.record(f"funding_request.{step}", by=by, on=request, state=request.state)
