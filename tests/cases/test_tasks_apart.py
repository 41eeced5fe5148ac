"""Deadlines: they rest with their case, are asked in one department, and at level 5 of who is named."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.casework import Case
from cases.services.clocks import case_task
from cases.services.closing import case_resume, case_suspend
from cases.services.leaving import caseload_look
from cases.services.secrecy import case_raise_secrecy, named_now
from departments.models.mechanisms import Task
from departments.models.organizations import Department
from departments.models.people import AccessGrant, Membership, User, duty_class
from departments.services import daily_checks, desk, digests
from departments.services.entering import house_scope, member_scope
from departments.services.memberships import membership_end
from departments.services.outbox import relay_once
from departments.services.tasks import task_open
from tests.factories.cases import make_case
from tests.factories.world import SINCE

pytestmark = pytest.mark.django_db
WHY = "服务对象感染艾滋病，只限指名人员"
HOUR = dt.timedelta(hours=1)


def due(case, kind, *, since=HOUR, by, **given) -> Task:
    given = given or {"assignee": by}
    case_task(case, kind, due_at=timezone.now() - since, by=by, **given)
    return Task.objects.get(subject_id=case.pk, kind=kind)


def told() -> None:
    while relay_once():
        pass


# ── a suspended case ─────────────────────────────────────────────────────────


def test_a_suspended_case_is_late_for_nobody_and_reminds_anew_once_resumed(worker, head, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        task = due(case, "plan_review", by=worker)
        assert (desk.figures(worker).late, desk.figures(worker).waiting) == (1, 1)
        case = case_suspend(case=case, reason="转入重症监护", by=worker)
        assert (desk.figures(worker).late, desk.figures(worker).waiting) == (0, 0)
        case_task(case, "next_contact", due_at=timezone.now() - HOUR, assignee=worker, by=worker)
        assert desk.figures(worker).waiting == 0
    assert daily_checks.overdue_tell() == 0
    with house_scope(worker.house_id):
        assert digests.waiting(worker.house_id, worker.pk, [], timezone.now()).late == 0
    with acting(worker):
        # Told already before the rest, and still suspended two days later.
        Task.objects.filter(pk=task.pk).update(remind_at=["2026-01-01T00:00:00+08:00"])
        Case.objects.filter(pk=case.pk).update(suspended_at=timezone.now() - dt.timedelta(days=2))
        Task.objects.filter(pk=task.pk).update(paused_at=timezone.now() - dt.timedelta(days=2))
        case_resume(case=case, reason="转回病房", by=worker)
        again = Task.objects.get(pk=task.pk)
        assert dt.timedelta(days=2) <= again.due_at - task.due_at < dt.timedelta(days=2, minutes=1)
        assert (again.remind_at, again.paused_at) == ([], None)
        assert desk.figures(worker).waiting == 2
        Task.objects.update(due_at=timezone.now() - HOUR)
    assert daily_checks.overdue_tell() == 2


def test_a_danger_and_a_consent_do_not_rest_with_the_case(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        for kind in ("crisis_report", "consent_withdrawn", "state_aid", "plan_review"):
            due(case, kind, by=worker)
        case_suspend(case=case, reason="转入重症监护", by=worker)
        running = Task.objects.open().filter(subject_id=case.pk).values_list("kind", flat=True)
        assert set(running) == {"crisis_report", "consent_withdrawn", "state_aid"}


# ── two departments in one house ─────────────────────────────────────────────


@pytest.fixture
def second(worker):
    """The post of a worker in a second department of the house."""
    house = worker.membership.organization_id
    user = User.objects.create(username="second", display_name="测试二部", password="!")
    with house_scope(house):
        given = {"organization_id": house, "managed_by_id": house}
        campus = Department.objects.create(kind="campus", name="东院区", **given)
        department = Department.objects.create(
            kind="msw", name="社会工作二部", campus=campus, **given
        )
        return Membership.objects.create(
            user=user,
            organization_id=house,
            department=department,
            role="worker",
            duty_class=duty_class("worker"),
            valid=SINCE,
        )


def test_a_task_of_a_role_is_asked_in_its_own_department(worker, worker2, second, acting):
    with acting(worker):
        case = make_case(worker, stage="pending")
        here = due(case, "triage", by=worker, role="worker")
        task_open(
            kind="flag_review",
            organization_id=case.organization_id,
            subject=case,
            role="worker",
            by=worker,
        )
        assert desk.figures(worker).waiting == 2
    with acting(worker2):
        assert here in Task.objects.visible_to(worker2)
    with member_scope(second.user, second.uid):
        kinds = Task.objects.visible_to(second.user).values_list("kind", flat=True)
        assert list(kinds) == ["flag_review"]
    with house_scope(worker.membership.organization_id):
        house, now = worker.membership.organization_id, timezone.now()
        there = digests.waiting(house, second.user_id, [("worker", second.department_id)], now)
        here = digests.waiting(house, worker2.pk, [("worker", case.department_id)], now)
        assert (there.late, here.late) == (0, 1)


# ── level 5 ──────────────────────────────────────────────────────────────────


def test_a_task_of_a_level5_case_is_asked_of_the_named_alone(
    worker, worker2, supervisor, head, acting
):
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        case_raise_secrecy(case=case, named=[], reason=WHY, by=worker)
        case.refresh_from_db()
        case_task(case, "risk_alert", due_at=None, role="dept_head", by=worker)
        case_task(case, "transfer", due_at=None, assignee=worker2, by=worker)
    with acting(head):
        assert desk.figures(head).waiting == 0
        # Nor does the database give it to who forgets to ask.
        assert not Task.objects.filter(kind="risk_alert").exists()
    with acting(worker2):
        assert list(Task.objects.values_list("kind", flat=True)) == ["transfer"]
    with acting(worker):
        assert Task.objects.filter(kind="risk_alert").exists()
        AccessGrant.objects.create(
            organization_id=case.organization_id,
            user=head,
            compartment_id=case.pk,
            kind="named",
            reason=WHY,
            valid=AccessGrant.objects.get(user=worker).valid,
            created_by=worker,
        )
    with acting(head):
        assert desk.figures(head).waiting == 1


# ── who leaves ───────────────────────────────────────────────────────────────


def named_an_hour_ago(house: int) -> None:
    """A test is one transaction, in which nothing is older than now."""
    with house_scope(house):
        for one in AccessGrant.objects.filter(kind="named"):
            one.valid = type(one.valid)(one.valid.lower - HOUR, one.valid.upper)
            one.save(update_fields=["valid"])


def leave(house: int, person) -> None:
    with house_scope(house, care=True):
        caseload_look(house=house, membership_uid=person.membership.uid, user=person.pk)


def test_who_leaves_is_named_for_nothing_and_a_later_role_brings_nothing_back(
    worker, worker2, supervisor, secadmin, acting
):
    house = worker.membership.organization_id
    with acting(worker2):
        case = make_case(worker2, supervisor=supervisor)
        case_raise_secrecy(case=case, named=[worker], reason=WHY, by=worker2)
    with acting(worker):
        own = make_case(worker)
        case_raise_secrecy(case=own, named=[supervisor], reason=WHY, by=worker)
        assert Case.objects.filter(pk=case.pk).exists()
    leave(house, worker)
    with acting(worker2):
        # Still at work: nothing ends.
        assert named_now(case, worker)
    with acting(secadmin):
        membership_end(membership=worker.membership, reason="离职", by=secadmin)
    named_an_hour_ago(house)
    told()
    with acting(worker2):
        assert not named_now(case, worker)
        # The own case stays until it is handed over.
        assert named_now(own, worker)
        assert named_now(case, supervisor)
