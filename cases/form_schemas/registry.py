"""The fourteen forms: which are written from a schema, which are the paper of another page."""

from collections.abc import Mapping

from django.utils.functional import Promise

from cases.form_schemas.ending import F7, F8, F13
from cases.form_schemas.events import F11, F12
from cases.form_schemas.intake import F1
from cases.form_schemas.papers import F2, F4, F5, F6, F9, F10, F14
from cases.form_schemas.parts import Schema
from cases.form_schemas.psychosocial import F3

ALL: Mapping[str, Schema] = {
    schema.kind: schema for schema in (F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12, F13, F14)
}
# Kept as CaseForm rows; the others are kept by their own tables and only printed from here.
WRITTEN: Mapping[str, Schema] = {
    kind: ALL[kind] for kind in ("F1", "F3", "F7", "F8", "F11", "F12", "F13")
}
# Finished by a step of the case or of an alert, not by the form's own page; corrected there.
BY_STEP = frozenset({"F1", "F7"})


def title_of(kind: str) -> str | Promise:
    return ALL[kind].title
