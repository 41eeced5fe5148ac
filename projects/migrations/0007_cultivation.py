"""Purchase contracts, the bank of unmet needs, kits others take up, and what a programme says of itself."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0042_partner_role"),
        ("projects", "0005_registers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="projectevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("milestone", "里程碑"),
                    ("training", "系统培训"),
                    ("supervision", "立体督导"),
                    ("site_visit", "实地走访"),
                    ("resource_link", "资源链接"),
                    ("exchange", "交流推介"),
                    ("promotion", "宣传推广"),
                    ("mid_term", "中期检查"),
                    ("change", "变更申请"),
                    ("coaching", "一对一辅导"),
                    ("swot", "SWOT 分析"),
                    ("radar", "能力雷达"),
                    ("outcome", "成果"),
                    ("contract_payment", "合同付款"),
                    ("service", "孵化服务"),
                    ("space", "场地使用"),
                    ("assessment", "年度评估"),
                    ("activity", "站点活动"),
                ],
                max_length=20,
                verbose_name="类型",
            ),
        ),
        migrations.CreateModel(
            name="NeedBankEntry",
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
                ("category", models.CharField(max_length=40, verbose_name="需求类别")),
                ("quarter", models.DateField(verbose_name="季度")),
                ("counted", models.PositiveIntegerField(verbose_name="未满足数")),
                ("region_code", models.IntegerField(verbose_name="地区代码")),
                (
                    "released_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="发布时间"),
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["region_code", "-quarter", "category"], name="need_bank_region"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "quarter", "category"), name="need_bank_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counted__gte", 5)), name="need_bank_at_least_five"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quarter__day", 1), ("quarter__month__in", (1, 4, 7, 10))
                        ),
                        name="need_bank_quarter_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeProfile",
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
                ("summary", models.TextField(blank=True, max_length=1000, verbose_name="简介")),
                ("begun_on", models.DateField(verbose_name="启动日期")),
                (
                    "begun_precision",
                    models.CharField(
                        choices=[("day", "年月日"), ("month", "年月"), ("year", "年")],
                        default="day",
                        max_length=5,
                        verbose_name="启动日期精确到",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("themes", models.JSONField(blank=True, default=list, verbose_name="主题")),
                ("services", models.JSONField(blank=True, default=list, verbose_name="服务")),
                ("parties", models.JSONField(blank=True, default=list, verbose_name="各方")),
                (
                    "versions",
                    models.JSONField(blank=True, default=list, verbose_name="来源不一致之处"),
                ),
                (
                    "sites",
                    models.JSONField(blank=True, default=list, editable=False, verbose_name="站点"),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="发布时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profile",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True),
                            ("ended_on__gte", models.F("begun_on")),
                            _connector="OR",
                        ),
                        name="programme_profile_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PurchaseContract",
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
                ("number", models.CharField(max_length=60, verbose_name="合同编号")),
                ("buyer_name", models.CharField(max_length=120, verbose_name="购买方")),
                ("operator_name", models.CharField(max_length=120, verbose_name="承接方")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, verbose_name="合同金额（元）"
                    ),
                ),
                ("signed_on", models.DateField(verbose_name="签订日期")),
                ("starts_on", models.DateField(verbose_name="服务期开始")),
                ("ends_on", models.DateField(verbose_name="服务期结束")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "履行中"),
                            ("finished", "已验收"),
                            ("ended", "已提前终止"),
                        ],
                        default="running",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["counterparty", "-id"], name="purchase_contract_desk"),
                    models.Index(fields=["organization", "-id"], name="purchase_contract_own"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("counterparty", "number"), name="purchase_contract_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="purchase_contract_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="purchase_contract_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "finished", "ended"])),
                        name="purchase_contract_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplicationKit",
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
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("unit_name", models.CharField(max_length=120, verbose_name="单位")),
                ("summary", models.TextField(max_length=1000, verbose_name="简介")),
                ("payload", models.JSONField(default=dict)),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="发布时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kit",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-published_at", "-id"], name="replication_kit_page")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("summary", ""), _negated=True),
                        ),
                        name="replication_kit_says_what",
                    )
                ],
            },
        ),
    ]
