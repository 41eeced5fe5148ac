"""Payment lists and the bank's answers, checks after payment, and the marks by which double aid is seen."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
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
        ("cases", "0042_group_notes_erasable"),
        ("departments", "0041_office_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("donations", "0023_appeals_and_lane"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentLayout",
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
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("columns", models.JSONField(default=list, verbose_name="列")),
                ("is_closed", models.BooleanField(default=False, verbose_name="停用")),
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
                    models.UniqueConstraint(
                        fields=("organization", "name"), name="payment_layout_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PaymentList",
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
                ("number", models.CharField(editable=False, max_length=40, verbose_name="编号")),
                ("on", models.DateField(verbose_name="日期")),
                ("account", models.CharField(max_length=160, verbose_name="付款账户")),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, editable=False, max_digits=14, verbose_name="合计金额"
                    ),
                ),
                ("count", models.PositiveIntegerField(editable=False, verbose_name="笔数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待审批"),
                            ("approved", "已审批，等银行回单"),
                            ("settled", "已全部回单"),
                            ("cancelled", "已作废"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "approved_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="审批时间"),
                ),
                ("second_factor_at", models.DateTimeField(editable=False, null=True)),
                (
                    "file_expires_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="文件保留至"),
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
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "layout",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lists",
                        to="donations.paymentlayout",
                    ),
                ),
                (
                    "made_by",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="payment_list_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0), ("total__gt", 0)),
                        name="payment_list_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payment_list_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at__isnull", True),
                                ("approved_by__isnull", True),
                                ("state__in", ["draft", "cancelled"]),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                (
                                    "second_factor_at__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("approved_at"),
                                        "-",
                                        models.Value(datetime.timedelta(seconds=300)),
                                    ),
                                ),
                                ("second_factor_at__isnull", False),
                                ("second_factor_at__lte", models.F("approved_at")),
                                ("state__in", ["approved", "settled", "cancelled"]),
                            ),
                            _connector="OR",
                        ),
                        name="payment_list_approved_is_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "approved", "settled", "cancelled"])
                        ),
                        name="payment_list_state_known",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="payment_list_newest"),
                    models.Index(
                        fields=["organization", "state", "-id"], name="payment_list_state"
                    ),
                    models.Index(
                        condition=models.Q(("file__isnull", False)),
                        fields=["file_expires_at"],
                        name="payment_list_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentLine",
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
                ("place", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                ("name", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="收款人户名")),
                ("bank", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="开户行")),
                (
                    "account",
                    msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="收款人账号"),
                ),
                ("bank_code", models.CharField(blank=True, max_length=14, verbose_name="行号")),
                ("purpose", models.CharField(max_length=60, verbose_name="用途")),
                ("reference", models.CharField(max_length=60, verbose_name="备注")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等回单"),
                            ("paid", "已付"),
                            ("bounced", "已退汇"),
                            ("dropped", "已撤下"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("paid_on", models.DateField(editable=False, null=True, verbose_name="付款日期")),
                (
                    "bank_no",
                    models.CharField(
                        blank=True, editable=False, max_length=60, verbose_name="银行流水号"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="退汇原因"
                    ),
                ),
                (
                    "answered_by",
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
                    "disbursement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_lines",
                        to="donations.disbursement",
                    ),
                ),
                (
                    "made_by",
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
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="donations.paymentlist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("list", "place"), name="payment_line_place_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "dropped"), _negated=True),
                        fields=("disbursement",),
                        name="payment_line_one_open_list",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_line_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by__isnull", True),
                            models.Q(("answered_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payment_line_answered_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "dropped"]),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("paid_on__isnull", False),
                                ("state", "paid"),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("state", "bounced"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_line_answered_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "paid", "bounced", "dropped"])
                        ),
                        name="payment_line_state_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["organization", "id"],
                        name="payment_line_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentAnswer",
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
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="备注")),
                (
                    "name",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="收款人户名"
                    ),
                ),
                (
                    "account",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="收款人账号"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("paid", "付款成功"), ("bounced", "付款失败或退汇")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("bank_no", models.CharField(blank=True, max_length=60, verbose_name="银行流水号")),
                ("on", models.DateField(verbose_name="日期")),
                ("same_hash", models.BinaryField(max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待登记"), ("booked", "已登记"), ("ignored", "不处理")],
                        default="open",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("booked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="不能登记的原因"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="donations.paymentline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "same_hash"), name="payment_answer_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_answer_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["paid", "bounced"])),
                        name="payment_answer_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "booked"), _negated=True),
                            models.Q(
                                ("booked_at__isnull", False),
                                ("booked_by__isnull", False),
                                ("line__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="payment_answer_booked_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("booked_by__isnull", True),
                            ("created_by__isnull", True),
                            models.Q(("booked_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payment_answer_booked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "booked", "ignored"])),
                        name="payment_answer_state_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "-id"], name="payment_answer_state"
                    ),
                    models.Index(fields=["line", "id"], name="payment_answer_line"),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationRule",
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
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="有效期"),
                ),
                (
                    "share",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, verbose_name="抽查比例（%）"
                    ),
                ),
                ("least", models.PositiveSmallIntegerField(verbose_name="至少抽查（笔）")),
                (
                    "always_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="超过此金额必查（元）",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="核查期限（天）"),
                ),
                ("basis", models.CharField(blank=True, max_length=120, verbose_name="依据")),
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
                    models.CheckConstraint(
                        condition=models.Q(("share__gt", 0), ("share__lte", 100)),
                        name="verification_rule_share_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 365)),
                        name="verification_rule_days_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("always_above__isnull", True), ("always_above__gt", 0), _connector="OR"
                        ),
                        name="verification_rule_above_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)),
                        name="verification_rule_valid_not_empty",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("organization", "="), ("valid", "&&")],
                        name="verification_rule_does_not_overlap",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VerificationDraw",
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
                ("month", models.DateField(verbose_name="月份")),
                ("seed", models.CharField(max_length=64, verbose_name="种子")),
                ("population", models.JSONField(default=list)),
                ("drawn_count", models.PositiveIntegerField(verbose_name="抽中笔数")),
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
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="donations.verificationrule",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "month"), name="verification_draw_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="verification_draw_first_of_month",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Verification",
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
                    "why",
                    models.CharField(
                        choices=[("always", "超过必查金额"), ("drawn", "抽中")],
                        max_length=10,
                        verbose_name="为什么查",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="核查期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawn", "待核查"),
                            ("passed", "核查无误"),
                            ("finding", "发现问题"),
                        ],
                        default="drawn",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("papers", models.JSONField(blank=True, default=list, verbose_name="看过的材料")),
                (
                    "call",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "电话联系到家庭"),
                            ("visit", "当面见到家庭"),
                            ("hospital", "经医院社工转达"),
                            ("not_reached", "多次联系未果"),
                        ],
                        max_length=12,
                        verbose_name="与家庭联系",
                    ),
                ),
                ("called_on", models.DateField(blank=True, null=True, verbose_name="联系日期")),
                (
                    "said",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="家庭的说法"
                    ),
                ),
                (
                    "findings",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="发现的问题"
                    ),
                ),
                (
                    "to_recover",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="应追回金额",
                    ),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "checked_by",
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
                    "disbursement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="donations.disbursement",
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
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="donations.verificationdraw",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("disbursement",), name="verification_once"),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["always", "drawn"])),
                        name="verification_why_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("call", ""),
                                ("checked_at__isnull", True),
                                ("checked_by__isnull", True),
                                ("state", "drawn"),
                            ),
                            models.Q(
                                ("called_on__isnull", False),
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                ("state__in", ["passed", "finding"]),
                                models.Q(("call", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="verification_checked_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("findings__isnull", False), ("state", "finding")),
                            models.Q(
                                models.Q(("state", "finding"), _negated=True),
                                ("findings__isnull", True),
                                ("to_recover__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="verification_finding_is_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_recover__isnull", True), ("to_recover__gt", 0), _connector="OR"
                        ),
                        name="verification_recover_positive",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "due_on", "id"], name="verification_due"
                    ),
                    models.Index(fields=["organization", "-id"], name="verification_newest"),
                    models.Index(fields=["draw", "id"], name="verification_of_draw"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AidMatch",
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
                ("match_hash", models.BinaryField(max_length=16)),
                (
                    "share",
                    models.DecimalField(
                        decimal_places=4, max_digits=5, verbose_name="占费用的比例"
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.consent",
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
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["match_hash"], name="aid_match_found")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 0), ("share__lte", 1)),
                        name="aid_match_share_in_range",
                    )
                ],
            },
        ),
        Wall("donations.PaymentLayout", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("donations.PaymentList", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("donations.PaymentLine", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("donations.PaymentAnswer", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("donations.VerificationRule", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("donations.VerificationDraw", "TENANT", grant="SELECT, INSERT"),
        Wall("donations.Verification", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("donations.AidMatch", "TENANT"),
    ]
