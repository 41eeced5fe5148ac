"""The two files of every finished run become rows; then the two columns go."""

from django.db import migrations

# FORCE holds for the owner too, who has no policy of its own.
TABLES = ("reports_reportrun", "reports_reportfile")
OPEN = " ".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;" for table in TABLES)
SHUT = " ".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;" for table in TABLES)
MOVE = """
INSERT INTO reports_reportfile (organization_id, created_at, created_by_id, run_id, format, document_id)
SELECT organization_id, created_at, created_by_id, id, format, document
  FROM reports_reportrun CROSS JOIN LATERAL (VALUES ('xlsx', sheet_id), ('pdf', print_id)) AS made (format, document)
 WHERE document IS NOT NULL;
UPDATE reports_reportrun
   SET params = jsonb_build_object(
           'span', 'month', 'first', params->>'month', 'formats', '["xlsx", "pdf"]'::jsonb,
           'last', to_char((params->>'month')::date + interval '1 month' - interval '1 day', 'YYYY-MM-DD'),
           'department', params->'department')
 WHERE params ? 'month';
SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
"""
BACK = """
UPDATE reports_reportrun SET
    sheet_id = (SELECT document_id FROM reports_reportfile AS f WHERE f.run_id = reports_reportrun.id AND format = 'xlsx'),
    print_id = (SELECT document_id FROM reports_reportfile AS f WHERE f.run_id = reports_reportrun.id AND format = 'pdf'),
    params = jsonb_build_object('month', params->'first', 'department', params->'department');
SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_run_files")]
    operations = [
        migrations.RunSQL(f"{OPEN} {MOVE} {SHUT}", f"{OPEN} {BACK} {SHUT}"),
        migrations.RemoveField(model_name="reportrun", name="print"),
        migrations.RemoveField(model_name="reportrun", name="sheet"),
    ]
