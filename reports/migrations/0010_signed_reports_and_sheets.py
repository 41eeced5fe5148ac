"""Texts of reports that a person signs, and the sheets that authorities ask for."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0044_destruction"),
        ("reports", "0009_open_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthoritySheet",
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
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("cells", models.JSONField(default=list)),
                (
                    "retired_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="停用时间"),
                ),
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
                    "template",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("organization", "name"),
                        name="authority_sheet_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedReport",
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
                ("kind", models.CharField(max_length=40, verbose_name="报表")),
                ("span", models.CharField(max_length=10)),
                ("first", models.DateField(verbose_name="期间起")),
                ("last", models.DateField(verbose_name="期间止")),
                ("version", models.SmallIntegerField(default=1, verbose_name="版次")),
                ("paper", models.JSONField()),
                ("as_of", models.DateTimeField(verbose_name="数字截至")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="签发时间")),
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
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
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
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="signed_report_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "first", "last", "department", "version"),
                        name="signed_report_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="signed_report_is_signed_whole",
                    ),
                ],
            },
        ),
        Wall("reports.SignedReport", "TENANT"),
        Wall("reports.AuthoritySheet", "TENANT"),
        Trigger(
            "reports.SignedReport",
            "signed_report_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_when('signed_at')",
        ),
    ]
