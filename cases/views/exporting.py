"""The lists of casework taken out: the rows that their pages' conditions leave, all of them."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.filters.listing import CaseFilter
from cases.models.casework import Case
from cases.models.people import Client
from cases.models.work import Contact
from cases.services.exports import ACTIVITIES, CASES, CONTACTS, PERSONS, REFERRALS
from cases.views import activities, doors
from cases.views.listing import ORDER, found_in
from departments.views.exporting import export_page

BOTH = require_http_methods(["GET", "HEAD", "POST"])
# One page of conditions, three tables.
OF_CASES = (
    (_("个案"), "cases:list_export"),
    (_("服务对象"), "cases:clients_export"),
    (_("记录"), "cases:contacts_export"),
)
CONTACT_JOINS = ("case", "client__root", "created_by", "countersigned_by")


def _narrowed(request: HttpRequest) -> tuple[QuerySet[Case], dict[str, Any]]:
    """The case list under its filter, and what its three exports show around them."""
    narrow = CaseFilter(
        request.GET, path=reverse("cases:list"), user=request.user, found=found_in(request)
    )
    query = request.GET.urlencode()
    tabs = [
        {
            "label": label,
            "url": reverse(name) + (f"?{query}" if query else ""),
            "is_on": request.resolver_match.view_name == name,
        }
        for label, name in OF_CASES
    ]
    return narrow.narrow(Case.objects.listed_to(request.user)), {"back": narrow.url(), "tabs": tabs}


@BOTH
def cases(request: HttpRequest) -> HttpResponse:
    """The case list under its filter."""
    rows, around = _narrowed(request)
    rows = rows.with_list_facts().order_by(*ORDER)
    return export_page(request, listing=CASES, rows=rows, heading=_("个案"), **around)


@BOTH
def clients(request: HttpRequest) -> HttpResponse:
    """The persons of the cases that the list's conditions leave; those of a sealed case stay with it."""
    found, around = _narrowed(request)
    own = found.filter(compartment_id__isnull=True, client__root=OuterRef("pk")).order_by()
    counted = own.values("client__root").annotate(n=Count("pk")).values("n")
    rows = Client.objects.visible_to(request.user).roots().filter(Exists(own))
    rows = rows.annotate(case_count=Subquery(counted)).select_related("region")
    rows = rows.order_by("-created_at", "-id")
    return export_page(request, listing=PERSONS, rows=rows, heading=_("服务对象"), **around)


@BOTH
def contacts(request: HttpRequest) -> HttpResponse:
    """The contacts of those of the cases that one may open, an addendum with what it adds to."""
    found, around = _narrowed(request)
    rows = Contact.objects.visible_to(request.user).own_entries().filter(case__in=found.order_by())
    rows = rows.select_related(*CONTACT_JOINS).newest_first()
    return export_page(request, listing=CONTACTS, rows=rows, heading=_("记录"), **around)


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
