"""Related parties: the family meets the foundation's register by marks, and the answer is yes or no."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from cases.models.people import RelatedPerson
from departments.models.mechanisms import Notification
from donations.models.requests import FundingRequest, RequestSheet
from donations.services import holds, payout, related, review
from donations.services.tie_marks import is_tied, party_marks, person_marks, ties_fill
from msw_portal.kernel.scope import scope
from tests.donations.test_request_ends import _relay, _resume, _withdraw
from tests.factories.donations import (
    approve,
    as_person,
    code_for,
    give,
    make_approved,
    make_money,
    make_proposed,
    make_submitted,
    payee_of,
    prepare,
)

D = Decimal
ONE, OTHER = "11010519491231002X", "440301199001011235"


def _party(people, name="演示患儿", **given):
    with as_person(people.officer) as by:
        return related.related_party_register(
            name=name,
            relation=given.pop("relation", "kin"),
            since=timezone.localdate() - dt.timedelta(days=30),
            by=by,
            **given,
        )


def _refused(people, asked, refuses):
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        with refuses("funding_request.related_party", status=409):
            review.request_approve(request=asked.request, amount=D(30000), totp_code=code, by=by)


@pytest.mark.parametrize(
    ("person", "party", "is_one"),
    [
        (("张三", None), ("张 三", None), True),
        (("张三", ONE), ("张三", None), True),
        (("张三", None), ("张三", ONE), True),
        (("张三", ONE), ("张三", OTHER), False),
        (("张三丰", ONE), ("张三", ONE), True),
        (("李四", ONE), ("张三", OTHER), False),
        (("李四", None), ("张三", None), False),
    ],
)
def test_a_number_tells_two_of_one_name_apart(person, party, is_one):
    class Party:
        name, id_no = party

    assert bool(person_marks(*person) & party_marks([Party])) is is_one


def test_the_patient_of_the_register_is_not_approved(people, money, refuses, foundation):
    _party(people)
    asked = make_proposed(people, money)
    _relay()
    with scope(org=foundation.pk, user=people.approver.pk, role="x"):
        assert Notification.objects.filter(kind="funding_request.related").count() == 1
    _refused(people, asked, refuses)


def test_a_namesake_with_another_number_is_helped(people, money):
    asked = make_proposed(people, money)
    with as_person(people.worker):
        marks = sorted(person_marks("演示患儿", ONE))
        RequestSheet.objects.filter(request=asked.request).update(tie_marks=marks)
    _party(people, id_no=OTHER)
    assert approve(people, asked).state == "approved"


def test_the_guardian_counts_and_a_tie_that_has_ended_does_not(people, money, refuses):
    asked = make_proposed(people, money)
    with as_person(people.worker):
        guardian = RelatedPerson.objects.get(client_id=asked.case.client_id).name
    tie = _party(people, guardian)
    _refused(people, asked, refuses)
    with as_person(people.officer) as by:
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        related.related_party_end(party=tie, until=yesterday, by=by)
    assert approve(people, asked).state == "approved"


def test_the_kin_of_the_donor_who_would_pay_are_not_helped_with_that_gift(people, money, refuses):
    asked = make_proposed(people, money)
    _party(people, relation="donor_kin", donor=money.donor)
    with as_person(people.officer):
        assert not is_tied(asked.request)
        assert is_tied(asked.request, {money.donor.pk})
        assert not is_tied(asked.request, {0})
    _refused(people, asked, refuses)


def test_a_register_that_grew_stops_the_payout(people, money, refuses):
    asked = make_approved(people, money)
    _party(people)
    assert payee_of(asked.request)["name"] != "演示患儿"
    with refuses("funding_request.related_party", status=409):
        prepare(people, asked, "10000.00")


def test_marks_go_with_the_consent_and_come_back_with_the_new_one(people, money):
    asked = make_submitted(people, money)

    def marks():
        with as_person(people.worker):
            return RequestSheet.objects.get(request=asked.request).tie_marks

    before = marks()
    assert before
    _withdraw(people, asked)
    assert marks() is None
    _resume(people, asked, money)
    assert marks() == before


def test_a_request_without_marks_gets_them(people, money):
    asked = make_submitted(people, money)
    with as_person(people.worker):
        RequestSheet.objects.filter(request=asked.request).update(tie_marks=None)
        ties_fill(asked.request)
        assert RequestSheet.objects.get(request=asked.request).tie_marks


def test_another_house_gets_no_answer(people, money, other_officer):
    asked = make_submitted(people, money)
    with as_person(people.worker):
        marks = RequestSheet.objects.get(request=asked.request).tie_marks
    for user, answer in ((people.officer, True), (other_officer, False), (people.worker, False)):
        with as_person(user), connection.cursor() as cursor:
            cursor.execute("SELECT app.ties_hit(%s, %s::text[])", [asked.request.pk, marks])
            assert cursor.fetchone()[0] is answer


@pytest.mark.parametrize(("who", "is_known"), [("patient", True), ("guardian", True), ("", False)])
def test_money_for_a_person_goes_to_the_family_alone(people, refuses, who, is_known):
    money = make_money(people, payout_modes=["to_person", "to_hospital"])
    give(people, money, "50000.00")
    asked = make_approved(people, money)
    with as_person(people.worker) as by:
        holds.identity_disclose(request=asked.request, by=by)
        guardian = RelatedPerson.objects.get(client_id=asked.case.client_id).name
    name = {"patient": "演示患儿", "guardian": guardian}.get(who, "演示路人")
    with as_person(people.cashier) as by:
        row = FundingRequest.objects.select_related("organization", "programme_version").get(
            pk=asked.request.pk
        )

        def draw():
            account = {"name": name, "bank": "演示银行", "account": "6200000000000000"}
            return payout.disbursement_prepare(
                request=row, amount=D(100), mode="to_person", payee_account=account, by=by
            )

        if is_known:
            assert draw().state == "prepared"
        else:
            with refuses("disbursement.payee_not_family", "payee_account"):
                draw()
