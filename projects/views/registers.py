"""Registers: each kind's list, one entry with both its ties, writing it, who took part, the checklist."""

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models.organizations import Department, Organization
from departments.services.regions import region_path, region_span
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from projects.forms.registers import (
    PART,
    ChecklistForm,
    EntryFilter,
    EntryForm,
    LinkForm,
    PartyForm,
)
from projects.models.register_codes import Audience, PartyRole
from projects.models.registers import RegisterEntry, RegisterLink, RegisterParty
from projects.permissions.registers import (
    can_add_entry,
    can_answer_checklist,
    can_keep_entry,
    can_plan_action,
    can_publish_entry,
)
from projects.services import register_entries as services
from projects.services.register_parts import REGISTERS, Register

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
DAY = dt.timedelta(days=1)


def _register_or_404(kind: str) -> Register:
    if kind not in REGISTERS:
        raise Http404
    return REGISTERS[kind]


def entry_or_404(request: HttpRequest, uid: uuid.UUID, allowed: Any = None) -> RegisterEntry:
    """An entry that the person sees, and may act on as `allowed` says."""
    rows = RegisterEntry.objects.visible_to(request.user)
    related = ("organization", "region__parent__parent", "replaces", "created_by")
    entry = get_object_or_404(rows.select_related(*related), uid=uid)
    if allowed is not None and not allowed(request.user, entry):
        raise Http404
    return entry


def _to(entry: RegisterEntry) -> str:
    return reverse("registers:entry", args=[entry.uid])


@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """The first register: what applies to the work."""
    return listing(request, "policy")


@require_safe
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """One register; `?on=` narrows it to what applied that day."""
    register = _register_or_404(kind)
    form = EntryFilter(request.GET, kind=kind)
    form.is_valid()
    asked = form.cleaned_data
    rows = _narrowed(RegisterEntry.objects.visible_to(request.user).filter(kind=kind), asked)
    found = page_of(request, rows, order=("-id",), size=PAGE)
    context = {
        **found,
        "rows": [_line(request, register, one) for one in found["rows"]],
        "register": register,
        "form": form,
        "on": asked.get("on"),
        "is_narrowed": any(form.data.get(name) for name in form.fields),
        "tabs": _tabs(kind),
        "may_add": can_add_entry(request.user, None),
        "may_import": can_add_entry(request.user, None),
    }
    return render(request, "registers/list.html", context)


def _narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    if words := asked.get("q"):
        rows = rows.filter(services.entries_named(words))
    if day := asked.get("on"):
        rows = rows.in_force(day)
    if audience := asked.get("audience"):
        rows = rows.filter(audiences__contains=[audience])
    if place := asked.get("place"):
        low, high = region_span(place.pk)
        rows = rows.filter(region__gte=low, region__lte=high)
    return rows.select_related("region", "organization").prefetch_related("parties__body")


def _tabs(kind: str) -> list[dict[str, Any]]:
    return [
        {
            "label": one.title,
            "url": reverse("registers:list", args=[key]),
            "is_now": key == kind,
        }
        for key, one in REGISTERS.items()
    ]


def _line(request: HttpRequest, register: Register, one: RegisterEntry) -> dict[str, Any]:
    """The row of a list: the first role of its kind stands beside the title, in every source's version."""
    chief = [party for party in one.parties.all() if party.role == register.roles[0]]
    is_own = one.organization_id == request.user.house_id
    keeper = (_("已公开") if one.published_at else "") if is_own else one.organization.name
    return {
        "row": one,
        # `until_on` is the first day without it; people read the last day with it.
        "last_day": one.until_on - DAY if one.until_on else None,
        "said": [word for word in (one.number, one.version, keeper) if word],
        "parties": [_said(party) for party in chief],
    }


def _said(party: RegisterParty) -> str:
    name = party.body.name if party.body else party.name_text
    return f"{name}（{party.source}）" if party.source else name


@require_safe
def entry(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = entry_or_404(request, uid)
    return render(request, "registers/entry.html", _page(request, one))


def _page(request: HttpRequest, one: RegisterEntry) -> dict[str, Any]:
    register = REGISTERS[one.kind]
    parties = list(one.parties.select_related("body").order_by("id"))
    links = RegisterLink.objects.visible_to(request.user)
    related = ("other", "department", "survey", "project", "entry")
    return {
        "entry": one,
        "register": register,
        "parties": [
            {"label": PartyRole(role).label, "rows": [p for p in parties if p.role == role]}
            for role in register.roles
            if any(p.role == role for p in parties)
        ],
        "parts": [
            {"part": part, "value": one.details[part.name]}
            for part in register.parts
            if one.details.get(part.name) and not part.is_coded
        ],
        "audiences": [Audience(code).label for code in one.audiences],
        "region": region_path(one.region) if one.region else "",
        "links": links.filter(entry=one).select_related(*related).order_by("id"),
        "links_back": links.filter(other=one).select_related("entry").order_by("id"),
        "followers": RegisterEntry.objects.visible_to(request.user).filter(replaces=one),
        "actions": one.actions.visible_to(request.user).select_related("owner").order_by("due_on"),
        "has_checklist": bool(one.details.get("checklist")),
        "is_own": one.organization_id == request.user.house_id,
        "may_keep": can_keep_entry(request.user, one),
        "may_answer": can_answer_checklist(request.user, one),
        "may_plan": can_plan_action(request.user, None),
    }


def _form_args(request: HttpRequest, kind: str, former: Any = None) -> dict[str, Any]:
    return {
        "kind": kind,
        "by": request.user,
        "may_publish": can_publish_entry(request.user, former),
        "former": former,
    }


@BOTH
def entry_new(request: HttpRequest, kind: str) -> HttpResponse:
    register = _register_or_404(kind)
    if not can_add_entry(request.user, None):
        raise Http404
    back = reverse("registers:list", args=[kind])
    return fill_in(
        request,
        Filling(
            page="registers/form.html",
            form=EntryForm,
            form_args=_form_args(request, kind),
            service=services.entry_add,
            given={"kind": kind},
            draft=f"projects-entry-{kind}",
            to=_to,
            done=_("已登记；可以接着写参与方和关联。"),
            context={"heading": _("登记"), "register": register, "back": back},
        ),
    )


@BOTH
def entry_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = entry_or_404(request, uid, can_keep_entry)
    return fill_in(
        request,
        Filling(
            page="registers/form.html",
            form=EntryForm,
            form_args=_form_args(request, one.kind, one),
            service=services.entry_change,
            given={"entry": one},
            current=lambda: _current(request, uid),
            draft="projects-entry_edit",
            subject=one.uid,
            to=_to(one),
            done=_("已保存。"),
            context={
                "heading": _("修改"),
                "register": REGISTERS[one.kind],
                "back": _to(one),
                "entry": one,
            },
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = entry_or_404(request, uid)
    form = EntryForm(**_form_args(request, now.kind, now))
    values = {name: getattr(now, name) for name in services.PARTS}
    values |= {
        "region": region_path(now.region) if now.region else "",
        "replaces": now.replaces.uid if now.replaces else "",
        "is_public": now.published_at is not None,
    }
    for part in REGISTERS[now.kind].parts:
        field = form.fields[PART + part.name]
        values[PART + part.name] = field.prepare_value(now.details.get(part.name, ""))
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def party_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = entry_or_404(request, uid, can_keep_entry)
    bodies = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    return fill_in(
        request,
        Filling(
            page="registers/small.html",
            form=PartyForm,
            form_args={
                "roles": REGISTERS[one.kind].roles,
                "bodies": bodies.exclude(kind="installation").order_by("name"),
            },
            service=services.party_add,
            given={"entry": one},
            draft="projects-entry_party",
            subject=one.uid,
            to=_to(one),
            done=_("已写下。"),
            context={"heading": _("加参与方"), "back": _to(one), "entry": one},
        ),
    )


@BOTH
def link_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = entry_or_404(request, uid, can_keep_entry)
    return fill_in(
        request,
        Filling(
            page="registers/small.html",
            form=LinkForm,
            form_args={"entry": one, "by": request.user},
            service=services.link_add,
            given={"entry": one},
            draft="projects-entry_link",
            subject=one.uid,
            to=_to(one),
            done=_("已关联，两边都看得到。"),
            context={"heading": _("加关联"), "back": _to(one), "entry": one},
        ),
    )


@require_POST
def party_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = RegisterParty.objects.visible_to(request.user).select_related("entry")
    return _taken_out(request, get_object_or_404(rows, uid=uid), "party", services.party_remove)


@require_POST
def link_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = RegisterLink.objects.visible_to(request.user).select_related("entry")
    return _taken_out(request, get_object_or_404(rows, uid=uid), "link", services.link_remove)


def _taken_out(request: HttpRequest, row: Any, name: str, service: Any) -> HttpResponse:
    if not can_keep_entry(request.user, row.entry):
        raise Http404
    service(**{name: row}, by=request.user)
    to = _to(row.entry)
    return answer(request, "registers/entry.html", {}, ok=True, to=to, done=str(_("已移除。")))


# ── the checklist of a standard ──────────────────────────────────────────────


def _department(request: HttpRequest) -> Department | None:
    """The own department, or the house's first."""
    own = Department.objects.visible_to(request.user)
    own = own.filter(organization_id=request.user.house_id, kind="msw").order_by("name", "id")
    mine = request.user.acting.department_id if request.user.acting else None
    return own.filter(pk=mine).first() or own.first()


@require_safe
def checklist(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every point with the department's newest answer, its day and its evidence."""
    one = entry_or_404(request, uid)
    department = _department(request)
    points = one.details.get("checklist", [])
    if not points or department is None or not can_answer_checklist(request.user, one):
        raise Http404
    answers = services.latest_answers(entry=one, department=department, by=request.user)
    context = {
        "entry": one,
        "department": department,
        "rows": [{"point": point, "answer": answers.get(point["code"])} for point in points],
        "n_points": len(points),
        "n_answered": sum(point["code"] in answers for point in points),
        "n_met": sum(one.standing == "met" for one in answers.values()),
    }
    return render(request, "registers/checklist.html", context)


@BOTH
def checklist_point(request: HttpRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    one = entry_or_404(request, uid, can_answer_checklist)
    department = _department(request)
    point = next((p for p in one.details.get("checklist", []) if p["code"] == code), None)
    if point is None or department is None:
        raise Http404
    back = reverse("registers:checklist", args=[one.uid])
    return fill_in(
        request,
        Filling(
            page="registers/small.html",
            form=ChecklistForm,
            form_args={"by": request.user},
            service=services.checklist_answer,
            given={"entry": one, "item_code": code},
            initial={"department": department.uid},
            draft=f"projects-checklist-{code}",
            subject=one.uid,
            to=back,
            done=_("已记下。"),
            context={"heading": point["text"], "back": back, "entry": one},
        ),
    )
