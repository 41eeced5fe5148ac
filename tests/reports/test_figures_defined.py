"""Figures mean what they say: raised sums, money that came back, the balance of cases."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from cases.models.casework import Case, Referral
from cases.models.work import Plan
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department
from departments.models.people import Membership, User, duty_class
from departments.services import outbox
from departments.services.tasks import task_open
from donations.models.donors import Recognition
from donations.models.giving import Donation
from donations.services import payout, refunding
from donations.services.appeals import appeal_answer, appeal_raise
from donations.services.raised_sums import request_raise
from msw_portal.kernel.scope import scope
from reports.indicators.library import INDICATORS
from reports.services.boards.words import said
from reports.services.case_balance import Balance, balances_of
from reports.services.figures import Only, cells_read
from reports.services.indicators import indicator_read
from reports.services.open_data.counting import Tally, counts_of
from reports.services.proving import balance_prove, rollups_prove
from reports.services.rows import figure_rows
from tests.conftest import owner_sql
from tests.factories import donations as made
from tests.factories.cases import make_case, make_plan
from tests.factories.course import make_plan_item
from tests.factories.groups import make_event
from tests.factories.world import SINCE

D = Decimal
TODAY = timezone.localdate()
BEFORE, AFTER = TODAY - dt.timedelta(days=2), TODAY + dt.timedelta(days=2)


def _value(by, code, first=BEFORE, last=AFTER, **given):
    return indicator_read(code=code, first=first, last=last, by=by, **given)[0].value


def _rolled(by, code, only=None):
    cells = cells_read(
        by=by, codes=[code], since=dt.date(2024, 1, 1), until=dt.date(2028, 1, 1), only=only
    ).get(code, [])
    return sum(cell.n for cell in cells), sum((cell.n2 for cell in cells), Decimal())


def _rows(by, code, **dims):
    return list(figure_rows(code=code, by=by, since=None, until=None, dims=dims))


@pytest.fixture
def people(worker, officer, officer2, approver, cashier, cashier2) -> made.People:
    return made.People(worker, officer, officer2, approver, cashier, cashier2)


@pytest.fixture
def money(people) -> made.Money:
    found = made.make_money(people)
    made.give(people, found, "100000.00")
    return found


@pytest.fixture
def judge(foundation):
    with scope(org=foundation.pk, role="system"):
        user = User.objects.create(username="judge", display_name="另一位", is_demo=True)
        user.membership = Membership.objects.create(
            user=user,
            organization=foundation,
            role="foundation_officer",
            duty_class=duty_class("foundation_officer"),
            valid=SINCE,
        )
    return user


@pytest.fixture
def raised(people, money, judge):
    """20,000 of 30,000 approved, raised to 28,000 after a second look."""
    asked = made.make_approved(people, money, amount="20000.00")
    with made.as_person(people.worker) as by:
        appeal = appeal_raise(
            request=asked.request,
            kind="second_look",
            grounds="移植押金要三万元，批准的不够，请重新看预算。",
            by=by,
        )
    with made.as_person(judge) as by:
        appeal_answer(
            appeal=appeal,
            outcome="upheld",
            answer="移植押金确需三万元。",
            new_amount=D("28000.00"),
            by=by,
        )
    code = made.code_for(people.approver)
    with made.as_person(people.approver) as by:
        request_raise(request=asked.request, totp_code=code, by=by)
    return asked


def test_what_a_second_look_added_is_approved_and_no_second_approval(raised, people):
    for person in (people.worker, people.officer):
        with made.as_person(person) as by:
            assert _rolled(by, "aid_approved") == (1, D("28000.00"))
            assert _value(by, "aid_approved") == D("28000.00")
            assert _value(by, "aid_mean") == D("28000.00")
            assert (_value(by, "aid_granted"), _value(by, "aid_decided")) == (1, 1)
            assert _value(by, "aid_pass_rate") == 100
            gap = _value(by, "aid_gap")
            assert _value(by, "aid_relief") == round(100 * D(28000) / gap, 1)
            counted = [act.counted for act in _rows(by, "aid_approved")]
            assert sorted(counted) == [D("8000.00"), D("20000.00")]
    with made.as_person(people.worker) as by:
        found = counts_of("aid_approved", house=by.house_id, first=BEFORE, last=AFTER)
        assert list(found.values()) == [Tally(1, D("28000.00"))]
        assert [one for one in rollups_prove().differences if one[1] == by.house_id] == []


def test_a_raised_sum_follows_its_case_to_another_ward(raised, people, acting):
    by = people.worker
    with acting(by):
        Case.objects.filter(pk=raised.case.pk).update(disease_group="白血病")
        assert _rolled(by, "aid_approved", Only("disease", "白血病")) == (1, D("28000.00"))
        assert [one for one in rollups_prove().differences if one[1] == by.house_id] == []


@pytest.fixture
def paid(people, money):
    asked = made.make_approved(people, money)
    asked.payment = made.release(people, made.prepare(people, asked, "30000.00"))
    outbox.relay_once()
    with made.as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=asked.payment, paid_on=TODAY, by=by)
    return asked


def _back(people, paid, amount):
    with made.as_person(people.cashier) as by:
        refunding.disbursement_refund(
            disbursement=paid.payment, amount=D(amount), received_on=TODAY, reason="有余款", by=by
        )


def test_money_that_came_back_is_told_in_part_and_the_payment_stays(people, paid, other_worker):
    for back, recovered in (("2000.00", "2000.00"), ("28000.00", "30000.00")):
        _back(people, paid, back)
        for person in (people.worker, people.officer):
            with made.as_person(person) as by:
                assert _value(by, "aid_recovered") == D(recovered)
                assert _value(by, "aid_recovered", first=AFTER) == 0
                assert (_value(by, "aid_paid"), _value(by, "aid_payments")) == (D("30000.00"), 1)
                assert _rolled(by, "aid_paid") == (1, D("30000.00"))
                assert len(_rows(by, "aid_paid")) == 1
    with made.as_person(people.worker) as by:
        found = counts_of("aid_paid", house=by.house_id, first=BEFORE, last=AFTER)
        assert list(found.values()) == [Tally(1, D("30000.00"))]
        assert [one for one in rollups_prove().differences if one[1] == by.house_id] == []
    with made.as_person(other_worker) as by:
        assert (_value(by, "aid_recovered"), _value(by, "aid_paid")) == (0, 0)


def _at(day, month=3):
    return timezone.make_aware(dt.datetime(2026, month, day, 9))


@pytest.fixture
def flow(worker, acting):
    """Cases around March 2026: waiting, given late, ended in each way, voided."""
    by = worker
    with acting(by):
        late = make_case(by, opened_at=_at(26, 2), assigned_at=_at(3))
        held = make_case(by, opened_at=_at(2, 1))
        for stage in ("closed", "referred_out", "declined"):
            make_case(by, stage=stage, opened_at=_at(5), assigned_at=_at(6), closed_at=_at(20))
        make_case(by, stage="closed", opened_at=_at(1, 2), closed_at=_at(2, 4))
        # Never given to anybody, or entered by mistake: in no side of the balance.
        waiting = make_case(by, stage="pending", opened_at=_at(10))
        make_case(by, stage="declined", opened_at=_at(10), closed_at=_at(11))
        make_case(
            by,
            stage="voided",
            worker=by,
            opened_at=_at(4),
            assigned_at=_at(5),
            closed_at=_at(9),
            number="演示-作废",
        )
        return SimpleNamespace(late=late, held=held, waiting=waiting)


def _balance(by, first, last):
    before = first - dt.timedelta(days=1)
    return (
        _value(by, "case_open", first=before, last=before),
        _value(by, "case_new", first=first, last=last),
        _value(by, "case_ended", first=first, last=last),
        _value(by, "case_open", first=first, last=last),
    )


def test_open_cases_are_those_of_before_more_the_opened_less_the_ended(flow, worker, head, acting):
    by = head
    with acting(by):
        march = _balance(by, dt.date(2026, 3, 1), dt.date(2026, 3, 31))
        assert march == (2, 4, 3, 3)
        for month in range(1, 8):
            first = dt.date(2026, month, 1)
            last = dt.date(2026, month + 1, 1) - dt.timedelta(days=1)
            start, opened, ended, end = _balance(by, first, last)
            assert end == start + opened - ended, month
        assert _value(by, "case_closed", dt.date(2026, 3, 1), dt.date(2026, 3, 31)) == 1
        assert _value(by, "case_referred_out", dt.date(2026, 3, 1), dt.date(2026, 3, 31)) == 1


def test_who_waits_for_a_worker_is_told_apart(flow, worker, head, acting):
    march = {"first": dt.date(2026, 3, 1), "last": dt.date(2026, 3, 31)}
    february = {"first": dt.date(2026, 2, 1), "last": dt.date(2026, 2, 28)}
    by = head
    with acting(by):
        assert (_value(by, "case_pending", **february), _value(by, "case_pending", **march)) == (
            1,
            1,
        )
        assert _rolled(by, "case_pending")[0] == 1
        assert (_rolled(by, "case_open")[0], _rolled(by, "case_ended")[0]) == (2, 4)
        proof = balance_prove()
        assert (proof.checked > 0, proof.differences) == (True, ())
        assert [one.pk for one in _rows(by, "case_pending")] == [flow.waiting.pk]
        assert {one.pk for one in _rows(by, "case_open")} == {flow.late.pk, flow.held.pk}
        assert len(_rows(by, "case_ended")) == 4
        assert len(_rows(by, "case_ended", ending="closed")) == 2
        assert rollups_prove().differences == ()
        # Given to a worker, it is opened on that day.
        Case.objects.filter(pk=flow.waiting.pk).update(
            stage="intake", worker=worker, assigned_at=_at(2, 5), number="演示-1"
        )
        assert _rolled(by, "case_pending")[0] == 0
        assert _value(by, "case_new", dt.date(2026, 5, 1), dt.date(2026, 5, 31)) == 1
        assert rollups_prove().differences == ()


def test_the_page_of_open_cases_shows_their_balance(flow, head, acting, client_for):
    by = head
    with acting(by):
        april = balances_of(months=[dt.date(2026, 3, 1), dt.date(2026, 4, 1)], by=by)
    assert april == [
        Balance(dt.date(2026, 3, 1), 2, 4, 3, 3),
        Balance(dt.date(2026, 4, 1), 3, 0, 1, 2),
    ]
    assert [one.rest for one in april] == [0, 0]
    # What was changed past the portal is said, not smoothed over.
    assert Balance(dt.date(2026, 3, 1), 2, 4, 3, 4).rest == 1
    client = client_for(by)
    for code in ("case_open", "case_new", "case_ended"):
        assert "期初在案" in client.get(f"/reports/indicators/{code}/").content.decode()
    assert "期初在案" not in client.get("/reports/indicators/case_closed/").content.decode()


def _given_after(by, hours, **given):
    """A case that came to the door and was assigned so many hours later."""
    opened = timezone.now() - dt.timedelta(hours=40)
    return make_case(by, opened_at=opened, assigned_at=opened + dt.timedelta(hours=hours), **given)


def _door_task(case, hours):
    task_open(
        kind="triage",
        organization_id=case.organization_id,
        subject=case,
        due_at=case.opened_at + dt.timedelta(hours=hours),
        role="worker",
    )


@pytest.mark.parametrize(
    ("agreed", "share"), [({}, 25), ({"crisis_hours": 4}, 75), ({"triage_hours": 2}, 0)]
)
def test_a_crisis_is_answered_in_two_hours_where_nothing_else_is_agreed(
    agreed, share, head, acting
):
    by = head
    with acting(by):
        Department.objects.filter(pk=by.acting.department_id).update(settings=agreed)
        referral = Referral.objects.create(
            organization_id=by.house_id,
            reason="担心费用",
            urgency="urgent",
            state="accepted",
            received_at=timezone.now() - dt.timedelta(hours=40),
            created_by=by,
        )
        _given_after(by, 3)
        _given_after(by, 3, risk_level="crisis")
        _given_after(by, 3, referral=referral)
        _given_after(by, 30)
        assert _value(by, "response_on_time") == share


def test_a_risk_that_was_found_later_does_not_shorten_the_time_there_was(head, acting):
    by = head
    with acting(by):
        _door_task(_given_after(by, 3, risk_level="crisis"), 24)
        assert _value(by, "response_on_time") == 100
        _door_task(_given_after(by, 3, risk_level="crisis"), 2)
        assert _value(by, "response_on_time") == 50


def test_a_planned_outreach_is_community_work_and_no_visit(worker, head, acting):
    held = {"state": "held", "occurred_on": TODAY, "persons": 5, "person_times": 5}
    with acting(worker):
        make_event(worker, kind="outreach", event="outreach", **held)
        make_event(worker, kind="outreach", event="", plan=None, **held)
        make_event(worker, kind="ward_visit", event="", plan=None, **held)
    with acting(head):
        assert (_value(head, "event_held"), _value(head, "visits")) == (1, 2)
        assert _value(head, "event_person_times") == 5
        assert _value(head, "visit_person_times") == 10
        assert _value(head, "activity_held") == 3


def test_thanks_are_no_feedback_on_the_use_of_a_gift(people, money, acting):
    with made.as_person(people.officer) as by:
        # With the booking the donor gets the code to look where the gift went.
        assert _value(by, "donation_answered") == 100
        gift = Donation.objects.get()
        AccessLink.objects.filter(kind="donor_trace", subject_id=gift.pk).update(
            revoked_at=timezone.now()
        )
        Recognition.objects.create(
            organization_id=by.house_id,
            donor=gift.donor,
            donation=gift,
            kind="thanks",
            title="感谢信",
            asked_on=TODAY,
            answered_on=TODAY,
            given_on=TODAY,
            state="given",
        )
        assert _value(by, "donation_answered") == 0


def test_heads_of_several_events_are_contacts_and_no_persons():
    for one in (INDICATORS["event_persons"], said("activity_persons")):
        assert (one.counts, str(one.unit)) == ("contacts", "人次")


def test_a_balance_that_does_not_come_out_is_named(own_database, person, acting):
    head = person("head")
    house = head.membership.organization_id
    owner_sql(
        own_database.name,
        "INSERT INTO reports_rollupdelta (organization_id, indicator, period, dims_hash, dims, n, n2) "
        "VALUES (%s, 'case_ended', '2026-03-01', 0, '{}', 1, 0)",
        (house,),
    )
    with acting(head):
        assert balance_prove().differences == ((house, "", None, 0, 1, 0),)


def test_a_task_that_was_done_after_its_day_was_not_done_on_time(worker, head, acting):
    with acting(worker):
        plan = make_plan(make_case(worker, stage="planning"), worker)
        due = {"ends_on": TODAY - dt.timedelta(days=1)}
        make_plan_item(plan, worker, **due, state="done", done_on=due["ends_on"])
        make_plan_item(plan, worker, **due, state="done", done_on=TODAY)
        make_plan_item(plan, worker, **due, state="planned")
        make_plan_item(plan, worker, **due, state="cancelled")
        Plan.objects.filter(pk=plan.pk).update(
            state="approved",
            submitted_at=timezone.now(),
            approved_at=timezone.now(),
            approved_by=head,
        )
    with acting(head):
        assert _value(head, "plan_on_time") == Decimal("33.3")
