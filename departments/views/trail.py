"""The audit of a house, for its audit administrator: who saw and did what, and whether it was touched."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments import audit
from departments.forms.filters import AuditFilter
from departments.models.people import Role
from departments.models.trail import AuditEntry
from departments.services import trail
from departments.views.consoles.gate import console
from departments.views.paging import page_of

PAGE = 50


@require_safe
@console(Role.AUDITOR)
def entries(request: HttpRequest) -> HttpResponse:
    """A page of the list; opening it is an entry too."""
    form = AuditFilter(request.GET, actions=trail.actions_of(by=request.user))
    visible = AuditEntry.objects.visible_to(request.user).select_related("actor")
    found = page_of(request, form.narrow(visible), order=("-at",), size=PAGE)
    found["rows"] = trail.lines(found["rows"])
    audit.record("audit.list", by=request.user, conditions=form.chosen())
    return render(request, "departments/audit.html", {"form": form, **found})
