"""The numbered forms on the screen: the list of all fourteen, one record with its versions, writing and correcting."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_permissions import can_finish_form, can_keep_form
from cases.form_schemas.parts import Schema
from cases.form_schemas.registry import BY_STEP, WRITTEN
from cases.forms.alerts import CrisisForm
from cases.forms.schema_forms import initial_of_payload, schema_form
from cases.models.casework import Case, CaseForm
from cases.models.codes import FormKind
from cases.services.case_forms import (
    REASON,
    form_draft_of,
    form_finish,
    form_save_draft,
    may_begin,
)
from cases.services.crisis_reports import alert_words, alerts_waiting
from cases.services.form_facts import Known, facts_shown, known_of
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404, form_or_404
from departments.views.clashes import Current

BOTH = require_http_methods(["GET", "POST"])


def _current(case: Case, schema: Schema) -> Current:
    draft = form_draft_of(case=case, kind=schema.kind)
    if draft is None:
        return Current(0, {})
    by = draft.created_by.display_name if draft.created_by else ""
    values = initial_of_payload(schema, draft.payload)
    if about := draft.payload.get("alert"):
        values["alert"] = about
    return Current(draft.row_version, values, by, draft.updated_at)


def _form_of(case: Case, schema: Schema) -> dict[str, Any]:
    """The form class and its arguments; a crisis report says which alert it is about."""
    if schema.kind != FormKind.F11:
        return {"form": schema_form(schema)}
    alerts = [(str(one.uid), alert_words(one)) for one in alerts_waiting(case)]
    return {"form": CrisisForm, "form_args": {"alerts": alerts}}


@BOTH
def form_write(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """Begin a form or go on with the draft the team shares; `keep` saves it, otherwise it is finished."""
    case, schema = case_or_404(request, uid), WRITTEN.get(kind)
    if schema is None or kind in BY_STEP:
        raise Http404
    last = _newest(request, case, kind)
    if request.method == "GET" and last is not None and not schema.is_repeated:
        return redirect("cases:form", uid=last.uid)
    return fill_in(request, _writing(request, case, schema))


def _writing(request: HttpRequest, case: Case, schema: Schema) -> Filling:
    """The page of a form being written: one button shares the draft, the other finishes."""
    is_keeping, kind = "keep" in request.POST, schema.kind

    def after(made: CaseForm) -> str:
        if is_keeping:
            return reverse("cases:form_write", args=[case.uid, kind])
        return reverse("cases:form", args=[made.uid])

    return Filling(
        page="cases/form_write.html",
        **_form_of(case, schema),
        service=form_save_draft if is_keeping else form_finish,
        given={"case": case, "kind": kind},
        to=after,
        done=_("草稿已存到个案，同事也能接着写。") if is_keeping else _("已定稿。"),
        draft=f"cases-form-{kind}",
        subject=case.uid,
        current=lambda: _current(case, schema),
        context={
            "case": case,
            "schema": schema,
            "heading": schema.title,
            "facts": known_of(case, schema),
            "refusal": may_begin(case, kind),
            "may_finish": can_finish_form(request.user, case),
            "may_keep": can_keep_form(request.user, case),
        },
    )


def _newest(request: HttpRequest, case: Case, kind: str) -> CaseForm | None:
    rows = CaseForm.objects.visible_to(request.user).filter(case=case, kind=kind, state="final")
    return rows.order_by("-serial", "-version").first()


@require_GET
def form(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One record: the version asked for in full, the others beside it with what changed."""
    one = form_or_404(request, uid)
    schema = WRITTEN.get(one.kind)
    if schema is None:
        raise Http404
    return render(request, "cases/form.html", _record(request, one, schema))


def _versions(request: HttpRequest, one: CaseForm) -> list[CaseForm]:
    rows = CaseForm.objects.visible_to(request.user).filter(
        case=one.case, kind=one.kind, serial=one.serial, state="final"
    )
    return list(rows.select_related("created_by", "finalized_by").order_by("-version"))


def _changes(schema: Schema, before: CaseForm | None, one: CaseForm) -> list[dict[str, Any]]:
    """What this version says otherwise than the one before."""
    if before is None:
        return []
    return [
        {
            "label": item.label,
            "before": item.words(before.payload.get(item.name)),
            "after": item.words(one.payload.get(item.name)),
        }
        for item in schema.differing(before.payload, one.payload)
    ]


def _record(request: HttpRequest, one: CaseForm, schema: Schema) -> dict[str, Any]:
    versions = _versions(request, one)
    before = next((row for row in versions if row.version == one.version - 1), None)
    return {
        "case": one.case,
        "one": one,
        "schema": schema,
        "heading": schema.title,
        "versions": versions,
        "is_newest": bool(versions) and versions[0].pk == one.pk,
        "groups": _groups(schema, one, facts_shown(known_of(one.case, schema), one.payload)),
        "changes": _changes(schema, before, one),
        "reason": one.payload.get(REASON, ""),
        "may_correct": one.is_final and can_finish_form(request.user, one.case),
        "may_reopen": one.payload.get("has_new_need") == "yes",
    }


def _groups(schema: Schema, one: CaseForm, facts: dict[str, Known]) -> list[dict[str, Any]]:
    """What was entered, group by group; empty items are left out on the screen."""
    groups = []
    for group in schema.groups:
        lines, tables = [], []
        for item in group.items:
            value = one.payload.get(item.name)
            if item.is_blank(value):
                continue
            if item.kind == "rows":
                tables.append(
                    {
                        "label": item.label,
                        "heads": [column.label for column in item.columns],
                        "rows": [
                            [column.words(row.get(column.name)) for column in item.columns]
                            for row in value
                        ],
                    }
                )
            else:
                lines.append(
                    {
                        "label": item.label,
                        "words": item.words(value),
                        "is_long": item.kind in ("story", "choices"),
                    }
                )
        groups.append(
            {
                "title": group.title,
                "lines": lines,
                "tables": tables,
                "known": facts.get(group.known),
            }
        )
    return groups


@BOTH
def form_correct(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The next version of a finished record, with the reason; the earlier one stays."""
    one = form_or_404(request, uid)
    schema = WRITTEN.get(one.kind)
    if schema is None or not one.is_final:
        raise Http404

    return fill_in(request, _correcting(request, one, schema))


def _correcting(request: HttpRequest, one: CaseForm, schema: Schema) -> Filling:
    def current() -> Current:
        newest = _versions(request, one)[0]
        by = newest.finalized_by.display_name if newest.finalized_by else ""
        values = initial_of_payload(schema, newest.payload)
        return Current(newest.version, values, by, newest.finalized_at)

    return Filling(
        page="cases/form_write.html",
        form=schema_form(schema),
        form_args={"asks_reason": True},
        service=form_finish,
        given={"case": one.case, "kind": one.kind, "corrects": one},
        to=lambda made: reverse("cases:form", args=[made.uid]),
        done=_("更正版本已定稿，原版本保留。"),
        draft=f"cases-correct-{one.kind}",
        subject=one.uid,
        current=current,
        context={
            "case": one.case,
            "schema": schema,
            "heading": _("更正：%(title)s") % {"title": schema.title},
            "facts": known_of(one.case, schema),
            "corrects": one,
            "may_finish": can_finish_form(request.user, one.case),
        },
    )
