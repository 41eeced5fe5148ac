"""A death that was recorded stands in the request: nothing more is approved, drawn up or paid."""

from importlib import import_module

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

first = import_module("donations.migrations.0004_request_guards")
before = import_module("donations.migrations.0028_raised_sums")
REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
DEAD = REFUSE.format(
    text="the hospital has recorded the death", name="funding_request_not_after_death"
)
LEFT = REFUSE.format(
    text="the request is not being paid", name="disbursement_released_while_paying"
)
SIDES = (
    before.SIDES.replace("new.on_hold_at", "new.on_hold_at, new.death_noted_at")
    .replace("old.on_hold_at", "old.on_hold_at, old.death_noted_at")
    .replace(
        "  if house <> old.organization_id then",
        "  if new.death_noted_at is not null and new.approved is distinct from old.approved then "
        f"{DEAD}; end if;\n  if house <> old.organization_id then",
    )
)
# Prepared before a death or a closing, an instalment can be cancelled and nothing else.
DISBURSEMENT_SIDES = first.DISBURSEMENT_SIDES.replace(
    "    return new;\n  end if;\n",
    "    if exists (select 1 from donations_fundingrequest r where r.id = new.request_id and r.death_noted_at is not null) "
    f"then {DEAD}; end if;\n    return new;\n  end if;\n"
    "  if new.state = 'released' and old.state <> 'released' and not exists (\n"
    "      select 1 from donations_fundingrequest r where r.id = new.request_id and r.death_noted_at is null\n"
    f"         and r.state in ('agreement', 'disbursing')) then {LEFT}; end if;\n",
    1,
)


class Migration(migrations.Migration):
    dependencies = [("donations", "0034_black_boxes")]

    operations = [
        migrations.AddField(
            model_name="fundingrequest",
            name="death_noted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        Definer("funding_request_sides()", "trigger", SIDES),
        Definer("disbursement_sides()", "trigger", DISBURSEMENT_SIDES),
    ]
