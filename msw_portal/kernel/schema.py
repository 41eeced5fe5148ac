"""Is the database the one this version was written for: migrated to the end, and restored to the end."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

APPLIED = "SELECT app, name FROM django_migrations WHERE app = ANY (%s)"
# What a dump brings back last: keys, constraints, indexes, policies. A restore that broke off lacks them.
TABLES = """
SELECT c.relname, c.relforcerowsecurity, coalesce(obj_description(c.oid, 'pg_class'), ''),
       EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid),
       ARRAY(SELECT k.contype::text || ':' || k.conname::text FROM pg_constraint k WHERE k.conrelid = c.oid)
       || ARRAY(SELECT 'i:' || i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid)
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""


def shortcoming(cursor: Any) -> str:
    """What is wrong with the database's schema, as one sentence; "" when nothing is."""
    cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return "The database is empty: run `manage.py install` (or `manage.py migrate`) first."
    known = _known_migrations()
    cursor.execute(APPLIED, [sorted({app for app, _name in known})])
    applied = set(cursor.fetchall())
    if missing := sorted(known - applied):
        return (
            f"The database is not migrated to the end: {len(missing)} migrations are missing, "
            f"first {'.'.join(missing[0])}; run `manage.py migrate`."
        )
    if newer := sorted(applied - known):
        return (
            f"The database belongs to a newer version of the portal (it knows {'.'.join(newer[0])}): "
            "start that version, or restore the backup made before it."
        )
    return _torso(cursor)


def _known_migrations() -> set[tuple[str, str]]:
    """The migrations of our own apps, by their files' names: nothing is imported but the packages."""
    found = set()
    for config in apps.get_app_configs():
        place = Path(config.path)
        if place.parent != settings.BASE_DIR or not (place / "migrations").is_dir():
            continue
        package = import_module(f"{config.name}.migrations")
        found |= {(config.label, part.name) for part in iter_modules(package.__path__)}
    return found


def _torso(cursor: Any) -> str:
    cursor.execute(TABLES)
    tables = {name: rest for name, *rest in cursor.fetchall()}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            lacks = _lacks(model, tables.get(model._meta.db_table))
            if lacks:
                return (
                    f"The database was restored in part only: {model._meta.db_table} has no {lacks}; "
                    "restore the whole of the dump into an empty database."
                )
    cursor.execute("SELECT EXISTS (SELECT FROM departments_organization WHERE id = 1)")
    if not cursor.fetchone()[0]:
        return "The database was restored in part only: its first organization is missing."
    return ""


def _lacks(model: type[models.Model], row: list | None) -> str:
    if row is None:
        return "table"
    is_forced, comment, has_policy, names = row
    kinds = [name.partition(":")[0] for name in names]
    have = {name.partition(":")[2] for name in names}
    if "p" not in kinds:
        return "primary key"
    keys = sum(
        1
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.db_constraint
    )
    if kinds.count("f") < keys:
        return "foreign keys"
    if not comment.startswith("wall:"):
        return "wall"
    if not comment.startswith("wall:IDENTITY") and not (is_forced and has_policy):
        return "row-level security"
    named = [*model._meta.constraints, *model._meta.indexes]
    return next((f"{part.name}" for part in named if part.name not in have), "")
