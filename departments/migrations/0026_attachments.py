"""Files: when the virus scanner passed them, why somebody deleted them, and what the sweep may ask."""

from django.db import migrations, models

import msw_portal.kernel.crypto
from msw_portal.kernel.walls import Definer

# What the sweep of the store asks, house by house being too narrow: whose keys are those files?
KNOWN = """
  select d.file_key::text from departments_document d
   where app.role() = 'relay' and d.file_key = any(p_keys)
     and (d.voided_at is null or d.voided_at > p_since)
"""
LIVING_ROW = "table (id bigint, uid uuid, house bigint, file_key text)"
LIVING = """
  select d.id, d.uid, d.organization_id, d.file_key::text from departments_document d
   where app.role() = 'relay' and d.id > p_after and d.voided_at is null and d.created_at < p_before
   order by d.id limit p_limit
"""
# Tables whose rows rest on a file, whoever may see those rows: read from the catalogue, so that a
# new foreign key protects its files by being there.
USES = """
declare
  reference record;
  is_used boolean;
begin
  if not exists (select 1 from departments_document d where d.id = p_document and d.organization_id = app.org()) then
    return;
  end if;
  for reference in
    select c.conrelid::regclass::text as tab, a.attname as col from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'departments_document'::regclass
       and c.conrelid <> 'departments_document'::regclass
     order by 1, 2
  loop
    execute format('select exists (select 1 from %s where %I = $1)', reference.tab, reference.col)
      into is_used using p_document;
    if is_used then
      return next reference.tab;
    end if;
  end loop;
end
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0025_saved_views")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="scanned_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="void_note",
            field=msw_portal.kernel.crypto.SealedText(null=True),
        ),
        Definer(
            "files_known(p_keys text[], p_since timestamptz)",
            "setof text",
            KNOWN,
            language="sql",
            volatility="STABLE",
        ),
        Definer(
            "files_living(p_after bigint, p_before timestamptz, p_limit integer)",
            LIVING_ROW,
            LIVING,
            language="sql",
            volatility="STABLE",
        ),
        Definer("document_uses(p_document bigint)", "setof text", USES, volatility="STABLE"),
    ]
