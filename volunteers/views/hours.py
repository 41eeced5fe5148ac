"""Hours as the house keeps them: the list, one record, who came to a shift."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.group_workflow import GROUP_RUNNING
from cases.models.activities import Activity
from cases.models.casework import Case
from cases.models.groups import Group
from cases.models.work import Need
from cases.views.filling import Filling, fill_in
from departments.permissions import can_export_listing
from departments.services.history import history_lines
from departments.views.exporting import export_page
from departments.views.list_box import asked_of
from msw_portal.kernel import keyset
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from volunteers.forms.hours import (
    AmendForm,
    EnterForm,
    LinkForm,
    NoteForm,
    ReasonForm,
    TextForm,
    TimesForm,
)
from volunteers.hour_filters import HOUR_FIELDS
from volunteers.hour_permissions import (
    can_amend_service,
    can_ask_correction,
    can_decide_service,
    can_keep_hours,
    can_link_service,
    can_void_service,
)
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Post, Shift
from volunteers.services import confirming
from volunteers.services.hour_exports import HOURS
from volunteers.services.records import (
    service_amend,
    service_check_out,
    service_enter,
)
from volunteers.workflow import SERVICE, ServiceState

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 30
ORDER = ("-checked_in", "-id")
SHOWS = (
    ("", gettext_lazy("待确认"), ServiceState.RECORDED),
    ("disputed", gettext_lazy("申请更正"), ServiceState.DISPUTED),
    ("open", gettext_lazy("服务中"), ServiceState.OPEN),
    ("confirmed", gettext_lazy("已确认"), ServiceState.CONFIRMED),
    ("all", gettext_lazy("全部"), None),
)
JOINS = ("volunteer", "post", "confirmed_by")


def _may(request: HttpRequest) -> None:
    if not can_keep_hours(request.user, None):
        raise Http404


def _show(request: HttpRequest) -> str:
    show = request.GET.get("show", "")
    return show if show in {one[0] for one in SHOWS} else ""


def _rows(request: HttpRequest) -> Any:
    """Every record of the tab and the conditions that the address names."""
    state = next(one[2] for one in SHOWS if one[0] == _show(request))
    rows = ServiceRecord.objects.visible_to(request.user)
    rows = rows.filter(state=state) if state else rows
    query = asked_of(request, HOUR_FIELDS)
    return rows.filter(query.where(request.user)).select_related(*JOINS).order_by(*ORDER)


def _link(request: HttpRequest, **more: str) -> str:
    given = {"show": _show(request), "query": request.GET.get("query", ""), **more}
    kept = {name: value for name, value in given.items() if value}
    here = reverse("hours:list")
    return f"{here}?{urlencode(kept)}" if kept else here


def _list(request: HttpRequest, form: CommandForm | None = None) -> dict[str, Any]:
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    try:
        page = keyset.page(_rows(request), order=ORDER, size=PAGE, **asked)
    except keyset.BadCursor:
        page = keyset.page(_rows(request), order=ORDER, size=PAGE)
    query = asked_of(request, HOUR_FIELDS)
    show = _show(request)
    return {
        "form": form or CommandForm(),
        "rows": page.rows,
        "show": show,
        "query": query,
        "here": _link(request),
        "tabs": [
            {"label": label, "url": _link(request, show=code), "is_now": code == show}
            for code, label, _state in SHOWS
        ],
        "before_url": _link(request, before=page.previous) if page.previous else "",
        "after_url": _link(request, after=page.next) if page.next else "",
        "may_export": can_export_listing(request.user, HOURS),
        "export_query": _link(request).partition("?")[2],
    }


@BOTH
def hours(request: HttpRequest) -> HttpResponse:
    """The records of a tab; a POST confirms those that are ticked, all or none."""
    _may(request)
    if request.method != "POST":
        return render(request, "volunteers/hours.html", _list(request))
    form = CommandForm(request.POST)
    uids = [one for one in request.POST.getlist("records") if _is_uid(one)]
    chosen = ServiceRecord.objects.visible_to(request.user).filter(uid__in=uids)
    ok = form.command(confirming.services_confirm, records=chosen, by=request.user)
    done = _("已确认 %(n)s 条。") % {"n": form.result} if ok else ""
    context = {} if ok else _list(request, form)
    return answer(request, "volunteers/hours.html", context, ok=ok, to=_link(request), done=done)


def _is_uid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@BOTH
def export(request: HttpRequest) -> HttpResponse:
    """The records of the tab as a file, with the fields of the national system."""
    _may(request)
    return export_page(
        request, listing=HOURS, rows=_rows(request), heading=_("志愿服务时长"), back=_link(request)
    )


# ── one record ───────────────────────────────────────────────────────────────


def record_or_404(request: HttpRequest, uid: uuid.UUID) -> ServiceRecord:
    rows = ServiceRecord.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("volunteer", "post", "confirmed_by"), uid=uid)


def times_of(record: ServiceRecord) -> dict[str, Any]:
    """A record's times as its form shows them."""
    begins = timezone.localtime(record.checked_in)
    ends = timezone.localtime(record.checked_out) if record.checked_out else None
    return {
        "day": begins.date(),
        "checked_in": f"{begins:%H:%M}",
        "checked_out": f"{ends:%H:%M}" if ends else "",
        "break_minutes": record.break_minutes,
        "persons": record.persons,
        "content": record.content or "",
    }


def _record(request: HttpRequest, record: ServiceRecord, **forms: CommandForm) -> dict[str, Any]:
    user, state = request.user, record.state
    steps = {step.name for step in SERVICE.open_steps(record)}
    may_decide = can_amend_service(user, record)
    context: dict[str, Any] = {
        "record": record,
        "may_confirm": "confirm" in steps and may_decide,
        "may_amend": state == ServiceState.RECORDED and may_decide,
        "may_decide": "correct" in steps and can_decide_service(user, record),
        "may_ask": "ask_correction" in steps and can_ask_correction(user, record),
        "may_void": "void" in steps and can_void_service(user, record),
        "may_finish": state == ServiceState.OPEN,
        "is_own": record.user_id == user.pk,
        "form": CommandForm(),
        "keeping": ReasonForm(prefix="keep"),
        "asking": TextForm(),
        "voiding": ReasonForm(prefix="void"),
        "noting": NoteForm(),
        "lines": history_lines(record),
    }
    if can_link_service(user, record):
        context["purpose"] = _purpose(request, record)
        if not context["purpose"]["is_hidden"]:
            initial = context["purpose"]["initial"]
            context["linking"] = _link_form(request, record, initial=initial)
    return context | forms


def _purpose(request: HttpRequest, record: ServiceRecord) -> dict[str, Any]:
    """For whom or what, as far as this social worker may know it."""
    need = Need.objects.visible_to(request.user).filter(pk=record.need_id).select_related("case")
    activity = Activity.objects.visible_to(request.user).filter(pk=record.activity_id)
    group = Group.objects.visible_to(request.user).filter(pk=record.group_id)
    found = {"need": need.first(), "activity": activity.first(), "group": group.first()}
    return found | {
        "is_hidden": record.need_id is not None and found["need"] is None,
        "initial": {name: one.uid for name, one in found.items() if one is not None},
    }


def _link_form(request: HttpRequest, record: ServiceRecord, *args: Any, **kwargs: Any) -> LinkForm:
    """Needs of one's open cases, this month's activities, groups that run, and what is chosen already."""
    own = Case.objects.visible_to(request.user).open().filter(number__isnull=False)
    needs = Need.objects.visible_to(request.user).filter(Q(case__in=own) | Q(pk=record.need_id))
    needs = needs.select_related("case")
    recent = Activity.objects.visible_to(request.user).order_by("-occurred_on", "-id")
    kept = recent.filter(occurred_on__gte=timezone.localdate().replace(day=1)).values("pk")
    return LinkForm(
        *args,
        needs=needs.order_by("case__number", "rank", "id"),
        activities=recent.filter(Q(pk__in=kept) | Q(pk=record.activity_id)),
        groups=Group.objects.visible_to(request.user)
        .filter(Q(stage__in=GROUP_RUNNING) | Q(pk=record.group_id))
        .order_by("name", "id"),
        **kwargs,
    )


@require_safe
def record(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One service: its times and hours, what may be done, and its history."""
    row = record_or_404(request, uid)
    return render(request, "volunteers/hour_record.html", _record(request, row))


def _act(
    request: HttpRequest, uid: uuid.UUID, form: CommandForm, service: Any, done: str, slot: str
) -> HttpResponse:
    row = record_or_404(request, uid)
    ok = form.command(service, record=row, by=request.user)
    to = reverse("hours:record", args=[uid])
    context = {} if ok else _record(request, record_or_404(request, uid), **{slot: form})
    return answer(request, "volunteers/hour_record.html", context, ok=ok, to=to, done=done)


@require_POST
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    form = CommandForm(request.POST)
    return _act(request, uid, form, confirming.service_confirm, _("时长已确认。"), "form")


@require_POST
def keep(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    form = ReasonForm(request.POST, prefix="keep")
    return _act(request, uid, form, confirming.service_keep, _("已维持原记录。"), "keeping")


@require_POST
def ask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    form = TextForm(request.POST)
    done = _("已申请更正，有结果会通知。")
    return _act(request, uid, form, confirming.service_ask_correction, done, "asking")


@require_POST
def void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    form = ReasonForm(request.POST, prefix="void")
    return _act(request, uid, form, confirming.service_void, _("记录已作废。"), "voiding")


@require_POST
def check_out(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    form = NoteForm(request.POST)
    done = _("已签退，等带教社工确认。")
    return _act(request, uid, form, service_check_out, done, "noting")


@require_POST
def link(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """For which need, activity or group: social workers alone."""
    row = record_or_404(request, uid)
    if not can_link_service(request.user, row):
        raise Http404
    form = _link_form(request, row, request.POST)
    return _act(request, uid, form, confirming.service_link, _("已保存关联。"), "linking")


@BOTH
def amend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Put right what waits for its confirmation."""
    row = record_or_404(request, uid)
    if not can_amend_service(request.user, row):
        raise Http404
    to = reverse("hours:record", args=[uid])
    return fill_in(
        request,
        Filling(
            page="volunteers/hour_form.html",
            form=AmendForm,
            service=service_amend,
            given={"record": row},
            initial=times_of(row),
            draft="volunteers-hours_amend",
            subject=row.uid,
            to=to,
            done=_("已改好，仍待确认。"),
            context={"volunteer": row.volunteer, "record": row, "back": to},
        ),
    )


@BOTH
def correct(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Decide for the volunteer, with the times as they were."""
    row = record_or_404(request, uid)
    if not can_decide_service(request.user, row):
        raise Http404
    to = reverse("hours:record", args=[uid])
    words = {"heading": _("处理更正申请"), "button": _("按这个更正并确认")}
    return fill_in(
        request,
        Filling(
            page="volunteers/hour_form.html",
            form=TimesForm,
            service=confirming.service_correct,
            given={"record": row},
            initial=times_of(row),
            draft="volunteers-hours_correct",
            subject=row.uid,
            to=to,
            done=_("已按申请更正。"),
            context={"volunteer": row.volunteer, "record": row, "back": to, **words},
        ),
    )


@BOTH
def enter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write down a service of this volunteer that nobody checked in for; `?shift=` fills in its times."""
    _may(request)
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), uid=uid)
    shift = _asked_shift(request)
    return fill_in(
        request,
        Filling(
            page="volunteers/hour_form.html",
            form=EnterForm,
            service=service_enter,
            given={"volunteer": volunteer, "shift": shift},
            form_args={"posts": Post.objects.visible_to(request.user).order_by("title")},
            initial=_of_shift(shift),
            draft="volunteers-hours",
            subject=volunteer.uid,
            to=lambda made: reverse("hours:record", args=[made.uid]),
            done=_("已补记，等确认。"),
            context={"volunteer": volunteer, "back": reverse("hours:list")},
        ),
    )


def _asked_shift(request: HttpRequest) -> Shift | None:
    asked = request.GET.get("shift", "")
    rows = Shift.objects.visible_to(request.user).select_related("post")
    return rows.filter(uid=asked).first() if _is_uid(asked) else None


def _of_shift(shift: Shift | None) -> dict[str, Any]:
    if shift is None:
        return {}
    begins, ends = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    return {
        "post": shift.post.uid,
        "day": begins.date(),
        "checked_in": f"{begins:%H:%M}",
        "checked_out": f"{ends:%H:%M}",
    }
