"""Work without a case: counted without a name, 人数 and 人次 apart, a line becomes a case once."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.activities import Activity, ActivityLine
from cases.services.activities import activity_record, line_promote
from tests.factories.cases import department_of, make_client

pytestmark = pytest.mark.django_db


def visit(by, ward, **given):
    lines = [
        {"bed": "12", "need": "emotional", "action": "support", "note": "想家"},
        {"bed": "12", "need": "", "action": "information", "note": ""},
        {"bed": "16", "need": "financial", "action": "to_case", "note": "押金交不上"},
    ]
    facts = {"occurred_on": timezone.localdate(), "minutes": 40, "ward": ward, "lines": lines}
    return activity_record(kind="ward_visit", by=by, **{**facts, **given})


def call(by, **given):
    facts = {
        "kind": "phone",
        "occurred_on": timezone.localdate(),
        "minutes": 10,
        "topic": "异地报销",
        "result": "answered",
    }
    return activity_record(by=by, **{**facts, **given})


def opening(by):
    return {
        "department": department_of(by),
        "source": "outreach",
        "presenting_problem": "押金交不上",
    }


def test_a_visit_counts_beds_as_people_and_lines_as_contacts(worker, ward, acting):
    with acting(worker):
        made = visit(worker, ward)
        assert (made.persons, made.person_times, made.lines.count()) == (2, 3, 3)
        assert made.department_id == worker.membership.department_id


def test_a_visit_may_be_numbers_only(worker, ward, acting):
    with acting(worker):
        made = visit(worker, ward, lines=(), persons=8, person_times=11, volunteers=2)
        assert (made.persons, made.person_times, made.volunteers) == (8, 11, 2)


def test_a_call_without_a_name_is_one_person_and_one_contact(worker, acting):
    with acting(worker):
        made = call(worker, persons=5)
        assert (made.persons, made.person_times) == (1, 1)
        line = made.lines.get()
        assert (line.action, line.note, line.client) == ("information", None, None)


def test_who_asks_is_kept_sealed(worker, acting, rows):
    with acting(worker):
        call(worker, enquirer="王女士 13812341234")
        (kept,) = rows("SELECT row_to_json(l)::text FROM cases_activityline l")
    assert "13812341234" not in kept[0] and "王女士" not in kept[0]


def test_hospital_side_work_needs_no_person(worker, acting):
    with acting(worker):
        made = activity_record(
            kind="hospital_side",
            occurred_on=timezone.localdate(),
            minutes=60,
            topic="护士减压小组",
            services=["relieve"],
            by=worker,
        )
        assert (made.persons, made.person_times, made.lines.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"occurred_on": dt.date(2999, 1, 1)}, "activity.in_future", "occurred_on"),
        ({"minutes": 0}, "activity_minutes_in_range", "minutes"),
        ({"lines": ()}, "activity.needs_persons", "persons"),
        ({"persons": 1}, "activity.fewer_than_lines", "persons"),
        ({"persons": 4, "person_times": 3}, "activity_person_times_cover_persons", "person_times"),
        ({"services": ["sing"]}, "activity.service_unknown", "services"),
        ({"lines": [{"action": "hug"}]}, "activity_line_action_known", None),
    ],
)
def test_a_visit_says_what_is_wrong_at_its_field(given, rule, field, worker, ward, acting, refuses):
    with acting(worker), refuses(rule, field):
        visit(worker, ward, **given)
    with acting(worker):
        assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"topic": " "}, "activity.needs_topic", "topic"),
        ({"result": ""}, "activity.needs_result", "result"),
        ({"kind": "outreach"}, "activity.needs_place", "place"),
        ({"kind": "hospital_side"}, "activity.needs_service", "services"),
        (
            {"kind": "hospital_side", "services": ["emotion"]},
            "activity.not_hospital_side",
            "services",
        ),
        ({"kind": "party"}, "activity_kind_known", "kind"),
    ],
)
def test_other_work_says_what_is_wrong_at_its_field(given, rule, field, worker, acting, refuses):
    with acting(worker), refuses(rule, field):
        call(worker, **given)


def test_a_visit_needs_its_ward(worker, acting, refuses):
    with acting(worker), refuses("activity.needs_ward", "ward"):
        visit(worker, None)


@pytest.mark.parametrize("login", ["clinician", "auditor", "volunteer", "officer"])
def test_other_roles_neither_record_nor_see(login, request, worker, ward, acting, refuses):
    with acting(worker):
        visit(worker, ward)
    person = request.getfixturevalue(login)
    with acting(person):
        assert not Activity.objects.visible_to(person).exists()
        with refuses("permission.can_record_activity", status=403):
            call(person)


def test_another_house_sees_nothing(worker, other_worker, ward, acting):
    with acting(worker):
        visit(worker, ward)
    with acting(other_worker):
        assert not Activity.objects.exists()
        assert not ActivityLine.objects.exists()


def test_a_line_becomes_a_case_once(worker, ward, acting, refuses):
    with acting(worker):
        line = visit(worker, ward).lines.get(bed="12", action="support")
        person = make_client(worker)
        case = line_promote(line=line, client=person, by=worker, **opening(worker))
        line.refresh_from_db()
        assert (line.promoted_case, line.client, line.action) == (case, person, "to_case")
        assert (case.source, case.stage) == ("outreach", "pending")
        with refuses("activity.line_has_case", status=409):
            line_promote(line=line, client=make_client(worker), by=worker, **opening(worker))


def test_a_refused_case_leaves_the_line_as_it_was(worker, ward, acting, refuses):
    with acting(worker):
        line = visit(worker, ward).lines.get(bed="16")
        person = make_client(worker)
        line_promote(line=line, client=person, by=worker, **opening(worker))
        second = visit(worker, ward).lines.get(bed="16")
        with refuses("case_one_open_per_client", "duplicate_reason"):
            line_promote(line=second, client=person, by=worker, **opening(worker))
        second.refresh_from_db()
        assert (second.promoted_case, second.client) == (None, None)


def test_an_assistant_records_and_does_not_open_a_case(assistant, ward, acting, refuses):
    with acting(assistant):
        line = visit(assistant, ward).lines.get(bed="16")
        with refuses("permission.can_promote_line", status=403):
            line_promote(
                line=line, client=make_client(assistant), by=assistant, **opening(assistant)
            )
