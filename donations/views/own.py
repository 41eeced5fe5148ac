"""The asking side's own pages: the list, a request, and the panels on the case page and the workbench."""

import uuid
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.services.team import colleagues
from cases.views.finding import case_or_404
from departments.views.exporting import export_page
from departments.views.list_box import is_settled, with_query
from departments.views.paging import page_of
from donations.board_permissions import can_lead_requests
from donations.filters import RequestFilter
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.permissions import can_draft_request
from donations.services.exports import ASKED
from donations.views import conditions, own_page, rows
from donations.views.asking import request_or_404
from donations.views.guards import hospital_page
from donations.views.lanes import Lane, lanes_of, more_of, states_of
from donations.views.own_page import case_sum
from donations.views.paging import PAGE_SIZE, address, uid_in
from donations.workflow import GRANTED, IN_REVIEW, RequestState
from msw_portal.kernel.display import when
from msw_portal.kernel.keyset import capped_counts

JOINS = ("case__client__root", "project", "programme_version__organization")
R = RequestState
URGENT = frozenset({R.SUPPLEMENT_REQUIRED, R.MSW_ASSESSMENT, R.HOSPITAL_OPINION})
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
LANES = (
    Lane("draft", gettext_lazy("草稿"), (R.DRAFT,)),
    Lane(
        "mine",
        gettext_lazy("待医院办"),
        (R.SUPPLEMENT_REQUIRED, R.MSW_ASSESSMENT, R.HOSPITAL_OPINION),
    ),
    Lane(
        "review",
        gettext_lazy("基金会审核"),
        (R.SUBMITTED, R.DOCUMENT_CHECK, R.FIRST_REVIEW, R.SECOND_REVIEW, R.COMMITTEE),
    ),
    Lane(
        "decide",
        gettext_lazy("公示与待批准"),
        (R.PROPOSED, R.PUBLIC_NOTICE, R.NOTICE_ELAPSED),
    ),
    Lane("pay", gettext_lazy("待拨付"), (R.APPROVED, R.AGREEMENT, R.DISBURSING)),
    Lane("use", gettext_lazy("核销与回访"), (R.DISBURSED, R.RECONCILED), is_kept=False),
)
PANEL_SIZE = 6
BY_STATE = ("state", "-id")  # of the index funding_request_own_state
SUMMED = 1_000
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
    found = _of_worker(request, form.apply(mine) if form.is_valid() else mine)
    is_board = request.GET.get("view") == "board"
    place = _board(request, found) if is_board else _list(request, found)
    tabs = [] if is_board else _tabs(request, found, request.GET.get("show", ""))
    return place | {
        "is_board": is_board,
        "tabs": tabs,
        "has_any": is_board or tabs[0]["count"] != "0",
        "views": [
            (_("列表"), address(request.GET, view=None), not is_board),
            (_("看板"), address(request.GET, view="board", show=None), is_board),
        ],
        **_conditions(request, form, mine),
        "cases_url": reverse("cases:list"),
        "words": _("本人经手个案的申请；金额由基金会决定，进展在这里和个案页同步。"),
        **conditions.box(request, form, "requests"),
    }


def _list(request: HttpRequest, found: QuerySet) -> dict[str, Any]:
    tab = request.GET.get("show", "")
    states = next((states for key, _label, states in TABS if key == tab), TABS[0][2])
    shown = found.filter(state__in=states)
    page = page_of(request, shown.select_related(*JOINS), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [rows.asked_row(one) for one in page["rows"]]
    total = _total(shown)
    return page | {
        "total": total | {"is_capped": total["count"] == SUMMED},
        "pager_text": _("最近建立的在前"),
    }


def _board(request: HttpRequest, found: QuerySet) -> dict[str, Any]:
    shown = found.filter(state__in=states_of(LANES))
    lanes = lanes_of(
        LANES, shown.select_related(*JOINS), query=request.GET, ticket=_ticket, more_url=_lane_url
    )
    total = _total(shown)
    return {"lanes": lanes, "total": total | {"is_capped": total["count"] == SUMMED}}


def _ticket(one: FundingRequest) -> dict[str, Any]:
    """A request in a lane of the hospital's board."""
    row = rows.asked_row(one)
    is_late = bool(row["due"]) and row["due"] < timezone.now()
    badge = row["state"] if one.state in URGENT or one.on_hold_at else _("逾期") if is_late else ""
    return {
        "uid": one.uid,
        "url": row["url"],
        "amount": one.approved if one.state in GRANTED else one.requested,
        "badge": badge,
        "tone": "danger" if is_late else row["tone"],
        "who": f"{row['who']} · {row['programme']}",
        "due": row["due"],
        "due_for": row["due_for"],
        "since": _("%(at)s 起") % {"at": when(one.on_hold_at or one.state_entered_at)},
        "house": row["house"],
    }


def _lane_url(key: str) -> str:
    return reverse("donations:requests_lane", args=[key])


@require_safe
@hospital_page
def requests_lane(request: HttpRequest, lane: str) -> HttpResponse:
    """The next tickets of one lane, under the board's conditions."""
    asked = next((one for one in LANES if one.key == lane), None)
    if asked is None:
        raise Http404
    form, mine = RequestFilter(request.GET), FundingRequest.objects.visible_to(request.user)
    found = _of_worker(request, form.apply(mine) if form.is_valid() else mine)
    context = more_of(
        asked, found.select_related(*JOINS), query=request.GET, ticket=_ticket, more_url=_lane_url
    )
    return render(request, "donations/_tickets.html", context)


def _of_worker(request: HttpRequest, found: QuerySet) -> QuerySet:
    """Narrowed to the cases of one worker, `?worker=`; for those who lead."""
    uid = uid_in(request.GET.get("worker", ""))
    return found if uid is None else found.filter(case__worker__uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@hospital_page
def requests_export(request: HttpRequest) -> HttpResponse:
    """The list under its conditions, whole."""
    form = RequestFilter(request.GET)
    mine = FundingRequest.objects.visible_to(request.user)
    found = _of_worker(request, form.apply(mine) if form.is_valid() else mine)
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
    return conditions.shown(request, form, named) | {"workers": _workers(request)}


def _workers(request: HttpRequest) -> list[dict[str, Any]]:
    """Whose cases those who lead may ask for, as a menu; the present choice is marked."""
    user, chosen = request.user, request.GET.get("worker", "")
    if not can_lead_requests(user):
        return []
    team = colleagues(role="worker", by=user, department_id=user.acting.department_id)
    return [
        {
            "label": one.display_name,
            "url": address(request.GET, worker=None if str(one.uid) == chosen else one.uid),
            "is_on": str(one.uid) == chosen,
        }
        for one in team
    ]


def _tabs(request: HttpRequest, found: QuerySet, tab: str) -> list[dict[str, Any]]:
    asked = {key: found.filter(state__in=states) for key, _label, states in TABS}
    counts = capped_counts(asked, order=BY_STATE)
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
    """The sums of what is shown, or of its newest thousand: a page never reads a whole archive."""
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
