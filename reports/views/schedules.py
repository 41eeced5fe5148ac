"""Reports that are made by themselves: the list with the next time of each, a new one, a change."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.history import history_lines
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.asking_forms import FreezeForm, ScheduleForm
from reports.models import ReportSchedule
from reports.permissions import can_keep_schedule, can_set_freeze_day
from reports.services.freeze_day import freeze_workday, freeze_workday_set
from reports.services.kinds import KINDS, kinds_for, subjects_for
from reports.services.schedules import (
    recipients_for,
    schedule_change,
    schedule_create,
    schedule_move,
)
from reports.services.slots import with_next

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE_SIZE = 20
MOVED = {
    "pause": gettext_lazy("已暂停。"),
    "resume": gettext_lazy("已恢复，从下一次起生成。"),
    "end": gettext_lazy("已结束。"),
}


def _gate(request: HttpRequest) -> None:
    if not can_keep_schedule(request.user, None) or not kinds_for(request.user):
        raise Http404


def _row(request: HttpRequest, uid: UUID) -> ReportSchedule:
    rows = ReportSchedule.objects.visible_to(request.user).select_related("owner__user")
    return get_object_or_404(rows, uid=uid)


@require_safe
def schedules(request: HttpRequest) -> HttpResponse:
    """What this department has made by itself, and when next."""
    _gate(request)
    rows = ReportSchedule.objects.visible_to(request.user).select_related("owner__user")
    rows = rows.prefetch_related("recipients__membership__user")
    page = page_of(request, rows, order=("-id",), size=PAGE_SIZE)
    lines = [(one, KINDS.get(one.kind), at) for one, at in with_next(page["rows"])]
    context = {"page": page, "lines": lines, "workday": freeze_workday(by=request.user)}
    return render(request, "reports/schedules.html", context)


@BOTH
def schedule_new(request: HttpRequest) -> HttpResponse:
    """Let a report be made by itself."""
    _gate(request)
    return fill_in(
        request,
        _sheet(
            request,
            service=schedule_create,
            given={},
            draft="reports-schedule",
            context=_words(_("新的定时报表")),
        ),
    )


@BOTH
def schedule(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them: change it, pause it, end it."""
    row = _row(request, uid)
    context = _words(_("定时报表")) | {"schedule": row, "history": history_lines(row)}
    return fill_in(
        request,
        _sheet(
            request,
            page="reports/schedule.html",
            service=schedule_change,
            given={"schedule": row},
            draft="reports-schedule_edit",
            subject=uid,
            current=lambda: _current(_row(request, uid)),
            context=context,
        ),
    )


@require_POST
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Pause, resume or end one."""
    what = request.POST.get("what", "")
    schedule_move(schedule=_row(request, uid), what=what, by=request.user)
    to = reverse("reports:schedules")
    return answer(request, "", {}, ok=True, to=to, done=MOVED[what])


@BOTH
def freeze_day(request: HttpRequest) -> HttpResponse:
    """On which working day the month that is over is frozen."""
    if not can_set_freeze_day(request.user, None):
        raise Http404
    lead = _("到这一天，上个月的数字冻结；以后更正另列，不改原数。")
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=FreezeForm,
            service=freeze_workday_set,
            given={},
            to=reverse("reports:schedules"),
            done=_("已保存。"),
            initial={"workday": freeze_workday(by=request.user)},
            context=_words(_("冻结日")) | {"lead": lead},
        ),
    )


def _sheet(request: HttpRequest, **given: Any) -> Filling:
    to = reverse("reports:schedules")
    kept = {"page": "departments/form_page.html", "to": to, "done": _("已保存。"), **given}
    kinds = kinds_for(request.user)
    args = {
        "kinds": kinds,
        "subjects": subjects_for(request.user, kinds),
        "people": recipients_for(by=request.user),
        "asked": request.GET.get("kind", ""),
    }
    return Filling(form=ScheduleForm, form_args=args, **kept)


def _current(row: ReportSchedule) -> Current:
    names = ("kind", "cadence", "counting", "day", "hour", "formats")
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    chosen = row.recipients.order_by("id").values_list("membership__uid", flat=True)
    kind = KINDS.get(row.kind)
    values["subject"] = row.params.get(kind.subjects.param, "") if kind and kind.subjects else ""
    values["recipients"] = [str(uid) for uid in chosen]
    return Current(row.row_version, values, at=row.updated_at)


def _words(heading: str) -> dict[str, Any]:
    back = reverse("reports:schedules")
    return {
        "heading": heading,
        "lead": _("到时自动生成刚过完的一期，各收件人只看到自己有权看到的数字。"),
        "crumbs": [(back, _("定时报表"))],
        "cancel": back,
    }
