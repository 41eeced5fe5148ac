"""The record of an offer to a hospital: how far it is, what each office said, what may be done now."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models.mechanisms import Document
from departments.models.people import User
from donations.gift_workflow import HOSPITAL_GIFT, HospitalGiftState
from donations.models.giving import Donation
from donations.models.hospital_gifts import GiftOpinion, HospitalGift, HospitalGiftItem
from donations.permissions import (
    can_book_hospital_gift,
    can_decide_hospital_gift,
    can_keep_hospital_gift,
    can_view_hospital_gifts,
)
from donations.services.hospital_gift_goods import counts_items, evidence_of
from donations.views.listing import Cell, Part, columns, row
from donations.views.offers import Offer
from donations.views.wording import joined
from msw_portal.kernel.display import moment, money, when

H = HospitalGiftState
Verdict = GiftOpinion.Verdict
TONES = {
    H.ASSESSING: "warn",
    H.ASSESSED: "warn",
    H.APPROVED: "accent",
    H.AGREED: "accent",
    H.ACCEPTED: "accent",
    H.NOTICED: "accent",
    H.BOOKED: "accent",
    H.REFUSED: "danger",
}
KEEPERS = (
    ("submit", gettext_lazy("送预评估")),
    ("agree", gettext_lazy("登记协议")),
    ("accept", gettext_lazy("登记验收")),
    ("notice", gettext_lazy("公示")),
)
LINE = (H.DRAFT, H.ASSESSING, H.ASSESSED, H.APPROVED, H.AGREED, H.ACCEPTED, H.NOTICED, H.BOOKED)


def gift_record(user: User, gift: HospitalGift) -> dict[str, Any]:
    """Everything the record shows; the opinions' words only to who runs the offer, and one's own."""
    opinions = list(gift.opinions.select_related("person").order_by("id"))
    return {
        "title": gift.number,
        "state": gift.get_state_display(),
        "tone": TONES.get(gift.state, ""),
        "lead": joined([gift.donor.name_masked, gift.content]),
        "crumbs": ((reverse("donations:hospital_gifts"), _("医院受赠")),),
        "steps": _line(gift),
        "offers": _offers(user, gift, opinions),
        "next_words": _waits_for(gift, opinions),
        "parts": [
            *_goods_parts(user, gift),
            _opinions_part(user, opinions),
            *_decision_parts(gift),
        ],
        "side": [Part("facts", _("捐赠意向"), facts=gift_facts(gift))],
    }


def _line(gift: HospitalGift) -> list[dict[str, Any]]:
    if gift.state not in LINE:
        return []
    now = LINE.index(H(gift.state))
    return [
        {
            "label": H(state).label,
            "state": "done" if place < now else "now" if place == now else "ahead",
        }
        for place, state in enumerate(LINE)
    ]


def gift_facts(gift: HospitalGift) -> list[tuple[Any, Any]]:
    """What was offered, for the record and for whoever gives an opinion."""
    return [
        (_("捐赠人"), joined([gift.donor.name_masked, gift.donor.get_kind_display()])),
        (_("捐赠财产"), joined([gift.get_kind_display(), gift.content])),
        (_("金额或价值"), _("%(amount)s 元") % {"amount": money(gift.amount)}),
        (_("用途"), joined([gift.get_purpose_display(), gift.use])),
        (_("使用部门"), gift.department.name if gift.department else _("全院")),
        (_("捐赠人的要求"), gift.wants or _("没有")),
        (_("声明"), _("不与采购挂钩，没有回报要求")),
    ]


def _waits_for(gift: HospitalGift, opinions: list[GiftOpinion]) -> str:
    if gift.state == H.ASSESSING:
        left = sum(one.given_at is None for one in opinions)
        return _("还有 %(n)s 个部门没有提出意见") % {"n": left}
    if gift.state == H.ASSESSED:
        return _("等 %(who)s 登记决定") % {"who": gift.decided_by}
    return ""


def _offers(user: User, gift: HospitalGift, opinions: list[GiftOpinion]) -> list[Offer]:
    open_steps = {step.name for step in HOSPITAL_GIFT.open_steps(gift)}
    found = []
    own = next((one for one in opinions if one.person_id == user.pk and not one.given_at), None)
    if own is not None and "assess" in open_steps:
        url = reverse("donations:hospital_gift_opine", args=[own.uid])
        found.append(Offer("opine", _("提出意见"), url, is_primary=True))
    if "approve" in open_steps and can_decide_hospital_gift(user, gift):
        found.append(_offer("decide", _("登记决定"), gift, is_primary=True))
    if can_keep_hospital_gift(user, gift):
        for name, label in KEEPERS:
            if name in open_steps:
                found.append(_offer(name, label, gift, is_primary=True))
    if "book" in open_steps and can_book_hospital_gift(user, gift):
        found.append(_offer("book", _("登记到医院基金"), gift, is_primary=True))
    if "withdraw" in open_steps and can_keep_hospital_gift(user, gift):
        found.append(_offer("withdraw", _("撤回意向"), gift))
    return found


def _offer(name: str, label: Any, gift: HospitalGift, *, is_primary: bool = False) -> Offer:
    url = reverse(f"donations:hospital_gift_{name}", args=[gift.uid])
    return Offer(name, label, url, is_primary=is_primary, is_quiet=not is_primary)


def _opinions_part(user: User, opinions: list[GiftOpinion]) -> Part:
    sees_all = can_view_hospital_gifts(user)
    rows = []
    for one in opinions:
        is_read = sees_all or one.person_id == user.pk
        said = one.get_verdict_display() if one.given_at and is_read else ""
        tone = "accent" if one.verdict == Verdict.FOR else "danger"
        rows.append(
            row(
                Cell(one.get_office_display(), sub=str(one.person)),
                Cell(said, tone=tone)
                if said
                else Cell(_("已提出") if one.given_at else _("还没有提出")),
                Cell((one.text or "—") if is_read else "—"),
                Cell(when(one.given_at) if one.given_at else "—"),
            )
        )
    return Part(
        "opinions",
        _("预评估意见"),
        note=_("四个部门，四个人，各一次"),
        columns=columns(_("部门"), _("意见"), _("理由"), _("时间")),
        rows=rows,
        empty_title=_("还没有送预评估"),
        empty_text=_("送预评估时指定财务、纪检、审计和业务部门各一人。"),
    )


def _worth(gift: HospitalGift) -> str:
    if gift.accepted_value is None:
        return _("没有计价")
    return _("%(amount)s 元") % {"amount": money(gift.accepted_value)}


def _goods_parts(user: User, gift: HospitalGift) -> list[Part]:
    """What was counted, and the papers of its value."""
    found = []
    items = list(gift.items.order_by("id")) if gift.kind == Donation.Kind.GOODS else []
    may = counts_items(gift) and can_keep_hospital_gift(user, gift)
    if items or may:
        address = reverse("donations:hospital_gift_item", args=[gift.uid])
        found.append(
            Part(
                "items",
                _("清点"),
                note=_("一批一行"),
                columns=columns(_("品名"), _("数量"), _("批号"), _("有效期至"), figures=[1]),
                rows=[_item_row(one) for one in items],
                action=(address, _("清点一批")) if may else None,
                empty_title=_("还没有清点"),
                empty_text=_("到货后在现场逐批清点：品名、数量、批号和有效期，再登记验收。"),
            )
        )
    papers = list(evidence_of(gift)) if can_view_hospital_gifts(user) else []
    if papers:
        rows = [
            row(Cell(one.title, url=_paper(gift, one)), Cell(moment(one.created_at)))
            for one in papers
        ]
        heads = columns(_("文件"), _("上传"))
        found.append(Part("evidence", _("计价凭据"), columns=heads, rows=rows))
    return found


def _paper(gift: HospitalGift, document: Document) -> str:
    return reverse("donations:hospital_gift_paper", args=[gift.uid, document.uid])


def _item_row(one: HospitalGiftItem) -> dict[str, Any]:
    return row(
        Cell(one.item, sub=one.get_kind_display()),
        Cell(f"{one.quantity:,} {one.unit}", n=True, label=_("数量")),
        Cell(one.batch or "—"),
        Cell(moment(one.expires_on) if one.expires_on else "—"),
    )


def _decision_parts(gift: HospitalGift) -> list[Part]:
    facts = []
    if gift.decided_on:
        facts.append((_("决定"), joined([moment(gift.decided_on), gift.minutes])))
        facts.append((_("决定人"), str(gift.decided_by)))
    if gift.agreement:
        facts.append((_("协议"), joined([gift.agreement.number, moment(gift.agreement.signed_on)])))
    if gift.accepted_on:
        facts.append((_("验收"), joined([moment(gift.accepted_on), _worth(gift), gift.acceptance])))
    if gift.valuation_basis:
        words = joined([gift.get_valuation_basis_display(), gift.valuation_note])
        facts.append((_("计价依据"), words))
    if gift.noticed_on:
        facts.append((_("公示"), joined([moment(gift.noticed_on), gift.noticed_where])))
    if gift.donation:
        facts.append((_("入账"), gift.donation.number))
    return [Part("course", _("经过"), facts=facts)] if facts else []
