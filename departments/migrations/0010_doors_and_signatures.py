import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0009_task_subject_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboxItem",
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
                            ("ward_referral", "病区转介"),
                            ("self_request", "自助求助"),
                            ("referral_reply", "转介回复"),
                            ("objection", "异议"),
                            ("survey", "问卷"),
                            ("volunteer_application", "志愿者报名"),
                            ("correction", "更正申请"),
                        ],
                        max_length=30,
                    ),
                ),
                ("payload", msw_portal.kernel.crypto.SealedJSON()),
                ("receipt_hash", models.BinaryField(max_length=32, unique=True)),
                ("dedup_key", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "新到"), ("promoted", "已转入"), ("spam", "垃圾信息")],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("promoted_uid", models.UUIDField(blank=True, null=True)),
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.accesslink",
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
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "created_at"], name="inbox_item_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "dedup_key"), name="inbox_item_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "promoted"), _negated=True),
                            ("promoted_uid__isnull", False),
                            _connector="OR",
                        ),
                        name="inbox_item_promoted_names_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("is_care", models.BooleanField(default=False, editable=False)),
                ("compartment_id", models.BigIntegerField(editable=False, null=True)),
                ("subject_kind", models.CharField(blank=True, max_length=40)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("subject_uid", models.UUIDField(null=True)),
                (
                    "signer_kind",
                    models.CharField(
                        choices=[
                            ("user", "工作人员"),
                            ("client", "服务对象"),
                            ("guardian", "监护人"),
                            ("external", "外部人员"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=msw_portal.kernel.ids.uuid7, editable=False, unique=True
                    ),
                ),
                (
                    "signer_name",
                    msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="签署人"),
                ),
                ("relation", models.CharField(blank=True, max_length=20)),
                ("text_hash", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "counterparty",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
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
                    "drawn",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
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
                    "user",
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
                    models.Index(fields=["subject_kind", "subject_id"], name="signature_subject")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signer_kind", "user"), _negated=True),
                            ("user__isnull", False),
                            _connector="OR",
                        ),
                        name="signature_of_staff_names_user",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="accessgrant",
            name="reviewed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="accessgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "break_glass"), _negated=True),
                    models.Q(
                        (
                            "valid__endswith__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("valid__startswith"),
                                "+",
                                models.Value(datetime.timedelta(seconds=3600)),
                            ),
                        ),
                        ("valid__upper_inf", False),
                    ),
                    _connector="OR",
                ),
                name="access_grant_break_glass_is_short",
            ),
        ),
    ]
