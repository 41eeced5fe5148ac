"""The departments and wards of one's own house: the security administrator and the head set them up."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.people import ReasonForm
from departments.forms.places import DepartmentChangeForm, DepartmentForm, WardsForm
from departments.models.organizations import Department
from departments.models.people import Role
from departments.services import places
from departments.services.history import history_lines
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
    now = {name: getattr(row, name) for name in ("name", "setup_type", "beds_open")}
    form = DepartmentChangeForm(request.POST or None, initial=now)
    done = request.method == "POST" and form.command(
        places.department_change, department=row, by=request.user
    )
    ok = done or request.method != "POST"
    return _page(request, row, form, ReasonForm(), ok=ok, said=_("已保存。") if done else "")


@require_POST
@ours
def department_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _row(request, uid)
    form = ReasonForm(request.POST)
    done = form.command(places.department_end, department=row, by=request.user)
    now = {name: getattr(row, name) for name in ("name", "setup_type", "beds_open")}
    said = _("部门已撤销，从前的记录不变。") if done else ""
    return _page(request, row, DepartmentChangeForm(initial=now), form, ok=done, said=said)


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


def _page(
    request: HttpRequest,
    row: Department,
    form: CommandForm,
    ending: CommandForm,
    *,
    ok: bool,
    said: str,
) -> HttpResponse:
    context = {"department": row, "form": form, "ending": ending, "lines": history_lines(row)}
    to = reverse("departments:departments") if said else None
    return answer(request, "departments/department.html", context, ok=ok, to=to, done=said)
