"""What a write pays for its roll-ups: no second check of the house, and nothing counted when nothing moved.

The house of a delta is the house of the row that made it, which has been checked; deltas come from the triggers
alone. Every look-up goes by house and figure, so that an index of houses was written and never read. An update asks once whether a column that counts has changed at all, before it holds a parent or asks for
each figure; what cases say of themselves and of their referrals is one function.
"""

from collections.abc import Iterable
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from msw_portal.kernel.walls import Definer

before = import_module("reports.migrations.0012_referred_aid_and_scales")
old, rows, SOURCES, REFERRED = before.old, before.rows, before.SOURCES, before.REFERRED
CASES = "cases_case"
MOVED = "added a join removed o on o.id = a.id"


def parts_of(key: str) -> dict[tuple[str, ...], list[str]]:
    """By the columns whose change counts: the signed cells of an update."""
    source = SOURCES[key]
    found = (
        {source.watch: [rows(key, "added", 1), rows(key, "removed", -1)]} if source.cells else {}
    )
    for child, columns in source.children.items():
        new, was = (
            f"(select {one}.* from {MOVED} where {old.differs(columns)})" for one in ("a", "o")
        )
        table = before.table_of(child)
        counted = [
            rows(child, table, 1, {source.alias: new}),
            rows(child, table, -1, {source.alias: was}),
        ]
        found.setdefault(tuple(columns), []).extend(counted)
    return found


def pairs_of_cases() -> dict[tuple[str, ...], list[str]]:
    new, was = (
        f"(select {one}.* from {MOVED} where {old.differs(before.PAIRED)})" for one in ("a", "o")
    )
    return {
        before.PAIRED: [before.pairs(before.ANSWERS, 1, new), before.pairs(before.ANSWERS, -1, was)]
    }


def changed(columns: Iterable[str], then: str) -> str:
    wanted = list(dict.fromkeys(columns))
    return f"if exists (select from {MOVED} where {old.differs(wanted)}) then {then} end if;"


def body(key: str) -> str:
    keys = (key, REFERRED) if key == CASES else (key,)
    updates = [item for one in keys for item in parts_of(one).items()]
    if key == CASES:
        updates += pairs_of_cases().items()
    if len(updates) == 1:
        then = old.put(updates[0][1])
    else:
        then = " ".join(changed(columns, old.put(parts)) for columns, parts in updates)
    hold = {
        side: " ".join(before.holds(one, side) for one in keys) for side in ("added", "removed")
    }
    update = changed(
        (name for columns, _parts in updates for name in columns), f"{hold['added']} {then}"
    )
    if not SOURCES[key].cells:
        return f"begin {update} return null; end"
    put = {
        side: f"{hold[side]} {old.put([rows(one, side, sign) for one in keys])}"
        for side, sign in (("added", 1), ("removed", -1))
    }
    return (
        f"begin if tg_op = 'INSERT' then {put['added']} elsif tg_op = 'DELETE' then {put['removed']} "
        f"else {update} end if; return null; end"
    )


TABLES = [key for key in SOURCES if key != REFERRED]
APART = (
    "".join(f"DROP TRIGGER rollup_{REFERRED}_{event} ON {CASES};" for event in old.EVENTS)
    + f"DROP FUNCTION app.rollup_{REFERRED}();"
)


class Migration(migrations.Migration):
    dependencies = [("reports", "0012_referred_aid_and_scales")]
    operations = [
        migrations.AlterField(
            "rollupdelta",
            "organization",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AlterField(
            "rollup",
            "organization",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        *(Definer(f"rollup_{table}()", "trigger", body(table)) for table in TABLES),
    ]
