"""The figures of volunteering: every number with its formula, and the rows behind it one click away."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.services.desk import address
from volunteers.hour_permissions import can_see_figures
from volunteers.services.hour_figures import Figure, hour_figures

EARLIEST = 2015


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Of the asked year, this one without a word."""
    if not can_see_figures(request.user, None):
        raise Http404
    this = timezone.localdate().year
    asked = request.GET.get("year", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this
    number = min(max(number, EARLIEST), this)
    here = reverse("hours:figures")
    context = {
        "year": number,
        "as_of": timezone.now(),
        "figures": [(one, _rows(one, number)) for one in hour_figures(request.user, number)],
        "earlier": f"{here}?year={number - 1}" if number > EARLIEST else "",
        "later": f"{here}?year={number + 1}" if number < this else "",
    }
    return render(request, "volunteers/figures.html", context)


def _rows(figure: Figure, year: int) -> str:
    """Where the rows behind a figure are."""
    if figure.rows == "hours":
        asked = {"show": "confirmed", "query": f"日期:{year}-01..{year}-12"}
        return f"{reverse('hours:list')}?{urlencode(asked)}"
    if figure.rows == "certificates":
        return reverse("hours:certificates")
    return address("volunteers:list") if figure.rows else ""
