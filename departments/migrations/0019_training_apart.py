"""Who acts in a house for training knows it, and such a house reaches nothing outside: no program, no public door."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

before = import_module("departments.migrations.0003_entering")
# What an enter function answers cannot be widened in place.
DROP = "DROP FUNCTION app.enter_member(bigint, uuid); DROP FUNCTION app.enter_client(text, text)"


def _widened(text: str) -> str:
    """The functions of 0003 with one column more, `is_training`."""
    return text.replace(
        "o.region_id,\n         array(", "o.region_id, o.is_training,\n         array("
    ).replace("region_id, compartments\n", "region_id, is_training, compartments\n")


def _returning(columns: str) -> str:
    return columns.replace("region_id integer,", "region_id integer, is_training boolean,")


# No token of a program opens a house for training, whenever it was given.
CLIENT = _widened(before.CLIENT).replace(
    "and u.is_service", "and u.is_service and not o.is_training"
)
# app.no_training(): on tables whose rows are seen or used from outside the house.
NO_TRAINING = """
declare rule text := case tg_table_name when 'departments_apiclient' then 'training_has_no_client'
  when 'departments_accesslink' then 'training_has_no_door' else 'training_is_no_figure' end;
begin
  if exists (select 1 from departments_organization where id = new.organization_id and is_training) then
    raise exception 'not in a house for training' using errcode = '23514', constraint = rule;
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0018_one_live_door")]
    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        Definer(
            "enter_member(p_user bigint, p_membership uuid)",
            _returning(before.RETURNS),
            _widened(before.MEMBER),
        ),
        Definer(
            "enter_client(p_checksum text, p_ip text)", _returning(before.CLIENT_RETURNS), CLIENT
        ),
        Definer("no_training()", "trigger", NO_TRAINING),
        Trigger(
            "departments.ApiClient",
            "no_training",
            "BEFORE INSERT OR UPDATE OF organization_id",
            "app.no_training()",
        ),
        Trigger(
            "departments.AccessLink",
            "no_training",
            "BEFORE INSERT",
            "app.no_training()",
        ),
        Trigger(
            "departments.Signature",
            "same_ground",
            "BEFORE INSERT OR UPDATE OF counterparty_id",
            "app.same_ground('counterparty_id')",
        ),
    ]
