import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0042_group_notes_erasable"),
        ("departments", "0041_office_role"),
        ("volunteers", "0005_service_for_group"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
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
                            ("cultivation", "多元培育"),
                            ("commissioned", "定向委托"),
                            ("incubation", "孵化入驻"),
                            ("award", "评选表彰"),
                            ("venture", "服务创投"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("year", models.SmallIntegerField(verbose_name="年度")),
                ("batch", models.SmallIntegerField(blank=True, null=True, verbose_name="批次")),
                ("slug", models.CharField(editable=False, max_length=40, verbose_name="公开地址")),
                (
                    "number_pattern",
                    models.CharField(
                        default="YWSG-DYPY-{YYYY}{SEQ}", max_length=60, verbose_name="编号规则"
                    ),
                ),
                ("issuers", models.JSONField(blank=True, default=list, verbose_name="发布单位")),
                ("policy_basis", models.TextField(blank=True, verbose_name="政策依据")),
                ("text", models.TextField(blank=True, verbose_name="公告正文")),
                ("foci", models.JSONField(blank=True, default=list, verbose_name="本批重点")),
                (
                    "contact",
                    models.CharField(blank=True, max_length=200, verbose_name="联系人和联系方式"),
                ),
                (
                    "tracks",
                    models.JSONField(blank=True, default=list, verbose_name="赛道（申报类别）"),
                ),
                ("themes", models.JSONField(blank=True, default=list, verbose_name="主题")),
                (
                    "eligibility",
                    models.JSONField(blank=True, default=dict, verbose_name="申报条件"),
                ),
                (
                    "required_documents",
                    models.JSONField(blank=True, default=list, verbose_name="要交的材料"),
                ),
                ("form", models.JSONField(blank=True, default=dict, verbose_name="申报书")),
                ("criteria", models.JSONField(blank=True, default=list, verbose_name="评审标准")),
                ("letters", models.JSONField(blank=True, default=dict, verbose_name="结果通知书")),
                (
                    "review_rules",
                    models.JSONField(blank=True, default=dict, verbose_name="评审规则"),
                ),
                (
                    "region_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="地区",
                    ),
                ),
                (
                    "max_per_unit",
                    models.SmallIntegerField(
                        blank=True, null=True, verbose_name="每个单位最多申报"
                    ),
                ),
                ("places", models.IntegerField(blank=True, null=True, verbose_name="名额")),
                ("is_funded", models.BooleanField(default=False, verbose_name="有资助")),
                (
                    "funding_ceiling",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="每项资助上限",
                    ),
                ),
                (
                    "management_limit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="管理费上限（%）",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="申报开始")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="申报截止")),
                (
                    "supplement_days",
                    models.SmallIntegerField(default=5, verbose_name="补正期限（工作日）"),
                ),
                (
                    "notice_days",
                    models.SmallIntegerField(default=5, verbose_name="公示期（工作日）"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("published", "已发布，未开始"),
                            ("accepting", "申报中"),
                            ("closed", "已截止"),
                            ("reviewing", "评审中"),
                            ("ranked", "已排名"),
                            ("noticed", "公示中"),
                            ("decided", "已公布名单"),
                            ("archived", "已归档"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "state_entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "version",
                    models.SmallIntegerField(default=0, editable=False, verbose_name="版次"),
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
                    "list_entry",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.publicentry",
                    ),
                ),
                (
                    "notice_entry",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.publicentry",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="培育支持机构",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.call",
                        verbose_name="上一批",
                    ),
                ),
                (
                    "score_sheet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.questionnaire",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-year", "-id"], name="call_newest"),
                    models.Index(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=["-closes_at", "-id"],
                        name="call_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("slug",), name="call_slug_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("organization", "year", "title"),
                        name="call_title_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "published",
                                    "accepting",
                                    "closed",
                                    "reviewing",
                                    "ranked",
                                    "noticed",
                                    "decided",
                                    "archived",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="call_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "cultivation",
                                    "commissioned",
                                    "incubation",
                                    "award",
                                    "venture",
                                    "other",
                                ],
                            )
                        ),
                        name="call_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at__isnull", True),
                            ("closes_at__isnull", True),
                            ("closes_at__gt", models.F("opens_at")),
                            _connector="OR",
                        ),
                        name="call_closes_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "cancelled"]),
                            models.Q(
                                ("closes_at__isnull", False),
                                ("opens_at__isnull", False),
                                ("published_at__isnull", False),
                                ("version__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="call_published_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("max_per_unit__isnull", True),
                                ("max_per_unit__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(("places__isnull", True), ("places__gt", 0), _connector="OR"),
                        ),
                        name="call_limits_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("notice_days__range", (1, 60)), ("supplement_days__range", (1, 60))
                        ),
                        name="call_days_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (2000, 2100))), name="call_year_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("funding_ceiling__isnull", True),
                                ("funding_ceiling__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("management_limit__isnull", True),
                                ("management_limit__range", (0, 100)),
                                _connector="OR",
                            ),
                        ),
                        name="call_funding_fits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
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
                    "settings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务场景",
                    ),
                ),
                (
                    "disease_themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="病种",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="领域",
                    ),
                ),
                (
                    "integration",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="融合方向",
                    ),
                ),
                (
                    "outputs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务产出",
                    ),
                ),
                (
                    "strategies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="对接战略",
                    ),
                ),
                (
                    "service_modes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务模式",
                    ),
                ),
                (
                    "practice_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="社会工作领域",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=40, null=True, verbose_name="编号"
                    ),
                ),
                ("unit_name", models.CharField(max_length=120, verbose_name="申报单位")),
                (
                    "region_code",
                    models.IntegerField(blank=True, editable=False, null=True, verbose_name="地区"),
                ),
                (
                    "track",
                    models.CharField(blank=True, max_length=40, verbose_name="赛道（申报类别）"),
                ),
                ("theme", models.CharField(blank=True, max_length=40, verbose_name="主题")),
                ("title", models.CharField(max_length=120, verbose_name="项目名称")),
                ("title_key", models.CharField(editable=False, max_length=120)),
                (
                    "target_group",
                    models.CharField(blank=True, max_length=120, verbose_name="服务对象"),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("supplement_required", "待补正"),
                            ("accepted_formal", "形式审查通过"),
                            ("refused_formal", "形式审查未通过"),
                            ("in_review", "评审中"),
                            ("scored", "评审完成"),
                            ("proposed", "拟入选"),
                            ("reserve", "候补"),
                            ("not_selected", "未入选"),
                            ("selected", "入选"),
                            ("approved", "已立项"),
                            ("withdrawn", "已撤回"),
                            ("merged", "已合并"),
                            ("started_not_submitted", "已填写，未提交"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=24,
                        verbose_name="状态",
                    ),
                ),
                (
                    "state_entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("self_test", models.JSONField(blank=True, default=dict)),
                (
                    "completeness",
                    models.SmallIntegerField(default=0, editable=False, verbose_name="完成度"),
                ),
                (
                    "budget_total",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=14,
                        verbose_name="预算合计",
                    ),
                ),
                (
                    "budget_asked",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=14,
                        verbose_name="申请资助",
                    ),
                ),
                ("told_version", models.SmallIntegerField(default=0, editable=False)),
                (
                    "submitted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="提交时间"
                    ),
                ),
                ("submitted_version", models.SmallIntegerField(default=0, editable=False)),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="撤回或合并的理由"),
                ),
                ("late_evidence", models.JSONField(blank=True, default=list, editable=False)),
                ("formality", models.JSONField(blank=True, editable=False, null=True)),
                ("supplement_items", models.JSONField(blank=True, default=list, editable=False)),
                (
                    "supplement_due_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="补正期限"
                    ),
                ),
                (
                    "score_mean",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        editable=False,
                        max_digits=6,
                        null=True,
                        verbose_name="平均分",
                    ),
                ),
                ("score_shown", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "rank",
                    models.IntegerField(blank=True, editable=False, null=True, verbose_name="名次"),
                ),
                (
                    "selected",
                    models.BooleanField(default=False, editable=False, verbose_name="入选"),
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
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人账户",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="projects.application",
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
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="projects.call",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["counterparty", "call", "state", "-submitted_at", "-id"],
                        name="application_sent",
                    ),
                    models.Index(
                        fields=["counterparty", "call", "-submitted_at", "-id"],
                        name="application_sent_newest",
                    ),
                    models.Index(fields=["organization", "-id"], name="application_own"),
                    models.Index(
                        condition=models.Q(("state__in", ["draft", "started_not_submitted"])),
                        fields=["call", "organization"],
                        name="application_drafts",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("call", "number"), name="application_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["merged", "started_not_submitted", "withdrawn"]),
                            _negated=True,
                        ),
                        fields=("call", "organization", "title_key"),
                        name="application_title_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "supplement_required",
                                    "accepted_formal",
                                    "refused_formal",
                                    "in_review",
                                    "scored",
                                    "proposed",
                                    "reserve",
                                    "not_selected",
                                    "selected",
                                    "approved",
                                    "withdrawn",
                                    "merged",
                                    "started_not_submitted",
                                ],
                            )
                        ),
                        name="application_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counterparty__isnull", True),
                                ("state__in", ["draft", "started_not_submitted"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["draft", "started_not_submitted"]), _negated=True
                                ),
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
                        name="application_unsent_has_no_counterparty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counterparty__isnull", True), ("submitted_at__isnull", True)
                            ),
                            models.Q(
                                ("counterparty__isnull", False),
                                ("submitted_at__isnull", False),
                                ("submitted_version__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="application_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("completeness__range", (0, 100))),
                        name="application_completeness_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "merged"), _negated=True),
                            ("merged_into__isnull", False),
                            _connector="OR",
                        ),
                        name="application_merged_says_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["withdrawn", "merged"]), _negated=True),
                            models.Q(("end_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="application_ended_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="application_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rank__isnull", True), ("rank__gt", 0), _connector="OR"
                        ),
                        name="application_rank_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallVersion",
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
                ("version", models.SmallIntegerField(verbose_name="版次")),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="更正说明")),
                (
                    "published_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="发布时间"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="projects.call",
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
                    models.UniqueConstraint(fields=("call", "version"), name="call_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 1),
                            models.Q(("version__gt", 1), models.Q(("note", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="call_version_amendment_says_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
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
                    "settings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务场景",
                    ),
                ),
                (
                    "disease_themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="病种",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="领域",
                    ),
                ),
                (
                    "integration",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="融合方向",
                    ),
                ),
                (
                    "outputs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务产出",
                    ),
                ),
                (
                    "strategies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="对接战略",
                    ),
                ),
                (
                    "service_modes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务模式",
                    ),
                ),
                (
                    "practice_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="社会工作领域",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cultivated", "培育项目"),
                            ("station", "社工站项目"),
                            ("incubation", "孵化入驻"),
                            ("purchase", "政府购买服务"),
                            ("programme", "多站点计划"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="项目名称")),
                ("unit_name", models.CharField(max_length=120, verbose_name="单位")),
                (
                    "region_code",
                    models.IntegerField(blank=True, editable=False, null=True, verbose_name="地区"),
                ),
                ("leader_name", models.CharField(blank=True, max_length=60, verbose_name="负责人")),
                (
                    "target_group",
                    models.CharField(blank=True, max_length=120, verbose_name="服务对象"),
                ),
                ("summary", models.TextField(blank=True, verbose_name="简介")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                (
                    "approved_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="批准金额",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("approved", "已立项"),
                            ("running", "实施中"),
                            ("rectifying", "整改中"),
                            ("closing", "结项中"),
                            ("passed", "通过结项"),
                            ("extended", "延期"),
                            ("terminated", "终止"),
                            ("published", "成果已发布"),
                            ("archived", "已归档"),
                            ("resident", "在孵"),
                            ("graduated", "已毕业"),
                            ("exited", "已退出"),
                        ],
                        default="approved",
                        editable=False,
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "state_entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未评定"),
                            ("excellent", "优"),
                            ("good", "良"),
                            ("qualified", "合格"),
                            ("unqualified", "不合格"),
                        ],
                        editable=False,
                        max_length=12,
                        verbose_name="等次",
                    ),
                ),
                (
                    "light",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未评定"),
                            ("green", "正常"),
                            ("amber", "需关注"),
                            ("red", "滞后"),
                        ],
                        editable=False,
                        max_length=6,
                        verbose_name="进度灯",
                    ),
                ),
                ("light_reasons", models.JSONField(blank=True, default=list, editable=False)),
                ("replication", models.JSONField(blank=True, default=dict)),
                ("closing", models.JSONField(blank=True, default=dict)),
                (
                    "application",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project",
                        to="projects.application",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="projects.call",
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
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="科室或社工站",
                    ),
                ),
                (
                    "leader",
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="projects.project",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="培育支持机构",
                    ),
                ),
                (
                    "template_of",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clones",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["counterparty", "state", "-id"], name="project_selected"),
                    models.Index(fields=["organization", "state", "-id"], name="project_own"),
                    models.Index(
                        condition=models.Q(("partner__isnull", False)),
                        fields=["partner", "state", "-id"],
                        name="project_entrusted",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("counterparty", "number"),
                        name="project_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "approved",
                                    "running",
                                    "rectifying",
                                    "closing",
                                    "passed",
                                    "extended",
                                    "terminated",
                                    "published",
                                    "archived",
                                    "resident",
                                    "graduated",
                                    "exited",
                                ],
                            )
                        ),
                        name="project_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="project_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_amount__isnull", True),
                            ("approved_amount__gte", 0),
                            _connector="OR",
                        ),
                        name="project_amount_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetLine",
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
                ("rank", models.SmallIntegerField(default=0, verbose_name="顺序")),
                ("line", models.CharField(max_length=80, verbose_name="支出项目")),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="单价（元）"),
                ),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="数量"),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额（元）"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("asked", "申请资助"),
                            ("fiscal", "财政资金"),
                            ("charity", "慈善资金"),
                            ("own", "自筹"),
                            ("other", "其他来源"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("is_management", models.BooleanField(default=False, verbose_name="管理费")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "spent",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="已支出"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="projects.application",
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
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["application", "rank", "id"], name="budget_of_application"
                    ),
                    models.Index(fields=["project", "rank", "id"], name="budget_of_project"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("application__isnull", True), ("project__isnull", False)),
                            models.Q(("application__isnull", False), ("project__isnull", True)),
                            _connector="OR",
                        ),
                        name="budget_line_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.F("amount"),
                            django.db.models.functions.math.Round(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("unit_price"), "*", models.F("quantity")
                                ),
                                2,
                            ),
                        ),
                        name="budget_line_amount_is_product",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__gt", 0), ("spent__gte", 0), ("unit_price__gte", 0)
                        ),
                        name="budget_line_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectEvent",
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
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="计划日期")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                (
                    "hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=6,
                        null=True,
                        verbose_name="时长（小时）",
                    ),
                ),
                (
                    "participants",
                    models.IntegerField(blank=True, null=True, verbose_name="参加人数"),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="金额"
                    ),
                ),
                (
                    "provider_name",
                    models.CharField(blank=True, max_length=120, verbose_name="提供人"),
                ),
                ("detail", models.JSONField(blank=True, default=dict)),
                (
                    "change_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("asked", "待审批"),
                            ("accepted", "同意变更"),
                            ("refused", "不同意变更"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="变更结果",
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
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="projects.project",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="提供方",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "kind", "due_on", "id"], name="project_event_of_project"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "change"), models.Q(("change_state", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("kind", "change"), _negated=True), ("change_state", "")
                            ),
                            _connector="OR",
                        ),
                        name="project_event_change_has_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hours__isnull", True), ("hours__gte", 0), _connector="OR"),
                            models.Q(
                                ("participants__isnull", True),
                                ("participants__gte", 0),
                                _connector="OR",
                            ),
                            models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        ),
                        name="project_event_numbers_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectIndicator",
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
                ("rank", models.SmallIntegerField(default=0, verbose_name="顺序")),
                ("name", models.CharField(max_length=120, verbose_name="指标")),
                ("unit", models.CharField(max_length=20, verbose_name="计量单位")),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=5, verbose_name="权重"
                    ),
                ),
                (
                    "baseline",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="基线值",
                    ),
                ),
                (
                    "target",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="目标值"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("manual", "人工填报"),
                            ("cases", "个案"),
                            ("groups", "小组"),
                            ("activities", "活动"),
                            ("volunteers", "志愿者人数"),
                            ("volunteer_hours", "志愿服务时长"),
                            ("learning", "培训督导"),
                        ],
                        default="manual",
                        max_length=16,
                        verbose_name="数据来源",
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=200, verbose_name="佐证方式")),
                ("is_before_after", models.BooleanField(default=False, verbose_name="前后对比")),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="projects.application",
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
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["application", "rank", "id"], name="indicator_of_application"
                    ),
                    models.Index(fields=["project", "rank", "id"], name="indicator_of_project"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("application__isnull", True), ("project__isnull", False)),
                            models.Q(("application__isnull", False), ("project__isnull", True)),
                            _connector="OR",
                        ),
                        name="project_indicator_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__range", (0, 100))),
                        name="project_indicator_weight_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target__gt", 0)),
                        name="project_indicator_target_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_links",
                        to="cases.activity",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_links",
                        to="cases.case",
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
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_links",
                        to="cases.group",
                    ),
                ),
                (
                    "learning_event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_links",
                        to="departments.learningevent",
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="projects.project",
                    ),
                ),
                (
                    "service_record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_links",
                        to="volunteers.servicerecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                models.F("case"),
                                models.F("group"),
                                models.F("activity"),
                                models.F("service_record"),
                                models.F("learning_event"),
                                function="num_nonnulls",
                                output_field=models.IntegerField(),
                            ),
                            models.Value(1),
                        ),
                        name="project_link_one_subject",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("case__isnull", False)),
                        fields=("project", "case"),
                        name="project_link_case_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", False)),
                        fields=("project", "group"),
                        name="project_link_group_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("activity__isnull", False)),
                        fields=("project", "activity"),
                        name="project_link_activity_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("service_record__isnull", False)),
                        fields=("project", "service_record"),
                        name="project_link_service_record_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("learning_event__isnull", False)),
                        fields=("project", "learning_event"),
                        name="project_link_learning_event_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectReport",
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
                            ("monthly", "月报"),
                            ("quarterly", "季报"),
                            ("mid_term", "中期报告"),
                            ("closing", "结项报告"),
                            ("station_month", "社工站月报"),
                        ],
                        max_length=14,
                        verbose_name="种类",
                    ),
                ),
                ("period", models.CharField(max_length=10, verbose_name="期间")),
                ("version", models.SmallIntegerField(default=1, verbose_name="版次")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="提交期限")),
                ("payload", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("returned", "已退回"),
                            ("accepted", "已接收"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="提交时间"
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
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-period", "-id"], name="project_report_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "kind", "period", "version"), name="project_report_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "returned", "accepted"])
                        ),
                        name="project_report_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("submitted_at__isnull", False), _connector="OR"
                        ),
                        name="project_report_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectValue",
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
                ("period", models.CharField(max_length=10, verbose_name="期间")),
                (
                    "actual",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="实际值"),
                ),
                ("is_computed", models.BooleanField(default=False, verbose_name="系统统计")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="projects.projectindicator",
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
                        fields=("indicator", "period"), name="project_value_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period", ""), _negated=True),
                        name="project_value_has_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationParty",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("leader", "负责人"),
                            ("member", "团队成员"),
                            ("co_applicant", "联合申报单位"),
                            ("partner", "合作机构"),
                            ("five", "五社联动"),
                        ],
                        max_length=14,
                        verbose_name="身份",
                    ),
                ),
                ("rank", models.SmallIntegerField(default=0, verbose_name="顺序")),
                (
                    "five",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("community", "社区"),
                            ("organization", "社会组织"),
                            ("social_worker", "社会工作者"),
                            ("volunteer", "社区志愿者"),
                            ("charity", "社会慈善资源"),
                        ],
                        max_length=14,
                        verbose_name="五社",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="名称或姓名")),
                (
                    "profession",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("social_worker", "社工"),
                            ("doctor", "医生"),
                            ("nurse", "护士"),
                            ("therapist", "康复、心理、营养等治疗师"),
                            ("manager", "管理人员"),
                            ("volunteer", "志愿者"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="专业身份",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="职务职称")),
                (
                    "qualification",
                    models.CharField(blank=True, max_length=120, verbose_name="资质"),
                ),
                (
                    "fte",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=4,
                        null=True,
                        verbose_name="投入（全时当量）",
                    ),
                ),
                (
                    "phone",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="电话"),
                ),
                ("part", models.CharField(blank=True, max_length=300, verbose_name="承担的工作")),
                (
                    "blank_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="没有的理由"),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("asked", "待答复"),
                            ("accepted", "同意联合申报"),
                            ("refused", "不同意"),
                            ("ended", "已撤销"),
                        ],
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="答复",
                    ),
                ),
                ("asked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "answered_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="答复时间"
                    ),
                ),
                (
                    "answer_note",
                    models.CharField(blank=True, max_length=300, verbose_name="答复说明"),
                ),
                ("shown", models.JSONField(blank=True, default=dict, editable=False)),
                ("application_state", models.CharField(blank=True, editable=False, max_length=24)),
                ("application_number", models.CharField(blank=True, editable=False, max_length=40)),
                (
                    "answered_by",
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
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="projects.application",
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
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="单位",
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
                        verbose_name="账户",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["application", "role", "rank", "id"], name="party_of_application"
                    ),
                    models.Index(
                        condition=models.Q(("role", "co_applicant")),
                        fields=["partner", "-id"],
                        name="party_of_partner",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", "leader")),
                        fields=("application",),
                        name="party_one_leader",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "five")),
                        fields=("application", "five"),
                        name="party_five_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("role", "co_applicant"), ("state__in", ["asked", "accepted"])
                        ),
                        fields=("application", "partner"),
                        name="party_co_applicant_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("asked_at__isnull", False),
                                ("partner__isnull", False),
                                ("role", "co_applicant"),
                                models.Q(("state", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("role", "co_applicant"), _negated=True), ("state", "")
                            ),
                            _connector="OR",
                        ),
                        name="party_co_applicant_is_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "refused"]), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="party_answered_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("five", ""), models.Q(("role", "five"), _negated=True)),
                            models.Q(
                                ("role", "five"),
                                models.Q(("five", ""), _negated=True),
                                models.Q(
                                    models.Q(
                                        ("blank_reason", ""),
                                        models.Q(
                                            ("partner__isnull", False),
                                            models.Q(("name", ""), _negated=True),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(("blank_reason", ""), _negated=True),
                                        ("name", ""),
                                        ("partner__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="party_five_is_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role__in", ["leader", "member"]), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="party_person_has_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fte__isnull", True), ("fte__range", (0, 1)), _connector="OR"
                        ),
                        name="party_fte_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationVersion",
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
                ("version", models.SmallIntegerField(verbose_name="版次")),
                (
                    "kind",
                    models.CharField(
                        choices=[("submission", "提交"), ("supplement", "补正")],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                ("call_version", models.SmallIntegerField()),
                ("payload", models.JSONField()),
                ("payload_hash", models.CharField(max_length=64)),
                ("submitted_at", models.DateTimeField(verbose_name="提交时间")),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="projects.application",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "version"), name="application_version_once"
                    )
                ],
            },
        ),
    ]
