"""The foundation's board: requests by stage with counts, sums and clocks; a panel for looking beside it."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Func, IntegerField, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.organizations import Organization
from departments.models.people import User
from departments.views.exporting import export_page
from departments.views.list_box import is_settled, with_query
from departments.views.paging import page_of
from donations.board_permissions import can_handle_many, can_settle_requests
from donations.filters import SENT_STATES, RequestFilter
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.permissions import duties_for
from donations.services.bulk import handled_by, officers, with_handler
from donations.services.exports import SENT
from donations.views import conditions, review_page, rows
from donations.views.balances import fund_rows, funds_held, own_versions, totals
from donations.views.guards import foundation_page
from donations.views.lanes import Lane, lanes_of, more_of, states_of, sums_of
from donations.views.paging import PAGE_SIZE, address
from donations.views.wording import due_for, running_due, tone_of
from donations.workflow import GRANTED, RequestState, next_stage
from msw_portal.kernel.display import when
from msw_portal.kernel.htmx import is_fragment
from msw_portal.kernel.together import together

R = RequestState
JOINS = ("organization", "programme_version", "review_disclosure")
LANES = (
    Lane("new", gettext_lazy("待受理"), (R.SUBMITTED,)),
    Lane(
        "papers",
        gettext_lazy("材料审核"),
        (R.SUPPLEMENT_REQUIRED, R.DOCUMENT_CHECK, R.MSW_ASSESSMENT, R.HOSPITAL_OPINION),
    ),
    Lane("first", gettext_lazy("初审"), (R.FIRST_REVIEW,)),
    Lane("second", gettext_lazy("复审"), (R.SECOND_REVIEW,), is_kept=False),
    Lane("committee", gettext_lazy("评审会"), (R.COMMITTEE,), is_kept=False),
    Lane("notice", gettext_lazy("公示"), (R.PUBLIC_NOTICE,), is_kept=False),
    Lane("approve", gettext_lazy("待批准"), (R.PROPOSED, R.NOTICE_ELAPSED)),
    Lane("pay", gettext_lazy("待拨付"), (R.APPROVED, R.AGREEMENT, R.DISBURSING)),
    Lane(
        "settle",
        gettext_lazy("核销与结案"),
        (R.DISBURSED, R.RECONCILED, R.REVISITED, R.DECEASED),
        is_kept=False,
        is_counted=False,
    ),
)
# What follows the payment is no duty of one person: officers and approvers account for it and close.
SETTLED = LANES[-1].states
LEFT = {R.RECONCILED: gettext_lazy("待核销"), R.REVISITED: gettext_lazy("待回访")}
ON_BOARD = states_of(LANES)
# Which state waits for which duty; the board can be narrowed to one's own.
TURNS = {
    R.SUBMITTED: "check",
    R.DOCUMENT_CHECK: "check",
    R.FIRST_REVIEW: "review",
    R.SECOND_REVIEW: "second_review",
    R.PROPOSED: "approve",
    R.NOTICE_ELAPSED: "approve",
    R.APPROVED: "prepare",
    R.AGREEMENT: "release",
    R.DISBURSING: "release",
}


@require_http_methods(["GET", "HEAD", "POST"])
@foundation_page
def board(request: HttpRequest) -> HttpResponse:
    user, opened = request.user, _opened(request)
    if is_fragment(request) and opened is not None:
        return render(request, "donations/_side.html", {"side": review_page.side(user, opened)})
    form = RequestFilter(conditions.given(request))
    form.is_valid()
    if is_settled(request, form.asked):
        return redirect(with_query(request, form.asked))
    status = 422 if request.method == "POST" else 200
    return render(request, "donations/board.html", _page(request, form, opened), status=status)


def _page(
    request: HttpRequest, form: RequestFilter, opened: FundingRequest | None
) -> dict[str, Any]:
    user = request.user
    sent = FundingRequest.objects.visible_to(user)
    versions, houses, held = own_versions(user), _asking(user, sent), funds_held(user)
    staff = officers(user)
    together(versions, houses, held, staff)
    found, bar = _narrowed(request, form, sent, versions, houses, staff)
    funds = fund_rows(user, held, versions)
    context = {
        "now": timezone.now(),
        "funds": funds,
        "funds_total": totals(funds),
        "available": totals(funds)["available"],
        "funds_url": reverse("donations:funds"),
        "can_choose": can_handle_many(user),
        "side": review_page.side(user, opened) if opened else None,
        "views": _views(request),
        "kept_by_view": conditions.kept(request, ("view", *conditions.PLACE)),
        **bar,
        **conditions.box(request, form, "board"),
    }
    is_list = request.GET.get("view") == "list"
    return context | (_list(request, found) if is_list else _board(request, found, opened))


@require_http_methods(["GET", "HEAD", "POST"])
@foundation_page
def board_export(request: HttpRequest) -> HttpResponse:
    """The requests that the board's conditions leave, whole."""
    sent = FundingRequest.objects.visible_to(request.user)
    form = RequestFilter(request.GET)
    found = _beside(request, form.apply(sent) if form.is_valid() else sent)
    sent_rows = found.filter(submitted_at__isnull=False).select_related(*JOINS)
    back = f"{reverse('donations:board')}?{request.GET.urlencode()}"
    return export_page(
        request,
        listing=SENT,
        rows=sent_rows.order_by("-submitted_at", "-id"),
        heading=gettext_lazy("救助申请"),
        back=back,
    )


def _opened(request: HttpRequest) -> FundingRequest | None:
    try:
        uid = uuid.UUID(request.GET.get("open", ""))
    except ValueError:
        return None
    joins = ("programme_version__programme__fund", "organization", "review_disclosure")
    return (
        FundingRequest.objects.visible_to(request.user)
        .select_related(*joins)
        .filter(uid=uid)
        .first()
    )


def _views(request: HttpRequest) -> list[dict[str, Any]]:
    is_list = request.GET.get("view") == "list"
    return [
        {"label": _("看板"), "value": "", "is_on": not is_list},
        {"label": _("列表"), "value": "list", "is_on": is_list},
    ]


# ── conditions ───────────────────────────────────────────────────────────────


def _asking(user: User, sent: QuerySet) -> QuerySet[Organization]:
    """The hospitals that have sent something, by name."""
    rows = Organization.objects.visible_to(user).filter(pk__in=sent.values("organization_id"))
    return rows.order_by("name")


def _narrowed(
    request: HttpRequest,
    form: RequestFilter,
    sent: QuerySet,
    versions: Iterable[ProgrammeVersion],
    houses: Iterable[Organization],
    staff: Iterable[User],
) -> tuple[QuerySet, dict[str, Any]]:
    """The requests that fit the address, the conditions that are on and those that could be.

    The conditions are the API's own (RequestFilter); one that cannot be read narrows nothing and says so.
    """
    given = request.GET
    found = form.apply(sent) if form.is_valid() else sent
    named = _named_choices(versions, houses, is_list=given.get("view") == "list")
    named |= _kinds(sent)
    context = conditions.shown(request, form, named)
    if given.get("mine") == "1":
        context["chosen"].append(
            {"label": _("只看"), "value": _("我能办的"), "remove_url": address(given, mine=None)}
        )
    handlers = {str(one.uid): one.display_name for one in staff}
    if (chosen := given.get("handler", "")) in handlers:
        remove = address(given, handler=None)
        context["chosen"].append(
            {"label": _("经办"), "value": handlers[chosen], "remove_url": remove}
        )
    elif handlers:
        choices = [
            {"label": name, "url": address(given, handler=uid)} for uid, name in handlers.items()
        ]
        context["menus"].append({"label": _("经办"), "choices": choices})
    return _beside(request, found), context | {
        "mine_url": "" if given.get("mine") else address(given, mine="1")
    }


def _named_choices(
    versions: Iterable[ProgrammeVersion], houses: Iterable[Organization], *, is_list: bool
) -> conditions.Named:
    return {
        "programme": (_("项目"), {str(one.uid): str(one) for one in versions}),
        "hospital": (_("医院"), {str(one.uid): one.name for one in houses}),
        # On the board the lanes are the states.
        "state": (
            _("状态"),
            {value: str(label) for value, label in SENT_STATES} if is_list else {},
        ),
    }


MOST_DISEASES = 80


def _kinds(sent: QuerySet) -> dict[str, Any]:
    """Diseases that stand in the requests themselves, and for whom one may ask."""
    told = sent.exclude(disease_group="").order_by("disease_group")
    names = told.values_list("disease_group", flat=True).distinct()[:MOST_DISEASES]
    askers = ProgrammeVersion.Asker.choices
    return {
        "disease": (_("疾病类别"), {name: name for name in names}),
        "kind": (_("由谁申请"), {value: str(label) for value, label in askers}),
    }


def _beside(request: HttpRequest, found: QuerySet) -> QuerySet:
    """What the API does not ask by: those one may act on, those given to one colleague."""
    user = request.user
    if request.GET.get("mine") == "1":
        found = found.filter(state__in=_own_turns(user), on_hold_at__isnull=True)
    return handled_by(user, found, request.GET.get("handler", ""))


def _own_turns(user: User) -> list[str]:
    turns = [state for state, step in TURNS.items() if duties_for(user, step)]
    return turns + list(SETTLED if can_settle_requests(user) else ())


# ── the board and the list ───────────────────────────────────────────────────


def _board(request: HttpRequest, found: QuerySet, opened: FundingRequest | None) -> dict[str, Any]:
    shown = found.filter(state__in=ON_BOARD)
    counted = sums_of(shown, asked=Sum("requested", default=0), people=_people(shown))
    lanes = lanes_of(
        LANES,
        with_handler(request.user, shown.select_related(*JOINS)),
        beyond=with_handler(request.user, found.select_related(*JOINS)),
        counted=counted,
        query=request.GET,
        ticket=lambda one: _ticket(request, one, opened),
        more_url=_lane_url,
    )
    is_empty = not any(lane["tickets"] for lane in lanes)
    return {"rows": None, "lanes": lanes, "is_empty": is_empty, "total": _summed(counted.values())}


def _people(shown: QuerySet) -> Subquery:
    """How many persons there are in all states together, beside the sums of each state."""
    persons = Func(
        "subject_code", template="COUNT(DISTINCT %(expressions)s)", output_field=IntegerField()
    )
    return Subquery(shown.order_by().annotate(persons=persons).values("persons"))


def _summed(sums: Collection[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "count": sum(row["count"] for row in sums),
        "people": next((row["people"] for row in sums), 0),
        "amount": sum((row["asked"] for row in sums), Decimal(0)),
    }


def _lane_url(key: str) -> str:
    return reverse("donations:board_lane", args=[key])


@require_safe
@foundation_page
def board_lane(request: HttpRequest, lane: str) -> HttpResponse:
    """The next tickets of one lane, under the board's conditions."""
    asked = next((one for one in LANES if one.key == lane), None)
    if asked is None:
        raise Http404
    form, user = RequestFilter(request.GET), request.user
    sent = FundingRequest.objects.visible_to(user)
    found = _beside(request, form.apply(sent) if form.is_valid() else sent)
    context = more_of(
        asked,
        with_handler(user, found.select_related(*JOINS)),
        query=request.GET,
        ticket=lambda one: _ticket(request, one, None),
        more_url=_lane_url,
    )
    return render(
        request, "donations/_tickets.html", context | {"can_choose": can_handle_many(user)}
    )


def _total(shown: QuerySet) -> dict[str, Any]:
    return shown.aggregate(
        count=Count("id"),
        people=Count("subject_code", distinct=True),
        amount=Sum("requested", default=0),
    )


def _ticket(
    request: HttpRequest, one: FundingRequest, opened: FundingRequest | None
) -> dict[str, Any]:
    badge, tone = "", tone_of(one)
    if one.on_hold_at:
        badge = _("已暂停")
    elif one.state == R.SUPPLEMENT_REQUIRED:
        badge = _("待补件")
    elif running_due(one) and one.due_at < timezone.now():
        badge, tone = _("逾期"), "danger"
    elif one.state == R.AGREEMENT:
        badge, tone = _("待复核"), ""
    elif one.state in SETTLED:
        badge, tone = _left_to_do(one)
    house = one.organization
    return {
        "url": reverse("donations:review", args=[one.uid]),
        "side_url": address(request.GET, open=one.uid),
        "amount": one.approved if one.state in GRANTED else one.requested,
        "badge": badge,
        "tone": tone,
        "who": rows.who_said(one),
        "due": running_due(one),
        "due_for": due_for(one),
        "since": _("%(at)s 起") % {"at": when(one.on_hold_at or one.state_entered_at)},
        "house": house.short_name or house.name,
        "is_open": opened is not None and opened.pk == one.pk,
        "uid": one.uid,
        "handler": one.handler or "",
    }


def _left_to_do(one: FundingRequest) -> tuple[Any, str]:
    """The step that is left after the payment: programmes skip stages, so the lane alone does not say it."""
    if one.state == R.DECEASED:
        return one.get_state_display(), "warn"
    following = next_stage(one.state, one.programme_version.stages)
    return LEFT.get(following, _("待结案")), ""


def _list(request: HttpRequest, found: QuerySet) -> dict[str, Any]:
    page = page_of(
        request,
        with_handler(request.user, found.filter(submitted_at__isnull=False).select_related(*JOINS)),
        order=("-submitted_at", "-id"),
        size=PAGE_SIZE,
    )
    page["rows"] = [
        rows.sent_row(one) | {"uid": one.uid, "handler": one.handler or ""} for one in page["rows"]
    ]
    return page | {"total": _total(found), "pager_text": _("最近提交的在前")}
