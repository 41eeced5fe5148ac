"""What wards and families send is read by who works in care and by its own sender, not by every role of the house."""

from django.db import migrations

# Above the table's own wall. The system promotes what has come in; the door's writer holds its receipt.
# An array of text: PostgreSQL writes a list of varchar another way each time a dump is restored, and the drill tells.
OF_CARE = """
CREATE POLICY of_care ON departments_inboxitem AS RESTRICTIVE FOR SELECT TO msw_app USING (
  kind::text <> all ('{ward_referral,self_request,referral_reply}'::text[])
  or organization_id = (select app.care()) or (select app.role()) = 'system'
  or created_by_id = (select app.usr()) or receipt_hash = (select app.token()));
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0050_api_client_secrets")]
    operations = [migrations.RunSQL(OF_CARE, "DROP POLICY of_care ON departments_inboxitem")]
