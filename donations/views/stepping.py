"""One step of a diagram as a small form: inside its page by htmx, as a page of its own without scripts."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from departments.models.people import User
from departments.services.drafts import draft_drop, draft_find, initial_of
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer, is_fragment

# What needs the whole width stands below what fits beside something else.
WIDE = (forms.Textarea, forms.CheckboxSelectMultiple, forms.CheckboxInput)


@dataclass(frozen=True)
class Step:
    """What the form says and runs; `to` is an address or a function of the service's result.

    Without `is_open` there is nothing to do now: the note alone says why.
    `given` are the service's own subjects (`request=...`); with `draft` (a form's name) what is
    typed is kept on the server and forgotten when the service has saved it.
    """

    form: type[CommandForm]
    service: Callable[..., Any]
    to: str | Callable[[Any], str]
    done: Any
    given: Mapping[str, Any] = field(default_factory=dict)
    form_args: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    title: Any = ""
    note: Any = ""
    button: Any = ""
    tone: str = "btn--primary"
    url: str = ""
    back_url: str = ""
    facts: Sequence[tuple[Any, Any]] = ()
    crumbs: Sequence[tuple[str, Any]] = ()
    draft: str = ""
    subject: uuid.UUID | None = None
    has_files: bool = False
    is_open: bool = True
    page: str = "donations/step.html"
    fragment: str = "donations/_step.html"
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def draft_url(self) -> str:
        """Where what is typed is kept; "" for a form too short to lose."""
        if not self.draft:
            return ""
        return reverse(
            "departments:draft", args=[self.draft, self.subject] if self.subject else [self.draft]
        )


def take(request: HttpRequest, step: Step) -> HttpResponse:
    """GET: the form with its draft. POST: the command; 422 with what was typed when it is refused."""
    if request.method == "POST":
        return _send(request, step)
    template = step.fragment if is_fragment(request) and step.page == Step.page else step.page
    return render(request, template, shown(request.user, step))


def shown(user: User, step: Step) -> dict[str, Any]:
    """The context of the unbound form with what was kept of it, for a page that includes it."""
    kept = draft_find(form=step.draft, subject_uid=step.subject, by=user) if step.draft else None
    typed = initial_of(kept) if kept else {}
    form = step.form(initial={**step.initial, **typed}, **step.form_args)
    if kept:
        form.reopened(typed, step.initial)
    return _context(step, form) | {"draft_saved_at": kept.saved_at if kept else None}


def _send(request: HttpRequest, step: Step) -> HttpResponse:
    form = step.form(request.POST, request.FILES, **step.form_args)
    ok = form.command(step.service, **step.given, by=request.user)
    if ok and step.draft:
        draft_drop(form=step.draft, subject_uid=step.subject, by=request.user)
    to = step.to(form.result) if ok and callable(step.to) else step.to
    return answer(
        request,
        step.page,
        _context(step, form),
        ok=ok,
        to=to,
        done=str(step.done),
        fragment=step.fragment if step.page == Step.page else None,
    )


def _context(step: Step, form: CommandForm) -> dict[str, Any]:
    fields = form.visible_fields()
    return {
        **step.context,
        "step": step,
        "form": form,
        "draft_url": step.draft_url,
        "short_fields": [one for one in fields if not isinstance(one.field.widget, WIDE)],
        "wide_fields": [one for one in fields if isinstance(one.field.widget, WIDE)],
    }
