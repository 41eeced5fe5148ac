"""What is planned and done in a project's life, requests to change it, and the work that counts for it."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.casework import Case
from cases.models.groups import Group
from departments import audit
from departments.models.learning import LearningEvent
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.tasks import task_finish
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import Project, ProjectEvent, ProjectLink
from projects.permissions.cultivation import (
    can_add_event,
    can_judge_project,
    can_keep_project,
    can_lead_project,
    can_support_project,
    can_write_coaching,
)
from projects.services.coaching import is_coaching, note_seal
from projects.services.cultivation_standing import light_set
from projects.workflow.cultivation import AT_WORK, CHANGE, ChangeState, ProjectState
from volunteers.models.service import ServiceRecord

Kind = ProjectEvent.Kind
# What a cultivation partner is there for (domain §6.2, 27), and what only the issuer writes.
PARTNER_KINDS = frozenset(
    {Kind.TRAINING, Kind.SUPERVISION, Kind.RESOURCE_LINK, Kind.SITE_VISIT, Kind.EXCHANGE}
)
ISSUER_KINDS = frozenset({Kind.CONTRACT_PAYMENT, Kind.ASSESSMENT, Kind.SPACE})
# These have forms and rules of their own.
APART = frozenset({Kind.CHANGE, Kind.MID_TERM})
OPEN_KINDS = frozenset(Kind.values) - APART
RADAR_AXES = ("governance", "business", "finance", "talent", "brand", "resources")
SWOT_PARTS = ("strengths", "weaknesses", "opportunities", "threats")


def kinds_for(user: User, project: Project) -> list[str]:
    """Which events this person may add, in the order of the list."""
    if can_support_project(user, project):
        allowed = PARTNER_KINDS
    elif can_judge_project(user, project):
        allowed = OPEN_KINDS
    elif can_keep_project(user, project):
        allowed = OPEN_KINDS - ISSUER_KINDS
    else:
        allowed = frozenset()
    return [kind for kind in Kind.values if kind in allowed]


@command
def event_add(
    *,
    project: Project,
    kind: str,
    title: str,
    due_on: dt.date | None = None,
    done_on: dt.date | None = None,
    hours: Decimal | None = None,
    participants: int | None = None,
    amount: Decimal | None = None,
    provider_name: str = "",
    detail: Mapping[str, Any] | None = None,
    by: User,
) -> ProjectEvent:
    """Write an event, planned or done; a partner's names the partner as who provided it.

    Raises:
        DomainError: `permission.can_add_event` (403), `project.event_not_yours` on `kind`,
            `project.event_needs_day` on `due_on`, `project.done_in_future` on `done_on`,
            `project.is_over` (409).
    """
    require(can_add_event, by, project)
    if kind not in kinds_for(by, project):
        raise DomainError(
            "project.event_not_yours", _("这类记录由另一方登记。"), "kind", status=403
        )
    _check_days(due_on, done_on)
    _refuse_over(project)
    is_partner = can_support_project(by, project)
    event = ProjectEvent(
        project=project,
        organization_id=project.organization_id,
        counterparty_id=project.counterparty_id,
        partner_id=project.partner_id,
        kind=kind,
        title=title,
        due_on=due_on,
        done_on=done_on,
        hours=hours,
        participants=participants,
        amount=amount,
        provider_id=by.house_id if is_partner else None,
        provider_name=provider_name or (by.acting.organization_name if is_partner else ""),
        detail={name: value for name, value in (detail or {}).items() if value not in ("", None)},
        created_by=by,
    )
    # What was said one to one is between two: it is sealed apart.
    said = event.detail.pop("note", "") if is_coaching(event) else ""
    event.save(force_insert=True)
    if said:
        note_seal(event, said)
    audit.record("project.event", by=by, on=project, event=event.uid, kind=kind)
    return event


@command
def event_finish(
    *,
    event: ProjectEvent,
    done_on: dt.date,
    hours: Decimal | None = None,
    participants: int | None = None,
    note: str = "",
    by: User,
) -> ProjectEvent:
    """A planned event was done; whoever may add its kind may say so.

    Raises:
        DomainError: `project.event_is_done` (409), `project.done_in_future` on `done_on`.
    """
    project = event.project
    require(can_add_event, by, project)
    if event.kind not in kinds_for(by, project):
        raise DomainError(
            "project.event_not_yours", _("这类记录由另一方登记。"), "kind", status=403
        )
    event = ProjectEvent.objects.locked().get(pk=event.pk)
    if event.done_on is not None:
        raise DomainError("project.event_is_done", _("这一条已经登记完成。"), status=409)
    _check_days(None, done_on)
    event.done_on = done_on
    event.hours = hours if hours is not None else event.hours
    event.participants = participants if participants is not None else event.participants
    if note and is_coaching(event):
        require(can_write_coaching, by, event)
        again = event.coaching_notes.exists()
        note_seal(event, note, reason=str(_("登记完成时补写")) if again else "")
    elif note:
        event.detail = {**event.detail, "note": note}
    event.save(update_fields=["done_on", "hours", "participants", "detail"])
    audit.record("project.event_done", by=by, on=project, event=event.uid, done_on=done_on)
    return event


def _check_days(due_on: dt.date | None, done_on: dt.date | None) -> None:
    if due_on is None and done_on is None:
        raise DomainError("project.event_needs_day", _("请填计划日期或完成日期。"), "due_on")
    if done_on is not None and done_on > timezone.localdate():
        raise DomainError("project.done_in_future", _("完成日期不能晚于今天。"), "done_on")


def _refuse_over(project: Project) -> None:
    if project.state not in AT_WORK | {ProjectState.APPROVED, ProjectState.CLOSING, "passed"}:
        raise DomainError("project.is_over", _("项目已结束，不能再修改。"), status=409)


# ── changes ──────────────────────────────────────────────────────────────────

CHANGE_TASK = "project_change"


@command
def change_ask(
    *,
    project: Project,
    what: str,
    wanted: str,
    reason: str,
    ends_on: dt.date | None = None,
    by: User,
) -> ProjectEvent:
    """Ask the issuer for another leader, content, budget or end.

    Raises:
        DomainError: `project.change_needs_end` on `ends_on`, `project.is_over` (409),
            `project.change_is_open` (409) while one of the same kind waits.
    """
    require(can_lead_project, by, project)
    if project.state not in AT_WORK:
        raise DomainError("project.is_over", _("项目已结束，不能再修改。"), status=409)
    if what == "time" and ends_on is None:
        raise DomainError("project.change_needs_end", _("请填希望的结束日期。"), "ends_on")
    waiting = ProjectEvent.objects.filter(
        project=project, kind=Kind.CHANGE, change_state=ChangeState.ASKED, detail__what=what
    )
    if waiting.exists():
        raise DomainError("project.change_is_open", _("同类变更正在等待审批。"), "what", status=409)
    event = ProjectEvent(
        project=project,
        organization_id=project.organization_id,
        counterparty_id=project.counterparty_id,
        partner_id=project.partner_id,
        kind=Kind.CHANGE,
        title=str(_("变更申请")),
        due_on=timezone.localdate(),
        change_state=ChangeState.ASKED,
        detail={
            "what": what,
            "wanted": wanted,
            "reason": reason,
            **({"ends_on": ends_on.isoformat()} if ends_on else {}),
        },
        created_by=by,
    )
    event.save(force_insert=True)
    write_transition(event, CHANGE, "ask", before="", by=by, reason=reason)
    audit.record("project.change_ask", by=by, on=project, event=event.uid, what=what)
    return event


@command
def change_answer(*, event: ProjectEvent, accept: bool, answer: str, by: User) -> ProjectEvent:
    """Agree or refuse; a new end that is agreed becomes the project's.

    Raises:
        DomainError: `project_change.refuse_change.needs_reason` on `answer`, `...wrong_state` (409).
    """
    project = event.project
    require(can_judge_project, by, project)
    project = Project.objects.locked().get(pk=project.pk)
    event = ProjectEvent.objects.locked().get(pk=event.pk)
    if not accept and not answer.strip():
        raise DomainError(
            "project_change.refuse_change.needs_reason", _("请写明不同意的理由。"), "answer"
        )
    event.done_on = timezone.localdate()
    event.detail = {**event.detail, "answer": answer}
    step = "accept_change" if accept else "refuse_change"
    move(event, CHANGE, step, by=by, reason=answer, also=("done_on", "detail"))
    if accept and event.detail.get("ends_on"):
        project.ends_on = dt.date.fromisoformat(event.detail["ends_on"])
        project.save(update_fields=["ends_on"])
        light_set(project)
    task_finish(
        organization_id=project.counterparty_id,
        dedup_key=f"{CHANGE_TASK}:{event.uid}:{event.created_at.isoformat()}",
    )
    audit.record(
        "project.change_answer", by=by, on=project, event=event.uid, state=event.change_state
    )
    return event


# ── work that counts ─────────────────────────────────────────────────────────

LINKED: dict[str, type[Model]] = {
    "case": Case,
    "group": Group,
    "activity": Activity,
    "service_record": ServiceRecord,
    "learning_event": LearningEvent,
}


@command
def links_add(*, project: Project, what: str, uids: list[str], by: User) -> int:
    """Let work of the own house count for the project; what counts already stays; how many are new.

    Only what the person may see is linked, and no text of it is copied.

    Raises:
        DomainError: `project.link_needs_rows` on `uids`, `project.link_unknown` on `uids`.
    """
    require(can_keep_project, by, project)
    if not uids:
        raise DomainError("project.link_needs_rows", _("请选择要关联的记录。"), "uids")
    found = list(
        LINKED[what].objects.visible_to(by).filter(uid__in=uids).values_list("pk", flat=True)
    )
    if len(found) != len(set(uids)):
        raise DomainError("project.link_unknown", _("有的记录已经不在列表里，请重新选择。"), "uids")
    known = set(
        ProjectLink.objects.filter(project=project, **{f"{what}__in": found}).values_list(
            f"{what}_id", flat=True
        )
    )
    new = [pk for pk in found if pk not in known]
    for pk in new:
        ProjectLink(
            organization_id=project.organization_id,
            project=project,
            created_by=by,
            **{f"{what}_id": pk},
        ).save(force_insert=True)
    audit.record("project.link", by=by, on=project, what=what, count=len(new))
    return len(new)


@command
def link_drop(*, link: ProjectLink, by: User) -> None:
    """It was linked by mistake."""
    project = link.project
    require(can_keep_project, by, project)
    link.delete()
    audit.record("project.unlink", by=by, on=project)
