"""The page of a group: its plan for the department, what happens inside for who leads it."""

import uuid
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases import group_permissions as may
from cases.form_schemas.groups import G1, G1_ASSOCIATION, G4
from cases.group_workflow import GROUP_FINAL, GROUP_RUNNING, GroupStage, SessionState
from cases.models.activities import Activity, SignIn
from cases.models.group_codes import Moment
from cases.models.groups import Attendance, Group, GroupMember, GroupSession, MemberAnswers
from cases.models.satisfaction import SatisfactionMark
from cases.services.groups.course import next_step
from cases.services.groups.figures import figures_of
from cases.services.groups.scales import differences, total_of
from cases.services.satisfaction import takes_answers
from cases.views.groups.finding import group_or_404
from departments.models.people import User
from departments.services.history import history_lines

STAGES = (
    *(GroupStage.PREPARATION, GroupStage.FORMING, GroupStage.TRANSITION),
    *(GroupStage.WORKING, GroupStage.ENDING),
)
OF_ASSOCIATION = (GroupStage.PREPARATION, GroupStage.WORKING, GroupStage.ENDING)


@require_GET
def group(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One group: where it stands, what may be done next, members, sessions, figures, plan."""
    one, user = group_or_404(request, uid), request.user
    is_inside = may.can_view_group_inside(user, one)
    context = {
        "group": one,
        "is_inside": is_inside,
        "steps": _steps(one),
        "can": _rights(user, one),
        "plan_groups": plan_shown(one),
        "lines": list(one.budget_lines.order_by("id")),
        **(_inside(request, one) if is_inside else {}),
    }
    return render(request, "cases/group.html", context)


def _steps(group: Group) -> list[dict[str, Any]]:
    """The stages of the work, done, now or ahead; nothing is done of what was not approved."""
    order = OF_ASSOCIATION if group.is_association else STAGES
    is_over = group.stage in (GroupStage.REVIEW, GroupStage.CLOSED)
    here = order.index(group.stage) if group.stage in order else (len(order) if is_over else -1)
    return [
        {
            "label": GroupStage(stage).label,
            "note": "",
            "state": "done" if place < here else "now" if place == here else "ahead",
        }
        for place, stage in enumerate(order)
    ]


def _rights(user: Any, group: Group) -> dict[str, bool]:
    """Which buttons stand on the page: the predicate and the diagram both say yes."""
    stage, keeps = group.stage, may.can_keep_group(user, group)
    approves = may.can_approve_group(user, group)
    runs = stage in GROUP_RUNNING
    return {
        "edit": keeps and stage == GroupStage.DRAFT,
        "submit": keeps and stage == GroupStage.DRAFT,
        "approve": approves and stage == GroupStage.SUBMITTED,
        "advance": keeps and bool(next_step(group)),
        "keep": keeps and runs,
        "summarize": keeps and stage == GroupStage.ENDING,
        "close": approves and stage == GroupStage.REVIEW,
        "lead": may.can_lead_over_group(user, group) and stage not in GROUP_FINAL,
        "cancel": may.can_cancel_group(user, group) and stage not in GROUP_FINAL,
        "meet": keeps and runs and group.is_association,
        "ask": keeps and takes_answers(group) and not group.is_association,
    }


def shown_in(schema: Any, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of a schema that were filled in, in words, group by group."""
    found = []
    for part in schema.groups:
        pairs = [
            (item.label, item.words(payload.get(item.name)))
            for item in part.items
            if item.kind != "rows" and not item.is_blank(payload.get(item.name))
        ]
        if pairs:
            found.append({"title": part.title, "pairs": pairs})
    return found


def plan_shown(group: Group) -> list[dict[str, Any]]:
    """The plan as it is read."""
    columns = {name: getattr(group, name) for name in ("budget_source", "place")}
    schema = G1_ASSOCIATION if group.is_association else G1
    return shown_in(schema, {**group.plan, **columns})


def counted(
    user: User,
    group: Group,
    members: list[GroupMember],
    sessions: list[GroupSession],
    attendances: list[Attendance],
) -> Any:
    """The figures of a group, with the marks its members gave themselves."""
    marks = SatisfactionMark.objects.visible_to(user).filter(group=group)
    return figures_of(
        group,
        members=members,
        sessions=sessions,
        attendances=attendances,
        own_marks=marks.values_list("mark", flat=True),
    )


def _inside(request: HttpRequest, group: Group) -> dict[str, Any]:
    user = request.user
    members = GroupMember.objects.visible_to(user).filter(group=group)
    members = list(members.select_related("client__root", "consent").order_by("joined_on", "id"))
    sessions = list(GroupSession.objects.visible_to(user).filter(group=group).order_by("number"))
    rows = list(Attendance.objects.visible_to(user).filter(session__group=group))
    scales = MemberAnswers.objects.visible_to(user).filter(
        member__group=group, superseded_at__isnull=True
    )
    scales = list(scales.select_related("questionnaire").order_by("questionnaire_id", "id"))
    met = _met(request, group) if group.is_association else {}
    meetings = Activity.objects.visible_to(user).filter(group=group).order_by("-occurred_on", "-id")
    return {
        "figures": counted(user, group, members, sessions, rows),
        "members": [
            {**line, "met": met.get(line["member"].pk, 0)}
            for line in _member_lines(members, sessions, rows, scales)
        ],
        "sessions": [_session_line(one, rows) for one in sessions],
        "differences": differences(scales),
        "meetings": list(meetings[:20]) if group.is_association else [],
        "summary": shown_in(G4, group.summary) if group.summary else [],
        "history": history_lines(group, 30),
    }


def _met(request: HttpRequest, group: Group) -> dict[int, int]:
    """How many meetings of an association each member signed in at."""
    rows = SignIn.objects.visible_to(request.user).filter(member__group=group).order_by()
    return dict(rows.values_list("member").annotate(n=Count("pk")))


def _session_line(session: GroupSession, rows: list[Attendance]) -> dict[str, Any]:
    own = [row for row in rows if row.session_id == session.pk]
    return {
        "session": session,
        "came": sum(row.has_attended for row in own),
        "expected": len(own),
        "is_held": session.state == SessionState.HELD,
    }


def _member_lines(
    members: list[GroupMember],
    sessions: list[GroupSession],
    rows: list[Attendance],
    scales: list[MemberAnswers],
) -> list[dict[str, Any]]:
    """A member, how often there, and each sheet's two numbers."""
    held = {one.pk for one in sessions if one.state == SessionState.HELD}
    lines = []
    for member in members:
        own = [row for row in rows if row.member_id == member.pk and row.session_id in held]
        lines.append(
            {
                "member": member,
                "came": sum(row.has_attended for row in own),
                "expected": len(own),
                "scales": _pairs([one for one in scales if one.member_id == member.pk]),
                "is_withdrawn": bool(member.consent and not member.consent.is_live),
                "url": reverse("cases:group_member", args=[member.uid]),
            }
        )
    return lines


def _pairs(scales: list[MemberAnswers]) -> list[dict[str, Any]]:
    """`GAD-7 12 → 6`: the totals before and after, one line for each sheet."""
    found: dict[int, dict[str, Any]] = {}
    for one in scales:
        line = found.setdefault(one.questionnaire_id, {"title": one.questionnaire.title})
        line[one.moment] = total_of(one)
    blank = dict.fromkeys(Moment.values)
    return [blank | line for line in found.values()]
