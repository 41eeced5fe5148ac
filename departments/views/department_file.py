"""What a head keeps of a department over time: names, predecessors, yearly money, practice bases, placements."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.places import (
    DepartmentRenameForm,
    PlacementForm,
    PracticeBaseForm,
    PredecessorForm,
    YearForm,
)
from departments.models.organizations import Department
from departments.models.register_parts import PracticeBase, PracticePlacement
from departments.permissions import can_keep_department_file, can_keep_departments
from departments.services import department_file as file
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = "departments/register_form.html"
VERB = _("登记")


def _row(request: HttpRequest, uid: uuid.UUID, rule: Any) -> Department:
    rows = Department.objects.visible_to(request.user).select_related("organization")
    row = get_object_or_404(rows, uid=uid)
    if not can_keep_departments(request.user, row) or not rule(request.user, row):
        raise Http404
    return row


def _words(row: Department, title: Any, verb: Any = VERB, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "lead": row.name,
        "back": reverse("departments:department", args=[row.uid]),
        "back_label": row.name,
        "verb": verb,
        **more,
    }


@BOTH
def department_rename(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new name from a day on; the old one is kept."""
    row = _row(request, uid, can_keep_departments)
    lead = _("今天之前的记录仍按当时的名称显示在变更记录里")
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=DepartmentRenameForm,
            service=file.department_rename,
            given={"department": row},
            to=reverse("departments:department", args=[uid]),
            done=_("已更名，从前的名称保留。"),
            context=_words(row, pgettext_lazy("action", "更名"), help=lead),
        ),
    )


@BOTH
def predecessor_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A department that was there before and went into this one."""
    row = _row(request, uid, can_keep_departments)
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=PredecessorForm,
            service=file.predecessor_add,
            given={"department": row},
            to=reverse("departments:department", args=[uid]),
            done=_("已登记。"),
            context=_words(
                row, _("登记前身"), help=_("几个部门合并成本部门的，逐个登记；它们已经撤销。")
            ),
        ),
    )


@BOTH
def department_year(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Budget and spending of a year; the same year again replaces what stood."""
    row = _row(request, uid, can_keep_department_file)
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=YearForm,
            service=file.department_year_save,
            given={"department": row},
            to=reverse("departments:department", args=[uid]),
            done=_("已保存。"),
            context=_words(
                row,
                _("年度活动经费"),
                _("保存"),
                help=_("同一年度再次填写即为修改，前后的数都留在审计里；只有本机构看得到。"),
            ),
        ),
    )


@BOTH
def practice_base_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """An agreement with a school."""
    row = _row(request, uid, can_keep_department_file)
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=PracticeBaseForm,
            form_args={"user": request.user},
            service=file.practice_base_add,
            given={"department": row},
            to=lambda base: reverse("departments:practice_base", args=[base.uid]),
            draft="departments-practice_base",
            subject=uid,
            done=_("已登记。"),
            context=_words(row, _("登记实习基地协议")),
        ),
    )


@BOTH
def practice_base(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The placements under an agreement, and one more."""
    rows = PracticeBase.objects.visible_to(request.user).select_related("department", "school")
    base = get_object_or_404(rows, uid=uid)
    if not can_keep_department_file(request.user, base):
        raise Http404
    placed = base.placements.select_related("guide").order_by("-starts_on", "-id")
    return fill_in(
        request,
        Filling(
            page="departments/practice_base.html",
            form=PlacementForm,
            form_args={"user": request.user},
            service=file.placement_add,
            given={"base": base},
            to=reverse("departments:practice_base", args=[uid]),
            draft="departments-placement",
            subject=uid,
            done=_("已登记。"),
            context={"base": None, "agreement": base, "placements": placed},
        ),
    )


@require_POST
def placement_drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take back a placement entered wrongly."""
    rows = PracticePlacement.objects.visible_to(request.user).select_related("base")
    row = get_object_or_404(rows, uid=uid)
    if not can_keep_department_file(request.user, row):
        raise Http404
    to = reverse("departments:practice_base", args=[row.base.uid])
    file.placement_drop(placement=row, by=request.user)
    return answer(request, PAGE, {}, ok=True, to=to, done=str(_("已删除，审计中保留。")))
