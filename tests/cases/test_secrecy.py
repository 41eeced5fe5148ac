"""Level 5: the named persons first, then the wall."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from cases.models.casework import Case, Referral
from cases.models.work import Contact, Need
from cases.services.documents import case_document_add
from cases.services.intake import case_assign, case_open
from cases.services.members import case_member_add, case_member_end
from cases.services.referrals import referral_receive
from cases.services.secrecy import case_lower_secrecy, case_raise_secrecy
from departments.models.mechanisms import Document, Task, Transition
from departments.models.people import AccessGrant
from tests.factories.cases import (
    department_of,
    make_case,
    make_client,
    make_consent,
    make_contact,
    make_need,
)

pytestmark = pytest.mark.django_db
WHY = "涉及家庭暴力，需要严格保密"


def opened(by, **given) -> Case:
    values = {"source": "outreach", "presenting_problem": "家暴", "secrecy": 5, **given}
    return case_open(client=make_client(by), department=department_of(by), by=by, **values)


def test_a_level_5_case_is_there_for_the_named_only(
    worker, worker2, supervisor, head, acting, rows
):
    with acting(worker):
        case = opened(worker, named=[supervisor])
        assert (case.secrecy, case.compartment_id) == (5, case.pk)
        assert Case.objects.visible_to(worker).get() == case
    for person, sees in ((worker, 1), (supervisor, 1), (head, 0), (worker2, 0)):
        with acting(person):
            assert rows("SELECT count(*) FROM cases_case WHERE id = %s", case.pk) == [(sees,)]
            assert Case.objects.visible_to(person).count() == sees
            assert Case.objects.listed_to(person).count() == sees


def test_its_move_is_inside_the_compartment(worker, head, acting):
    with acting(worker):
        opened(worker)
    with acting(head):
        assert not Transition.objects.exists()


def test_it_is_assigned_to_a_named_worker_only(worker, worker2, supervisor, acting, refuses):
    with acting(worker):
        case = opened(worker, named=[supervisor])
    with acting(supervisor):
        with refuses("case.worker_not_named", "worker"):
            case_assign(case=case, worker=worker2, by=supervisor)
        assert case_assign(case=case, worker=worker, by=supervisor).worker == worker


@pytest.fixture
def full_case(worker, supervisor, acting, settings, upload):
    """A level-4 case with a row in every kind of part."""
    with acting(worker):
        client = make_client(worker)
        referral = referral_receive(client=client, from_text="护士长", reason="x", by=worker)
        case = make_case(worker, client=client, supervisor=supervisor, referral=referral)
        make_need(case, worker)
        make_contact(case, worker)
        make_consent(case, worker)
        case_document_add(case=case, kind="other", file=upload, by=worker)
    return case


PARTS = ("cases_case", "cases_need", "cases_contact", "cases_consent", "cases_referral")


def test_raising_takes_every_part_into_the_compartment_and_lowering_gives_it_back(
    full_case, worker, head, supervisor, acting, rows
):
    with acting(worker):
        case = case_raise_secrecy(case=full_case, named=[head], reason=WHY, by=worker)
        for table in PARTS:
            assert rows(f"SELECT DISTINCT compartment_id FROM {table}") == [(case.pk,)], table
        assert Document.objects.get().compartment_id == case.pk
    with acting(head):
        for table in PARTS:
            assert rows(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table
        case_lower_secrecy(case=case, reason="危险已经解除，恢复一般级别", by=head)
        for table in PARTS:
            assert rows(f"SELECT DISTINCT compartment_id FROM {table}") == [(None,)], table
        assert not AccessGrant.objects.filter(valid__contains=timezone.now()).exists()


def test_who_is_not_named_sees_nothing_with_filters_off(
    full_case, worker, worker2, head, acting, rows
):
    with acting(worker):
        case_raise_secrecy(case=full_case, named=[], reason=WHY, by=worker)
    for person in (head, worker2):
        with acting(person):
            for table in (*PARTS, "departments_document"):
                assert rows(f"SELECT count(*) FROM {table}") == [(0,)], (person, table)
            assert not Need.objects.exists()
            assert not Contact.objects.exists()
            assert not Referral.objects.exists()


def test_a_raise_without_a_grant_is_refused_by_the_database(worker, acting, rows):
    with acting(worker):
        case = make_case(worker)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows("UPDATE cases_case SET secrecy = 5, compartment_id = id WHERE id = %s", case.pk)


def test_a_forged_compartment_is_overwritten(worker, acting, rows):
    with acting(worker):
        case = make_case(worker)
        need, contact = make_need(case, worker), make_contact(case, worker)
        rows("UPDATE cases_need SET compartment_id = 77 WHERE id = %s", need.pk)
        rows("UPDATE cases_contact SET organization_id = 1 WHERE id = %s", contact.pk)
        assert rows("SELECT compartment_id FROM cases_need") == [(None,)]
        assert rows("SELECT organization_id FROM cases_contact") == [(case.organization_id,)]


def test_secrecy_moves_need_reasons_and_rights(worker, worker2, head, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        with refuses("case.secrecy_needs_reason", "reason"):
            case_raise_secrecy(case=case, named=[], reason="保密", by=worker)
    with acting(worker2), refuses("permission.can_raise_secrecy", status=403):
        case_raise_secrecy(case=case, named=[], reason=WHY, by=worker2)
    with acting(worker):
        case = case_raise_secrecy(case=case, named=[head], reason=WHY, by=worker)
        with refuses("case.secrecy_is_raised", status=409):
            case_raise_secrecy(case=case, named=[], reason=WHY, by=worker)
        with refuses("permission.can_lower_secrecy", status=403):
            case_lower_secrecy(case=case, reason=WHY, by=worker)


def test_a_member_of_a_level_5_case_is_named_with_it(worker, assistant, acting, refuses):
    with acting(worker):
        case = case_raise_secrecy(case=make_case(worker), named=[], reason=WHY, by=worker)
        member = case_member_add(case=case, user=assistant, role="assistant", by=worker)
        with refuses("case.member_already", "user", 409):
            case_member_add(case=case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        assert Case.objects.visible_to(assistant).get() == case
    with acting(worker):
        case_member_end(member=member, by=worker)
        assert AccessGrant.objects.get(user=assistant).valid.upper is not None
        assert AccessGrant.objects.get(user=worker).valid.upper is None
        with refuses("case.member_ended", status=409):
            case_member_end(member=member, by=worker)


def test_case_member_add_wants_a_colleague_in_that_role(
    worker, worker2, officer, clinician, acting, refuses
):
    with acting(worker):
        case = make_case(worker)
        for person, role in ((officer, "worker"), (clinician, "clinician"), (worker2, "assistant")):
            with refuses("case.member_not_here", "user"):
                case_member_add(case=case, user=person, role=role, by=worker)
        case_member_add(case=case, user=worker2, role="worker", by=worker)
    with acting(worker2):
        assert Case.objects.visible_to(worker2).get() == case


def test_tasks_of_a_raised_case_carry_the_compartment(worker, acting):
    with acting(worker):
        case = opened(worker)
        assert Task.objects.get(kind="triage").compartment_id == case.pk
        assert connection.in_atomic_block
