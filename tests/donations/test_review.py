"""The foundation's side: duties apart, amounts bound, the second factor, one approval."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from departments.models.mechanisms import Task, Transition
from donations.models.ledger import LedgerJournal
from donations.models.requests import FundingAct, FundingDuty, FundingRequest, RequestDocument
from donations.permissions import can_view_request
from donations.services import decision_letters, requests, review
from donations.services.approving import Quota, quota_of
from donations.services.payable import payable_of
from tests.factories.donations import (
    approve,
    as_person,
    code_for,
    give,
    make_approved,
    make_draft,
    make_money,
    make_proposed,
    make_submitted,
    paper,
)

D = Decimal


def _tasks(request) -> list[tuple]:
    return list(
        Task.objects.filter(subject_id=request.pk, state="open")
        .order_by("id")
        .values_list("kind", "role")
    )


# ── the main line ────────────────────────────────────────────────────────────


def test_check_takes_in_hand_and_then_says_complete(people, money):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        taken = review.request_check(request=asked.request, by=by)
        assert (taken.state, _tasks(taken)) == ("document_check", [("check", "foundation_officer")])
        done = review.request_check(request=asked.request, complete=True, by=by)
        assert (done.state, _tasks(done)) == ("first_review", [("review", "foundation_officer")])
        papers = RequestDocument.objects.filter(request=done, masked__isnull=False)
        assert {(paper.state, paper.verified_by_id) for paper in papers} == {("verified", by.pk)}


def test_check_twice_is_refused(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        with refuses("funding_request.check.wrong_state", status=409):
            review.request_check(request=asked.request, by=by)


def test_review_proposes_the_least_of_asked_cap_and_gap(people, money):
    asked = make_proposed(people, money, requested="45000.00")
    assert (asked.request.state, asked.request.proposed) == ("proposed", D("45000.00"))
    with as_person(people.officer):
        assert _tasks(asked.request) == [("approve", "foundation_approver")]


def test_review_needs_an_opinion_and_stays_within_what_is_asked(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, complete=True, by=by)
    with as_person(people.officer2) as by:
        with refuses("funding_request.needs_opinion", "opinion"):
            review.request_review(request=asked.request, opinion=" ", by=by)
        with refuses("funding_request.over_requested", "amount"):
            review.request_review(
                request=asked.request, opinion="同意", amount=D("30000.01"), by=by
            )
        assert FundingDuty.objects.filter(user=by).count() == 0


def test_sum_proposed_can_be_corrected_by_its_reviewer(people, money, refuses):
    asked = make_proposed(people, money)
    with as_person(people.officer2) as by:
        done = review.request_propose(request=asked.request, amount=D("12345.67"), by=by)
        assert (done.state, done.proposed) == ("proposed", D("12345.67"))
    with as_person(people.officer) as by, refuses("funding_duty_one_per_person", status=409):
        review.request_propose(request=asked.request, amount=D("1.00"), by=by)


def test_every_move_is_a_transition_and_an_act(people, money):
    make_approved(people, money)
    with as_person(people.officer):
        moves = (
            Transition.objects.filter(workflow="funding_request")
            .order_by("at")
            .values_list("step", flat=True)
        )
        assert list(moves) == ["submit", "check", "accept", "propose", "approve"]
        assert list(FundingAct.objects.order_by("id").values_list("step", "duty")) == [
            ("submit", "enter"),
            ("accept", "verify"),
            ("review", "review1"),
            ("approve", "approve"),
        ]


def test_programme_with_a_second_review_takes_another_person(people, refuses):
    stages = [
        "document_check",
        "first_review",
        "second_review",
        "proposed",
        "approved",
        "agreement",
        "disbursing",
        "disbursed",
    ]
    money = make_money(people, stages=stages)
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, complete=True, by=by)
    with as_person(people.officer2) as by:
        assert (
            review.request_review(request=asked.request, opinion="初审同意", by=by).state
            == "second_review"
        )
        with refuses("funding_duty_one_per_person", status=409):
            review.request_review(request=asked.request, opinion="复审同意", by=by)


def test_programme_without_reviews_goes_from_the_papers_to_the_sum(people):
    money = make_money(
        people,
        stages=["document_check", "proposed", "approved", "agreement", "disbursing", "disbursed"],
    )
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        done = review.request_check(request=asked.request, complete=True, by=by)
    assert (done.state, done.proposed) == ("proposed", D("30000.00"))


@pytest.mark.parametrize("who", ["approver", "cashier", "worker"])
def test_check_is_the_officers(people, money, refuses, who):
    asked = make_submitted(people, money)
    with as_person(getattr(people, who)) as by, refuses("permission.can_check_request", status=403):
        review.request_check(request=asked.request, by=by)


# ── duties ───────────────────────────────────────────────────────────────────


def test_one_person_has_one_duty_on_a_request(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, complete=True, by=by)
        with refuses("funding_duty_one_per_person", status=409):
            review.request_review(request=asked.request, opinion="同意", by=by)


def test_second_duty_is_refused_by_the_database_too(people, money):
    asked = make_proposed(people, money)
    with as_person(people.officer) as by:
        for duty in ("approve", "release", "verify"):
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                FundingDuty(
                    request=asked.request,
                    organization_id=asked.request.organization_id,
                    user=by,
                    duty=duty,
                ).save(force_insert=True)
            assert caught.value.__cause__.diag.constraint_name == "funding_duty_one_per_person"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"duty": "approve", "step": "approve"}, "funding_act_has_duty"),
        ({"duty": "verify", "step": "approve"}, "funding_act_step_fits_duty"),
        ({"duty": "verify", "step": "accept", "amount": -1}, "funding_act_amount_positive"),
    ],
)
def test_act_needs_its_duty(people, money, values, constraint):
    asked = make_proposed(people, money)
    code = code_for(people.officer)
    assert code
    row = {"amount": 5, "second_factor_at": "now()", **values}
    with as_person(people.officer) as by, connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            cursor.execute(
                "INSERT INTO donations_fundingact (uid, created_at, organization_id, request_id, user_id, duty, step, amount,"
                " at, second_factor_at) VALUES (gen_random_uuid(), now(), 1, %s, %s, %s, %s, %s, now(), now())",
                [asked.request.pk, by.pk, row["duty"], row["step"], row["amount"]],
            )
        assert caught.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("factor", "client"),
    [
        ("NULL", "NULL"),
        ("now() - interval '6 minutes'", "NULL"),
        ("now() + interval '1 minute'", "NULL"),
        ("now()", "999999"),
    ],
)
def test_approval_without_a_fresh_factor_is_refused_by_the_database(people, money, factor, client):
    asked = make_proposed(people, money)
    with as_person(people.approver) as by, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO donations_fundingduty (created_at, organization_id, request_id, user_id, duty)"
            " VALUES (now(), 1, %s, %s, 'approve')",
            [asked.request.pk, by.pk],
        )
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            cursor.execute(
                "INSERT INTO donations_fundingact (uid, created_at, organization_id, request_id, user_id, duty, step, amount,"
                f" at, second_factor_at, client_id) VALUES (gen_random_uuid(), now(), 1, %s, %s, 'approve', 'approve', 5,"
                f" now(), {factor}, {client})",
                [asked.request.pk, by.pk],
            )
        assert caught.value.__cause__.diag.constraint_name == "funding_act_is_confirmed"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE donations_fundingact SET amount = 1",
        "DELETE FROM donations_fundingact",
        "TRUNCATE donations_fundingact",
        "UPDATE donations_fundingduty SET duty = 'approve'",
        "DELETE FROM donations_fundingduty",
        "DELETE FROM donations_fundingrequest",
    ],
)
def test_acts_and_duties_are_added_only(people, money, sql):
    make_proposed(people, money)
    with as_person(people.officer), connection.cursor() as cursor:
        with (
            pytest.raises(Exception, match="permission denied|append-only") as caught,
            transaction.atomic(),
        ):
            cursor.execute(sql)
        assert caught.value.__cause__.pgcode in {"42501", "23514"}


# ── approval ─────────────────────────────────────────────────────────────────


def test_approval_sets_the_money_aside(people, money):
    asked = make_approved(people, money)
    with as_person(people.officer):
        done = FundingRequest.objects.get(pk=asked.request.pk)
        assert (done.state, done.approved, done.committed, done.fund_id) == (
            "approved",
            D("30000.00"),
            D("30000.00"),
            money.fund.pk,
        )
        act = FundingAct.objects.get(step="approve")
        assert (act.client_id, act.second_factor_at is not None) == (None, True)
        assert LedgerJournal.objects.filter(kind="commit").get().reference == f"commit:{done.uid}:1"


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("", "second_factor.missing"),
        ("000000", "second_factor.wrong"),
        ("１２３", "second_factor.wrong"),
    ],
)
def test_approval_needs_the_second_factor(people, money, refuses, code, rule):
    asked = make_proposed(people, money)
    code_for(people.approver)
    with as_person(people.approver) as by:
        with refuses(rule, "totp_code"):
            review.request_approve(
                request=asked.request, amount=D("30000.00"), totp_code=code, by=by
            )
        assert not LedgerJournal.objects.filter(kind="commit").exists()
        assert FundingRequest.objects.get(pk=asked.request.pk).state == "proposed"


def test_one_code_approves_one_request(people, money, refuses):
    first, second = make_proposed(people, money), make_proposed(people, money)
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        review.request_approve(request=first.request, amount=D("30000.00"), totp_code=code, by=by)
        with refuses("second_factor.used", "totp_code"):
            review.request_approve(
                request=second.request, amount=D("30000.00"), totp_code=code, by=by
            )


def test_less_than_is_payable_is_approved_with_a_reason_and_the_letter_gives_it(
    people, money, refuses
):
    whole, cut = make_approved(people, money), make_proposed(people, money)
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        with refuses("funding_request.cut_needs_reason", "opinion"):
            review.request_approve(
                request=cut.request, amount=D("10000.00"), totp_code=code, opinion=" ", by=by
            )
        assert not FundingAct.objects.filter(request=cut.request, step="approve").exists()
        review.request_approve(
            request=cut.request,
            amount=D("10000.00"),
            totp_code=code,
            opinion="先支付第一疗程，之后再申请",
            by=by,
        )
        said = {
            row.pk: decision_letters._said(row, decision_letters.decided_of(row))
            for row in FundingRequest.objects.filter(approved__isnull=False)
        }
    assert said[whole.request.pk].endswith("按申请金额批准。")
    assert said[cut.request.pk].endswith("批准人说明的理由：先支付第一疗程，之后再申请")


def test_the_least_of_the_limits_is_said_only_of_what_was_computed(people, refuses):
    money = make_money(people)
    give(people, money, "12000.00")
    asked = make_proposed(people, money)
    approve(people, asked, "12000.00")
    with as_person(people.approver):
        row = FundingRequest.objects.get(pk=asked.request.pk)
        assert row.is_least is True
        decided = decision_letters.decided_of(row)
        assert "四者中最少的一项" in decision_letters._said(row, decided)
        # Approved before it was kept: nothing is claimed.
        row.is_least = None
        assert "最少" not in decision_letters._said(row, decision_letters.decided_of(row))


# ── the quota ────────────────────────────────────────────────────────────────


def test_no_more_is_approved_than_the_programme_has_places(people, refuses, client_for):
    money = make_money(people, quota=1)
    give(people, money, "100000.00")
    first, second = make_proposed(people, money), make_proposed(people, money)
    with as_person(people.approver):
        row = FundingRequest.objects.select_related("programme_version").get(pk=second.request.pk)
        assert quota_of(row) == Quota(places=1, used=0, rank=2)
    approve(people, first, "10000.00")
    page = client_for(people.approver).get(reverse("donations:approve", args=[second.request.uid]))
    assert "共 1 个，已用 1 个，还剩 0 个" in page.content.decode()
    assert "第 1 位（按提交时间先后）" in page.content.decode()
    with refuses("funding_request_within_quota", status=409):
        approve(people, second, "10000.00")
    with as_person(people.approver):
        # Nor by raw SQL.
        with pytest.raises(IntegrityError, match="no place is left"), transaction.atomic():
            FundingRequest.objects.filter(pk=second.request.pk).update(state="approved")
        assert FundingRequest.objects.get(pk=second.request.pk).state == "proposed"


def test_second_approval_is_refused(people, money, refuses):
    asked = make_approved(people, money)
    with refuses("funding_request.approve.wrong_state", status=409):
        approve(people, asked, "30000.00")
    with as_person(people.officer):
        assert LedgerJournal.objects.filter(kind="commit").count() == 1


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        ("0.00", "funding_request.amount_positive"),
        ("-1.00", "funding_request.amount_positive"),
        ("30000.01", "funding_request.over_requested"),
    ],
)
def test_approval_refuses_amounts(people, money, refuses, amount, rule):
    asked = make_proposed(people, money)
    with refuses(rule, "amount"):
        approve(people, asked, amount)


def test_more_than_the_fund_holds_posts_nothing(people, refuses):
    money = make_money(people)
    give(people, money, "29999.99")
    asked = make_proposed(people, money)
    with refuses("ledger.insufficient", "amount", 409):
        approve(people, asked, "30000.00")
    with as_person(people.officer):
        assert not LedgerJournal.objects.filter(kind="commit").exists()
        assert not FundingAct.objects.filter(step="approve").exists()
        assert not FundingDuty.objects.filter(duty="approve").exists()
    assert approve(people, asked, "29999.99").state == "approved"


def test_cap_of_the_programme_binds(people, refuses):
    money = make_money(people, caps={"per_request": "20000.00"})
    give(people, money, "100000.00")
    asked = make_draft(people, money, requested="20000.00")
    assert asked.request.requested == D("20000.00")
    with as_person(people.worker) as by:
        requests.request_amend(request=asked.request, requested=D("20000.01"), by=by)
        with refuses("funding_request.over_cap", "requested"):
            requests.request_submit(
                request=asked.request,
                consent=asked.consent,
                declarations=("truthful", "no_related_party"),
                by=by,
            )


def test_what_was_granted_before_narrows_the_gap(people, money, refuses):
    first = make_proposed(people, money, requested="40000.00")
    approve(people, first, "20000.00")
    second = make_proposed(people, money, case=first.case, requested="40000.00")
    with as_person(people.officer):
        request = FundingRequest.objects.select_related("programme_version__programme").get(
            pk=second.request.pk
        )
        payable = payable_of(request)
        assert (
            payable.requested,
            payable.cap,
            payable.remaining,
            payable.available,
            payable.amount,
        ) == (
            D("40000.00"),
            D("50000.00"),
            D("40000.00"),
            D("80000.00"),
            D("40000.00"),
        )
        with refuses("funding_request.over_gap", "amount"):
            review.refuse_unpayable(request, D("40000.01"), review.pool_of(request))


def test_person_of_another_house_sees_and_does_nothing(people, money, other_officer, refuses):
    asked = make_submitted(people, money)
    with as_person(other_officer) as by:
        assert not FundingRequest.objects.visible_to(by).exists()
        assert not FundingRequest.objects.exists()
        assert not can_view_request(by, asked.request)
    with as_person(other_officer) as by, pytest.raises(FundingRequest.DoesNotExist):
        review.request_check(request=asked.request, by=by)


def test_stale_version_is_refused(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        before = FundingRequest.objects.get(pk=asked.request.pk).row_version
        review.request_check(request=asked.request, version=before, by=by)
        with refuses("stale", status=412):
            review.request_check(request=asked.request, complete=True, version=before, by=by)


# ── refusing ─────────────────────────────────────────────────────────────────


def test_refusals_need_their_reason(people, money, refuses):
    early, late = make_submitted(people, money), make_proposed(people, money)
    with as_person(people.officer) as by:
        with refuses("funding_request.reject_ineligible.needs_reason", "reason"):
            review.request_reject_ineligible(request=early.request, reason="", by=by)
        assert review.request_reject_ineligible(
            request=early.request, reason="病种不符", by=by
        ).state == ("rejected_ineligible")
        assert _tasks(early.request) == []
    with as_person(people.officer2) as by:
        with refuses("funding_request.reject.needs_reason", "reason"):
            review.request_reject(request=late.request, reason="", by=by)
        assert (
            review.request_reject(request=late.request, reason="名额已满", by=by).state
            == "rejected"
        )
    with refuses("funding_request.approve.wrong_state", status=409):
        approve(people, late, "1.00")


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"items": []}, "funding_request.supplement_needs_items", "items"),
        ({"message": " "}, "funding_request.supplement_needs_message", "message"),
        ({"items": ["passport"]}, "funding_request.unknown_item", "items"),
    ],
)
def test_supplement_says_what_and_why(people, money, refuses, given, rule, field):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        with refuses(rule, field):
            review.request_ask_supplement(
                request=asked.request,
                **{"items": ["economic_proof"], "message": "请补充", **given},
                by=by,
            )


def test_asking_for_papers_binds_nobody(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
    with as_person(people.approver) as by:
        done = review.request_ask_supplement(
            request=asked.request, items=["economic_proof"], message="请补充", by=by
        )
        assert done.due_at is not None
        assert list(FundingDuty.objects.values_list("duty", flat=True)) == ["enter"]
        move = Transition.objects.get(step="request_supplement")
        assert (move.actor_id, move.reason) == (by.pk, "请补充")
    with as_person(people.worker) as by:
        requests.request_attach(
            request=asked.request, type="economic_proof", document=paper(asked.case, by), by=by
        )
        requests.request_supplement(request=asked.request, by=by)
    # Who took it in hand may review, when another has verified.
    with as_person(people.officer2) as by:
        review.request_check(request=asked.request, complete=True, by=by)
    with as_person(people.officer) as by:
        asked.request = review.request_review(request=asked.request, opinion="同意", by=by)
    assert approve(people, asked).state == "approved"


# ── visibility ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("worker", True),
        ("worker2", False),
        ("assistant", False),
        ("supervisor", False),
        ("head", True),
        ("clinician", False),
        ("auditor", False),
        ("secadmin", False),
        ("other_worker", False),
        ("other_head", False),
        ("officer", True),
        ("approver", True),
        ("cashier", True),
        ("other_officer", False),
        ("authority", False),
    ],
)
def test_visible_to_agrees_with_can_view_request(people, money, request, login, sees):
    asked = make_submitted(people, money)
    with as_person(request.getfixturevalue(login)) as by:
        assert FundingRequest.objects.visible_to(by).filter(pk=asked.request.pk).exists() is sees
        assert can_view_request(by, asked.request) is sees
