"""My day: tasks and notices of this app; panels of other apps come by the name of their address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from departments.services import desk
from msw_portal.kernel.htmx import go_to

# Who owns them fills them; a name without an address leaves no gap.
TOP_PANELS = ("cases:panel_alerts",)
PANELS = ("cases:panel_referrals", "cases:panel_gaps", "cases:panel_my_day")
SIDE_PANELS = ("cases:panel_caseload", "donations:panel_requests")


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    todos = desk.todos(request.user)
    context = {
        "todos": todos,
        "crises": [todo for todo in todos if todo.is_crisis],
        "figures": desk.figures(request.user),
        "notices": desk.notices(request.user),
        "top_panels": [url for url in map(desk.address, TOP_PANELS) if url],
        "panels": [url for url in map(desk.address, PANELS) if url],
        "side_panels": [url for url in map(desk.address, SIDE_PANELS) if url],
        "today": timezone.localdate(),
        "record_url": desk.address("cases:list"),
    }
    return render(request, "departments/workbench.html", context)


@require_safe
def panel_tasks(request: HttpRequest) -> HttpResponse:
    """The list of tasks again, once a minute while the page stands open: clocks move."""
    return render(request, "departments/_tasks.html", {"todos": desk.todos(request.user)})


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    rows, older = desk.notice_page(request.user, before=before)
    context = {"notices": rows, "older": older, "is_first": before is None}
    return render(request, "departments/notifications.html", context)


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark one (`uid`) or all as read; the one that was asked for is opened."""
    notice = desk.notice_of(request.user, request.POST.get("uid", ""))
    desk.notifications_read(uid=notice.uid if notice else None, by=request.user)
    to = notice.url if notice and notice.url else desk.address("departments:notifications")
    return go_to(request, to)
