"""A share inside the hospital is read by its clinician while it lives, and by those who may meet case files."""

from django.db import migrations, models

NAMED = """
CREATE POLICY mdt_named ON cases_disclosure AS RESTRICTIVE FOR SELECT TO msw_app USING (
  level <> 'mdt' or organization_id = (select app.care())
  or (recipient_user_id = (select app.usr()) and withdrawn_at is null
      and (expires_at is null or expires_at > now())));
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_consent_ledger")]
    operations = [
        migrations.AlterField(
            "disclosure",
            "level",
            models.CharField(
                choices=[
                    ("review", "审核所需，不含姓名"),
                    ("identity", "办理所需，含身份"),
                    ("referral", "转介所需"),
                    ("packet", "盲审材料"),
                    ("result", "结果"),
                    ("mdt", "院内团队"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(NAMED, "DROP POLICY mdt_named ON cases_disclosure"),
    ]
