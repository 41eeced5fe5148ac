"""A form with a draft on a page of its own making: opened with what was typed, forgotten when it is saved."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from departments.services.drafts import base_typed, draft_drop, draft_find, initial_of
from departments.views.clashes import PICK, Current, clashes, picked
from msw_portal.kernel.forms import CommandForm

F = TypeVar("F", bound=CommandForm)


class Keeping:
    """The draft of one form page; without scripts it changes nothing.

        keep = Keeping(request, "departments-rule")
        form = keep.form(RuleForm)
        done = request.method == "POST" and keep.sent(form.command(...))
        context = {"form": form, **keep.context}

    `initial` are the form's values before anything was typed; `typed` what was, {} without a draft.
    With `current`, which reads the row being changed, the page carries `base`, its version: the service
    takes it, and what `clash` adds to the page is both versions where somebody else was faster.
    """

    def __init__(
        self,
        request: HttpRequest,
        form: str,
        subject: uuid.UUID | None = None,
        initial: Mapping[str, Any] | None = None,
        current: Callable[[], Current] | None = None,
    ) -> None:
        now = current() if current else None
        self._request, self._initial = request, dict(initial or (now.values if now else {}))
        self._current = current
        self._asked: dict[str, Any] = {"form": form, "subject_uid": subject, "by": request.user}
        kept = draft_find(**self._asked)
        self.typed: dict[str, Any] = initial_of(kept) if kept else {}
        self.context: dict[str, Any] = {
            "draft_url": reverse("departments:draft", args=[form, subject] if subject else [form]),
            "saved_at": kept.saved_at if kept else None,
        }
        self.base: int | None = None
        if now is not None:
            begun_on = kept.base_version if kept else None
            is_sent = request.method == "POST"
            self.base = base_typed(request.POST) if is_sent else begun_on or now.version
            self.context["base"] = self.base

    @property
    def sent_words(self) -> QueryDict:
        """What was posted, with the other's value wherever that one was chosen."""
        words = self._request.POST
        if self._current is None or not any(name.startswith(PICK) for name in words):
            return words
        return picked(words, self._current())

    def form(self, form: type[F], **given: Any) -> F:
        """What was sent; otherwise the draft as it stood, or the form with `initial`."""
        request = self._request
        if request.method == "POST" and request.POST:
            return form(self.sent_words, initial=self._initial, **given)
        if not self.typed:
            return form(initial=self._initial, **given)
        return form(initial=self.typed, **given).reopened(self.typed, self._initial)

    def clash(self, form: CommandForm) -> dict[str, Any]:
        """What the page shows beside a stale form: the row as it stands now, and where the two differ."""
        if self._current is None or form.refusal is None or form.refusal.rule != "form.stale":
            return {}
        now = self._current()
        return {"base": now.version, "current": now, "clashes": clashes(form, now)}

    def sent(self, is_done: bool) -> bool:
        """Forget the draft when the form was saved; says whether it was."""
        if is_done:
            draft_drop(**self._asked)
        return is_done
