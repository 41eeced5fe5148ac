"""Groups and their parts as rows, made inside the caller's scope; the services have tests of their own."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.models.activities import Activity, SignIn
from cases.models.groups import (
    Attendance,
    Group,
    GroupBudgetLine,
    GroupCoLeader,
    GroupMember,
    GroupSession,
    MemberAnswers,
)
from cases.models.people import Client
from cases.models.satisfaction import SatisfactionMark
from departments.models.people import User
from tests.factories.cases import answers_for, make_questionnaire

PLAN = {"background": "家长说夜里睡不着", "aims": "彼此支持", "target_group": "患儿家长"}


def _own(by: User, **given: Any) -> dict[str, Any]:
    return {"organization_id": by.house_id, "created_by": by, **given}


def make_group(by: User, *, stage: str = "preparation", **given: Any) -> Group:
    """A group led by `by` in its department; the plan of one that is running was approved by nobody."""
    values = {
        "name": "演示家长支持小组",
        "kind": "support",
        "work_model": "interaction",
        "openness": "closed",
        "department_id": by.acting.department_id,
        "leader": by,
        "starts_on": timezone.localdate() - dt.timedelta(days=14),
        "plan": PLAN,
        **given,
    }
    return Group.objects.create(**_own(by, stage=stage, **values))


def make_session(group: Group, by: User, number: int = 1, **given: Any) -> GroupSession:
    """A planned session of a week ago."""
    values = {
        "title": f"第 {number} 节",
        "held_on": timezone.localdate() - dt.timedelta(days=7),
        "minutes": 90,
        "aim": "互相认识",
        **given,
    }
    return GroupSession.objects.create(**_own(by, group=group, number=number, **values))


def make_member(group: Group, by: User, alias: str = "", **given: Any) -> GroupMember:
    """Somebody who takes part, by default under a name of the group's own, and has agreed."""
    values = {
        "alias": "" if "client" in given else alias or f"组员{group.members.count() + 1}",
        "state": "joined",
        "joined_on": timezone.localdate() - dt.timedelta(days=7),
        "agreed_by": "self",
        "agreed_on": timezone.localdate() - dt.timedelta(days=7),
        **given,
    }
    return GroupMember.objects.create(**_own(by, group=group, **values))


def make_answers(member: GroupMember, by: User, moment: str = "before", **given: Any) -> Any:
    sheet = make_questionnaire(by, given.pop("code", "gad7"))
    return MemberAnswers.objects.create(
        **_own(
            by,
            member=member,
            questionnaire=sheet,
            moment=moment,
            answers=answers_for(sheet),
            is_final=True,
            finalized_at=timezone.now(),
            score={"total": given.pop("total", 9)},
            **given,
        )
    )


def make_event(by: User, **given: Any) -> Activity:
    """A lecture that was planned for today."""
    values = {
        "kind": "community",
        "event": "lecture",
        "state": "planned",
        "topic": "演示：骨髓移植后怎么吃",
        "department_id": by.acting.department_id,
        "occurred_on": timezone.localdate(),
        "minutes": 60,
        "plan": {"need": "问得最多", "objectives": "会选食物", "target_group": "家长"},
        **given,
    }
    return Activity.objects.create(**_own(by, **values))


def make_whole_group(by: User, *, client: Client) -> Group:
    """A row in each of the tables of groups and activities."""
    group = make_group(by)
    GroupCoLeader.objects.create(**_own(by, group=group, user=by))
    GroupBudgetLine.objects.create(
        **_own(
            by,
            group=group,
            what="茶点",
            quantity=2,
            unit_price=Decimal("30.00"),
            planned=Decimal("60.00"),
        )
    )
    session, member = make_session(group, by), make_member(group, by, client=client)
    Attendance.objects.create(
        **_own(by, session=session, member=member, presence="present", note="话不多")
    )
    make_answers(member, by)
    SignIn.objects.create(**_own(by, activity=make_event(by), kind="family", heads=2))
    SatisfactionMark.objects.create(
        **_own(by, group=group, mark=5, words="演示：很受鼓励", given_on=dt.date(2026, 6, 1))
    )
    return group
