"""What must be published and by when, what starts a clock, and the figures of a year."""

import datetime

import django.contrib.postgres.fields
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
        ("departments", "0039_publishing"),
        ("donations", "0013_goods_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CharityEvent",
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
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asset_change", "重大资产变动"),
                            ("investment", "重大投资"),
                            ("transaction", "重大交易及资金往来"),
                            ("related_gift", "接受关联方捐赠"),
                            ("related_grant", "对关联方资助"),
                            ("related_transaction", "与关联方的交易"),
                            ("trust_setup", "设立慈善信托"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="金额"
                    ),
                ),
                (
                    "other_party",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="对方"),
                ),
                (
                    "relation",
                    models.CharField(blank=True, max_length=120, verbose_name="与本机构的关系"),
                ),
                (
                    "decided_by",
                    models.CharField(blank=True, max_length=120, verbose_name="决策机构与日期"),
                ),
                ("description", models.TextField(blank=True, verbose_name="情况说明")),
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
                        fields=["organization", "-happened_on", "-id"], name="charity_event_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "asset_change",
                                    "investment",
                                    "transaction",
                                    "related_gift",
                                    "related_grant",
                                    "related_transaction",
                                    "trust_setup",
                                ],
                            )
                        ),
                        name="charity_event_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gt", 0), _connector="OR"
                        ),
                        name="charity_event_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "kind__in",
                                    ["related_gift", "related_grant", "related_transaction"],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("other_party__isnull", False),
                                models.Q(("relation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="charity_event_related_names_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "trust_setup"), _negated=True),
                            models.Q(("amount__isnull", False), ("other_party__isnull", False)),
                            _connector="OR",
                        ),
                        name="charity_event_trust_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CharityYear",
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
                ("year", models.SmallIntegerField(verbose_name="年度")),
                ("figures", models.JSONField(default=dict)),
                ("is_public", models.BooleanField(default=False, verbose_name="具有公开募捐资格")),
                (
                    "spend",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="慈善活动支出",
                    ),
                ),
                (
                    "spend_base",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="支出比例的基数",
                    ),
                ),
                (
                    "spend_ratio",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                ),
                (
                    "management",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="管理费用",
                    ),
                ),
                (
                    "total_spend",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="本年总支出",
                    ),
                ),
                (
                    "mgmt_ratio",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                ),
                (
                    "is_exempt",
                    models.BooleanField(default=False, verbose_name="管理费用免于比例限制"),
                ),
                (
                    "settled_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="核定时间"
                    ),
                ),
                (
                    "missing",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
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
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.datedrule",
                    ),
                ),
                (
                    "settled_by",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "year"), name="charity_year_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (2000, 2100))),
                        name="charity_year_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("spend_ratio__isnull", True),
                                models.Q(("spend__isnull", False), ("spend_base__gt", 0)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("mgmt_ratio__isnull", True),
                                models.Q(("management__isnull", False), ("total_spend__gt", 0)),
                                _connector="OR",
                            ),
                        ),
                        name="charity_year_ratio_has_base",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(
                                ("rule__isnull", False),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="charity_year_settled_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisclosureItem",
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
                ("subject_kind", models.CharField(blank=True, max_length=40)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("subject_uid", models.UUIDField(null=True)),
                ("rule_key", models.CharField(editable=False, max_length=40)),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("campaign", "募捐活动"),
                            ("project", "慈善项目"),
                            ("fund", "专项基金"),
                            ("year", "年度"),
                            ("event", "重大事项"),
                            ("trust", "慈善信托"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                ("subject_text", models.CharField(max_length=120, verbose_name="对象")),
                ("period_from", models.DateField(blank=True, null=True, verbose_name="期间起")),
                ("period_to", models.DateField(blank=True, null=True, verbose_name="期间止")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                ("computed_with", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待起草"),
                            ("drafted", "待公布"),
                            ("published", "已公布"),
                            ("fulfilled", "已办理"),
                            ("dropped", "不再需要"),
                        ],
                        default="planned",
                        editable=False,
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("draft", models.JSONField(blank=True, null=True)),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="公布时间"),
                ),
                ("second_factor_at", models.DateTimeField(blank=True, null=True)),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="办理日期")),
                (
                    "done_note",
                    models.CharField(blank=True, max_length=300, verbose_name="办理情况"),
                ),
                ("late_days", models.IntegerField(default=0, verbose_name="逾期天数")),
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
                    "drafted_by",
                    models.ForeignKey(
                        blank=True,
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
                    "public_entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.publicentry",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.datedrule",
                        verbose_name="规则",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "due_on", "id"], name="disclosure_item_calendar"
                    ),
                    models.Index(
                        fields=["organization", "subject_kind", "subject_id", "due_on"],
                        name="disclosure_item_subject",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "rule", "subject_kind", "subject_id", "due_on"),
                        name="disclosure_item_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["planned", "drafted", "published", "fulfilled", "dropped"],
                            )
                        ),
                        name="disclosure_item_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("about__in", ["campaign", "project", "fund", "year", "event", "trust"])
                        ),
                        name="disclosure_item_about_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by__isnull", True),
                            models.Q(("published_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="disclosure_item_published_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                ("drafted_by__isnull", False),
                                ("public_entry__isnull", False),
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="disclosure_item_published_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            models.Q(
                                (
                                    "second_factor_at__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("published_at"),
                                        "-",
                                        models.Value(datetime.timedelta(seconds=300)),
                                    ),
                                ),
                                ("second_factor_at__isnull", False),
                                ("second_factor_at__lte", models.F("published_at")),
                            ),
                            _connector="OR",
                        ),
                        name="disclosure_item_published_is_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "fulfilled"), _negated=True),
                            models.Q(
                                ("done_on__isnull", False),
                                models.Q(("done_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="disclosure_item_fulfilled_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("late_days__gte", 0)),
                        name="disclosure_item_late_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period_from__isnull", True),
                            ("period_to__isnull", True),
                            ("period_to__gte", models.F("period_from")),
                            _connector="OR",
                        ),
                        name="disclosure_item_period_in_order",
                    ),
                ],
            },
        ),
        *(
            Wall(f"donations.{name}", "TENANT", grant="SELECT, INSERT, UPDATE")
            for name in ("DisclosureItem", "CharityEvent", "CharityYear")
        ),
    ]
