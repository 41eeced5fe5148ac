"""How many open cases wait for a successor, beside the role of whoever may leave."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.services.leaving import caseload_count, supervised_count
from departments.models.people import Membership
from departments.permissions import can_view_staff
from msw_portal.kernel.access import require


@require_GET
def caseload_note(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A number and what to do first; no case is named."""
    rows = Membership.objects.visible_to(request.user).select_related("user", "organization")
    row = get_object_or_404(rows, uid=uid)
    require(can_view_staff, request.user, row.organization)
    context = {
        "row": row,
        "count": caseload_count(row.user_id),
        "supervised": supervised_count(row.user_id),
        "may_pass": request.user.role == "dept_head",
    }
    return render(request, "cases/_caseload_note.html", context)
