"""Files given out with a call, and who reads them: everybody, as far as a published version names them."""

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

CALL_FILE = """
  select d.* from departments_document d
    join projects_call c on d.subject_kind = 'call' and d.subject_id = c.id
    join departments_organization o on o.id = c.organization_id
   where d.uid = p_uid and d.kind = 'call_file' and d.voided_at is null
     and c.slug = p_slug and c.published_at is not null and not o.is_training
     and exists (select from projects_callversion v where v.call_id = c.id
                  and v.content -> 'files' @> jsonb_build_array(jsonb_build_object('uid', p_uid::text)))
   limit 1
"""


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0010_coaching_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="files",
            field=models.JSONField(blank=True, default=list, verbose_name="附件和模板"),
        ),
        Definer(
            "call_file(p_slug text, p_uid uuid)",
            "SETOF departments_document",
            CALL_FILE,
            language="sql",
            volatility="STABLE",
        ),
    ]
