"""Lines of bank and platform statements, orders to the books, and lots of interest."""

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
        ("departments", "0038_census"),
        ("donations", "0014_disclosure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementLine",
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
                    "source",
                    models.CharField(
                        choices=[
                            ("bank", "银行"),
                            ("alipay", "支付宝"),
                            ("wechat", "微信支付"),
                            ("platform", "募捐平台"),
                            ("transfer", "其他慈善组织划转"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=40, verbose_name="收款账户")),
                ("external_no", models.CharField(max_length=100, verbose_name="流水号")),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                (
                    "counter_name",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="对方名称"
                    ),
                ),
                ("counter_name_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("counter_name_bidx2", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "remark",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="附言"),
                ),
                ("origin", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待匹配"),
                            ("matched", "待复核"),
                            ("confirmed", "已入账"),
                            ("split", "已拆分"),
                            ("ignored", "不入账"),
                            ("undone", "已撤销"),
                        ],
                        default="open",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "ignore_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_a_donation", "不是捐赠（服务收入、赞助等）"),
                            ("own_transfer", "本机构账户之间划转"),
                            ("interest", "利息（在账务申请中入账）"),
                            ("returned", "已原路退回"),
                            ("twice", "另一来源的同一笔"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="不入账的原因",
                    ),
                ),
                ("ignore_note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("matched_at", models.DateTimeField(editable=False, null=True)),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
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
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_lines",
                        to="donations.donation",
                    ),
                ),
                (
                    "matched_by",
                    models.ForeignKey(
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
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="donations.statementline",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "-on", "-id"], name="statement_line_newest"
                    ),
                    models.Index(
                        fields=["organization", "state", "-on", "-id"], name="statement_line_state"
                    ),
                    models.Index(
                        fields=["organization", "counter_name_bidx"], name="statement_line_counter"
                    ),
                    models.Index(
                        fields=["organization", "counter_name_bidx2"],
                        name="statement_line_counter2",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "source", "account", "external_no"),
                        name="statement_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="statement_line_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["open", "matched", "confirmed", "split", "ignored", "undone"],
                            )
                        ),
                        name="statement_line_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("donation__isnull", False), ("state__in", ["matched", "confirmed"])
                            ),
                            models.Q(
                                models.Q(("state__in", ["matched", "confirmed"]), _negated=True),
                                ("donation__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="statement_line_matched_names_gift",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ignored"), _negated=True),
                            models.Q(("ignore_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="statement_line_ignored_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(
                                models.Q(("confirmed_by", models.F("matched_by")), _negated=True),
                                models.Q(
                                    ("created_by__isnull", True),
                                    models.Q(
                                        ("confirmed_by", models.F("created_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="statement_line_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("matched_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="statement_line_confirmed_is_whole",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="donationlot",
            name="donation",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lot",
                to="donations.donation",
            ),
        ),
        migrations.CreateModel(
            name="LedgerOrder",
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
                            ("purpose_change", "变更捐赠用途"),
                            ("leftover", "剩余财产处理"),
                            ("fund_transfer", "基金之间划转"),
                            ("grant", "划转给其他慈善组织"),
                            ("interest", "利息入账"),
                            ("fee", "提取管理费用"),
                            ("reversal", "冲销"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                (
                    "payee_fund",
                    models.CharField(blank=True, max_length=80, verbose_name="对方的基金"),
                ),
                (
                    "payee_purpose",
                    models.CharField(blank=True, max_length=120, verbose_name="对方的用途"),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                ("on", models.DateField(blank=True, null=True, verbose_name="起息日或发生日")),
                ("reason", msw_portal.kernel.crypto.SealedText(verbose_name="事由")),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("donor_consent", "捐赠人书面同意"),
                            ("refiled", "募捐方案变更备案"),
                            ("plan", "按募捐方案或捐赠协议的约定"),
                            ("similar", "用于相同或相近的慈善项目并公开"),
                        ],
                        max_length=20,
                        verbose_name="依据",
                    ),
                ),
                ("basis_no", models.CharField(blank=True, max_length=80, verbose_name="依据编号")),
                ("basis_on", models.DateField(blank=True, null=True, verbose_name="依据日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待办理"),
                            ("agreed", "依据已齐"),
                            ("countersigning", "待第二人审批"),
                            ("approved", "待记账"),
                            ("booked", "已记账"),
                            ("refused", "已否决"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "needs_second",
                    models.BooleanField(default=False, editable=False, verbose_name="须两人审批"),
                ),
                ("approved_at", models.DateTimeField(editable=False, null=True)),
                ("approved_factor_at", models.DateTimeField(editable=False, null=True)),
                ("second_at", models.DateTimeField(editable=False, null=True)),
                ("second_factor_at", models.DateTimeField(editable=False, null=True)),
                ("booked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "disclosed_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="公开日期"
                    ),
                ),
                (
                    "disclosed_at",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="公开位置"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "booked_by",
                    models.ForeignKey(
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
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="donations.donation",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders_from",
                        to="donations.fund",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="donations.ledgerjournal",
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
                    "payee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                        related_name="+",
                        to="donations.fundpurpose",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="donations.ledgerjournal",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_fund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders_to",
                        to="donations.fund",
                    ),
                ),
                (
                    "to_purpose",
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
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="ledger_order_newest"),
                    models.Index(
                        fields=["organization", "state", "-id"], name="ledger_order_own_state"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="ledger_order_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="ledger_order_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "asked",
                                    "agreed",
                                    "countersigning",
                                    "approved",
                                    "booked",
                                    "refused",
                                ],
                            )
                        ),
                        name="ledger_order_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("donation__isnull", False),
                                ("kind", "purpose_change"),
                                ("to_fund__isnull", False),
                            ),
                            models.Q(
                                ("fund__isnull", False),
                                ("kind__in", ["leftover", "fund_transfer"]),
                                ("to_fund__isnull", False),
                            ),
                            models.Q(
                                ("fund__isnull", False), ("kind", "grant"), ("payee__isnull", False)
                            ),
                            models.Q(
                                ("fund__isnull", False), ("kind", "interest"), ("on__isnull", False)
                            ),
                            models.Q(("fund__isnull", False), ("kind", "fee")),
                            models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                            _connector="OR",
                        ),
                        name="ledger_order_names_its_parts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_by__isnull", True),
                                ("asked_by__isnull", True),
                                models.Q(("approved_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("second_by__isnull", True),
                                ("asked_by__isnull", True),
                                models.Q(("second_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("booked_by__isnull", True),
                                ("asked_by__isnull", True),
                                models.Q(("booked_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("second_by__isnull", True),
                                ("approved_by__isnull", True),
                                models.Q(("second_by", models.F("approved_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("booked_by__isnull", True),
                                ("approved_by__isnull", True),
                                models.Q(("booked_by", models.F("approved_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("booked_by__isnull", True),
                                ("second_by__isnull", True),
                                models.Q(("booked_by", models.F("second_by")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="ledger_order_people_apart",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_by__isnull", True),
                                models.Q(
                                    ("approved_at__isnull", False),
                                    (
                                        "approved_factor_at__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("approved_at"),
                                            "-",
                                            models.Value(datetime.timedelta(seconds=300)),
                                        ),
                                    ),
                                    ("approved_factor_at__isnull", False),
                                    ("approved_factor_at__lte", models.F("approved_at")),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("second_by__isnull", True),
                                models.Q(
                                    ("second_at__isnull", False),
                                    (
                                        "second_factor_at__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("second_at"),
                                            "-",
                                            models.Value(datetime.timedelta(seconds=300)),
                                        ),
                                    ),
                                    ("second_factor_at__isnull", False),
                                    ("second_factor_at__lte", models.F("second_at")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="ledger_order_approved_with_factor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["purpose_change", "leftover"]), _negated=True),
                            ("state__in", ["asked", "refused"]),
                            models.Q(
                                models.Q(("basis", ""), _negated=True), ("basis_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="ledger_order_has_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "booked"]), _negated=True),
                            models.Q(
                                ("approved_by__isnull", False),
                                models.Q(
                                    ("needs_second", False),
                                    ("second_by__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_order_approved_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("booked_at__isnull", False),
                                ("booked_by__isnull", False),
                                ("journal__isnull", False),
                                ("state", "booked"),
                            ),
                            models.Q(
                                models.Q(("state", "booked"), _negated=True),
                                ("booked_by__isnull", True),
                                ("journal__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_order_booked_names_journal",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="donationlot",
            name="order",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lot",
                to="donations.ledgerorder",
            ),
        ),
        migrations.AddConstraint(
            model_name="donationlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("donation__isnull", False), ("order__isnull", True)),
                    models.Q(("donation__isnull", True), ("order__isnull", False)),
                    _connector="OR",
                ),
                name="donation_lot_has_one_origin",
            ),
        ),
    ]
