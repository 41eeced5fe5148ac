"""The library as its readers meet it: groups, an indicator's year and what moved, and who sees which."""

import datetime as dt

import pytest
from django.utils import timezone

from reports.indicators.library import GROUPS, INDICATORS
from reports.services.indicator_pages import course_of
from tests.factories.cases import make_alert, make_case, make_client, make_contact, make_episode

THIS = timezone.localdate().replace(day=1)
LAST = (THIS - dt.timedelta(days=1)).replace(day=1)


def _opened(month, hour=9):
    return timezone.make_aware(dt.datetime.combine(month, dt.time(hour)))


def _cases(worker, month, count, disease="leukaemia"):
    for _n in range(count):
        person = make_client(worker)
        stay = make_episode(person, worker, disease_group=disease)
        make_case(worker, client=person, episode=stay, opened_at=_opened(month))


def test_every_group_lists_its_indicators_with_formula_and_date(head, client_for):
    client = client_for(head)
    for group in GROUPS:
        if group.code in {"donations", "charity", "region"}:
            continue
        text = client.get(f"/reports/indicators/?group={group.code}").content.decode()
        for one in group.indicators:
            if "hospital" in one.fact.houses:
                assert str(one.name) in text, one.code
                assert f"/reports/indicators/{one.code}/" in text


@pytest.mark.parametrize("code", sorted(INDICATORS))
def test_every_indicator_has_a_page_without_its_sql(code, head, officer, authority, client_for):
    houses = INDICATORS[code].fact.houses
    reader = head if "hospital" in houses else officer if "foundation" in houses else authority
    answer = client_for(reader).get(f"/reports/indicators/{code}/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert str(INDICATORS[code].words).replace("'", "&#x27;") in text
    assert "organization_id" not in text and "%(house)s" not in text


def test_the_page_says_which_part_carries_the_difference(worker, head, acting):
    with acting(worker):
        _cases(worker, LAST, 2)
        _cases(worker, THIS, 2)
        _cases(worker, THIS, 3, disease="kidney")
    with acting(head):
        course = course_of(one=INDICATORS["case_new"], by=head)
    disease = next(split for split in course.splits if split.dim == "disease")
    assert [
        (move.name, move.last, move.this, move.change, move.share) for move in disease.moves
    ] == [
        ("kidney", "0", "3", "+3", "100.0%"),
        ("leukaemia", "2", "2", "0", ""),
    ]
    assert "本月 5，上月 2，+3。" in course.said
    assert course.chart.series[0].values[-2:] == [2, 5]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_for_any_number_of_rows(
    rows, worker, head, acting, client_for, django_assert_max_num_queries
):
    with acting(worker):
        _cases(worker, THIS, rows)
    client = client_for(head)
    for path in ("/reports/indicators/?group=casework", "/reports/indicators/case_new/"):
        client.get(path)
        with django_assert_max_num_queries(40) as seen:
            client.get(path)
        assert sum("FROM cases_case c" in query["sql"] for query in seen) <= 6


@pytest.mark.parametrize("login", ["clinician", "auditor", "secadmin", "volunteer"])
def test_the_library_is_not_for_everybody(login, request, client_for):
    client = client_for(request.getfixturevalue(login))
    for path in ("/reports/indicators/", "/reports/indicators/case_new/", "/reports/built/"):
        assert client.get(path).status_code == 404


def test_a_foundation_has_no_page_of_what_a_hospital_counts(officer, authority, client_for):
    assert client_for(officer).get("/reports/indicators/contact_done/").status_code == 404
    assert client_for(officer).get("/reports/indicators/aid_paid/").status_code == 200
    assert client_for(authority).get("/reports/indicators/mandatory_reports/").status_code == 404


def test_hard_events_are_seen_by_the_worker_and_by_the_head_only_as_a_weight(
    worker, worker2, head, acting, client_for
):
    with acting(worker):
        case = make_case(worker)
        make_alert(case, worker)
        make_contact(case, worker, needs=["palliative_bereavement"])
    with acting(worker):
        own = course_of(one=INDICATORS["hard_events"], by=worker)
        assert own.chart.series[0].values[-1] == 2
    with acting(worker2):
        assert course_of(one=INDICATORS["hard_events"], by=worker2).chart.series[0].values[-1] == 0
    with acting(head):
        load = course_of(one=INDICATORS["emotional_load"], by=head)
        events = course_of(one=INDICATORS["hard_events"], by=head)
    by_worker = next(split for split in load.splits if split.dim == "worker")
    assert [(move.name, move.this) for move in by_worker.moves] == [("测试worker", "3")]
    assert "worker" not in {split.dim for split in events.splits}
