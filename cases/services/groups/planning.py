"""The plan of a group (G1): written, submitted, approved by another person; the stages and who leads."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.groups import COLUMNS, TABLES
from cases.group_permissions import (
    can_keep_group,
    can_plan_group,
)
from cases.group_workflow import GROUP, GroupStage
from cases.models.codes import Theory
from cases.models.group_codes import BudgetSource, GroupKind, GroupModel, Openness
from cases.models.groups import Group, GroupBudgetLine, GroupCoLeader, GroupSession
from cases.services.intake import holds_role
from departments import audit
from departments.models.people import User
from departments.services.moving import write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

MINUTES = 60
# An association has no model and no course of sessions: these stand for what its plan does not ask.
OF_ASSOCIATION = {
    "kind": GroupKind.MUTUAL_AID,
    "work_model": GroupModel.INTERACTION,
    "openness": Openness.OPEN,
}


def group_locked(group: Group) -> Group:
    """The row as it stands, held until the command ends."""
    return Group.objects.locked().get(pk=group.pk)


def _check(given: Mapping[str, Any]) -> None:
    if not given["name"].strip():
        raise DomainError("group.needs_name", _("请写小组名称。"), "name")
    known = (
        ("kind", GroupKind),
        ("work_model", GroupModel),
        ("openness", Openness),
        ("budget_source", BudgetSource),
    )
    for field, codes in known:
        if given[field] not in codes.values:
            raise DomainError("group_kind_known", _("请从列表中选择。"), field)
    if set(given.get("theory") or ()) - set(Theory.values):
        raise DomainError("group.theory_unknown", _("请从列表中选择。"), "theory")
    least, most = given["size_least"], given["size_most"]
    if least < 2:
        raise DomainError("group_size_in_order", _("小组至少 2 人。"), "size_least")
    if not least <= most <= 500:
        raise DomainError("group_size_in_order", _("最多人数不能少于最少人数。"), "size_most")
    ends_on = given.get("ends_on")
    if ends_on is not None and ends_on < given["starts_on"]:
        raise DomainError("group_dates_in_order", _("结束日期不能早于开始日期。"), "ends_on")


def _checked_sessions(rows: Iterable[Mapping[str, Any]], given: Mapping[str, Any]) -> list[dict]:
    """The outlines in the order of their days; every one has a topic, an aim and a day inside the plan."""
    found = []
    for number, row in enumerate(rows, start=1):
        said = {"n": number}
        if not (row.get("title") or "").strip() or row.get("held_on") is None:
            raise DomainError(
                "group.session_needs_title", _("第 %(n)s 行要有主题和日期。") % said, "sessions"
            )
        minutes = row.get("minutes") or MINUTES
        if not 10 <= minutes <= 600:
            raise DomainError(
                "group_session_minutes_in_range", _("每节 10 到 600 分钟。"), "sessions"
            )
        ends_on = given.get("ends_on")
        if row["held_on"] < given["starts_on"] or (ends_on and row["held_on"] > ends_on):
            raise DomainError(
                "group.session_outside_plan",
                _("第 %(n)s 行的日期不在小组的开始和结束之间。") % said,
                "sessions",
            )
        found.append({**row, "minutes": minutes})
    return sorted(found, key=lambda row: row["held_on"])


def _checked_budget(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for number, row in enumerate(rows, start=1):
        if not (row.get("what") or "").strip() or row.get("unit_price") is None:
            raise DomainError(
                "group.budget_needs_price",
                _("预算第 %(n)s 行要有用途和单价。") % {"n": number},
                "budget",
            )
        quantity, price = row.get("quantity") or 1, Decimal(row["unit_price"])
        if quantity < 1 or price < 0:
            raise DomainError("group_budget_adds_up", _("数量至少 1，单价不能是负数。"), "budget")
        found.append({"what": row["what"].strip(), "quantity": quantity, "unit_price": price})
    return found


def _write(group: Group, given: Mapping[str, Any], by: User) -> None:
    """Columns, tables and the narrative of the plan; sessions and budget are written anew."""
    given = {**given, **(OF_ASSOCIATION if group.is_association else {})}
    _check(given)
    sessions = _checked_sessions(given.get("sessions") or (), given)
    budget = _checked_budget(given.get("budget") or ())
    for name in COLUMNS:
        value = given.get(name)
        setattr(group, name, value.strip() if isinstance(value, str) else value)
    group.place = group.place or ""
    group.plan = {
        name: str(value) if isinstance(value, dt.time) else value
        for name, value in given.items()
        if name not in COLUMNS | TABLES and value not in (None, "", [], ())
    }
    group.save()
    group.sessions.all().delete()
    group.budget_lines.all().delete()
    own = {"organization_id": group.organization_id, "group": group, "created_by": by}
    for number, row in enumerate(sessions, start=1):
        GroupSession(
            **own,
            number=number,
            title=row["title"].strip(),
            held_on=row["held_on"],
            starts_at=given.get("session_time"),
            minutes=row["minutes"],
            place=group.place,
            aim=(row.get("aim") or "").strip(),
            content=(row.get("content") or "").strip(),
            materials=(row.get("materials") or "").strip(),
            in_charge=(row.get("in_charge") or "").strip(),
        ).save(force_insert=True)
    for row in budget:
        planned = row["quantity"] * row["unit_price"]
        GroupBudgetLine(**own, **row, planned=planned).save(force_insert=True)


def co_leaders_set(group: Group, users: Iterable[User], by: User) -> None:
    wanted = {one.pk for one in users} - {group.leader_id}
    for user in users:
        here = {"organization_id": group.organization_id}
        if not any(holds_role(user, role, **here) for role in ("worker", "assistant", "intern", "supervisor", "dept_head")):  # fmt: skip
            raise DomainError("group.leader_not_here", _("所选人员现在不在本机构。"), "co_leaders")
    group.co_leaders.exclude(user_id__in=wanted).delete()
    have = set(group.co_leaders.values_list("user_id", flat=True))
    for pk in sorted(wanted - have):
        GroupCoLeader(
            organization_id=group.organization_id, group=group, user_id=pk, created_by=by
        ).save(force_insert=True)


@command
def group_plan(
    *,
    is_association: bool = False,
    co_leaders: Iterable[User] = (),
    by: User,
    **given: Any,
) -> Group:
    """Write the plan of a new group, led by `by`; `given` are the items of G1 by name.

    Raises:
        DomainError: `group.*` and `group_*` on their field, `sessions` and `budget` included.
    """
    require(can_plan_group, by, None)
    group = Group(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        leader=by,
        is_association=is_association,
        created_by=by,
    )
    _write(group, given, by)
    co_leaders_set(group, list(co_leaders), by)
    write_transition(group, GROUP, "write", before="", by=by)
    audit.record(
        "group.plan",
        by=by,
        on=group,
        kind=group.kind,
        is_association=is_association,
        sessions=group.sessions.count(),
    )
    return group


@command
def group_amend(
    *,
    group: Group,
    co_leaders: Iterable[User] = (),
    base: int | None = None,
    by: User,
    **given: Any,
) -> Group:
    """Write the draft anew; an approved plan stays as it was approved.

    Raises:
        DomainError: `group.plan_stands` (409) after submission, `form.stale` (409), those of `group_plan`.
    """
    group = group_locked(group)
    require(can_keep_group, by, group)
    if group.stage != GroupStage.DRAFT:
        raise DomainError(
            "group.plan_stands", _("计划已提交，不能再改；要改请督导退回。"), status=409
        )
    check_base(base, group.row_version)
    _write(group, given, by)
    co_leaders_set(group, list(co_leaders), by)
    audit.record("group.amend", by=by, on=group, sessions=group.sessions.count())
    return group
