"""The settings of a department, kept by its head, and what the next numbers would look like."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.door_permissions import can_keep_settings
from cases.forms.department_settings import SettingsForm
from cases.services.caseloads import limit_of
from cases.services.department_settings import clocks_of, settings_set
from cases.services.number_patterns import PATTERNS, letters_of, numbers_ahead, patterns_of
from cases.views.filling import Filling, fill_in
from departments.models.organizations import Department
from departments.views.clashes import Current
from msw_portal.kernel.errors import DomainError


def _own(request: HttpRequest) -> Department:
    """The department the person acts for; who does not head it does not learn of the page."""
    rows = Department.objects.visible_to(request.user).select_related("organization")
    department = get_object_or_404(rows, pk=request.user.acting.department_id)
    if not can_keep_settings(request.user, department):
        raise Http404
    return department


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Deadlines, when records lock, how cases and archives are numbered: one form."""
    department = _own(request)
    patterns = patterns_of(department.organization_id)
    typed = {kind: request.POST.get(f"{kind}_pattern", patterns[kind]) for kind in PATTERNS}
    return fill_in(
        request,
        Filling(
            page="cases/settings.html",
            form=SettingsForm,
            service=settings_set,
            given={"department": department},
            current=lambda: _current(request),
            to=reverse("cases:settings"),
            draft="cases-settings",
            done=_("设置已保存，从现在起生效。"),
            context={
                "department": department,
                "letters": letters_of(department.organization),
                "case_ahead": _ahead("case", typed["case"], department),
                "archive_ahead": _ahead("archive", typed["archive"], department),
            },
        ),
    )


def _current(request: HttpRequest) -> Current:
    now = _own(request)
    patterns = patterns_of(now.organization_id)
    values = clocks_of(now) | {"caseload_limit": limit_of(now)}
    values |= {f"{kind}_pattern": pattern for kind, pattern in patterns.items()}
    return Current(now.row_version, values, at=now.updated_at)


def _ahead(kind: str, pattern: str, department: Department) -> dict[str, Any]:
    try:
        numbers = numbers_ahead(
            kind,
            pattern,
            organization=department.organization,
            on=timezone.localdate(),
            field=f"{kind}_pattern",
        )
    except DomainError as refusal:
        return {"numbers": [], "refusal": str(refusal)}
    return {"numbers": numbers, "refusal": ""}


@require_GET
def settings_preview(request: HttpRequest, kind: str) -> HttpResponse:
    """The next numbers under the pattern being typed, or what is wrong with it; none is taken."""
    department = _own(request)
    if kind not in PATTERNS:
        raise Http404
    ahead = _ahead(kind, request.GET.get(f"{kind}_pattern", ""), department)
    return render(request, "cases/_numbers_ahead.html", {"ahead": ahead})
