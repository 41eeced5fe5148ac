"""Files that were kept before a virus scanner was there: what a later scan found, and what it may ask."""

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

# What the later scan asks, house by house being too narrow: files nobody has scanned, the oldest first,
# and after a while those in which something was found, because a signature can be wrong.
TO_SCAN = """
  (select d.id, d.organization_id, d.compartment_id from departments_document d
    where app.role() = 'relay' and d.id > p_after and d.voided_at is null
      and d.scanned_at is null and d.scan_state = 'clean' order by d.id limit p_limit)
   union all
  (select d.id, d.organization_id, d.compartment_id from departments_document d
    where app.role() = 'relay' and d.id > p_after and d.voided_at is null
      and d.scan_state = 'refused' and d.scanned_at < p_again order by d.id limit p_limit)
   order by 1 limit p_limit
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0030_regions"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="scan_found",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AlterField(
            model_name="document",
            name="scan_state",
            field=models.CharField(
                choices=[
                    ("clean", "没有查出病毒"),
                    ("refused", "查出病毒，已锁定"),
                    ("unable", "查不了毒"),
                ],
                default="clean",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(
                    ("scan_state", "clean"),
                    ("scanned_at__isnull", True),
                    ("voided_at__isnull", True),
                ),
                fields=["id"],
                name="document_to_scan",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("scan_state", "refused"), ("voided_at__isnull", True)),
                fields=["id"],
                name="document_locked",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("scan_state", "refused"),
                        models.Q(("scan_found", ""), _negated=True),
                        ("scanned_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("scan_state", "refused"), _negated=True), ("scan_found", "")
                    ),
                    _connector="OR",
                ),
                name="document_locked_says_why",
            ),
        ),
        Definer(
            "files_to_scan(p_after bigint, p_again timestamptz, p_limit integer)",
            "table (id bigint, house bigint, compartment bigint)",
            TO_SCAN,
            language="sql",
            volatility="STABLE",
        ),
    ]
