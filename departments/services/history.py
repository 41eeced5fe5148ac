"""The audit in words: who, when, what, which fields; masked as the pages are."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import audit
from departments.models.people import Role
from departments.services.audit_facts import FACTS
from departments.services.audit_sentences import WHOLE
from departments.services.audit_values import LISTS, field_words, our_models, value_words
from departments.services.audit_words import NOUNS, VERBS
from msw_portal.kernel import display
from msw_portal.kernel.display import enumerated

SYSTEM = gettext_lazy("系统")
HIDDEN = "•••"
# `Role.values` makes its list anew, with every label, each time it is asked.
ROLES = frozenset(Role.values)
# Digits of an identity, telephone or account number; an amount has its point.
LONG_NUMBER = re.compile(r"\d{8,}[0-9Xx]?(?![\d.])")


@dataclass(frozen=True)
class Detail:
    """One fact of an entry: its name and its value in words (`从 … 改为 …` for a change)."""

    label: str
    text: str


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it."""

    at: dt.datetime
    who: str
    role: str
    what: str
    is_refused: bool
    details: tuple[Detail, ...]


def history_lines(subject: models.Model, limit: int = 100) -> Sequence[Line]:
    """A record's own history, newest first; the caller has found `subject` through visible_to."""
    kind = subject._meta.model_name
    return [
        line(
            at=event.at,
            who=event.actor_name,
            role=event.role,
            action=event.action,
            result=event.result,
            body=event.body,
            kind=kind,
        )
        for event in audit.history(subject, limit)
    ]


def line(
    *, at: dt.datetime, who: str | None, role: str, action: str, result: str, body: str, kind: str
) -> Line:
    """One entry in words; `kind` is the subject's model name, by which fields find their labels."""
    facts = json.loads(body or "{}")
    return Line(
        at=at,
        who=who or str(SYSTEM),
        role=role_label(role),
        what=action_label(action),
        is_refused=result != "ok",
        details=tuple(_details(facts, kind)),
    )


def role_label(role: str) -> str:
    """A role in words; as it is when it is none of ours."""
    return str(Role(role).label) if role in ROLES else role


def action_label(action: str) -> str:
    """`case.close` as 个案 · 结案; an action without words is shown as its code."""
    if action in WHOLE:
        return str(WHOLE[action])
    noun, _dot, verb = action.rpartition(".")
    if noun in NOUNS and verb in VERBS:
        return f"{NOUNS[noun]} · {VERBS[verb]}"
    return action


def kind_label(kind: str) -> str:
    """What a subject is, in words."""
    return str(NOUNS.get(kind, kind))


def _details(facts: dict[str, Any], kind: str) -> Iterable[Detail]:
    fields = _fields(kind)
    for name, value in facts.items():
        field = fields.get(name)
        if name in FACTS:
            label = str(FACTS[name])
        else:
            words = field.verbose_name if field is not None else field_words(name)
            label = str(words or name)
        yield Detail(label, _change(name, value, field, kind))


def _change(name: str, value: Any, field: models.Field | None, kind: str) -> str:
    """`[old, new]` is a change of one field; anything else is a value."""
    is_pair = isinstance(value, list) and len(value) == 2 and name not in LISTS
    if is_pair and not isinstance(value[0], list | dict):
        return _("从“%(old)s”改为“%(new)s”") % {
            "old": _text(name, value[0], field, kind),
            "new": _text(name, value[1], field, kind),
        }
    return _text(name, value, field, kind)


def _text(name: str, value: Any, field: models.Field | None = None, kind: str = "") -> str:
    if value in (None, "", {}):
        return _("空")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return enumerated(_text(name, one, field, kind) for one in value) or _("空")
    if isinstance(value, dict):
        return _("；").join(
            f"{FACTS.get(key, key)} {_text(key, one, kind=kind)}" for key, one in value.items()
        )
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    if value in choices:
        return str(choices[value])
    if (words := value_words(name, value, kind)) is not None:
        return str(words)
    if isinstance(value, str):
        return _plain(value)
    return str(value)


def _plain(value: str) -> str:
    """An instant in words, a uid shortened, a long number hidden."""
    if value in ROLES:
        return role_label(value)
    try:
        return f"#{uuid.UUID(value).hex[-8:]}"
    except ValueError:
        pass
    instant = parse_datetime(value) if "T" in value else None
    if instant is not None:
        return display.moment(instant)
    return LONG_NUMBER.sub(HIDDEN, value)


@cache
def _fields(kind: str) -> dict[str, models.Field]:
    """The fields of the model of this name, for their labels and choices; sealed ones keep their label only."""
    for model in our_models():
        if model._meta.model_name == kind:
            return {field.name: field for field in model._meta.fields}
    return {}
