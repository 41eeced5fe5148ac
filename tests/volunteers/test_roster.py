"""The department's old list comes in: on the roll where training is told, to be reviewed otherwise."""

import pytest

from departments.services.importing.kinds import Line
from tests.factories.volunteers import make_volunteer
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.services.roster import VOLUNTEERS

pytestmark = pytest.mark.django_db


def _line(number: int, **cells: str) -> Line:
    line = Line(number)
    for name, cell in cells.items():
        line.values[name] = VOLUNTEERS.column(name).read(cell)
    VOLUNTEERS.settle(line)
    return line


def test_lines_become_files(coordinator, acting):
    with acting(coordinator):
        make_volunteer(coordinator, id_type="id", id_no="11010519491231002X")
        lines = [
            _line(
                1,
                name="演示甲",
                phone="13900000001",
                birth_date="1990/3/7",
                source="大学生",
                skills="导诊陪诊、手语",
                trained_on="2026-03-01",
            ),
            _line(2, name="演示乙", phone="13900000002", birth_date="1985-01-01"),
            _line(3, name="演示丙", phone="13900000003", id_no="11010519491231002X"),
            _line(4, name="演示丁", phone="13900000004"),
        ]
        VOLUNTEERS.apply(lines, coordinator)
        made = Volunteer.objects.filter(phone_bidx__isnull=False, id_type="none")
        found = {one.name: (one.state, one.source, one.skills) for one in made}
        assert found == {
            "演示甲": ("active", "student", ["guiding", "signing"]),
            "演示乙": ("applied", "society", []),
        }
        assert VolunteerRecord.objects.filter(volunteer__state="active", kind="training").exists()
        assert [line.outcome for line in lines] == ["created", "created", "", ""]
        assert "已经登记" in lines[2].faults[0][1]
        assert lines[3].faults == [("birth_date", "请填出生日期或身份证号。")]
