"""The departments and wards of one's own house: the security administrator and the head set them up."""

import uuid
from typing import Any

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.places import DepartmentChangeForm, DepartmentForm, EndForm, WardsForm
from departments.models.organizations import Department
from departments.models.people import Role
from departments.models.place_codes import STATION_KINDS
from departments.models.register_parts import DepartmentYear, PracticeBase
from departments.permissions import can_keep_department_file, can_keep_departments
from departments.services import places
from departments.services.history import history_lines
from departments.services.regions import WITH_PARENTS, region_path
from departments.views.clashes import Current
from departments.views.consoles.gate import console
from departments.views.filling import Filling, fill_in
from departments.views.keeping import Keeping
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer

OWNERS = (Role.SECADMIN, Role.DEPT_HEAD)
ours = console(*OWNERS)
keepers = console(*OWNERS, Role.SYSADMIN, Role.AUTHORITY_OFFICER)
FORM_PAGE = "departments/register_form.html"
# Departments that have money of their own, and students who practise there.
FILED = frozenset({"msw", *STATION_KINDS})
YEARS = 6
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
@keepers
def department(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All that stands of a department, and the form that corrects it."""
    row = _row(request, uid)
    return fill_in(
        request,
        Filling(
            page="departments/department.html",
            form=DepartmentChangeForm,
            form_args={
                "user": request.user,
                "facts": places.FACTS_OF[row.kind],
                "organization": row.organization,
            },
            service=places.department_change,
            given={"department": row},
            current=lambda: _current(_row(request, uid)),
            to=reverse("departments:department", args=[uid]),
            draft="departments-department_change",
            subject=uid,
            done=_("已保存。"),
            context=department_context(request, row),
        ),
    )


def _current(row: Department) -> Current:
    values = {name: getattr(row, name) for name in places.FACTS_OF[row.kind]}
    for name in ("parent", "liaison"):
        if values.get(name) is not None:
            values[name] = values[name].pk
    for name in ("operator", "linked_agency"):
        if values.get(name) is not None:
            values[name] = values[name].name
    values["founded"] = str(row.founded or "")
    if "region" in values:
        values["region"] = region_path(row.region)
    return Current(row.row_version, values, at=row.updated_at)


@BOTH
@keepers
def department_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Why a department is closed, and what it went into."""
    row = _row(request, uid)
    return fill_in(
        request,
        Filling(
            page=FORM_PAGE,
            form=EndForm,
            form_args={"user": request.user, "department": row},
            service=places.department_end,
            given={"department": row},
            to=place_of(request, row),
            done=_("部门已撤销，从前的记录不变。"),
            context={
                "title": _("撤销这个部门"),
                "lead": row.name,
                "back": reverse("departments:department", args=[uid]),
                "back_label": row.name,
                "verb": _("撤销这个部门"),
                "help": _("从今天起不能再选；从前的记录不变。"),
                "is_danger": True,
            },
        ),
    )


def place_of(request: HttpRequest, row: Department) -> str:
    """Where the department is listed: among one's own, or with the body it belongs to."""
    if row.organization_id == request.user.house_id and can_set_up(request.user):
        return reverse("departments:departments")
    return reverse("departments:organization", args=[row.organization.uid])


def _row(request: HttpRequest, uid: uuid.UUID) -> Department:
    """A department that the person's house keeps; others are not there."""
    rows = Department.objects.visible_to(request.user).select_related(
        "campus", "organization", "parent", "operator", "linked_agency", "liaison", "successor"
    )
    row = get_object_or_404(rows.select_related(f"region__{WITH_PARENTS}"), uid=uid)
    if not can_keep_departments(request.user, row):
        raise Http404
    return row


def can_set_up(user: Any) -> bool:
    """Whether the list of one's own departments is there for this role."""
    return user.role in OWNERS


def department_context(request: HttpRequest, row: Department) -> dict[str, Any]:
    """What the page of a department shows beside its form."""
    user = request.user
    keeps_file = can_keep_department_file(user, row) and row.kind in FILED
    years = DepartmentYear.objects.visible_to(user).filter(department=row)
    bases = PracticeBase.objects.visible_to(user).filter(department=row)
    return {
        "department": row,
        "lines": history_lines(row),
        "list_url": place_of(request, row),
        "is_own": row.organization_id == user.house_id,
        "units": row.children.filter(ended_on__isnull=True).order_by("name"),
        "has_units": row.kind not in {"team", "ward"},
        "former_names": row.names.order_by("-valid"),
        "predecessors": row.predecessors.order_by("-ended_on"),
        "path": region_path(row.region),
        "keeps_file": keeps_file,
        "years": years.order_by("-year")[:YEARS] if keeps_file else [],
        "bases": bases.annotate(
            groups=Count("placements"), students=Sum("placements__students")
        ).order_by("-valid")
        if keeps_file
        else [],
    }


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
