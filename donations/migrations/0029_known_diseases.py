"""Requests that were sent before: the group of diseases their living copy names, as far as the consent covers it."""

from django.db import migrations

# What the hospital has told already, under a consent that covers it and has not been withdrawn.
KNOWN = """
UPDATE donations_fundingrequest r SET disease_group = left(e.disease_group, 60)
  FROM cases_disclosure d, cases_case c, cases_episode e
 WHERE d.id = r.review_disclosure_id AND d.withdrawn_at IS NULL AND 'disease_group' = ANY(d.fields)
   AND c.id = r.case_id AND e.id = c.episode_id AND e.disease_group <> '' AND r.on_hold_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0028_raised_sums")]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
