"""A form page: opened with its draft, sent to one service, answered with what was typed or the next page."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from departments.services.drafts import base_typed, draft_drop, draft_find, initial_of
from departments.views.clashes import PICK, Current, clashes, picked
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer


@dataclass(frozen=True)
class Filling:
    """What a form page needs: the form, the service it runs and where to go afterwards.

    `given` are the service's own subjects (`case=...`); `to` is an address or a function of the
    service's result; with `draft` (a form's name) what is typed is kept on the server. `current`
    reads the row being changed: its service then takes `base` and refuses a stale page (`form.stale`).
    """

    page: str
    form: type[CommandForm]
    service: Callable[..., Any]
    given: Mapping[str, Any]
    to: str | Callable[[Any], str]
    done: Any
    form_args: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    draft: str = ""
    subject: uuid.UUID | None = None
    current: Callable[[], Current] | None = None


def fill_in(request: HttpRequest, sheet: Filling) -> HttpResponse:
    """GET: the form with its draft. POST: the command; 422 with what was typed when it is refused,
    409 with both versions when somebody saved in between."""
    if request.method == "POST":
        return _send(request, sheet)
    now = sheet.current() if sheet.current else None
    initial = dict(sheet.initial) | dict(now.values if now and not now.is_masked else {})
    saved_at, base = None, now.version if now else None
    kept = None
    if sheet.draft:
        kept = draft_find(form=sheet.draft, subject_uid=sheet.subject, by=request.user)
    if kept is None:
        form = sheet.form(initial=initial, **sheet.form_args)
    else:
        typed, saved_at = initial_of(kept), kept.saved_at
        form = sheet.form(initial=typed, **sheet.form_args).reopened(typed, initial)
        base = kept.base_version if base is not None and kept.base_version is not None else base
    return render(request, sheet.page, _context(sheet, form) | {"saved_at": saved_at, "base": base})


def _send(request: HttpRequest, sheet: Filling) -> HttpResponse:
    typed, given, base = request.POST, dict(sheet.given), None
    if sheet.current:
        base = given["base"] = base_typed(typed)
        if any(name.startswith(PICK) for name in typed):
            typed = picked(typed, sheet.current())
    form = sheet.form(typed, request.FILES, **sheet.form_args)
    ok = form.command(sheet.service, **given, by=request.user)
    if ok and sheet.draft:
        draft_drop(form=sheet.draft, subject_uid=sheet.subject, by=request.user)
    to = sheet.to(form.result) if ok and callable(sheet.to) else sheet.to
    context = _context(sheet, form) | {"base": base}
    if not ok and sheet.draft:
        kept = draft_find(form=sheet.draft, subject_uid=sheet.subject, by=request.user)
        context["saved_at"] = kept.saved_at if kept else None
    if form.refusal is not None and form.refusal.rule == "form.stale" and sheet.current:
        now = sheet.current()
        whole = sheet.form(sheet.form.united(typed, now.values), request.FILES, **sheet.form_args)
        whole.add_error(None, str(form.refusal))
        context |= {"form": whole, "base": now.version, "current": now}
        context["clashes"] = clashes(whole, now)
        return render(request, sheet.page, context, status=409)
    return answer(request, sheet.page, context, ok=ok, to=to, done=str(sheet.done))


def _context(sheet: Filling, form: CommandForm) -> dict[str, Any]:
    address = ""
    if sheet.draft:
        parts = [sheet.draft, sheet.subject] if sheet.subject else [sheet.draft]
        address = reverse("departments:draft", args=parts)
    return {**sheet.context, "form": form, "draft_url": address}
