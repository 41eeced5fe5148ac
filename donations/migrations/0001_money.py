"""Gifts, funds, the ledger, programmes, funding requests and payouts: the tables."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_casework"),
        ("departments", "0008_api_clients"),
        ("departments", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Donor",
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
                            ("person", "个人"),
                            ("company", "企业"),
                            ("organization", "社会组织"),
                            ("government", "政府部门"),
                            ("anonymous", "匿名"),
                        ],
                        max_length=20,
                        verbose_name="捐赠人类型",
                    ),
                ),
                ("name", msw_portal.kernel.crypto.SealedText(verbose_name="姓名或名称")),
                ("name_masked", models.CharField(editable=False, max_length=80)),
                ("id_no_bidx", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "uscc",
                    models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码"),
                ),
                (
                    "contact",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="联系方式"
                    ),
                ),
                ("publish_name", models.BooleanField(default=False, verbose_name="同意公示姓名")),
                ("is_anonymous", models.BooleanField(default=False, verbose_name="匿名")),
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
                    "organization_ref",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Fund",
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
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "非限定"),
                            ("special", "专项基金"),
                            ("hospital", "医院救助基金"),
                            ("trust", "慈善信托"),
                        ],
                        default="special",
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("trust", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "运行"), ("paused", "暂停"), ("closed", "终止")],
                        default="active",
                        max_length=10,
                        verbose_name="状态",
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="donations.fund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="fund_number_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "name"), name="fund_name_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CharityProfile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("foundation", "基金会"),
                            ("social_organization", "社会团体"),
                            ("service_agency", "社会服务机构"),
                        ],
                        default="foundation",
                        max_length=30,
                        verbose_name="组织形式",
                    ),
                ),
                (
                    "net_asset_tier",
                    models.CharField(blank=True, max_length=20, verbose_name="净资产档次"),
                ),
                ("thresholds", models.JSONField(blank=True, default=dict)),
                ("donor_feedback", models.JSONField(blank=True, default=dict)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("organization",), name="charity_profile_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FundPurpose",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("text", models.CharField(max_length=120, verbose_name="用途")),
                ("rank", models.SmallIntegerField(default=0)),
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
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="purposes",
                        to="donations.fund",
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
                "ordering": ["rank", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "code"), name="fund_purpose_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Donation",
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
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "货币"),
                            ("goods", "实物"),
                            ("service", "服务"),
                            ("securities", "有价证券"),
                            ("equity", "股权"),
                            ("ip", "知识产权"),
                            ("house", "房屋"),
                        ],
                        default="money",
                        max_length=20,
                        verbose_name="捐赠财产",
                    ),
                ),
                (
                    "pledged",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="承诺金额",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="到账金额",
                    ),
                ),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="到账日期")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("bank", "银行"),
                            ("alipay", "支付宝"),
                            ("wechat", "微信"),
                            ("platform", "募捐平台"),
                            ("cash", "现金"),
                        ],
                        default="bank",
                        max_length=20,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "beneficiary_class",
                    models.CharField(blank=True, max_length=40, verbose_name="指定受益人类别"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pledged", "已承诺"),
                            ("received", "已到账"),
                            ("booked", "已入账"),
                            ("returned", "已退回"),
                        ],
                        default="received",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "confirmed_by",
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
                    "entered_by",
                    models.ForeignKey(
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
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.region",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="donations",
                        to="donations.donor",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="donations",
                        to="donations.fund",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="donations",
                        to="donations.fundpurpose",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="donation_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gt", 0), _connector="OR"
                        ),
                        name="donation_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pledged__isnull", True), ("pledged__gt", 0), _connector="OR"
                        ),
                        name="donation_pledge_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="donation_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["booked", "returned"]), _negated=True),
                            models.Q(
                                ("amount__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("received_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="donation_booked_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pledged", "received", "booked", "returned"])
                        ),
                        name="donation_state_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organization", "-received_on", "-id"], name="donation_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
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
                            ("cash", "银行存款"),
                            ("available", "可用"),
                            ("committed", "已承诺"),
                            ("fee_payable", "应付费用"),
                            ("goods", "物资"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "side",
                    models.SmallIntegerField(
                        help_text="+1 debit-natural (cash, goods), -1 the fund's claims"
                    ),
                ),
                (
                    "balance",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name=""
                    ),
                ),
                ("lock_touch", models.SmallIntegerField(null=True)),
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
                    "fund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="donations.fund",
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
                    "purpose",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="donations.fundpurpose",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "fund", "purpose"),
                        name="ledger_account_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0)), name="ledger_account_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", [1, -1])), name="ledger_account_side_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
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
                (
                    "state",
                    models.CharField(
                        choices=[("active", "运行"), ("closed", "停止")],
                        default="active",
                        max_length=10,
                        verbose_name="状态",
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
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="donations.fund",
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
                    "purpose",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="donations.fundpurpose",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "name"), name="programme_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DonationLot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="")),
                ("received_on", models.DateField()),
                ("earmark_class", models.CharField(blank=True, max_length=40)),
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
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot",
                        to="donations.donation",
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
                    "earmark_purpose",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="donations.fundpurpose",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="donation_lot_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeVersion",
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
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("summary", models.TextField(blank=True, verbose_name="说明")),
                (
                    "beneficiary_class",
                    models.CharField(blank=True, max_length=40, verbose_name="受益人类别"),
                ),
                ("conditions", models.JSONField(blank=True, default=list)),
                ("benefit_rows", models.JSONField(blank=True, default=list)),
                ("documents", models.JSONField(blank=True, default=list)),
                ("stages", models.JSONField(blank=True, default=list)),
                ("caps", models.JSONField(blank=True, default=dict)),
                ("quota", models.PositiveIntegerField(blank=True, null=True, verbose_name="名额")),
                ("order_rule", models.CharField(default="submitted_at", max_length=30)),
                ("payout_modes", models.JSONField(blank=True, default=list)),
                ("sla", models.JSONField(blank=True, default=dict)),
                ("example_cases", models.JSONField(blank=True, default=list)),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="有效期"),
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
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="donations.programme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "version"), name="programme_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)),
                        name="programme_version_valid_not_empty",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("published_at__isnull", False)),
                        expressions=[("programme", "="), ("valid", "&&")],
                        name="programme_version_does_not_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingRequest",
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
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=40, null=True, verbose_name="编号"
                    ),
                ),
                ("subject_code", models.CharField(max_length=20, verbose_name="对象代号")),
                ("form", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("document_check", "材料审核"),
                            ("supplement_required", "待补件"),
                            ("msw_assessment", "社工评估"),
                            ("hospital_opinion", "医院意见"),
                            ("first_review", "初审"),
                            ("second_review", "复审"),
                            ("committee", "评审会"),
                            ("proposed", "拟定金额"),
                            ("public_notice", "公示"),
                            ("notice_elapsed", "公示期满"),
                            ("approved", "已批准"),
                            ("agreement", "协议签署"),
                            ("disbursing", "拨付中"),
                            ("disbursed", "已拨付"),
                            ("reconciled", "使用核销"),
                            ("revisited", "回访"),
                            ("closed", "结案"),
                            ("rejected_ineligible", "不予受理"),
                            ("rejected", "不通过"),
                            ("withdrawn", "已撤回"),
                            ("objection_upheld", "异议成立"),
                            ("deceased", "患者去世"),
                            ("recovered", "已追回"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=30,
                        verbose_name="状态",
                    ),
                ),
                (
                    "requested",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="申请金额",
                    ),
                ),
                (
                    "cost_total",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="总费用"
                    ),
                ),
                (
                    "gap",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="自付缺口"
                    ),
                ),
                (
                    "proposed",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        editable=False,
                        max_digits=14,
                        null=True,
                        verbose_name="拟定金额",
                    ),
                ),
                (
                    "approved",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        editable=False,
                        max_digits=14,
                        null=True,
                        verbose_name="批准金额",
                    ),
                ),
                (
                    "committed",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=14, verbose_name=""
                    ),
                ),
                (
                    "disbursed",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=14,
                        verbose_name="已拨付",
                    ),
                ),
                (
                    "refunded",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=14, verbose_name=""
                    ),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="提交时间"
                    ),
                ),
                (
                    "state_entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="办理期限"
                    ),
                ),
                (
                    "payout_mode",
                    models.CharField(
                        choices=[
                            ("to_hospital", "拨付至医院账户"),
                            ("to_person", "拨付至个人账户"),
                            ("voucher", "代金券"),
                            ("in_kind", "实物或服务"),
                            ("hospital_waiver", "医院减免"),
                        ],
                        default="to_hospital",
                        max_length=20,
                        verbose_name="拨付方式",
                    ),
                ),
                ("payee", msw_portal.kernel.crypto.SealedJSON(blank=True, null=True)),
                ("on_hold_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funding_requests",
                        to="cases.case",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.consent",
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
                    "fund",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="donations.fund",
                    ),
                ),
                (
                    "identity_disclosure",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.disclosure",
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
                    "review_disclosure",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.disclosure",
                    ),
                ),
                (
                    "programme_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="donations.programmeversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="funding_request_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counterparty__isnull", True), ("state", "draft")),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                models.Q(
                                    ("counterparty__isnull", False),
                                    models.Q(
                                        ("state", "withdrawn"), ("submitted_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="funding_request_draft_has_no_counterparty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at__isnull", True),
                            models.Q(("number__isnull", False), ("requested__isnull", False)),
                            _connector="OR",
                        ),
                        name="funding_request_sent_has_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            ("submitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="funding_request_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requested__isnull", True), ("requested__gt", 0), _connector="OR"
                        ),
                        name="funding_request_requested_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gap__lte", models.F("cost_total"))),
                        name="funding_request_gap_within_cost",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at__isnull", True),
                            ("requested__lte", models.F("gap")),
                            _connector="OR",
                        ),
                        name="funding_request_requested_within_gap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposed__isnull", True),
                            models.Q(("proposed__gt", 0), ("proposed__lte", models.F("requested"))),
                            _connector="OR",
                        ),
                        name="funding_request_proposed_within_requested",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved__isnull", True),
                            models.Q(("approved__gt", 0), ("approved__lte", models.F("requested"))),
                            _connector="OR",
                        ),
                        name="funding_request_approved_within_requested",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        "agreement",
                                        "approved",
                                        "closed",
                                        "disbursed",
                                        "disbursing",
                                        "reconciled",
                                        "revisited",
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("approved__isnull", False),
                            _connector="OR",
                        ),
                        name="funding_request_granted_has_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("committed__gte", 0),
                            (
                                "committed__lte",
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("approved"), 0
                                ),
                            ),
                        ),
                        name="funding_request_committed_within_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disbursed__gte", models.F("refunded")),
                            (
                                "disbursed__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("committed"), "+", models.F("refunded")
                                ),
                            ),
                            ("refunded__gte", 0),
                        ),
                        name="funding_request_disbursed_within_committed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "document_check",
                                    "supplement_required",
                                    "msw_assessment",
                                    "hospital_opinion",
                                    "first_review",
                                    "second_review",
                                    "committee",
                                    "proposed",
                                    "public_notice",
                                    "notice_elapsed",
                                    "approved",
                                    "agreement",
                                    "disbursing",
                                    "disbursed",
                                    "reconciled",
                                    "revisited",
                                    "closed",
                                    "rejected_ineligible",
                                    "rejected",
                                    "withdrawn",
                                    "objection_upheld",
                                    "deceased",
                                    "recovered",
                                ],
                            )
                        ),
                        name="funding_request_state_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["counterparty", "-submitted_at", "-id"], name="funding_request_sent"
                    ),
                    models.Index(
                        fields=["counterparty", "state", "-submitted_at", "-id"],
                        name="funding_request_sent_state",
                    ),
                    models.Index(
                        fields=["organization", "-submitted_at", "-id"], name="funding_request_own"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LotBalance",
            fields=[
                ("received_on", models.DateField()),
                ("balance", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="")),
                ("lock_touch", models.SmallIntegerField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "lot_id",
                        "account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot_balances",
                        to="donations.ledgeraccount",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="donations.donationlot",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0)), name="lot_balance_not_negative"
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("balance__gt", 0)),
                        fields=["account", "received_on", "lot"],
                        name="lot_balance_oldest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingDuty",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        choices=[
                            ("enter", "申请"),
                            ("verify", "材料审核"),
                            ("hospital", "医院意见"),
                            ("review1", "初审"),
                            ("review2", "复审"),
                            ("committee", "评审会"),
                            ("approve", "批准"),
                            ("prepare", "拨付经办"),
                            ("release", "拨付复核"),
                        ],
                        max_length=20,
                        verbose_name="职责",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "user"), name="funding_duty_one_per_person"
                    ),
                    models.UniqueConstraint(
                        fields=("request", "user", "duty"), name="funding_duty_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "duty__in",
                                [
                                    "enter",
                                    "verify",
                                    "hospital",
                                    "review1",
                                    "review2",
                                    "committee",
                                    "approve",
                                    "prepare",
                                    "release",
                                ],
                            )
                        ),
                        name="funding_duty_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingAct",
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
                (
                    "duty",
                    models.CharField(
                        choices=[
                            ("enter", "申请"),
                            ("verify", "材料审核"),
                            ("hospital", "医院意见"),
                            ("review1", "初审"),
                            ("review2", "复审"),
                            ("committee", "评审会"),
                            ("approve", "批准"),
                            ("prepare", "拨付经办"),
                            ("release", "拨付复核"),
                        ],
                        max_length=20,
                        verbose_name="职责",
                    ),
                ),
                ("step", models.CharField(max_length=30)),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, null=True, verbose_name="金额"
                    ),
                ),
                ("opinion", msw_portal.kernel.crypto.SealedText(null=True, verbose_name="意见")),
                ("score", models.JSONField(null=True)),
                (
                    "client_limit",
                    models.DecimalField(
                        decimal_places=2,
                        editable=False,
                        help_text="written by the trigger app.act_within_limit",
                        max_digits=14,
                        null=True,
                        verbose_name="",
                    ),
                ),
                ("second_factor_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.apiclient",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("step", "approve")),
                        fields=("request",),
                        name="funding_act_approves_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("step__in", ["approve", "prepare", "release"]), _negated=True
                            ),
                            ("duty", models.F("step")),
                            _connector="OR",
                        ),
                        name="funding_act_step_fits_duty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gt", 0), _connector="OR"
                        ),
                        name="funding_act_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ["approve", "release"]), _negated=True),
                            models.Q(
                                ("client__isnull", True),
                                (
                                    "second_factor_at__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("at"),
                                        "-",
                                        models.Value(datetime.timedelta(seconds=300)),
                                    ),
                                ),
                                ("second_factor_at__isnull", False),
                                ("second_factor_at__lte", models.F("at")),
                            ),
                            models.Q(
                                ("amount__isnull", False),
                                ("amount__lte", models.F("client_limit")),
                                ("client__isnull", False),
                                ("client_limit__isnull", False),
                                ("step", "approve"),
                            ),
                            _connector="OR",
                        ),
                        name="funding_act_is_confirmed",
                    ),
                ],
                "indexes": [models.Index(fields=["request", "at"], name="funding_act_request")],
            },
        ),
        migrations.CreateModel(
            name="Disbursement",
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
                ("instalment", models.PositiveSmallIntegerField(verbose_name="期次")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("to_hospital", "拨付至医院账户"),
                            ("to_person", "拨付至个人账户"),
                            ("voucher", "代金券"),
                            ("in_kind", "实物或服务"),
                            ("hospital_waiver", "医院减免"),
                        ],
                        max_length=20,
                        verbose_name="拨付方式",
                    ),
                ),
                ("payee_account", msw_portal.kernel.crypto.SealedJSON()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "待复核"),
                            ("released", "已拨付"),
                            ("confirmed", "医院已确认"),
                            ("reconciled", "已核销"),
                            ("cancelled", "已取消"),
                            ("bounced", "已退汇"),
                            ("refunded", "已退款"),
                        ],
                        default="prepared",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "released_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="放款时间"
                    ),
                ),
                ("voucher_no", models.CharField(blank=True, max_length=60, verbose_name="凭证号")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="到账日期")),
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
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_by",
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
                    "slip",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disbursements",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "instalment"), name="disbursement_instalment_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="disbursement_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by__isnull", True),
                            models.Q(("released_by", models.F("prepared_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="disbursement_released_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("released_by__isnull", True),
                                ("state__in", ["prepared", "cancelled"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["prepared", "cancelled"]), _negated=True),
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="disbursement_released_has_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "prepared",
                                    "released",
                                    "confirmed",
                                    "reconciled",
                                    "cancelled",
                                    "bounced",
                                    "refunded",
                                ],
                            )
                        ),
                        name="disbursement_state_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["counterparty", "state", "-id"], name="disbursement_sent_state"
                    ),
                    models.Index(
                        fields=["organization", "state", "-id"], name="disbursement_own_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CostLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "layer",
                    models.CharField(
                        choices=[
                            ("total", "医疗总费用（含预估）"),
                            ("basic", "基本医保"),
                            ("critical", "大病保险"),
                            ("assistance", "医疗救助"),
                            ("commercial", "商业保险"),
                            ("employer", "单位报销"),
                            ("other_aid", "其他救助"),
                        ],
                        max_length=20,
                        verbose_name="项目",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
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
                    "evidence",
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cost_lines",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "layer"), name="cost_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="cost_line_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestDocument",
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
                ("type", models.CharField(max_length=40, verbose_name="材料")),
                ("required", models.BooleanField(default=False, verbose_name="必须")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("missing", "未提供"),
                            ("attached", "已提供"),
                            ("verified", "已核对"),
                            ("returned", "需补充"),
                        ],
                        default="missing",
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
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "masked",
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="donations.fundingrequest",
                    ),
                ),
                (
                    "verified_by",
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
                "ordering": ["-required", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "type"), name="request_document_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestSheet",
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
                ("payload", msw_portal.kernel.crypto.SealedJSON(default=dict)),
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
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LedgerJournal",
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
                            ("donation", "捐赠收入"),
                            ("commit", "批准承诺"),
                            ("release", "释放承诺"),
                            ("disburse", "拨付"),
                            ("refund", "退回"),
                            ("fee", "费用"),
                            ("interest", "利息"),
                            ("purpose_change", "变更用途"),
                            ("fund_transfer", "基金划转"),
                            ("reversal", "冲销"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("leg_count", models.IntegerField()),
                ("reference", models.CharField(max_length=120)),
                (
                    "spend_class",
                    models.CharField(
                        choices=[
                            ("charitable", "慈善活动支出"),
                            ("management", "管理费用"),
                            ("fundraising", "募捐成本"),
                            ("none", "不计支出"),
                        ],
                        default="none",
                        max_length=20,
                    ),
                ),
                (
                    "posted_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="记账时间"
                    ),
                ),
                ("article", models.CharField(blank=True, max_length=120)),
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
                    "disbursement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journals",
                        to="donations.disbursement",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journals",
                        to="donations.donation",
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
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journals",
                        to="donations.fundingrequest",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="donations.ledgerjournal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "reference"),
                        name="ledger_journal_reference_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("leg_count__gte", 2)),
                        name="ledger_journal_has_two_legs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                            models.Q(
                                models.Q(("kind", "reversal"), _negated=True),
                                ("reverses__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_reversal_names_journal",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organization", "-posted_at", "-id"], name="ledger_journal_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="donations.ledgeraccount",
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
                    "lot",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="donations.donationlot",
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
                    "journal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="donations.ledgerjournal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="ledger_entry_not_zero",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("lot__isnull", False)),
                        fields=["lot", "id"],
                        name="ledger_entry_lot",
                    ),
                    models.Index(fields=["account", "id"], name="ledger_entry_account"),
                ],
            },
        ),
    ]
