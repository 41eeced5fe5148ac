"""What is brought in from files: runs and their rows, each house behind its own wall."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0023_notices_by_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
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
                ("kind", models.CharField(max_length=40, verbose_name="导入内容")),
                ("source", models.CharField(max_length=60, verbose_name="来源")),
                ("title", msw_portal.kernel.crypto.SealedText(verbose_name="文件名")),
                ("sheet", models.CharField(blank=True, max_length=60, verbose_name="工作表")),
                ("head_line", models.IntegerField(default=1, verbose_name="表头在第几行")),
                ("heads", msw_portal.kernel.crypto.SealedJSON(verbose_name="列标题")),
                ("mapping", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "待对应列"),
                            ("reviewing", "检查中"),
                            ("reviewed", "待确认"),
                            ("applying", "导入中"),
                            ("done", "已导入"),
                            ("refused", "文件读不出"),
                            ("cancelled", "已取消"),
                            ("expired", "已过期"),
                        ],
                        default="uploaded",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("given_count", models.IntegerField(default=0, verbose_name="行数")),
                ("valid_count", models.IntegerField(default=0, verbose_name="可以导入")),
                ("created_count", models.IntegerField(default=0, verbose_name="新增")),
                ("joined_count", models.IntegerField(default=0, verbose_name="并入已有")),
                ("known_count", models.IntegerField(default=0, verbose_name="早已有")),
                ("refused_count", models.IntegerField(default=0, verbose_name="不能导入")),
                ("fault_counts", models.JSONField(blank=True, default=dict)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(verbose_name="保留到")),
                ("is_emptied", models.BooleanField(default=False)),
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
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
            ],
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=msw_portal.kernel.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("kind", models.CharField(max_length=40)),
                ("line", models.IntegerField(verbose_name="行")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("valid", "可以导入"),
                            ("refused", "不能导入"),
                            ("applied", "已导入"),
                            ("known", "早已有"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.BinaryField(max_length=16, null=True)),
                ("payload", msw_portal.kernel.crypto.SealedJSON(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="departments.importrun",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(
                fields=["organization", "created_by", "-id"], name="import_run_mine"
            ),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(
                condition=models.Q(("is_emptied", False)),
                fields=["organization", "expires_at"],
                name="import_run_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "given_count",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("valid_count"), "+", models.F("created_count")
                                    ),
                                    "+",
                                    models.F("joined_count"),
                                ),
                                "+",
                                models.F("known_count"),
                            ),
                            "+",
                            models.F("refused_count"),
                        ),
                    )
                ),
                name="import_run_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "uploaded",
                            "reviewing",
                            "reviewed",
                            "applying",
                            "done",
                            "refused",
                            "cancelled",
                            "expired",
                        ],
                    )
                ),
                name="import_run_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("file__isnull", True), _connector="OR"
                ),
                name="import_run_ended_keeps_no_file",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["run", "state", "line"], name="import_row_page"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("run", "line"), name="import_row_line_once"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "applied")),
                fields=("organization", "kind", "key"),
                name="import_row_applied_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "applied"), _negated=True),
                    ("payload__isnull", True),
                    _connector="OR",
                ),
                name="import_row_applied_is_empty",
            ),
        ),
        Wall("departments.ImportRun", "TENANT"),
        Wall("departments.ImportRow", "TENANT"),
    ]
