"""Compliance records, holidays, passwords once used; a rule for everywhere has one row at a time too."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0012_request_ids_and_backlog"),
    ]

    operations = [
        migrations.CreateModel(
            name="ComplianceRecord",
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
                        choices=[
                            ("pia", "个人信息保护影响评估"),
                            ("incident", "安全事件"),
                            ("processor_agreement", "委托处理协议"),
                            ("archive_batch", "归档批次"),
                            ("destruction", "销毁"),
                            ("access_review", "账户复核"),
                            ("drill", "恢复演练"),
                        ],
                        max_length=30,
                        verbose_name="类型",
                    ),
                ),
                ("payload", msw_portal.kernel.crypto.SealedJSON()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "进行中"), ("closed", "已签署")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="签署时间")),
            ],
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("is_workday", models.BooleanField(default=False, verbose_name="上班")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="来源")),
            ],
        ),
        migrations.CreateModel(
            name="PasswordHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="datedrule",
            name="dated_rule_does_not_overlap",
        ),
        migrations.AddConstraint(
            model_name="datedrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("kind", "="),
                    ("applies_key", "="),
                    (django.db.models.functions.comparison.Coalesce("region", 0), "="),
                    ("valid", "&&"),
                ],
                name="dated_rule_does_not_overlap",
            ),
        ),
        migrations.AddField(
            model_name="compliancerecord",
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
            model_name="compliancerecord",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.organization",
            ),
        ),
        migrations.AddField(
            model_name="compliancerecord",
            name="signer_1",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="compliancerecord",
            name="signer_2",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="passwordhistory",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="compliancerecord",
            index=models.Index(fields=["organization", "kind", "-id"], name="compliance_newest"),
        ),
        migrations.AddConstraint(
            model_name="compliancerecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "access_review"), ("state", "open")),
                fields=("organization",),
                name="compliance_one_review_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="compliancerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="compliance_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="compliancerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "access_review"), ("state", "closed"), _negated=True),
                    ("signer_1__isnull", False),
                    _connector="OR",
                ),
                name="compliance_review_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="compliancerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "destruction"), _negated=True),
                    ("signer_1__isnull", True),
                    ("signer_2__isnull", True),
                    models.Q(("signer_1", models.F("signer_2")), _negated=True),
                    _connector="OR",
                ),
                name="compliance_destruction_two_signers",
            ),
        ),
        migrations.AddIndex(
            model_name="passwordhistory",
            index=models.Index(fields=["user", "-id"], name="password_history_newest"),
        ),
        Wall("departments.ComplianceRecord", "TENANT"),
        Wall("departments.Holiday", "GLOBAL"),
        Wall("departments.PasswordHistory", "IDENTITY"),
        Trigger(
            "departments.ComplianceRecord",
            "compliance_record_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_when('closed_at')",
        ),
    ]
