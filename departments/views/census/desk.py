"""The authority's desk: who has reported, who is missing, reminders, the freeze."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.census import FreezeForm, PeriodForm
from departments.models.census import CensusKind, CensusLine, CensusReturn
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.services.census import reviewing
from departments.services.census.exports import CENSUS_LINES
from departments.views.census.returns import found
from departments.views.consoles.gate import console
from departments.views.exporting import export_page
from departments.views.paging import page_of
from departments.workflow import CensusState
from msw_portal.kernel import keyset
from msw_portal.kernel.htmx import answer

officers = console(Role.AUTHORITY_OFFICER)
BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 40


@require_safe
@officers
def desk(request: HttpRequest) -> HttpResponse:
    """Every house of the region whose return is waited for, with what it has sent; and the other returns."""
    return render(request, "departments/census/desk.html", _desk(request))


def _desk(request: HttpRequest, freeze: FreezeForm | None = None) -> dict[str, Any]:
    asked = PeriodForm(request.GET).asked()
    kind, year = asked["kind"], asked["year"]
    user = request.user
    here = reviewing.arrived(kind, year, user)
    expected = reviewing.expected_houses(kind, user).annotate(
        has_sent=Exists(here.filter(organization_id=OuterRef("pk")))
    )
    rows = {"missing": expected.filter(has_sent=False), "here": expected.filter(has_sent=True)}
    page = page_of(
        request,
        rows.get(asked["state"], expected).select_related("region"),
        order=("id",),
        size=PAGE,
    )
    counts = keyset.capped_counts(rows)
    states = keyset.capped_counts(
        {
            "accepted": here.filter(state=CensusState.ACCEPTED),
            "submitted": here.filter(state=CensusState.SUBMITTED),
            "frozen": here.filter(state=CensusState.FROZEN),
        }
    )
    return {
        **asked,
        "kinds": [(one, label, _url(kind=one, year=year)) for one, label in CensusKind.choices],
        "kind_label": CensusKind(kind).label,
        "tabs": [
            (_("全部"), "", _url(kind=kind, year=year)),
            (_("未报"), "missing", _url(kind=kind, year=year, state="missing")),
            (_("已报"), "here", _url(kind=kind, year=year, state="here")),
        ],
        "earlier": _url(kind=kind, year=year - 1),
        "later": _url(kind=kind, year=year + 1),
        "page": page,
        "lines": _lines(page["rows"], kind, year, user),
        "counts": counts,
        "states": states,
        "others": _others(kind, year, user),
        "freeze_form": freeze or _freeze(kind, year, here),
        "export_url": f"{reverse('departments:census_desk_export')}?{urlencode({'kind': kind, 'year': year})}",
    }


def _url(**asked: Any) -> str:
    return f"{reverse('departments:census_desk')}?{urlencode(asked)}"


def _lines(houses: list[Organization], kind: str, year: int, user: Any) -> list[dict[str, Any]]:
    """The houses of a page with the newest return of each that the authority may see."""
    sent = CensusReturn.objects.visible_to(user).filter(
        kind=kind, year=year, organization_id__in=[one.pk for one in houses]
    )
    newest = {one.organization_id: one for one in sent.order_by("version")}
    asked = reviewing.reminded_today(kind, year, user)
    return [
        {
            "house": house,
            "census": newest.get(house.pk),
            "is_missing": not house.has_sent,
            "is_reminded": house.pk in asked,
        }
        for house in houses
    ]


def _others(kind: str, year: int, user: Any) -> list[CensusReturn]:
    """What was sent by houses that are not waited for, the authority's own batch among them."""
    expected = reviewing.expected_houses(kind, user).values("pk")
    rows = CensusReturn.objects.visible_to(user).filter(kind=kind, year=year)
    rows = rows.exclude(organization_id__in=expected).exclude(state=CensusState.VOID)
    return list(rows.select_related("organization").order_by("-id")[:PAGE])


def _freeze(kind: str, year: int, here: Any) -> FreezeForm:
    accepted = here.filter(state=CensusState.ACCEPTED).order_by("id").first()
    day = accepted.as_of if accepted else f"{year}-12-31"
    return FreezeForm(initial={"kind": kind, "year": year, "as_of": day})


@require_POST
@officers
def freeze(request: HttpRequest) -> HttpResponse:
    """Everything accepted of a kind and year, at one day."""
    form = FreezeForm(request.POST)
    done = form.command(reviewing.census_freeze, by=request.user)
    n = len(form.result) if done else 0
    said = ngettext("已冻结 %(n)d 份。", "已冻结 %(n)d 份。", n) % {"n": n}
    asked = {name: request.POST.get(name, "") for name in ("kind", "year")}
    to = _url(**asked) if done else None
    context = {} if done else _desk(_as_asked(request), form)
    return answer(request, "departments/census/desk.html", context, ok=done, to=to, done=said)


def _as_asked(request: HttpRequest) -> HttpRequest:
    """The page that the form stood on."""
    request.GET = request.GET.copy()
    for name in ("kind", "year"):
        request.GET[name] = request.POST.get(name, "")
    return request


@require_POST
@officers
def remind(request: HttpRequest) -> HttpResponse:
    """One house that is missing, or every one."""
    asked = PeriodForm(request.POST).asked()
    missing = reviewing.expected_houses(asked["kind"], request.user)
    one = request.POST.get("house", "")
    if one:
        missing = missing.filter(uid=one) if _is_uid(one) else missing.none()
        get_object_or_404(missing)
    told = reviewing.census_remind(
        kind=asked["kind"], year=asked["year"], houses=missing, by=request.user
    )
    n = len(told)
    said = (
        ngettext("已提醒 %(n)d 家。", "已提醒 %(n)d 家。", n) % {"n": n}
        if n
        else _("今天都已提醒过。")
    )
    to = _url(kind=asked["kind"], year=asked["year"])
    return answer(request, "", {}, ok=True, to=to, done=said)


def _is_uid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@BOTH
@console(Role.DEPT_HEAD, Role.AUTHORITY_OFFICER)
def export(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The lines of one return; for its two sides."""
    census = found(request, uid)
    if request.user.house_id not in (census.organization_id, census.counterparty_id):
        raise Http404
    rows = CensusLine.objects.visible_to(request.user).filter(census=census)
    return export_page(
        request,
        listing=CENSUS_LINES,
        rows=_loaded(rows),
        heading=str(census),
        back=reverse("departments:census_return", args=[census.uid]),
    )


def _loaded(rows: Any) -> Any:
    return rows.select_related("census__organization").order_by("census_id", "rank", "id")


@BOTH
@officers
def desk_export(request: HttpRequest) -> HttpResponse:
    """The lines of every return of a kind and year that was sent to this authority."""
    asked = PeriodForm(request.GET).asked()
    rows = CensusLine.objects.visible_to(request.user).filter(
        census__kind=asked["kind"],
        census__year=asked["year"],
        counterparty_id=request.user.house_id,
        census__state__in=(CensusState.SUBMITTED, CensusState.ACCEPTED, CensusState.FROZEN),
    )
    heading = _("%(year)s 年报：%(kind)s") % {
        "year": asked["year"],
        "kind": CensusKind(asked["kind"]).label,
    }
    back = _url(kind=asked["kind"], year=asked["year"])
    return export_page(
        request, listing=CENSUS_LINES, rows=_loaded(rows), heading=heading, back=back
    )
