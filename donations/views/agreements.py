"""Donation agreements, and the register of related parties."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.documents import attachment
from departments.services.documents import document_read
from donations.forms.donors import EndForm, RelatedPartyForm
from donations.forms.gift_steps import AgreementForm, SignForm, WhyForm
from donations.gift_workflow import AgreementState
from donations.models.agreements import Agreement, RelatedParty
from donations.models.giving import Donor, Fund
from donations.permissions import can_keep_agreement, can_keep_related_party
from donations.services import agreements as services
from donations.services import related
from donations.views.funds import span_words
from donations.views.guards import money_page
from donations.views.listing import Cell, Part, action, columns, list_page, row, yuan
from donations.views.offers import Offer
from donations.views.stepping import Step, take
from donations.views.wording import joined
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, money

TONES = {AgreementState.SIGNED: "accent", AgreementState.DRAFT: "warn"}


@require_safe
@money_page
def agreements(request: HttpRequest) -> HttpResponse:
    rows = Agreement.objects.visible_to(request.user).select_related("donor")
    page = list_page(request, rows, tabs=(("", _("全部")), *AgreementState.choices))
    page["rows"] = [_agreement_row(one) for one in page["rows"]]
    page |= {
        "title": _("捐赠协议"),
        "lead": _("写明财产种类、数量、质量、用途和交付时间（《慈善法》第三十九条）。"),
        "crumbs": ((reverse("donations:donations"), _("捐赠")),),
        "columns": columns(
            _("协议"), _("捐赠人"), _("金额"), pgettext("column", "签订"), _("状态"), figures=[2]
        ),
        "actions": [action(_("拟定协议"), reverse("donations:agreement_new"), is_primary=True)],
        "tabs_label": _("按状态"),
        "pager_text": _("最近拟定的在前"),
        "empty_title": _("还没有协议"),
        "empty_text": _("需要约定用途、交付和反馈的捐赠，先拟定协议，双方签署后上传文本。"),
        "empty_url": reverse("donations:agreement_new"),
        "empty_action": _("拟定协议"),
    }
    return render(request, "donations/listing.html", page)


def _agreement_row(one: Agreement) -> dict[str, Any]:
    return row(
        Cell(one.number, url=reverse("donations:agreement", args=[one.uid]), sub=one.title),
        Cell(one.donor.name_masked),
        yuan(one.amount, _("金额")),
        Cell(moment(one.signed_on) if one.signed_on else "—"),
        Cell(one.get_state_display(), tone=TONES.get(one.state, "")),
    )


def _agreement(request: HttpRequest, uid: uuid.UUID) -> Agreement:
    rows = Agreement.objects.visible_to(request.user).select_related("donor", "fund", "purpose")
    return get_object_or_404(rows, uid=uid)


@require_safe
@money_page
def agreement(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _agreement(request, uid)
    page = {
        "title": found.number,
        "state": found.get_state_display(),
        "tone": TONES.get(found.state, ""),
        "lead": joined([found.title, found.donor.name_masked]),
        "crumbs": (
            (reverse("donations:donations"), _("捐赠")),
            (reverse("donations:agreements"), _("捐赠协议")),
        ),
        "offers": _offers(request, found),
        "parts": [
            Part("terms", _("约定"), facts=_terms(found)),
            _texts_part(found),
            _gifts_part(found),
        ],
    }
    return render(request, "donations/record.html", page)


def _terms(found: Agreement) -> list[tuple[Any, Any]]:
    share = found.mgmt_share
    facts = [
        (_("捐赠人"), found.donor.name_masked),
        (_("捐赠财产"), found.get_property_kind_display()),
        (
            _("金额或价值"),
            _("%(amount)s 元") % {"amount": money(found.amount)} if found.amount else "",
        ),
        (_("数量"), found.quantity),
        (_("质量"), found.quality),
        (_("基金"), found.fund.name if found.fund else ""),
        (_("用途"), found.use),
        (_("受益人类别"), found.beneficiary_class),
        (
            _("交付"),
            joined([moment(found.delivery_on) if found.delivery_on else "", found.delivery]),
        ),
        (_("约定管理费比例（%）"), "" if share is None else f"{share.normalize():f}"),
        (_("剩余财产处理"), found.leftover),
        (_("反馈与报告"), found.reporting),
        (_("签订日期"), moment(found.signed_on) if found.signed_on else ""),
        (_("到期日"), moment(found.ends_on) if found.ends_on else ""),
    ]
    return [(label, text) for label, text in facts if text]


def _offers(request: HttpRequest, found: Agreement) -> list[Offer]:
    if not can_keep_agreement(request.user, found):
        return []

    def to(name: str) -> str:
        return reverse(f"donations:agreement_{name}", args=[found.uid])

    offers = []
    if found.state == AgreementState.DRAFT:
        offers.append(Offer("sign", _("登记签订"), to("sign"), is_primary=True))
    if found.state == AgreementState.SIGNED:
        offers.append(Offer("end", _("履行完毕"), to("end")))
    if found.state in {AgreementState.DRAFT, AgreementState.SIGNED}:
        offers.append(Offer("void", _("作废"), to("void"), is_quiet=True))
    return offers


def _texts_part(found: Agreement) -> Part:
    rows = [
        row(
            Cell(one.title, url=reverse("donations:agreement_text", args=[found.uid, one.uid])),
            Cell(moment(one.created_at)),
        )
        for one in services.texts(found)
    ]
    return Part(
        "texts",
        _("协议文本"),
        columns=columns(_("文件"), _("上传")),
        rows=rows,
        empty_title=_("还没有文本"),
        empty_text=_("登记签订时上传双方签署的文本。"),
    )


def _gifts_part(found: Agreement) -> Part:
    rows = [
        row(
            Cell(one.number, url=reverse("donations:donation", args=[one.uid])),
            yuan(one.pledged if one.amount is None else one.amount, _("金额")),
            Cell(one.get_state_display(), tone=""),
        )
        for one in found.donations.order_by("-id")[:50]
    ]
    return Part(
        "gifts",
        _("本协议下的捐赠"),
        columns=columns(_("编号"), _("金额"), _("状态"), figures=[1]),
        rows=rows,
        empty_title=_("还没有捐赠"),
        empty_text=_("登记捐赠时选这份协议。"),
    )


@require_safe
@money_page
def text(request: HttpRequest, uid: uuid.UUID, document_uid: uuid.UUID) -> HttpResponse:
    found = _agreement(request, uid)
    file = get_object_or_404(services.texts(found), uid=document_uid)
    return attachment(file, document_read(document=file, by=request.user))


@require_http_methods(["GET", "POST"])
@money_page
def agreement_new(request: HttpRequest) -> HttpResponse:
    back = reverse("donations:agreements")
    return take(
        request,
        Step(
            form=AgreementForm,
            form_args={
                "donors": Donor.objects.visible_to(request.user).exclude(kind="anonymous"),
                "funds": Fund.objects.visible_to(request.user).active().order_by("number"),
            },
            initial={"donor": request.GET.get("donor", "")},
            service=services.agreement_draft,
            to=lambda one: reverse("donations:agreement", args=[one.uid]),
            done=_("协议已拟定，签署后登记签订。"),
            title=_("拟定协议"),
            button=_("保存"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("捐赠协议")),),
            draft="donations-agreement",
        ),
    )


def _agreement_step(request: HttpRequest, found: Agreement, **step: Any) -> HttpResponse:
    require(can_keep_agreement, request.user, found)
    back = reverse("donations:agreement", args=[found.uid])
    given = {
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": ((reverse("donations:agreements"), _("捐赠协议")), (back, found.number)),
        "button": step["title"],
        **step,
    }
    return take(request, Step(**given))


@require_http_methods(["GET", "POST"])
@money_page
def sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _agreement(request, uid)
    return _agreement_step(
        request,
        found,
        form=SignForm,
        service=services.agreement_sign,
        given={"agreement": found},
        title=_("登记签订"),
        done=_("协议已签订。"),
        has_files=True,
    )


@require_http_methods(["GET", "POST"])
@money_page
def end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _close(request, uid, "end", _("履行完毕"), _("已记为履行完毕。"))


@require_http_methods(["GET", "POST"])
@money_page
def void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _close(request, uid, "void", _("作废"), _("协议已作废。"))


def _close(request: HttpRequest, uid: uuid.UUID, step: str, title: str, done: str) -> HttpResponse:
    found = _agreement(request, uid)
    return _agreement_step(
        request,
        found,
        form=WhyForm,
        service=services.agreement_close,
        given={"agreement": found, "step": step},
        title=title,
        done=done,
    )


# ── related parties ──────────────────────────────────────────────────────────


@require_safe
@money_page
def related_parties(request: HttpRequest) -> HttpResponse:
    rows = RelatedParty.objects.visible_to(request.user).select_related("donor")
    page = list_page(request, rows)
    page["rows"] = [_party_row(one) for one in page["rows"]]
    page |= {
        "title": _("关联方名册"),
        "lead": _(
            "理事、监事、主要捐赠人及其近亲属和所控制的组织；不能成为受益人（《慈善法》第四十条、第五十九条）。"
        ),
        "crumbs": ((reverse("donations:donations"), _("捐赠")),),
        "columns": columns(_("姓名或名称"), _("关系"), _("有效期"), _("依据")),
        "actions": [action(_("登记关联方"), reverse("donations:related_new"), is_primary=True)],
        "pager_text": _("最近登记的在前"),
        "empty_title": _("还没有登记关联方"),
        "empty_text": _("登记后，指定受益人和救助对象时自动比对；每年 5 月 31 日前报送名单。"),
        "empty_url": reverse("donations:related_new"),
        "empty_action": _("登记关联方"),
    }
    return render(request, "donations/listing.html", page)


def _party_row(one: RelatedParty) -> dict[str, Any]:
    whose = one.donor.name_masked if one.donor else _("本机构")
    return row(
        Cell(one.name, sub=_("组织") if one.is_organization else _("个人")),
        Cell(one.get_relation_display(), sub=whose),
        Cell(span_words(one.valid), url=reverse("donations:related_end", args=[one.uid]))
        if one.valid.upper is None
        else Cell(span_words(one.valid)),
        Cell(one.note or "—"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def related_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_related_party, request.user, None)
    back = reverse("donations:related_parties")
    return take(
        request,
        Step(
            form=RelatedPartyForm,
            form_args={"donors": Donor.objects.visible_to(request.user).order_by("-id")},
            service=related.related_party_register,
            to=back,
            done=_("关联方已登记。"),
            title=_("登记关联方"),
            button=_("登记"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("关联方名册")),),
            draft="donations-related",
        ),
    )


@require_http_methods(["GET", "POST"])
@money_page
def related_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(RelatedParty.objects.visible_to(request.user), uid=uid)
    require(can_keep_related_party, request.user, found)
    back = reverse("donations:related_parties")
    return take(
        request,
        Step(
            form=EndForm,
            service=related.related_party_end,
            given={"party": found},
            to=back,
            done=_("已结束。"),
            title=_("结束关联关系"),
            button=_("结束"),
            url=request.path,
            back_url=back,
            facts=[
                (_("关系"), found.get_relation_display()),
                (_("有效期"), span_words(found.valid)),
            ],
            crumbs=((back, _("关联方名册")),),
        ),
    )
