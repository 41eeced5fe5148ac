"""Hours from a list: of volunteers and posts that are registered, waiting for their confirmation."""

from decimal import Decimal as D

from tests.factories.volunteers import coordinator_of, make_post, make_volunteer
from tests.imports import files
from volunteers.models.service import ServiceRecord

HEADS = ["姓名", "志愿者编号", "岗位", "日期", "签到", "签退", "休息", "服务人数", "内容"]


def test_lines_become_hours_once_and_the_rest_says_why(brings, hospital, acting):
    coordinator = coordinator_of(hospital)
    with acting(coordinator):
        known = make_volunteer(coordinator, name="演示志愿者", national_no="11010001")
        make_post(coordinator, title="导诊陪诊")
    row = ["演示志愿者", "11010001", "导诊陪诊", "2026-01-05", "09:00", "11:45", "10", "7", "陪诊"]
    later = [*row[:3], "2026-01-07", *row[4:]]
    other = {2: "没有的岗位", 1: "99999999", 0: "演示别人"}
    bad = [later[:at] + [text] + later[at + 1 :] for at, text in other.items()]
    bad.append([*row[:4], "10:00", *row[5:]])
    night = [*row[:3], "2026-01-06", "22:00", "01:00", "", "", ""]
    content = files.csv_bytes([row, *bad, night], heads=HEADS)
    person = brings(coordinator, "volunteer_hours")
    run = person.through(content, name="a.csv")
    assert (run.created_count, run.refused_count) == (2, 4)
    assert {line: fault[0][0] for line, fault in person.faults(run).items()} == {
        3: "post",
        4: "name",
        5: "name",
        6: "checked_in",
    }
    with acting(coordinator):
        first, second = ServiceRecord.objects.filter(volunteer=known).order_by("checked_in")
        assert (first.hours, first.state, first.anomaly) == (D("2.5"), "recorded", "imported")
        assert second.hours == D("3.0")
    again = person.through(content, name="b.csv")
    assert (again.created_count, again.known_count) == (0, 2)
