"""Frozen cells of the library with what stands behind them, and reports that people put together."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0043_published_is_computed"),
        ("reports", "0007_run_files_moved"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BuiltReport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=msw_portal.kernel.ids.uuid7, editable=False, unique=True
                    ),
                ),
                ("row_version", models.IntegerField(default=1, editable=False)),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("title", models.CharField(max_length=40, verbose_name="名称")),
                ("body", models.JSONField(default=dict)),
                ("is_shared", models.BooleanField(default=False, verbose_name="本部门都能看")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="indicatorsnapshot",
            name="cut",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="indicatorsnapshot",
            name="n",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="indicatorsnapshot",
            index=models.Index(
                fields=["organization", "indicator", "cut", "period"], name="snapshot_course"
            ),
        ),
        migrations.AddIndex(
            model_name="indicatorsnapshot",
            index=models.Index(
                condition=models.Q(("released_at__isnull", False)),
                fields=["indicator", "cut", "region_code"],
                name="snapshot_released",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicatorsnapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_at__isnull", True),
                    ("is_suppressed", False),
                    models.Q(("n__isnull", True), ("value__isnull", True)),
                    _connector="OR",
                ),
                name="snapshot_released_is_safe",
            ),
        ),
        migrations.AddField(
            model_name="builtreport",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="builtreport",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="builtreport",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="builtreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="built_report_has_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="builtreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organization", "created_by", "title"),
                name="built_report_title_once",
            ),
        ),
        Wall("reports.BuiltReport", "TENANT"),
    ]
