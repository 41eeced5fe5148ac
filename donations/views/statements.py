"""The reconciliation desk: receipts that wait beside the gifts they may be."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.views.paging import page_of
from donations.books_workflow import LineState
from donations.forms.statements import (
    GiveForm,
    IgnoreForm,
    LookUpForm,
    MatchForm,
    PlainForm,
    SplitForm,
)
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.statements import StatementLine
from donations.permissions import can_confirm_line, can_keep_statement
from donations.services import statements
from donations.services.statement_totals import statements_since
from donations.services.suggesting import donors_for, suggestions_for
from donations.views.guards import foundation_page
from donations.views.paging import PAGE_SIZE, address
from donations.views.statement_rows import desk_row, line_facts, line_offers, month_rows
from donations.views.stepping import Step, take
from donations.views.wording import code_words, joined
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.keyset import capped_counts

JOINS = ("donation__donor", "donation__fund", "matched_by", "confirmed_by", "created_by")
TABS = (
    (LineState.OPEN, gettext_lazy("待匹配")),
    (LineState.MATCHED, gettext_lazy("待复核")),
    (LineState.CONFIRMED, gettext_lazy("已入账")),
    (LineState.IGNORED, gettext_lazy("不入账")),
    ("all", gettext_lazy("全部")),
)
MATCHABLE = (
    DonationState.PLEDGED,
    DonationState.PART_BOOKED,
    DonationState.RECEIVED,
    DonationState.BOOKED,
)
UNDOABLE = frozenset({LineState.MATCHED, LineState.IGNORED, LineState.SPLIT})
MONTHS_SHOWN = 400  # days: a year and the month before it


@require_safe
@foundation_page
def desk(request: HttpRequest) -> HttpResponse:
    rows = StatementLine.objects.visible_to(request.user)
    source = request.GET.get("source", "")
    if source in StatementLine.Source.values:
        rows = rows.filter(source=source)
    state = request.GET.get("state", LineState.OPEN)
    shown = rows.filter(state=state) if state in LineState.values else rows.counted()
    page = page_of(request, shown.select_related(*JOINS), order=("-on", "-id"), size=PAGE_SIZE)
    found = suggestions_for(page["rows"], by=request.user)
    page["rows"] = [desk_row(one, found.get(one.pk, []), request.user) for one in page["rows"]]
    page["tabs"] = tabs = _tabs(request, rows, state)
    page["is_empty"] = not source and all(tab["count"] == "0" for tab in tabs)
    return render(request, "donations/desk.html", page | _desk_context(request, source))


def _desk_context(request: HttpRequest, source: str) -> dict[str, Any]:
    may = can_keep_statement(request.user)
    labels = {"": _("全部来源"), **dict(StatementLine.Source.choices)}
    return {
        "source_label": labels.get(source, labels[""]),
        "sources": [
            {
                "label": label,
                "url": address(request.GET, source=value or None),
                "is_on": source == value,
            }
            for value, label in labels.items()
        ],
        "import_url": reverse("departments:imports") if may else "",
        "months_url": reverse("books:months"),
        "funds_url": reverse("donations:funds"),
        "pager_text": _("按日期，新的在前"),
        "here": request.get_full_path(),
    }


def _tabs(request: HttpRequest, rows: QuerySet, state: str) -> list[dict[str, Any]]:
    counts = capped_counts(
        {tab: rows.filter(state=tab) if tab != "all" else rows.counted() for tab, _label in TABS}
    )
    return [
        {
            "label": label,
            "url": address(request.GET, state=tab),
            "is_on": state == tab,
            "count": counts[tab],
        }
        for tab, label in TABS
    ]


@require_safe
@foundation_page
def months(request: HttpRequest) -> HttpResponse:
    """Each source's month as a statement, and how the gifts on the cash account tie to it."""
    since = timezone.localdate() - dt.timedelta(days=MONTHS_SHOWN)
    found, cash = statements_since(since, by=request.user)
    context = {"months": month_rows(found, cash), "desk_url": reverse("books:desk")}
    return render(request, "donations/months.html", context)


def _line_or_404(request: HttpRequest, uid: uuid.UUID) -> StatementLine:
    rows = StatementLine.objects.visible_to(request.user).select_related(*JOINS, "parent")
    return get_object_or_404(rows, uid=uid)


def _page(request: HttpRequest, one: StatementLine, **more: Any) -> dict[str, Any]:
    may = can_keep_statement(request.user) and one.state == LineState.OPEN
    gifts = _matchable(request.user)
    return {
        "line": one,
        "facts": line_facts(one),
        "offers": line_offers(one, request.user),
        "suggestions": suggestions_for([one], by=request.user).get(one.pk, []) if may else [],
        "may_match": may,
        "look_up": LookUpForm(donations=gifts) if may else None,
        "may_undo": can_keep_statement(request.user) and one.state in UNDOABLE,
        "confirm_url": reverse("books:line_confirm", args=[one.uid])
        if one.state == LineState.MATCHED and can_confirm_line(request.user, one)
        else "",
        "parts": one.parts.exclude(state=LineState.UNDONE).order_by("id"),
        "desk_url": reverse("books:desk"),
    } | more


def _matchable(user: Any) -> QuerySet:
    return Donation.objects.visible_to(user).filter(state__in=MATCHABLE)


@require_safe
@foundation_page
def line(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return render(request, "donations/line.html", _page(request, _line_or_404(request, uid)))


@require_POST
@foundation_page
def match(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A gift chosen from the suggestions, or by its number (`by=number`)."""
    one = _line_or_404(request, uid)
    require(can_keep_statement, request.user, one)
    kind = LookUpForm if request.GET.get("by") == "number" else MatchForm
    form = kind(request.POST, donations=_matchable(request.user))
    ok = form.command(statements.line_match, line=one, by=request.user)
    page = {} if ok else _page(request, one, match_form=form)
    if not ok and isinstance(form, LookUpForm):
        page["look_up"] = form
    done = _("已匹配，等另一人复核。")
    return answer(request, "donations/line.html", page, ok=ok, to=_back(request), done=done)


def _back(request: HttpRequest) -> str:
    """The desk as it was filtered; only addresses of the desk itself."""
    home = reverse("books:desk")
    asked = request.POST.get("back", "")
    return asked if asked.split("?")[0] == home else home


@require_POST
@foundation_page
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _line_or_404(request, uid)
    form = PlainForm(request.POST)
    ok = form.command(statements.line_confirm, line=one, by=request.user)
    page = {} if ok else _page(request, one, match_form=form)
    done = joined([_("已复核入账。"), code_words(one.donation) if ok else ""])
    return answer(request, "donations/line.html", page, ok=ok, to=_back(request), done=done)


@require_POST
@foundation_page
def undo(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _line_or_404(request, uid)
    require(can_keep_statement, request.user, one)
    form = PlainForm(request.POST)
    ok = form.command(statements.line_undo, line=one, by=request.user)
    page = {} if ok else _page(request, one, match_form=form)
    to = reverse("books:line", args=[uid])
    return answer(request, "donations/line.html", page, ok=ok, to=to, done=_("已撤销。"))


def _step(
    request: HttpRequest, uid: uuid.UUID, form: Any, service: Callable[..., Any], **more: Any
) -> HttpResponse:
    one = _line_or_404(request, uid)
    require(can_keep_statement, request.user, one)
    back = reverse("books:line", args=[uid])
    choices = more.pop("choices", None)
    if choices is not None:
        more |= choices(request.user, one)
    step = Step(
        form=form,
        service=service,
        given={"line": one},
        to=reverse("books:desk"),
        url=request.path,
        back_url=back,
        facts=line_facts(one),
        crumbs=((back, one.external_no),),
        **more,
    )
    return take(request, step)


@require_http_methods(["GET", "POST"])
@foundation_page
def give(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        GiveForm,
        statements.line_give,
        title=_("新登记一笔捐赠"),
        button=_("登记并匹配"),
        done=_("已登记并匹配，等另一人复核入账。"),
        note=_("金额和日期以流水为准。"),
        draft="donations-line-give",
        subject=uid,
        choices=_give_choices,
    )


def _give_choices(user: Any, one: StatementLine) -> dict[str, Any]:
    """Funds and purposes; donors who paid under this name before, then organizations."""
    known = donors_for(one, by=user)
    donors = Donor.objects.visible_to(user)
    is_grant = bool(one.origin)
    organizations = donors.exclude(kind__in=["person", "anonymous"])
    purposes = FundPurpose.objects.visible_to(user).filter(fund__state=Fund.State.ACTIVE)
    return {
        "form_args": {
            "donors": (
                organizations | donors.filter(pk__in=[donor.pk for donor in known])
            ).order_by("-id"),
            "funds": Fund.objects.visible_to(user).active().order_by("number"),
            "purposes": purposes.select_related("fund"),
        },
        "initial": {
            "donor": known[0].uid if known else None,
            "donor_kind": Donor.Kind.ORGANIZATION if is_grant else "",
            "donor_name": one.counter_name or "",
        },
    }


@require_http_methods(["GET", "POST"])
@foundation_page
def ignore(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        IgnoreForm,
        statements.line_ignore,
        title=_("这条不入账"),
        button=_("不入账"),
        done=_("已记为不入账，可以撤销。"),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def split(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        SplitForm,
        statements.line_split,
        title=_("拆成几份"),
        button=_("拆分"),
        done=_("已拆分，各份分别匹配。"),
    )
