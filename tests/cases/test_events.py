"""Community work and its figures: planned, signed in, recorded; 人数 and 人次 apart, from the rows."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models.activities import Activity
from cases.services import events
from cases.services.activities import activity_record
from cases.services.work_figures import behind, figures
from tests.cases.test_groups import record
from tests.factories.groups import make_event, make_group, make_member, make_session

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def planned(by, **given):
    facts = {
        "event": "lecture",
        "topic": "移植后怎么吃",
        "occurred_on": TODAY(),
        "minutes": 60,
        "need": "问得最多",
        "objectives": "会选食物",
        "target_group": "家长",
    }
    return events.event_plan(by=by, **{**facts, **given})


def test_an_activity_from_plan_to_summary(worker, acting, refuses):
    with acting(worker):
        one = planned(worker, expected=30)
        assert (one.kind, one.state, one.persons) == ("community", "planned", 0)
        events.sign_in(activity=one, kind="family", heads=3, by=worker)
        events.sign_in(activity=one, kind="patient", name="王阿姨", by=worker)
        given = {"content": "讲了三类食物", "by": worker}
        with refuses("activity.fewer_than_signed_in", "persons"):
            events.event_record(activity=one, persons=3, person_times=9, **given)
        with refuses("activity_person_times_cover_persons", "person_times"):
            events.event_record(activity=one, persons=9, person_times=8, **given)
        with refuses("activity.somebody_signed_in", status=409):
            events.event_cancel(activity=one, reason="下雨", by=worker)
        one = events.event_record(activity=one, persons=28, person_times=30, volunteers=2, **given)
        with refuses("activity.not_open", status=409):
            events.sign_in(activity=one, kind="family", by=worker)
        given = {"activity": one, "objectives_met": "达到", "by": worker}
        with refuses("activity_satisfaction_counted", "satisfied_count"):
            events.event_summarize(satisfaction=Decimal("4.5"), **given)
        one = events.event_summarize(satisfaction=Decimal("4.50"), satisfied_count=20, **given)
        assert (one.state, one.persons, one.person_times, one.volunteers) == (
            "summarized",
            28,
            30,
            2,
        )


def test_a_plan_says_what_is_wrong_at_its_field(worker, acting, refuses):
    with acting(worker):
        for given, rule, field in (
            ({"topic": " "}, "activity.needs_topic", "topic"),
            ({"event": "party"}, "activity_state_known", "event"),
            ({"minutes": 0}, "activity_minutes_in_range", "minutes"),
            ({"expected": 0}, "activity_expected_positive", "expected"),
            ({"event": "association"}, "activity.association", "group"),
            (
                {"event": "association", "group": make_group(worker)},
                "activity.association_runs",
                "group",
            ),
        ):
            with refuses(rule, field):
                planned(worker, **given)
        assert not Activity.objects.exists()


def test_an_association_meets_and_a_member_signs_in_once(worker, acting, refuses):
    with acting(worker):
        group = make_group(worker, is_association=True, stage="working")
        member, other = make_member(group, worker), make_member(make_group(worker), worker)
        one = planned(worker, event="association", group=group)
        assert one.kind == "patient_association"
        given = {"activity": one, "kind": "patient", "by": worker}
        events.sign_in(member=member, **given)
        with refuses("sign_in_member_once", "member"):
            events.sign_in(member=member, **given)
        with refuses("activity.member_elsewhere", "member"):
            events.sign_in(member=other, **given)


def test_every_figure_is_what_its_rows_add_up_to(worker, ward, msw, acting):
    day = TODAY().replace(day=1) - dt.timedelta(days=1)
    with acting(worker):
        group = make_group(worker, stage="working", place="血液科示教室", starts_on=day)
        joined = {"joined_on": day, "agreed_on": day}
        one, two = (make_member(group, worker, **joined) for _n in range(2))
        for number in (1, 2):
            session = make_session(group, worker, number, held_on=day)
            record(session, worker, {two.alias: "absent" if number == 1 else "late"})
        for persons in (20, 30):
            made = make_event(worker, occurred_on=day)
            made = events.event_record(
                activity=made, persons=persons, person_times=persons + 5, content="x", by=worker
            )
            events.event_summarize(
                activity=made,
                satisfaction=Decimal(4 if persons == 20 else 5),
                satisfied_count=10 if persons == 20 else 30,
                objectives_met="x",
                by=worker,
            )
        make_event(worker)  # planned: counts nowhere
        for kind, given in (
            ("ward_visit", {"ward": ward, "persons": 8, "person_times": 11}),
            ("phone", {"topic": "报销", "result": "answered"}),
        ):
            activity_record(kind=kind, occurred_on=day, minutes=30, by=worker, **given)
        span = {
            "since": day.replace(day=1),
            "until": TODAY(),
            "department_id": msw.pk,
            "user": worker,
        }
        sheets = {one.code: one for one in figures(by="month", **span)}
        groups = sheets["groups"].total
        assert (groups.times, groups.persons, groups.person_times) == (2, 2, 3)
        assert groups.rate == Decimal("75.0")
        told = sheets["events"].total
        assert (told.times, told.persons, told.person_times) == (2, 50, 60)
        assert told.satisfaction == Decimal("4.75")
        assert (sheets["visits"].total.persons, sheets["visits"].total.person_times) == (8, 11)
        assert (sheets["consultations"].total.times, sheets["consultations"].total.persons) == (
            1,
            1,
        )
        for by in ("month", "kind", "ward"):
            for sheet in figures(by=by, **span):
                for row in sheet.rows:
                    rows = behind(code=sheet.code, key=row.key, by=by, **span)
                    assert len(rows) == row.times
                    assert sum(line.person_times for line in rows) == row.person_times
                    if sheet.code != "groups":
                        assert sum(line.persons for line in rows) == row.persons
