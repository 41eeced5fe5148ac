"""Ready-made reports: every number equals its rows, every figure of a text is cited, every format is made."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models.activities import Activity
from departments.models.census import PublishedFigure
from departments.models.learning import LearningAttendance, LearningEvent
from reports.indicators.library import INDICATORS
from reports.services.asking import Asked
from reports.services.kinds import KINDS
from reports.services.paper import Table, Text
from reports.services.periods import period_before, period_first, period_last, period_name
from reports.services.rendering import render
from tests.factories import donations
from tests.factories.cases import make_case, make_contact, make_need
from tests.factories.census import line, make_draft
from tests.factories.cultivation import make_project
from tests.factories.projects import make_application, make_open_call
from tests.factories.volunteers import make_post, make_service, make_volunteer


def _asked(user, span: str, **params) -> Asked:
    today = timezone.localdate()
    first = period_first(span, today)
    return Asked(first, period_last(span, first), user, timezone.now(), {"span": span, **params})


@pytest.fixture
def made(acting):
    """The paper of a kind as this person, in every format the kind has."""

    def paper(code: str, user, span: str = ""):
        kind = KINDS[code]
        with acting(user):
            found = kind.make(_asked(user, span or kind.spans[-1]))
        for one in kind.formats:
            assert render(found, one)
        return found

    return paper


def _table(paper, name: str) -> Table:
    return next(one for one in paper.tables if one.name == name)


def _by_code(paper) -> dict:
    rows = [row for table in paper.tables if table.columns[-1].name == "代码" for row in table.rows]
    return {row[-1]: row[1] for row in rows}


@pytest.fixture
def month(worker, acting):
    """Two cases, three contacts of 30 minutes and one need, today."""
    with acting(worker):
        first, second = (
            make_case(worker, assigned_at=timezone.now()),
            make_case(worker, assigned_at=timezone.now()),
        )
        make_contact(first, worker)
        make_contact(first, worker, mode="phone")
        make_contact(second, worker)
        make_need(first, worker)
    return first


@pytest.mark.parametrize("code", ["quarterly", "yearly"])
def test_a_department_report_counts_its_rows_and_cites_every_figure(code, month, head, made):
    paper = made(code, head)
    figures = _by_code(paper)
    assert {one: figures[one] for one in ("case_new", "contact_done", "need_found")} == {
        "case_new": 2,
        "contact_done": 3,
        "need_found": 1,
    }
    texts = [block for block in paper.blocks if isinstance(block, Text)]
    assert texts[0].cites == (
        "case_new",
        "case_new_persons",
        "case_closed",
        "case_open",
        "case_days",
        "goal_rate",
    )
    assert "本部新开个案 2 件" in texts[0].text
    assert "共提供服务 3 人次" in texts[2].text
    assert {one for text in texts for one in text.cites} <= set(INDICATORS)
    assert (
        _table(paper, "识别的需求").rows == (("经济援助", 1),)
        or _table(paper, "识别的需求").rows[0][1] == 1
    )


def test_a_work_log_lists_the_workers_own_contacts_with_their_sum(
    month, worker, worker2, made, acting
):
    with acting(worker):
        Activity.objects.create(
            organization_id=worker.house_id,
            department_id=worker.acting.department_id,
            created_by=worker,
            kind="ward_visit",
            occurred_on=timezone.localdate(),
            minutes=45,
            persons=6,
            person_times=9,
            topic="晨间探访",
        )
    paper = made("work_log", worker, "day")
    *rows, total = _table(paper, "个案服务").rows
    assert [row[4] for row in rows] == [30, 30, 30]
    assert (total[0], total[4], rows[0][1]) == ("合计", 90, month.number)
    visit, _sum = _table(paper, "活动、探访与咨询").rows
    assert visit[2:] == ("晨间探访", 6, 9, 45)
    assert all(not one.rows for one in made("work_log", worker2, "day").tables)


def test_a_work_log_of_a_week_is_of_its_seven_days_and_says_which(month, worker, made):
    paper = made("work_log", worker, "week")
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    year, week, _day = today.isocalendar()
    assert f"{year} 年第 {week} 周（{monday:%m-%d} 至 " in paper.title
    assert f"期间 {monday} 至 {monday + dt.timedelta(days=6)}" in paper.stamp
    assert {row[0] for row in _table(paper, "个案服务").rows[:-1]} == {today}


@pytest.mark.parametrize(
    ("day", "first", "last", "name"),
    [
        ((2026, 11, 30), (2026, 11, 30), (2026, 12, 6), "2026 年第 49 周（11-30 至 12-06）"),
        ((2027, 1, 3), (2026, 12, 28), (2027, 1, 3), "2026 年第 53 周（12-28 至 01-03）"),
        ((2027, 1, 4), (2027, 1, 4), (2027, 1, 10), "2027 年第 1 周（01-04 至 01-10）"),
    ],
)
def test_a_week_begins_on_monday_and_is_numbered_as_iso_does(day, first, last, name):
    day, first, last = (dt.date(*one) for one in (day, first, last))
    assert (period_first("week", day), period_last("week", day)) == (first, last)
    assert period_before("week", day) == first - dt.timedelta(days=7)
    assert period_name("week", first) == name


def test_the_regulators_figures_are_counted_and_history_stands_beside_with_its_source(
    month, head, made, acting
):
    with acting(head):
        for code, statement, value in (
            ("R1", "563 例个案", 563),
            ("R2", "4 733 人次", 4733),
            ("R3", "279 场活动", 279),
            ("R4", "72 722 人次", 72722),
        ):
            PublishedFigure.objects.create(
                organization_id=head.house_id,
                created_by=head,
                code=code,
                year=2021,
                statement=statement,
                value=value,
                as_of=dt.date(2021, 6, 30),
                population="2016 年 3 月起",
                source="卫生健康主管部门案例",
            )
    paper = made("regulator", head)
    assert "累计开展个案 2 件，服务 3 人次" in paper.blocks[0].text
    history = _table(paper, "登记的历史数").rows
    assert [row[2] for row in history] == [563, 4733, 279, 72722]
    assert {row[4:] for row in history} == {
        (dt.date(2021, 6, 30), "2016 年 3 月起", "卫生健康主管部门案例")
    }


def test_the_workforce_return_holds_the_lines_of_the_newest_version(head, made, acting):
    year = timezone.localdate().year
    with acting(head):
        make_draft(head, line(workers=4), year=year)
    paper = made("workforce", head)
    (row,) = next(one for one in paper.tables if "第 1 版" in one.note).rows
    # A number stays one, so that a workbook adds it up.
    assert row[0] == "测试第一医院" and Decimal(4) in row


def test_hours_of_supervision_are_summed_by_person(head, supervisor, worker, made, acting):
    with acting(head):
        event = LearningEvent.objects.create(
            organization_id=head.house_id,
            created_by=head,
            kind="supervision",
            theme="个案讨论",
            leader=supervisor,
            form="group",
            starts_at=timezone.now() - dt.timedelta(hours=1),
            hours=Decimal("2.0"),
            state="held",
        )
        for user, role in ((supervisor, "supervisor"), (worker, "attendee")):
            LearningAttendance.objects.create(
                organization_id=head.house_id,
                created_by=head,
                event=event,
                user=user,
                role=role,
                presence="present",
                hours=Decimal("2.0"),
            )
    table = _table(made("supervision", head, "month"), "督导与培训时数")
    found = {row[0]: row[1:] for row in table.rows}
    assert found[worker.display_name] == (Decimal("2.0"), 1, Decimal("0.0"), Decimal("0.0"))
    assert found[supervisor.display_name][2] == Decimal("2.0")
    assert found["合计"][:3] == (Decimal("2.0"), 1, Decimal("2.0"))


def test_volunteer_statistics_equal_the_confirmed_records(head, hospital, made, acting):
    from tests.factories.volunteers import coordinator_of

    coordinator = coordinator_of(hospital)
    with acting(coordinator):
        serving, post = make_volunteer(coordinator), make_post(coordinator)
        begins = timezone.now() - dt.timedelta(hours=3)
        times = {"checked_in": begins, "checked_out": begins + dt.timedelta(hours=2, minutes=45)}
        make_service(serving, post, coordinator, **times)
    figures = _by_code(made("volunteering", head, "year"))
    assert (
        figures["volunteer_times"],
        figures["volunteer_hours"],
        figures["volunteer_served"],
    ) == (
        1,
        Decimal("2.5"),
        7,
    )
    assert made("volunteering", coordinator, "year").tables


def test_a_project_report_says_state_money_and_goals(authority, hospital, head, made):
    make_project(authority, hospital)
    paper = made("projects", authority)
    (row,) = _table(paper, "项目").rows
    assert (row[1], row[5], row[6], row[7]) == (
        "血液病儿童全程照护（演示）",
        Decimal(0),
        Decimal("50000.00"),
        Decimal(0),
    )
    goals = _table(paper, "项目指标").rows
    assert sorted(goal[2] for goal in goals) == ["医护认知度", "小组", "服务人次"]
    assert len(_table(made("projects", head), "项目").rows) == 1


def test_a_batch_report_counts_what_was_handed_in_and_no_draft(authority, head, made):
    call = make_open_call(authority)
    make_application(call, head)
    paper = made("batch", authority)
    row, total = _table(paper, "征集批次").rows
    assert (row[0], row[4], row[7], total[4]) == (call.title, 0, 0, 0)
    assert _table(paper, "申报结果").rows == ()


@pytest.fixture
def money(worker, officer, officer2, approver, cashier, cashier2):
    people = donations.People(worker, officer, officer2, approver, cashier, cashier2)
    made = donations.make_money(people)
    donations.give(people, made, "100000.00")
    return made


def test_a_foundation_report_equals_its_books(money, officer, made):
    figures = _by_code(made("foundation_result", officer, "year"))
    assert (figures["donation_count"], figures["donation_in"], figures["fund_balance"]) == (
        1,
        100000,
        100000,
    )


def test_the_disclosure_sheet_opens_and_closes_with_the_books(money, officer, made):
    account = dict(_table(made("disclosure", officer, "year"), "收支总表").rows)
    assert (account["期初余额"], account["捐赠收入"], account["期末余额"]) == (
        Decimal(0),
        Decimal("100000.00"),
        Decimal("100000.00"),
    )


def test_the_audit_export_lists_what_was_done_and_by_whom(month, head, auditor, made, client_for):
    client_for(head).get("/cases/")
    client_for(head).post("/cases/export/?worker=all", {"suffix": "csv"})
    table = _table(made("audit_trail", auditor, "day"), "审计记录")
    assert [row for row in table.rows if row[1] == "head" and row[4] == "导出"]


def test_every_kind_is_of_one_code_and_has_roles_spans_and_formats():
    for code, kind in KINDS.items():
        assert (kind.code, bool(kind.roles and kind.spans and kind.formats)) == (code, True)


def test_no_worker_may_ask_for_the_report_of_the_department():
    assert [code for code, kind in KINDS.items() if "worker" in kind.roles] == ["work_log"]
