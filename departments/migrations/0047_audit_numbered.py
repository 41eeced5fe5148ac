"""The audit is searched by a number through an index, and no longer by reading every entry of the house."""

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

# For who reads the trail anyway. The wall itself could not use the index: an expression of a body is not
# leakproof, so it would be asked of every entry of the house after the wall.
BODY = """
  select distinct e.subject_uid from departments_auditentry e
   where e.organization_id = app.org() and app.role() in ('auditor', 'system')
     and e.body like '%"number":"%' and substring(e.body, '"number":"([^"]*)"') = p_number
     and e.subject_uid is not null
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0046_key_checks_stay")]
    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                models.F("organization"),
                models.Func(
                    models.F("body"),
                    models.Value('"number":"([^"]*)"'),
                    function="substring",
                    output_field=models.TextField(),
                ),
                condition=models.Q(body__contains='"number":"'),
                name="audit_entry_numbered",
            ),
        ),
        Definer(
            "audit_numbered(p_number text)",
            "setof uuid",
            BODY,
            language="sql",
            volatility="STABLE",
        ),
    ]
