"""The whole course: days of a stay, gaps read from them, who goes on after discharge."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.families import Milestone
from cases.models.people import Client, Episode
from cases.services.whole_course import episode_take_over, gaps_of, milestone_set, my_gaps
from departments.models.mechanisms import Task
from departments.models.organizations import Department, Region
from departments.services.entering import house_scope
from tests.factories.cases import make_case, make_client, make_contact, make_episode
from tests.factories.course import make_milestone

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def stay(worker, **given):
    person = make_client(worker)
    episode = make_episode(person, worker, admitted_on=timezone.localdate() - 20 * DAY, **given)
    case = make_case(worker, client=person, episode=episode)
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - 19 * DAY)
    return Case.objects.select_related("client", "episode").get(pk=case.pk)


def places(cases, today=None):
    return [(gap.place, gap.is_late) for gap in gaps_of(cases, today=today)]


def test_without_an_operation_or_discharge_there_is_no_gap(worker, acting):
    with acting(worker):
        assert gaps_of([stay(worker)]) == []


def test_an_operation_that_comes_asks_for_the_assessment_before_it(worker, today, acting):
    with acting(worker):
        case = stay(worker)
        make_milestone(case.episode, worker, planned_on=today + 7 * DAY)
        assert places([case]) == [("pre_op", False)]
        assert places([case], today - DAY) == []


def test_after_an_operation_three_steps_are_missing_and_a_contact_fills_its_own(
    worker, today, acting
):
    with acting(worker):
        case = stay(worker)
        make_milestone(case.episode, worker, planned_on=None, actual_on=today - 2 * DAY)
        assert places([case]) == [("pre_op", True), ("operation", True), ("post_op", False)]
        make_contact(case, worker, occurred_on=today - 2 * DAY)
        assert places([case]) == [("pre_op", True), ("post_op", False)]
        make_contact(case, worker, occurred_on=today)
        assert places([case]) == [("pre_op", True)]


def test_a_discharge_asks_for_a_talk_before_and_a_call_a_week_after(worker, today, acting):
    with acting(worker):
        case = stay(worker, discharged_on=today - 7 * DAY)
        assert places([case]) == [("discharge", True), ("follow_up", False)]
        assert places([case], today - DAY) == [("discharge", True)]


def test_gaps_stand_in_my_day_without_a_task_and_not_in_a_colleagues(
    worker, worker2, today, acting
):
    with acting(worker):
        case = stay(worker)
        make_milestone(case.episode, worker, planned_on=today + DAY)
        before = Task.objects.count()
        assert [gap.place for gap in my_gaps(worker)] == ["pre_op"]
        assert Task.objects.count() == before
    with acting(worker2):
        assert my_gaps(worker2) == []


def test_my_gaps_ask_the_same_number_of_queries_for_one_and_three(worker, today, acting):
    counts = []
    for more in (1, 2):
        with acting(worker):
            for _n in range(more):
                make_milestone(stay(worker).episode, worker, planned_on=today + DAY)
            with CaptureQueriesContext(connection) as seen:
                my_gaps(worker)
            counts.append(len(seen))
    assert counts == [4, 4]


def test_a_planned_day_is_moved_and_comes_about_in_one_row(worker, today, acting):
    with acting(worker):
        case = stay(worker)
        milestone_set(case=case, kind="operation", planned_on=today + DAY, by=worker)
        milestone_set(case=case, kind="operation", planned_on=today, by=worker)
        milestone_set(case=case, kind="operation", actual_on=today, by=worker)
        (row,) = Milestone.objects.filter(episode=case.episode)
        assert (row.planned_on, row.actual_on) == (today, today)
        milestone_set(case=case, kind="operation", planned_on=today + 30 * DAY, by=worker)
        assert Milestone.objects.filter(episode=case.episode).count() == 2


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({}, "milestone_has_a_day", "planned_on"),
        ({"actual_on": 1}, "milestone.actual_in_future", "actual_on"),
        ({"planned_on": -30}, "milestone.before_admission", "planned_on"),
        ({"kind": "rest", "planned_on": 1}, "milestone.kind_unknown", "kind"),
    ],
)
def test_a_wrong_day_is_said_at_its_field(given, rule, field, worker, today, acting, refuses):
    days = {k: today + v * DAY if isinstance(v, int) else v for k, v in given.items()}
    with acting(worker):
        case = stay(worker)
        with refuses(rule, field):
            milestone_set(case=case, by=worker, **{"kind": "operation", **days})


def test_after_discharge_somebody_takes_over(worker, today, acting, refuses):
    with acting(worker):
        case = stay(worker)
        given = {"case": case, "taken_over_on": today, "by": worker}
        with refuses("episode_taken_over_names_who", "taken_over_text"):
            episode_take_over(**given)
        with refuses("episode.taken_over_before_discharge", "taken_over_on"):
            episode_take_over(taken_over_text="桃源社工站", **given)
        milestone_set(case=case, kind="discharge", actual_on=today, by=worker)
        episode_take_over(taken_over_text="桃源社工站", **given)
        kept = Episode.objects.get(pk=case.episode_id)
        assert (kept.discharged_on, kept.taken_over_text, kept.taken_over_on) == (
            today,
            "桃源社工站",
            today,
        )


def test_a_station_is_found_by_its_name_and_the_county_tells_two_apart(
    worker, today, hospital, acting, client_for
):
    with acting(worker):
        case = stay(worker, discharged_on=today)
        near = Region.objects.get(pk=110102)
        Client.objects.filter(pk=case.client.person.pk).update(region=near)
    with house_scope(hospital.pk):
        for code, name in ((110102, "桃源站"), (110101, "桃源站"), (110101, "杏林站")):
            Department.objects.create(
                organization=hospital,
                managed_by=hospital,
                operator=hospital,
                kind="station" if code == 110102 else "station_centre",
                name=name,
                region_id=code,
            )
    browser, address = client_for(worker), reverse("cases:take_over", args=[case.uid])
    page = browser.get(address).content.decode()
    assert page.index("桃源站（西城区）") < page.index("杏林站（东城区）")
    found = browser.get("/stations/suggest/?taken_over_by=桃源").content.decode()
    assert found.count("<option") == 2
    typed = {"taken_over_on": today.isoformat()}
    for name, said in (("桃源站", "有几个站点都叫"), ("没有的站", "登记里没有")):
        refused = browser.post(address, typed | {"taken_over_by": name})
        assert (refused.status_code, said in refused.content.decode()) == (422, True)
    assert browser.post(address, typed | {"taken_over_by": "桃源站（西城区）"}).status_code == 302
    with acting(worker):
        assert Episode.objects.get(pk=case.episode_id).taken_over_by.region == near


def test_who_took_over_stands_under_the_strip(worker, today, acting, client_for):
    with acting(worker):
        case = stay(worker, discharged_on=today)
        episode_take_over(case=case, taken_over_text="桃源社工站", taken_over_on=today, by=worker)
    strip = client_for(worker).get(reverse("cases:whole_course", args=[case.uid]))
    assert "桃源社工站" in strip.content.decode()


def test_the_strip_draws_the_gap_and_its_form_fills_it(worker, today, acting, client_for):
    with acting(worker):
        case = stay(worker)
    browser = client_for(worker)
    strip = reverse("cases:whole_course", args=[case.uid])
    assert "术后探望" not in browser.get(strip).content.decode()
    new = reverse("cases:milestone_new", args=[case.uid])
    assert browser.post(new, {"kind": "operation"}).status_code == 422
    day = (today - DAY).isoformat()
    assert browser.post(new, {"kind": "operation", "actual_on": day}).status_code == 302
    drawn = browser.get(strip).content.decode()
    assert ("术后探望" in drawn, reverse("cases:contact_new", args=[case.uid]) in drawn) == (
        True,
        True,
    )
    assert "术后探望" in browser.get(reverse("cases:panel_gaps")).content.decode()
    with acting(worker):
        make_contact(case, worker, occurred_on=today)
    assert "术后探望" not in browser.get(strip).content.decode()


def test_the_strip_of_another_house_is_not_there(worker, other_worker, acting, client_for):
    with acting(worker):
        case = stay(worker)
    there = client_for(other_worker)
    for name in ("whole_course", "milestone_new", "take_over"):
        assert there.get(reverse(f"cases:{name}", args=[case.uid])).status_code == 404


@pytest.mark.parametrize(
    ("said", "days_before", "left"),
    [
        ("", 3, []),
        ("pre_op", 3, []),
        # Named, it counts although it came earlier than the days of the rule.
        ("pre_op", 16, []),
        ("", 16, [("pre_op", False)]),
        # What was done for another place does not fill this one.
        ("admission", 3, [("pre_op", False)]),
    ],
)
def test_a_step_counts_where_its_checkpoint_says(worker, today, acting, said, days_before, left):
    with acting(worker):
        case = stay(worker)
        make_milestone(case.episode, worker, planned_on=today + DAY)
        day = today + DAY - days_before * DAY
        make_contact(case, worker, occurred_on=day, checkpoint=said)
        assert places([case]) == left


def test_a_gap_leads_to_a_page_with_its_checkpoint_chosen(worker, today, acting, client_for):
    with acting(worker):
        case = stay(worker)
        make_milestone(case.episode, worker, actual_on=today - 2 * DAY)
    page = client_for(worker).get(reverse("cases:panel_gaps")).content.decode()
    url = f"{reverse('cases:contact_new', args=[case.uid])}?checkpoint=post_op"
    assert url in page
    form = client_for(worker).get(url).context["form"]
    assert form["checkpoint"].value() == "post_op"
