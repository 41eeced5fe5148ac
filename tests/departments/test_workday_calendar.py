"""The working days of the next year: who is asked for them, and what a deadline says while they are not known."""

import datetime as dt

import pytest
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Holiday
from departments.services import self_check
from departments.services.registers import holiday_set
from departments.services.workday_calendar import calendar_asked, calendar_check, calendar_note
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope

NOVEMBER, OCTOBER = dt.date(2026, 11, 1), dt.date(2026, 10, 31)
UNKNOWN = "2027 年的节假日还没有登记，这一天按周末推算。"


@pytest.fixture
def enter(db, sysadmin, acting):
    """Enter days as the system administrator does."""

    def entered(on: str, until: str | None = None, kind: str = "off"):
        with acting(sysadmin):
            holiday_set(
                on=dt.date.fromisoformat(on),
                until=dt.date.fromisoformat(until) if until else None,
                kind=kind,
                source="国办发明电〔2026〕1 号",
                by=sysadmin,
            )

    return entered


def _open() -> list[tuple[str, str]]:
    with scope(org=INSTALLATION, role="system"):
        rows = Task.objects.filter(kind="calendar_missing", state="open")
        return list(rows.values_list("role", "dedup_key"))


def test_from_november_on_the_next_year_is_asked_for_once(db):
    assert (calendar_check(OCTOBER), _open()) == (0, [])
    assert [calendar_check(NOVEMBER + dt.timedelta(days=n)) for n in range(3)] == [1, 1, 1]
    assert _open() == [("sysadmin", "calendar_missing:2027")]
    # In January the same year is still the one that is lacking.
    assert calendar_check(dt.date(2027, 1, 2)) == 1
    assert len(_open()) == 1


def test_the_task_is_done_as_soon_as_the_year_is_entered(enter):
    calendar_check(NOVEMBER)
    enter("2027-01-01", "2027-01-03")
    assert len(_open()) == 1
    enter("2027-02-05", "2027-02-11")
    enter("2027-02-20", kind="work")
    assert (_open(), calendar_check(NOVEMBER)) == ([], 0)
    with scope(org=INSTALLATION, role="sysadmin"):
        assert Holiday.objects.filter(on__year=2027).count() == 11


@pytest.mark.parametrize(
    ("until", "rule"), [("2026-12-31", "holiday.order"), ("2027-12-31", "holiday.too_long")]
)
def test_days_are_entered_in_order_and_not_by_the_year(enter, until, rule):
    with pytest.raises(DomainError) as caught:
        enter("2027-01-01", until)
    assert (caught.value.rule, caught.value.field) == (rule, "until")
    assert not Holiday.objects.filter(on__year=2027).exists()


def test_a_deadline_says_when_it_was_counted_by_weekends(enter):
    midnight = timezone.make_aware(dt.datetime.combine(dt.date(2027, 1, 1), dt.time()))
    said = [calendar_note(day) for day in (None, dt.date(2026, 12, 31), midnight)]
    assert said == ["", "", ""]
    assert calendar_note(dt.date(2027, 1, 8)) == UNKNOWN
    enter("2027-02-05", "2027-02-11")
    assert calendar_note(dt.date(2027, 1, 8)) == ""


def test_the_page_and_the_self_check_say_what_is_lacking(
    enter, sysadmin, auditor, acting, client_for
):
    year = calendar_asked()
    page = client_for(sysadmin).get("/console/system/holidays/").content.decode()
    with acting(auditor):
        lines = [
            one.finding
            for one in self_check.self_check(by=auditor)
            if "节假日" in one.finding.evidence
        ]
    is_known = year <= 2026
    assert [one.state for one in lines] == ["ok" if is_known else "attention"]
    assert (f"{year} 年的节假日还没有登记" in page) == (not is_known)
