"""Deliveries: counted, valued, accepted by another, booked by another; lots with their movements."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.services.history import history_lines
from donations.forms.goods import (
    AcceptForm,
    BookForm,
    IntakeForm,
    LotForm,
    ReasonForm,
)
from donations.goods_permissions import (
    can_accept_intake,
    can_book_intake,
    can_keep_goods,
)
from donations.goods_workflow import IntakeState
from donations.models.giving import Donor, Fund, FundPurpose
from donations.models.goods import (
    GoodsIntake,
    GoodsLot,
    GoodsSite,
)
from donations.services.giving import donor_register
from donations.services.goods_intake import (
    intake_accept,
    intake_book,
    intake_record,
    intake_refuse,
    lot_add,
)
from donations.views.goods_rows import (
    INTAKE_TONES,
    intake_facts,
    lot_row,
)
from donations.views.guards import foundation_page
from donations.views.offers import Offer
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

BOTH = require_http_methods(["GET", "POST"])
JOINS = (
    "donation__donor",
    "donation__fund",
    "donation__purpose",
    "site",
    "counted_by",
    "accepted_by",
    "booked_by",
    "record",
)


def crumbs_of(*more: tuple[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The way back: goods, then `more`."""
    return ((reverse("goods:stock"), _("物资")), *more)


@BOTH
@foundation_page
def intake_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_goods, request.user, None)
    back = reverse("goods:intakes")
    return take(
        request,
        Step(
            page="donations/goods_intake_new.html",
            form=IntakeForm,
            form_args=_choices(request.user),
            service=_register_and_record,
            draft="donations-intake",
            to=lambda one: reverse("goods:intake", args=[one.uid]),
            done=_("已登记清点结果，等另一人在现场验收。"),
            url=request.path,
            back_url=back,
            context={"intakes_url": back, "sites_url": reverse("goods:site_new")},
        ),
    )


def _choices(user: Any) -> dict[str, Any]:
    donors = Donor.objects.visible_to(user).exclude(kind__in=["person", "anonymous"])
    purposes = FundPurpose.objects.visible_to(user).filter(fund__state=Fund.State.ACTIVE)
    return {
        "donors": donors.order_by("-id"),
        "funds": Fund.objects.visible_to(user).active().order_by("number"),
        "purposes": purposes.select_related("fund"),
        "sites": GoodsSite.objects.visible_to(user).filter(is_closed=False).order_by("name"),
    }


def _register_and_record(
    *, donor: Donor | None, donor_kind: str, donor_name: str, by: Any, **given: Any
) -> GoodsIntake:
    """One form, two services, one savepoint: a new donor stays only when the delivery does."""
    donor = donor or donor_register(kind=donor_kind, name=donor_name, by=by)
    return intake_record(donor=donor, by=by, **given)


def _intake(request: HttpRequest, uid: uuid.UUID) -> GoodsIntake:
    rows = GoodsIntake.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def intake(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One delivery with its lots, what is to be done next, and who did what."""
    one = _intake(request, uid)
    return render(request, "donations/goods_intake.html", _intake_page(request.user, one))


def _intake_page(user: Any, one: GoodsIntake) -> dict[str, Any]:
    open_states = (IntakeState.COUNTED, IntakeState.ACCEPTED)
    may_value = can_keep_goods(user, one) and one.state in open_states
    found = GoodsLot.objects.visible_to(user).filter(intake=one).select_related("evidence")
    lots = [lot_row(lot, may_value=may_value) for lot in found.order_by("id")]
    return {
        "intake": one,
        "tone": INTAKE_TONES[one.state],
        "facts": intake_facts(one),
        "lots": lots,
        "total": sum((lot["valuation"] for lot in lots if lot["valuation"]), 0),
        "offers": _intake_offers(user, one),
        "record_url": reverse("goods:file", args=[one.record.uid]) if one.record else "",
        "intakes_url": reverse("goods:intakes"),
        "donation_url": reverse("donations:donation", args=[one.donation.uid]),
        "may_add": may_value and one.state == IntakeState.COUNTED,
        "history": history_lines(one),
    }


def _intake_offers(user: Any, one: GoodsIntake) -> list[Offer]:
    def url(name: str) -> str:
        return reverse(f"goods:{name}", args=[one.uid])

    if one.state == IntakeState.COUNTED:
        why = () if can_accept_intake(user, one) else (_("须由清点人以外的另一人在现场验收。"),)
        offers = [Offer("accept", _("验收入库"), url("intake_accept"), why, is_primary=True)]
        if can_keep_goods(user, one):
            offers.append(Offer("refuse", _("不接收"), url("intake_refuse"), is_quiet=True))
        return offers
    if one.state == IntakeState.ACCEPTED:
        why = () if can_book_intake(user, one) else (_("须由清点人以外的出纳或审批人入账。"),)
        return [Offer("book", _("计价入账"), url("intake_book"), why, is_primary=True)]
    return []


def _step(request: HttpRequest, one: GoodsIntake, **given: Any) -> HttpResponse:
    """A step on a delivery: back to its page."""
    back = reverse("goods:intake", args=[one.uid])
    crumbs = crumbs_of((reverse("goods:intakes"), _("到货验收")), (back, one.donation.number))
    given = {"to": back, "url": request.path, "back_url": back, "crumbs": crumbs} | given
    return take(request, Step(**given))


@BOTH
@foundation_page
def lot_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _intake(request, uid)
    require(can_keep_goods, request.user, one)
    return _step(
        request,
        one,
        form=LotForm,
        service=lot_add,
        draft="donations-lot",
        subject=one.uid,
        given={"intake": one},
        done=_("已加入这次到货。"),
        title=_("加一批物资"),
        button=_("加入"),
    )


@BOTH
@foundation_page
def accept(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _intake(request, uid)
    require(can_accept_intake, request.user, one)
    return _step(
        request,
        one,
        form=AcceptForm,
        service=intake_accept,
        given={"intake": one},
        done=_("已验收入库。"),
        title=_("验收入库"),
        button=_("验收入库"),
        note=_("验收后数量不能再改；多出或短少的先请清点人更正。"),
        facts=intake_facts(one),
        has_files=True,
    )


@BOTH
@foundation_page
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _intake(request, uid)
    require(can_keep_goods, request.user, one)
    return _step(
        request,
        one,
        form=ReasonForm,
        service=intake_refuse,
        given={"intake": one},
        done=_("已登记为不接收。"),
        title=_("不接收这批物资"),
        button=_("不接收"),
    )


@BOTH
@foundation_page
def book(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _intake(request, uid)
    require(can_book_intake, request.user, one)
    lots = GoodsLot.objects.visible_to(request.user).filter(intake=one).order_by("id")
    facts = [(lot.item, money(lot.valuation) if lot.valuation else "—") for lot in lots]
    return _step(
        request,
        one,
        form=BookForm,
        service=intake_book,
        given={"intake": one},
        done=_("已办理：可计价的已入账，无法计价的另册登记。"),
        title=_("计价入账"),
        button=_("计价入账"),
        note=_("入账后计价不能再改。全部无法计价时不确认收入，另册登记。"),
        facts=facts,
    )
