"""The figures are equal to their rows at any time, and what they say is what was done."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction

from cases.models.casework import Case
from cases.workflow import CaseStage
from reports.services.figures import (
    NOW,
    PRESENT,
    Cell,
    by_dim,
    by_month,
    cells_read,
    months_back,
    quantile,
)
from reports.services.proving import rollups_catch_up, rollups_compact, rollups_prove
from tests.factories.cases import make_case, make_need

SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2027, 12, 1)


def _cells(by, *codes):
    return cells_read(by=by, codes=codes, since=SINCE, until=UNTIL)


def _at(year, month, day, hour=9):
    return dt.datetime(year, month, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_open_cases_are_counted_by_stage(worker, acting):
    with acting(worker):
        for stage in (CaseStage.INTAKE, CaseStage.INTAKE, CaseStage.PLANNING, CaseStage.CLOSED):
            make_case(worker, stage=stage)
        assert by_dim(_cells(worker, "case_open")["case_open"], "stage") == {
            "intake": 2,
            "planning": 1,
        }


def test_a_moved_case_leaves_its_old_cell(worker, acting):
    with acting(worker):
        case = make_case(worker, stage=CaseStage.INTAKE)
        Case.objects.filter(pk=case.pk).update(stage=CaseStage.ASSESSMENT)
        assert by_dim(_cells(worker, "case_open")["case_open"], "stage") == {"assessment": 1}


def test_new_cases_count_in_the_month_they_were_given_to_a_worker(worker, acting):
    with acting(worker):
        entered = _at(2026, 1, 20)
        make_case(worker, opened_at=entered, assigned_at=_at(2026, 1, 31, 23))
        make_case(worker, opened_at=entered, assigned_at=_at(2026, 2, 1, 0))
        make_case(worker, stage=CaseStage.PENDING, opened_at=_at(2026, 2, 3))
        months = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
        assert by_month(_cells(worker, "case_new")["case_new"], months) == [1, 1]


def test_response_is_rounded_up_to_whole_hours(worker, acting):
    with acting(worker):
        opened = _at(2026, 3, 2)
        for minutes in (1, 60, 61, 300):
            make_case(worker, opened_at=opened, assigned_at=opened + dt.timedelta(minutes=minutes))
        cells = _cells(worker, "response_hours")["response_hours"]
        assert by_dim(cells, "hours") == {"1": 2, "2": 1, "5": 1}
        assert quantile(cells, "hours", Decimal("0.5")) == 1
        assert quantile(cells, "hours", Decimal("0.9")) == 5


def test_another_house_sees_none_of_it(worker, other_worker, acting):
    with acting(worker):
        make_case(worker)
    with acting(other_worker):
        assert _cells(other_worker, "case_open", "case_new") == {}


def test_recomputation_finds_no_difference_before_and_after_folding(worker, acting):
    with acting(worker):
        for stage in (CaseStage.PENDING, CaseStage.INTAKE, CaseStage.CLOSED):
            case = make_case(worker, stage=stage)
            make_need(case, worker)
        Case.objects.filter(stage=CaseStage.INTAKE).update(stage=CaseStage.ASSESSMENT)
        assert rollups_prove().differences == ()
        assert rollups_compact() > 0
        assert rollups_prove().differences == ()
        assert by_dim(_cells(worker, "case_open")["case_open"], "stage") == {"assessment": 1}
        assert [cell.n for cell in _cells(worker, "case_pending")["case_pending"]] == [1]


def test_folding_twice_finds_nothing_left(worker, acting):
    with acting(worker):
        make_case(worker)
        while rollups_compact():
            pass
        assert rollups_compact() == 0


def test_a_burst_is_folded_in_one_visit(worker, acting):
    with acting(worker):
        for _n in range(3):
            make_case(worker)
        assert rollups_catch_up(limit=1) >= 3
        assert rollups_compact() == 0


def test_the_web_cannot_write_a_figure(worker, acting):
    with (
        acting(worker),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reports_rollup SET n = 0")


def test_all_figures_come_by_one_query(worker, acting, django_assert_num_queries):
    with acting(worker):
        for _n in range(3):
            make_case(worker)
        with django_assert_num_queries(1):
            _cells(worker, "case_open", "case_new", "response_hours", "aid_asked")


def test_months_back_crosses_the_year():
    assert months_back(dt.date(2026, 2, 14), 4) == [
        dt.date(2025, 11, 1),
        dt.date(2025, 12, 1),
        dt.date(2026, 1, 1),
        dt.date(2026, 2, 1),
    ]


def test_a_quantile_of_nothing_is_nothing():
    assert quantile([], "hours", Decimal("0.5")) is None


def test_a_quantile_is_the_value_that_share_does_not_exceed():
    cells = [Cell(SINCE, {"hours": hours}, n, Decimal()) for hours, n in ((1, 5), (2, 4), (40, 1))]
    assert [quantile(cells, "hours", Decimal(share)) for share in ("0.5", "0.9", "0.95")] == [
        1,
        2,
        40,
    ]


def test_figures_of_the_present_state_have_no_month_and_all_others_have(worker, acting):
    with acting(worker):
        for stage in (CaseStage.INTAKE, CaseStage.CLOSED):
            make_need(make_case(worker, stage=stage), worker)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT split_part(indicator, '/', 1), period FROM reports_have WHERE n <> 0"
            )
            found = cursor.fetchall()
    assert {code for code, period in found if period == NOW} == {"case_open", "case_load"}
    assert {code for code, period in found if code in PRESENT and period != NOW} == set()


def test_folded_and_loose_cells_are_added_and_what_comes_to_nothing_is_no_cell(worker, acting):
    with acting(worker):
        make_case(worker, stage=CaseStage.INTAKE)
        make_case(worker, stage=CaseStage.PLANNING)
        rollups_compact()
        make_case(worker, stage=CaseStage.INTAKE)
        Case.objects.filter(stage=CaseStage.PLANNING).update(stage=CaseStage.ASSESSMENT)
        cells = _cells(worker, "case_open")["case_open"]
        assert sorted((cell.dims["stage"], cell.n) for cell in cells) == [
            ("assessment", 1),
            ("intake", 2),
        ]
