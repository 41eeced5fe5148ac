"""A house's returns: the list, a new one, its page, its form, its way to the authority and back."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.census_permissions import can_keep_census, can_review_census
from departments.forms.census import (
    MOST_ROWS,
    BeginForm,
    LineForm,
    ReturnForm,
    SubmitForm,
    WhyForm,
    standing_values,
)
from departments.models.census import CensusLine, CensusReturn
from departments.models.people import Role
from departments.services.census import entering, reviewing, sending, showing
from departments.services.census.lines import places_of
from departments.services.census.shapes import SHAPES
from departments.services.drafts import base_typed
from departments.views.clashes import PICK, Current, clashes, picked
from departments.views.consoles.gate import console
from departments.views.keeping import Keeping
from departments.views.paging import page_of
from departments.workflow import CENSUS, CensusState
from msw_portal.kernel.htmx import answer

ours = console(Role.DEPT_HEAD, Role.AUTHORITY_OFFICER)
BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE, LINES = 30, 50
EDITING = "departments-census"


def found(request: HttpRequest, uid: uuid.UUID) -> CensusReturn:
    """A return the person may see; 404 for any other."""
    rows = CensusReturn.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("organization", "counterparty", "corrects"), uid=uid
    )


def _own(request: HttpRequest, uid: uuid.UUID) -> CensusReturn:
    census = found(request, uid)
    if not can_keep_census(request.user, census):
        raise Http404
    return census


@require_GET
@ours
def returns(request: HttpRequest) -> HttpResponse:
    """The house's own returns, the newest year first."""
    own = CensusReturn.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id
    )
    page = page_of(request, own.select_related("counterparty"), order=("-year", "-id"), size=PAGE)
    return render(request, "departments/census/list.html", page)


@BOTH
@ours
def new(request: HttpRequest) -> HttpResponse:
    """Which return, of which year; then its form."""
    form = BeginForm(request.POST or None, user=request.user)
    done = request.method == "POST" and form.command(entering.census_start, by=request.user)
    to = reverse("departments:census_edit", args=[form.result.uid]) if done else None
    context = {"form": form}
    return answer(
        request, "departments/census/new.html", context, ok=done or request.method != "POST", to=to
    )


@require_GET
@ours
def page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One return: its lines, its course, its versions, and what may be done next."""
    census = found(request, uid)
    return render(request, "departments/census/return.html", _context(request, census))


def _context(request: HttpRequest, census: CensusReturn, **more: Any) -> dict[str, Any]:
    """What the page of a return shows, with forms that were refused in `more`."""
    user = request.user
    rows = CensusLine.objects.visible_to(user).filter(census=census).select_related("place")
    mine, theirs = can_keep_census(user, census), can_review_census(user, census)
    steps = {step.name for step in CENSUS.open_steps(census)}
    lines = page_of(request, rows, order=("rank", "id"), size=LINES)
    context = {
        "census": census,
        "page": lines,
        "columns": showing.columns(census),
        "lines": showing.shown_lines(lines["rows"], census, user),
        "total": showing.totals(census, user),
        "course": showing.course(census),
        "versions": showing.versions(census, user),
        "changes": showing.changes(census) if mine or theirs else [],
        "is_mine": mine,
        "may_edit": mine and census.state == CensusState.DRAFT,
        "may_recall": mine and "recall" in steps and census.counterparty_id != user.house_id,
        "may_correct": mine and census.state in (CensusState.RETURNED, CensusState.FROZEN),
        "may_accept": theirs and "accept" in steps,
        "may_return": theirs and "return" in steps,
        "may_export": mine or theirs,
    }
    if context["may_edit"]:
        context["lacking"] = sending.lacking(census)
        context["submit_form"] = more.get("submit_form") or SubmitForm(user=user)
    if context["may_recall"] or context["may_return"]:
        context["why_form"] = more.get("why_form") or WhyForm()
    return context


@BOTH
@ours
def edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The draft as a form, MOST_ROWS lines on a page; what is typed is kept until it is saved."""
    census = _own(request, uid)
    if census.state != CensusState.DRAFT:
        raise Http404
    parts = _parts(request, census)
    at = next(one for one in parts if one["is_now"])
    now = Current(census.row_version, standing_values(census, at["part"]), at=census.updated_at)
    draft = EDITING if at["number"] == 1 else f"{EDITING}-{at['number']}"
    keep = Keeping(request, draft, subject=census.uid, initial=now.values)
    if request.method != "POST":
        form = keep.form(ReturnForm, census=census, part=at["part"])
        context = _edit(census, form, now.version, parts) | keep.context
        return render(request, "departments/census/edit.html", context)
    return _save(request, census, now, keep, parts)


def _parts(request: HttpRequest, census: CensusReturn) -> list[dict[str, Any]]:
    """The pages of the form; a last one that is full is followed by an empty one."""
    count = census.lines.count()
    most = count // MOST_ROWS + 1
    asked = request.GET.get("part", "")
    here = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    address = reverse("departments:census_edit", args=[census.uid])
    return [
        {
            "number": number,
            "url": f"{address}?part={number}" if number > 1 else address,
            "first": (number - 1) * MOST_ROWS + 1,
            "last": min(number * MOST_ROWS, count),
            "is_now": number == min(max(here, 1), most),
            "part": ((number - 1) * MOST_ROWS, number * MOST_ROWS),
        }
        for number in range(1, most + 1)
    ]


def _save(
    request: HttpRequest,
    census: CensusReturn,
    now: Current,
    keep: Keeping,
    parts: list[dict[str, Any]],
) -> HttpResponse:
    typed, base = request.POST, base_typed(request.POST)
    if any(name.startswith(PICK) for name in typed):
        typed = picked(typed, now)
    given = {"census": census, "part": next(one["part"] for one in parts if one["is_now"])}
    form = ReturnForm(typed, **given)
    done = keep.sent(form.command(entering.census_save, census=census, base=base, by=request.user))
    if form.refusal is not None and form.refusal.rule == "form.stale":
        whole = ReturnForm(ReturnForm.united(typed, now.values), **given)
        whole.add_error(None, str(form.refusal))
        both = {"current": now, "clashes": clashes(whole, now)}
        context = _edit(census, whole, now.version, parts) | keep.context | both
        return render(request, "departments/census/edit.html", context, status=409)
    to = reverse("departments:census_return", args=[census.uid]) if done else None
    context = _edit(census, form, base, parts) | keep.context
    return answer(
        request, "departments/census/edit.html", context, ok=done, to=to, done=_("已保存。")
    )


def _edit(
    census: CensusReturn, form: ReturnForm, base: int | None, parts: list[dict[str, Any]]
) -> dict[str, Any]:
    shape = SHAPES[census.kind]
    return {"census": census, "form": form, "base": base, "shape": shape, "parts": parts}


@require_GET
@ours
def row(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One more empty row; its number follows the highest the page has."""
    census = _own(request, uid)
    rows = [
        int(one)
        for one in request.GET.getlist("row")
        if one.isascii() and one.isdigit() and len(one) < 4
    ]
    number = min(max(rows, default=-1) + 1, 999)
    form = LineForm(
        prefix=f"line{number}",
        use_required_attribute=False,
        kind=census.kind,
        places=places_of(census.region_code),
    )
    first = request.GET.get("first", "0")
    before = int(first) if first.isascii() and first.isdigit() and len(first) < 5 else 0
    context = {"row": form, "number": number, "ordinal": before + len(rows) + 1}
    return render(request, "departments/census/_row.html", context)


@require_POST
@ours
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    census = _own(request, uid)
    form = SubmitForm(request.POST, user=request.user)
    done = form.command(sending.census_submit, census=census, by=request.user)
    return _stepped(request, census, done, _("已报送。"), submit_form=form)


@require_POST
@ours
def discard(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    sending.census_discard(census=_own(request, uid), by=request.user)
    to = reverse("departments:census")
    return answer(request, "", {}, ok=True, to=to, done=_("草稿已作废。"))


@require_POST
@ours
def recall(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    census = _own(request, uid)
    form = WhyForm(request.POST)
    done = form.command(sending.census_recall, census=census, by=request.user)
    return _stepped(request, census, done, _("已撤回，可以更正后重报。"), why_form=form)


@require_POST
@ours
def correct(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new version; then its form."""
    made = entering.census_correct(census=_own(request, uid), by=request.user)
    to = reverse("departments:census_edit", args=[made.uid])
    return answer(request, "", {}, ok=True, to=to, done=_("已开出新的一版，报送前原来的一版照旧。"))


@require_POST
@ours
def accept(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    census = found(request, uid)
    reviewing.census_accept(census=census, by=request.user)
    return _stepped(request, census, True, _("已接收，等待冻结。"))


@require_POST
@ours
def send_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    census = found(request, uid)
    form = WhyForm(request.POST)
    done = form.command(reviewing.census_return, census=census, by=request.user)
    return _stepped(request, census, done, _("已退回。"), why_form=form)


def _stepped(
    request: HttpRequest, census: CensusReturn, done: bool, said: str, **forms: Any
) -> HttpResponse:
    to = reverse("departments:census_return", args=[census.uid]) if done else None
    context = {} if done else _context(request, census, **forms)
    return answer(request, "departments/census/return.html", context, ok=done, to=to, done=said)
