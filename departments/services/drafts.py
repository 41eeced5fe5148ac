"""What somebody has typed and not yet sent: kept sealed, per person, house, form and subject."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Draft
from departments.models.people import User
from departments.services.entering import house_scope
from departments.services.idempotency import key_is_taken
from departments.services.policies import DraftRule, draft_rule
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

LEFT_OUT = frozenset(
    {"csrfmiddlewaretoken", "once", "next", "totp_code", "code", "current_code", "drawing"}
)
OWN = ("_draft", "_pick")
BASE = "_draft_base"
MAX_CHARACTERS = 200_000
Typed = Iterable[tuple[str, list[str]]]


def typed_fields(typed: Typed) -> dict[str, list[str]]:
    """What of a posted form may be kept: no tokens, codes or passwords, no fields of the draft itself."""
    return {
        name: list(values)
        for name, values in typed
        if name not in LEFT_OUT and "password" not in name and not name.startswith(OWN)
    }


@command
def draft_save(
    *,
    form: str,
    subject_uid: uuid.UUID | None,
    fields: Mapping[str, list[str]],
    tab: str = "",
    page: str = "",
    base_version: int | None = None,
    by: User,
) -> Draft | None:
    """Keep what is typed in `form` (of `subject_uid`), in place of what was kept before.

    `tab` is the page's `once`, by which a page recognises its own draft; `page` its path and query,
    the way back to it; `base_version` the subject's row_version when the page was rendered. None, and nothing kept, when this very page has
    been sent meanwhile: a draft that arrives late must not come back after its record.

    Raises:
        DomainError: `draft.elsewhere` (409) when another tab saved after this page was rendered,
            `draft.too_long`, `draft.form`.
    """
    if len(form) > Draft._meta.get_field("form").max_length:
        raise DomainError("draft.form", _("没有这样的表单。"))
    if sum(len(value) for values in fields.values() for value in values) > MAX_CHARACTERS:
        raise DomainError("draft.too_long", _("内容太长，草稿没有保存。"))
    if tab and key_is_taken(key=tab, by=by):
        return None
    mine = Draft.objects.visible_to(by).filter(form=form, subject_uid=subject_uid)
    draft = mine.select_for_update(no_key=True).first()
    if draft is None:
        draft = Draft(
            user=by, organization_id=by.house_id, form=form, subject_uid=subject_uid, created_by=by
        )
    elif _is_elsewhere(draft, tab):
        raise DomainError(
            "draft.elsewhere", _("这张表单在另一个窗口改过，请刷新后核对。"), status=409
        )
    draft.payload = {"fields": dict(fields), "tab": tab, "page": page}
    draft.base_version, draft.saved_at = base_version, timezone.now()
    draft.save()
    return draft


def draft_find(*, form: str, subject_uid: uuid.UUID | None = None, by: User) -> Draft | None:
    """The person's own draft of a form, for its time (`saved_at`) and the version it was begun on."""
    return Draft.objects.visible_to(by).filter(form=form, subject_uid=subject_uid).first()


def initial_of(draft: Draft) -> dict[str, Any]:
    """A draft's fields as a form's `initial`."""
    fields = draft.payload["fields"]
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def draft_drop(*, form: str, subject_uid: uuid.UUID | None = None, by: User) -> None:
    """Forget a draft; called in the transaction that saves the record."""
    Draft.objects.visible_to(by).filter(form=form, subject_uid=subject_uid).delete()


@command
def draft_discard(*, form: str, subject_uid: uuid.UUID | None, by: User) -> None:
    """Throw a draft away because its writer says so; nothing else changes."""
    draft_drop(form=form, subject_uid=subject_uid, by=by)


def gone_on(draft: Draft, rule: DraftRule) -> dt.date:
    """The last day on which a draft can still be gone on with, unless it is saved again."""
    return timezone.localdate(draft.saved_at + dt.timedelta(days=rule.keep_days))


def drafts_expire(houses: Iterable[int], now: dt.datetime | None = None) -> int:
    """Clear away what nobody went on with for the rule's days, house by house and unread; how many."""
    cleared = 0
    for house in houses:
        with house_scope(house):
            before = (now or timezone.now()) - dt.timedelta(days=draft_rule().keep_days)
            with connection.cursor() as cursor:
                cursor.execute("SELECT app.drafts_clear(%s, %s)", [house, before])
                count = cursor.fetchone()[0]
            if count:
                audit.record("draft.expire", by=None, organization_id=house, count=count)
            cleared += count
    return cleared


def base_typed(typed: Mapping[str, Any]) -> int | None:
    """The version of the subject a posted form was opened on; None when it does not say."""
    given = typed.get(BASE, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def _is_elsewhere(draft: Draft, tab: str) -> bool:
    """Whether another page saved this draft after the page `tab` was rendered."""
    rendered_at = _rendered_at(tab)
    if rendered_at is None or draft.payload.get("tab") in ("", tab):
        return False
    return draft.saved_at > rendered_at


def _rendered_at(tab: str) -> dt.datetime | None:
    """`once` is a UUIDv7: its first 48 bits say when the page was made."""
    try:
        made = uuid.UUID(tab)
    except ValueError:
        return None
    return dt.datetime.fromtimestamp((made.int >> 80) / 1000, dt.UTC) if made.version == 7 else None
