"""Gifts in full: promised and in parts, given back, valued, refused by rule; donors, agreements, ties, talks."""

import datetime as dt

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.services import outbox
from donations.models.giving import Donation
from donations.models.ledger import DonationLot, LedgerJournal, LotBalance
from donations.services import (
    agreements,
    approaches,
    donation_receipts,
    donors,
    gift_figures,
    gift_steps,
    giving,
    looking_up,
    related,
)
from donations.services.tracing import trace_of_donation
from msw_portal.kernel import leases
from msw_portal.kernel.scope import scope
from tests.donations.pages import text
from tests.factories import donations as made
from tests.factories.donations import PDF, D, as_person, code_for, give, make_money
from tests.factories.goods import make_series

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def _pledge(by, money, amount="1000.00", **given):
    values = {"donor": money.donor, "fund": money.fund, "purpose": money.purpose, **given}
    return giving.donation_pledge(
        amount=D(amount), pledged_on=TODAY - dt.timedelta(days=9), by=by, **values
    )


def _receive(people, gift, amount, on=TODAY):
    with as_person(people.officer) as by:
        return giving.donation_receive(donation=gift, amount=D(amount), received_on=on, by=by)


def _confirm(people, gift):
    with as_person(people.cashier) as by:
        return giving.donation_confirm(donation=gift, by=by)


def _state(people, gift):
    with as_person(people.officer):
        found = Donation.objects.get(pk=gift.pk)
        return found.state, str(found.amount)


def test_a_promise_arrives_in_parts_each_confirmed_with_a_lot_of_its_own(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        gift = _pledge(by, money)
        assert LedgerJournal.objects.count() == 0
    _receive(people, gift, "400.00", TODAY - dt.timedelta(days=3))
    with as_person(people.officer) as by:
        with refuses("arrival_one_waits", status=409):
            giving.donation_receive(donation=gift, amount=D("1"), received_on=TODAY, by=by)
        with refuses("permission.can_confirm_donation", status=403):
            giving.donation_confirm(donation=gift, by=by)
    assert _confirm(people, gift).state == "part_booked"
    _receive(people, gift, "600.00")
    assert _state(people, gift) == ("received", "1000.00")
    assert _confirm(people, gift).state == "booked"
    with as_person(people.officer) as by:
        lots = DonationLot.objects.order_by("id").values_list("amount", "received_on")
        assert [*lots] == [(D("400.00"), TODAY - dt.timedelta(days=3)), (D("600.00"), TODAY)]
        trace = trace_of_donation(donation=gift, by=by)
        assert (trace.given, trace.available, trace.paid) == (D("1000.00"), D("1000.00"), D(0))


def test_an_arrival_by_mistake_is_taken_back_and_the_rest_is_settled(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        gift = _pledge(by, money)
    arrival = _receive(people, gift, "400.00")
    with as_person(people.officer) as by:
        gift_steps.arrival_drop(arrival=arrival, reason="登记错了付款人", by=by)
    assert _state(people, gift) == ("pledged", "None")
    _receive(people, gift, "300.00")
    _confirm(people, gift)
    arrival = _receive(people, gift, "5.00")
    with as_person(people.officer) as by:
        gift_steps.arrival_drop(arrival=arrival, reason="登记错了付款人", by=by)
    assert _state(people, gift) == ("part_booked", "300.00")
    with as_person(people.officer) as by:
        gift_steps.donation_settle(donation=gift, reason="对方通知不再支付", by=by)
    assert _state(people, gift) == ("booked", "300.00")
    with as_person(people.officer) as by, refuses("donation.received_before_pledge"):
        giving.donation_receive(
            donation=gift, amount=D("1"), received_on=TODAY - dt.timedelta(days=30), by=by
        )


def test_unused_money_goes_back_by_another_person_with_a_code(people, refuses):
    money = make_money(people)
    gift = give(people, money, "20000.00")
    made.make_approved(people, money, amount="10000.00")
    with as_person(people.officer) as by:
        asked = gift_steps.donation_return_ask(donation=gift, reason="捐赠人申请退回", by=by)
        assert asked.amount == D("10000.00")
        with refuses("donation_return_decided_by_another", status=409):
            gift_steps.donation_return_pay(asked=asked, totp_code="", by=by)
    with as_person(people.cashier) as by:
        with refuses("second_factor.missing", "totp_code"):
            gift_steps.donation_return_pay(asked=asked, totp_code="", by=by)
        gift_steps.donation_return_pay(asked=asked, totp_code=code_for(by), by=by)
        trace = trace_of_donation(donation=gift, by=by)
    assert (trace.available, trace.committed, trace.paid, trace.returned) == (
        D(0),
        D("10000.00"),
        D(0),
        D("10000.00"),
    )
    assert _state(people, gift)[0] == "returned"


def test_an_untouched_gift_is_reversed_whole_and_a_changed_sum_is_not_paid(people, refuses):
    money = make_money(people)
    whole, spent = give(people, money, "50.00"), give(people, money, "30000.00")
    with as_person(people.officer) as by:
        asked = gift_steps.donation_return_ask(donation=whole, reason="捐赠人申请退回", by=by)
        other = gift_steps.donation_return_ask(donation=spent, reason="捐赠人申请退回", by=by)
    with as_person(people.approver) as by:
        gift_steps.donation_return_pay(asked=asked, totp_code=code_for(by), by=by)
        kinds = LedgerJournal.objects.filter(donation=whole).order_by("id")
        assert [one.kind for one in kinds] == ["donation", "reversal"]
        assert LotBalance.objects.get(lot=whole.lot).balance == 0
    made.make_approved(people, money, amount="10000.00")
    with as_person(people.approver) as by:
        with refuses("donation.return_changed", status=409):
            gift_steps.donation_return_pay(asked=other, totp_code=code_for(by), by=by)
        gift_steps.donation_return_decline(asked=other, reason="已用于救助", by=by)
    assert _state(people, spent)[0] == "booked"


def test_a_gift_goes_back_after_its_receipt_and_a_part_kept_gets_one_of_its_own(people, refuses):
    make_series(people)
    money = make_money(people)
    gift = give(people, money, "20000.00")
    made.make_approved(people, money, amount="10000.00")
    with as_person(people.officer) as by:
        receipt = donation_receipts.receipt_issue(donation=gift, by=by)
        asked = gift_steps.donation_return_ask(donation=gift, reason="捐赠人申请退回", by=by)
    with as_person(people.approver) as by:
        with refuses("donation_returned_without_receipt", status=409):
            gift_steps.donation_return_pay(asked=asked, totp_code=code_for(by), by=by)
        # Nor by raw SQL.
        with pytest.raises(IntegrityError), transaction.atomic():
            Donation.objects.filter(pk=gift.pk).update(state="returned")
    with as_person(people.officer) as by:
        donation_receipts.receipt_reverse(receipt=receipt, reason="捐赠退回", by=by)
        assert gift not in donation_receipts.receipts_waiting(by=by)
        with refuses("receipt.return_waits", status=409):
            donation_receipts.receipt_issue(donation=gift, by=by)
    with as_person(people.approver) as by:
        gift_steps.donation_return_pay(asked=asked, totp_code=code_for(by), by=by)
    with as_person(people.officer) as by:
        assert gift in donation_receipts.receipts_waiting(by=by)
        kept = donation_receipts.receipt_issue(donation=gift, by=by)
        assert kept.amount == D("10000.00")
        paper = {"code": kept.series.code, "number": kept.number, "check_code": kept.check_code}
    assert donation_receipts.receipt_check(**paper).state == "issued"


def test_a_service_is_accepted_valued_and_confirmed_without_money(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        gift = gift_steps.donation_offer(
            donor=money.donor,
            fund=money.fund,
            kind="equity",
            content="示例公司股权 1%",
            pledged_on=TODAY,
            by=by,
        )
        accept = {"donation": gift, "received_on": TODAY, "by": by}
        with refuses("donation.needs_appraisal", "valuation_basis"):
            gift_steps.donation_accept(amount=D("1.00"), valuation_basis=1, **accept)
        with refuses("donation.needs_evidence", "valuation_note"):
            gift_steps.donation_accept(amount=D("1.00"), valuation_basis=4, **accept)
        with refuses("donation.amount", "amount"):
            gift_steps.donation_accept(amount=D("1.00"), valuation_basis=5, **accept)
        gift_steps.donation_accept(valuation_basis=5, **accept)
    assert _confirm(people, gift).state == "booked"
    with as_person(people.officer):
        assert (DonationLot.objects.count(), LedgerJournal.objects.count()) == (0, 0)


@pytest.mark.parametrize("nature", ["benefit", "sponsorship", "pooled", "medical"])
def test_what_is_no_gift_is_refused_with_the_article(people, refuses, nature):
    money = make_money(people)
    with as_person(people.officer) as by:
        with refuses(f"donation.not_a_gift.{nature}", "nature"):
            _pledge(by, money, nature=nature)
        gift = _pledge(by, money)
        gift_steps.donation_refuse(donation=gift, nature=nature, reason="核对合同后发现", by=by)
    assert _state(people, gift)[0] == "refused"


def test_a_state_owned_giver_needs_its_approval(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        donors.donor_describe(donor=money.donor, is_state_owned=True, by=by)
        gift = giving.donation_record(
            donor=money.donor, fund=money.fund, amount=D("9.00"), received_on=TODAY, by=by
        )
    with as_person(people.cashier) as by, refuses("donation.needs_approval"):
        giving.donation_confirm(donation=gift, by=by)
    with as_person(people.officer) as by:
        file = SimpleUploadedFile("批复.pdf", PDF, content_type="application/pdf")
        gift_steps.donation_paper_add(donation=gift, file=file, by=by)
    assert _confirm(people, gift).state == "booked"


def test_a_related_party_is_no_beneficiary_while_the_tie_holds(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        tie = related.related_party_register(
            name="示例员工家属会",
            relation="donor_tie",
            donor=money.donor,
            since=TODAY - dt.timedelta(days=100),
            by=by,
        )
        related.related_party_register(
            name="演示理事", relation="manager", since=TODAY, id_no="11010519491231002X", by=by
        )
        with refuses("donation.related_party", "beneficiary_class"):
            _pledge(by, money, beneficiary_class="示例员工家属会")
        house = by.house_id
        assert related.is_related(organization_id=house, id_no="11010519491231002x")
        assert not related.is_related(organization_id=house, name="示例员工家属会")
        assert related.is_related(organization_id=house, name="示例员工家属会", donor=money.donor)
        related.related_party_end(party=tie, until=TODAY - dt.timedelta(days=1), by=by)
        assert _pledge(by, money, beneficiary_class="示例员工家属会").state == "pledged"


def test_an_agreement_is_signed_with_its_text_and_only_then_used(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        with refuses("agreement.needs_quantity", "quantity"):
            agreements.agreement_draft(donor=money.donor, title="示例", use="救助", by=by)
        draft = agreements.agreement_draft(
            donor=money.donor,
            title="示例捐赠协议",
            use="白血病患儿救助",
            amount=D("1000.00"),
            mgmt_share=D("3.00"),
            by=by,
        )
        with refuses("donation.agreement_not_signed", "agreement"):
            _pledge(by, money, agreement=draft)
        with refuses("agreement.needs_text", "file"):
            agreements.agreement_sign(agreement=draft, signed_on=TODAY, by=by)
        file = SimpleUploadedFile("协议.pdf", PDF, content_type="application/pdf")
        agreements.agreement_sign(agreement=draft, signed_on=TODAY, file=file, by=by)
        draft.refresh_from_db()
        assert _pledge(by, money, agreement=draft).agreement_id == draft.pk
        stranger = giving.donor_register(kind="company", name="另一示例企业", by=by)
        with refuses("donation.agreement_of_another", "agreement"):
            _pledge(by, money, agreement=draft, donor=stranger)


def test_honours_follow_the_donors_opinion_and_an_objection_ends_publication(people, refuses):
    money = make_money(people)
    with as_person(people.officer) as by:
        donors.donor_describe(donor=money.donor, publish_name=True, by=by)
        ask = {"donor": money.donor, "kind": "plaque", "title": "大厅铭牌", "asked_on": TODAY}
        honour = donors.recognition_ask(**ask, by=by)
        with refuses("recognition.needs_opinion", status=409):
            donors.recognition_give(recognition=honour, given_on=TODAY, by=by)
        donors.recognition_answer(recognition=honour, agrees=True, answered_on=TODAY, by=by)
        assert donors.recognition_give(recognition=honour, given_on=TODAY, by=by).state == "given"
        money.donor.refresh_from_db()
        assert donors.public_name(money.donor) == "演示捐赠企业"
        donors.donor_object(donor=money.donor, objected_on=TODAY, objection="名称", by=by)
        money.donor.refresh_from_db()
        assert donors.public_name(money.donor) == "匿名捐赠人"
        with refuses("donor.objects", "publish_name"):
            donors.donor_describe(donor=money.donor, publish_name=True, by=by)


def test_a_talk_keeps_its_next_step_as_a_task_of_the_writer(people, refuses):
    with as_person(people.worker) as by:
        wanted = {
            "target": "示例基金会",
            "on": TODAY,
            "channel": "visit",
            "asked_for": "患儿营养包",
            "result": "considering",
            "by": by,
        }
        with refuses("approach.next_needs_day", "next_on"):
            approaches.approach_write(**wanted, next_step="回访")
        talk = approaches.approach_write(**wanted, next_step="回访", next_on=TODAY)
        task = Task.objects.get(kind="approach_next", state="open")
        assert (task.assignee_id, task.subject_uid) == (by.pk, talk.uid)
        later = TODAY + dt.timedelta(days=7)
        approaches.approach_write(approach=talk, **wanted, next_step="送方案", next_on=later)
        assert Task.objects.filter(kind="approach_next", state="open").count() == 1
        approaches.approach_write(approach=talk, **{**wanted, "result": "given"})
        assert Task.objects.filter(kind="approach_next", state="open").count() == 0


def test_a_region_sums_what_was_confirmed_and_says_nearly(people):
    from departments.models.organizations import Region
    from msw_portal.kernel.scope import scope

    money = make_money(people)
    with scope(role="system"):
        area = Region.objects.get_or_create(code=130000, defaults={"name": "河北省", "level": 1})[0]
    give(people, money, "6985000.00", region=area)
    with as_person(people.officer) as by:
        _pledge(by, money, amount="9000000.00", region=area)
        figure = gift_figures.region_figure(Donation.objects.visible_to(by), area)
    assert (figure.gifts, figure.amount) == (1, D("6985000.00"))
    assert gift_figures.nearly(figure.amount) == 700
    assert gift_figures.nearly(D("7000000.00")) is None


def test_with_the_booking_the_donor_gets_a_code_by_mail_or_from_who_books(
    people, client_for, settings
):
    settings.MAIL_IS_ON = True
    money = make_money(people)
    with as_person(people.officer) as by:
        contact = "donor@example.org"
        giver = giving.donor_register(kind="person", name="演示捐赠人", contact=contact, by=by)
        facts = {"fund": money.fund, "received_on": TODAY, "by": by}
        mailed = giving.donation_record(donor=giver, amount=D("200"), **facts)
        shown = giving.donation_record(donor=money.donor, amount=D("100"), **facts)
    assert looking_up.gift_look_up(looking_up.code_of(mailed)) is None
    cashier = client_for(people.cashier)
    said = []
    for gift in (mailed, shown):
        address = reverse("donations:donation_confirm", args=[gift.uid])
        said.append(text(cashier.post(address, {"has_slip": "on"}, follow=True)))
    assert "查询码已发到捐赠人的邮箱" in said[0]
    assert looking_up.code_shown(looking_up.code_of(mailed)) not in said[0]
    assert looking_up.code_shown(looking_up.code_of(shown)) in said[1]
    with scope(role="relay"):
        claims = leases.claim(outbox.TABLE, limit=9, where="topic = 'donation.trace_mail'")
    assert [outbox.work(one) for one in claims] == [True]
    [letter] = mail.outbox
    code = looking_up.code_shown(looking_up.code_of(mailed))
    assert (letter.to, code in letter.body, "/g/" in letter.body) == ([contact], True, True)
    assert looking_up.gift_look_up(looking_up.code_of(mailed)).amount == D("200.00")
