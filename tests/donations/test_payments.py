"""A payment list from its making to the bank's answer, the checks after it, and double aid without a name."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from openpyxl import load_workbook

from cases.models.codes import ShareItem
from cases.services.consents import consent_withdraw
from departments.models.mechanisms import Document, Task
from departments.models.people import Membership, User, duty_class
from donations.models.ledger import LedgerJournal
from donations.models.matching import AidMatch
from donations.models.payments import PaymentAnswer, PaymentLine, PaymentList
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.models.sampling import Verification, VerificationDraw
from donations.services import (
    double_aid,
    payment_answers,
    payment_layouts,
    payment_lists,
    review,
    sampling,
)
from donations.services.payees import payee_correct
from donations.services.payment_proving import payments_prove, samples_prove
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.donations.test_receivers import _relay
from tests.donations.test_statements import bring
from tests.factories import cases
from tests.factories.donations import (
    BIRTH,
    People,
    as_person,
    code_for,
    give,
    make_approved,
    make_draft,
    make_money,
    make_submitted,
    payee_of,
    prepare,
    release,
    submit,
)
from tests.factories.donations import approve as approve_request
from tests.factories.world import SINCE

pytestmark = pytest.mark.django_db
D = Decimal
HEADS = ["备注", "收款账号", "金额", "处理状态", "失败原因", "流水号", "交易日期"]
ACCOUNT = "演示银行 6222000000000001"
ID_NO = "11010520190101001X"


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 600)


@pytest.fixture
def paid(people, money):
    """Two released instalments of one request."""
    asked = make_approved(people, money)
    first = release(people, prepare(people, asked, "10000.00"))
    second = release(people, prepare(people, asked, "20000.00"))
    return asked, first, second


def _last_month():
    return timezone.now() - dt.timedelta(days=timezone.localdate().day)


def _colleague(house_id, login="b_third", role="foundation_officer"):
    """Somebody of the foundation who has done nothing yet."""
    with scope(org=INSTALLATION, role="system"):
        user = User.objects.create(username=login, display_name=login, is_demo=True)
    with scope(org=house_id, role="system"):
        user.membership = Membership.objects.create(
            user=user,
            organization_id=house_id,
            role=role,
            duty_class=duty_class(role),
            valid=SINCE,
        )
    return user


def make_list(people, *rows, **given):
    with as_person(people.cashier) as by:
        return payment_lists.list_make(
            on=timezone.localdate(), account=ACCOUNT, disbursements=rows, by=by, **given
        )


def approve(people, made):
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        return payment_lists.list_approve(payment_list=made, totp_code=code, by=by)


def answer(line, outcome, *, reason="", number="", account=None, day=None):
    return [
        line.reference if account is None else "",
        account or "",
        f"{line.amount}",
        outcome,
        reason,
        number,
        f"{day or timezone.localdate()}",
    ]


def test_a_list_is_made_by_one_and_approved_by_another_and_stands_once(people, paid, refuses):
    asked, first, second = paid
    with as_person(people.cashier) as by:
        assert list(payment_lists.payable_now(by)) == [first, second]
    made = make_list(people, first, second)
    assert (made.count, made.total, made.state) == (2, D("30000.00"), "draft")
    with refuses("payment_list.empty", "disbursements"):
        make_list(people)
    with refuses("payment_line_one_open_list", "disbursements"):
        make_list(people, first)
    with as_person(people.cashier) as by:
        assert list(payment_lists.payable_now(by)) == []
        with refuses("payment_list_approved_by_another", status=409):
            payment_lists.list_approve(payment_list=made, totp_code="000000", by=by)
        with refuses("payment_list.no_file", status=409):
            payment_lists.list_file(payment_list=made, by=by)
    with as_person(people.approver) as by, refuses("second_factor.missing", "totp_code"):
        payment_lists.list_approve(payment_list=made, totp_code="", by=by)
    approve(people, made)
    with as_person(people.cashier) as by:
        document, content = payment_lists.list_file(payment_list=made, by=by)
        cells = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
        assert document.is_care is False
        assert cells[0] == tuple(title for title, _name in payment_layouts.GENERAL)
        hospital = asked.request.organization.name
        assert cells[1] == (
            *("1", payee_of(asked.request)["account"], hospital, "演示银行", None),
            *("10000.00", f"医疗救助款 {asked.request.number}", f"{made.number}-001"),
        )
        # The order is fixed: neither sum nor payee can be turned by raw SQL.
        for sql in (
            "UPDATE donations_paymentlist SET total = 1",
            "UPDATE donations_paymentline SET amount = 1",
            "UPDATE donations_paymentlist SET account = 'x'",
        ):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentLine.objects.update(state="paid")
    with as_person(people.officer) as by, refuses("permission.can_take_file", status=403):
        payment_lists.list_file(payment_list=made, by=by)


def _give_up(person, made, reason="银行系统维护，改日再付", with_code=True, **said):
    with as_person(person) as by:
        totp = code_for(by) if with_code else ""
        return payment_lists.list_cancel(
            payment_list=made, reason=reason, totp_code=totp, by=by, **said
        )


def test_a_draft_is_given_up_by_its_maker_and_its_payments_are_listed_anew(people, paid, refuses):
    made = make_list(people, *paid[1:])
    with refuses("payment_list.cancel.needs_reason", "reason"):
        _give_up(people.cashier, made, reason="", with_code=False)
    _give_up(people.cashier, made, with_code=False)
    with as_person(people.cashier) as by:
        assert list(payment_lists.payable_now(by)) == list(paid[1:])
    assert make_list(people, *paid[1:]).number != made.number


def test_an_approved_list_is_given_up_by_another_with_a_code(people, paid, refuses):
    made = approve(people, make_list(people, *paid[1:]))
    with refuses("payment_list_cancelled_by_another", status=409):
        _give_up(people.cashier, made)
    with refuses("second_factor.missing", "totp_code"):
        _give_up(people.approver, made, with_code=False)
    given_up = _give_up(people.approver, made)
    assert (given_up.state, given_up.cancelled_by, given_up.is_unexecuted) == (
        *("cancelled", people.approver),
        False,
    )
    with as_person(people.cashier) as by:
        assert list(payment_lists.payable_now(by)) == list(paid[1:])
        assert not Document.objects.filter(kind=payment_lists.FILE_KIND).exists()


def test_a_list_whose_file_was_taken_is_given_up_only_on_the_banks_word(people, paid, refuses):
    made = approve(people, make_list(people, *paid[1:]))
    with as_person(people.cashier) as by:
        payment_lists.list_file(payment_list=made, by=by)
    with refuses("payment_list_taken_is_unexecuted", "is_unexecuted"):
        _give_up(people.approver, made)
    with as_person(people.approver) as by:
        # Nor by raw SQL, whoever signs it.
        for forged in (
            {"cancelled_by": made.made_by},
            {"cancelled_by": by, "cancelled_at": timezone.now()},
            {"file_taken_at": None},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                PaymentList.objects.update(**{"state": "cancelled", **forged})
    given_up = _give_up(people.approver, made, reason="银行来电：文件被退", is_unexecuted=True)
    assert (given_up.state, given_up.is_unexecuted) == ("cancelled", True)


def test_the_file_is_destroyed_when_its_time_is_over_and_made_again_on_demand(people, paid):
    made = approve(people, make_list(people, paid[1]))
    with as_person(people.cashier) as by:
        PaymentList.objects.update(file_expires_at=timezone.now() - dt.timedelta(minutes=1))
        assert payment_lists.files_expire(house=by.house_id) == 1
        assert payment_lists.files_expire(house=by.house_id) == 0
        assert not Document.objects.filter(kind=payment_lists.FILE_KIND).exists()
        payment_lists.list_file(payment_list=made, by=by)
        assert Document.objects.filter(kind=payment_lists.FILE_KIND).count() == 1


def test_a_bank_has_its_own_columns(people, paid, refuses):
    with as_person(people.cashier) as by:
        with refuses("layout.line", "columns"):
            payment_layouts.layout_keep(name="演示银行", columns="收款账号=没有这一项", by=by)
        with refuses("layout.lacks", "columns"):
            payment_layouts.layout_keep(name="演示银行", columns="收款账号=收款人账号", by=by)
        columns = "收款账号=收款人账号\n收款户名=收款人户名\n金额\n=x\n附言=备注".replace(
            "=x\n", ""
        )
        layout = payment_layouts.layout_keep(name="演示银行", columns=columns, by=by)
        assert layout.columns == [
            ["收款账号", "account"],
            ["收款户名", "name"],
            ["金额", "amount"],
            ["附言", "reference"],
        ]
    made = approve(people, make_list(people, paid[1], layout=layout))
    with as_person(people.cashier) as by:
        _document, content = payment_lists.list_file(payment_list=made, by=by)
    sheet = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[1]] == ["收款账号", "收款户名", "金额", "附言"]


def test_the_banks_answer_is_booked_once_by_a_third_person(people, paid, refuses):
    asked, first, second = paid
    approve(people, make_list(people, first, second))
    with as_person(people.cashier):
        one, other = PaymentLine.objects.order_by("place")
    rows = [
        answer(one, "交易成功", number="B1"),
        answer(other, "退汇", reason="账号户名不符", number="B2"),
        answer(other, "处理中", number="B3"),
        ["别家的附言", "62999", "5.00", "成功", "", "B4", f"{timezone.localdate()}"],
    ]
    run = bring(people.cashier2, rows, kind="payment_answer", heads=HEADS)
    assert (run.created_count, run.refused_count) == (3, 1)
    assert (
        bring(people.cashier2, rows, kind="payment_answer", heads=HEADS, is_new=False).known_count
        == 3
    )
    with as_person(people.cashier2) as by:
        found = {one.bank_no: one for one in PaymentAnswer.objects.select_related("line")}
        assert [found[no].line and found[no].line.place for no in ("B1", "B2", "B4")] == [
            1,
            2,
            None,
        ]
        with refuses("payment_answer_booked_by_another", status=409):
            payment_answers.answer_book(answer=found["B1"], by=by)
    with as_person(people.cashier) as by:
        with refuses("payment_line_answered_by_another", status=409):
            payment_answers.answer_book(answer=found["B1"], by=by)
        assert payment_answers.answers_book(by=by) == (0, 0)
    with as_person(people.approver) as by:
        with refuses("payment_answer.needs_line", "line", 409):
            payment_answers.answer_book(answer=found["B4"], by=by)
        assert payment_answers.answers_book(by=by) == (2, 0)
        assert payment_answers.answers_book(by=by) == (0, 0)
        with refuses("payment_answer.other_sum", "line"):
            payment_answers.answer_fit(answer=found["B4"], line=one, by=by)
        payment_answers.answer_ignore(answer=found["B4"], reason="不是本清单的付款", by=by)
        states = PaymentLine.objects.order_by("place").values_list("state", flat=True)
        assert list(states) == ["paid", "bounced"]
        assert PaymentList.objects.get().state == "settled"
        assert Disbursement.objects.get(pk=first.pk).voucher_no == "B1"
        assert Disbursement.objects.get(pk=second.pk).state == "bounced"
        request = FundingRequest.objects.get(pk=asked.request.pk)
        assert (request.state, request.disbursed) == ("agreement", D("10000.00"))
        assert LedgerJournal.objects.filter(kind="reversal").count() == 1
        assert payments_prove().differences == ()
    # A day later the bank sends the first one back as well.
    late = [answer(one, "退票", reason="收款行退回", number="B9")]
    assert bring(people.cashier2, late, kind="payment_answer", heads=HEADS).created_count == 1
    with as_person(people.approver) as by:
        assert payment_answers.answers_book(by=by) == (1, 0)
        assert FundingRequest.objects.get(pk=asked.request.pk).disbursed == D("0.00")


def test_an_answer_without_our_words_fits_by_account_and_sum_only_when_there_is_one(people, paid):
    approve(people, make_list(people, paid[1], paid[2]))
    with as_person(people.cashier):
        one = PaymentLine.objects.order_by("place").first()
    rows = [answer(one, "成功", account="6200000000000000", number="C1")]
    bring(people.cashier2, rows, kind="payment_answer", heads=HEADS)
    with as_person(people.cashier2):
        assert PaymentAnswer.objects.get().line == one


def test_a_returned_payment_asks_the_worker_for_the_account(people, paid, refuses):
    asked, first, second = paid
    approve(people, make_list(people, second))
    with as_person(people.cashier):
        line = PaymentLine.objects.get()
    bring(people.cashier2, [answer(line, "失败", number="D1")], kind="payment_answer", heads=HEADS)
    with as_person(people.approver) as by:
        assert payment_answers.answers_book(by=by) == (1, 0)
        assert PaymentLine.objects.get().reason == "银行未说明原因"
    _relay()
    with as_person(people.worker) as by:
        assert Task.objects.filter(kind="payee", state="open", assignee=by).count() == 1
        request = FundingRequest.objects.get(pk=asked.request.pk)
        with refuses("disbursement.payee_not_hospital", "payee_account"):
            payee_correct(
                request=request,
                payee_account={"name": "别的单位", "bank": "演示银行", "account": "1"},
                by=by,
            )
        changed = {**payee_of(request), "account": "6200000000000009", "code": "102100000001"}
        payee_correct(request=request, payee_account=changed, by=by)
        assert not Task.objects.filter(kind="payee", state="open").exists()
    with as_person(people.cashier):
        assert FundingRequest.objects.get(pk=asked.request.pk).payee == changed


# ── checks after payment ─────────────────────────────────────────────────────


def test_a_sample_is_the_same_again_and_holds_all_above_the_sum():
    population = [[f"u{n}", "100.00"] for n in range(40)] + [["big", "9000.00"]]
    given = {"share": D(10), "least": 2, "always_above": D(5000)}
    drawn = sampling.sample_of("seed", population, **given)
    assert drawn == sampling.sample_of("seed", population, **given)
    assert drawn["big"] == "always"
    assert len(drawn) == 5
    assert set(drawn) != set(sampling.sample_of("other", population, **given))
    assert len(sampling.sample_of("seed", population[:3], **{**given, "least": 9})) == 3


def test_a_month_is_drawn_once_and_checked_by_somebody_else(people, paid, refuses):
    _asked, first, second = paid
    last_month = sampling.month_before(timezone.localdate())
    with as_person(people.approver) as by:
        rule = {"share": D(50), "least": 1, "always_above": D(15000), "days": 10, "by": by}
        sampling.rule_keep(starts_on=last_month, **rule)
        with refuses("verification_rule.in_past", "starts_on"):
            sampling.rule_keep(starts_on=last_month, **rule)
    with as_person(people.officer) as by:
        Disbursement.objects.update(released_at=_last_month())
        with refuses("verification_draw.not_over", "month"):
            sampling.sample_draw(month=timezone.localdate(), by=by)
        draw = sampling.sample_draw(month=last_month, by=by)
        with refuses("verification_draw_once", "month"):
            sampling.sample_draw(month=last_month, by=by)
        assert (draw.drawn_count, samples_prove().differences) == (2, ())
        with pytest.raises(Exception, match="append-only|permission denied"), transaction.atomic():
            VerificationDraw.objects.update(seed="mine")
        whys = Verification.objects.values_list("disbursement_id", "why")
        assert dict(whys) == {first.pk: "drawn", second.pk: "always"}
        one = Verification.objects.get(disbursement=second)
        told = {
            "verification": one,
            "papers": ["bills", "slip"],
            "call": "phone",
            "called_on": timezone.localdate(),
            "said": "演示：收到了。",
        }
        with refuses("verification_by_another", status=409):
            sampling.verification_record(**told, by=by)
        assert sampling.tally_of(Verification.objects.visible_to(by)).checked == 0
    for who in (people.cashier, people.cashier2, people.approver):
        with as_person(who) as by, refuses("verification_by_another", status=409):
            sampling.verification_record(**told, by=by)
    with as_person(people.officer) as by, pytest.raises(IntegrityError), transaction.atomic():
        Verification.objects.update(checked_by=by)


@pytest.fixture
def check(people, paid):
    """A drawn payment, an officer who had no hand in it, and what there is to say."""
    last_month = sampling.month_before(timezone.localdate())
    with as_person(people.approver) as by:
        sampling.rule_keep(
            starts_on=last_month, share=D(1), least=1, always_above=None, days=10, by=by
        )
    with as_person(people.officer) as by:
        Disbursement.objects.filter(pk=paid[1].pk).update(released_at=_last_month())
        sampling.sample_draw(month=last_month, by=by)
    other = _colleague(people.officer.membership.organization_id)
    told = {
        "verification": None,
        "papers": ["bills", "slip"],
        "call": "phone",
        "called_on": timezone.localdate(),
        "said": "演示：收到了。",
    }
    with as_person(other):
        told["verification"] = Verification.objects.get()
    return other, told


def test_a_result_is_told_whole(check, refuses):
    for given, rule, field in (
        ({"papers": []}, "verification.needs_papers", "papers"),
        ({"said": " "}, "verification.needs_words", "said"),
        ({"to_recover": D(1)}, "verification.nothing_found", "to_recover"),
        (
            {"findings": "发票重复", "to_recover": D(99999)},
            "verification.over_paid",
            "to_recover",
        ),
    ):
        with as_person(check[0]) as by, refuses(rule, field):
            sampling.verification_record(**{**check[1], **given}, by=by)


def test_a_finding_asks_for_the_recovery(check):
    with as_person(check[0]) as by:
        told = {**check[1], "findings": "演示：票据被两家使用", "to_recover": D(500)}
        done = sampling.verification_record(**told, by=by)
        assert (done.state, done.checked_by_id) == ("finding", by.pk)
        assert Task.objects.filter(kind="aid_recover", state="open").count() == 1
        tally = sampling.tally_of(Verification.objects.visible_to(by))
        assert (tally.drawn, tally.checked, tally.findings, tally.percent) == (1, 1, 1, 100)


# ── double aid ───────────────────────────────────────────────────────────────


def _agreed(*, is_on=True):
    return [one for one in ShareItem.values if is_on or one != ShareItem.AID_MATCH]


@pytest.fixture
def elsewhere(people, other_foundation, other_officer):
    """Another foundation with people and a programme of its own; the same hospital asks there."""
    logins = {"approver": "foundation_approver", "cashier": "foundation_cashier"}
    made = {"officer": other_officer}
    for login, role in {**logins, "officer2": "foundation_officer"}.items():
        made[login] = _colleague(other_foundation.pk, f"b_{login}", role)
    them = People(worker=people.worker, cashier2=made["cashier"], **made)
    money = make_money(them, name="另一家白血病基金")
    give(them, money, "50000.00")
    return them, money


def test_double_aid_shows_a_share_and_only_under_both_consents(people, money, elsewhere, refuses):
    other_people, other_money = elsewhere
    with as_person(people.worker) as by:
        client = cases.make_client(by, name="演示患儿", birth_date=BIRTH, id_type="id", id_no=ID_NO)
        episode = cases.make_episode(client, by, mrn="MRN-1", diagnosis_codes=["C91.0"])
        case = cases.make_case(by, stage="intervention", client=client, episode=episode)
        cases.make_guardian(client, by)
    here = make_submitted(people, money, items=_agreed(), case=case)
    with as_person(people.officer) as by:
        found = double_aid.overlap_look(request=here.request, by=by)
        assert (found.others, found.granted, found.waiting) == (0, D(0), D(0))
    there = make_draft(other_people, other_money, case=here.case)
    with as_person(people.worker) as by:
        there.consent = cases.make_consent(
            here.case,
            by,
            "share_to_org",
            recipient=other_money.version.organization,
            signer="演示母",
            signer_relation="mother",
            items=_agreed(),
        )
    submit(other_people, there)
    with as_person(other_people.officer) as by:
        there.request = review.request_check(request=there.request, complete=True, by=by)
    with as_person(other_people.officer2) as by:
        there.request = review.request_review(request=there.request, opinion="符合", by=by)
    approve_request(other_people, there, "10000.00")
    with as_person(people.officer) as by:
        found = double_aid.overlap_look(request=here.request, by=by)
        share = (D("10000") / here.request.cost_total * 20).quantize(D(1)) / 20
        assert (found.others, found.granted, found.waiting) == (1, share, D(0))
        assert str(found.granted_band) == "1 万元以内"
        assert not AidMatch.objects.exists()  # the marks are the hospital's alone
    with as_person(other_people.officer) as by:
        with refuses("permission.can_compare_aid", status=403):
            double_aid.overlap_look(request=here.request, by=by)
        assert double_aid.overlap_of(here.request) is None
        assert double_aid.overlap_look(request=there.request, by=by).waiting > 0
    with as_person(people.worker) as by:
        assert AidMatch.objects.count() == 2
        consent_withdraw(consent=there.consent, reason="家庭改变主意", withdrawn_by="mother", by=by)
        assert AidMatch.objects.count() == 1
    with as_person(people.officer) as by:
        assert double_aid.overlap_look(request=here.request, by=by).others == 0


def test_without_the_familys_word_nothing_is_compared_and_asking_is_limited(
    people, money, monkeypatch, refuses
):
    here = make_submitted(people, money, items=_agreed(is_on=False))
    with as_person(people.officer) as by:
        with refuses("aid_match.no_consent", status=409):
            double_aid.overlap_look(request=here.request, by=by)
        monkeypatch.setattr(double_aid, "LOOKS", 1)
        with refuses("aid_match.too_often", status=429):
            double_aid.overlap_look(request=here.request, by=by)
