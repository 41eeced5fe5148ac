"""Supervision and courses: planned, recorded, reflected upon, signed; joined, passed, certified; counted."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.mechanisms import Task, Transition
from departments.services.entering import house_scope
from departments.services.learning import (
    learning_cancel,
    learning_change,
    learning_join,
    learning_leave,
    learning_plan,
)
from departments.services.learning_figures import figures_of
from departments.services.learning_papers import learning_certify
from departments.services.learning_record import (
    learning_action_done,
    learning_hold,
    learning_sign,
    unsigned,
)
from tests.departments.test_staff import refused

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def _supervision(by, *people, **given):
    facts = {
        "kind": "supervision",
        "manner": "group" if len(people) > 1 else "individual",
        "functions": ["educational", "supportive"],
        "theme": "哀伤个案的界限",
        "starts_at": timezone.now() - 2 * HOUR,
        "hours": Decimal("1.5"),
        "leader": by,
        "attendees": people,
    }
    return learning_plan(**facts | given, by=by)


def _course(by, *people, **given):
    facts = {
        "kind": "simulation",
        "manner": "practice",
        "theme": "个案管理虚拟仿真",
        "starts_at": timezone.now() - 5 * HOUR,
        "hours": Decimal("6"),
        "leader": by,
        "is_cpd": True,
        "outline": "接案：问清来意\n预估\n计划\n介入\n评估\n结案",
        "attendees": people,
    }
    return learning_plan(**facts | given, by=by)


def _record(event, by, *, people=None, **given):
    rows = event.attendances.filter(role="attendee")
    said = {str(row.uid): {"presence": "present"} for row in rows}
    facts = {"notes": "讨论了界限与移情", "advice": "先写三次反思", "people": said | (people or {})}
    return learning_hold(event=event, **facts | given, by=by)


def test_a_supervision_is_signed_by_both_and_then_stays_as_it_is(
    worker, worker2, supervisor, acting
):
    due = timezone.localdate() + dt.timedelta(days=7)
    with acting(supervisor):
        event = _supervision(supervisor, worker, worker2)
        absent = event.attendances.get(user=worker2)
        actions = [{"text": "补一次家庭会谈", "user": worker, "due_on": due}]
        event = _record(
            event, supervisor, actions=actions, people={str(absent.uid): {"presence": "leave"}}
        )
        assert (event.state, event.attendances.get(user=worker2).hours) == ("held", None)
        mine = event.attendances.get(role="leader")
        nobody = {str(row.uid): {"presence": "absent"} for row in event.attendances.all()}
        refused("learning.nobody_came", None, _record, event=event, by=supervisor, people=nobody)
    with acting(worker):
        kinds = sorted(Task.objects.visible_to(worker).open().values_list("kind", flat=True))
        assert kinds == ["learning_action", "learning_reflect"]
        row = event.attendances.get(user=worker)
        refused("learning.needs_reflection", "reflection", learning_sign, attendance=row, by=worker)
        refused("permission.can_sign_learning", None, learning_sign, attendance=mine, by=worker)
        learning_sign(attendance=row, reflection="我要慢一点", by=worker)
        refused("learning.signed_already", None, learning_sign, attendance=row, by=worker)
        learning_action_done(event=event, key=event.actions[0]["key"], by=worker)
        assert not Task.objects.visible_to(worker).open().exists()
    with acting(supervisor):
        refused("learning.signed", None, _record, event=event, by=supervisor)
        learning_sign(attendance=mine, by=supervisor)
        event.refresh_from_db()
        assert (event.state, unsigned(event)) == ("signed", [])
        steps = Transition.objects.filter(workflow="learning").order_by("at", "id")
        assert list(steps.values_list("step", flat=True)) == ["plan", "hold", "sign"]
        for rows, change in (
            (LearningEvent.objects.filter(pk=event.pk), {"theme": "x"}),
            (event.attendances.filter(user=worker), {"hours": 9}),
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows.update(**change)


def test_nobody_supervises_himself_in_python_or_in_the_database(worker, supervisor, acting):
    with acting(supervisor):
        refused(
            "learning_leader_not_attendee",
            "attendees",
            _supervision,
            by=supervisor,
            attendees=[supervisor, worker],
            manner="group",
        )
        event = _supervision(supervisor, worker)
        with pytest.raises(IntegrityError, match="himself"), transaction.atomic():
            LearningAttendance.objects.create(
                organization_id=event.organization_id, event=event, user=supervisor
            )
        with pytest.raises(IntegrityError, match="himself"), transaction.atomic():
            LearningEvent.objects.filter(pk=event.pk).update(leader=worker)


def test_what_is_missing_is_said_at_its_field(worker, worker2, supervisor, other_worker, acting):
    with acting(supervisor):
        given = {"by": supervisor, "attendees": [worker]}
        refused("learning.needs_function", "functions", _supervision, functions=[], **given)
        refused("learning.form_of_kind", "manner", _supervision, manner="lecture", **given)
        refused("learning_event_hours_in_range", "hours", _supervision, hours=Decimal(0), **given)
        two = {"by": supervisor, "attendees": [worker, worker2], "manner": "individual"}
        refused("learning.one_only", "attendees", _supervision, **two)
        far = {"by": supervisor, "attendees": [other_worker]}
        refused("learning.person_elsewhere", "attendees", _supervision, **far)
        later = _supervision(supervisor, worker, starts_at=timezone.now() + HOUR)
        refused("learning.not_yet", None, _record, event=later, by=supervisor)
        early = [{"text": "x", "user": worker, "due_on": dt.date(2020, 1, 1)}]
        event = _supervision(supervisor, worker)
        refused(
            "learning.action_needs_day",
            "actions",
            _record,
            event=event,
            by=supervisor,
            actions=early,
        )
        refused("learning.needs_notes", "notes", _record, event=event, by=supervisor, notes=" ")
    with acting(worker):
        refused("learning.peer_only", "manner", _supervision, by=worker, attendees=[worker2])
        peers = _supervision(worker, worker2, manner="peer")
        assert peers.led_by == worker.display_name


def test_who_sees_a_supervision(worker, worker2, supervisor, head, other_head, volunteer, acting):
    with acting(supervisor):
        event, course = _supervision(supervisor, worker), _course(supervisor)
    for user, sees in (
        (worker, {event, course}),
        (worker2, {course}),
        (head, {event, course}),
        (other_head, set()),
        (volunteer, set()),
    ):
        with acting(user):
            assert set(LearningEvent.objects.visible_to(user)) == sees


def test_a_plan_changes_until_it_is_held_and_a_stale_page_does_not_overwrite(
    worker, worker2, supervisor, acting
):
    with acting(supervisor):
        event = _supervision(supervisor, worker)
        given = {
            "manner": "group",
            "theme": "新主题",
            "functions": ["supportive"],
            "leader": supervisor,
        }
        given |= {"starts_at": event.starts_at, "hours": Decimal(2), "by": supervisor}
        base = event.row_version
        people = [worker2, worker]
        learning_change(event=event, base=base, attendees=people, **given)
        names = set(
            event.attendances.filter(role="attendee").values_list("user__username", flat=True)
        )
        assert names == {"worker", "worker2"}
        refused(
            "form.stale", None, learning_change, event=event, base=base, attendees=people, **given
        )
        learning_cancel(event=event, reason="督导生病", by=supervisor)
        refused(
            "learning.hold.wrong_state",
            None,
            learning_change,
            event=event,
            attendees=people,
            **given,
        )


def test_a_course_is_joined_recorded_step_by_step_signed_and_certified(
    worker, worker2, supervisor, acting
):
    with acting(supervisor):
        event = _course(supervisor, worker)
        assert [one["title"] for one in event.outline][:2] == ["接案", "预估"]
    with acting(worker2):
        learning_join(event=event, by=worker2)
        learning_leave(event=event, by=worker2)
        refused("learning.not_on_list", None, learning_leave, event=event, by=worker2)
        learning_join(event=event, by=worker2)
    with acting(supervisor):
        one, two = (event.attendances.get(user=user) for user in (worker, worker2))
        said = {
            str(one.uid): {"presence": "present", "result": "passed", "steps_done": range(6)},
            str(two.uid): {"presence": "present", "result": "failed", "score": Decimal(40)},
        }
        event = _record(event, supervisor, people=said)
        one, two = (event.attendances.get(user=user) for user in (worker, worker2))
        assert (one.steps_done, two.score, two.hours) == ([0, 1, 2, 3, 4, 5], Decimal(40), 6)
        refused("learning.not_closed", None, learning_certify, attendance=one, by=supervisor)
        learning_sign(attendance=event.attendances.get(role="leader"), by=supervisor)
        refused("learning.not_passed", None, learning_certify, attendance=two, by=supervisor)
        paper = learning_certify(attendance=one, by=supervisor)
    with acting(worker):
        again = learning_certify(attendance=one, by=worker)
        one.refresh_from_db()
        year = timezone.localdate().year
        assert (paper[:5], again, one.certificate_no) == (b"%PDF-", paper, f"HA-PX-{year}-0001")
        refused(
            "permission.can_issue_certificate", None, learning_certify, attendance=two, by=worker
        )


def test_an_open_course_is_joined_by_visitors_who_learn_of_nobody_else(
    worker, supervisor, volunteer, clinician, officer, acting, client_for
):
    client, soon = client_for(supervisor), timezone.localtime() + dt.timedelta(days=3)
    typed = {
        "theme": "志愿者沟通课",
        "manner": "lecture",
        "starts_at": f"{soon:%Y-%m-%dT%H:%M}",
        "hours": "2",
        "is_open": "on",
        "attendees": [str(worker.uid)],
    }
    to = client.post("/learning/new/training/", typed)["Location"]
    with acting(supervisor):
        closed = _course(supervisor, starts_at=soon)
        assert [row.is_open for row in LearningEvent.objects.order_by("pk")] == [True, False]
    for visitor in (volunteer, clinician):
        browser = client_for(visitor)
        listed = browser.get("/learning/").content.decode()
        assert ("志愿者沟通课" in listed, closed.theme in listed) == (True, False)
        assert worker.display_name not in listed
        assert browser.get(f"/learning/{closed.uid}/").status_code == 404
        assert browser.post(f"{to}join/").status_code == 302
        page = browser.get(to).content.decode()
        assert (visitor.display_name in page, worker.display_name in page) == (True, False)
        assert browser.post(f"{to}join/").status_code == 422
        assert browser.get("/learning/own/").status_code == 403
    assert client_for(volunteer).post(f"{to}leave/").status_code == 302
    assert client_for(officer).get("/learning/").status_code == 403
    with acting(supervisor):
        event = LearningEvent.objects.get(is_open=True)
        people = event.attendances.filter(role="attendee").order_by("pk")
        assert [row.user for row in people] == [worker, clinician]


def test_an_outside_supervisor_signs_on_paper(worker, head, supervisor, acting):
    with acting(head):
        event = _supervision(head, worker, leader=None, leader_name="演示外督")
        event = _record(event, head)
        paper = event.attendances.get(role="leader")
        assert (paper.who, paper.user) == ("演示外督", None)
    with acting(supervisor):
        refused(
            "permission.can_sign_learning", None, learning_sign, attendance=paper, by=supervisor
        )
    with acting(head):
        learning_sign(attendance=paper, by=head)
        assert [row.who for row in unsigned(event)] == [worker.display_name]


def test_hours_are_counted_by_person_and_month_and_open_to_their_rows(
    worker, worker2, supervisor, head, acting, client_for, count_queries
):
    with acting(supervisor):
        _record(_supervision(supervisor, worker, worker2), supervisor)
        _record(_supervision(supervisor, worker, hours=Decimal("1.0")), supervisor)
        _supervision(supervisor, worker)
    month = timezone.localdate(timezone.now() - 2 * HOUR).replace(day=1)
    with acting(head):
        figures = figures_of(month, by=head)
        rows = {row.user.username: row for row in figures.rows}
    assert (rows["worker"].received, rows["worker"].times) == (Decimal("2.5"), 2)
    assert (rows["worker2"].received, rows["supervisor"].given) == (Decimal("1.5"), Decimal("2.5"))
    assert (figures.received, figures.sessions) == (Decimal("4.0"), 2)
    assert (figures.supervisors, figures.workers) == (1, 2)
    assert figures.workers_per_supervisor == Decimal("2.0")
    client = client_for(head)
    page = client.get(f"/learning/?month={month:%Y-%m}&person={worker2.uid}").content.decode()
    assert page.count("哀伤个案的界限") == 1
    three = count_queries(lambda: client.get("/learning/"))
    with house_scope(head.membership.organization_id):
        LearningAttendance.objects.filter(event__state="planned").delete()
        LearningEvent.objects.filter(state="planned").delete()
    assert count_queries(lambda: client.get("/learning/")) == three


def test_the_pages_from_plan_to_signature_keep_what_was_typed(worker, supervisor, client_for):
    client = client_for(supervisor)
    typed = {
        "manner": "individual",
        "theme": "保密的例外",
        "functions": ["educational"],
        "starts_at": f"{timezone.localtime() - 2 * HOUR:%Y-%m-%dT%H:%M}",
        "hours": "1.5",
        "leader": str(supervisor.uid),
    }
    answer = client.post("/learning/new/supervision/", typed)
    assert (answer.status_code, "请选择被督导者。" in answer.content.decode()) == (422, True)
    assert 'value="保密的例外"' in answer.content.decode()
    answer = client.post("/learning/new/supervision/", typed | {"attendees": [str(worker.uid)]})
    address = answer["Location"]
    page = client.get(f"{address}record/").content.decode()
    prefix = page.split('name="p', 1)[1].split("-", 1)[0]
    record = {
        "hours": "1.5",
        "notes": "讨论了保密",
        "advice": "先问督导",
        f"p{prefix}-presence": "present",
        "a0-text": "交一份反思",
        "a0-user": str(worker.uid),
        "a0-due_on": "二月三十",
    }
    answer = client.post(f"{address}record/", record)
    assert (answer.status_code, "讨论了保密" in answer.content.decode()) == (422, True)
    due = timezone.localdate() + dt.timedelta(days=3)
    assert (
        client.post(f"{address}record/", record | {"a0-due_on": due.isoformat()})["Location"]
        == address
    )
    mine = client_for(worker)
    page = mine.get(address).content.decode()
    sign = page.split('action="/learning/attendances/', 1)[1].split('"', 1)[0]
    answer = mine.post(f"/learning/attendances/{sign}", {"reflection": ""})
    assert (answer.status_code, "请写反思，再签署。" in answer.content.decode()) == (422, True)
    assert mine.post(f"/learning/attendances/{sign}", {"reflection": "明白了"}).status_code == 302
    assert "明白了" in client.get(address).content.decode()
