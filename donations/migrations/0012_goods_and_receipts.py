"""Goods in kind and receipts: what is taken in, where it lies, who got it; what was issued for it."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0038_census"),
        ("donations", "0011_charities_and_campaigns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="ledgeraccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cash", "银行存款"),
                    ("available", "可用"),
                    ("committed", "已承诺"),
                    ("fee_payable", "应付费用"),
                    ("goods", "物资"),
                    ("in_kind", "物资净额"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerjournal",
            name="kind",
            field=models.CharField(
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
                    ("goods_out", "物资发放"),
                    ("goods_loss", "物资报损"),
                    ("reversal", "冲销"),
                ],
                max_length=20,
                verbose_name="类型",
            ),
        ),
        migrations.CreateModel(
            name="GoodsSite",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("warehouse", "仓库"),
                            ("hospital", "医院"),
                            ("representative", "社工代表"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("keeper", models.CharField(blank=True, max_length=40, verbose_name="保管人")),
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
                ("is_closed", models.BooleanField(default=False, verbose_name="停用")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="goods_site_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsIntake",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intake",
                        to="donations.donation",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intakes",
                        to="donations.goodssite",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="到货日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("counted", "待验收"),
                            ("accepted", "已验收，待入账"),
                            ("booked", "已入账"),
                            ("registered", "另册登记"),
                            ("refused", "不接收"),
                        ],
                        default="counted",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="验收说明")),
                (
                    "counted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "accepted_by",
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
                    "accepted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="验收时间"
                    ),
                ),
                (
                    "booked_by",
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
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                        verbose_name="验收单",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="goods_intake_newest"),
                    models.Index(
                        fields=["organization", "state", "-id"], name="goods_intake_own_state"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_by__isnull", True),
                            models.Q(("accepted_by", models.F("counted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="goods_intake_accepted_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("booked_by__isnull", True),
                            models.Q(("booked_by", models.F("counted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="goods_intake_booked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["accepted", "booked", "registered"]), _negated=True
                            ),
                            models.Q(
                                ("accepted_at__isnull", False), ("accepted_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="goods_intake_accepted_has_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["counted", "accepted", "booked", "registered", "refused"],
                            )
                        ),
                        name="goods_intake_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsLot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goods_lots",
                        to="donations.donation",
                    ),
                ),
                (
                    "intake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="donations.goodsintake",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "一般物资"),
                            ("medicine", "药品"),
                            ("device", "医疗器械"),
                            ("food", "食品"),
                        ],
                        default="general",
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("item", models.CharField(max_length=80, verbose_name="品名")),
                ("unit", models.CharField(max_length=10, verbose_name="单位")),
                ("quantity", models.IntegerField(verbose_name="数量")),
                ("on_hand", models.IntegerField(default=0, editable=False, verbose_name="在库")),
                ("batch", models.CharField(blank=True, max_length=40, verbose_name="批号")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                (
                    "valuation_basis",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "发票、报关单等凭据"),
                            (2, "其他确认捐赠财产的证明"),
                            (3, "凭据与公允价值相差较大，按公允价值"),
                            (4, "有资质的第三方评估"),
                            (5, "无法可靠计价"),
                        ],
                        null=True,
                        verbose_name="计价依据",
                    ),
                ),
                (
                    "valuation",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="计价金额",
                    ),
                ),
                (
                    "valuation_note",
                    models.CharField(blank=True, max_length=200, verbose_name="计价说明"),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                        verbose_name="计价凭据",
                    ),
                ),
                (
                    "valued_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="goods_lot_newest"),
                    models.Index(
                        fields=["organization", "expires_on", "id"], name="goods_lot_expiring"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="goods_lot_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("on_hand__gte", 0)),
                        name="goods_lot_never_below_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("on_hand__lte", models.F("quantity"))),
                        name="goods_lot_never_above_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("valuation__isnull", True), ("valuation_basis__isnull", True)
                            ),
                            models.Q(("valuation__isnull", True), ("valuation_basis", 5)),
                            models.Q(
                                ("evidence__isnull", False),
                                ("valuation__gt", 0),
                                ("valuation_basis__in", [1, 2, 3, 4]),
                            ),
                            _connector="OR",
                        ),
                        name="goods_lot_valued_by_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "general"), ("expires_on__isnull", False), _connector="OR"
                        ),
                        name="goods_lot_short_life_has_expiry",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsStock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stocks",
                        to="donations.goodslot",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stocks",
                        to="donations.goodssite",
                    ),
                ),
                ("on_hand", models.IntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["site", "-lot"], name="goods_stock_of_site")],
                "constraints": [
                    models.UniqueConstraint(fields=("lot", "site"), name="goods_stock_once"),
                    models.CheckConstraint(
                        condition=models.Q(("on_hand__gte", 0)),
                        name="goods_stock_never_below_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Distribution",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="编号")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="distributions",
                        to="donations.goodssite",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="发放日期")),
                ("purpose", models.CharField(max_length=120, verbose_name="用途")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待签收"),
                            ("signed", "已签收"),
                            ("counted", "已复点"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "handler",
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
                        verbose_name="签收单照片",
                    ),
                ),
                (
                    "signed_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="签收时间"
                    ),
                ),
                (
                    "counted_by",
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
                    "counted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="复点时间"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="distribution_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="distribution_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counted_by__isnull", True),
                            models.Q(("counted_by", models.F("handler")), _negated=True),
                            _connector="OR",
                        ),
                        name="distribution_counted_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["signed", "counted"]), _negated=True),
                            ("signed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="distribution_signed_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "counted"), _negated=True),
                            models.Q(("counted_at__isnull", False), ("counted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="distribution_counted_has_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "signed", "counted", "cancelled"])
                        ),
                        name="distribution_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DistributionLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "distribution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="donations.distribution",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="donations.goodslot",
                    ),
                ),
                ("quantity", models.IntegerField(verbose_name="数量")),
                ("recipient", msw_portal.kernel.crypto.SealedText(verbose_name="领取人")),
                ("recipient_masked", models.CharField(editable=False, max_length=40)),
                ("is_minor", models.BooleanField(default=False, verbose_name="未成年人")),
                (
                    "signer_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("recipient", "本人"),
                            ("guardian", "监护人"),
                            ("worker", "社工代监护人"),
                        ],
                        max_length=20,
                        verbose_name="签收人",
                    ),
                ),
                (
                    "signer",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="签收人姓名"
                    ),
                ),
                (
                    "signed_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="签收时间"
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
                        verbose_name="签名",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="distribution_line_quantity_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("drawn__isnull", True),
                                ("signed_at__isnull", True),
                                ("signer_kind", ""),
                            ),
                            models.Q(
                                ("drawn__isnull", False),
                                ("signed_at__isnull", False),
                                ("signer__isnull", False),
                                models.Q(("signer_kind", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="distribution_line_signed_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signer_kind", "worker"), _negated=True),
                            ("is_minor", True),
                            _connector="OR",
                        ),
                        name="distribution_line_worker_signs_for_minors",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockLoss",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="losses",
                        to="donations.goodslot",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="losses",
                        to="donations.goodssite",
                    ),
                ),
                ("quantity", models.IntegerField(verbose_name="数量")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "待核实"),
                            ("confirmed", "已报损"),
                            ("refused", "不予报损"),
                        ],
                        default="reported",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "-id"], name="stock_loss_own_state"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="stock_loss_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by__isnull", True), ("state", "reported")),
                            models.Q(
                                ("confirmed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("reported_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stock_loss_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["reported", "confirmed", "refused"])),
                        name="stock_loss_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="donations.goodslot",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("in", "入库"),
                            ("out", "发放"),
                            ("loss", "报损"),
                            ("transfer", "调拨"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("quantity", models.IntegerField(verbose_name="数量")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="donations.goodssite",
                    ),
                ),
                (
                    "to_site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="donations.goodssite",
                    ),
                ),
                (
                    "distribution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="donations.distribution",
                    ),
                ),
                (
                    "loss",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="move",
                        to="donations.stockloss",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-at", "-id"], name="stock_move_newest"),
                    models.Index(fields=["lot", "-id"], name="stock_move_of_lot"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="stock_move_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("distribution__isnull", True),
                                ("kind", "in"),
                                ("loss__isnull", True),
                                ("to_site__isnull", True),
                            ),
                            models.Q(
                                ("distribution__isnull", False),
                                ("kind", "out"),
                                ("loss__isnull", True),
                                ("to_site__isnull", True),
                            ),
                            models.Q(
                                ("distribution__isnull", True),
                                ("kind", "loss"),
                                ("loss__isnull", False),
                                ("to_site__isnull", True),
                            ),
                            models.Q(
                                ("distribution__isnull", True),
                                ("kind", "transfer"),
                                ("loss__isnull", True),
                                ("to_site__isnull", False),
                                models.Q(("to_site", models.F("site")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stock_move_says_where",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "in")),
                        fields=("lot",),
                        name="stock_move_in_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptSeries",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="票据代码")),
                ("first", models.BigIntegerField(verbose_name="起始号码")),
                ("last", models.BigIntegerField(verbose_name="终止号码")),
                ("next", models.BigIntegerField(editable=False, verbose_name="下一号码")),
                ("is_closed", models.BooleanField(default=False, verbose_name="停用")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__gt", 0), ("last__gte", models.F("first"))),
                        name="receipt_series_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next__gte", models.F("first")),
                            (
                                "next__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("last"), "+", models.Value(1)
                                ),
                            ),
                        ),
                        name="receipt_series_next_within",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("organization", "="),
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("first"),
                                    models.F("last"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="receipt_series_does_not_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="donations.receiptseries",
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="票据号码")),
                (
                    "check_code",
                    msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="校验码"),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="donations.donation",
                    ),
                ),
                ("donor_name", msw_portal.kernel.crypto.SealedText(verbose_name="捐赠人")),
                (
                    "donor_code",
                    models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码"),
                ),
                ("kind_text", models.CharField(max_length=200, verbose_name="捐赠项目")),
                (
                    "quantity_text",
                    models.CharField(blank=True, max_length=200, verbose_name="数量"),
                ),
                ("charity_name", models.CharField(max_length=120, verbose_name="接受捐赠单位")),
                (
                    "handler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                ("issued_on", models.DateField(verbose_name="开具日期")),
                ("issued_at", models.DateTimeField(verbose_name="开具时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("issued", "有效"), ("voided", "已作废"), ("reversed", "已冲红")],
                        default="issued",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="作废或冲红时间"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "red_of",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="red",
                        to="donations.receipt",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="receipt_newest"),
                    models.Index(fields=["organization", "state", "-id"], name="receipt_own_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "series", "number"), name="receipt_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("red_of__isnull", True), ("state", "issued")),
                        fields=("donation",),
                        name="receipt_one_valid_per_donation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="receipt_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end_reason", ""),
                                ("ended_at__isnull", True),
                                ("ended_by__isnull", True),
                                ("state", "issued"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("state", "issued"), _negated=True),
                                models.Q(("end_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="receipt_ended_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("red_of__isnull", True), ("state", "issued"), _connector="OR"
                        ),
                        name="receipt_red_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["issued", "voided", "reversed"])),
                        name="receipt_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptWaiver",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
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
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_waiver",
                        to="donations.donation",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
            ],
        ),
    ]
