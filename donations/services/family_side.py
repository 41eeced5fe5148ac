"""The worker's side of the family's lane: answers to its messages, papers it sent."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.tasks import tasks_close
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.requests import FundingRequest
from donations.permissions import can_amend_request, can_submit_request
from donations.services.family_lane import PAPER_TASK, SAY_TASK
from donations.services.requests import request_attach
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def family_message_write(*, request: FundingRequest, body: str, by: Any) -> FamilyMessage:
    """Answer the family; it reads this behind its code. What it wrote counts as read.

    Raises:
        DomainError: `permission.can_submit_request`, `lane.empty` on `body`.
    """
    request = FundingRequest.objects.locked().get(pk=request.pk)
    require(can_submit_request, by, request)
    if not body.strip():
        raise DomainError("lane.empty", _("请写下要说的话。"), "body")
    FamilyMessage.objects.filter(request=request, is_from_family=True, seen_at__isnull=True).update(
        seen_at=timezone.now()
    )
    line = FamilyMessage(
        organization_id=request.organization_id,
        request=request,
        is_from_family=False,
        author=by,
        body=body.strip(),
        created_by=by,
    )
    line.save(force_insert=True)
    tasks_close(kind=SAY_TASK, subject=request)
    audit.record("family_lane.reply", by=by, on=request)
    return line


def _locked(paper: FamilyPaper) -> FamilyPaper:
    held = FamilyPaper.objects.locked().select_related("document").get(pk=paper.pk)
    if held.state != FamilyPaper.State.WAITING:
        raise DomainError("family_paper.answered", _("这份材料已经处理过。"), status=409)
    return held


def _answered(paper: FamilyPaper, *, state: str, reason: str, by: Any) -> FamilyPaper:
    paper.state, paper.answered_by, paper.answered_at = state, by, timezone.now()
    paper.reason = reason or None
    paper.save(update_fields=["state", "answered_by", "answered_at", "reason"])
    waiting = FamilyPaper.objects.filter(
        request_id=paper.request_id, state=FamilyPaper.State.WAITING
    )
    if not waiting.exists():
        tasks_close(kind=PAPER_TASK, subject=paper.request)
    return paper


@command
def family_paper_take(*, paper: FamilyPaper, by: Any) -> FamilyPaper:
    """It is right: put it into the request under the paper it was sent for.

    Raises:
        DomainError: `permission.can_amend_request`, `family_paper.answered` (409), and those of request_attach.
    """
    require(can_amend_request, by, paper.request)
    held = _locked(paper)
    request_attach(request=paper.request, type=held.type, document=held.document, by=by)
    audit.record("family_paper.take", by=by, on=held, type=held.type)
    return _answered(held, state=FamilyPaper.State.TAKEN, reason="", by=by)


@command
def family_paper_decline(*, paper: FamilyPaper, reason: str, by: Any) -> FamilyPaper:
    """It cannot be used; the family reads why and sends it again.

    Raises:
        DomainError: `permission.can_amend_request`, `family_paper.answered` (409),
            `family_paper.needs_reason` on `reason`.
    """
    require(can_amend_request, by, paper.request)
    held = _locked(paper)
    if not reason.strip():
        raise DomainError(
            "family_paper.needs_reason", _("请告诉家属哪里不对、怎样重拍。"), "reason"
        )
    audit.record("family_paper.decline", by=by, on=held, type=held.type)
    return _answered(held, state=FamilyPaper.State.DECLINED, reason=reason.strip(), by=by)
