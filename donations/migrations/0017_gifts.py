"""Gifts in full: arrivals with a lot each, returns, agreements, donors' profiles, related parties, offers to a hospital."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall

KEEP = "SELECT, INSERT, UPDATE"


# A gift recorded before its arrivals had rows of their own: what came in is its first arrival, with its lot if
# it is booked. Its number and people are the gift's.
FIRST_ARRIVALS = """
INSERT INTO donations_donationarrival (uid, row_version, created_at, updated_at, created_by_id, organization_id,
    donation_id, place, amount, received_on, channel, external_no, lot_id, state, entered_by_id, confirmed_by_id, confirmed_at)
SELECT gen_random_uuid(), 1, d.created_at, d.created_at, d.created_by_id, d.organization_id,
    d.id, 1, d.amount, d.received_on, d.channel, '', l.id,
    CASE WHEN l.id IS NULL THEN 'entered' ELSE 'booked' END, d.entered_by_id,
    CASE WHEN l.id IS NULL THEN NULL ELSE d.confirmed_by_id END,
    CASE WHEN l.id IS NULL THEN NULL ELSE l.created_at END
  FROM donations_donation d LEFT JOIN donations_donationlot l ON l.donation_id = d.id
 WHERE d.kind = 'money' AND d.amount IS NOT NULL AND d.received_on IS NOT NULL
   AND d.state IN ('received', 'booked', 'returned') AND (l.id IS NOT NULL OR d.state = 'received')
   AND NOT EXISTS (SELECT 1 FROM donations_donationarrival a WHERE a.donation_id = d.id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0041_office_role"),
        ("donations", "0016_statement_and_order_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="donation",
            name="donation_booked_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="donation",
            name="donation_state_known",
        ),
        migrations.AddField(
            model_name="donation",
            name="content",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="名称、数量和质量",
            ),
        ),
        migrations.AddField(
            model_name="donation",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="donations",
                to="donations.campaign",
            ),
        ),
        migrations.AddField(
            model_name="donation",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="约定交付日期"),
        ),
        migrations.AddField(
            model_name="donation",
            name="pledged_on",
            field=models.DateField(blank=True, null=True, verbose_name="承诺日期"),
        ),
        migrations.AddField(
            model_name="donation",
            name="valuation_basis",
            field=models.SmallIntegerField(
                blank=True,
                choices=[
                    (1, "发票或报关单"),
                    (2, "其他价值证明"),
                    (3, "公允价值"),
                    (4, "评估机构评估"),
                    (5, "无法计价，另册登记"),
                ],
                null=True,
                verbose_name="计价依据",
            ),
        ),
        migrations.AddField(
            model_name="donation",
            name="valuation_note",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="计价凭据"
            ),
        ),
        migrations.AlterField(
            model_name="donation",
            name="channel",
            field=models.CharField(
                choices=[
                    ("bank", "银行"),
                    ("alipay", "支付宝"),
                    ("wechat", "微信"),
                    ("platform", "募捐平台"),
                    ("cash", "现金"),
                    ("logistics", "物流"),
                ],
                default="bank",
                max_length=20,
                verbose_name="渠道",
            ),
        ),
        migrations.AlterField(
            model_name="donation",
            name="state",
            field=models.CharField(
                choices=[
                    ("pledged", "已承诺"),
                    ("received", "已到账"),
                    ("part_booked", "部分入账"),
                    ("booked", "已入账"),
                    ("returned", "已退回"),
                    ("refused", "不予接受"),
                ],
                default="received",
                editable=False,
                max_length=20,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="donationlot",
            name="donation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="donations.donation",
            ),
        ),
        migrations.CreateModel(
            name="DonorProfile",
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
                    "donor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profile",
                        to="donations.donor",
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="行业")),
                ("website", models.CharField(blank=True, max_length=200, verbose_name="网址")),
                (
                    "is_state_owned",
                    models.BooleanField(default=False, verbose_name="国有或国有控股企业"),
                ),
                ("esg_note", models.TextField(blank=True, verbose_name="社会责任（ESG）备注")),
                (
                    "objected_on",
                    models.DateField(blank=True, null=True, verbose_name="反对公开日期"),
                ),
                (
                    "objection",
                    models.CharField(blank=True, max_length=200, verbose_name="反对公开的内容"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("objected_on__isnull", True),
                            models.Q(("objection", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="donor_objection_says_what",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DonorContact",
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
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="donations.donor",
                    ),
                ),
                ("name", msw_portal.kernel.crypto.SealedText(verbose_name="姓名")),
                ("post", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                (
                    "phone",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="电话"),
                ),
                (
                    "email",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="邮箱"),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
        ),
        migrations.CreateModel(
            name="Recognition",
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
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recognitions",
                        to="donations.donor",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recognitions",
                        to="donations.donation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("certificate", "捐赠证书"),
                            ("thanks", "公开致谢"),
                            ("plaque", "铭牌"),
                            ("naming", "冠名"),
                            ("award", "表彰奖励"),
                            ("media", "媒体报道"),
                        ],
                        max_length=20,
                        verbose_name="形式",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="内容")),
                ("asked_on", models.DateField(verbose_name="征求意见日期")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                (
                    "answered_how",
                    models.CharField(blank=True, max_length=120, verbose_name="答复方式"),
                ),
                ("given_on", models.DateField(blank=True, null=True, verbose_name="进行日期")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="场合或载体")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "征求意见中"),
                            ("agreed", "捐赠人同意"),
                            ("declined", "捐赠人不同意"),
                            ("given", "已进行"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["donor", "-id"], name="recognition_of_donor")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "agreed", "declined", "given"])),
                        name="recognition_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_on__isnull", True), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("answered_on__gte", models.F("asked_on")),
                            ),
                            _connector="OR",
                        ),
                        name="recognition_answer_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_on__isnull", True),
                            models.Q(
                                ("given_on__gte", models.F("answered_on")), ("state", "given")
                            ),
                            _connector="OR",
                        ),
                        name="recognition_follows_opinion",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approach",
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
                    "donor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approaches",
                        to="donations.donor",
                    ),
                ),
                ("target", models.CharField(max_length=80, verbose_name="对象")),
                (
                    "person",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="接洽人"
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("visit", "拜访"),
                            ("call", "电话"),
                            ("letter", "信函或邮件"),
                            ("meeting", "会议"),
                            ("event", "活动"),
                        ],
                        max_length=20,
                        verbose_name="方式",
                    ),
                ),
                ("asked_for", models.CharField(max_length=200, verbose_name="所请")),
                (
                    "asked_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="所请金额",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("waiting", "等待答复"),
                            ("considering", "有意向"),
                            ("promised", "已承诺"),
                            ("given", "已捐赠"),
                            ("declined", "婉拒"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                (
                    "said",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="谈话要点"
                    ),
                ),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="下一步")),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="下一步日期")),
                (
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approaches",
                        to="donations.donation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-on", "-id"], name="approach_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_amount__isnull", True), ("asked_amount__gt", 0), _connector="OR"
                        ),
                        name="approach_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_on__isnull", True), ("next_step", "")),
                            models.Q(
                                models.Q(("next_step", ""), _negated=True),
                                ("next_on__gte", models.F("on")),
                            ),
                            _connector="OR",
                        ),
                        name="approach_next_has_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
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
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="donations.donor",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="donations.fund",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="donations.fundpurpose",
                    ),
                ),
                (
                    "property_kind",
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
                        verbose_name="财产种类",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="金额或价值",
                    ),
                ),
                ("quantity", models.CharField(blank=True, max_length=80, verbose_name="数量")),
                ("quality", models.CharField(blank=True, max_length=120, verbose_name="质量")),
                ("use", models.CharField(max_length=200, verbose_name="用途")),
                (
                    "beneficiary_class",
                    models.CharField(blank=True, max_length=40, verbose_name="受益人类别"),
                ),
                ("delivery_on", models.DateField(blank=True, null=True, verbose_name="交付时间")),
                ("delivery", models.CharField(blank=True, max_length=120, verbose_name="交付方式")),
                (
                    "mgmt_share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="约定管理费比例（%）",
                    ),
                ),
                (
                    "leftover",
                    models.CharField(blank=True, max_length=200, verbose_name="剩余财产处理"),
                ),
                (
                    "reporting",
                    models.CharField(blank=True, max_length=200, verbose_name="反馈与报告"),
                ),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="签订日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="到期日")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "拟定中"),
                            ("signed", "已签订"),
                            ("ended", "已履行完毕"),
                            ("voided", "已作废"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-id"], name="agreement_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="agreement_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gt", 0), _connector="OR"
                        ),
                        name="agreement_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mgmt_share__isnull", True),
                            models.Q(("mgmt_share__gte", 0), ("mgmt_share__lte", 100)),
                            _connector="OR",
                        ),
                        name="agreement_share_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "voided"]),
                            ("signed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="agreement_signed_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "signed", "ended", "voided"])),
                        name="agreement_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RelatedParty",
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
                ("name", msw_portal.kernel.crypto.SealedText(verbose_name="姓名或名称")),
                ("name_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("name_bidx2", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "id_no",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="身份证号码或统一社会信用代码"
                    ),
                ),
                ("id_no_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("id_no_bidx2", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("founder", "发起人或主要捐赠人"),
                            ("manager", "理事、监事或主要管理人员"),
                            ("kin", "上述人员的近亲属"),
                            ("controlled", "上述人员控制或任职的组织"),
                            ("invested", "本机构投资的组织"),
                            ("donor_kin", "捐赠人的近亲属"),
                            ("donor_tie", "捐赠人的员工、股东或关联组织"),
                        ],
                        max_length=20,
                        verbose_name="关系",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="related_parties",
                        to="donations.donor",
                    ),
                ),
                ("is_organization", models.BooleanField(default=False, verbose_name="是组织")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="有效期"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "name_bidx"], name="related_party_name"),
                    models.Index(fields=["organization", "name_bidx2"], name="related_party_name2"),
                    models.Index(fields=["organization", "id_no_bidx"], name="related_party_id"),
                    models.Index(fields=["organization", "id_no_bidx2"], name="related_party_id2"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)),
                        name="related_party_valid_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("relation__in", ["donor_kin", "donor_tie"]), _negated=True),
                            ("donor__isnull", False),
                            _connector="OR",
                        ),
                        name="related_party_of_donor_names_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DonationArrival",
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
                        related_name="arrivals",
                        to="donations.donation",
                    ),
                ),
                ("place", models.SmallIntegerField(verbose_name="第几笔")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="到账金额"),
                ),
                ("received_on", models.DateField(verbose_name="到账日期")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("bank", "银行"),
                            ("alipay", "支付宝"),
                            ("wechat", "微信"),
                            ("platform", "募捐平台"),
                            ("cash", "现金"),
                            ("logistics", "物流"),
                        ],
                        default="bank",
                        max_length=20,
                        verbose_name="渠道",
                    ),
                ),
                ("external_no", models.CharField(blank=True, max_length=80, verbose_name="流水号")),
                (
                    "lot",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrival",
                        to="donations.donationlot",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("entered", "待确认"),
                            ("booked", "已入账"),
                            ("dropped", "已撤销"),
                        ],
                        default="entered",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
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
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("donation", "place"), name="arrival_place_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "entered")),
                        fields=("donation",),
                        name="arrival_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="arrival_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="arrival_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "booked"), _negated=True),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("lot__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="arrival_booked_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["entered", "booked", "dropped"])),
                        name="arrival_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DonationReturn",
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
                        related_name="returns",
                        to="donations.donation",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="退回金额"),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待办理"), ("paid", "已退回"), ("declined", "不予退回")],
                        default="asked",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
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
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("second_factor_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("donation",),
                        name="donation_return_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="donation_return_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="donation_return_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "paid"), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("second_factor_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="donation_return_paid_is_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "paid", "declined"])),
                        name="donation_return_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HospitalGift",
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
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hospital_gifts",
                        to="donations.donor",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="受赠人",
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
                        verbose_name="使用部门",
                    ),
                ),
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
                ("content", models.CharField(max_length=200, verbose_name="名称、数量和质量")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额或价值"),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("relief", "患者医疗救治费用减免"),
                            ("health", "公共卫生服务和健康教育"),
                            ("training", "人员培训和培养"),
                            ("academic", "学术活动"),
                            ("research", "科学研究"),
                            ("facility", "公共设施设备建设"),
                            ("other", "其他公益性非营利活动"),
                        ],
                        max_length=20,
                        verbose_name="用途",
                    ),
                ),
                ("use", models.CharField(max_length=200, verbose_name="具体用途")),
                (
                    "wants",
                    models.CharField(blank=True, max_length=200, verbose_name="捐赠人的要求"),
                ),
                (
                    "is_free_of_procurement",
                    models.BooleanField(default=False, verbose_name="不与采购挂钩"),
                ),
                (
                    "is_free_of_return",
                    models.BooleanField(default=False, verbose_name="无回报要求"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "拟定中"),
                            ("assessing", "预评估中"),
                            ("assessed", "待决定"),
                            ("approved", "决定接受"),
                            ("agreed", "已签协议"),
                            ("accepted", "已验收"),
                            ("noticed", "已公示"),
                            ("booked", "已入账"),
                            ("refused", "不予接受"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="决定日期")),
                (
                    "minutes",
                    models.CharField(blank=True, max_length=120, verbose_name="会议或文件"),
                ),
                (
                    "agreement",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hospital_gift",
                        to="donations.agreement",
                    ),
                ),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="验收日期")),
                (
                    "accepted_value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="验收价值",
                    ),
                ),
                (
                    "acceptance",
                    models.CharField(blank=True, max_length=200, verbose_name="验收记录"),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.publicentry",
                    ),
                ),
                ("noticed_on", models.DateField(blank=True, null=True, verbose_name="公示日期")),
                (
                    "noticed_where",
                    models.CharField(blank=True, max_length=200, verbose_name="公示地点或网址"),
                ),
                (
                    "donation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hospital_gift",
                        to="donations.donation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="hospital_gift_newest"),
                    models.Index(
                        fields=["organization", "state", "-id"], name="hospital_gift_state"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="hospital_gift_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receiver", models.F("organization"))),
                        name="hospital_gift_to_legal_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="hospital_gift_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            models.Q(("is_free_of_procurement", True), ("is_free_of_return", True)),
                            _connector="OR",
                        ),
                        name="hospital_gift_is_free",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        "approved",
                                        "agreed",
                                        "accepted",
                                        "noticed",
                                        "booked",
                                        "refused",
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("decided_on__isnull", False),
                                models.Q(("minutes", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hospital_gift_decided_has_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["agreed", "accepted", "noticed", "booked"]),
                                _negated=True,
                            ),
                            ("agreement__isnull", False),
                            _connector="OR",
                        ),
                        name="hospital_gift_agreed_has_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["accepted", "noticed", "booked"]), _negated=True
                            ),
                            models.Q(
                                ("accepted_by__isnull", False),
                                ("accepted_on__isnull", False),
                                ("accepted_value__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="hospital_gift_accepted_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["noticed", "booked"]), _negated=True),
                            ("noticed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="hospital_gift_noticed_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "assessing",
                                    "assessed",
                                    "approved",
                                    "agreed",
                                    "accepted",
                                    "noticed",
                                    "booked",
                                    "refused",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="hospital_gift_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftOpinion",
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
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinions",
                        to="donations.hospitalgift",
                    ),
                ),
                (
                    "office",
                    models.CharField(
                        choices=[
                            ("finance", "财务"),
                            ("discipline", "纪检"),
                            ("audit", "审计"),
                            ("business", "业务部门"),
                        ],
                        max_length=20,
                        verbose_name="部门",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("for", "同意接受"), ("against", "不同意接受")],
                        max_length=10,
                        verbose_name="意见",
                    ),
                ),
                (
                    "text",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="理由"),
                ),
                ("given_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gift", "office"), name="gift_opinion_office_once"
                    ),
                    models.UniqueConstraint(
                        fields=("gift", "person"), name="gift_opinion_person_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_at__isnull", True), ("verdict", "")),
                            models.Q(
                                models.Q(("verdict", ""), _negated=True),
                                ("given_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="gift_opinion_whole",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="donation",
            name="agreement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="donations",
                to="donations.agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["booked", "returned"]), _negated=True),
                    models.Q(
                        ("amount__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("received_on__isnull", False),
                    ),
                    models.Q(
                        ("amount__isnull", True),
                        ("confirmed_by__isnull", False),
                        ("received_on__isnull", False),
                        ("valuation_basis", 5),
                    ),
                    _connector="OR",
                ),
                name="donation_booked_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["pledged", "received", "part_booked", "booked", "returned", "refused"],
                    )
                ),
                name="donation_state_known",
            ),
        ),
        migrations.RunSQL(FIRST_ARRIVALS, migrations.RunSQL.noop),
        Wall("donations.DonorProfile", "TENANT", grant=KEEP),
        Wall("donations.DonorContact", "TENANT", grant=KEEP),
        Wall("donations.Recognition", "TENANT", grant=KEEP),
        Wall("donations.Approach", "TENANT", grant=KEEP),
        Wall("donations.Agreement", "TENANT", grant=KEEP),
        Wall("donations.RelatedParty", "TENANT", grant=KEEP),
        Wall("donations.DonationArrival", "TENANT", grant=KEEP),
        Wall("donations.DonationReturn", "TENANT", grant=KEEP),
        Wall("donations.HospitalGift", "TENANT", grant=KEEP),
        Wall("donations.GiftOpinion", "TENANT", grant=KEEP),
        # What was confirmed, paid back or said stays as it was; a key may be changed under it.
        Trigger(
            "donations.DonationArrival",
            "arrival_frozen",
            "BEFORE UPDATE",
            "app.refuse_change()",
            condition="old.state <> 'entered' AND NOT app.rekeying()",
        ),
        Trigger(
            "donations.DonationReturn",
            "donation_return_frozen",
            "BEFORE UPDATE",
            "app.refuse_change()",
            condition="old.state <> 'asked' AND NOT app.rekeying()",
        ),
        Trigger(
            "donations.GiftOpinion",
            "gift_opinion_frozen",
            "BEFORE UPDATE",
            "app.refuse_change()",
            condition="old.given_at IS NOT NULL AND NOT app.rekeying()",
        ),
    ]
