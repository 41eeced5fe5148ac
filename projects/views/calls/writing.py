"""Writing a call: begun from a template, its facts and parts, published, amended, cancelled."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from departments.models.organizations import Organization
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from projects.forms import calls as forms
from projects.forms.sections import ConfirmForm, ReasonForm
from projects.models.calls import Call, CallKind
from projects.permissions import calls as may
from projects.services.calls import shapes
from projects.services.calls import writing as services
from projects.views.calls.listing import own_call_or_404
from projects.views.guards import issuer_page

BOTH = require_http_methods(["GET", "POST"])


def _to(call: Call) -> str:
    return reverse("calls:call", args=[call.uid])


def _crumbs(call: Call | None = None) -> list[tuple[str, Any]]:
    first = [(reverse("calls:list"), _("征集"))]
    return [*first, (_to(call), call.title)] if call else first


@BOTH
@issuer_page
def call_new(request: HttpRequest) -> HttpResponse:
    require(may.can_issue_calls, request.user, None)
    kinds = [one for one in CallKind.choices if may.can_issue_calls(request.user, one[0])]
    sheet = Filling(
        page="projects/step.html",
        form=forms.NewCallForm,
        form_args={"kinds": kinds},
        service=services.call_draft,
        given={},
        initial={"year": timezone.localdate().year},
        to=_to,
        done=_("草稿已建立，带着这个类型的模板；逐项修改后发布。"),
        draft="projects-call",
        context={
            "title": _("新的征集"),
            "button": _("建立草稿"),
            "note": _("类型决定带出的申报书、评审标准和通知书，都可以改。"),
            "back_url": reverse("calls:list"),
            "crumbs": _crumbs(),
        },
    )
    return fill_in(request, sheet)


def _partners(request: HttpRequest) -> Any:
    bodies = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    kinds = ["association", "agency", "professional_body", "university", "foundation"]
    return bodies.filter(kind__in=kinds, ended_on=None).order_by("name")


def _facts(request: HttpRequest, uid: uuid.UUID) -> Current:
    row = own_call_or_404(request, uid)
    return Current(row.row_version, forms.call_initial(row), at=row.updated_at)


@BOTH
@issuer_page
def call_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    services.require_draft(call)
    sheet = Filling(
        page="projects/call_form.html",
        form=forms.CallForm,
        form_args={"partners": _partners(request)},
        service=services.call_edit,
        given={"call": call},
        to=_to,
        done=_("已保存。"),
        draft="projects-call_edit",
        subject=uid,
        current=lambda: _facts(request, uid),
        context={"call": call, "heading": _("修改征集"), "back_url": _to(call)},
    )
    return fill_in(request, sheet)


@BOTH
@issuer_page
def call_amend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    sheet = Filling(
        page="projects/call_form.html",
        form=forms.AmendForm,
        form_args={"partners": _partners(request)},
        service=services.call_amend,
        given={"call": call},
        to=_to,
        done=_("更正已发布，在填写的单位会收到通知。"),
        draft="projects-call_amend",
        subject=uid,
        current=lambda: _facts(request, uid),
        context={"call": call, "heading": _("发布更正"), "back_url": _to(call)},
    )
    return fill_in(request, sheet)


@dataclass(frozen=True)
class Part:
    """A part of a call that is written on a page of its own."""

    title: Any
    note: Any
    form: type[CommandForm]
    service: Callable[..., Any]
    initial: Callable[[Call], Any]


def _rows(get: Callable[[Call], Any], *names: str) -> Callable[[Call], Any]:
    return lambda call: forms.rows_initial(get(call), *names)


PARTS: dict[str, Part] = {
    "criteria": Part(
        gettext_lazy("评审标准"),
        gettext_lazy("权重合计等于 100。评分表可以由专家评审部分按这里的标准生成。"),
        forms.CriteriaForm,
        services.call_part_write,
        _rows(lambda call: call.criteria, "code", "name", "weight"),
    ),
    "conditions": Part(
        gettext_lazy("申报条件"),
        gettext_lazy("判断式可以用 unit.kind、unit.grade、unit.region、unit.province 和 answers.编码，例如 unit.kind == 'hospital' && answers.has_workers。"),
        forms.ConditionsForm,
        services.conditions_write,
        _rows(lambda call: call.eligibility.get("conditions", []), "zh", "cel"),
    ),
    "questions": Part(
        gettext_lazy("自测问题"),
        gettext_lazy("登记资料里没有的，请申报单位回答；编码用在判断式的 answers.编码。"),
        forms.QuestionsForm,
        services.questions_write,
        _rows(lambda call: call.eligibility.get("questions", []), "code", "label", "type", "options"),
    ),
    "documents": Part(
        gettext_lazy("要交的材料"),
        "",
        forms.DocumentsForm,
        services.call_part_write,
        _rows(lambda call: call.required_documents, "text", "is_required"),
    ),
    "letters": Part(
        gettext_lazy("结果通知书"),
        gettext_lazy("{unit}、{title}、{number} 会换成单位、项目名称和编号。"),
        forms.LettersForm,
        services.call_part_write,
        forms.letters_initial,
    ),
    "form": Part(
        gettext_lazy("申报书"),
        gettext_lazy("每行一个部分，按顺序显示；删去一行就删去这个部分。保存后逐个部分写要填的项。"),
        forms.SectionsForm,
        services.sections_write,
        _rows(lambda call: shapes.sections_of(call.form), "code", "title", "hint", "table", "least"),
    ),
}  # fmt: skip


@BOTH
@issuer_page
def call_part(request: HttpRequest, uid: uuid.UUID, part: str) -> HttpResponse:
    """One part of a draft, whole."""
    found = PARTS.get(part)
    if found is None:
        raise Http404
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    services.require_draft(call)
    here = reverse("calls:part", args=[uid, part])
    sheet = Filling(
        page="projects/call_part.html",
        form=found.form,
        service=found.service,
        given={"call": call},
        to=here if "more" in request.POST else _to(call),
        done=_("已保存。"),
        draft=f"projects-part-{part}",
        subject=uid,
        current=lambda: _part_now(request, uid, found),
        context=_part_context(call, found, part),
    )
    return fill_in(request, sheet)


def _part_now(request: HttpRequest, uid: uuid.UUID, part: Part) -> Current:
    row = own_call_or_404(request, uid)
    return Current(row.row_version, part.initial(row), at=row.updated_at)


def _part_context(call: Call, found: Part, part: str) -> dict[str, Any]:
    return {
        "call": call,
        "heading": found.title,
        "note": found.note,
        "back_url": _to(call),
        "crumbs": _crumbs(call),
        "form_sections": shapes.sections_of(call.form) if part == "form" else [],
    }


def _fields(section: str, title: str) -> Part:
    names = ("code", "label", "type", "is_required", "hint", "options")
    return Part(
        title,
        _("“基本项”的编码只能是：%(codes)s。") % {"codes": "、".join(shapes.COLUMNS)},
        forms.FieldsForm,
        services.fields_write,
        lambda row: forms.rows_initial(
            (shapes.section_of(row.form, section) or {}).get("fields", []), *names
        ),
    )


@BOTH
@issuer_page
def call_fields(request: HttpRequest, uid: uuid.UUID, section: str) -> HttpResponse:
    """The items of one section of the form."""
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    services.require_draft(call)
    found = shapes.section_of(call.form, section)
    if found is None:
        raise Http404
    fields = _fields(section, found["title"])
    here = reverse("calls:fields", args=[uid, section])
    sheet = Filling(
        page="projects/call_part.html",
        form=fields.form,
        service=fields.service,
        given={"call": call, "section": section},
        to=here if "more" in request.POST else reverse("calls:part", args=[uid, "form"]),
        done=_("已保存。"),
        draft=f"projects-fields-{section}",
        subject=uid,
        current=lambda: _part_now(request, uid, fields),
        context=_part_context(call, fields, ""),
    )
    return fill_in(request, sheet)


def _step(call: Call, title: str, button: str, note: Any, **given: Any) -> Filling:
    context = {
        "title": title,
        "button": button,
        "note": note,
        "back_url": _to(call),
        "crumbs": _crumbs(call),
    }
    return Filling(
        page="projects/step.html", given={"call": call}, to=_to(call), context=context, **given
    )


@BOTH
@issuer_page
def call_publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    note = _("发布后任何人不用登录就能看到公告；以后的改动要用“发布更正”，每一版都保留。")
    sheet = _step(
        call, _("发布征集"), _("发布"), note,
        form=ConfirmForm, service=services.call_publish, done=_("已发布。"),
    )  # fmt: skip
    return fill_in(request, sheet)


@BOTH
@issuer_page
def call_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    note = _("取消后不能恢复；申报单位的草稿结束，提交过的申报仍可查看。")
    sheet = _step(
        call, _("取消征集"), _("取消征集"), note,
        form=ReasonForm, service=services.call_cancel, done=_("征集已取消。"),
    )  # fmt: skip
    return fill_in(request, sheet)
