"""My day: tasks and notices of this app; panels of other apps come by the name of their address."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.notices import NoticeSettingsForm
from departments.services import desk
from departments.services.desk_words import GONE
from departments.services.notice_settings import notice_settings_save
from departments.views.keeping import Keeping
from msw_portal.kernel.htmx import answer, go_to
from msw_portal.kernel.masking import mask_email
from msw_portal.kernel.scope import CARE_ROLES

# Who owns them fills them; a name without an address leaves no gap.
PANELS = ("cases:panel_referrals", "cases:panel_gaps", "cases:panel_my_day")
SIDE_PANELS = ("cases:panel_caseload", "donations:panel_requests")


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """My day of casework; who does none is led to the first page of the role."""
    if request.user.role not in CARE_ROLES:
        return redirect("home")
    todos, notices = desk.day(request.user)
    context = {
        "todos": [todo for todo in todos if not todo.is_crisis],
        "crises": [*(todo for todo in todos if todo.is_crisis), *desk.alarms(request.user)],
        "figures": desk.figures(request.user),
        "notices": notices,
        "panels": [url for url in map(desk.address, PANELS) if url],
        "side_panels": [url for url in map(desk.address, SIDE_PANELS) if url],
        "today": timezone.localdate(),
        "record_url": desk.address("cases:list"),
    }
    return render(request, "departments/workbench.html", context)


@require_safe
def panel_tasks(request: HttpRequest) -> HttpResponse:
    """The list of tasks again, once a minute while the page stands open: clocks move."""
    todos = [todo for todo in desk.todos(request.user) if not todo.is_crisis]
    return render(request, "departments/_tasks.html", {"todos": todos})


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    is_unread = request.GET.get("show") == "unread"
    rows, older = desk.notice_page(request.user, before=before, is_unread=is_unread)
    context = {
        "notices": rows,
        "older": older,
        "is_first": before is None,
        "is_unread": is_unread,
    }
    return render(request, "departments/notifications.html", context)


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark one (`uid`) or all as read; the one that was asked for is opened, if it can be."""
    notice = desk.notice_of(request.user, request.POST.get("uid", ""))
    desk.notifications_read(uid=notice.uid if notice else None, by=request.user)
    if notice and notice.is_gone:
        messages.info(request, GONE)
    to = notice.url if notice and notice.url else desk.address("departments:notifications")
    return go_to(request, to)


@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request: HttpRequest) -> HttpResponse:
    """Which notices stand in the page, leave by mail, or come once a day."""
    user = request.user
    keep = Keeping(request, "departments-notices")
    form = keep.form(NoticeSettingsForm, user=user)
    done = request.method == "POST" and keep.sent(form.command(notice_settings_save, by=user))
    context = {
        "form": form,
        "is_mail_on": settings.MAIL_IS_ON,
        "address": mask_email(user.email),
        "is_training": user.acting.is_training,
        "failed": desk.mail_failed(user),
        **keep.context,
    }
    return answer(
        request,
        "departments/notification_settings.html",
        context,
        ok=done or request.method != "POST",
        to=desk.address("departments:notification_settings") if done else None,
        done=_("已保存。"),
    )
