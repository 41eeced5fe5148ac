"""Organization 1 is the installation itself: sign-in events and platform rows live there."""

from django.db import migrations

CREATE = """
INSERT INTO departments_organization (id, uid, row_version, created_at, updated_at, kind, name, short_name, code, uscc,
    grade, hospital_type, is_tenant, profile, is_demo)
VALUES (1, gen_random_uuid(), 1, now(), now(), 'installation', '医务社工门户', '平台', 'MSW', '', '', '', true, '{}', false)
ON CONFLICT DO NOTHING;
SELECT setval(pg_get_serial_sequence('departments_organization', 'id'), greatest(1, (SELECT max(id) FROM departments_organization)));
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0006_walls")]
    operations = [migrations.RunSQL(CREATE, "DELETE FROM departments_organization WHERE id = 1")]
