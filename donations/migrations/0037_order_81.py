"""Order 81 is in force from 2026: rows that named it from 2018 begin with it, before it stands order 61 where that asked too."""

from django.db import migrations

BEGIN = """
UPDATE departments_datedrule
   SET valid = daterange('2026-01-01', upper(valid)),
       evidence = CASE WHEN applies_key IN ('partner_evaluation', 'residual_property', 'annual_projects')
                       THEN 'press' ELSE evidence END
 WHERE kind = 'disclosure_deadline' AND region_id IS NULL AND lower(valid) = '2018-09-01'
   AND source = '慈善组织信息公开办法（民政部令第81号）' AND (upper(valid) IS NULL OR upper(valid) > '2026-01-01')
"""
BEFORE = """
INSERT INTO departments_datedrule (kind, region_id, applies, applies_key, params, valid, article, source, evidence)
SELECT kind, NULL, applies, applies_key, params, daterange('2018-09-01', '2026-01-01'), '',
       '慈善组织信息公开办法（民政部令第61号，2018 年至 2025 年）', 'unread'
  FROM departments_datedrule
 WHERE kind = 'disclosure_deadline' AND region_id IS NULL AND lower(valid) = '2026-01-01'
   AND source = '慈善组织信息公开办法（民政部令第81号）' AND applies_key IN ('major_event', 'related_event', 'correction')
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0047_audit_numbered"),
        ("donations", "0036_within_quota"),
    ]

    operations = [
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
