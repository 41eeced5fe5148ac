"""The departments and wards of one's own house: the security administrator and the head set them up."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.people import ReasonForm
from departments.forms.places import DepartmentChangeForm, DepartmentForm, WardsForm
from departments.models.organizations import Department
from departments.models.people import Role
from departments.services import places
from departments.services.drafts import base_typed
from departments.services.history import history_lines
from departments.views.clashes import PICK, Current, clashes, picked
from departments.views.consoles.gate import console
from departments.views.keeping import Keeping
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer

ours = console(Role.SECADMIN, Role.DEPT_HEAD)
ADDING = "departments-department"
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@BOTH
@ours
def departments(request: HttpRequest) -> HttpResponse:
    """What the house has, and one more."""
    keep = Keeping(request, ADDING)
    form = keep.form(DepartmentForm, user=request.user)
    done = request.method == "POST" and keep.sent(
        form.command(places.department_add, by=request.user)
    )
    said = _("已增加：%(name)s") % {"name": form.result.name} if done else ""
    wards = WardsForm(user=request.user)
    return _list(request, form, wards, keep, ok=done or request.method != "POST", said=said)


@require_POST
@ours
def wards(request: HttpRequest) -> HttpResponse:
    """Many wards at once, one a line."""
    form = WardsForm(request.POST, user=request.user)
    done = form.command(places.wards_add, by=request.user)
    n = len(form.result) if done else 0
    said = ngettext("已增加 %(n)d 个病区。", "已增加 %(n)d 个病区。", n) % {"n": n} if done else ""
    keep = Keeping(request, ADDING)
    adding = DepartmentForm(user=request.user, initial=keep.typed)
    return _list(request, adding, form, keep, ok=done, said=said)


@BOTH
@ours
def department(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    now, typed = _current(row), request.POST
    if any(name.startswith(PICK) for name in typed):
        typed = picked(typed, now)
    form = DepartmentChangeForm(typed or None, initial=now.values)
    done = request.method == "POST" and form.command(
        places.department_change, department=row, base=base_typed(typed), by=request.user
    )
    if form.refusal is not None and form.refusal.rule == "form.stale":
        both = {"current": now, "clashes": clashes(form, now)}
        context = _context(row, form, ReasonForm()) | both
        return render(request, "departments/department.html", context, status=409)
    if request.method == "POST" and not done:
        context = _context(row, form, ReasonForm()) | {"base": base_typed(typed)}
        return render(request, "departments/department.html", context, status=422)
    return _page(request, row, form, ReasonForm(), ok=True, said=_("已保存。") if done else "")


def _current(row: Department) -> Current:
    values = {name: getattr(row, name) for name in ("name", "setup_type", "beds_open")}
    return Current(row.row_version, values, at=row.updated_at)


@require_POST
@ours
def department_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    form = ReasonForm(request.POST)
    done = form.command(places.department_end, department=row, by=request.user)
    change = DepartmentChangeForm(initial=_current(row).values)
    said = _("部门已撤销，从前的记录不变。") if done else ""
    return _page(request, row, change, form, ok=done, said=said)


def _row(request: HttpRequest, uid: uuid.UUID) -> Department:
    own = Department.objects.visible_to(request.user).filter(organization_id=request.user.house_id)
    return get_object_or_404(own.select_related("campus"), uid=uid)


def _list(
    request: HttpRequest,
    form: CommandForm,
    wards: CommandForm,
    keep: Keeping,
    *,
    ok: bool,
    said: str,
) -> HttpResponse:
    own = Department.objects.visible_to(request.user).filter(organization_id=request.user.house_id)
    context = {
        "rows": own.filter(ended_on__isnull=True).select_related("campus").order_by("kind", "name"),
        "form": form,
        "wards": wards,
        "may_invite": request.user.role == Role.SECADMIN,
        **keep.context,
    }
    to = reverse("departments:departments") if said else None
    return answer(request, "departments/departments.html", context, ok=ok, to=to, done=said)


def _context(row: Department, form: CommandForm, ending: CommandForm) -> dict[str, Any]:
    lines = history_lines(row)
    return {
        "department": row,
        "form": form,
        "base": row.row_version,
        "ending": ending,
        "lines": lines,
    }


def _page(
    request: HttpRequest,
    row: Department,
    form: CommandForm,
    ending: CommandForm,
    *,
    ok: bool,
    said: str,
) -> HttpResponse:
    context = _context(row, form, ending)
    to = reverse("departments:departments") if said else None
    return answer(request, "departments/department.html", context, ok=ok, to=to, done=said)
