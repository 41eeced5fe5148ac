"""The library as a whole: every indicator runs, its parts add up to it, and one statement answers."""

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from cases.models.casework import Case
from cases.services.secrecy import case_raise_secrecy
from departments.services.entering import house_scope
from msw_portal.kernel.scope import INSTALLATION
from reports.indicators.definition import Measure
from reports.indicators.figures import FIGURES
from reports.indicators.library import INDICATORS
from reports.models import Indicator as Row
from reports.services.indicator_words import DIMS
from reports.services.indicators import Span, indicator_read, indicators_read
from reports.services.reference import reference_install
from tests.factories.cases import make_case, make_client, make_contact, make_episode, make_need


def _month() -> dt.date:
    return timezone.localdate().replace(day=1)


def _span(first: dt.date) -> Span:
    """The month that begins on `first`."""
    return Span(first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1))


def test_the_nine_figures_of_the_dashboard_are_in_the_library():
    assert set(FIGURES) - set(INDICATORS) == set()


@pytest.fixture
def small_world(worker, acting):
    with acting(worker):
        for at, stage in enumerate(("intake", "intervention", "closed", "closed", "referred_out")):
            person = make_client(
                worker, sex=str(at % 2 + 1), birth_date=dt.date(1950 + at * 15, 1, 1)
            )
            stay = make_episode(person, worker)
            opened = timezone.now() - dt.timedelta(
                minutes=at + 1
            )  # in this month on its first day, too
            given = {"goal_rate": "0.5", "satisfaction": 4} if stage == "closed" else {}
            case = make_case(
                worker,
                stage=stage,
                client=person,
                episode=stay,
                opened_at=opened,
                assigned_at=opened + dt.timedelta(seconds=30),
                **given,
            )
            make_contact(case, worker)
            make_need(case, worker)


@pytest.mark.parametrize("code", sorted(INDICATORS))
def test_every_indicator_runs_by_every_dimension_and_pair_and_adds_up(
    code, small_world, head, acting
):
    one = INDICATORS[code]
    span = _span(_month())
    cuts = [(), *((dim,) for dim in one.dims), *itertools.combinations(one.dims, 2)]
    with acting(head):
        for batch in itertools.batched(cuts, 20) if hasattr(itertools, "batched") else [cuts]:
            cells = indicators_read(codes=[code], span=span, by=head, cuts=list(batch))[code]
            total = indicator_read(code=code, first=span.first, last=span.last, by=head)
            assert len(total) == 1
            if not one.is_additive:
                continue
            for cut in batch:
                parts = [cell for cell in cells if set(cell.dims) == set(cut)]
                assert sum((cell.value or 0) for cell in parts) == (total[0].value or 0), cut


def test_persons_and_contacts_are_never_mixed():
    persons = {one.code for one in INDICATORS.values() if one.measure == Measure.PERSONS}
    assert {INDICATORS[code].counts for code in persons} == {"persons"}
    assert all(INDICATORS[code].fact.has_persons for code in persons)
    assert [one.code for one in INDICATORS.values() if one.counts not in Row.Counts.values] == []


def test_every_dimension_has_a_name_and_every_indicator_its_words():
    dims = {dim for one in INDICATORS.values() for dim in one.dims}
    assert dims - set(DIMS) == set()
    for one in INDICATORS.values():
        assert all(map(str, (one.name, one.words, one.unit, one.population, one.period_by)))
        assert set(one.dims) <= set(one.fact.dims)


def test_the_reference_rows_follow_the_library(db):
    with house_scope(INSTALLATION):
        Row.objects.create(
            code="case_new", name="旧名", words="", unit="", population="", period_by=""
        )
        reference_install()
        rows = {row.code: row for row in Row.objects.all()}
    assert set(rows) == set(INDICATORS)
    assert rows["case_new"].name == str(INDICATORS["case_new"].name)


def test_one_statement_answers_several_indicators_of_a_fact(
    small_world, head, acting, django_assert_num_queries
):
    with acting(head), django_assert_num_queries(2) as seen:  # the second shuts what was opened
        indicators_read(
            codes=["case_closed", "case_days", "goal_rate", "case_satisfaction"],
            span=_span(_month()),
            by=head,
            cuts=[(), ("source",), ("disease", "sex")],
        )
    assert sum("cases_case" in query["sql"] for query in seen.captured_queries) == 1


def test_another_house_counts_none_of_it(small_world, other_head, acting):
    with acting(other_head):
        for code in ("case_new", "contact_done", "need_found"):
            assert _value(code, other_head) == 0


def test_a_worker_reads_the_own_cases_alone(small_world, worker2, worker, acting):
    with acting(worker2):
        assert _value("case_new", worker2) == 0
    with acting(worker):
        assert _value("case_new", worker) == 5


def _value(code, by, **more):
    span = _span(_month())
    return indicator_read(code=code, first=span.first, last=span.last, by=by, **more)[0].value


def test_a_case_of_level_five_is_counted_whoever_asks_and_stays_shut(worker, worker2, head, acting):
    with acting(worker):
        case = make_case(
            worker,
            opened_at=timezone.now() - dt.timedelta(minutes=5),
            assigned_at=timezone.now() - dt.timedelta(minutes=4),
        )
        case_raise_secrecy(
            case=case, named=[worker], reason="演示：本人要求对外严格保密", by=worker
        )
    with acting(head):
        assert _value("case_new", head) == 1
        assert not Case.objects.filter(pk=case.pk).exists()
