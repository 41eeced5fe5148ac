"""A person's own report: what the house's chain says of every record that is about the person."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

# The caller has found each of the subjects through visible_to; the house's own chain only, newest first.
BODY = """
  select e.at, e.actor_id, u.display_name::text, e.role::text, e.action::text, e.result::text, e.body,
         e.subject_kind::text, e.subject_uid
    from departments_auditentry e left join departments_user u on u.id = e.actor_id
   where e.organization_id = app.care() and e.subject_uid = any (p_subjects)
   order by e.at desc, e.id desc limit p_limit
"""
ROWS = (
    "table (at timestamptz, actor_id bigint, actor_name text, role text, action text, result text, body text, "
    "subject_kind text, subject_uid uuid)"
)


class Migration(migrations.Migration):
    dependencies = [("departments", "0019_training_apart")]
    operations = [
        Definer(
            "audit_of_subjects(p_subjects uuid[], p_limit integer)",
            ROWS,
            BODY,
            language="sql",
            volatility="STABLE",
        ),
    ]
