"""The lists of casework taken out: the rows that their pages' conditions leave, all of them."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.filters.listing import CaseFilter
from cases.models.casework import Case
from cases.services.exports import ACTIVITIES, CASES, REFERRALS
from cases.views import activities, doors
from cases.views.listing import ORDER, found_in
from departments.views.exporting import export_page

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@BOTH
def cases(request: HttpRequest) -> HttpResponse:
    """The case list under its filter."""
    narrow = CaseFilter(
        request.GET, path=reverse("cases:list"), user=request.user, found=found_in(request)
    )
    rows = narrow.narrow(Case.objects.listed_to(request.user)).with_list_facts().order_by(*ORDER)
    return export_page(request, listing=CASES, rows=rows, heading=_("个案"), back=narrow.url())


@BOTH
def referrals(request: HttpRequest) -> HttpResponse:
    """One of the inbox's three views."""
    rows, back = doors.shown_rows(request)
    return export_page(request, listing=REFERRALS, rows=rows, heading=_("转介"), back=back)


@BOTH
def activity_list(request: HttpRequest) -> HttpResponse:
    """A month of work without a case."""
    rows, back = activities.shown_rows(request)
    return export_page(request, listing=ACTIVITIES, rows=rows, heading=_("探访与咨询"), back=back)
