"""What the page of a gift shows beside its trace: the steps that are open, its arrivals, papers and returns."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from departments.models.people import User
from donations.gift_workflow import ArrivalState, ReturnState
from donations.models.arrivals import DonationReturn
from donations.models.giving import Donation
from donations.models.receipts import Receipt
from donations.permissions import (
    can_ask_return,
    can_confirm_donation,
    can_pay_return,
    can_record_donation,
    can_refuse_donation,
)
from donations.querysets import FOUNDATION_ROLES, MONEY_ROLES
from donations.services.refusals import approvals
from donations.views.listing import Cell, Part, columns, row, yuan
from donations.views.offers import Offer
from donations.views.wording import joined
from donations.workflow import DONATION, DonationState
from msw_portal.kernel.display import moment, money

ARRIVAL_TONES = {ArrivalState.BOOKED: "accent", ArrivalState.ENTERED: "warn"}
RETURN_TONES = {ReturnState.PAID: "accent", ReturnState.ASKED: "warn"}


def offers(user: User, donation: Donation) -> list[Offer]:
    """The steps that leave the gift's state, open or with the reason why not."""
    open_steps = {step.name for step in DONATION.open_steps(donation)}
    found = [_confirm(user, donation)] if "confirm" in open_steps else []
    found += _arriving(user, donation, open_steps)
    if "return" in open_steps and can_ask_return(user, donation):
        waits = any(one.state == ReturnState.ASKED for one in donation.returns.all())
        why = (_("已有一份退回申请待办理。"),) if waits else ()
        found.append(_offer("return", _("提出退回"), "donation_return", donation, why, quiet=True))
    if "refuse" in open_steps and can_refuse_donation(user, donation):
        found.append(
            _offer(
                "refuse", pgettext("action", "不予接受"), "donation_refuse", donation, quiet=True
            )
        )
    return found


def _arriving(user: User, donation: Donation, open_steps: set[str]) -> list[Offer]:
    if not can_record_donation(user, donation.fund):
        return []
    found = []
    if donation.is_money and donation.state in {DonationState.PLEDGED, DonationState.PART_BOOKED}:
        found.append(_offer("receive", _("登记到账"), "donation_receive", donation, primary=True))
    if "accept" in open_steps and not donation.is_money:
        found.append(_offer("accept", _("验收计价"), "donation_accept", donation, primary=True))
    if "settle" in open_steps:
        found.append(_offer("settle", _("余下不再到账"), "donation_settle", donation, quiet=True))
    return found


def _confirm(user: User, donation: Donation) -> Offer:
    url = "donation_confirm"
    if donation.entered_by_id == user.pk:
        why = (_("登记人不能确认自己登记的捐赠，请由另一人核对后确认。"),)
        return _offer("confirm", _("确认入账"), url, donation, why)
    if not can_confirm_donation(user, donation):
        return _offer("confirm", _("确认入账"), url, donation, (_("由基金会出纳或审批办理。"),))
    return _offer("confirm", _("确认入账"), url, donation, primary=True)


def _offer(
    name: str,
    label: Any,
    address: str,
    donation: Donation,
    why: tuple[Any, ...] = (),
    *,
    primary: bool = False,
    quiet: bool = False,
) -> Offer:
    url = reverse(f"donations:{address}", args=[donation.uid])
    return Offer(name, label, url, why, is_primary=primary and not why, is_quiet=quiet)


def parts(user: User, donation: Donation) -> list[Part]:
    """Arrivals, papers and returns, each where there is something to show."""
    found = []
    arrivals = list(
        donation.arrivals.select_related("entered_by", "confirmed_by").order_by("place")
    )
    if arrivals and (len(arrivals) > 1 or donation.pledged is not None):
        found.append(_arrivals(user, donation, arrivals))
    found += _beside(user, donation)
    papers = list(approvals(donation).order_by("-id"))
    if papers or _asks_for_paper(donation):
        found.append(_papers(user, donation, papers))
    returns = list(donation.returns.select_related("asked_by", "decided_by").order_by("-id"))
    if returns:
        found.append(_returns(user, returns))
    return found


def _beside(user: User, donation: Donation) -> list[Part]:
    """The delivery that brought it, the hospital's offer it came of, and its receipts, each by its own page."""
    if user.role not in MONEY_ROLES:
        return []
    rows = []
    if user.role in FOUNDATION_ROLES:
        rows += _delivery_rows(donation)
        rows += [
            _receipt_row(one) for one in donation.receipts.select_related("series").order_by("-id")
        ]
    gift = getattr(donation, "hospital_gift", None)
    if gift is not None:
        url = reverse("donations:hospital_gift", args=[gift.uid])
        rows.append(
            row(
                Cell(_("受赠记录"), sub=gift.number, url=url),
                Cell(gift.get_state_display(), tone=""),
            )
        )
    heads = columns(_("记录"), _("状态"))
    return [Part("beside", _("到货与票据"), columns=heads, rows=rows)] if rows else []


def _delivery_rows(donation: Donation) -> list[dict[str, Any]]:
    intake = getattr(donation, "intake", None)
    if intake is None:
        return []
    url = reverse("goods:intake", args=[intake.uid])
    words = moment(intake.received_on)
    return [row(Cell(_("到货单"), url=url, sub=words), Cell(intake.get_state_display(), tone=""))]


def _receipt_row(one: Receipt) -> dict[str, Any]:
    url = reverse("receipts:receipt", args=[one.uid])
    return row(
        Cell(str(one), url=url, sub=_("%(amount)s 元") % {"amount": money(one.amount)}),
        Cell(one.get_state_display(), tone=""),
    )


def _asks_for_paper(donation: Donation) -> bool:
    profile = getattr(donation.donor, "profile", None)
    return profile is not None and profile.is_state_owned


def _arrivals(user: User, donation: Donation, arrivals: list[Any]) -> Part:
    whole = ""
    if donation.pledged is not None:
        whole = _("承诺 %(amount)s 元") % {"amount": money(donation.pledged)}
    may = can_record_donation(user, donation.fund)
    rows = [
        row(
            Cell(_("第 %(n)d 笔") % {"n": one.place}, sub=joined([moment(one.received_on)])),
            yuan(one.amount, _("金额")),
            Cell(one.get_channel_display(), sub=one.external_no),
            Cell(one.get_state_display(), tone=ARRIVAL_TONES.get(one.state, "")),
            Cell(
                _("撤销"),
                url=reverse("donations:arrival_drop", args=[one.uid]),
                sub=_who(one),
            )
            if one.state == ArrivalState.ENTERED and may
            else Cell(_who(one)),
        )
        for one in arrivals
    ]
    heads = columns(_("到账"), _("金额"), _("渠道"), _("状态"), _("登记与确认"), figures=[1])
    return Part("arrivals", _("到账"), note=whole, columns=heads, rows=rows)


def _who(one: Any) -> str:
    entered = _("%(who)s 登记") % {"who": one.entered_by}
    confirmed = _("%(who)s 确认") % {"who": one.confirmed_by} if one.confirmed_by else ""
    return joined([entered, confirmed])


def _papers(user: User, donation: Donation, papers: list[Any]) -> Part:
    address = reverse("donations:donation_paper_add", args=[donation.uid])
    return Part(
        "papers",
        _("批准文件"),
        note=_("国有企业捐赠须有"),
        columns=columns(_("文件"), _("上传")),
        rows=[
            row(
                Cell(
                    one.title,
                    url=reverse("donations:donation_paper", args=[donation.uid, one.uid]),
                ),
                Cell(moment(one.created_at)),
            )
            for one in papers
        ],
        action=(address, _("上传")) if can_refuse_donation(user, donation) else None,
        empty_title=_("还没有批准文件"),
        empty_text=_("没有批准或备案文件，这笔捐赠不能确认入账。"),
    )


def _returns(user: User, returns: list[DonationReturn]) -> Part:
    rows = []
    for one in returns:
        url = ""
        if one.state == ReturnState.ASKED and can_pay_return(user, one):
            url = reverse("donations:return_pay", args=[one.uid])
        words = joined(
            [
                _("%(who)s 提出") % {"who": one.asked_by},
                _("%(who)s 办理") % {"who": one.decided_by} if one.decided_by else "",
            ]
        )
        rows.append(
            row(
                Cell(_("办理退回") if url else moment(one.asked_at), url=url, sub=one.reason),
                yuan(one.amount, _("金额")),
                Cell(one.get_state_display(), tone=RETURN_TONES.get(one.state, "")),
                Cell(words, sub=_("不予退回"), url=_decline_url(one)) if url else Cell(words),
            )
        )
    return Part(
        "returns",
        _("退回"),
        note=_("只退还没有使用的部分"),
        columns=columns(_("退回"), _("金额"), _("状态"), _("提出与办理"), figures=[1]),
        rows=rows,
    )


def _decline_url(one: DonationReturn) -> str:
    return reverse("donations:return_decline", args=[one.uid])


def facts(donation: Donation) -> list[tuple[Any, Any]]:
    """What a gift says beside money and fund, where it says something."""
    found = [
        (_("捐赠财产"), joined([donation.get_kind_display(), donation.content])),
        (_("承诺"), _promised(donation)),
        (_("计价依据"), _valued(donation)),
        (_("受益人类别"), donation.beneficiary_class),
        (_("受益地区"), donation.region.name if donation.region else ""),
        (_("协议"), str(donation.agreement) if donation.agreement else ""),
        (_("募捐活动"), donation.campaign.title if donation.campaign else ""),
    ]
    return [(label, text) for label, text in found if text]


def _promised(donation: Donation) -> str:
    if donation.pledged is None:
        return ""
    due = _("约定 %(day)s 交付") % {"day": moment(donation.due_on)} if donation.due_on else ""
    amount = _("%(amount)s 元") % {"amount": money(donation.pledged)}
    return joined([amount, moment(donation.pledged_on) if donation.pledged_on else "", due])


def _valued(donation: Donation) -> str:
    if donation.valuation_basis is None:
        return ""
    return joined([donation.get_valuation_basis_display(), donation.valuation_note])
