"""The course of a project: begun, checked in the middle, mended, ended and graded; each arrow by its side."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import (
    Project,
    ProjectEvent,
    ProjectReport,
)
from projects.permissions.cultivation import (
    can_judge_project,
    can_lead_project,
    can_open_project,
)
from projects.services.cultivation_standing import light_set, standing_of
from projects.services.progress import grade_of
from projects.services.taxonomies import taxonomies
from projects.workflow.cultivation import AT_WORK, PROJECT, ProjectState, ReportState

NUMBER = {"station": "{ORG}-ZD-{YYYY}-{SEQ3}", "incubation": "{ORG}-FH-{YYYY}-{SEQ3}"}
USUAL_NUMBER = "{ORG}-XM-{YYYY}-{SEQ3}"
CERTIFICATE = "{ORG}-JX-{YYYY}-{SEQ4}"
P = ProjectState
Kind = Project.Kind


# ── beginning ────────────────────────────────────────────────────────────────


@command
def project_enter(
    *,
    kind: str,
    title: str,
    unit: Organization,
    starts_on: dt.date,
    ends_on: dt.date | None,
    target_group: str = "",
    summary: str = "",
    approved_amount: Decimal | None = None,
    partner: Organization | None = None,
    parent: Project | None = None,
    is_flagship: bool = False,
    by: User,
    **tags: Iterable[str],
) -> Project:
    """Enter a project that no call has brought: a station's, a purchase, a resident of the base, a site.

    `unit` may be a body without an account; who enters it answers for it. A site names its programme.
    `tags`: columns of Tagged -> codes of their lists, by which the project stands on the coverage map.

    Raises:
        DomainError: `permission.can_open_project` (403), `project.needs_parent` on `parent`,
            `project.tag` on the column, `project_ends_after_start` on `ends_on`.
    """
    require(can_open_project, by, None)
    if parent is not None and (
        parent.kind != Kind.PROGRAMME or parent.counterparty_id != by.house_id
    ):
        raise DomainError("project.needs_parent", _("请选择本机构的多站点计划。"), "parent")
    _refuse_unknown(tags)
    house = Organization.objects.get(pk=by.house_id)
    project = Project(
        organization=unit,
        counterparty=house,
        unit_name=unit.name,
        region_code=unit.region_id,
        kind=kind,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        target_group=target_group,
        summary=summary,
        approved_amount=approved_amount,
        partner=partner,
        parent=parent,
        replication={"is_flagship": True} if is_flagship else {},
        number=take_number(
            "project",
            organization=house,
            pattern=NUMBER.get(kind, USUAL_NUMBER),
            on=timezone.localdate(),
        ),
        created_by=by,
        **{column: list(codes) for column, codes in tags.items()},
    )
    project.save(force_insert=True)
    write_transition(project, PROJECT, "enter", before="", by=by)
    audit.record("project.enter", by=by, on=project, kind=kind, unit=unit.uid)
    return project


def _refuse_unknown(tags: Mapping[str, Iterable[str]]) -> None:
    given = {column: set(codes) for column, codes in tags.items() if codes}
    lists = taxonomies() if given else {}
    for column, codes in given.items():
        if codes - {code for code, _word in lists.get(column, [])}:
            raise DomainError("project.tag", _("请从列出的选项中选择。"), column)


@command
def project_entrust(*, project: Project, partner: Organization | None, by: User) -> Project:
    """Give the project to a cultivation partner, or take it back; the partner sees it from then on.

    Raises:
        DomainError: `permission.can_judge_project` (403), `project.partner_is_party` on `partner`.
    """
    project = project_locked(project, by, can_judge_project)
    if partner is not None and partner.pk in (project.organization_id, project.counterparty_id):
        raise DomainError("project.partner_is_party", _("培育支持机构要是另一家机构。"), "partner")
    project.partner = partner
    project.save(update_fields=["partner"])
    audit.record("project.entrust", by=by, on=project, partner=str(partner.uid) if partner else "")
    return project


@command
def project_amend(
    *,
    project: Project,
    leader: User | None,
    target_group: str,
    summary: str,
    base: int | None = None,
    by: User,
) -> Project:
    """What the unit says of its own project while it is at work; what was approved changes by a request alone.

    Raises:
        DomainError: `form.stale` (409), `project.is_over` (409).
    """
    project = project_locked(project, by, can_lead_project)
    check_base(base, project.row_version)
    if project.state not in AT_WORK | {P.APPROVED}:
        raise DomainError("project.is_over", _("项目已结束，不能再修改。"), status=409)
    project.leader, project.target_group, project.summary = leader, target_group, summary
    project.leader_name = leader.display_name if leader else project.leader_name
    project.save(update_fields=["leader", "leader_name", "target_group", "summary"])
    audit.record("project.amend", by=by, on=project)
    return project


def project_locked(project: Project, by: User, rule: Any) -> Project:
    """The row under its lock, for who may."""
    # Permission before the lock: a row lock asks the policy for writing, which a reader does not meet.
    require(rule, by, project)
    return Project.objects.locked().get(pk=project.pk)


# ── the arrows ───────────────────────────────────────────────────────────────

# Whose arrow it is: the unit asks, the issuer decides.
UNIT_STEPS = frozenset({"request_closing"})


@command
def project_step(*, project: Project, step: str, reason: str = "", by: User) -> Project:
    """Take an arrow that needs no more than its reason.

    Raises:
        DomainError: `project.<step>.wrong_state` (409), `.needs_reason` on `reason`.
    """
    project = project_locked(
        project, by, can_lead_project if step in UNIT_STEPS else can_judge_project
    )
    move(project, PROJECT, step, by=by, reason=reason, also=_ended(project, step))
    light_set(project)
    audit.record(f"project.{step}", by=by, on=project, state=project.state)
    return project


def _ended(project: Project, step: str) -> tuple[str, ...]:
    if step not in ("graduate", "exit", "terminate"):
        return ()
    project.closing = {**project.closing, "ended_on": timezone.localdate().isoformat()}
    return ("closing",)


@command
def project_extend(*, project: Project, ends_on: dt.date, reason: str, by: User) -> Project:
    """A later end, for a project or for an agency in the base.

    Raises:
        DomainError: `project.extends_forward` on `ends_on`, `project.extend.wrong_state` (409).
    """
    project = project_locked(project, by, can_judge_project)
    if project.ends_on is not None and ends_on <= project.ends_on:
        raise DomainError(
            "project.extends_forward",
            _("新的结束日期要晚于 %(day)s。") % {"day": project.ends_on},
            "ends_on",
        )
    before, project.ends_on = project.ends_on, ends_on
    step = "stay_on" if project.state == P.RESIDENT else "extend"
    move(project, PROJECT, step, by=by, reason=reason, also=("ends_on",))
    light_set(project)
    audit.record(f"project.{step}", by=by, on=project, ends_on=[before, ends_on])
    return project


@command
def project_check(
    *, project: Project, on: dt.date, result: str, note: str, by: User
) -> ProjectEvent:
    """The mid-term check: its result, with the completion and light that stood that day.

    Raises:
        DomainError: `project.mid_term.wrong_state` (409), `project.check_in_future` on `on`.
    """
    project = project_locked(project, by, can_judge_project)
    if on > timezone.localdate():
        raise DomainError("project.check_in_future", _("检查日期不能晚于今天。"), "on")
    standing = standing_of(project)
    move(project, PROJECT, "mid_term", by=by)
    event = ProjectEvent(
        project=project,
        organization_id=project.organization_id,
        counterparty_id=project.counterparty_id,
        partner_id=project.partner_id,
        kind=ProjectEvent.Kind.MID_TERM,
        title=str(_("中期检查")),
        done_on=on,
        detail={
            "result": result,
            "note": note,
            "completion": str(standing["completion"]),
            "light": standing["light"],
        },
        created_by=by,
    )
    event.save(force_insert=True)
    light_set(project)
    audit.record("project.mid_term", by=by, on=project, result=result)
    return event


@command
def project_pass(*, project: Project, mark: Decimal, opinion: str, by: User) -> Project:
    """Close with a mark of 100: the grade follows by the bands, a certificate number is taken when it passed.

    Raises:
        DomainError: `project.pass.wrong_state` (409), `project.mark_in_range` on `mark`,
            `project.closing_report_missing` (409).
    """
    project = project_locked(project, by, can_judge_project)
    PROJECT.check(project, "pass")
    if not 0 <= mark <= 100:
        raise DomainError("project.mark_in_range", _("评分请填 0 到 100。"), "mark")
    reports = ProjectReport.objects.filter(project=project, kind=ProjectReport.Kind.CLOSING)
    if not reports.filter(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED]).exists():
        raise DomainError(
            "project.closing_report_missing", _("单位还没有提交结项报告。"), status=409
        )
    today, standing = timezone.localdate(), standing_of(project)
    project.grade = grade_of(mark, today)
    if project.grade == Project.Grade.UNQUALIFIED:
        raise DomainError(
            "project.not_passed",
            _("按等次线不合格，请退回结项、延期或终止。"),
            "mark",
        )
    project.closing = {
        **project.closing,
        "mark": str(mark),
        "opinion": opinion,
        "completion": str(standing["completion"]),
        "execution": str(standing["execution"]) if standing["execution"] is not None else None,
        "closed_on": today.isoformat(),
        "certificate": take_number(
            "project_certificate",
            organization=Organization.objects.get(pk=project.counterparty_id),
            pattern=CERTIFICATE,
            on=today,
        ),
    }
    move(project, PROJECT, "pass", by=by, also=("grade", "closing"))
    audit.record("project.pass", by=by, on=project, grade=project.grade, mark=mark)
    return project
