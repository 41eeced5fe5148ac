"""From the gift to the bill and back: what the trace services found, in words for a page."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from departments.models.people import User
from donations.models.giving import Donation
from donations.models.ledger import DonationLot, LedgerJournal
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.services import ledger
from donations.services.looking_up import code_given
from donations.services.tracing import Trace, Use, payers_of_disbursement, trace_of_donation
from donations.views import gift_parts
from donations.views.wording import DONATION_TONES, joined
from donations.workflow import GRANTED, DisbursementState, DonationState
from msw_portal.kernel.display import moment, money, when

Kind = LedgerJournal.Kind
PAID = frozenset(
    {DisbursementState.RELEASED, DisbursementState.CONFIRMED, DisbursementState.RECONCILED}
)


def donation_page(user: User, donation: Donation) -> dict[str, Any]:
    """Everything the page of one gift shows: its uses, what is left, who recorded and confirmed it."""
    trace = trace_of_donation(donation=donation, by=user)
    is_booked = trace.given > 0 or donation.state == DonationState.BOOKED
    return {
        "donation": donation,
        "tone": DONATION_TONES.get(donation.state, ""),
        "purpose": donation.purpose.text if donation.purpose else _("不限定用途"),
        "donations_url": reverse("donations:donations"),
        "trail_url": reverse("books:gift_trail", args=[donation.uid]),
        "offers": gift_parts.offers(user, donation),
        "next_words": _("由登记人以外的人确认") if donation.state == DonationState.RECEIVED else "",
        "parts": gift_parts.parts(user, donation),
        "uses": [_use_row(use) for use in trace.uses],
        "no_use_title": _("还没有用到") if is_booked else _("还没有入账"),
        "no_use_text": _("申请获批时按先到先用从捐赠中预留，用到这笔时会列在这里。")
        if is_booked
        else _("另一人核对银行回单并确认后入账，才会用于救助。"),
        "left": _left(donation, trace, is_booked=is_booked),
        "left_words": _("一份申请可由多笔捐赠合出，一笔捐赠也可用于多份申请；只显示对象代号。"),
        "facts": _facts(user, donation),
        "shown_amount": donation.pledged if donation.amount is None else donation.amount,
    }


def _facts(user: User, donation: Donation) -> list[Any]:
    of_gift = [*donation_facts(donation), *gift_parts.facts(donation)]
    return [*of_gift, *_people(donation), *_code(user, donation)]


def _left(donation: Donation, trace: Trace, *, is_booked: bool) -> list[dict[str, Any]]:
    carried = (donation.used_before or 0) if trace.given else 0
    before = {"label": _("启用本系统前已使用"), "amount": carried, "kind": "minus"}
    if not is_booked:
        # Nothing of it can be used yet; the lines still add up to what is left.
        waiting = donation.amount or 0
        return [
            {"label": _("捐赠"), "amount": waiting},
            {"label": _("还没有入账"), "amount": waiting, "kind": "minus"},
            {"label": _("还可使用"), "amount": 0, "kind": "sum"},
        ]
    return [
        {"label": _("捐赠"), "amount": trace.given},
        *([before] if carried else []),
        {"label": _("已拨付"), "amount": trace.paid - carried, "kind": "minus"},
        {"label": _("已承诺，待拨付"), "amount": trace.committed, "kind": "minus"},
        *(
            [{"label": _("已退回"), "amount": trace.returned, "kind": "minus"}]
            if trace.returned
            else []
        ),
        {"label": _("还可使用"), "amount": trace.available, "kind": "sum"},
    ]


def _use_row(use: Use) -> dict[str, Any]:
    url = reverse("donations:review", args=[use.request_uid]) if use.request_uid else ""
    return {
        "at": use.at,
        "what": Kind(use.kind).label,
        "request": use.number or "—",
        "url": url,
        "amount": use.amount,
        "who": joined([use.subject_code, use.hospital, use.programme]),
    }


def donation_facts(donation: Donation) -> list[tuple[Any, Any]]:
    """What the record says, for the page and for whoever compares it with the bank's slip."""
    return [
        (_("捐赠人"), joined([donation.donor.name_masked, donation.donor.get_kind_display()])),
        (_("金额"), _amount_words(donation)),
        (_("到账"), _arrival_words(donation)),
        (_("基金"), donation.fund.name),
        (_("用途"), donation.purpose.text if donation.purpose else _("不限定用途")),
    ]


def _facts(user: User, donation: Donation) -> list[tuple[Any, Any]]:
    said = [*donation_facts(donation), *gift_parts.facts(donation)]
    return [*said, *_people(donation), *_code(user, donation)]


def _code(user: User, donation: Donation) -> list[tuple[Any, Any]]:
    """The look-up code, to be written on the slip; it stays here when the message has gone."""
    code = code_given(donation, by=user)
    return [(_("捐赠查询码"), code)] if code else []


def _amount_words(donation: Donation) -> str:
    amount = donation.pledged if donation.amount is None else donation.amount
    if amount is None:
        return _("没有计价")
    words = _("%(amount)s 元") % {"amount": money(amount)}
    return words if donation.amount is not None else joined([words, _("承诺")])


def _arrival_words(donation: Donation) -> str:
    if donation.received_on is None:
        return _("还没有到账")
    return joined([moment(donation.received_on), donation.get_channel_display()])


def _people(donation: Donation) -> list[tuple[Any, Any]]:
    rows = [
        (pgettext("column", "登记"), joined([donation.entered_by, moment(donation.created_at)]))
    ]
    if donation.confirmed_by:
        rows.append((_("确认"), str(donation.confirmed_by)))
    rows.append(
        (_("公示"), _("捐赠人同意公示名称") if donation.donor.publish_name else _("不公示捐赠人"))
    )
    return rows


def request_trace(
    user: User, request: FundingRequest, payouts: Sequence[Disbursement]
) -> list[dict[str, Any]]:
    """Whose gifts pay a request and how far the money is; only for the foundation that pays."""
    if request.state not in GRANTED:
        return []
    paid = [one for one in payouts if one.state in PAID]
    return [
        *_gifts_spent(user, paid),
        *_gifts_held(user, request),
        _line(_("预留"), _("本申请"), _("批准时从以上捐赠预留"), request.committed),
        *(_payment(one) for one in paid),
        *([_waiting(_("拨付"), _("待两人办理"))] if request.disbursed < request.committed else []),
        *(_arrivals(request, payouts) or [_waiting(_("到账"), _("医院确认到账"))]),
    ]


def _gifts_spent(user: User, paid: Sequence[Disbursement]) -> list[dict[str, Any]]:
    return [
        _gift(payer.donation_uid, payer.number, payer.donor, payer.received_on, payer.amount)
        for one in paid
        for payer in payers_of_disbursement(disbursement=one, by=user)
    ]


def _gifts_held(user: User, request: FundingRequest) -> list[dict[str, Any]]:
    """The gifts behind what is committed and not yet paid."""
    held = ledger.held_for(request)
    lots = DonationLot.objects.visible_to(user).filter(pk__in=[piece.lot_id for piece in held])
    lots = lots.select_related("donation__donor", "order")
    known = {lot.pk: lot for lot in lots} if held else {}
    return [_held(known[piece.lot_id], piece.amount) for piece in held]


def _held(lot: DonationLot, amount: Any) -> dict[str, Any]:
    gift = lot.donation
    if gift is None:
        return _gift(None, lot.order.number, _("基金利息"), lot.received_on, amount)
    return _gift(gift.uid, gift.number, gift.donor.name_masked, lot.received_on, amount)


def _arrivals(request: FundingRequest, payouts: Sequence[Disbursement]) -> list[dict[str, Any]]:
    return [
        _line(_("到账"), request.organization.name, moment(one.paid_on), one.amount)
        for one in payouts
        if one.paid_on
    ]


def _gift(uid: Any, number: str, donor: str, received_on: Any, amount: Any) -> dict[str, Any]:
    note = _("%(day)s 到账") % {"day": moment(received_on)}
    url = reverse("donations:donation", args=[uid]) if uid else ""
    return _line(_("捐赠"), joined([number, donor]), note, amount) | {"url": url}


def _payment(payout: Disbursement) -> dict[str, Any]:
    note = joined([when(payout.released_at), payout.voucher_no])
    return _line(_("拨付"), _("第 %(n)d 期") % {"n": payout.instalment}, note, payout.amount)


def _line(kind: str, title: str, note: str, amount: Any) -> dict[str, Any]:
    return {"kind": kind, "title": title, "note": note, "amount": amount}


def _waiting(kind: str, title: str) -> dict[str, Any]:
    return {"kind": kind, "title": title, "is_waiting": True}
