"""Direct work: recorded, amended, locked, added to, countersigned."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.models.work import Contact
from cases.services.co_signing import contact_countersign, contact_send_back, returns_of
from cases.services.contacts import (
    contact_addendum,
    contact_amend,
    contact_record,
)
from cases.services.members import case_member_add
from departments.audit import history
from departments.models.mechanisms import Task
from tests.factories.cases import make_case, make_contact

pytestmark = pytest.mark.django_db


def record(case, by, **given):
    values = {
        "occurred_on": timezone.localdate(),
        "minutes": 30,
        "mode": "ward_visit",
        "target": "client",
        "facts": "沉默约 15 分钟，之后谈到费用。",
        **given,
    }
    return contact_record(case=case, by=by, **values)


def test_contact_record_takes_phase_person_and_lock_from_the_case(worker, acting):
    start = timezone.now() - dt.timedelta(hours=2)
    with acting(worker):
        case = make_case(worker, stage="intervention")
        contact = record(
            case,
            worker,
            occurred_on=timezone.localdate(start),
            starts_at=start,
            analysis="担心被催缴",
        )
        assert (contact.client_id, contact.phase) == (case.client_id, "intervention")
        assert contact.ends_at - contact.starts_at == dt.timedelta(minutes=30)
        assert abs(contact.locked_at - timezone.now() - dt.timedelta(hours=24)) < dt.timedelta(
            minutes=1
        )
        assert (contact.co_sign_required, contact.techniques) == (False, [])
        [event] = history(contact)
        assert "沉默" not in event.body


def test_contact_record_sets_a_task_for_the_next_time(worker, acting):
    day = timezone.localdate() + dt.timedelta(days=3)
    with acting(worker):
        record(make_case(worker), worker, next_on=day)
        assert timezone.localdate(Task.objects.get(kind="next_contact").due_at) == day


def yesterday() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"minutes": 0}, "contact_minutes_in_range", "minutes"),
        ({"minutes": 1441}, "contact_minutes_in_range", "minutes"),
        ({"minutes": -5}, "contact_minutes_in_range", "minutes"),
        ({"minutes": None}, "contact_minutes_in_range", "minutes"),
        ({"mode": "telepathy"}, "contact.mode_unknown", "mode"),
        ({"target": "ghost"}, "contact.target_unknown", "target"),
        ({"facts": "  "}, "contact.needs_facts", "facts"),
        ({"occurred_on": dt.date(2999, 1, 1)}, "contact.in_future", "occurred_on"),
        ({"occurred_on": dt.date(2020, 1, 1)}, "contact.before_the_case", "occurred_on"),
        ({"next_on": dt.date(2020, 1, 1)}, "contact_next_is_later", "next_on"),
        ({"starts_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "contact.other_day", "starts_at"),
    ],
)
def test_contact_record_says_what_is_wrong_at_its_field(
    given, rule, field, worker, acting, refuses
):
    with acting(worker):
        case = make_case(worker)
        with refuses(rule, field):
            record(case, worker, **given)
        assert not Contact.objects.exists()


@pytest.mark.parametrize("stage", ["pending", "closed", "declined", "voided"])
def test_contact_record_outside_the_working_stages_is_refused(stage, worker, acting, refuses):
    with acting(worker):
        case = make_case(
            worker, stage=stage, worker=worker, assigned_at=timezone.now(), number="X-1"
        )
        with refuses("contact.wrong_stage", status=409):
            record(case, worker)


@pytest.mark.parametrize("login", ["worker2", "supervisor", "head", "assistant"])
def test_contact_record_by_who_is_not_on_the_case_is_refused(
    login, request, worker, supervisor, acting, refuses
):
    person = request.getfixturevalue(login)
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
    with acting(person), refuses("permission.can_record_contact", status=403):
        record(case, person)


def test_contact_amend_before_the_lock(worker, worker2, acting, refuses):
    with acting(worker):
        contact = record(make_case(worker), worker)
        contact = contact_amend(contact=contact, minutes=45, facts="补充：家属在场。", by=worker)
        assert (contact.minutes, contact.facts) == (45, "补充：家属在场。")
        with refuses("contact_minutes_in_range", "minutes"):
            contact_amend(contact=contact, minutes=0, by=worker)
    with acting(worker2), refuses("permission.can_amend_contact", status=403):
        contact_amend(contact=contact, minutes=10, by=worker2)


def test_a_locked_contact_is_only_added_to(worker, acting, refuses, rows):
    past = timezone.now() - dt.timedelta(minutes=1)
    with acting(worker):
        case = make_case(worker)
        open_one = record(case, worker)
        with refuses("contact.not_locked", status=409):
            contact_addendum(contact=open_one, facts="补充", by=worker)
        contact = make_contact(case, worker, locked_at=past)
        with refuses("contact.is_locked", status=409):
            contact_amend(contact=contact, facts="改写", by=worker)
        for change in (
            "minutes = 5",
            "facts = '\\x00'",
            "locked_at = null",
            "locked_at = now() + interval '1 day'",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows(f"UPDATE cases_contact SET {change} WHERE id = %s", contact.pk)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("DELETE FROM cases_contact WHERE id = %s", contact.pk)
        added = contact_addendum(contact=contact, facts="事后补记：家属来电。", by=worker)
        assert (added.addendum_to, added.minutes) == (contact, None)
        assert set(Contact.objects.own_entries()) == {contact, open_one}


def test_the_lock_never_moves_later(worker, acting, rows):
    with acting(worker):
        contact = record(make_case(worker), worker)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows(
                "UPDATE cases_contact SET locked_at = locked_at + interval '1 hour' WHERE id = %s",
                contact.pk,
            )


def test_what_an_assistant_writes_is_countersigned_also_after_the_lock(
    worker, worker2, assistant, acting, refuses
):
    with acting(worker):
        case = make_case(worker)
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        contact = record(case, assistant)
        assert contact.co_sign_required
        with refuses("permission.can_countersign_contact", status=403):
            contact_countersign(contact=contact, by=assistant)
    with acting(worker):
        assert Task.objects.get(kind="co_sign").assignee == worker
        Contact.objects.filter(pk=contact.pk).update(
            locked_at=timezone.now() - dt.timedelta(hours=1)
        )
        contact = contact_countersign(contact=contact, by=worker)
        assert contact.countersigned_by == worker
        assert Task.objects.get(kind="co_sign").state == "done"
        with refuses("contact.no_co_sign_due", status=409):
            contact_countersign(contact=contact, by=worker)


def test_a_helpers_record_goes_back_with_a_reason_and_comes_again_for_a_signature(
    worker, assistant, acting, refuses, client_for
):
    with acting(worker):
        case = make_case(worker)
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        contact, other = record(case, assistant), record(case, assistant, minutes=10)
        with refuses("permission.can_countersign_contact", status=403):
            contact_send_back(contact=contact, reason="写明时间", by=assistant)
    address = reverse("cases:contact", args=[contact.uid])
    client = client_for(worker)
    assert client.post(f"{address}return/", {"reason": " "}).status_code == 422
    assert "退回修改" in client.get(address).content.decode()
    sent = client.post(f"{address}return/", {"reason": "请写明谁在场"}, follow=True)
    assert "请写明谁在场" in sent.content.decode()
    open_tasks = Task.objects.filter(state="open").order_by("id")
    with acting(worker):
        with refuses("contact_sign.return.wrong_state", status=409):
            contact_send_back(contact=contact, reason="再一次", by=worker)
        contact_countersign(contact=other, by=worker)
    with acting(assistant):
        # The signer waits for nothing more; the author has it to do.
        assert [(one.kind, one.assignee) for one in open_tasks.all()] == [
            ("co_sign_returned", assistant)
        ]
        contact_amend(contact=contact, facts="母亲在场。", by=assistant)
        assert [(one.kind, one.assignee) for one in open_tasks.all()] == [("co_sign", worker)]
    with acting(worker):
        contact_send_back(contact=contact, reason="还缺结论", by=worker)
        Contact.objects.filter(pk=contact.pk).update(
            locked_at=timezone.now() - dt.timedelta(hours=1)
        )
    page = client_for(assistant).get(address).content.decode()
    assert ("还缺结论" in page, "请写明谁在场" in page, "记录已锁定：写补充" in page) == (
        True,
        False,
        True,
    )
    with acting(assistant):
        contact_addendum(contact=contact, facts="结论：转介。", by=assistant)
        states = Contact.objects.with_co_sign_state().order_by("id")
        said = [one.co_sign_state for one in states]
        assert said == ["waiting", "signed", "waiting"]
    with acting(worker):
        contact_countersign(contact=contact, by=worker)
        assert returns_of(contact).count() == 2
        with refuses("contact.no_co_sign_due", status=409):
            contact_send_back(contact=contact, reason="太晚", by=worker)
        assert [one.kind for one in open_tasks.all()] == ["co_sign"]  # of the addendum


def test_a_record_that_waits_for_a_signature_waits_with_the_supervisor_too(
    worker, supervisor, assistant, acting
):
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        contact = record(case, assistant)
    for user in (worker, supervisor):
        with acting(user):
            waiting = Task.objects.visible_to(user).open().filter(kind="co_sign")
            assert [one.assignee for one in waiting] == [user]
    with acting(supervisor):
        contact_countersign(contact=contact, by=supervisor)
        assert not Task.objects.filter(kind="co_sign", state="open").exists()


def test_contact_minutes_are_guarded_by_the_database(worker, acting):
    with acting(worker):
        case = make_case(worker)
        for minutes in (0, 1441, None):
            with (
                pytest.raises(IntegrityError, match="contact_minutes_in_range"),
                transaction.atomic(),
            ):
                make_contact(case, worker, minutes=minutes)
