"""An entry of a code list counts its versions; drafts that nobody went on with are cleared away."""

import django.utils.timezone
from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Trigger

# A draft is its writer's alone: the system clears it away without reading it, and learns how many there were.
CLEAR = """
  with gone as (
    delete from departments_draft
     where saved_at < p_before and coalesce(organization_id, 1) = p_house
       and app.role() = 'system' and app.org() = p_house returning 1)
  select count(*) from gone
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0032_resources")]
    operations = [
        migrations.AddField(
            model_name="code",
            name="row_version",
            field=models.IntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="code",
            name="updated_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        Trigger("departments.Code", "touch", "BEFORE UPDATE", "app.touch()"),
        Definer(
            "drafts_clear(p_house bigint, p_before timestamptz)",
            "bigint",
            CLEAR,
            language="sql",
        ),
    ]
