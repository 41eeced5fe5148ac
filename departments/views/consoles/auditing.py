"""The auditor's console beside the search: security events and alarms, the chain checked, exports."""

import datetime as dt
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.consoles import NoteForm
from departments.forms.filters import AuditFilter
from departments.models.mechanisms import Task
from departments.models.people import Role
from departments.services import security_events, trail, trail_jobs
from departments.services.documents import document_read
from departments.views.consoles.gate import console
from msw_portal.kernel.htmx import answer

ours = console(Role.AUDITOR)
DAYS = (1, 7, 30)
JOBS_SHOWN = 10


@require_safe
@ours
def events(request: HttpRequest) -> HttpResponse:
    """Alarms first, then what happened in the last days, by kind."""
    days = int(request.GET.get("days", "7")) if request.GET.get("days") in map(str, DAYS) else 7
    group = request.GET.get("group", "")
    group = group if group in security_events.GROUPS else ""
    since = timezone.now() - dt.timedelta(days=days)
    found = security_events.events(by=request.user, since=since)
    context = {
        "alarms": security_events.alarms_open(by=request.user),
        "figures": security_events.figures(found),
        "rows": [event for event in found if group in ("", event.group)],
        "group": group,
        "days": days,
        "choices": DAYS,
        "shown": security_events.SHOWN,
    }
    return render(request, "departments/consoles/events.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@ours
def alarm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One alarm: say what it was."""
    rows = Task.objects.visible_to(request.user).filter(kind=security_events.ALARM_TASK)
    task = get_object_or_404(rows, uid=uid)
    form = NoteForm(request.POST or None)
    done = request.method == "POST" and form.command(
        security_events.alarm_close, task=task, by=request.user
    )
    shown = next(
        (one for one in security_events.alarms_open(by=request.user) if one.task.pk == task.pk),
        None,
    )
    return answer(
        request,
        "departments/consoles/alarm.html",
        {"form": form, "task": task, "alarm": shown},
        ok=done or request.method != "POST",
        to=reverse("departments:audit_events") if done else None,
        done=_("警报已处理。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@ours
def jobs(request: HttpRequest) -> HttpResponse:
    """The auditor's checks and exports; a POST begins a check of the whole chain."""
    if request.method == "POST":
        job = trail_jobs.audit_check_ask(by=request.user)
        to = reverse("departments:audit_job", args=[job.uid])
        return answer(request, "", {}, ok=True, to=to)
    rows = trail_jobs.jobs_of(by=request.user)[:JOBS_SHOWN]
    return render(request, "departments/consoles/audit_jobs.html", {"rows": rows})


@require_safe
@ours
def job(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One check or export: progress, then what came of it."""
    return _job_page(request, uid, "departments/consoles/audit_job.html")


@require_safe
@ours
def job_progress(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The part that asks again every two seconds."""
    return _job_page(request, uid, "departments/consoles/_audit_job.html")


@require_POST
@ours
def export(request: HttpRequest) -> HttpResponse:
    """Begin an export of what the list's conditions find."""
    form = AuditFilter(request.POST, actions=trail.actions_of(by=request.user))
    form.is_valid()
    made = trail_jobs.audit_export_ask(
        conditions=form.chosen(), suffix=request.POST.get("suffix", "xlsx"), by=request.user
    )
    to = reverse("departments:audit_job", args=[made.uid])
    return answer(request, "", {}, ok=True, to=to)


@require_safe
@ours
def job_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The exported file, as an attachment, while it is kept."""
    row = _job(request, uid)
    if not trail_jobs.export_is_kept(row):
        raise Http404
    document = row.result
    response = HttpResponse(
        document_read(document=document, by=request.user), content_type=document.mime
    )
    response["Content-Disposition"] = content_disposition_header(True, document.title)
    response["Content-Security-Policy"] = "sandbox"
    return response


def _job(request: HttpRequest, uid: uuid.UUID):
    return get_object_or_404(trail_jobs.jobs_of(by=request.user), uid=uid)


def _job_page(request: HttpRequest, uid: uuid.UUID, template: str) -> HttpResponse:
    row = _job(request, uid)
    context = {
        "job": row,
        "is_check": row.kind == trail_jobs.CHECK,
        "is_kept": trail_jobs.export_is_kept(row),
        "kept_until": row.done_at + trail_jobs.KEPT if row.done_at else None,
        "most": trail_jobs.MOST_ROWS,
    }
    return render(request, template, context)
