"""The asking side: what a draft lacks, what is told, and what a withdrawal takes back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.models.consents import Disclosure
from cases.models.state_aid import StateAid
from cases.services.consents import consent_withdraw
from cases.services.state_aid import steps
from cases.services.state_aid.opening import state_aid_open
from departments.models.mechanisms import Document, Message, Transition
from departments.services.documents import document_read
from donations.models.requests import (
    CostLine,
    FundingAct,
    FundingDuty,
    FundingRequest,
    RequestDocument,
)
from donations.services import holds, readiness, requests, review
from donations.services.payable import payable_of, remaining_of
from msw_portal.kernel.errors import DomainError
from tests.factories import cases
from tests.factories.donations import (
    COSTS,
    DECLARED,
    as_person,
    make_approved,
    make_draft,
    make_money,
    make_proposed,
    make_submitted,
    paper,
    submit,
)

D = Decimal


def _fresh(asked) -> FundingRequest:
    return FundingRequest.objects.get(pk=asked.request.pk)


# ── draft ────────────────────────────────────────────────────────────────────


def test_draft_is_the_hospitals_own(people, money):
    asked = make_draft(people, money)
    with as_person(people.worker) as by:
        draft = _fresh(asked)
        assert (draft.state, draft.counterparty_id, draft.number) == ("draft", None, None)
        assert (draft.cost_total, draft.gap, draft.requested) == (
            D("120000.00"),
            D("60000.00"),
            D("30000.00"),
        )
        assert RequestDocument.objects.visible_to(by).filter(request=draft).count() == 5
    with as_person(people.officer) as by:
        # The wall alone, with Python's filter off.
        assert not FundingRequest.objects.filter(pk=asked.request.pk).exists()
        assert not CostLine.objects.exists()


def test_gap_is_total_minus_every_other_layer(people, money):
    asked = make_draft(people, money)
    with as_person(people.worker) as by:
        lines = {**COSTS, "commercial": D("70000.00")}
        done = requests.request_amend(request=asked.request, cost_lines=lines, by=by)
        assert done.gap == D("0.00")
        done = requests.request_amend(
            request=asked.request, cost_lines={"total": D("5000.00")}, by=by
        )
        assert (done.cost_total, done.gap) == (D("5000.00"), D("5000.00"))
        assert [line.layer for line in CostLine.objects.filter(request=done)] == ["total"]


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"requested": D("0")}, "funding_request_requested_positive", "requested"),
        ({"requested": D("-5")}, "funding_request_requested_positive", "requested"),
        ({"cost_lines": {"total": D("-1")}}, "cost_line_not_negative", "cost_lines"),
        ({"cost_lines": {"basic": D("1")}}, "funding_request.cost_total_missing", "cost_lines"),
        ({"cost_lines": {"gold": D("1")}}, "funding_request.cost_layer", "cost_lines"),
        ({"payout_mode": "to_person"}, "funding_request.mode", "payout_mode"),
    ],
)
def test_amend_refuses(people, money, refuses, given, rule, field):
    asked = make_draft(people, money)
    with as_person(people.worker) as by, refuses(rule, field):
        requests.request_amend(request=asked.request, by=by, **given)


def test_one_open_request_per_programme_and_case(people, money, refuses):
    asked = make_draft(people, money)
    with as_person(people.worker) as by, refuses("funding_request.another_open", status=409):
        requests.request_draft(case=asked.case, programme_version=money.version, by=by)


def test_pseudonym_is_the_same_at_one_foundation(people, money):
    first = make_approved(people, money, requested="1000.00")
    again = make_draft(people, money, case=first.case, requested="1000.00")
    other = make_draft(people, money)
    assert again.request.subject_code == first.request.subject_code
    assert other.request.subject_code != first.request.subject_code


def test_colleague_who_does_not_work_the_case_may_not(
    people, money, worker2, other_worker, refuses
):
    asked = make_draft(people, money)
    for stranger in (worker2, other_worker):
        with as_person(stranger) as by:
            assert not FundingRequest.objects.visible_to(by).filter(pk=asked.request.pk).exists()
    with as_person(worker2) as by, refuses("permission.can_submit_request", status=403):
        requests.request_submit(
            request=asked.request, consent=asked.consent, declarations=DECLARED, by=by
        )


def test_file_of_another_case_is_refused(people, money, refuses):
    asked, other = make_draft(people, money), make_draft(people, money)
    with as_person(people.worker) as by, refuses("funding_request.document_elsewhere", "document"):
        requests.request_attach(
            request=asked.request, type="cost_list", document=paper(other.case, by), by=by
        )


# ── sending ──────────────────────────────────────────────────────────────────


def test_submit_numbers_discloses_and_tells(people, money):
    asked = make_draft(people, money)
    with as_person(people.worker):
        assert readiness.missing_for_submit(_fresh(asked)) == []
    submit(people, asked)
    with as_person(people.officer) as by:
        sent = FundingRequest.objects.visible_to(by).get(pk=asked.request.pk)
        assert sent.number == f"HA-A-{timezone.localdate():%Y}-0001"
        copy = Disclosure.objects.visible_to(by).get(pk=sent.review_disclosure_id)
        assert copy.level == "review"
        assert copy.payload["age_band"] == "4–6"
        assert copy.payload["household"]["income_per_head"] == "1200.00"
        assert (
            set(copy.payload)
            & {"name", "id_no", "phone", "address", "birth_date", "mrn", "guardian"}
            == set()
        )
        assert list(FundingDuty.objects.values_list("user_id", "duty")) == [
            (people.worker.pk, "enter")
        ]
        assert list(FundingAct.objects.values_list("step", "amount")) == [("submit", D("30000.00"))]
        assert list(
            Transition.objects.filter(subject_kind="fundingrequest").values_list("step", flat=True)
        ) == ["submit"]


def test_foundation_reads_copies_and_never_case_consent_or_originals(people, money, rows):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        for table in (
            "cases_case",
            "cases_client",
            "cases_episode",
            "cases_consent",
            "donations_requestsheet",
        ):
            assert rows(f"SELECT count(*) FROM {table}") == [(0,)]
        papers = Document.objects.filter(subject_kind="fundingrequest", subject_id=asked.request.pk)
        assert {copy.title for copy in papers} == {"诊断证明书.pdf", "家庭经济状况证明.pdf"}
        assert all(copy.derived_from_id is not None for copy in papers)
        assert not Document.objects.filter(subject_kind="case").exists()
        assert document_read(document=papers[0], by=by).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"requested": "60000.01"}, "funding_request.over_gap", "requested"),
        ({"requested": "50000.01"}, "funding_request.over_cap", "requested"),
        ({"with_papers": False}, "funding_request.papers_missing", "documents"),
        ({"story": "  "}, "funding_request.story_missing", "story"),
    ],
)
def test_submit_refuses_what_is_not_ready(people, money, refuses, given, rule, field):
    asked = make_draft(people, money, **given)
    with as_person(people.worker) as by:
        with refuses(rule, field):
            requests.request_submit(
                request=asked.request, consent=asked.consent, declarations=DECLARED, by=by
            )
        assert _fresh(asked).state == "draft"
        assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    "ticked", [(), ("truthful",), {"truthful": True, "no_related_party": False}]
)
def test_submit_needs_every_declaration(people, money, refuses, ticked):
    asked = make_draft(people, money)
    with (
        as_person(people.worker) as by,
        refuses("funding_request.needs_declarations", "declarations"),
    ):
        requests.request_submit(
            request=asked.request, consent=asked.consent, declarations=ticked, by=by
        )


def test_submit_needs_a_live_consent_to_this_foundation(people, money, other_foundation, refuses):
    asked = make_draft(people, money)
    with as_person(people.worker) as by:
        wrong = cases.make_consent(
            asked.case,
            by,
            "share_to_org",
            recipient=other_foundation,
            signer="演示母",
            signer_relation="mother",
        )
        service = cases.make_consent(
            asked.case, by, "service", signer="演示母", signer_relation="mother"
        )
        for consent in (wrong, service):
            with refuses("funding_request.needs_consent", "consent"):
                requests.request_submit(
                    request=asked.request, consent=consent, declarations=DECLARED, by=by
                )
        consent_withdraw(consent=asked.consent, reason="改变主意", withdrawn_by="mother", by=by)
        gone = type(asked.consent).objects.get(pk=asked.consent.pk)
        with refuses("funding_request.needs_consent", "consent"):
            requests.request_submit(
                request=asked.request, consent=gone, declarations=DECLARED, by=by
            )


def test_consent_of_another_person_is_refused(people, money, refuses):
    asked, other = make_draft(people, money), make_draft(people, money)
    with as_person(people.worker) as by, refuses("funding_request.needs_consent", "consent"):
        requests.request_submit(
            request=asked.request, consent=other.consent, declarations=DECLARED, by=by
        )


def test_consent_that_covers_too_little_is_refused(people, money):
    asked = make_draft(
        people, money, items=["age_band", "hospital", "disease_group", "costs", "household"]
    )
    with as_person(people.worker) as by, pytest.raises(DomainError) as caught:
        requests.request_submit(
            request=asked.request, consent=asked.consent, declarations=DECLARED, by=by
        )
    assert caught.value.rule == "funding_request.consent_too_narrow"
    assert "困难说明" in str(caught.value)
    assert "证明材料" in str(caught.value)


def test_copy_holds_only_what_was_ticked(people, money):
    items = ["age_band", "hospital", "disease_group", "costs", "household", "hardship", "documents"]
    asked = make_submitted(people, money, items=items)
    with as_person(people.worker):
        copy = Disclosure.objects.get(pk=_fresh(asked).review_disclosure_id)
        assert sorted(copy.payload) == sorted(items)


def test_programme_out_of_force_is_refused(people, refuses):
    money = make_money(people)
    with as_person(people.worker) as by:
        client = cases.make_client(by)
        case = cases.make_case(by, client=client)
        version = money.version
        version.valid = type(version.valid)(dt.date(2020, 1, 1), dt.date(2020, 2, 1))
        with refuses("funding_request.programme_not_in_force", "programme_version"):
            requests.request_draft(case=case, programme_version=version, by=by)


def test_second_submission_is_refused(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.worker) as by, refuses("funding_request.submit.wrong_state", status=409):
        requests.request_submit(
            request=asked.request, consent=asked.consent, declarations=DECLARED, by=by
        )


def test_gap_counts_what_was_granted_on_other_requests(people, money, refuses):
    first = make_approved(people, money, requested="40000.00")
    second = make_draft(people, money, case=first.case, requested="20000.01")
    with as_person(people.worker) as by, refuses("funding_request.over_gap", "requested"):
        requests.request_submit(
            request=second.request, consent=second.consent, declarations=DECLARED, by=by
        )


# ── supplement, withdrawal ───────────────────────────────────────────────────


def _ask_supplement(people, asked, items=("economic_proof",)):
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        review.request_ask_supplement(request=asked.request, items=items, message="请补充", by=by)


def test_supplement_needs_the_new_paper_and_makes_the_next_version(people, money, refuses):
    asked = make_submitted(people, money)
    _ask_supplement(people, asked)
    with as_person(people.worker) as by:
        old = RequestDocument.objects.get(request=asked.request, type="economic_proof").masked_id
        with refuses("funding_request.supplement_incomplete", "documents"):
            requests.request_supplement(request=asked.request, by=by)
        requests.request_attach(
            request=asked.request, type="economic_proof", document=paper(asked.case, by), by=by
        )
        done = requests.request_supplement(request=asked.request, message="已补", by=by)
        assert done.state == "document_check"
    with as_person(people.officer) as by:
        copy = Disclosure.objects.visible_to(by).get(pk=done.review_disclosure_id)
        assert copy.version == 2
        replaced = Document.objects.get(pk=old)
        assert replaced.voided_at is not None
        with refuses("file.damaged"):
            document_read(document=replaced, by=by)


def test_withdrawn_request_takes_no_step(people, money, refuses):
    asked = make_submitted(people, money)
    with as_person(people.worker) as by:
        with refuses("funding_request.withdraw.needs_reason", "reason"):
            requests.request_withdraw(request=asked.request, reason=" ", by=by)
        assert (
            requests.request_withdraw(request=asked.request, reason="已有其他来源", by=by).state
            == "withdrawn"
        )
    with as_person(people.officer) as by, refuses("funding_request.check.wrong_state", status=409):
        review.request_check(request=asked.request, by=by)


def test_draft_can_be_withdrawn_and_stays_the_hospitals(people, money):
    asked = make_draft(people, money)
    with as_person(people.worker) as by:
        done = requests.request_withdraw(request=asked.request, reason="不再需要", by=by)
        assert (done.state, done.counterparty_id) == ("withdrawn", None)


def test_approved_request_is_not_withdrawn(people, money, refuses):
    asked = make_approved(people, money)
    with (
        as_person(people.worker) as by,
        refuses("funding_request.withdraw.wrong_state", status=409),
    ):
        requests.request_withdraw(request=asked.request, reason="改变主意", by=by)


# ── consent withdrawn ────────────────────────────────────────────────────────


def _withdraw_consent(people, asked):
    with as_person(people.worker) as by:
        consent_withdraw(consent=asked.consent, reason="家属改变主意", withdrawn_by="mother", by=by)


def test_withdrawn_consent_stops_the_request_and_shreds_every_copy(people, money, refuses):
    asked = make_proposed(people, money)
    _withdraw_consent(people, asked)
    with as_person(people.approver) as by:
        stopped = _fresh(asked)
        assert stopped.on_hold_at is not None
        assert not Disclosure.objects.exists()
        for copy in Document.objects.filter(subject_kind="fundingrequest"):
            assert copy.title == "已撤回"
            with refuses("file.damaged"):
                document_read(document=copy, by=by)
        with refuses("funding_request.on_hold", status=409):
            review.request_approve(request=stopped, amount=D("1.00"), totp_code="000000", by=by)
    with as_person(people.worker):
        copy = Disclosure.objects.get(subject_kind="fundingrequest")
        assert (copy.payload, copy.withdrawn_at is None) == (None, False)
        assert asked.request.sheet.payload["story"].startswith("演示")


def test_new_consent_lets_it_go_on(people, money, refuses):
    asked = make_submitted(people, money)
    _withdraw_consent(people, asked)
    with as_person(people.worker) as by:
        with refuses("funding_request.needs_consent", "consent"):
            holds.request_resume(
                request=asked.request,
                consent=type(asked.consent).objects.get(pk=asked.consent.pk),
                by=by,
            )
        again = cases.make_consent(
            asked.case,
            by,
            "share_to_org",
            recipient=money.version.organization,
            signer="演示母",
            signer_relation="mother",
        )
        done = holds.request_resume(request=asked.request, consent=again, by=by)
        assert (done.on_hold_at, done.consent_id) == (None, again.pk)
        with refuses("funding_request.not_on_hold", status=409):
            holds.request_resume(request=asked.request, consent=again, by=by)
    with as_person(people.officer) as by:
        assert Disclosure.objects.visible_to(by).get().version == 2
        assert (
            review.request_check(request=asked.request, complete=True, by=by).state
            == "first_review"
        )


def test_identity_only_after_approval_and_only_the_items_ticked(people, money, refuses):
    early, granted = make_submitted(people, money), make_approved(people, money)
    with as_person(people.worker) as by:
        with refuses("funding_request.identity_too_early", status=409):
            holds.identity_disclose(request=early.request, by=by)
        copy = holds.identity_disclose(request=granted.request, by=by)
        assert copy.payload == {
            "name": "演示患儿",
            "mrn": f"MRN-{granted.case.client_id}",
            "payee": {},
        }
    with as_person(people.cashier) as by:
        assert Disclosure.objects.visible_to(by).get(level="identity").payload["name"] == "演示患儿"


# ── the walls of the shared row ──────────────────────────────────────────────


def _refused(sql: str, *params) -> str:
    """The constraint or code by which the database refuses a statement; "" when it lets it pass."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return "" if cursor.rowcount else "no row"
    except Exception as error:
        return error.__cause__.diag.constraint_name or error.__cause__.pgcode


@pytest.mark.parametrize(
    "change",
    [
        "approved = 1",
        "committed = 1, approved = 1",
        "disbursed = 1",
        "proposed = 1",
        "fund_id = NULL, state = 'approved'",
        "state = 'approved'",
        "state = 'first_review'",
        "organization_id = organization_id + 1",
    ],
)
def test_hospital_cannot_write_the_foundations_side(people, money, change):
    asked = make_submitted(people, money)
    with as_person(people.worker):
        found = _refused(
            f"UPDATE donations_fundingrequest SET {change} WHERE id = %s", asked.request.pk
        )
        assert found in {
            "funding_request_sides",
            "parties_are_fixed",
            "funding_request_granted_has_amount",
        }


@pytest.mark.parametrize(
    "change",
    [
        "requested = 1",
        "gap = gap - 1",
        "cost_total = cost_total + 1",
        "form = '{}'",
        "subject_code = 'x'",
        "number = 'x'",
        "state = 'withdrawn'",
        "on_hold_at = now()",
        "submitted_at = now()",
        "counterparty_id = NULL",
    ],
)
def test_foundation_cannot_write_the_hospitals_side(people, money, change):
    asked = make_submitted(people, money)
    with as_person(people.officer):
        found = _refused(
            f"UPDATE donations_fundingrequest SET {change} WHERE id = %s", asked.request.pk
        )
        assert found in {"funding_request_sides", "parties_are_fixed"}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("approved = 30000, state = 'approved'", "funding_request_follows_ledger"),
        ("approved = 40000", "funding_request_approved_within_requested"),
        ("committed = 5", "funding_request_committed_within_approved"),
        ("disbursed = 5", "funding_request_disbursed_within_committed"),
    ],
)
def test_foundation_cannot_write_sums_its_books_do_not_know(people, money, change, constraint):
    asked = make_proposed(people, money)
    with as_person(people.officer):
        assert (
            _refused(
                f"UPDATE donations_fundingrequest SET {change} WHERE id = %s", asked.request.pk
            )
            == constraint
        )


def test_draft_can_be_sent_to_the_programmes_house_only(people, money, other_foundation):
    asked = make_draft(people, money)
    with as_person(people.worker):
        found = _refused(
            "UPDATE donations_fundingrequest SET counterparty_id = %s, state = 'submitted', submitted_at = now(),"
            " number = 'X' WHERE id = %s",
            other_foundation.pk,
            asked.request.pk,
        )
    assert found == "funding_request_sides"


def test_request_is_born_a_draft(people, money):
    asked = make_draft(people, money)
    with as_person(people.worker):
        found = _refused(
            "INSERT INTO donations_fundingrequest (uid, row_version, updated_at, created_at, organization_id, case_id,"
            " programme_version_id, subject_code, form, state, cost_total, gap, committed, disbursed, refunded,"
            " state_entered_at, payout_mode, requested, approved) SELECT gen_random_uuid(), 1, now(), now(), organization_id,"
            " case_id, programme_version_id, 'x', '{}', 'draft', 10, 10, 0, 0, 0, now(), 'to_hospital', 10, 10"
            " FROM donations_fundingrequest WHERE id = %s",
            asked.request.pk,
        )
    assert found == "funding_request_sides"


def test_sheet_of_the_worker_is_behind_the_care_wall(people, money, auditor, rows):
    asked = make_submitted(people, money)
    with as_person(people.worker) as by:
        assert type(asked.request.sheet).objects.visible_to(by).count() == 1
    with as_person(auditor):
        assert rows("SELECT count(*) FROM donations_requestsheet") == [(0,)]


def test_what_the_state_grants_enters_the_gap_of_running_requests(people, money, refuses):
    sent = make_submitted(people, money)
    today = timezone.localdate()
    with as_person(people.worker) as by:
        aid = state_aid_open(
            case=sent.case, kind="medical", authority="演示医保局", applicant="family", by=by
        )
        aid = steps.state_aid_file(aid=aid, filed_on=today, by=by)
        aid = steps.state_aid_grant(aid=aid, answered_on=today, granted=D("45000.00"), by=by)
        now = _fresh(sent)
        # What was asked stands as it was sent; what remains to be paid is less.
        assert (now.requested, now.gap) == (D("30000.00"), D("60000.00"))
        assert (now.later_aid, remaining_of(now)) == (D("45000.00"), D("15000.00"))
        message = Message.objects.visible_to(by).of(now).get()
        assert "60,000.00" in message.body
        assert "15,000.00" in message.body
    with as_person(people.officer) as by:
        # The foundation reads the sum and the line of the talk, never the application itself.
        assert payable_of(_fresh(sent)).amount == D("15000.00")
        assert not StateAid.objects.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            FundingRequest.objects.filter(pk=sent.request.pk).update(later_aid=0)
    with as_person(people.worker) as by:
        steps.state_aid_end(aid=aid, reason="家庭已迁出受理地", by=by)
        assert remaining_of(_fresh(sent)) == D("60000.00")
    draft = make_draft(people, money)
    with as_person(people.worker) as by:
        aid = state_aid_open(
            case=draft.case, kind="temporary", authority="演示街道", applicant="family", by=by
        )
        aid = steps.state_aid_file(aid=aid, filed_on=today, by=by)
        steps.state_aid_grant(aid=aid, answered_on=today, granted=D("2000.00"), by=by)
        assert _fresh(draft).gap == D("58000.00")
        with refuses("funding_request.state_aid_counts", "cost_relief"):
            requests.request_amend(request=draft.request, cost_lines=COSTS, by=by)
