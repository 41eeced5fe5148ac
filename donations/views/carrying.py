"""Gifts of before the portal, looked at together and confirmed together by another than who brought them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations.forms.giving import CarriedForm
from donations.models.giving import Donation
from donations.permissions import can_confirm_donation
from donations.services.carrying import AT_ONCE, carried_confirm, carried_waiting
from donations.views.guards import money_page
from donations.views.listing import Cell, columns, row, yuan
from donations.views.wording import joined
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment


def may_confirm_carried(user: Any) -> bool:
    """Whether the person may confirm what somebody else brought."""
    return can_confirm_donation(user, Donation(organization_id=user.house_id))


def carried_count(user: Any) -> int:
    """How many wait for the person, counted no further than one page of them."""
    return len(carried_waiting(by=user).values_list("pk")[:AT_ONCE])


@require_http_methods(["GET", "POST"])
@money_page
def carried(request: HttpRequest) -> HttpResponse:
    """The oldest of them in one table, with one button under it."""
    require(can_confirm_donation, request.user, Donation(organization_id=request.user.house_id))
    is_sent = request.method == "POST"
    form = CarriedForm(request.POST if is_sent else None)
    if is_sent and form.command(carried_confirm, by=request.user):
        messages.success(request, _("已入账 %(n)d 笔。") % {"n": form.result})
        return redirect("donations:donations")
    page = _page(request.user) | {"form": form}
    return render(request, "donations/carried.html", page, status=422 if is_sent else 200)


def _page(user: Any) -> dict[str, Any]:
    rows = carried_waiting(by=user).select_related("donor", "fund", "purpose", "entered_by")
    found = list(rows.prefetch_related("arrivals")[:AT_ONCE])
    return {
        "rows": [_row(one) for one in found],
        "columns": columns(
            _("原编号"),
            _("捐赠人"),
            _("基金与用途"),
            _("到账"),
            _("金额"),
            _("启用前已使用"),
            _("余下"),
            figures=[4, 5, 6],
        ),
        "count": len(found),
        "total": sum(one.amount for one in found),
        "left": sum(one.amount - one.used_before for one in found),
        "donations_url": reverse("donations:donations"),
    }


def _row(one: Donation) -> dict[str, Any]:
    arrival = one.arrivals.all()[0]
    return row(
        Cell(
            arrival.external_no or one.number,
            url=reverse("donations:donation", args=[one.uid]),
            sub=joined([one.number, one.entered_by]),
        ),
        Cell(one.donor.name_masked, sub=one.donor.get_kind_display()),
        Cell(one.fund.name, sub=one.purpose.text if one.purpose else _("不限定用途")),
        Cell(moment(one.received_on), sub=one.get_channel_display()),
        yuan(one.amount, _("金额")),
        yuan(one.used_before, _("启用前已使用")),
        yuan(one.amount - one.used_before, _("余下")),
    )
