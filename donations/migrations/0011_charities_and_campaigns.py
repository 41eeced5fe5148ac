"""Charities, the terms of funds, charitable trusts, campaigns and what came of them, each behind its wall."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Wall

KEEP = "SELECT, INSERT, UPDATE"
# Counts of the public page of a campaign: a number for the day, and nothing of who looked.
SEEN = """
  insert into donations_campaignstat
         (created_at, organization_id, campaign_id, "on", channel, views, supporters, donors, repeat_donors, source)
  select now(), c.organization_id, c.id, (now() at time zone 'Asia/Shanghai')::date, 'portal',
         case when p_is_support then 0 else 1 end, case when p_is_support then 1 else 0 end, 0, 0, 'portal'
    from donations_campaign c
   where c.slug = p_slug and c.published_at is not null and c.state in ('running', 'ended', 'closed')
  on conflict (campaign_id, "on", channel) do update
     set views = donations_campaignstat.views + excluded.views,
         supporters = donations_campaignstat.supporters + excluded.supporters
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0039_publishing"),
        ("donations", "0010_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="charityprofile",
            name="bank_accounts",
            field=models.TextField(blank=True, default="", verbose_name="银行账户"),
        ),
        migrations.AddField(
            model_name="charityprofile",
            name="public_contact",
            field=models.CharField(
                blank=True, default="", max_length=160, verbose_name="公开联系方式"
            ),
        ),
        migrations.AddField(
            model_name="charityprofile",
            name="query_words",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="查询方式"),
        ),
        migrations.AddField(
            model_name="charityprofile",
            name="registration_authority",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="登记机关"),
        ),
        migrations.AddField(
            model_name="charityprofile",
            name="supervising_body",
            field=models.CharField(
                blank=True, default="", max_length=80, verbose_name="业务主管单位"
            ),
        ),
        migrations.CreateModel(
            name="Campaign",
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
                ("slug", models.CharField(max_length=40, verbose_name="公开地址")),
                ("title", models.CharField(max_length=80, verbose_name="活动名称")),
                (
                    "type",
                    models.CharField(
                        choices=[("public", "公开募捐"), ("directed", "定向募捐")],
                        default="public",
                        max_length=10,
                        verbose_name="募捐类型",
                    ),
                ),
                (
                    "modes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("box", "募捐箱"),
                                ("charity_event", "义演、义赛、义卖、义展、义拍、慈善晚会"),
                                ("media", "广播、电视、报刊"),
                                ("internet", "互联网"),
                                ("other", "其他方式"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="募捐方式",
                    ),
                ),
                ("purpose", models.TextField(verbose_name="募捐目的")),
                ("starts_on", models.DateField(verbose_name="起始日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                ("area", models.CharField(max_length=120, verbose_name="活动地域")),
                ("responsible_person", models.CharField(max_length=40, verbose_name="活动负责人")),
                ("office_address", models.CharField(max_length=120, verbose_name="办公地址")),
                ("donation_methods", models.TextField(verbose_name="接受捐赠方式")),
                ("bank_account", models.CharField(max_length=160, verbose_name="银行账户")),
                ("beneficiaries", models.TextField(verbose_name="受益人")),
                ("use_of_funds", models.TextField(verbose_name="募得款物用途")),
                ("cost", models.TextField(verbose_name="募捐成本")),
                (
                    "cost_budget",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="成本预算",
                    ),
                ),
                (
                    "target",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="募捐目标",
                    ),
                ),
                ("residual_property", models.TextField(verbose_name="剩余财产的处理")),
                ("contact", models.CharField(max_length=120, verbose_name="联系方式")),
                ("query_words", models.CharField(max_length=200, verbose_name="查询方式")),
                (
                    "platforms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("platform_urls", models.JSONField(blank=True, default=dict)),
                (
                    "is_emergency",
                    models.BooleanField(default=False, verbose_name="突发事件应急募捐"),
                ),
                (
                    "emergency_event",
                    models.CharField(blank=True, max_length=120, verbose_name="突发事件"),
                ),
                ("filing_no", models.CharField(blank=True, max_length=60, verbose_name="备案编号")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="备案日期")),
                (
                    "filing_authority",
                    models.CharField(blank=True, max_length=80, verbose_name="备案机关"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("filed", "已备案"),
                            ("running", "进行中"),
                            ("ended", "已结束"),
                            ("closed", "已公开结项"),
                            ("archived", "已归档"),
                            ("terminated", "已终止"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "ended_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="实际结束日期"
                    ),
                ),
                (
                    "raised",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="募得款物合计",
                    ),
                ),
                ("closing_words", models.TextField(blank=True, verbose_name="募捐情况说明")),
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
                        related_name="campaigns",
                        to="donations.fund",
                    ),
                ),
                (
                    "licensed_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
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
                        fields=["organization", "-starts_on", "-id"], name="campaign_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="campaign_number_once"
                    ),
                    models.UniqueConstraint(fields=("slug",), name="campaign_slug_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "filed",
                                    "running",
                                    "ended",
                                    "closed",
                                    "archived",
                                    "terminated",
                                ],
                            )
                        ),
                        name="campaign_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="campaign_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("type", "public"), _negated=True),
                            ("licensed_org__isnull", False),
                            _connector="OR",
                        ),
                        name="campaign_public_is_licensed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("type", "public"), _negated=True),
                            ("state__in", ["draft", "terminated"]),
                            models.Q(("filing_no", ""), _negated=True),
                            ("is_emergency", True),
                            _connector="OR",
                        ),
                        name="campaign_public_is_filed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("filed_on__isnull", True), ("filing_no", "")),
                            models.Q(
                                ("filed_on__isnull", False),
                                models.Q(("filing_no", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_filed_has_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filed_on__isnull", True),
                            ("is_emergency", True),
                            (
                                "filed_on__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_on"),
                                    "-",
                                    models.Value(datetime.timedelta(days=10)),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_filed_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filed_on__isnull", True),
                            ("is_emergency", False),
                            (
                                "filed_on__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_on"),
                                    "+",
                                    models.Value(datetime.timedelta(days=10)),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_emergency_filed_in_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_emergency", False),
                            models.Q(("emergency_event", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="campaign_emergency_names_event",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["running", "ended", "closed", "archived"]),
                                _negated=True,
                            ),
                            ("type", "directed"),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="campaign_running_is_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["closed", "archived"]), _negated=True),
                            models.Q(
                                ("raised__isnull", False),
                                models.Q(("closing_words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_closed_has_account",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cost_budget__isnull", True),
                                ("cost_budget__gte", 0),
                                _connector="OR",
                            ),
                            models.Q(("target__isnull", True), ("target__gt", 0), _connector="OR"),
                            models.Q(("raised__isnull", True), ("raised__gte", 0), _connector="OR"),
                        ),
                        name="campaign_money_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignFiling",
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
                ("version", models.SmallIntegerField(verbose_name="第几次备案")),
                ("filing_no", models.CharField(max_length=60, verbose_name="备案编号")),
                ("filed_on", models.DateField(verbose_name="备案日期")),
                ("filing_authority", models.CharField(max_length=80, verbose_name="备案机关")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="变更说明")),
                ("plan", models.JSONField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="donations.campaign",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "version"), name="campaign_filing_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignPartner",
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
                ("part", models.CharField(max_length=200, verbose_name="合作内容")),
                ("agreed_on", models.DateField(blank=True, null=True, verbose_name="协议签订日期")),
                (
                    "agreement_no",
                    models.CharField(blank=True, max_length=60, verbose_name="协议编号"),
                ),
                ("evaluation", models.TextField(blank=True, verbose_name="评估与监督结果")),
                ("evaluated_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="donations.campaign",
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="合作方",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "partner"), name="campaign_partner_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("evaluated_on__isnull", True),
                            models.Q(("evaluation", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="campaign_partner_evaluated_in_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignStat",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "本门户公开页"),
                            ("platform", "募捐平台"),
                            ("alipay", "支付宝"),
                            ("wechat", "微信"),
                            ("weibo", "微博"),
                            ("video", "短视频"),
                            ("offline", "线下"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="渠道",
                    ),
                ),
                ("views", models.IntegerField(default=0, verbose_name="看到")),
                ("supporters", models.IntegerField(default=0, verbose_name="认同")),
                ("donors", models.IntegerField(default=0, verbose_name="行动")),
                ("repeat_donors", models.IntegerField(default=0, verbose_name="复捐")),
                ("source", models.CharField(max_length=80, verbose_name="来源")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stats",
                        to="donations.campaign",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "on", "channel"), name="campaign_stat_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("donors__gte", 0),
                            ("repeat_donors__gte", 0),
                            ("supporters__gte", 0),
                            ("views__gte", 0),
                        ),
                        name="campaign_stat_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("repeat_donors__lte", models.F("donors"))),
                        name="campaign_stat_repeat_within_donors",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CharitableTrust",
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
                ("settlor", msw_portal.kernel.crypto.SealedText(verbose_name="委托人")),
                (
                    "supervisor",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="监察人"
                    ),
                ),
                ("purpose", models.TextField(verbose_name="信托目的")),
                ("beneficiary_scope", models.TextField(verbose_name="受益人范围")),
                ("property_kind", models.CharField(max_length=120, verbose_name="信托财产")),
                (
                    "initial_property",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="初始财产"),
                ),
                ("signed_on", models.DateField(verbose_name="签订日期")),
                ("filing_no", models.CharField(blank=True, max_length=60, verbose_name="备案编号")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="备案日期")),
                (
                    "filing_authority",
                    models.CharField(blank=True, max_length=80, verbose_name="备案机关"),
                ),
                (
                    "late_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="逾期备案的原因"),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charitable_trust",
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
                    "settlor_organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "trustee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="受托人",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("initial_property__gt", 0)),
                        name="charitable_trust_property_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("filed_on__isnull", True), ("filing_no", "")),
                            models.Q(
                                ("filed_on__isnull", False),
                                models.Q(("filing_no", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="charitable_trust_filed_has_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filed_on__isnull", True),
                            models.Q(
                                ("filed_on__gte", models.F("signed_on")),
                                (
                                    "filed_on__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("signed_on"),
                                        "+",
                                        models.Value(datetime.timedelta(days=7)),
                                    ),
                                ),
                            ),
                            models.Q(
                                ("filed_on__gte", models.F("signed_on")),
                                models.Q(("late_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="charitable_trust_filed_in_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True),
                            ("ended_on__gte", models.F("signed_on")),
                            _connector="OR",
                        ),
                        name="charitable_trust_ended_after_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundTerms",
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
                ("summary", models.TextField(blank=True, verbose_name="宗旨与资助范围")),
                ("agreed_on", models.DateField(blank=True, null=True, verbose_name="协议签订日期")),
                (
                    "mgmt_share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="管理费比例（%）",
                    ),
                ),
                (
                    "committee",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="管理委员会"
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
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
                    "founder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="donations.donor",
                        verbose_name="发起捐赠人",
                    ),
                ),
                (
                    "fund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mgmt_share__isnull", True),
                            ("mgmt_share__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="fund_terms_share_is_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_on__isnull", True), ("founder__isnull", False), _connector="OR"
                        ),
                        name="fund_terms_agreement_has_founder",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlatformSnapshot",
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
                ("platform", models.CharField(max_length=40, verbose_name="平台")),
                ("as_of", models.DateField(verbose_name="截至日期")),
                ("project_count", models.IntegerField(verbose_name="项目数")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="募款金额"),
                ),
                (
                    "qualifier",
                    models.CharField(
                        choices=[
                            ("exact", "确数"),
                            ("about", "约"),
                            ("nearly", "近"),
                            ("more", "多于（余、多、＋）"),
                            ("over", "超过"),
                        ],
                        default="exact",
                        max_length=10,
                        verbose_name="说法",
                    ),
                ),
                ("scope", models.CharField(max_length=120, verbose_name="口径")),
                ("source", models.CharField(max_length=160, verbose_name="来源")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
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
                        fields=["organization", "-as_of", "-id"], name="platform_snapshot_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "platform", "as_of", "scope"),
                        name="platform_snapshot_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("project_count__gt", 0)),
                        name="platform_snapshot_counts_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrustBeneficiary",
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
                ("name", msw_portal.kernel.crypto.SealedText(verbose_name="受益人")),
                ("name_masked", models.CharField(editable=False, max_length=80)),
                ("chosen_on", models.DateField(verbose_name="确定日期")),
                ("basis", models.CharField(max_length=200, verbose_name="确定的依据和程序")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="金额"
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
                    "trust",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="beneficiaries",
                        to="donations.charitabletrust",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gt", 0), _connector="OR"
                        ),
                        name="trust_beneficiary_amount_positive",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrustReport",
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
                ("reported_on", models.DateField(verbose_name="报告日期")),
                (
                    "income",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="本年收入"
                    ),
                ),
                (
                    "paid",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="本年公益支出"
                    ),
                ),
                (
                    "costs",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="受托与管理费用"
                    ),
                ),
                (
                    "balance",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, verbose_name="年末信托财产"
                    ),
                ),
                ("summary", models.TextField(verbose_name="处理与财务状况")),
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "trust",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="donations.charitabletrust",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("trust", "year"), name="trust_report_once"),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (2000, 2100))),
                        name="trust_report_year_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("balance__gte", 0),
                            ("costs__gte", 0),
                            ("income__gte", 0),
                            ("paid__gte", 0),
                        ),
                        name="trust_report_not_negative",
                    ),
                ],
            },
        ),
        Wall("donations.FundTerms", "TENANT", grant=KEEP),
        Wall("donations.CharitableTrust", "TENANT", grant=KEEP),
        Wall("donations.TrustReport", "TENANT", grant=KEEP),
        Wall("donations.TrustBeneficiary", "TENANT", grant=KEEP),
        Wall("donations.Campaign", "OPEN", grant=KEEP),
        # What was filed stays as it was filed.
        Wall("donations.CampaignFiling", "TENANT", grant="SELECT, INSERT"),
        Wall("donations.CampaignPartner", "TENANT"),
        Wall("donations.CampaignStat", "TENANT", grant=KEEP),
        Wall("donations.PlatformSnapshot", "OPEN"),
        Definer("campaign_seen(p_slug text, p_is_support boolean)", "void", SEEN, language="sql"),
    ]
