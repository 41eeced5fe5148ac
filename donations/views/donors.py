"""Donors: the list, and one donor's profile with gifts by year, contacts, agreements, honours and talks."""

import uuid
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments import audit
from donations.forms.donors import (
    ContactForm,
    DonorForm,
    ObjectionForm,
    ProfileForm,
)
from donations.gift_workflow import RecognitionState
from donations.models.donors import DonorContact, Recognition
from donations.models.giving import Donor
from donations.permissions import can_keep_donor
from donations.services import donors as services
from donations.services.giving import donor_register
from donations.views.guards import money_page
from donations.views.listing import Cell, Part, action, columns, list_page, row, yuan
from donations.views.offers import Offer
from donations.views.stepping import Step, take
from donations.views.wording import joined
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment
from msw_portal.kernel.forms import CommandForm

SHOWN = 8  # gifts, talks and agreements on the profile; the lists have all
RECOGNITION_TONES = {
    RecognitionState.AGREED: "accent",
    RecognitionState.GIVEN: "accent",
    RecognitionState.ASKED: "warn",
}


def donor_or_404(request: HttpRequest, uid: uuid.UUID) -> Donor:
    rows = Donor.objects.visible_to(request.user).select_related("profile")
    return get_object_or_404(rows, uid=uid)


@require_safe
@money_page
def donors(request: HttpRequest) -> HttpResponse:
    rows = Donor.objects.visible_to(request.user).select_related("profile")
    rows = rows.annotate(gifts=Count("donations", filter=Q(donations__state="booked")))
    tabs = (("", _("全部")), *Donor.Kind.choices)
    page = list_page(request, rows, tabs=tabs, field_name="kind")
    page["rows"] = [_donor_row(one) for one in page["rows"]]
    page |= {
        "title": _("捐赠人"),
        "lead": _("单位有自己的页面：联系人、历年捐赠、鸣谢和协议。"),
        "crumbs": ((reverse("donations:donations"), _("捐赠")),),
        "columns": columns(_("捐赠人"), _("类型"), _("公示"), _("已入账笔数"), figures=[3]),
        "actions": [
            action(_("登记捐赠人"), reverse("donations:donor_new"), is_primary=True),
        ],
        "tabs_label": _("按类型"),
        "pager_text": _("最近登记的在前"),
        "empty_title": _("还没有捐赠人"),
        "empty_text": _("登记捐赠时会同时登记捐赠人，也可以先登记。"),
    }
    return render(request, "donations/listing.html", page)


def _donor_row(one: Donor) -> dict[str, Any]:
    profile = getattr(one, "profile", None)
    if profile is not None and profile.objected_on is not None:
        shown = _("已反对公开")
    else:
        shown = _("可以公示") if one.publish_name else _("不公示")
    return row(
        Cell(one.name_masked, url=reverse("donations:donor", args=[one.uid]), sub=one.uscc),
        Cell(one.get_kind_display()),
        Cell(shown),
        Cell(one.gifts, n=True, label=_("已入账笔数")),
    )


@require_safe
@money_page
def donor(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = donor_or_404(request, uid)
    profile = services.profile_of(found)
    contacts = list(found.contacts.order_by("ended_on", "id"))
    if contacts:
        audit.record("donor.contacts", by=request.user, on=found, count=len(contacts))
    page = {
        "title": found.name_masked,
        "state": _("已反对公开") if profile.objected_on else "",
        "tone": "warn",
        "lead": joined([found.get_kind_display(), found.uscc]),
        "crumbs": (
            (reverse("donations:donations"), _("捐赠")),
            (reverse("donations:donors"), _("捐赠人")),
        ),
        "offers": _offers(request, found),
        "parts": [_contacts_part(found, contacts), *_parts(found)],
        "side": [_profile_part(found, profile)],
    }
    return render(request, "donations/record.html", page)


def _offers(request: HttpRequest, found: Donor) -> list[Offer]:
    if not can_keep_donor(request.user, found):
        return []
    steps = (
        ("edit", _("修改资料"), "donor_edit"),
        ("contact", _("增加联系人"), "donor_contact_new"),
        ("ask", _("征求鸣谢意见"), "recognition_new"),
        ("object", _("登记反对公开"), "donor_object"),
    )
    return [
        Offer(name, label, reverse(f"donations:{address}", args=[found.uid]), is_quiet=n == 3)
        for n, (name, label, address) in enumerate(steps)
        if not (name == "ask" and found.is_anonymous)
    ]


def _profile_part(found: Donor, profile: Any) -> Part:
    facts = [
        (_("公示"), _("同意公示名称") if found.publish_name else _("不公示捐赠人")),
        (_("行业"), profile.industry),
        (_("网址"), profile.website),
        (_("企业性质"), _("国有或国有控股") if profile.is_state_owned else ""),
        (_("社会责任（ESG）备注"), profile.esg_note),
        (
            _("反对公开"),
            joined([moment(profile.objected_on), profile.objection]) if profile.objected_on else "",
        ),
    ]
    return Part("profile", _("资料"), facts=[(label, text) for label, text in facts if text])


def _contacts_part(found: Donor, contacts: list[DonorContact]) -> Part:
    rows = [
        row(
            Cell(one.name, sub=one.post),
            Cell(joined([one.phone, one.email]) or "—"),
            Cell(_("已停用"))
            if one.ended_on
            else Cell(_("停用"), url=reverse("donations:donor_contact_end", args=[one.uid])),
        )
        for one in contacts
    ]
    return Part(
        "contacts",
        _("联系人"),
        note=_("打开本页会留下记录"),
        columns=columns(_("姓名"), _("联系方式"), _("状态")),
        rows=rows,
        empty_title=_("还没有联系人"),
        empty_text=_("记下与谁联系，换人时停用。"),
    )


def _parts(found: Donor) -> list[Part]:
    return [_years_part(found), _gifts_part(found), _agreements_part(found), _honours_part(found)]


def _years_part(found: Donor) -> Part:
    rows = [
        row(
            Cell(_("%(year)s 年") % {"year": one.year}),
            Cell(one.gifts, n=True, label=_("笔数")),
            yuan(one.amount, _("金额")),
        )
        for one in services.years_of(found)
    ]
    return Part(
        "years",
        _("历年捐赠"),
        note=_("已入账的货币捐赠，按到账日期"),
        columns=columns(_("年度"), _("笔数"), _("金额"), figures=[1, 2]),
        rows=rows,
        empty_title=_("还没有已入账的捐赠"),
        empty_text=_("另一人确认入账后计入。"),
    )


def _gifts_part(found: Donor) -> Part:
    gifts = found.donations.select_related("fund").order_by("-id")[:SHOWN]
    rows = [
        row(
            Cell(one.number, url=reverse("donations:donation", args=[one.uid]), sub=one.fund.name),
            yuan(one.pledged if one.amount is None else one.amount, _("金额")),
            Cell(one.get_state_display(), tone=""),
        )
        for one in gifts
    ]
    return Part(
        "gifts",
        _("最近的捐赠"),
        columns=columns(_("编号"), _("金额"), _("状态"), figures=[1]),
        rows=rows,
        empty_title=_("还没有捐赠"),
        empty_text=_("登记捐赠时选这位捐赠人。"),
    )


def _agreements_part(found: Donor) -> Part:
    rows = [
        row(
            Cell(one.number, url=reverse("donations:agreement", args=[one.uid]), sub=one.title),
            yuan(one.amount, _("金额")),
            Cell(one.get_state_display(), tone=""),
        )
        for one in found.agreements.order_by("-id")[:SHOWN]
    ]
    return Part(
        "agreements",
        _("协议"),
        columns=columns(_("协议"), _("金额"), _("状态"), figures=[1]),
        rows=rows,
        action=(f"{reverse('donations:agreement_new')}?donor={found.uid}", _("拟定协议")),
        empty_title=_("还没有协议"),
        empty_text=_("需要约定用途、交付和反馈的，先签协议。"),
    )


def _honours_part(found: Donor) -> Part:
    rows = [_honour_row(one) for one in found.recognitions.order_by("-id")]
    return Part(
        "honours",
        _("鸣谢与表彰"),
        note=_("先征求捐赠人意见（《公益事业捐赠法》第八条）"),
        columns=columns(_("内容"), _("捐赠人意见"), _("状态")),
        rows=rows,
        empty_title=_("还没有鸣谢"),
        empty_text=_("公开致谢、铭牌、冠名和表彰之前先征求意见。"),
    )


def _honour_row(one: Recognition) -> dict[str, Any]:
    address = {
        RecognitionState.ASKED: "recognition_answer",
        RecognitionState.AGREED: "recognition_give",
    }.get(one.state)
    url = reverse(f"donations:{address}", args=[one.uid]) if address else ""
    answer = moment(one.answered_on) if one.answered_on else _("还没有答复")
    return row(
        Cell(one.title, url=url, sub=joined([one.get_kind_display(), one.place])),
        Cell(answer, sub=one.answered_how or moment(one.asked_on)),
        Cell(one.get_state_display(), tone=RECOGNITION_TONES.get(one.state, "")),
    )


# ── steps ────────────────────────────────────────────────────────────────────


def donor_step(request: HttpRequest, found: Donor, **step: Any) -> HttpResponse:
    require(can_keep_donor, request.user, found)
    back = reverse("donations:donor", args=[found.uid])
    given = {
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": ((reverse("donations:donors"), _("捐赠人")), (back, found.name_masked)),
        "button": step["title"],
        **step,
    }
    return take(request, Step(**given))


@require_http_methods(["GET", "POST"])
@money_page
def donor_new(request: HttpRequest) -> HttpResponse:
    back = reverse("donations:donors")
    return take(
        request,
        Step(
            form=DonorForm,
            service=donor_register,
            to=lambda one: reverse("donations:donor", args=[one.uid]),
            done=_("捐赠人已登记。"),
            title=_("登记捐赠人"),
            button=_("登记"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("捐赠人")),),
            draft="donations-donor",
        ),
    )


@require_http_methods(["GET", "POST"])
@money_page
def donor_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = donor_or_404(request, uid)
    profile = services.profile_of(found)
    names = ("industry", "website", "is_state_owned", "esg_note")
    return donor_step(
        request,
        found,
        form=ProfileForm,
        service=services.donor_describe,
        given={"donor": found},
        initial={name: getattr(profile, name) for name in names}
        | {"publish_name": found.publish_name},
        title=_("修改资料"),
        done=_("资料已保存。"),
        draft="donations-donor_edit",
        subject=found.uid,
    )


@require_http_methods(["GET", "POST"])
@money_page
def donor_object(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = donor_or_404(request, uid)
    return donor_step(
        request,
        found,
        form=ObjectionForm,
        service=services.donor_object,
        given={"donor": found},
        title=_("登记反对公开"),
        note=_("登记后立即不再公示其名称（《慈善法》第八十二条）。"),
        done=_("已登记，名称不再公示。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def contact_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = donor_or_404(request, uid)
    return donor_step(
        request,
        found,
        form=ContactForm,
        service=services.donor_contact_add,
        given={"donor": found},
        title=_("增加联系人"),
        done=_("联系人已保存。"),
        draft="donations-donor_contact",
        subject=found.uid,
    )


@require_http_methods(["GET", "POST"])
@money_page
def contact_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = DonorContact.objects.visible_to(request.user).select_related("donor")
    found = get_object_or_404(rows, uid=uid)
    return donor_step(
        request,
        found.donor,
        form=CommandForm,
        service=services.donor_contact_end,
        given={"contact": found},
        facts=[(_("姓名"), found.name), (_("职务"), found.post)],
        title=_("停用联系人"),
        done=_("联系人已停用。"),
    )
