"""What comes to the door."""

import datetime as dt

import pytest

from cases.models.casework import Referral
from cases.services.intake import case_open
from cases.services.referrals import (
    referral_accept,
    referral_claim,
    referral_receive,
    referral_refuse,
    referral_release,
    referral_return,
)
from departments.models.mechanisms import Task, Transition
from departments.models.organizations import Department
from tests.factories.cases import department_of, make_client

pytestmark = pytest.mark.django_db


def received(by, **given):
    values = {
        "from_text": "护士长 电话",
        "reason": "孩子住院一个月，家里借不到钱",
        "needs": ["financial"],
        "urgency": "normal",
        "client_aware": True,
        **given,
    }
    return referral_receive(by=by, **values)


def test_referral_receive_starts_the_clock(worker, ward, acting):
    with acting(worker):
        referral = received(worker, from_department=ward)
        assert (referral.state, referral.is_care, referral.counterparty_id) == (
            "received",
            True,
            None,
        )
        assert referral.due_at - referral.received_at == dt.timedelta(hours=24)
        assert Task.objects.get(kind="referral", subject_id=referral.pk).due_at == referral.due_at


def test_an_urgent_referral_is_due_in_2_hours(worker, acting):
    with acting(worker):
        referral = received(worker, urgency="urgent")
    assert referral.due_at - referral.received_at == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"from_text": " "}, "referral.needs_sender", "from_text"),
        ({"reason": ""}, "referral.needs_reason", "reason"),
        ({"needs": ["money"]}, "referral.need_unknown", "needs"),
        ({"urgency": "now"}, "referral.urgency_unknown", "urgency"),
    ],
)
def test_referral_receive_says_what_is_wrong_at_its_field(
    given, rule, field, worker, acting, refuses
):
    with acting(worker), refuses(rule, field):
        received(worker, **given)


def test_referral_receive_from_a_ward_of_another_house_is_refused(
    worker, other_worker, acting, refuses
):

    elsewhere = Department.objects.get(organization__code="HB", kind="ward")
    with acting(worker), refuses("row_of_the_same_house"):
        received(worker, from_department=elsewhere)


def test_referral_claim_once(worker, worker2, acting, refuses):
    with acting(worker):
        referral = referral_claim(referral=received(worker), by=worker)
        assert (referral.state, referral.claimed_by, referral.claimed_at is not None) == (
            "claimed",
            worker,
            True,
        )
    with acting(worker2), refuses("referral_in.claim.wrong_state", status=409):
        referral_claim(referral=referral, by=worker2)


def test_referral_release_gives_it_back(worker, acting):
    with acting(worker):
        referral = referral_release(
            referral=referral_claim(referral=received(worker), by=worker), by=worker
        )
        assert (referral.state, referral.claimed_by) == ("received", None)


@pytest.mark.parametrize("login", ["assistant", "clinician", "officer"])
def test_referral_claim_is_not_for_other_roles(login, request, worker, acting, refuses):
    person = request.getfixturevalue(login)
    with acting(worker):
        referral = received(worker)
    with acting(person):
        assert not Referral.objects.visible_to(person).exists()
        if login == "assistant":
            with refuses("permission.can_claim_referral", status=403):
                referral_claim(referral=referral, by=person)
        else:
            with pytest.raises(Referral.DoesNotExist):
                referral_claim(referral=referral, by=person)


def test_case_open_accepts_the_referral_and_names_the_person(worker, acting):
    with acting(worker):
        client = make_client(worker)
        referral = referral_claim(referral=received(worker), by=worker)
        case = case_open(
            client=client,
            department=department_of(worker),
            source="clinician_referral",
            presenting_problem="费用",
            referral=referral,
            by=worker,
        )
        referral.refresh_from_db()
        assert (referral.state, referral.client, referral.made_case) == ("accepted", client, case)
        assert Task.objects.get(kind="referral", subject_id=referral.pk).state == "done"


def test_case_open_from_a_referral_of_another_person_is_refused(worker, acting, refuses):
    with acting(worker):
        referral = received(worker, client=make_client(worker))
        with refuses("case.referral_of_another", "referral"):
            case_open(
                client=make_client(worker),
                department=department_of(worker),
                source="outreach",
                presenting_problem="费用",
                referral=referral,
                by=worker,
            )


def test_one_referral_makes_one_case(worker, acting, refuses):
    with acting(worker):
        given = {
            "department": department_of(worker),
            "source": "outreach",
            "presenting_problem": "费用",
            "by": worker,
        }
        referral = received(worker)
        case_open(client=make_client(worker), referral=referral, **given)
        with refuses("case.referral_of_another"):
            case_open(client=make_client(worker), referral=referral, **given)


def test_referral_accept_needs_somebody(worker, acting, refuses):
    with acting(worker):
        with refuses("referral.needs_client", "client"):
            referral_accept(referral=received(worker), by=worker)
        assert (
            referral_accept(referral=received(worker, client=make_client(worker)), by=worker).state
            == "accepted"
        )


def test_referral_refuse_and_return_need_reasons(worker, acting, refuses):
    with acting(worker):
        referral = received(worker)
        with refuses("referral_in.refuse.needs_reason", "reason"):
            referral_refuse(referral=referral, reason="", by=worker)
        with refuses("referral_in.return.needs_reason", "reason"):
            referral_return(referral=referral, reason=" ", by=worker)
        referral = referral_refuse(referral=referral, reason="不在服务范围", by=worker)
        assert referral.state == "refused"
        assert [row.step for row in Transition.objects.of(referral)] == ["receive", "refuse"]
        with refuses("referral_in.return.wrong_state", status=409):
            referral_return(referral=referral, reason="补材料", by=worker)


def test_referral_return_closes_its_task(worker, acting):
    with acting(worker):
        referral = referral_return(referral=received(worker), reason="请写明床号", by=worker)
        assert referral.state == "returned"
        assert Task.objects.get(kind="referral", subject_id=referral.pk).state == "done"
