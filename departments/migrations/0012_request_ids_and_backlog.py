"""An effect and a job say which request asked for them; health and metrics read the queues in milliseconds."""

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

# UUIDv7 keys are in the order of time: the newest linked entry is found from the end.
HEAD_AGE = """
  select extract(epoch from now() - e.at)::integer from departments_auditentry e
   where exists (select 1 from departments_auditlink l where l.entry_id = e.id)
   order by e.id desc limit 1
"""
# What is done is not counted: it only grows. Each arm has its partial index.
STATES = """
  select 'outbox', 'ready', count(*) from departments_outbox where state = 'ready'
  union all select 'outbox', 'leased', count(*) from departments_outbox where state = 'leased'
  union all select 'outbox', 'dead', count(*) from departments_outbox where state = 'dead'
  union all select 'job', 'ready', count(*) from departments_job where state = 'ready'
  union all select 'job', 'leased', count(*) from departments_job where state = 'leased'
  union all select 'job', 'dead', count(*) from departments_job where state = 'dead'
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0011_doors_walls")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="request_id",
            field=models.CharField(blank=True, db_default="", max_length=36),
        ),
        migrations.AddField(
            model_name="outbox",
            name="request_id",
            field=models.CharField(blank=True, db_default="", max_length=36),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "dead")), fields=["id"], name="job_dead"
            ),
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("state", "dead")), fields=["id"], name="outbox_dead"
            ),
        ),
        Definer("audit_head_age()", "integer", HEAD_AGE, language="sql", volatility="STABLE"),
        Definer(
            "queue_states()",
            'table (queue text, state text, "rows" bigint)',
            STATES,
            language="sql",
            volatility="STABLE",
        ),
    ]
