"""Migrations whose state renders what a step changed, and not everybody who is related to it.

Django renders every model that is related to a changed one anew, through any number of steps: here
everything reaches everything through the house and the person, so that each new table renders all tables
again. Measured on 190 migrations that is nine tenths of the time of an empty `migrate`, and it grows with the
square of the tables. Three kinds of step need none of it:

- a new table: nothing refers to it yet, and what it refers to is found in the registry;
- an index, a constraint: columns and relations of the table stay what they were;
- a new column: the tables beside it are written as before. (Python in the same migration that asks over a join
  for a column made in that migration gets a FieldError, at once and on an empty database.)

A changed or a removed column goes Django's way. tests/platform/test_lean_state.py compares the schema with plain Django's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED, Field


def _add_model(state: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:  # asking by name would render them
        state.apps.render_multiple([model_state])


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, added: Any
) -> None:
    model_state = state.models[app_label, model_name]
    model_state.options[option_name] = [*model_state.options[option_name], added]
    if "apps" in state.__dict__:
        state._reload({(app_label, model_name)})


def _add_field(
    state: ProjectState,
    app_label: str,
    model_name: str,
    name: str,
    field: Field,
    preserve_default: bool,
) -> None:
    if not preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    key = app_label, model_name
    state.models[key].fields[name] = field
    if state._relations is not None:
        state.resolve_model_field_relations(key, name, field)
    if "apps" in state.__dict__:
        state._reload({key})


LEAN = {"add_model": _add_model, "_append_option": _append_option, "add_field": _add_field}


@contextmanager
def lean_state() -> Iterator[None]:
    """Inside, steps of migrations cost what they change. Restores Django's own ways at the end."""
    kept = {name: getattr(ProjectState, name) for name in LEAN}
    try:
        for name, way in LEAN.items():
            setattr(ProjectState, name, way)
        yield
    finally:
        for name, way in kept.items():
            setattr(ProjectState, name, way)
