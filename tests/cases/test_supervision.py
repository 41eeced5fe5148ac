"""Cases in supervision: de-identified unless opened, never a level-5 one for others; leaving hands the caseload over."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.supervision import SupervisionCase
from cases.models.team import CaseTransfer
from cases.services import transfers
from cases.services.clocks import case_task
from cases.services.contacts import contact_addendum
from cases.services.leaving import caseload_count
from cases.services.members import case_member_add
from cases.services.secrecy import case_raise_secrecy
from cases.services.supervision import (
    discussed,
    supervision_case_add,
    supervision_case_drop,
    supervision_print,
)
from cases.services.supervision_handing import cases_pass_supervision
from departments.models.mechanisms import Task
from departments.models.people import Membership, duty_class
from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.housekeeping import roles_ending
from departments.services.learning import learning_plan
from departments.services.learning_record import learning_hold
from departments.services.memberships import membership_end
from tests.factories.cases import make_case, make_client, make_contact

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def meeting(worker, worker2, supervisor, acting):
    """A group supervision of two workers, held."""
    with acting(supervisor):
        event = learning_plan(
            kind="supervision",
            manner="group",
            functions=["educational"],
            theme="保密与转介",
            starts_at=timezone.now() - dt.timedelta(hours=2),
            hours=Decimal("1.5"),
            leader=supervisor,
            attendees=[worker, worker2],
            by=supervisor,
        )
        here = {str(row.uid): {"presence": "present"} for row in event.attendances.all()}
        return learning_hold(
            event=event, notes="讨论两个个案", advice="先求证", people=here, by=supervisor
        )


@pytest.fixture
def case(worker, supervisor, acting):
    with acting(worker):
        client = make_client(worker, name="演示秋月")
        return make_case(worker, client=client, supervisor=supervisor, stage="intervention")


def _seen(event, user) -> list[tuple[bool, str]]:
    return [(one.case is not None, one.row.excerpt) for one in discussed(event, by=user)]


def test_who_may_not_open_the_case_reads_a_de_identified_excerpt_and_no_number(
    meeting, case, worker, worker2, supervisor, other_head, acting, refuses, client_for
):
    with acting(worker):
        with refuses("supervision.names_person", "excerpt"):
            supervision_case_add(event=meeting, case=case, excerpt="演示 秋月不愿转介", by=worker)
        supervision_case_add(event=meeting, case=case, excerpt="阿秋不愿转介", by=worker)
        with refuses("supervision_case_once", "case"):
            supervision_case_add(event=meeting, case=case, excerpt="再一次", by=worker)
        other = make_case(worker, supervisor=supervisor, stage="intervention")
        row = supervision_case_add(
            event=meeting, case=other, excerpt="写了真名", is_deidentified=False, by=worker
        )
        assert _seen(meeting, worker) == [(True, "阿秋不愿转介"), (True, "写了真名")]
    with acting(worker2):
        assert _seen(meeting, worker2) == [(False, "阿秋不愿转介")]
        with refuses("permission.can_view_case", status=403):
            supervision_case_add(event=meeting, case=case, excerpt="x", by=worker2)
    with acting(other_head):
        assert not SupervisionCase.objects.exists()
    page = client_for(worker2).get(f"/cases/supervision/{meeting.uid}/cases/").content.decode()
    assert "个案 1（已去标识）" in page and case.number not in page
    with acting(supervisor):
        supervision_case_drop(row=row, by=supervisor)
        paper = supervision_print(event=meeting, by=supervisor)
        assert paper[:5] == b"%PDF-"


def test_a_level_5_case_is_nobodys_business_in_supervision_either(
    meeting, case, worker, worker2, supervisor, acting
):
    with acting(worker):
        supervision_case_add(event=meeting, case=case, excerpt="阿秋", by=worker)
        case_raise_secrecy(case=case, named=[], reason="涉及公众人物，需要保密", by=worker)
    with acting(worker):
        assert _seen(meeting, worker) == [(True, "阿秋")]
    with acting(worker2):
        assert _seen(meeting, worker2) == []


# ── leaving ──────────────────────────────────────────────────────────────────


def test_an_ended_role_with_open_cases_becomes_a_task_of_the_head_until_they_are_handed_over(
    case, worker, worker2, head, secadmin, acting, client_for
):
    note = client_for(secadmin).get(f"/cases/caseload/{worker.membership.uid}/").content.decode()
    assert "还负责 1 个未结个案" in note and case.number not in note
    with acting(secadmin):
        membership_end(membership=worker.membership, reason="调离", by=secadmin)
    outbox.relay_once()
    with acting(head):
        task = Task.objects.visible_to(head).open().get(kind="hand_over")
        assert caseload_count(worker.pk) == 1
        given = {"from_user": worker, "cases": [case], "to_user": worker2, "reason": "同事调离"}
        transfers.cases_hand_over(**given, by=head)
    outbox.relay_once()
    with acting(head):
        task.refresh_from_db()
        assert (task.state, caseload_count(worker2.pk)) == ("done", 1)


def test_who_supervised_is_followed_by_another_with_what_waits_for_a_decision(
    worker, worker2, supervisor, head, secadmin, acting, client_for, refuses
):
    with acting(worker):
        case = make_case(worker, stage="intervention", supervisor=supervisor)
        case_task(case, "plan_approval", due_at=None, assignee=supervisor, by=worker)
    with house_scope(case.organization_id):
        Membership.objects.create(
            user=worker2,
            organization_id=case.organization_id,
            department_id=case.department_id,
            role="supervisor",
            duty_class=duty_class("supervisor"),
            valid=DateRange(TODAY(), None),
        )
    note = client_for(secadmin).get(f"/cases/caseload/{supervisor.membership.uid}/")
    assert "还督导 1 个未结个案" in note.content.decode()
    with acting(secadmin):
        membership_end(membership=supervisor.membership, reason="调离", by=secadmin)
    outbox.relay_once()
    with acting(head):
        task = Task.objects.visible_to(head).open().get(kind="hand_over_supervision")
        given = {"from_user": supervisor, "cases": [case], "reason": "同事调离", "by": head}
        with refuses("case.supervisor_not_here", "to_user"):
            cases_pass_supervision(to_user=worker, **given)
    client, address = client_for(head), f"{reverse('cases:hand_over')}?supervisor={supervisor.uid}"
    assert "已离岗" in client.get(reverse("cases:hand_over")).content.decode()
    typed = {"to_user": str(worker2.uid), "cases": [str(case.uid)], "reason": "同事调离"}
    assert client.post(address, typed).status_code == 302
    outbox.relay_once()
    with acting(head):
        task.refresh_from_db()
        case.refresh_from_db()
        waiting = Task.objects.get(kind="plan_approval")
        assert (task.state, case.supervisor, waiting.assignee) == ("done", worker2, worker2)
        with refuses("hand_over.not_the_supervisors", "cases", 409):
            cases_pass_supervision(to_user=worker2, **given)


def test_a_question_to_who_left_is_taken_back_and_a_hand_over_replaces_one_that_waits(
    worker, worker2, secadmin, head, acting
):
    with acting(worker):
        ask = transfers.case_transfer_ask
        first, second = (
            ask(
                case=make_case(worker, stage="intervention"),
                to_user=worker2,
                reason="轮岗",
                by=worker,
            )
            for _n in range(2)
        )
    with acting(head):
        transfers.cases_hand_over(
            from_user=worker, cases=[second.case], to_user=worker2, reason="同事调离", by=head
        )
        assert CaseTransfer.objects.get(pk=second.pk).state == "revoked"
    with acting(secadmin):
        membership_end(membership=worker2.membership, reason="调离", by=secadmin)
    outbox.relay_once()
    with acting(worker):
        first.refresh_from_db()
        said = (first.state, first.decided_by, str(first.answer))
        assert said == ("revoked", worker, transfers.LEFT)
        assert not Task.objects.filter(kind="transfer", state="open").exists()


def test_a_role_that_ends_soon_is_said_before_it_ends_and_once(case, worker, head, acting):
    house = worker.membership.organization_id
    with house_scope(house):
        last = TODAY() + dt.timedelta(days=10)
        Membership.objects.filter(pk=worker.membership.pk).update(
            valid=DateRange(dt.date(2020, 1, 1), last)
        )
    for _night in range(2):
        with house_scope(house):
            assert roles_ending(organization_id=house) == 1
        outbox.relay_once()
    with acting(head):
        task = Task.objects.visible_to(head).open().get(kind="hand_over")
        assert timezone.localdate(task.due_at) == last
    with house_scope(house):
        Membership.objects.filter(pk=worker.membership.pk).update(
            valid=DateRange(dt.date(2020, 1, 1), None)
        )
        assert roles_ending(organization_id=house) == 0


def test_whoever_helped_helps_no_longer_and_the_worker_gets_what_was_left(
    case, worker, assistant, secadmin, acting
):
    with acting(worker):
        member = case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        case_task(case, "next_contact", due_at=None, assignee=assistant, by=assistant)
    with acting(secadmin):
        membership_end(membership=assistant.membership, reason="实习结束", by=secadmin)
    outbox.relay_once()
    with acting(worker):
        member.refresh_from_db()
        assert member.valid.upper == TODAY()
        assert Task.objects.get(kind="next_contact").assignee == worker


def test_an_addendum_of_a_helper_waits_for_a_signature_too(case, worker, assistant, acting):
    with acting(worker):
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        contact = make_contact(case, assistant)
        type(contact).objects.filter(pk=contact.pk).update(
            locked_at=timezone.now() - dt.timedelta(hours=1)
        )
        contact_addendum(contact=contact, facts="补充一句", by=assistant)
    with acting(worker):
        assert Task.objects.visible_to(worker).open().filter(kind="co_sign").count() == 1
