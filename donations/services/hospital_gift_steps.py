"""What follows the decision to accept: agreement, acceptance, notice, and the gift in the hospital's own fund."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.models.publishing import EntryKind
from departments.services.documents import document_upload
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.publishing import EntryPayload, entry_publish, yuan
from donations.gift_workflow import AGREEMENT, HOSPITAL_GIFT, AgreementState, HospitalGiftState
from donations.models.agreements import Agreement
from donations.models.giving import Donation, Fund, FundPurpose
from donations.models.hospital_gifts import HospitalGift
from donations.permissions import can_book_hospital_gift, can_keep_hospital_gift
from donations.services.agreements import AGREEMENT_PATTERN, TEXT
from donations.services.donors import public_name
from donations.services.gift_steps import donation_accept, donation_offer
from donations.services.giving import donation_record
from donations.services.hospital_gift_goods import value_set
from donations.services.hospital_gifts import gift_locked
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def hospital_gift_agree(
    *, gift: HospitalGift, signed_on: dt.date, delivery_on: dt.date | None, file: Any, by: Any
) -> HospitalGift:
    """The agreement is signed by the hospital as a legal person; its text is kept.

    Raises:
        DomainError: `hospital_gift.agree.wrong_state` (409), `hospital_gift.agreed_before_decision` on
            `signed_on`, `agreement.needs_text` on `file`.
    """
    gift = gift_locked(gift)
    require(can_keep_hospital_gift, by, gift)
    HOSPITAL_GIFT.check(gift, "agree")
    if signed_on > timezone.localdate() or signed_on < gift.decided_on:
        raise DomainError(
            "hospital_gift.agreed_before_decision",
            _("签订日期不能早于决定日期，也不能晚于今天。"),
            "signed_on",
        )
    if file is None:
        raise DomainError("agreement.needs_text", _("请上传双方签署的协议文本。"), "file")
    house = Organization.objects.get(pk=gift.organization_id)
    agreement = Agreement(
        organization_id=gift.organization_id,
        number=take_number(
            "agreement", organization=house, pattern=AGREEMENT_PATTERN, on=timezone.localdate()
        ),
        title=gift.content[:120],
        donor=gift.donor,
        property_kind=gift.kind,
        amount=gift.amount,
        quantity="" if gift.kind == Donation.Kind.MONEY else gift.content[:80],
        use=gift.use,
        delivery_on=delivery_on,
        created_by=by,
    )
    agreement.save(force_insert=True)
    write_transition(agreement, AGREEMENT, "draft", before="", by=by)
    document_upload(subject=agreement, kind=TEXT, file=file, is_care=False, by=by)
    agreement.signed_on = signed_on
    move(agreement, AGREEMENT, "sign", by=by, also=("signed_on",))
    gift.agreement = agreement
    move(gift, HOSPITAL_GIFT, "agree", by=by, also=("agreement",))
    audit.record("hospital_gift.agree", by=by, on=gift, agreement=agreement.number)
    return gift


@command
def hospital_gift_accept(
    *,
    gift: HospitalGift,
    accepted_on: dt.date,
    accepted_value: Decimal | None,
    acceptance: str,
    valuation_basis: int | None = None,
    valuation_note: str = "",
    file: Any = None,
    by: Any,
) -> HospitalGift:
    """What arrived was counted and checked; the value is what was really received, by the legal order.

    Raises:
        DomainError: `hospital_gift.accept.wrong_state` (409), `hospital_gift.accepted_before_agreement`
            on `accepted_on`, and those of `hospital_gift_goods.value_set`.
    """
    gift = gift_locked(gift)
    require(can_keep_hospital_gift, by, gift)
    HOSPITAL_GIFT.check(gift, "accept")
    if accepted_on > timezone.localdate() or accepted_on < gift.agreement.signed_on:
        raise DomainError(
            "hospital_gift.accepted_before_agreement",
            _("验收日期不能早于协议签订日期，也不能晚于今天。"),
            "accepted_on",
        )
    given = {"basis": valuation_basis, "note": valuation_note, "file": file}
    value_set(gift, amount=accepted_value, by=by, **given)
    gift.accepted_on, gift.acceptance, gift.accepted_by = accepted_on, acceptance.strip(), by
    fields = ("accepted_on", "accepted_value", "acceptance", "accepted_by")
    fields += ("valuation_basis", "valuation_note")
    move(gift, HOSPITAL_GIFT, "accept", by=by, also=fields)
    audit.record(
        "hospital_gift.accept", by=by, on=gift, value=accepted_value, basis=gift.valuation_basis
    )
    return gift


@command
def hospital_gift_notice(
    *, gift: HospitalGift, noticed_on: dt.date, noticed_where: str = "", by: Any
) -> HospitalGift:
    """Publish what was received: an entry that everybody reads, and where else the notice stands.

    Raises:
        DomainError: `hospital_gift.notice.wrong_state` (409), `hospital_gift.noticed_on` on `noticed_on`,
            `entry.*`.
    """
    gift = gift_locked(gift)
    require(can_keep_hospital_gift, by, gift)
    HOSPITAL_GIFT.check(gift, "notice")
    if noticed_on > timezone.localdate() or noticed_on < gift.accepted_on:
        raise DomainError(
            "hospital_gift.noticed_on",
            _("公示日期不能早于验收日期，也不能晚于今天。"),
            "noticed_on",
        )
    gift.notice = entry_publish(
        organization=Organization.objects.get(pk=gift.organization_id),
        kind=EntryKind.GIFT,
        title=f"接受捐赠公示 {gift.number}",
        payload=notice_payload(gift),
        subject=gift,
        by=None,
    )
    gift.noticed_on, gift.noticed_where = noticed_on, noticed_where.strip()
    move(gift, HOSPITAL_GIFT, "notice", by=by, also=("notice", "noticed_on", "noticed_where"))
    audit.record("hospital_gift.notice", by=by, on=gift, entry=gift.notice.uid)
    return gift


def notice_payload(gift: HospitalGift) -> EntryPayload:
    """What the notice says: nothing of the giver that the giver does not want said (Charity Law 82)."""
    return EntryPayload(
        facts=(
            ("捐赠人", public_name(gift.donor)),
            ("受赠人", gift.receiver.name),
            ("捐赠财产", gift.content),
            ("价值（元）", _value_words(gift)),
            ("用途", f"{gift.get_purpose_display()}：{gift.use}"),
            ("验收日期", f"{gift.accepted_on}"),
        ),
        basis="国卫财务发〔2015〕77号",
    )


def _value_words(gift: HospitalGift) -> str:
    if gift.valuation_basis == Donation.Basis.NONE:
        return "无法可靠计价，另册登记"
    return yuan(gift.accepted_value or gift.amount)


@command
def hospital_gift_book(
    *, gift: HospitalGift, fund: Fund, fund_purpose: FundPurpose | None = None, by: Any
) -> HospitalGift:
    """The gift enters the hospital's own fund; a second person of the finance department confirms it there.

    Raises:
        DomainError: `hospital_gift.book.wrong_state` (409), and those of `donation_record` or
            `donation_accept`.
    """
    gift = gift_locked(gift)
    require(can_book_hospital_gift, by, gift)
    HOSPITAL_GIFT.check(gift, "book")
    common = {"donor": gift.donor, "fund": fund, "purpose": fund_purpose, "by": by}
    if gift.agreement and gift.agreement.state == AgreementState.SIGNED:
        common["agreement"] = gift.agreement
    if gift.kind == Donation.Kind.MONEY:
        donation = donation_record(
            amount=gift.accepted_value, received_on=gift.accepted_on, **common
        )
    else:
        offered = donation_offer(
            kind=gift.kind,
            content=gift.content,
            pledged=gift.amount,
            pledged_on=gift.agreement.signed_on,
            **common,
        )
        donation = donation_accept(
            donation=offered,
            received_on=gift.accepted_on,
            # Before the basis was asked for, what was accepted had been appraised.
            valuation_basis=gift.valuation_basis or Donation.Basis.APPRAISAL,
            amount=gift.accepted_value,
            valuation_note=gift.valuation_note or gift.acceptance or gift.number,
            by=by,
        )
    gift.donation = donation
    move(gift, HOSPITAL_GIFT, "book", by=by, also=("donation",))
    audit.record("hospital_gift.book", by=by, on=gift, donation=donation.number)
    return gift


# What the yearly disclosure counts: what was really received.
RECEIVED = frozenset(
    {HospitalGiftState.ACCEPTED, HospitalGiftState.NOTICED, HospitalGiftState.BOOKED}
)
