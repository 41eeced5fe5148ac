"""A sum that was cut and is raised after a second look: named by the answer, approved by another, held by the ledger."""

import pytest
from django.db import IntegrityError, transaction

from departments.models.mechanisms import Task
from departments.models.people import Membership, User, duty_class
from departments.services import outbox
from donations.models.appeals import Appeal
from donations.models.ledger import LedgerJournal
from donations.models.requests import FundingAct, FundingRequest
from donations.services import decision_letters, reconciling
from donations.services.appeals import appeal_answer, appeal_raise
from donations.services.family_lane import lane_code_create, lane_open
from donations.services.raised_sums import raised_of, request_raise
from msw_portal.kernel.scope import scope
from tests.donations.pages import text, url
from tests.factories import donations as made
from tests.factories.world import SINCE

D = made.D
GROUNDS = "移植押金要三万元，批准的两万元不够，请重新看预算。"
ANSWER = "复核了治疗预算：移植押金确需三万元，原来少算了。"


@pytest.fixture
def looked(people, money):
    """20,000 of 30,000 were approved, and the worker asked for a second look."""
    asked = made.make_approved(people, money, amount="20000.00")
    with made.as_person(people.worker) as by:
        asked.appeal = appeal_raise(
            request=asked.request, kind="second_look", grounds=GROUNDS, by=by
        )
    outbox.relay_once()
    return asked


@pytest.fixture
def another(foundation):
    """`another("foundation_officer")` — a member of the foundation who had no part in anything."""

    def make(role):
        with scope(org=foundation.pk, role="system"):
            user = User.objects.create(
                username=f"another_{role}", display_name="另一位", is_demo=True
            )
            user.membership = Membership.objects.create(
                user=user,
                organization=foundation,
                role=role,
                duty_class=duty_class(role),
                valid=SINCE,
            )
        return user

    return make


@pytest.fixture
def judge(another):
    return another("foundation_officer")


def _answer(judge, looked, amount="28000.00", outcome="upheld"):
    with made.as_person(judge) as by:
        return appeal_answer(
            appeal=looked.appeal,
            outcome=outcome,
            answer=ANSWER,
            new_amount=D(amount) if amount else None,
            by=by,
        )


def _raise(user, looked):
    code = made.code_for(user)
    with made.as_person(user) as by:
        return request_raise(request=looked.request, totp_code=code, by=by)


def _fresh(looked):
    return FundingRequest.objects.select_related(
        "programme_version", "organization", "counterparty", "case__client__root"
    ).get(pk=looked.request.pk)


def test_upheld_the_difference_is_set_aside_once_another_has_approved(
    people, judge, looked, client_for, rows
):
    _answer(judge, looked)
    with made.as_person(people.approver) as by:
        assert _fresh(looked).approved == D("20000.00")
        assert Task.objects.get(kind="aid_raise").role == "foundation_approver"
    page = client_for(people.approver)
    assert "批准复核后的金额" in text(page.get(url("review", looked.request.uid)))
    code = made.code_for(people.approver)
    form = url("raise_sum", looked.request.uid)
    assert "28,000.00" in text(page.get(form))
    assert page.post(form, {"totp_code": ""}).status_code == 422
    assert page.post(form, {"totp_code": code}).status_code == 302
    with made.as_person(people.approver):
        raised = _fresh(looked)
        assert (raised.approved, raised.committed, raised.state) == (
            D("28000.00"),
            D("28000.00"),
            "approved",
        )
        journals = LedgerJournal.objects.filter(request_id=raised.pk, kind="commit").order_by("id")
        assert [one.reference[-2:] for one in journals] == [":1", ":2"]
        more = rows(
            "SELECT sum(amount) FROM donations_ledgerentry WHERE journal_id = %s AND amount > 0",
            journals[1].pk,
        )
        assert more == [(D("8000.00"),)]
        assert Task.objects.get(kind="aid_raise").state == "done"
        assert reconciling.differences() == []
    paid = made.release(people, made.prepare(people, looked, "28000.00"))
    assert paid.state == "released"
    with made.as_person(people.worker) as by:
        assert _fresh(looked).state == "disbursed"
        assert raised_of(_fresh(looked)).before == D("20000.00")
        assert decision_letters.decision_letter(request=_fresh(looked), by=by)[:4] == b"%PDF"
        code = lane_code_create(request=looked.request, by=by).code
    lane = lane_open(code)
    assert (lane.approved, lane.raised.after) == (D("28000.00"), D("28000.00"))
    assert lane.may_look_again is False


def test_what_was_paid_off_has_a_rest_to_pay_again(people, judge, looked):
    made.release(people, made.prepare(people, looked, "20000.00"))
    with made.as_person(people.approver):
        assert _fresh(looked).state == "disbursed"
    _answer(judge, looked)
    assert _raise(people.approver, looked).state == "disbursing"
    made.release(people, made.prepare(people, looked, "8000.00"))
    with made.as_person(people.approver):
        done = _fresh(looked)
        assert (done.state, done.disbursed) == ("disbursed", D("28000.00"))


def test_who_answered_does_not_approve_by_service_or_by_hand(people, another, looked, refuses):
    other = another("foundation_approver")
    _answer(other, looked)
    with refuses("funding_act_raised_by_another", status=409):
        _raise(other, looked)
    with made.as_person(people.cashier) as by, refuses("permission.can_raise_sum"):
        request_raise(request=looked.request, totp_code="000000", by=by)
    with (
        scope(org=looked.request.counterparty_id, role="system"),
        pytest.raises(IntegrityError, match="no answer of another person"),
        transaction.atomic(),
    ):
        FundingAct(
            request=looked.request,
            organization_id=looked.request.organization_id,
            counterparty_id=looked.request.counterparty_id,
            user=people.approver,
            duty="approve",
            step="raise",
            amount=D("29000.00"),
            second_factor_at=FundingAct._meta.get_field("at").default(),
        ).save(force_insert=True)


def test_the_answer_names_a_sum_that_fits_or_none(judge, looked, refuses):
    with refuses("appeal.needs_new_amount", "new_amount"):
        _answer(judge, looked, amount=None)
    with refuses("appeal.new_amount_not_more", "new_amount"):
        _answer(judge, looked, amount="20000.00")
    with refuses("funding_request.over_requested", "new_amount"):
        _answer(judge, looked, amount="30000.01")
    with refuses("appeal.new_amount_not_now", "new_amount", status=409):
        _answer(judge, looked, amount="25000.00", outcome="dismissed")
    assert _answer(judge, looked, amount=None, outcome="partly").new_amount is None


def test_a_fund_without_money_raises_nothing_and_posts_nothing(people, judge, refuses):
    poor = made.make_money(people, name="小额基金")
    made.give(people, poor, "21000.00")
    asked = made.make_approved(people, poor, amount="20000.00")
    with made.as_person(people.worker) as by:
        asked.appeal = appeal_raise(
            request=asked.request, kind="second_look", grounds=GROUNDS, by=by
        )
    _answer(judge, asked)
    with refuses("ledger.insufficient", status=409):
        _raise(people.approver, asked)
    with made.as_person(people.approver):
        assert _fresh(asked).approved == D("20000.00")
        assert LedgerJournal.objects.filter(request_id=asked.request.pk).count() == 1


def test_the_sum_of_an_answer_cannot_be_changed(people, judge, looked):
    _answer(judge, looked)
    with (
        scope(org=looked.request.counterparty_id, role="system"),
        pytest.raises(IntegrityError, match="an appeal stays as it was raised"),
        transaction.atomic(),
    ):
        Appeal.objects.filter(pk=looked.appeal.pk).update(new_amount=D("30000.00"))
