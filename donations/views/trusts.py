"""Charitable trusts: the list, one trust with its filing, reports and beneficiaries."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.organizations import Organization
from departments.models.place_codes import OrganizationKind
from departments.services.charity_status import charities
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from donations.charity_permissions import can_keep_charity
from donations.forms.charities import TrustBeneficiaryForm, TrustForm, TrustReportForm
from donations.models.charities import CharitableTrust
from donations.services.trusts import (
    missing_reports,
    trust_beneficiary_add,
    trust_change,
    trust_report_add,
    trust_set_up,
)
from donations.views.guards import foundation_page
from donations.views.paging import PAGE_SIZE
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("fund", "trustee")


@require_safe
@foundation_page
def trusts(request: HttpRequest) -> HttpResponse:
    rows = CharitableTrust.objects.visible_to(request.user).select_related(*JOINS)
    page = page_of(request, rows, order=("-signed_on", "-id"), size=PAGE_SIZE)
    page |= {"may_keep": can_keep_charity(request.user), "funds_url": reverse("donations:funds")}
    return render(request, "donations/trusts.html", page)


def _trust(request: HttpRequest, uid: uuid.UUID) -> CharitableTrust:
    rows = CharitableTrust.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def trust(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _trust(request, uid)
    reports = list(found.reports.order_by("-year"))
    missing = missing_reports(found, {one.year for one in reports}, timezone.localdate())
    return render(
        request,
        "donations/trust.html",
        {
            "trust": found,
            "reports": reports,
            "missing": missing,
            "beneficiaries": found.beneficiaries.order_by("-chosen_on", "-id")[:PAGE_SIZE],
            "is_late": found.filed_on is not None and found.filed_on > found.file_by,
            "is_overdue": found.filed_on is None and timezone.localdate() > found.file_by,
            "may_keep": can_keep_charity(request.user, found),
        },
    )


def _choices(request: HttpRequest) -> dict[str, Any]:
    """Charities and trust companies of the register, and the own house."""
    bodies = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    found = charities(bodies) | bodies.filter(kind=OrganizationKind.TRUSTEE)
    return {"trustees": found.filter(ended_on=None).order_by("name")}


@BOTH
@foundation_page
def trust_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_charity, request.user, None)
    return fill_in(
        request,
        Filling(
            page="donations/trust_form.html",
            form=TrustForm,
            form_args=_choices(request),
            service=trust_set_up,
            given={},
            to=lambda one: reverse("donations:trust", args=[one.uid]),
            done=_("慈善信托已登记，它的基金账户已开好。"),
            draft="donations-trust",
            context={"heading": _("登记慈善信托"), "back_url": reverse("donations:trusts")},
        ),
    )


def _shown(row: CharitableTrust) -> dict[str, Any]:
    names = [one for one in TrustForm.base_fields if one not in {"number", "name", "once"}]
    return {one: getattr(row, one) for one in names} | {"trustee": row.trustee.uid}


@BOTH
@foundation_page
def trust_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _trust(request, uid)
    require(can_keep_charity, request.user, found)
    back = reverse("donations:trust", args=[uid])

    def now() -> Current:
        row = _trust(request, uid)
        return Current(row.row_version, _shown(row), at=row.updated_at)

    return fill_in(
        request,
        Filling(
            page="donations/trust_form.html",
            form=TrustForm,
            form_args=_choices(request) | {"is_new": False},
            service=trust_change,
            given={"trust": found},
            to=back,
            done=_("已保存。"),
            draft="donations-trust_edit",
            subject=uid,
            current=now,
            context={"heading": _("修改慈善信托"), "trust": found, "back_url": back},
        ),
    )


def _part(request: HttpRequest, uid: uuid.UUID, **step: Any) -> HttpResponse:
    found = _trust(request, uid)
    require(can_keep_charity, request.user, found)
    back = reverse("donations:trust", args=[uid])
    crumbs = ((reverse("donations:trusts"), _("慈善信托")), (back, found.fund.name))
    given = {"trust": found}
    return take(
        request,
        Step(
            given=given,
            to=back,
            url=request.path,
            back_url=back,
            crumbs=crumbs,
            subject=uid,
            **step,
        ),
    )


@BOTH
@foundation_page
def trust_report_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _part(
        request,
        uid,
        form=TrustReportForm,
        service=trust_report_add,
        done=_("年度报告已登记。"),
        title=_("登记年度报告"),
        button=_("登记"),
        draft="donations-trust_report",
    )


@BOTH
@foundation_page
def trust_beneficiary_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _part(
        request,
        uid,
        form=TrustBeneficiaryForm,
        service=trust_beneficiary_add,
        done=_("受益人已登记。"),
        title=_("登记受益人"),
        button=_("登记"),
        draft="donations-trust_beneficiary",
    )
