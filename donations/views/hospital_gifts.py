"""A hospital as recipient: the department head's list and record, and the pages of who is asked."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.organizations import Department
from departments.services.colleagues import people_here
from donations.forms.gift_steps import AgreeForm, WhyForm
from donations.forms.hospital_gifts import (
    AcceptedForm,
    BookForm,
    DecisionForm,
    NoticeForm,
    OfferedForm,
    OfficesForm,
    OpinionForm,
    ValuedForm,
)
from donations.gift_workflow import HospitalGiftState
from donations.models.giving import Donation, Donor, Fund
from donations.models.hospital_gifts import GiftOpinion, HospitalGift
from donations.permissions import (
    can_book_hospital_gift,
    can_decide_hospital_gift,
    can_give_opinion,
    can_keep_hospital_gift,
    can_offer_hospital_gift,
)
from donations.querysets import GIFT_ROLES
from donations.services import hospital_gift_steps as steps
from donations.services import hospital_gifts as services
from donations.services.giving import donor_register
from donations.views.guards import gift_page
from donations.views.hospital_gift_page import TONES, gift_facts, gift_record
from donations.views.listing import Cell, action, columns, list_page, row, yuan
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

H = HospitalGiftState


@require_safe
@gift_page
def gifts(request: HttpRequest) -> HttpResponse:
    """The house's offers to its head and finance; to everybody else those where the own opinion is asked."""
    rows = HospitalGift.objects.visible_to(request.user).select_related("donor", "department")
    page = list_page(request, rows, tabs=(("", _("全部")), *H.choices))
    page["rows"] = [_row(one) for one in page["rows"]]
    page |= _words() | _for_who_runs(can_offer_hospital_gift(request.user))
    return render(request, "donations/listing.html", page)


def _words() -> dict[str, Any]:
    return {
        "title": _("医院受赠"),
        "lead": _(
            "由医院法人接受，先预评估、再决定、签协议、验收、公示（国卫财务发〔2015〕77号）。"
        ),
        "columns": columns(
            _("编号"), _("捐赠人"), _("捐赠财产"), _("金额或价值"), _("状态"), figures=[3]
        ),
        "tabs_label": _("按状态"),
        "pager_text": _("最近登记的在前"),
        "empty_title": _("还没有捐赠意向"),
    }


def _for_who_runs(may: bool) -> dict[str, Any]:
    if not may:
        return {"empty_text": _("有捐赠请您提出意见时会列在这里。")}
    new = reverse("donations:hospital_gift_new")
    return {
        "actions": [
            action(_("年度受赠情况"), reverse("donations:hospital_gift_year")),
            action(_("登记捐赠意向"), new, is_primary=True),
        ],
        "empty_text": _("有人向医院捐赠时先登记意向，四个部门预评估后由院领导班子决定。"),
        "empty_url": new,
        "empty_action": _("登记捐赠意向"),
    }


def _row(one: HospitalGift) -> dict[str, Any]:
    where = one.department.name if one.department else _("全院")
    return row(
        Cell(one.number, url=reverse("donations:hospital_gift", args=[one.uid]), sub=where),
        Cell(one.donor.name_masked),
        Cell(one.content, sub=one.get_purpose_display()),
        yuan(_worth(one), _("金额或价值")),
        Cell(one.get_state_display(), tone=TONES.get(one.state, "")),
    )


def _worth(one: HospitalGift) -> Any:
    """What was accepted, else what was offered; None where nobody could say."""
    is_unvalued = one.valuation_basis == Donation.Basis.NONE
    return None if is_unvalued else one.accepted_value or one.amount


def gift_or_404(request: HttpRequest, uid: uuid.UUID) -> HospitalGift:
    joins = (
        "donor",
        "department",
        "receiver",
        "agreement",
        "decided_by",
        "accepted_by",
        "donation",
    )
    rows = HospitalGift.objects.visible_to(request.user).select_related(*joins, "notice")
    return get_object_or_404(rows, uid=uid)


@require_safe
@gift_page
def gift(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    page = gift_record(request.user, gift_or_404(request, uid))
    return render(request, "donations/record.html", page)


@require_http_methods(["GET", "POST"])
@gift_page
def gift_new(request: HttpRequest) -> HttpResponse:
    require(can_offer_hospital_gift, request.user, None)
    back = reverse("donations:hospital_gifts")
    departments = Department.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id, ended_on=None
    )
    return take(
        request,
        Step(
            form=OfferedForm,
            form_args={
                "donors": Donor.objects.visible_to(request.user).bodies().order_by("-id"),
                "departments": departments.order_by("name"),
            },
            service=_register_and_offer,
            to=lambda one: reverse("donations:hospital_gift", args=[one.uid]),
            done=_("捐赠意向已登记，请送预评估。"),
            title=_("登记捐赠意向"),
            button=_("登记"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("医院受赠")),),
            draft="donations-hospital_gift",
        ),
    )


def _register_and_offer(
    *,
    donor: Donor | None,
    donor_kind: str,
    donor_name: str,
    donor_uscc: str,
    by: Any,
    **offer: Any,
) -> HospitalGift:
    """One form, two services, one savepoint: a new donor stays only when the offer does."""
    donor = donor or donor_register(kind=donor_kind, name=donor_name, uscc=donor_uscc, by=by)
    return services.hospital_gift_offer(donor=donor, by=by, **offer)


def gift_step(request: HttpRequest, found: HospitalGift, **step: Any) -> HttpResponse:
    back = reverse("donations:hospital_gift", args=[found.uid])
    given = {
        "given": {"gift": found},
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": ((reverse("donations:hospital_gifts"), _("医院受赠")), (back, found.number)),
        "button": step["title"],
        "facts": gift_facts(found),
        "subject": found.uid if "draft" in step else None,
        **step,
    }
    return take(request, Step(**given))


@require_http_methods(["GET", "POST"])
@gift_page
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_keep_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=OfficesForm,
        form_args={"people": people_here(by=request.user, roles=GIFT_ROLES)},
        service=services.hospital_gift_submit,
        title=_("送预评估"),
        note=_("四个部门各指定一人，四人不能相同；院领导不能是其中一人。每人会收到待办。"),
        done=_("已送预评估。"),
        draft="donations-offices",
    )


@require_http_methods(["GET", "POST"])
@gift_page
def opine(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = GiftOpinion.objects.visible_to(request.user).select_related("gift__donor")
    opinion = get_object_or_404(rows, uid=uid)
    require(can_give_opinion, request.user, opinion)
    return gift_step(
        request,
        opinion.gift,
        form=OpinionForm,
        service=services.hospital_gift_opine,
        given={"opinion": opinion},
        title=_("提出意见"),
        note=_("代表“%(office)s”。提交后不能修改。") % {"office": opinion.get_office_display()},
        done=_("意见已提交。"),
    )


@require_http_methods(["GET", "POST"])
@gift_page
def decide(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_decide_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=DecisionForm,
        service=services.hospital_gift_decide,
        title=_("登记决定"),
        note=_("领导班子集体研究的决定；不予接受的要向捐赠人说明。"),
        done=_("决定已登记。"),
        draft="donations-decision",
    )


@require_http_methods(["GET", "POST"])
@gift_page
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_keep_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=WhyForm,
        service=services.hospital_gift_withdraw,
        title=_("撤回意向"),
        done=_("已撤回。"),
    )


@require_http_methods(["GET", "POST"])
@gift_page
def agree(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_keep_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=AgreeForm,
        service=steps.hospital_gift_agree,
        title=_("登记协议"),
        done=_("协议已登记，收到后办理验收。"),
        draft="donations-agree",
        has_files=True,
    )


@require_http_methods(["GET", "POST"])
@gift_page
def accept(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_keep_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=AcceptedForm if found.kind == Donation.Kind.MONEY else ValuedForm,
        service=steps.hospital_gift_accept,
        initial={"accepted_value": found.amount},
        has_files=found.kind != Donation.Kind.MONEY,
        title=_("登记验收"),
        done=_("验收已登记，请公示。"),
    )


@require_http_methods(["GET", "POST"])
@gift_page
def notice(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_keep_hospital_gift, request.user, found)
    return gift_step(
        request,
        found,
        form=NoticeForm,
        service=steps.hospital_gift_notice,
        title=_("公示"),
        note=_("捐赠人没有同意公示的，名称不出现。"),
        done=_("已公示。"),
    )


@require_http_methods(["GET", "POST"])
@gift_page
def book(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_book_hospital_gift, request.user, found)
    funds = Fund.objects.visible_to(request.user).active().order_by("number")
    return gift_step(
        request,
        found,
        form=BookForm,
        form_args={"funds": funds},
        service=steps.hospital_gift_book,
        title=_("登记到医院基金"),
        note=_("登记后由财务另一人确认入账。"),
        done=_("已登记，等财务另一人确认入账。"),
    )
