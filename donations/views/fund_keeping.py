"""Funds are opened, changed, paused and closed."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from departments.models.people import User
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from donations.charity_permissions import can_end_fund, can_keep_charity
from donations.forms.campaigns import ConfirmForm
from donations.forms.charities import FundForm, FundReasonForm
from donations.models.giving import Donor, Fund
from donations.services.fund_keeping import (
    fund_change,
    fund_close,
    fund_establish,
    fund_pause,
    fund_resume,
)
from donations.views.guards import foundation_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "POST"])
TERMS = ("summary", "founder", "agreed_on", "mgmt_share", "committee")
# Step -> form, service, title, what is said afterwards.
STEPS: dict[str, tuple[Any, Any, Any, Any]] = {
    "pause": (
        FundReasonForm,
        fund_pause,
        gettext_lazy("暂停基金"),
        gettext_lazy("已暂停，不再登记新的捐赠。"),
    ),
    "resume": (
        ConfirmForm,
        fund_resume,
        gettext_lazy("恢复基金"),
        gettext_lazy("已恢复。"),
    ),
    "close": (
        FundReasonForm,
        fund_close,
        gettext_lazy("终止基金"),
        gettext_lazy("已终止。"),
    ),
}


def _choices(user: User, fund: Fund | None = None) -> dict[str, Any]:
    funds = Fund.objects.visible_to(user).active().exclude(kind=Fund.Kind.TRUST)
    donors = Donor.objects.visible_to(user).exclude(kind__in=["person", "anonymous"])
    return {
        "parents": funds.exclude(pk=fund.pk if fund else None).order_by("number"),
        "founders": donors.order_by("-id"),
        "is_new": fund is None,
    }


@BOTH
@foundation_page
def fund_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_charity, request.user, None)
    return fill_in(
        request,
        Filling(
            page="donations/fund_form.html",
            form=FundForm,
            form_args=_choices(request.user),
            service=fund_establish,
            given={},
            to=lambda one: reverse("donations:fund", args=[one.uid]),
            done=_("基金已建立，账户已开好。"),
            draft="donations-fund",
            context={"heading": _("建立基金"), "back_url": reverse("donations:funds")},
        ),
    )


def _shown(fund: Fund) -> dict[str, Any]:
    terms = getattr(fund, "terms", None)
    shown = {"name": fund.name, "parent": fund.parent.uid if fund.parent else "", "purposes": ""}
    shown |= {one: getattr(terms, one, None) for one in TERMS}
    return shown | {"founder": terms.founder.uid if terms and terms.founder else ""}


def _fund(request: HttpRequest, uid: uuid.UUID) -> Fund:
    rows = Fund.objects.visible_to(request.user).exclude(kind=Fund.Kind.TRUST)
    return get_object_or_404(rows.select_related("parent", "terms__founder"), uid=uid)


@BOTH
@foundation_page
def fund_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    fund = _fund(request, uid)
    require(can_keep_charity, request.user, fund)
    back = reverse("donations:fund", args=[uid])

    def now() -> Current:
        row = _fund(request, uid)
        return Current(row.row_version, _shown(row), at=row.updated_at)

    return fill_in(
        request,
        Filling(
            page="donations/fund_form.html",
            form=FundForm,
            form_args=_choices(request.user, fund),
            service=fund_change,
            given={"fund": fund},
            to=back,
            done=_("已保存。"),
            draft="donations-fund_edit",
            subject=uid,
            current=now,
            context={"heading": _("修改基金"), "fund": fund, "back_url": back},
        ),
    )


@BOTH
@foundation_page
def fund_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    fund = get_object_or_404(Fund.objects.visible_to(request.user), uid=uid)
    require(can_end_fund if step == "close" else can_keep_charity, request.user, fund)
    form, service, title, done = STEPS[step]
    back = reverse("donations:fund", args=[uid])
    return take(
        request,
        Step(
            form=form,
            service=service,
            given={"fund": fund},
            to=back,
            done=done,
            title=title,
            button=title,
            url=request.path,
            back_url=back,
            crumbs=((reverse("donations:funds"), _("基金与余额")), (back, fund.name)),
        ),
    )
