"""The audit of a house, for its audit administrator: who saw and did what, and whether it was touched."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from departments import audit
from departments.forms.filters import AuditFilter
from departments.models.trail import AuditEntry
from departments.permissions import can_view_audit
from departments.services import trail
from departments.services.verifying import audit_verify_by
from departments.views.paging import page_of
from msw_portal.kernel.access import require

PAGE = 50
VERIFIED = 50_000  # links walked while somebody waits; the command walks all


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """A page of the list; opening it is an entry too."""
    require(can_view_audit, request.user, None)
    form = AuditFilter(request.GET, actions=trail.actions_of(by=request.user))
    visible = AuditEntry.objects.visible_to(request.user).select_related("actor")
    found = page_of(request, form.narrow(visible), order=("-at",), size=PAGE)
    found["rows"] = trail.lines(found["rows"])
    audit.record("audit.list", by=request.user, conditions=form.chosen())
    return render(request, "departments/audit.html", {"form": form, **found})


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the newest part of the chain and say whether it holds."""
    made = audit_verify_by(newest=VERIFIED, by=request.user)
    context = {"verification": made, "is_partial": made.walked < made.links}
    return render(request, "departments/_verification.html", context)
