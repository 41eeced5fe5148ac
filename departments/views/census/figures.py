"""The figures of the region: population, formula, baseline, source, published value, and the rows behind each number."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.census_permissions import is_party
from departments.forms.census import FiguresForm, PublishedForm
from departments.models.census import CensusKind, CensusLine, CensusReturn, PublishedFigure
from departments.models.people import Role
from departments.services.census import published, sheets
from departments.services.census.breakdown import COLUMNS, by_place
from departments.services.census.figures import Computed, chosen_years, compute, source_words
from departments.services.census.measures import MEASURES, counted, cut_off, rows_of, years_of
from departments.services.census.showing import cells_of, columns
from departments.services.census.small_cells import HOUSE, least_shown
from departments.services.exporting import MIMES
from departments.views.consoles.gate import console
from departments.views.keeping import Keeping
from departments.views.paging import page_of
from msw_portal.kernel import keyset
from msw_portal.kernel.htmx import answer

officers = console(Role.AUTHORITY_OFFICER)
BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50


def _lines(request: HttpRequest) -> Any:
    return CensusLine.objects.visible_to(request.user)


def _least(request: HttpRequest, lines: Any) -> int | None:
    """Below what number others' cells are hidden; None when every line was sent to this authority."""
    house = request.user.house_id
    foreign = counted(lines).exclude(counterparty_id=house).exclude(organization_id=house)
    return least_shown(HOUSE) if foreign.exists() else None


@require_safe
@officers
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of a year against a baseline, from the frozen lines of the region."""
    asked = FiguresForm(request.GET).asked()
    lines = _lines(request)
    found = compute(lines, **asked)
    year, baseline = chosen_years(lines, **asked)
    known = published.standing(found, request.user)
    context = {
        "year": year,
        "baseline": baseline,
        "years": [(one, _url(year=one)) for one in years_of(lines)],
        "baselines": [
            (one, _url(year=year, baseline=one)) for one in years_of(lines) if year and one < year
        ],
        "groups": _groups(found, known, lines),
        "places": by_place(lines, year=year, least=_least(request, lines)) if year else None,
        "place_heads": [MEASURES[name].label for name in COLUMNS],
        "sheet_url": f"{reverse('departments:census_sheet')}?{urlencode({'year': year or ''})}",
    }
    return render(request, "departments/census/figures.html", context)


def _url(**asked: Any) -> str:
    return f"{reverse('departments:census_figures')}?{urlencode(asked)}"


def _groups(
    found: Sequence[Computed], known: dict[str, PublishedFigure], lines: Any
) -> list[dict[str, Any]]:
    """The figures by the return they come from, each kind with its source; kinds without a number are left out."""
    groups: dict[str, dict[str, Any]] = {}
    for one in found:
        kind = one.figure.kind
        if kind not in groups:
            source = cut_off(lines, kind, one.year)
            groups[kind] = {
                "id": f"h-{kind}",
                "label": CensusKind(kind).label,
                "source": source_words(source["returns"], source["as_of"]),
                "rows": [],
            }
        row = known.get(one.figure.code)
        groups[kind]["rows"].append(
            {
                "one": one,
                "compared": published.compare(row, one) if row else None,
                "sources": [
                    (measure, year, number, _rows_url(measure.name, year))
                    for measure, year, number in one.sources
                ],
            }
        )
    return [
        one for one in groups.values() if any(row["one"].value is not None for row in one["rows"])
    ]


def _rows_url(measure: str, year: int) -> str:
    return f"{reverse('departments:census_rows', args=[measure])}?{urlencode({'year': year})}"


@require_safe
@officers
def rows(request: HttpRequest, measure: str) -> HttpResponse:
    """What a number counted, line by line."""
    if measure not in MEASURES:
        raise Http404
    one, lines = MEASURES[measure], _lines(request)
    year, _baseline = chosen_years(lines, FiguresForm(request.GET).asked()["year"], None)
    found = rows_of(one, lines, year or 0).select_related("place", "census__organization")
    page = page_of(request, found, order=("id",), size=PAGE)
    count, is_capped = keyset.capped_count(found)
    heads = columns(CensusReturn(kind=one.kind))
    context = {
        "measure": one,
        "year": year,
        "count": count,
        "is_capped": is_capped,
        "page": page,
        "columns": heads,
        "lines": [
            (line, list(zip(heads, cells_of(line, one.kind, least), strict=True)))
            for line, least in _hiding(request, page["rows"])
        ],
    }
    return render(request, "departments/census/rows.html", context)


def _hiding(
    request: HttpRequest, lines: Sequence[CensusLine]
) -> list[tuple[CensusLine, int | None]]:
    """Each line with the bound below which its people are not shown: none for who gave or received it."""
    foreign = {line.pk for line in lines if not is_party(request.user, line)}
    least = least_shown(HOUSE) if foreign else None
    return [(line, least if line.pk in foreign else None) for line in lines]


@require_safe
@officers
def sheet(request: HttpRequest) -> HttpResponse:
    """The figures as a table for others: numbers below the public rule are hidden."""
    asked = FiguresForm(request.GET).asked()
    content = sheets.figures_sheet(lines=_lines(request), by=request.user, **asked)
    name = _("年报数字 %(day)s.csv") % {"day": f"{timezone.localdate():%Y-%m-%d}"}
    response = HttpResponse(content, content_type=MIMES["csv"])
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store, private"
    return response


@BOTH
@officers
def published_values(request: HttpRequest) -> HttpResponse:
    """What was published, newest first, and one more."""
    keep = Keeping(request, "departments-published")
    form = keep.form(PublishedForm)
    done = request.method == "POST" and keep.sent(
        form.command(published.published_add, by=request.user)
    )
    own = PublishedFigure.objects.visible_to(request.user).select_related("organization")
    page = page_of(request, own, order=("-year", "-id"), size=PAGE)
    context = {"form": form, "page": page, "house": request.user.house_id, **keep.context}
    to = reverse("departments:census_published") if done else None
    ok = done or request.method != "POST"
    return answer(
        request, "departments/census/published.html", context, ok=ok, to=to, done=_("已登记。")
    )


@require_POST
@officers
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = PublishedFigure.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id
    )
    published.published_withdraw(figure=get_object_or_404(rows, uid=uid), by=request.user)
    to = reverse("departments:census_published")
    return answer(request, "", {}, ok=True, to=to, done=_("已撤下。"))
