"""Pairs of records behind their wall, what changed since the last comparison, and when a merge would open a secret case."""

from importlib import import_module

from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house
# Whether a level-5 case of one of two persons would come to stand beside the cases of somebody who is
# not named for it: the asker, or who works on a case of the other. Yes or no, and not which.
MERGE_OPENS = """
  with files as (
    select c.id, c.compartment_id, c.worker_id, c.supervisor_id, p.root_id
      from cases_case c join cases_client p on p.id = c.client_id
     where c.organization_id = app.care() and p.organization_id = app.care() and p.root_id in (p_first, p_second)
       and app.role() in ('supervisor', 'dept_head')),
  readers as (
    select root_id, worker_id as user_id from files where worker_id is not null
    union select root_id, supervisor_id from files where supervisor_id is not null
    union select f.root_id, m.user_id from files f join cases_casemember m on m.case_id = f.id
     where m.user_id is not null and m.valid @> (now() at time zone 'Asia/Shanghai')::date
    union select one, app.usr() from unnest(array[p_first, p_second]) one)
  select exists (
    select 1 from files f join readers r on r.root_id <> f.root_id
     where f.compartment_id is not null and not exists (
       select 1 from departments_accessgrant g
        where g.organization_id = app.care() and g.compartment_id = f.compartment_id and g.user_id = r.user_id
          and g.kind = 'named' and g.valid @> now()))
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_duplicate_pairs"), ("departments", "0025_saved_views")]
    operations = [
        Wall("cases.DuplicatePair", "CARE"),
        Wall("cases.ComparedUpTo", "CARE"),
        same_house(
            "cases.DuplicatePair",
            first_id="cases_client",
            second_id="cases_client",
            kept_id="cases_client",
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["organization", "updated_at", "id"], name="client_changed"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(fields=["organization", "updated_at", "id"], name="episode_changed"),
        ),
        Definer(
            "merge_opens(p_first bigint, p_second bigint)",
            "boolean",
            MERGE_OPENS,
            language="sql",
            volatility="STABLE",
        ),
    ]
