"""Sign-in sheets of groups: members of the day at sessions that have come, each once."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.groups import Attendance
from msw_portal.kernel.errors import DomainError
from tests.factories.cases import make_client
from tests.factories.groups import make_group, make_member, make_session
from tests.imports import files

HEADS = ["小组编号", "第几节", "姓名", "考勤", "备注"]


def test_a_sheet_marks_who_came_once_and_the_rest_says_why(brings, worker, other_worker, acting):
    today = timezone.localdate()
    with acting(worker):
        group = make_group(worker, stage="working", number="HA-G-1")
        one, two = make_session(group, worker, 1), make_session(group, worker, 2)
        make_session(group, worker, 3, held_on=today + dt.timedelta(days=1))
        make_session(group, worker, 4, state="cancelled")
        make_member(group, worker, "小树")
        make_member(group, worker, "石头")
        make_member(group, worker, "石头2", left_on=today - dt.timedelta(days=7))
        person = make_client(worker, name="演示丙")
        make_member(group, worker, client=person)
        make_group(worker, stage="draft", number="HA-G-2")
    good = [
        ["HA-G-1", "1", "小树", "出席", ""],
        ["HA-G-1", "1", "演示丙", "√", "愿意说话了"],
        ["HA-G-1", "2", "小树", "请假", ""],
    ]
    bad = [
        ["HA-G-9", "1", "小树", "出席", ""],
        ["HA-G-2", "1", "小树", "出席", ""],
        ["HA-G-1", "3", "小树", "出席", ""],
        ["HA-G-1", "4", "小树", "出席", ""],
        ["HA-G-1", "1", "没有的人", "出席", ""],
        ["HA-G-1", "1", "石头", "大概", ""],
    ]
    content = files.csv_bytes([*good, *bad], heads=HEADS)
    mine = brings(worker, "attendance")

    run = mine.through(content, name="签到.csv")

    assert (run.created_count, run.refused_count) == (3, 6)
    assert {line: fault[0][0] for line, fault in mine.faults(run).items()} == {
        5: "group",
        6: "group",
        7: "session",
        8: "session",
        9: "member",
        10: "presence",
    }
    with acting(worker):
        rows = Attendance.objects.order_by("session__number", "member_id")
        assert [(row.session_id, row.member.alias, row.presence, row.note) for row in rows] == [
            (one.pk, "小树", "present", None),
            (one.pk, "", "present", "愿意说话了"),
            (two.pk, "小树", "leave", None),
        ]
    again = mine.review(mine.bring(content, name="again.csv"))
    assert (again.valid_count, again.known_count) == (0, 3)
    theirs = brings(other_worker, "attendance")
    with pytest.raises(DomainError, match="没有可以导入的行"):
        theirs.through(files.csv_bytes(good, heads=HEADS), name="x.csv")
