"""The questionnaire maker: what there is, one questionnaire tried out beside its items, writing an item."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from departments.models.mechanisms import Questionnaire
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.questionnaire.definition import type_of
from projects.forms.questionnaires import TYPES, BeginForm, HeadForm, ItemForm
from projects.forms.surveys import SheetForm
from projects.permissions.registers import can_make_questionnaire
from projects.services import questionnaire_steps as steps
from projects.services import questionnaires as services
from projects.views.surveys import BOTH, PAGE

# Step -> service, what is said, whether it leads to another questionnaire.
STEPS = {
    "publish": (steps.questionnaire_release, _("已发布，内容不再变。")),
    "copy": (steps.questionnaire_renew, _("新的一版可以改了。")),
    "discard": (steps.questionnaire_throw, _("草稿已删除。")),
}


def _one_or_404(request: HttpRequest, uid: uuid.UUID) -> Questionnaire:
    if not can_make_questionnaire(request.user):
        raise Http404
    rows = Questionnaire.objects.visible_to(request.user).filter(kind__in=services.KINDS)
    rows = rows.filter(definition__has_key="items", code__startswith="own_")
    return get_object_or_404(rows.select_related("created_by"), uid=uid)


def _to(one: Questionnaire) -> str:
    return reverse("surveys:questionnaire", args=[one.uid])


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The house's own questionnaires, the newest first."""
    if not can_make_questionnaire(request.user):
        raise Http404
    rows = Questionnaire.objects.visible_to(request.user)
    rows = rows.filter(kind__in=services.KINDS, code__startswith="own_").defer("definition")
    context = page_of(request, rows, order=("-id",), size=PAGE)
    return render(request, "surveys/questionnaires.html", context)


@BOTH
def begin(request: HttpRequest) -> HttpResponse:
    if not can_make_questionnaire(request.user):
        raise Http404
    back = reverse("surveys:questionnaires")
    return fill_in(
        request,
        Filling(
            page="surveys/maker_form.html",
            form=BeginForm,
            service=services.questionnaire_begin,
            given={},
            to=_to,
            done=_("已建立，接着写题目。"),
            context={"heading": _("新建问卷"), "back": back},
        ),
    )


def _page(one: Questionnaire, form: Any) -> dict[str, Any]:
    definition, words = one.definition, dict(TYPES)
    numbers = {item["code"]: n for n, item in enumerate(definition["items"], 1)}
    rows = []
    for number, item in enumerate(definition["items"], 1):
        options = definition["options"].get(item.get("options", ""), [])
        asked = {numbers.get(mark.partition("|")[0]) for mark in services.condition_marks(item)}
        rows.append(
            {
                "item": item,
                "number": number,
                "type": words[type_of(item)],
                "options": options,
                "depends_on": sorted(n for n in asked if n),
                "is_first": number == 1,
                "is_last": number == len(definition["items"]),
                "up": number - 1,
                "down": number + 1,
            }
        )
    return {
        "one": one,
        "form": form,
        "rows": rows,
        "is_draft": one.published_at is None,
        "is_scored": definition["scoring"].get("method") != "none",
        "sheet": SheetForm(questionnaire=one),
        "look_url": reverse("surveys:questionnaire_look", args=[one.uid]),
    }


@require_safe
def questionnaire(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The items beside the sheet as it will be seen; the sheet can be tried out."""
    one = _one_or_404(request, uid)
    return render(request, "surveys/questionnaire.html", _page(one, CommandForm()))


@require_POST
def look(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The items asked after the answers tried; nothing is kept."""
    one = _one_or_404(request, uid)
    sent = SheetForm(request.POST, questionnaire=one)
    names = [name for name in sent.fields if name not in {"once", "sheet_key"}]
    form = SheetForm(initial={name: sent[name].value() for name in names}, questionnaire=one)
    context = {"form": form, "look_url": request.get_full_path()}
    return render(request, "cases/_assessment_items.html", context)


@BOTH
def head(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _one_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="surveys/maker_form.html",
            form=HeadForm,
            service=services.questionnaire_head_change,
            given={"questionnaire": one},
            current=lambda: _head_now(request, uid),
            draft="projects-questionnaire_head",
            subject=one.uid,
            to=_to(one),
            done=_("已保存。"),
            context={"heading": _("卷首与计分"), "back": _to(one), "one": one},
        ),
    )


def _head_now(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = _one_or_404(request, uid)
    kept = now.definition
    values = {name: kept.get(name, "") for name in ("intro", "recall", "note", "licence")}
    values |= {
        "title": now.title,
        "method": kept["scoring"].get("method", "sum"),
        "bands": HeadForm.base_fields["bands"].prepare_value(kept["bands"]),
    }
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def item_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _one_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="surveys/maker_form.html",
            form=ItemForm,
            form_args={"answers": services.earlier_answers(one.definition, "")},
            service=services.item_put,
            given={"questionnaire": one},
            draft="projects-item",
            subject=one.uid,
            to=_to(one),
            done=_("这一题已写好。"),
            context={"heading": _("加一题"), "back": _to(one), "one": one},
        ),
    )


@BOTH
def item_edit(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    one = _one_or_404(request, uid)
    _item_or_404(one, code)

    def current() -> Current:
        now = _one_or_404(request, uid)
        return Current(now.row_version, _typed(now, _item_or_404(now, code)), at=now.updated_at)

    return fill_in(
        request,
        Filling(
            page="surveys/maker_form.html",
            form=ItemForm,
            form_args={"answers": services.earlier_answers(one.definition, code)},
            service=services.item_put,
            given={"questionnaire": one, "code": code},
            current=current,
            to=_to(one),
            draft=f"projects-item_edit-{code}",
            subject=one.uid,
            done=_("这一题已改好。"),
            context={"heading": _("改这一题"), "back": _to(one), "one": one},
        ),
    )


def _item_or_404(one: Questionnaire, code: str) -> dict[str, Any]:
    for item in one.definition["items"]:
        if item["code"] == code:
            return item
    raise Http404


def _typed(one: Questionnaire, item: dict[str, Any]) -> dict[str, Any]:
    """The item as its form shows it."""
    options = one.definition["options"].get(item.get("options", ""), [])
    names = ("least", "most", "decimals", "unit", "section", "help")
    return {
        "text": item["zh"],
        "type": type_of(item),
        "options": ItemForm.base_fields["options"].prepare_value(options),
        "is_required": item.get("is_required", False),
        "when": services.condition_marks(item),
        **{name: item.get(name, "") for name in names},
    }


def _step(request: HttpRequest, one: Questionnaire, service: Any, done: Any, **given: Any):
    form = CommandForm(request.POST)
    ok = form.command(service, questionnaire=one, by=request.user, **given)
    to = _to(form.result) if ok and form.result else reverse("surveys:questionnaires")
    context = {} if ok else _page(one, form)
    return answer(request, "surveys/questionnaire.html", context, ok=ok, to=to, done=str(done))


@require_POST
def item_move(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    """To the place named by the button or typed, counted from one."""
    one = _one_or_404(request, uid)
    typed = request.POST.get("place", "")
    place = int(typed) if typed.isdecimal() and len(typed) < 4 else 1
    return _step(request, one, services.item_move, _("已移动。"), code=code, place=place)


@require_POST
def item_remove(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    one = _one_or_404(request, uid)
    return _step(request, one, services.item_remove, _("这一题已删除。"), code=code)


@require_POST
def step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """Publish, copy to a new version, throw a draft away."""
    one = _one_or_404(request, uid)
    if step not in STEPS:
        raise Http404
    service, done = STEPS[step]
    return _step(request, one, service, done)
