"""The day on which a task of a plan was done, by which on time is told."""

from importlib import import_module

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

before = import_module("cases.migrations.0005_casework_whole_walls").CASE_OF_PLAN
# The day goes with the state, which goes on while the approved plan stands.
CASE_OF_PLAN = before.replace("'rated_at', 'state']", "'rated_at', 'state', 'done_on']")
# Of what was done before: the day of the last change is the nearest that is known.
FILL = """
UPDATE cases_planitem SET done_on = (updated_at AT TIME ZONE 'Asia/Shanghai')::date
 WHERE state = 'done' AND done_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0053_person_reveals")]
    operations = [
        Definer("case_of_plan()", "trigger", CASE_OF_PLAN),
        migrations.AddField(
            model_name="planitem",
            name="done_on",
            field=models.DateField(blank=True, null=True, verbose_name="完成日期"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_on__isnull", False), ("state", "done"))
                | models.Q(models.Q(("state", "done"), _negated=True), ("done_on__isnull", True)),
                name="plan_item_done_has_day",
            ),
        ),
    ]
