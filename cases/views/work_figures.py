"""What groups, activities, visits and consultations count; every number opens to its rows."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.door_permissions import can_record_activity
from cases.forms.work_figures import FiguresForm
from cases.services.work_figures import BY, SHEETS, Sheet, behind, figures
from cases.services.work_persons import persons_behind
from cases.views.groups.listing import work_tabs

BY_WORDS = {"month": _("按月"), "kind": _("按种类"), "ward": _("按病区或地点")}


@require_GET
def work_figures(request: HttpRequest) -> HttpResponse:
    """The four sheets of the department, from one day to another."""
    if not can_record_activity(request.user):
        raise Http404
    asked, form = _asked(request)
    sheets = figures(**_span(request, asked), by=asked["by"])
    context = {
        "asked": asked,
        "form": form,
        "tabs": work_tabs("figures"),
        "ways": [(BY_WORDS[one], _url(asked, by=one), one == asked["by"]) for one in BY],
        "sheets": [_shown(asked, one) for one in sheets],
        "as_of": timezone.now(),
    }
    return render(request, "cases/work_figures.html", context)


def _shown(asked: dict[str, Any], sheet: Sheet) -> dict[str, Any]:
    """A sheet with what each of its numbers opens."""
    code = sheet.code
    return {
        "sheet": sheet,
        "rows": [
            (row, _behind_url(asked, code, row.key), _persons_url(asked, code, row.key))
            for row in sheet.rows
        ],
        "all_url": _behind_url(asked, code, ""),
        "all_persons_url": _persons_url(asked, code, ""),
    }


@require_GET
def work_rows(request: HttpRequest) -> HttpResponse:
    """The rows behind one number."""
    asked, _form = _asked(request)
    code = request.GET.get("sheet", "")
    if code not in SHEETS or not can_record_activity(request.user):
        raise Http404
    key = request.GET.get("key", "")
    span = {"key": key, "by": asked["by"], **_span(request, asked)}
    is_persons = code == "groups" and "persons" in request.GET
    rows = [] if is_persons else behind(code=code, **span)
    context = {
        "asked": asked,
        "title": SHEETS[code],
        "is_groups": code == "groups" and not is_persons,
        "is_persons": is_persons,
        "persons": persons_behind(**span) if is_persons else [],
        "rows": [(one, reverse(one.url_name, args=[one.uid])) for one in rows],
        "persons_sum": sum(one.persons for one in rows),
        "times_sum": sum(one.person_times for one in rows),
        "back_url": _url(asked),
        "heading": _("这个数字由哪些记录组成"),
    }
    return render(request, "cases/work_rows.html", context)


def _asked(request: HttpRequest) -> tuple[dict[str, Any], FiguresForm]:
    form = FiguresForm(request.GET or None, initial=FiguresForm.this_year())
    return form.asked(), form


def _span(request: HttpRequest, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "since": asked["since"],
        "until": asked["until"],
        "department_id": request.user.acting.department_id,
        "user": request.user,
    }


def _url(asked: dict[str, Any], **more: Any) -> str:
    return f"{reverse('cases:work_figures')}?{_query({**asked, **more})}"


def _behind_url(asked: dict[str, Any], code: str, key: str) -> str:
    query = _query({**asked, "sheet": code, "key": key})
    return f"{reverse('cases:work_rows')}?{query}"


def _persons_url(asked: dict[str, Any], code: str, key: str) -> str:
    """人数 of groups opens to persons; of everything else it is the sum of the same rows."""
    url = _behind_url(asked, code, key)
    return f"{url}&persons=1" if code == "groups" else url


def _query(given: dict[str, Any]) -> str:
    return urlencode(
        {
            name: f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else value
            for name, value in given.items()
        }
    )
