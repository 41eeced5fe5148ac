"""Work without a case: the list with 人数 and 人次 apart, quick entry, a line that becomes a case."""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.door_permissions import can_promote_line, can_record_activity
from cases.filters.activities import ACTIVITY_FIELDS
from cases.form_permissions import can_print_blank
from cases.forms.activities import MAX_ROWS, ActivityForm, LineForm, PeriodForm
from cases.group_workflow import EventState
from cases.models.activities import Activity, ActivityLine
from cases.models.service_codes import ActivityKind, ServiceContent
from cases.services.activities import RECORDED, activity_record
from cases.services.exports import ACTIVITIES
from cases.services.paper_rows import activity_form
from cases.views.filling import Filling, fill_in
from departments.models.organizations import Department
from departments.permissions import can_export_listing
from departments.views.list_box import asked_of, is_settled, list_box, view_tabs, with_query
from msw_portal.kernel import keyset
from msw_portal.kernel.query import Query

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
ORDER = ("-occurred_on", "-id")
WARDS = ("ward", "clinical")


@BOTH
def activities(request: HttpRequest) -> HttpResponse:
    """One month of the department's work, newest first; its sums are of the same rows.

    A query that names days is not held to the month.
    """
    query = asked_of(request, ACTIVITY_FIELDS)
    if is_settled(request, query):
        return redirect(with_query(request, query))
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/activities.html", _month(request, query), status=status)


def _month(request: HttpRequest, query: Query) -> dict[str, Any]:
    asked = PeriodForm(request.GET).asked()
    asked["month"] = asked["month"] or timezone.localdate().replace(day=1)
    asked["query"] = "" if query.faults else query.text
    rows = _narrow(request, asked, query)
    page = _page(request, rows.select_related("ward", "created_by"))
    kinds = list(rows.order_by("kind").values("kind").annotate(**SUMS))
    return {
        "rows": page.rows,
        "asked": asked,
        "is_dated": query.has("date"),
        "is_narrowed": bool(query.conditions),
        "views": view_tabs(request, "activities"),
        "box": list_box(
            request,
            key="activities",
            fields=ACTIVITY_FIELDS,
            typed=query.text,
            faults=query.faults,
            kept=with_query(request, None),
            hint=_("按条件查，如 日期:2026-01..2026-03 社工:@我 分钟>30"),
        ),
        "kinds": [{**one, "label": ActivityKind(one["kind"]).label} for one in kinds],
        "total": {name: sum(one[name] or 0 for one in kinds) for name in SUMS},
        "can_record": can_record_activity(request.user),
        "new": [(kind.value, kind.label) for kind in RECORDED],
        "chosen": ActivityKind(asked["kind"]).label if asked["kind"] else "",
        "all_kinds": [(label, _url(asked, kind=kind)) for kind, label in ActivityKind.choices],
        "without_kind": _url(asked, kind=""),
        "mine_url": _url(asked, mine=not asked["mine"]),
        "earlier": _url(asked, month=(asked["month"] - dt.timedelta(days=1)).replace(day=1)),
        "later": _url(asked, month=(asked["month"] + dt.timedelta(days=32)).replace(day=1)),
        "export_url": _export_url(request, asked),
        "before_url": _url(asked, before=page.previous) if page.previous else "",
        "after_url": _url(asked, after=page.next) if page.next else "",
    }


def _export_url(request: HttpRequest, asked: dict[str, Any]) -> str:
    """The month as a file; nothing for who takes no list out."""
    if not can_export_listing(request.user, ACTIVITIES):
        return ""
    return _url(asked).replace(reverse("cases:activities"), reverse("cases:activities_export"))


def shown_rows(request: HttpRequest) -> tuple[Any, str]:
    """Every row of the month that the address names, and the address of its page."""
    asked = PeriodForm(request.GET).asked()
    asked["month"] = asked["month"] or timezone.localdate().replace(day=1)
    query = asked_of(request, ACTIVITY_FIELDS)
    asked["query"] = "" if query.faults else query.text
    rows = _narrow(request, asked, query).select_related("ward", "created_by")
    return rows.order_by(*ORDER), _url(asked)


SUMS = {
    "n": Count("pk"),
    "persons": Sum("persons"),
    "person_times": Sum("person_times"),
    "minutes": Sum("minutes"),
}


def _narrow(request: HttpRequest, asked: dict[str, Any], query: Query) -> Any:
    rows = Activity.objects.visible_to(request.user).filter(
        query.where(request.user),
        department_id=request.user.acting.department_id,
        state__in=(EventState.HELD, EventState.SUMMARIZED),
    )
    if not query.has("date"):
        following = (asked["month"] + dt.timedelta(days=32)).replace(day=1)
        rows = rows.filter(occurred_on__gte=asked["month"], occurred_on__lt=following)
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    return rows.filter(created_by=request.user) if asked["mine"] else rows


def _page(request: HttpRequest, rows: Any) -> keyset.Page:
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        return keyset.page(rows, order=ORDER, after=after, before=before, size=PAGE)
    except keyset.BadCursor:
        return keyset.page(rows, order=ORDER, size=PAGE)


def _url(asked: dict[str, Any], **more: Any) -> str:
    given = {**asked, **more}
    given["month"] = f"{given['month']:%Y-%m}"
    given["mine"] = "1" if given["mine"] else ""
    kept = {name: value for name, value in given.items() if value}
    return f"{reverse('cases:activities')}?{urlencode(kept)}"


@BOTH
def activity_new(request: HttpRequest, what: str) -> HttpResponse:
    """The form of a kind; afterwards the record, from where a line becomes a case."""
    if what not in RECORDED or not can_record_activity(request.user):
        raise Http404
    wards = Department.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id, kind__in=WARDS, ended_on__isnull=True
    )
    return fill_in(
        request,
        Filling(
            page="cases/activity_new.html",
            form=ActivityForm,
            service=activity_record,
            given={"kind": what},
            form_args={"kind": what, "wards": wards.order_by("name")},
            initial=_as_last_time(request, what),
            draft=f"cases-activity-{what}",
            to=lambda made: reverse("cases:activity", args=[made.uid]),
            done=_("已记录。"),
            context={"heading": ActivityKind(what).label, "kind": what},
        ),
    )


def _as_last_time(request: HttpRequest, kind: str) -> dict[str, Any]:
    """The ward of the last visit: a round goes on where it stopped."""
    if kind != ActivityKind.WARD_VISIT:
        return {}
    own = Activity.objects.visible_to(request.user).filter(created_by=request.user, kind=kind)
    last = own.order_by(*ORDER).values_list("ward__uid", flat=True).first()
    return {"ward": last} if last else {}


@require_GET
def activity_row(request: HttpRequest) -> HttpResponse:
    """One more empty row; its number follows the highest the page has."""
    rows = [
        int(row)
        for row in request.GET.getlist("row")
        if row.isascii() and row.isdigit() and len(row) < 4
    ]
    number = min(max(rows, default=-1) + 1, 999)
    form = LineForm(prefix=f"line{number}", use_required_attribute=False)
    is_full = len(rows) + 1 >= MAX_ROWS
    context = {"row": form, "number": number, "ordinal": len(rows) + 1, "is_full": is_full}
    return render(request, "cases/_activity_row.html", context)


@require_GET
def activity(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One record with its lines."""
    rows = Activity.objects.visible_to(request.user).select_related(
        "ward", "created_by", "department"
    )
    one = get_object_or_404(rows, uid=uid)
    if one.event:
        return redirect("cases:event", one.uid)
    lines = (
        ActivityLine.objects.visible_to(request.user)
        .filter(activity=one)
        .select_related("client", "promoted_case")
        .order_by("id")
    )
    contents = dict(ServiceContent.choices)
    context = {
        "activity": one,
        "prints": bool(activity_form(one.kind)) and can_print_blank(request.user, one),
        "services": [contents.get(code, code) for code in one.services],
        "lines": [
            {"line": line, "can_promote": can_promote_line(request.user, line)} for line in lines
        ],
    }
    return render(request, "cases/activity.html", context)
