"""Lists that were approved before: whether the bank has their file is not known, so they count as taken."""

from django.db import migrations

TAKEN = """
UPDATE donations_paymentlist SET file_taken_at = approved_at WHERE state = 'approved' AND file_taken_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0031_lists_given_up")]

    operations = [migrations.RunSQL(TAKEN, migrations.RunSQL.noop)]
