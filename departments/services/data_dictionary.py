"""The data dictionary, read from the models themselves, their data classes and the walls of the running database."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from msw_portal.kernel.data_classes import LEVEL_WORDS, class_of

OURS = ("departments", "cases", "volunteers", "projects", "donations", "reports")
WALLS = """
    SELECT c.relname, substr(d.description, 6) FROM pg_class c JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0
     WHERE d.classoid = 'pg_class'::regclass AND d.description LIKE 'wall:%'
"""


@dataclass(frozen=True)
class Entry:
    """One column: where it stands, what it holds, who it may be shown to."""

    app: str
    table: str
    model: str
    wall: str
    column: str
    label: str
    type: str
    is_required: bool
    refers_to: str
    choices: str
    level: str
    mask: str


def _type(field: models.Field) -> str:
    kind = field.get_internal_type()
    if isinstance(field, models.DecimalField):
        return f"{kind}({field.max_digits},{field.decimal_places})"
    return f"{kind}({field.max_length})" if field.max_length else kind


def _choices(field: models.Field) -> str:
    return " ".join(f"{code}={label}" for code, label in field.flatchoices)


def dictionary() -> Iterator[Entry]:
    """Every column of every table of ours, by app, table and the order of the model.

    Raises:
        LookupError: for a column without a data class.
    """
    with connection.cursor() as cursor:
        cursor.execute(WALLS)
        walls = dict(cursor.fetchall())
    for app in OURS:
        for model in sorted(apps.get_app_config(app).get_models(), key=lambda one: one.__name__):
            meta = model._meta
            for field in meta.local_concrete_fields:
                known = class_of(model, field.name)
                remote = field.remote_field
                yield Entry(
                    app=app,
                    table=meta.db_table,
                    model=model.__name__,
                    wall=walls.get(meta.db_table, ""),
                    column=field.column,
                    label=str(field.verbose_name),
                    type=_type(field),
                    is_required=not (field.null or field.blank or field.has_default()),
                    refers_to=remote.model._meta.label if remote else "",
                    choices=_choices(field),
                    level=str(LEVEL_WORDS[known.level]),
                    mask=known.mask,
                )
