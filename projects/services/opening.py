"""A selected application becomes a project: the unit's row with what was applied for."""

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call, CallKind
from projects.models.cultivation import Project
from projects.models.fields import TAGS
from projects.permissions.experts import can_run_review_of
from projects.services.formality import issued_locked, tell_unit
from projects.workflow.calls import APPLICATION, ApplicationState
from projects.workflow.cultivation import PROJECT

KINDS = {CallKind.INCUBATION: Project.Kind.INCUBATION, CallKind.OTHER: Project.Kind.OTHER}
# What wins an award is honoured, not carried out.
WITHOUT_PROJECT = frozenset({CallKind.AWARD})


def opens_projects(call: Call) -> bool:
    return call.kind not in WITHOUT_PROJECT


@command
def project_open(*, application: Application, by: User) -> Project:
    """Approve a selected application and open its project with the copied fields; the money is what was asked for,
    within the call's ceiling.

    Raises:
        DomainError: `application.approve.wrong_state` (409), `project.no_project` (409) for an award.
    """
    held = issued_locked(application, by=by)
    require(can_run_review_of, by, held.call)
    APPLICATION.check(held, "approve")
    call = held.call
    if not opens_projects(call):
        raise DomainError("project.no_project", _("评选表彰不立项。"), status=409)
    leader = ApplicationParty.objects.filter(
        application=held, role=ApplicationParty.Role.LEADER
    ).first()
    asked = held.budget_asked
    ceiling = call.funding_ceiling
    amount = None
    if call.is_funded:
        amount = asked if ceiling is None else min(asked, ceiling)
    project = Project(
        organization_id=held.organization_id,
        counterparty_id=held.counterparty_id,
        call=call,
        application=held,
        number=held.number or "",
        kind=KINDS.get(CallKind(call.kind), Project.Kind.CULTIVATED),
        title=held.title,
        department_id=held.department_id,
        unit_name=held.unit_name,
        region_code=held.region_code,
        leader_id=held.leader_id,
        leader_name=leader.name if leader else "",
        target_group=held.target_group,
        starts_on=held.starts_on,
        ends_on=held.ends_on,
        approved_amount=amount,
        partner_id=call.partner_id,
        created_by=by,
        **{name: list(getattr(held, name)) for name in TAGS},
    )
    project.save(force_insert=True)
    write_transition(project, PROJECT, "approve", before="", by=by)
    move(held, APPLICATION, "approve", by=by)
    tell_unit(held, "approve")
    audit.record("project.open", by=by, on=project, application=held.uid)
    return project


@command
def projects_open(*, call: Call, by: User) -> int:
    """Open the projects of every selected application of a call; how many.

    Raises:
        DomainError: `project.nothing` (409) when none waits.
    """
    require(can_run_review_of, by, call)
    rows = list(
        Application.objects.filter(
            counterparty_id=call.organization_id, call=call, state=ApplicationState.SELECTED
        ).order_by("rank", "pk")
    )
    if not rows:
        raise DomainError("project.nothing", _("没有等待立项的入选项目。"), status=409)
    for row in rows:
        project_open(application=row, by=by)
    return len(rows)
