"""What was granted and is not needed, and what all foundations together grant for one case."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.mechanisms import Notification, Task
from departments.models.people import Membership, User, duty_class
from donations.models.ledger import LedgerJournal
from donations.models.requests import FundingAct, FundingRequest
from donations.services import payout, rests, review, settling
from donations.services.payable import payable_of, remaining_of
from donations.services.tracing import trace_of_donation
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.donations.pages import text, url
from tests.donations.test_request_ends import _now, _paid, _relay, _row, _withdraw
from tests.donations.test_settling import STAGES, _bill
from tests.factories.donations import (
    People,
    approve,
    as_person,
    code_for,
    give,
    make_approved,
    make_money,
    make_proposed,
    make_submitted,
    prepare,
    release,
)

D = Decimal


@pytest.fixture
def money(people):
    """A programme with the whole line; the one gift is `money.gift`."""
    made = make_money(people, stages=STAGES)
    gift = give(people, made, "100000.00")
    object.__setattr__(made, "gift", gift)
    return made


def _ask(people, asked, who="officer") -> FundingRequest:
    with as_person(getattr(people, who)) as by:
        return rests.request_ask_rest(request=_row(asked), reason="患者转院", by=by)


def _release(people, asked, who="approver") -> FundingRequest:
    with as_person(getattr(people, who)) as by:
        return rests.request_release_rest(request=_row(asked), by=by)


def test_what_was_never_paid_goes_back_by_two_persons_and_the_request_ends(
    people, money, refuses, foundation
):
    asked = make_approved(people, money)
    with refuses("funding_request.rest_not_asked", status=409):
        _release(people, asked)
    _ask(people, asked)
    with as_person(people.approver):
        task = Task.objects.get(kind="aid_rest")
        assert (task.state, task.role) == ("open", "foundation_approver")
    with refuses("funding_request.rest_asked", status=409):
        _ask(people, asked)
    with refuses("permission.can_decide_rest", status=403):
        _release(people, asked, "officer2")
    done = _release(people, asked)
    assert (done.state, done.committed) == ("closed", D(0))
    with as_person(people.approver) as by:
        trace = trace_of_donation(donation=money.gift, by=by)
        assert (trace.available, trace.committed) == (D(100000), D(0))
        assert Task.objects.get(kind="aid_rest").state == "done"
        assert LedgerJournal.objects.filter(kind="release").count() == 1


def test_the_rest_of_what_was_paid_in_part_goes_back_and_the_bills_follow(people, money, refuses):
    asked = make_approved(people, money)
    prepared = prepare(people, asked, "10000.00")
    with refuses("funding_request.on_the_way", status=409):
        _ask(people, asked)
    release(people, prepared)
    with refuses("funding_request.on_the_way", status=409):
        _ask(people, asked)
    _relay()
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=prepared, paid_on=timezone.localdate(), by=by)
    _ask(people, asked, "cashier")
    done = _release(people, asked, "approver")
    assert (done.state, done.committed, done.disbursed) == ("disbursed", D(10000), D(10000))
    _relay()
    with as_person(people.worker):
        assert Task.objects.filter(kind="aid_bill", state="open").count() == 1
    _bill(people, asked, "10000.00")
    with as_person(people.officer) as by:
        assert settling.request_reconcile(request=_row(asked), by=by).state == "reconciled"


def test_nobody_gives_back_alone_not_even_past_the_services(people, money):
    asked = make_approved(people, money)
    with as_person(people.approver) as by:
        act = {
            "request": _row(asked),
            "organization_id": asked.request.organization_id,
            "counterparty_id": asked.request.counterparty_id,
            "user": by,
            "amount": D(30000),
        }
        for duty, step, name in (
            ("approve", "release_rest", "funding_act_rest_by_two"),
            ("approve", "ask_rest", "funding_act_rest_fits_duty"),
        ):
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                FundingAct(**act, duty=duty, step=step).save(force_insert=True)
            assert caught.value.__cause__.diag.constraint_name == name


def test_an_answer_of_no_keeps_the_rest_where_it_is(people, money, refuses):
    asked = make_approved(people, money)
    _ask(people, asked)
    with as_person(people.approver) as by:
        kept = rests.request_keep_rest(request=_row(asked), reason="下一疗程还要用", by=by)
        assert (kept.state, kept.committed) == ("approved", D(30000))
        assert not Task.objects.filter(kind="aid_rest", state="open").exists()
    with refuses("funding_request.rest_not_asked", status=409):
        _release(people, asked)


def test_a_request_on_hold_gives_back_and_is_accounted_for(people, money, client_for):
    asked, paid = make_approved(people, money), _paid(people, money, "10000.00")
    for one in (asked, paid):
        _withdraw(people, one)
        _relay()
        _ask(people, one)
    page = text(client_for(people.approver).get(url("review", asked.request.uid)))
    assert "同意释放余款" in page
    assert [_release(people, one).state for one in (asked, paid)] == ["closed", "disbursed"]
    _bill(people, paid, "10000.00")
    with as_person(people.officer) as by:
        assert settling.request_reconcile(request=_row(paid), by=by).state == "reconciled"


def test_the_page_asks_and_another_agrees(people, money, client_for):
    asked = make_approved(people, money)
    desk, boss = client_for(people.officer), client_for(people.approver)
    page = text(desk.get(url("review", asked.request.uid)))
    assert "不再拨付，释放余款" in page
    sent = desk.post(url("ask_rest", asked.request.uid), {"reason": "患者转院，不再需要"})
    assert sent.status_code == 302
    assert "同意释放余款" in text(boss.get(url("review", asked.request.uid)))
    assert boss.post(url("release_rest", asked.request.uid), {}).status_code == 302
    assert _now(asked, people).state == "closed"


def test_a_program_asks_and_never_agrees(people, money, foundation, api_of):
    asked = make_approved(people, money)
    api, other = api_of(foundation, duties=("verify",)), api_of(foundation, duties=("approve",))
    uid = asked.request.uid
    assert api.post(f"{uid}/ask-rest/", {"reason": "患者转院"}).status_code == 200
    assert other.post(f"{uid}/release-rest/").status_code == 403


# ── two foundations ──────────────────────────────────────────────────────────


@pytest.fixture
def others(people, other_officer, other_foundation) -> People:
    """The people of another foundation; the worker is the same."""
    made = []
    for role in ("officer", "approver", "cashier", "cashier"):
        with scope(org=INSTALLATION, role="system"):
            user = User.objects.create(
                username=f"fb-{role}-{len(made)}", display_name=f"乙{role}", is_demo=True
            )
        with scope(org=other_foundation.pk, role="system"):
            user.membership = Membership.objects.create(
                user=user,
                organization=other_foundation,
                role=f"foundation_{role}",
                duty_class=duty_class(f"foundation_{role}"),
                valid=DateRange(dt.date(2020, 1, 1), None),
            )
        made.append(user)
    return People(people.worker, other_officer, *made)


@pytest.fixture
def elsewhere(others):
    """Another foundation with money."""
    made = make_money(others, name="乙基金", stages=STAGES)
    give(others, made, "100000.00")
    return made


def _notices(user, house: int, kind: str) -> int:
    with scope(org=house, user=user.pk, role="x"):
        return Notification.objects.filter(kind=kind).count()


def test_what_one_foundation_grants_is_no_gap_for_another(
    people, others, money, elsewhere, refuses, client_for, foundation, other_foundation
):
    """The gap is 60,000: two foundations asked for 50,000 each cannot both give it."""
    first = make_proposed(people, money, requested="50000.00")
    second = make_proposed(others, elsewhere, requested="50000.00", case=first.case)
    approve(people, first)
    _relay()
    row = _now(second, others)
    assert (row.other_grants, row.gap_now) == (D(50000), D(10000))
    assert _notices(others.approver, other_foundation.pk, "funding_request.gap") == 1
    page = text(client_for(others.approver).get(url("review", row.uid)))
    assert "其他机构已批准的救助" in page and foundation.name not in page
    code = code_for(others.approver)
    with as_person(others.approver) as by:
        assert remaining_of(row) == payable_of(row).remaining == D(10000)
        with refuses("funding_request.over_gap", "amount"):
            review.request_approve(request=row, amount=D(50000), totp_code=code, by=by)
    code = code_for(others.approver)
    with as_person(others.approver) as by:
        done = review.request_approve(request=row, amount=D(10000), totp_code=code, by=by)
        assert done.state == "approved"


def test_a_grant_given_back_opens_the_gap_again(people, others, money, elsewhere):
    first = make_approved(people, money, requested="50000.00")
    second = make_proposed(others, elsewhere, requested="10000.00", case=first.case)
    assert _now(second, others).other_grants == D(50000)
    _ask(people, first)
    _release(people, first)
    _relay()
    assert _now(second, others).other_grants == D(0)


def test_both_at_the_same_moment_is_told_to_the_hospital(
    people, others, money, elsewhere, hospital, client_for
):
    first = make_proposed(people, money, requested="50000.00")
    second = make_proposed(others, elsewhere, requested="50000.00", case=first.case)
    approve(people, first)  # the relay has not yet run: the other does not know
    approve(others, second)
    _relay()
    assert _notices(people.worker, hospital.pk, "funding_request.over_aid") >= 1
    page = text(client_for(people.worker).get(url("request", first.request.uid)))
    assert "救助合计超出自付" in page and "40,000.00" in page


def test_the_foundation_cannot_say_what_others_grant(people, money):
    asked = make_proposed(people, money)
    with as_person(people.officer), pytest.raises(IntegrityError) as caught, transaction.atomic():
        FundingRequest.objects.filter(pk=asked.request.pk).update(other_grants=D(5))
    assert caught.value.__cause__.diag.constraint_name == "funding_request_sides"


def test_a_request_sent_before_others_were_counted_learns_it_with_its_next_step(
    people, others, money, elsewhere
):
    first = make_approved(people, money, requested="50000.00")
    second = make_submitted(others, elsewhere, requested="10000.00", case=first.case)
    with as_person(people.worker):
        FundingRequest.objects.filter(pk=second.request.pk).update(other_grants=0)
    with as_person(others.officer) as by:
        review.request_check(request=second.request, by=by)
    _relay()
    assert _now(second, others).other_grants == D(50000)
