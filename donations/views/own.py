"""The asking side's own pages: the list, a request, and the panels on the case page and the workbench."""

import uuid
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.finding import case_or_404
from departments.views.exporting import export_page
from departments.views.list_box import is_settled, with_query
from departments.views.paging import page_of
from donations.filters import RequestFilter
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.permissions import can_draft_request
from donations.services.exports import ASKED
from donations.views import conditions, own_page, rows
from donations.views.asking import request_or_404
from donations.views.guards import hospital_page
from donations.views.own_page import case_sum
from donations.views.paging import PAGE_SIZE, address
from donations.workflow import GRANTED, IN_REVIEW, RequestState
from msw_portal.kernel.keyset import capped_counts

JOINS = ("case__client__root", "programme_version__organization")
R = RequestState
TABS = (
    ("", gettext_lazy("全部"), frozenset(R.values)),
    ("mine", gettext_lazy("待我办"), frozenset({R.DRAFT, R.SUPPLEMENT_REQUIRED})),
    ("review", gettext_lazy("审核中"), IN_REVIEW - {R.SUPPLEMENT_REQUIRED}),
    ("granted", gettext_lazy("已批准与拨付"), GRANTED),
    (
        "ended",
        gettext_lazy("未获资助"),
        frozenset({R.REJECTED, R.REJECTED_INELIGIBLE, R.WITHDRAWN, R.OBJECTION_UPHELD}),
    ),
)
PANEL_SIZE = 6
SUMMED = 10_000
SENT_OR_READ = require_http_methods(["GET", "HEAD", "POST"])


@SENT_OR_READ
@hospital_page
def requests(request: HttpRequest) -> HttpResponse:
    form = RequestFilter(conditions.given(request))
    form.is_valid()
    if is_settled(request, form.asked):
        return redirect(with_query(request, form.asked))
    status = 422 if request.method == "POST" else 200
    return render(request, "donations/requests.html", _page(request, form), status=status)


def _page(request: HttpRequest, form: RequestFilter) -> dict[str, Any]:
    mine = FundingRequest.objects.visible_to(request.user)
    found = form.apply(mine) if form.is_valid() else mine
    tab = request.GET.get("show", "")
    states = next((states for key, _label, states in TABS if key == tab), TABS[0][2])
    shown = found.filter(state__in=states)
    page = page_of(request, shown.select_related(*JOINS), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [rows.asked_row(one) for one in page["rows"]]
    tabs, total = _tabs(request, found, tab), _total(shown)
    return page | {
        "tabs": tabs,
        "has_any": tabs[0]["count"] != "0",
        "total": total | {"is_capped": total["count"] == SUMMED},
        **_conditions(request, form, mine),
        "cases_url": reverse("cases:list"),
        "pager_text": _("最近建立的在前"),
        "words": _("本人经手个案的申请；金额由基金会决定，进展在这里和个案页同步。"),
        **conditions.box(request, form, "requests"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@hospital_page
def requests_export(request: HttpRequest) -> HttpResponse:
    """The list under its conditions, whole."""
    form = RequestFilter(request.GET)
    mine = FundingRequest.objects.visible_to(request.user)
    found = form.apply(mine) if form.is_valid() else mine
    tab = request.GET.get("show", "")
    states = next((states for key, _label, states in TABS if key == tab), TABS[0][2])
    rows = found.filter(state__in=states).select_related(*JOINS).order_by("-id")
    back = f"{reverse('donations:requests')}?{request.GET.urlencode()}"
    return export_page(
        request, listing=ASKED, rows=rows, heading=gettext_lazy("救助申请"), back=back
    )


def _conditions(request: HttpRequest, form: RequestFilter, mine: QuerySet) -> dict[str, Any]:
    versions = ProgrammeVersion.objects.visible_to(request.user).filter(
        pk__in=mine.values("programme_version_id")
    )
    named = {
        "programme": (
            _("项目"),
            {str(one.uid): str(one) for one in versions.order_by("name", "-version")},
        )
    }
    return conditions.shown(request, form, named)


def _tabs(request: HttpRequest, found: QuerySet, tab: str) -> list[dict[str, Any]]:
    counts = capped_counts({key: found.filter(state__in=states) for key, _label, states in TABS})
    return [
        {
            "label": label,
            "url": address(request.GET, show=key or None),
            "is_on": key == tab,
            "count": counts[key],
        }
        for key, label, _states in TABS
    ]


def _total(shown: QuerySet) -> dict[str, Any]:
    """The sums of what is shown, or of its newest ten thousand: a page never reads a whole archive."""
    return shown.order_by("-id")[:SUMMED].aggregate(
        count=Count("id"),
        asked=Sum("requested", default=0),
        granted=Sum("approved", default=0, filter=Q(state__in=GRANTED)),
        paid=Sum("disbursed", default=0),
    )


@require_safe
@hospital_page
def show(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    return render(request, "donations/request.html", own_page.page(request.user, aid))


@require_safe
@hospital_page
def case_panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Costs, gap and requests of a case, for the case page."""
    case = case_or_404(request, uid)
    mine = list(
        FundingRequest.objects.visible_to(request.user)
        .of_case(case)
        .select_related(*JOINS)
        .order_by("-id")
    )
    may = can_draft_request(request.user, case)
    return render(
        request,
        "donations/_case_panel.html",
        {
            "sum": case_sum(request.user, mine),
            "rows": [rows.case_row(one) for one in mine],
            "may_ask": may,
            "why_not": "" if may else _("由在办个案的主责社工或成员申请。"),
            "all_url": reverse("donations:requests"),
            "new_url": reverse("donations:request_new", args=[case.uid]),
        },
    )


@require_safe
@hospital_page
def panel_requests(request: HttpRequest) -> HttpResponse:
    """What waits for the worker: supplements first, then drafts; nothing when nothing waits."""
    waiting = FundingRequest.objects.visible_to(request.user).in_state(
        R.SUPPLEMENT_REQUIRED, R.DRAFT
    )
    found = waiting.select_related(*JOINS).order_by("due_at", "id")[:PANEL_SIZE]
    return render(
        request,
        "donations/_panel_requests.html",
        {
            "rows": [rows.waiting_row(one) for one in found],
            "all_url": reverse("donations:requests"),
        },
    )
