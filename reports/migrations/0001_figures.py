"""Indicators, roll-ups, frozen months and report runs."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("departments", "0008_api_clients"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Indicator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("words", models.TextField()),
                ("unit", models.CharField(max_length=20)),
                ("population", models.CharField(max_length=200)),
                (
                    "counts",
                    models.CharField(
                        choices=[
                            ("persons", "人数"),
                            ("contacts", "人次"),
                            ("cases", "个案"),
                            ("requests", "申请"),
                            ("amount", "金额"),
                        ],
                        max_length=10,
                    ),
                ),
                ("period_by", models.CharField(max_length=80)),
                ("privacy_class", models.SmallIntegerField(default=2)),
                ("source", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="indicator_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("indicator", models.CharField(max_length=40)),
                ("period", models.DateField()),
                ("dims_hash", models.BigIntegerField()),
                ("dims", models.JSONField()),
                ("n", models.BigIntegerField()),
                ("n2", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "indicator",
                        "period",
                        "dims_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IndicatorSnapshot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("indicator", models.CharField(max_length=40)),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("dims_hash", models.BigIntegerField()),
                ("dims", models.JSONField()),
                ("region_code", models.IntegerField(blank=True, null=True)),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True),
                ),
                ("is_suppressed", models.BooleanField(default=False)),
                ("frozen_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.SmallIntegerField(default=1)),
                ("inputs_hash", models.BinaryField(max_length=32)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "restates",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reports.indicatorsnapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "indicator", "period", "dims_hash", "version"),
                        name="snapshot_version_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportRun",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("monthly", "月报")], max_length=20, verbose_name="报表"
                    ),
                ),
                ("params", models.JSONField(default=dict)),
                ("params_hash", models.BinaryField(max_length=32)),
                ("slot", models.CharField(blank=True, max_length=40, null=True)),
                ("scope", models.JSONField(default=dict)),
                ("as_of", models.DateTimeField(blank=True, null=True)),
                ("content_hash", models.BinaryField(blank=True, max_length=32, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_run",
                        to="departments.job",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "print",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "requested_by", "-id"], name="report_run_mine"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "params_hash", "slot"),
                        name="report_run_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RollupDelta",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("indicator", models.CharField(max_length=40)),
                ("period", models.DateField()),
                ("dims_hash", models.BigIntegerField()),
                ("dims", models.JSONField()),
                ("n", models.BigIntegerField()),
                ("n2", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "indicator", "period"], name="rollup_delta_cell"
                    )
                ],
            },
        ),
    ]
