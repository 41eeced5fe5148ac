"""Replication kits: what a project that passed gives to others, and a project of one's own made from one."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import write_transition
from departments.services.numbering import take_number
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import BudgetLine, Project, ProjectIndicator
from projects.models.fields import TAGS
from projects.models.incubation import ReplicationKit
from projects.permissions.cultivation import can_publish_kit, can_take_up_kit
from projects.services.cultivation import USUAL_NUMBER
from projects.workflow.cultivation import PROJECT


def lines_of(text: str) -> list[str]:
    """One entry a line, empty ones left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@command
def kit_publish(
    *, project: Project, title: str, summary: str, steps: str, tools: str, by: User
) -> ReplicationKit:
    """Publish the kit of a project that has passed: its steps and tools, and its plan without the unit's figures.

    Raises:
        DomainError: `kit.is_published` (409), `kit.needs_steps` on `steps`.
    """
    project = Project.objects.get(pk=project.pk)
    require(can_publish_kit, by, project)
    if ReplicationKit.objects.filter(project=project).exists():
        raise DomainError("kit.is_published", _("这个项目的复制包已经发布。"), status=409)
    if not lines_of(steps):
        raise DomainError("kit.needs_steps", _("请写实施步骤，每行一步。"), "steps")
    indicators = ProjectIndicator.objects.filter(project=project).order_by("rank", "id")
    budget = BudgetLine.objects.filter(project=project).order_by("rank", "id")
    kit = ReplicationKit(
        organization_id=project.organization_id,
        project=project,
        title=title,
        unit_name=project.unit_name,
        summary=summary,
        published_at=timezone.now(),
        payload={
            "target_group": project.target_group,
            "steps": lines_of(steps),
            "tools": lines_of(tools),
            "indicators": [
                {
                    "name": one.name,
                    "unit": one.unit,
                    "weight": str(one.weight),
                    "target": str(one.target),
                    "source": one.source,
                    "is_before_after": one.is_before_after,
                }
                for one in indicators
            ],
            "budget": [
                {
                    "line": one.line,
                    "unit_price": str(one.unit_price),
                    "quantity": str(one.quantity),
                    "amount": str(one.amount),
                    "source": one.source,
                }
                for one in budget
            ],
            **{name: list(getattr(project, name)) for name in TAGS},
        },
        created_by=by,
    )
    kit.save(force_insert=True)
    audit.record("project.kit_publish", by=by, on=project, kit=kit.uid)
    return kit


@command
def kit_take_up(
    *, kit: ReplicationKit, title: str, starts_on: dt.date, ends_on: dt.date, by: User
) -> Project:
    """Make a project of the own unit from a kit: its indicators, budget lines and codes, to be changed before it begins.

    Nothing of the other unit's project is read but the published kit.

    Raises:
        DomainError: `permission.can_take_up_kit` (403), `project_ends_after_start` on `ends_on`.
    """
    require(can_take_up_kit, by, kit)
    house, told = Organization.objects.get(pk=by.house_id), kit.payload
    project = Project(
        organization=house,
        unit_name=house.name,
        region_code=house.region_id,
        kind=Project.Kind.OTHER,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        leader=by,
        leader_name=by.display_name,
        target_group=told.get("target_group", ""),
        template_of_id=kit.project_id,
        replication={"kit": str(kit.uid), "title": kit.title, "unit": kit.unit_name},
        number=take_number(
            "project", organization=house, pattern=USUAL_NUMBER, on=timezone.localdate()
        ),
        created_by=by,
        **{name: told.get(name, []) for name in TAGS},
    )
    project.save(force_insert=True)
    _copy_plan(project, told, by=by)
    write_transition(project, PROJECT, "enter", before="", by=by)
    audit.record("project.kit_take_up", by=by, on=project, kit=kit.uid)
    return project


def _copy_plan(project: Project, told: dict[str, Any], *, by: User) -> None:
    house = project.organization_id
    for rank, one in enumerate(told.get("indicators", []), 1):
        ProjectIndicator(
            organization_id=house, project=project, rank=rank, created_by=by, **one
        ).save(force_insert=True)
    for rank, one in enumerate(told.get("budget", []), 1):
        BudgetLine(organization_id=house, project=project, rank=rank, created_by=by, **one).save(
            force_insert=True
        )
