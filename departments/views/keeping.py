"""A form with a draft on a page of its own making: opened with what was typed, forgotten when it is saved."""

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import reverse

from departments.services.drafts import draft_drop, draft_find, initial_of
from msw_portal.kernel.forms import CommandForm

F = TypeVar("F", bound=CommandForm)


class Keeping:
    """The draft of one form page; without scripts it changes nothing.

        keep = Keeping(request, "departments-rule")
        form = keep.form(RuleForm)
        done = request.method == "POST" and keep.sent(form.command(...))
        context = {"form": form, **keep.context}

    `initial` are the form's values before anything was typed; `typed` what was, {} without a draft.
    """

    def __init__(
        self,
        request: HttpRequest,
        form: str,
        subject: uuid.UUID | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self._request, self._initial = request, dict(initial or {})
        self._asked: dict[str, Any] = {"form": form, "subject_uid": subject, "by": request.user}
        kept = draft_find(**self._asked)
        self.typed: dict[str, Any] = initial_of(kept) if kept else {}
        self.context: dict[str, Any] = {
            "draft_url": reverse("departments:draft", args=[form, subject] if subject else [form]),
            "saved_at": kept.saved_at if kept else None,
        }

    def form(self, form: type[F], **given: Any) -> F:
        """What was sent; otherwise the draft as it stood, or the form with `initial`."""
        request = self._request
        if request.method == "POST" and request.POST:
            return form(request.POST, initial=self._initial, **given)
        if not self.typed:
            return form(initial=self._initial, **given)
        return form(initial=self.typed, **given).reopened(self.typed, self._initial)

    def sent(self, is_done: bool) -> bool:
        """Forget the draft when the form was saved; says whether it was."""
        if is_done:
            draft_drop(**self._asked)
        return is_done
