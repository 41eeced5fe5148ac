"""A running project asks a foundation for money: the same arrows as a patient's request, without person and consent."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import write_transition
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import CostLine, FundingRequest, RequestDocument, RequestSheet
from donations.permissions import can_submit_request
from donations.services.course import is_at_opinion
from donations.services.project_copies import project_show
from donations.services.readiness import DECLARATIONS, missing_for_submit
from donations.services.requests import (
    check_takes,
    locked_own,
    note_submitted,
    request_amend,
    send_off,
)
from donations.workflow import FINAL, FUNDING_REQUEST, GRANTED
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import Project
from projects.permissions.cultivation import can_ask_for_money
from projects.workflow.cultivation import AT_WORK

Layer = CostLine.Layer
Asker = ProgrammeVersion.Asker


@command
def project_request_draft(
    *, project: Project, programme_version: ProgrammeVersion, by: Any
) -> FundingRequest:
    """Begin a request for a running project under a programme that is open to projects.

    Raises:
        DomainError: `funding_request.programme_not_in_force` and `funding_request.not_for_projects`
            on `programme_version`, `funding_request.another_open` (409).
    """
    project = Project.objects.get(pk=project.pk)
    require(can_ask_for_money, by, project)
    check_takes(programme_version, project.organization)
    if programme_version.asker != Asker.PROJECT:
        raise DomainError(
            "funding_request.not_for_projects",
            _("这个项目只接受患者个案的申请。"),
            "programme_version",
        )
    others = FundingRequest.objects.filter(
        organization_id=project.organization_id,
        project=project,
        programme_version__programme_id=programme_version.programme_id,
    ).exclude(state__in=sorted(FINAL | GRANTED))
    if others.exists():
        raise DomainError(
            "funding_request.another_open",
            _("本项目在这个资助项目已有未办结的申请。"),
            "programme_version",
            status=409,
        )
    request = FundingRequest(
        organization_id=project.organization_id,
        project=project,
        programme_version=programme_version,
        subject_code=f"X-{project.uid.hex[-10:].upper()}",
        payout_mode=programme_version.payout_modes[0],
        payee=project.organization.profile.get("payee"),
        created_by=by,
    )
    request.save(force_insert=True)
    _parts_make(request, by=by)
    write_transition(request, FUNDING_REQUEST, "draft", before="", by=by)
    audit.record(
        "funding_request.draft",
        by=by,
        on=request,
        project=project.uid,
        programme=programme_version.uid,
    )
    return request


def _parts_make(request: FundingRequest, *, by: Any) -> None:
    """The sheet and a place for every paper of the programme."""
    house = request.organization_id
    RequestSheet(organization_id=house, request=request, payload={}, created_by=by).save(
        force_insert=True
    )
    for row in request.programme_version.documents:
        RequestDocument(
            organization_id=house,
            request=request,
            type=row["type"],
            required=bool(row.get("required")) and not is_at_opinion(row),
            created_by=by,
        ).save(force_insert=True)


@command
def project_request_amend(
    *,
    request: FundingRequest,
    requested: Decimal | None,
    budget: Decimal | None,
    other: Decimal | None,
    own: Decimal | None,
    story: str,
    base: int | None = None,
    by: Any,
) -> FundingRequest:
    """Change a draft: the project's whole budget, what others and the unit itself pay, the sum asked, what for.

    Raises:
        DomainError: see request_amend.
    """
    lines = {Layer.TOTAL: budget, Layer.OTHER_AID: other, Layer.EMPLOYER: own}
    given = {layer: amount for layer, amount in lines.items() if amount}
    return request_amend(
        request=request,
        requested=requested,
        cost_lines=given or None,
        base=base,
        by=by,
        story=story,
    )


@command
def project_request_submit(
    *, request: FundingRequest, declarations: Collection[str], by: Any
) -> FundingRequest:
    """Send a draft to the programme's foundation: number, facts of the project, copies of papers.

    Raises:
        DomainError: `funding_request.submit.wrong_state` (409), `funding_request.project_not_running` (409),
            the rules of missing_for_submit, `funding_request.needs_declarations` on `declarations`.
    """
    request = locked_own(request, by=by, rule=can_submit_request)
    FUNDING_REQUEST.check(request, "submit")
    if request.project.state not in AT_WORK:
        raise DomainError(
            "funding_request.project_not_running", _("项目不在实施期，不能申请资金。"), status=409
        )
    for rule, sentence, field in missing_for_submit(request):
        raise DomainError(rule, sentence, field)
    if set(DECLARATIONS) - set(declarations):
        raise DomainError(
            "funding_request.needs_declarations", _("请逐项确认申请人声明。"), "declarations"
        )
    send_off(request, DECLARATIONS, by=by)
    project_show(request, by=by)
    note_submitted(request, by=by, project=request.project.uid)
    return request
