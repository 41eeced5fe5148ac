"""Lists of goods: what lies where, what moved, what arrived, what was handed out, what was lost."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.paging import page_of
from donations.forms.goods import SiteForm
from donations.goods_permissions import can_keep_goods, can_settle_loss
from donations.goods_workflow import IntakeState
from donations.models.goods import (
    Distribution,
    GoodsIntake,
    GoodsLot,
    GoodsSite,
    GoodsStock,
    StockLoss,
    StockMove,
)
from donations.services.goods_intake import site_open
from donations.views.goods_rows import (
    LOSS_TONES,
    intake_row,
    move_row,
    pieces,
    sheet_row,
    stock_row,
)
from donations.views.guards import foundation_page
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

SECTIONS = (
    ("stock", gettext_lazy("库存")),
    ("intakes", gettext_lazy("到货验收")),
    ("sheets", gettext_lazy("发放单")),
    ("losses", gettext_lazy("报损")),
    ("moves", gettext_lazy("出入库")),
    ("sites", gettext_lazy("存放点")),
)


def sections(here: str) -> list[dict[str, Any]]:
    """The parts of the goods pages as tabs."""
    return [
        {"label": label, "url": reverse(f"goods:{name}"), "is_on": name == here}
        for name, label in SECTIONS
    ]


def _shown(request: HttpRequest, template: str, here: str, page: dict[str, Any]) -> HttpResponse:
    page |= {
        "sections": sections(here),
        "may_keep": can_keep_goods(request.user),
        "pager_text": _("最近的在前"),
    }
    return render(request, template, page)


@require_safe
@foundation_page
def stock(request: HttpRequest) -> HttpResponse:
    """What lies at every site, by batch and expiry; `?site=` shows one."""
    rows = GoodsStock.objects.visible_to(request.user).filter(on_hand__gt=0)
    sites = GoodsSite.objects.visible_to(request.user).order_by("name")
    chosen = request.GET.get("site", "")
    site = next((one for one in sites if str(one.uid) == chosen), None)
    rows = rows.filter(site=site) if site else rows
    joins = ("lot__donation__donor", "lot__intake", "site")
    page = page_of(request, rows.select_related(*joins), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [stock_row(one) for one in page["rows"]]
    page["choices"] = [
        {"label": _("全部存放点"), "url": address(request.GET, site=None), "is_on": site is None},
        *(
            {"label": one.name, "url": address(request.GET, site=one.uid), "is_on": one == site}
            for one in sites
        ),
    ]
    page["chosen"] = site is not None
    return _shown(request, "donations/goods_stock.html", "stock", page)


@require_safe
@foundation_page
def moves(request: HttpRequest) -> HttpResponse:
    """Every movement, the newest first."""
    rows = StockMove.objects.visible_to(request.user)
    joins = ("lot", "site", "to_site", "distribution", "created_by")
    page = page_of(request, rows.select_related(*joins), order=("-at", "-id"), size=PAGE_SIZE)
    page["rows"] = [move_row(one) for one in page["rows"]]
    return _shown(request, "donations/goods_moves.html", "moves", page)


INTAKE_TABS = (
    ("", gettext_lazy("全部")),
    (IntakeState.COUNTED, IntakeState.COUNTED.label),
    (IntakeState.ACCEPTED, IntakeState.ACCEPTED.label),
    (IntakeState.REGISTERED, gettext_lazy("另册登记（不计收入）")),
)


@require_safe
@foundation_page
def intakes(request: HttpRequest) -> HttpResponse:
    """Deliveries; the separate register is the tab of those that nobody could value."""
    rows = GoodsIntake.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state in IntakeState.values else rows
    lots = Prefetch("lots", GoodsLot.objects.visible_to(request.user).order_by("id"))
    joins = ("donation__donor", "site", "counted_by", "accepted_by")
    shown = rows.select_related(*joins).prefetch_related(lots)
    page = page_of(request, shown, order=("-id",), size=PAGE_SIZE)
    page["rows"] = [intake_row(one) for one in page["rows"]]
    page["tabs"] = [
        {"label": label, "url": address(request.GET, state=tab or None), "is_on": state == tab}
        for tab, label in INTAKE_TABS
    ]
    page["chosen"] = state
    return _shown(request, "donations/goods_intakes.html", "intakes", page)


@require_safe
@foundation_page
def sheets(request: HttpRequest) -> HttpResponse:
    """Distribution sheets with how many persons stand on each."""
    rows = Distribution.objects.visible_to(request.user).annotate(persons=Count("lines"))
    shown: QuerySet = rows.select_related("site", "handler", "counted_by")
    page = page_of(request, shown, order=("-id",), size=PAGE_SIZE)
    page["rows"] = [sheet_row(one) for one in page["rows"]]
    return _shown(request, "donations/goods_sheets.html", "sheets", page)


@require_safe
@foundation_page
def losses(request: HttpRequest) -> HttpResponse:
    """Reported losses; who did not report one may settle it here."""
    rows = StockLoss.objects.visible_to(request.user)
    shown = rows.select_related("lot", "site", "reported_by", "confirmed_by")
    page = page_of(request, shown, order=("-id",), size=PAGE_SIZE)
    page["rows"] = [_loss_row(request.user, one) for one in page["rows"]]
    return _shown(request, "donations/goods_losses.html", "losses", page)


def _loss_row(user: Any, one: StockLoss) -> dict[str, Any]:
    may = one.state == "reported" and can_settle_loss(user, one)
    return {
        "item": one.lot.item,
        "lot_url": reverse("goods:lot", args=[one.lot.uid]),
        "site": one.site.name,
        "quantity": pieces(one.quantity, one.lot),
        "reason": one.reason,
        "state": one.get_state_display(),
        "tone": LOSS_TONES[one.state],
        "by": str(one.reported_by),
        "confirmed_by": str(one.confirmed_by or ""),
        "confirm_url": reverse("goods:loss_confirm", args=[one.uid]) if may else "",
        "refuse_url": reverse("goods:loss_refuse", args=[one.uid]) if may else "",
    }


@require_safe
@foundation_page
def sites(request: HttpRequest) -> HttpResponse:
    """Places where goods lie, with how many lots lie there."""
    held = GoodsStock.objects.visible_to(request.user).filter(on_hand__gt=0)
    rows = GoodsSite.objects.visible_to(request.user)
    page = page_of(request, rows, order=("-id",), size=PAGE_SIZE)
    counts = dict(
        held.filter(site__in=page["rows"]).values_list("site").annotate(count=Count("id"))
    )
    page["rows"] = [
        {
            "name": one.name,
            "kind": one.get_kind_display(),
            "keeper": one.keeper,
            "lots": counts.get(one.pk, 0),
            "is_closed": one.is_closed,
            "url": f"{reverse('goods:stock')}?site={one.uid}",
        }
        for one in page["rows"]
    ]
    return _shown(request, "donations/goods_sites.html", "sites", page)


@require_http_methods(["GET", "POST"])
@foundation_page
def site_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_goods, request.user, None)
    back = reverse("goods:sites")
    return take(
        request,
        Step(
            form=SiteForm,
            service=site_open,
            to=back,
            done=_("存放点已建立。"),
            title=_("新建存放点"),
            button=_("建立"),
            url=request.path,
            back_url=back,
            crumbs=((reverse("goods:stock"), _("物资")), (back, _("存放点"))),
        ),
    )
