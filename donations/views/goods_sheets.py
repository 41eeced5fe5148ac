"""Distribution sheets: persons, signatures on screen or on paper, the second count, the print."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.services.history import history_lines
from donations.forms.goods import (
    PeopleForm,
    ReasonForm,
    ReturnForm,
    SheetFileForm,
    SheetForm,
    SignForm,
    SureForm,
)
from donations.goods_permissions import can_count_distribution, can_keep_goods
from donations.goods_workflow import DistributionState
from donations.models.goods import Distribution, DistributionLine, GoodsLot, GoodsSite
from donations.services.goods_papers import sheet_paper
from donations.services.goods_sheets import (
    distribution_cancel,
    distribution_count,
    distribution_open,
    distribution_sign,
    line_drop,
    line_sign,
    lines_add,
)
from donations.services.goods_stock import still_out, stock_return
from donations.views.goods_intakes import crumbs_of
from donations.views.goods_rows import SHEET_TONES, line_row, pieces
from donations.views.guards import foundation_page
from donations.views.offers import Offer
from donations.views.stepping import Step, take
from donations.views.wording import joined
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, when

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("site", "handler", "counted_by", "sheet")


@BOTH
@foundation_page
def sheet_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_goods, request.user, None)
    back = reverse("goods:sheets")
    sites = GoodsSite.objects.visible_to(request.user).filter(is_closed=False).order_by("name")
    return take(
        request,
        Step(
            form=SheetForm,
            form_args={"sites": sites},
            service=distribution_open,
            to=lambda one: reverse("goods:sheet", args=[one.uid]),
            done=_("发放单已开，请加领取人。"),
            title=_("开发放单"),
            button=_("开单"),
            url=request.path,
            back_url=back,
            crumbs=crumbs_of((back, _("发放单"))),
        ),
    )


def _sheet(request: HttpRequest, uid: uuid.UUID) -> Distribution:
    rows = Distribution.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def sheet(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One sheet: who stands on it, who has signed, what is to be done."""
    one, user = _sheet(request, uid), request.user
    found = DistributionLine.objects.visible_to(user).filter(distribution=one)
    lines = list(found.select_related("lot", "drawn").order_by("id"))
    may = can_keep_goods(user, one) and one.state == DistributionState.DRAFT
    return render(
        request,
        "donations/goods_sheet.html",
        {
            "sheet": one,
            "tone": SHEET_TONES[one.state],
            "facts": _facts(one),
            "lines": [line_row(line, n, is_open=may) for n, line in enumerate(lines, 1)],
            "totals": _totals(lines),
            "signed": sum(line.signed_at is not None for line in lines),
            "offers": _offers(user, one),
            "people_url": reverse("goods:people_new", args=[uid]) if may else "",
            "paper_url": reverse("goods:sheet_paper", args=[uid]),
            "file_url": reverse("goods:file", args=[one.sheet.uid]) if one.sheet else "",
            "sheets_url": reverse("goods:sheets"),
            "history": history_lines(one),
        },
    )


def _totals(lines: list[DistributionLine]) -> list[str]:
    sums: dict[int, list[Any]] = {}
    for line in lines:
        sums.setdefault(line.lot_id, [line.lot, 0])[1] += line.quantity
    return [f"{lot.item} {pieces(quantity, lot)}" for lot, quantity in sums.values()]


def _facts(one: Distribution) -> list[tuple[Any, Any]]:
    rows = [
        (_("存放点"), one.site.name),
        (_("发放日期"), moment(one.given_on)),
        (_("用途"), one.purpose),
        (_("经手"), str(one.handler)),
    ]
    if one.signed_at:
        rows.append((_("签收"), when(one.signed_at)))
    if one.counted_by:
        rows.append((_("复点"), joined([one.counted_by, when(one.counted_at)])))
    return rows


def _offers(user: Any, one: Distribution) -> list[Offer]:
    def url(name: str) -> str:
        return reverse(f"goods:{name}", args=[one.uid])

    if one.state == DistributionState.DRAFT and can_keep_goods(user, one):
        return [
            Offer("sign", _("完成签收"), url("sheet_sign"), is_primary=True),
            Offer("cancel", _("取消"), url("sheet_cancel"), is_quiet=True),
        ]
    made = []
    if one.state == DistributionState.SIGNED:
        why = () if can_count_distribution(user, one) else (_("须由经手人以外的另一人复点。"),)
        made.append(Offer("count", _("复点"), url("sheet_count"), why, is_primary=True))
    if one.signed_at and can_keep_goods(user, one) and still_out(one):
        made.append(Offer("return", _("登记退回"), url("sheet_return"), is_quiet=True))
    return made


def _step(request: HttpRequest, one: Distribution, **given: Any) -> HttpResponse:
    back = reverse("goods:sheet", args=[one.uid])
    crumbs = crumbs_of((reverse("goods:sheets"), _("发放单")), (back, one.number))
    given = {
        "given": {"distribution": one},
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": crumbs,
    } | given
    return take(request, Step(**given))


@BOTH
@foundation_page
def people_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _sheet(request, uid)
    require(can_keep_goods, request.user, one)
    lots = GoodsLot.objects.visible_to(request.user)
    held = lots.filter(stocks__site=one.site, stocks__on_hand__gt=0).order_by("id")
    return _step(
        request,
        one,
        form=PeopleForm,
        draft="donations-people",
        subject=one.uid,
        form_args={"lots": held},
        service=lines_add,
        done=_("领取人已加入。"),
        title=_("加领取人"),
        button=_("加入"),
    )


def _line(request: HttpRequest, uid: uuid.UUID) -> DistributionLine:
    rows = DistributionLine.objects.visible_to(request.user)
    found = rows.select_related("distribution__site", "lot")
    return get_object_or_404(found, uid=uid)


@BOTH
@foundation_page
def sign_line(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    line = _line(request, uid)
    require(can_keep_goods, request.user, line.distribution)
    return _step(
        request,
        line.distribution,
        page="donations/goods_sign.html",
        form=SignForm,
        service=line_sign,
        given={"line": line},
        initial={"signer_kind": "guardian" if line.is_minor else "recipient"},
        done=_("已签收。"),
        title=_("签收：%(name)s") % {"name": line.recipient},
        button=_("签收"),
        facts=((_("物资"), f"{line.lot.item} {pieces(line.quantity, line.lot)}"),),
        context={"line": line},
    )


@BOTH
@foundation_page
def drop_line(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    line = _line(request, uid)
    require(can_keep_goods, request.user, line.distribution)
    return _step(
        request,
        line.distribution,
        form=SureForm,
        service=line_drop,
        given={"line": line},
        done=_("已从发放单上去掉。"),
        title=_("去掉：%(name)s") % {"name": line.recipient_masked},
        button=_("去掉"),
    )


@BOTH
@foundation_page
def sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _sheet(request, uid)
    require(can_keep_goods, request.user, one)
    return _step(
        request,
        one,
        form=SheetFileForm,
        service=distribution_sign,
        done=_("已完成签收，物资已出库。"),
        title=_("完成签收"),
        button=_("完成签收，出库"),
        note=_("每个人都在屏幕上签过的，不用上传；签在纸上的，上传照片。完成后不能再改。"),
        has_files=True,
    )


@BOTH
@foundation_page
def count(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _sheet(request, uid)
    require(can_count_distribution, request.user, one)
    return _step(
        request,
        one,
        form=SureForm,
        service=distribution_count,
        done=_("已复点。"),
        title=_("复点"),
        button=_("账实相符"),
        note=_("核对签收单和这个存放点剩下的实物；不符的先报损或更正。"),
        facts=_facts(one),
    )


@BOTH
@foundation_page
def give_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _sheet(request, uid)
    require(can_keep_goods, request.user, one)
    lots = GoodsLot.objects.visible_to(request.user).filter(pk__in=still_out(one))
    return _step(
        request,
        one,
        form=ReturnForm,
        form_args={"lots": lots.order_by("id")},
        service=stock_return,
        done=_("已退回，物资回到原来的存放点。"),
        title=_("登记退回"),
        button=_("退回入库"),
        note=_("发出去没有用上、退回来的物资回到发放的存放点，账上相应冲减；退回后坏了的再报损。"),
    )


@BOTH
@foundation_page
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _sheet(request, uid)
    require(can_keep_goods, request.user, one)
    return _step(
        request,
        one,
        form=ReasonForm,
        service=distribution_cancel,
        done=_("发放单已取消。"),
        title=_("取消发放单"),
        button=_("取消发放单"),
    )


@require_safe
@foundation_page
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The sheet on A4 with full names: to be signed on paper, or as it was signed."""
    one = _sheet(request, uid)
    response = HttpResponse(
        sheet_paper(distribution=one, by=request.user), content_type="application/pdf"
    )
    response["Content-Disposition"] = content_disposition_header(
        True, f"{_('发放单')} {one.number}.pdf"
    )
    return response
