"""The second wall: what `visible_to` shows and what `can_view_*` says agree for every role."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.utils import timezone
from psycopg2.extras import DateRange

from cases import permissions as may
from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.people import Client
from cases.models.work import Contact, Need
from cases.querysets import LISTING_ROLES
from cases.services.members import case_member_add
from cases.services.referrals import referral_receive
from cases.services.secrecy import case_raise_secrecy
from departments.models.organizations import Department, Organization
from msw_portal.kernel.scope import scope
from tests.factories.cases import make_case, make_client, make_consent, make_contact, make_need

pytestmark = pytest.mark.django_db
PEOPLE = [
    "worker",
    "worker2",
    "assistant",
    "supervisor",
    "head",
    "clinician",
    "auditor",
    "secadmin",
    "other_worker",
    "other_head",
    "officer",
    "approver",
    "authority",
]


@pytest.fixture
def world(worker, worker2, assistant, supervisor, head, acting):
    """Cases in every relation to the people of the house: name -> uid."""
    with acting(worker):
        cases = {
            "own": make_case(worker),
            "supervised": make_case(worker, stage="intervention", supervisor=supervisor),
            "door": make_case(worker, stage="pending"),
            "closed": make_case(worker, stage="closed"),
            "joined": make_case(worker),
            "level5": make_case(worker, stage="assessment", supervisor=supervisor),
        }
        case_member_add(case=cases["joined"], user=worker2, role="worker", by=worker)
        case_member_add(case=cases["joined"], user=assistant, role="assistant", by=worker)
        case_raise_secrecy(
            case=cases["level5"], named=[], reason="涉及家庭暴力，需要保密", by=worker
        )
        other = Department.objects.create(
            organization_id=worker.house_id,
            managed_by_id=worker.house_id,
            kind="station",
            name="南院社工站",
            operator_id=worker.house_id,
        )
        cases["elsewhere"] = make_case(worker, department_id=other.pk)
        declined = make_case(worker, stage="declined")
        cases["declined"] = declined
    return {name: case.uid for name, case in cases.items()}


SEES = {
    "worker": {"own", "supervised", "door", "closed", "joined", "level5", "elsewhere"},
    "worker2": {"door", "joined"},
    "assistant": {"joined"},
    "supervisor": {"supervised", "level5", "door"},
    "head": {"own", "supervised", "door", "closed", "joined", "declined"},
}
LISTED = {
    "worker": {"own", "supervised", "door", "closed", "joined", "level5", "declined"},
    "worker2": {"own", "supervised", "door", "closed", "joined", "declined"},
    "assistant": {"joined"},
    "supervisor": {"own", "supervised", "door", "closed", "joined", "level5", "declined"},
    "head": {"own", "supervised", "door", "closed", "joined", "declined"},
}


@pytest.mark.parametrize("login", PEOPLE)
def test_visible_to_and_can_view_case_agree(login, world, person, acting):
    user = person(login)
    names = {uid: name for name, uid in world.items()}
    with acting(user):
        seen = {names[case.uid] for case in Case.objects.visible_to(user)}
        allowed = {names[case.uid] for case in Case.objects.all() if may.can_view_case(user, case)}
        assert seen == allowed == SEES.get(login, set())


def _may_list(user, case) -> bool:
    if user.role not in LISTING_ROLES:
        return may.can_keep_case(user, case)
    return may.same_house(user, case) and may.is_named(user, case) and may.in_department(user, case)


@pytest.mark.parametrize("login", PEOPLE)
def test_listed_to_agrees_with_the_rules_of_one_case(login, world, person, acting):
    user = person(login)
    names = {uid: name for name, uid in world.items()}
    with acting(user):
        seen = {names[case.uid] for case in Case.objects.listed_to(user)}
        allowed = {names[case.uid] for case in Case.objects.all() if _may_list(user, case)}
        assert seen == allowed == LISTED.get(login, set())


@pytest.mark.parametrize("login", ["worker", "worker2", "supervisor", "head"])
def test_visible_to_agrees_with_the_predicate_when_the_policies_are_off(
    login, world, person, acting, own_rows
):
    """The Python wall alone, on every row of the database: it must not lean on PostgreSQL's."""
    user = person(login)
    names = {uid: name for name, uid in world.items()}
    with acting(user):
        compartments, acting_as = user.acting.compartments, user.acting
    user.acting = acting_as
    with own_rows():
        seen = {names.get(case.uid) for case in Case.objects.visible_to(user)}
    assert seen == SEES[login]
    assert (compartments != ()) is ("level5" in SEES[login])


@pytest.fixture
def own_rows(monkeypatch):
    """`with own_rows():` — the policies see the whole house, level 5 included, as if they were gone."""

    @contextmanager
    def run():
        house = Organization.objects.get(code="HA").pk
        with scope(org=house, care=house, compartments=range(1, 100_000)):
            yield

    return run


def test_a_list_row_loads_no_narrative(worker, acting):
    with acting(worker):
        make_case(worker)
        [case] = Case.objects.listed_to(worker)
        loaded = case.get_deferred_fields()
        assert {"presenting_problem", "level5_diagnosis", "duplicate_reason"} <= loaded
        assert {"name", "id_no", "phone", "address"} <= case.client.get_deferred_fields()
        assert case.client.name_masked == "演**"


@pytest.mark.parametrize("login", PEOPLE)
def test_parts_are_seen_with_their_case(login, worker, supervisor, person, acting):
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        make_need(case, worker)
        make_contact(case, worker)
        make_consent(case, worker)
    user = person(login)
    with acting(user):
        expected = int(login in {"worker", "supervisor", "head"})
        for model in (Need, Contact, Consent):
            assert model.objects.visible_to(user).count() == expected, model


@pytest.mark.parametrize("login", PEOPLE)
def test_persons_and_referrals_are_seen_by_the_house_s_care_roles(login, worker, person, acting):
    with acting(worker):
        client = make_client(worker)
        referral_receive(client=client, from_text="护士长", reason="x", by=worker)
    user = person(login)
    with acting(user):
        assert Client.objects.visible_to(user).exists() is (
            login in {"worker", "worker2", "assistant", "supervisor", "head"}
        )
        assert Referral.objects.visible_to(user).exists() is (
            login in {"worker", "worker2", "supervisor", "head"}
        )
        assert all(may.can_view_client(user, row) for row in Client.objects.visible_to(user))
        assert all(may.can_view_referral(user, row) for row in Referral.objects.visible_to(user))


def test_a_membership_in_a_case_begins_and_ends(worker, worker2, acting):
    today = timezone.localdate()
    with acting(worker):
        case = make_case(worker)
        member = case_member_add(case=case, user=worker2, role="worker", by=worker)
        member.valid = DateRange(today - dt.timedelta(days=3), today)
        member.save(update_fields=["valid"])
    with acting(worker2):
        assert not Case.objects.visible_to(worker2).exists()
        assert not may.can_view_case(worker2, Case.objects.get())


def test_without_a_role_nothing_is_visible_and_nothing_allowed(worker, acting):
    with acting(worker):
        case = make_case(worker)
    assert worker.acting is None
    for predicate in (
        may.can_view_case,
        may.can_assign_case,
        may.can_record_contact,
        may.can_close_case,
    ):
        assert predicate(worker, case) is False
    assert not Case.objects.visible_to(worker).exists()
