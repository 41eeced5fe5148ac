import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0032_duplicate_walls"),
        ("departments", "0027_waiting_tasks"),
        ("departments", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Group",
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
                        blank=True, editable=False, max_length=40, verbose_name="编号"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="小组名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("educational", "教育小组"),
                            ("support", "支持小组"),
                            ("growth", "成长小组"),
                            ("therapeutic", "治疗小组"),
                            ("mutual_aid", "互助小组"),
                            ("recreational", "兴趣小组"),
                        ],
                        max_length=20,
                        verbose_name="小组类型",
                    ),
                ),
                (
                    "work_model",
                    models.CharField(
                        choices=[
                            ("social_goals", "社会目标模式"),
                            ("remedial", "治疗模式"),
                            ("interaction", "互动模式"),
                            ("development", "发展模式"),
                        ],
                        max_length=20,
                        verbose_name="工作模式",
                    ),
                ),
                (
                    "openness",
                    models.CharField(
                        choices=[("open", "开放式"), ("closed", "封闭式")],
                        max_length=10,
                        verbose_name="开放性",
                    ),
                ),
                ("is_association", models.BooleanField(default=False, verbose_name="病友会")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "计划待批"),
                            ("preparation", "筹备期"),
                            ("forming", "形成期"),
                            ("transition", "转折期"),
                            ("working", "成熟期"),
                            ("ending", "结束期"),
                            ("review", "总结待审"),
                            ("closed", "已结束"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="阶段",
                    ),
                ),
                ("size_least", models.SmallIntegerField(default=6, verbose_name="最少人数")),
                ("size_most", models.SmallIntegerField(default=15, verbose_name="最多人数")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("place", models.CharField(blank=True, max_length=60, verbose_name="地点")),
                (
                    "budget_source",
                    models.CharField(
                        choices=[
                            ("department", "科室活动经费"),
                            ("hospital", "医院专项"),
                            ("foundation", "基金会资助"),
                            ("project", "项目经费"),
                            ("donation", "爱心捐赠"),
                            ("none", "不需要经费"),
                        ],
                        default="none",
                        max_length=20,
                        verbose_name="经费来源",
                    ),
                ),
                ("plan", msw_portal.kernel.crypto.SealedJSON(default=dict)),
                ("submitted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "supervisor_comment",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="督导意见"
                    ),
                ),
                ("summary", msw_portal.kernel.crypto.SealedJSON(null=True)),
                ("summarized_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "closing_comment",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="督导对总结的意见"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
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
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="带领者",
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
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "summarized_by",
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
                "indexes": [
                    models.Index(
                        fields=["organization", "department", "-starts_on", "-id"],
                        name="group_list",
                    ),
                    models.Index(
                        fields=["organization", "is_association", "-starts_on", "-id"],
                        name="group_house",
                    ),
                    models.Index(fields=["leader"], name="group_leader"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("organization", "number"),
                        name="group_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "educational",
                                    "support",
                                    "growth",
                                    "therapeutic",
                                    "mutual_aid",
                                    "recreational",
                                ],
                            ),
                            (
                                "work_model__in",
                                ["social_goals", "remedial", "interaction", "development"],
                            ),
                            ("openness__in", ["open", "closed"]),
                        ),
                        name="group_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "draft",
                                    "submitted",
                                    "preparation",
                                    "forming",
                                    "transition",
                                    "working",
                                    "ending",
                                    "review",
                                    "closed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="group_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("size_least__gte", 2),
                            ("size_most__gte", models.F("size_least")),
                            ("size_most__lte", 500),
                        ),
                        name="group_size_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="group_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                models.Q(("number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="group_approved_names_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="group_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "closed"), _negated=True),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("summary__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="group_closed_has_summary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "closed"), _negated=True),
                            models.Q(("ended_by", models.F("summarized_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="group_closed_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupBudgetLine",
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
                ("what", models.CharField(max_length=80, verbose_name="用途")),
                ("quantity", models.IntegerField(default=1, verbose_name="数量")),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="单价"),
                ),
                (
                    "planned",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="预算"),
                ),
                (
                    "spent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="支出"
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="budget_lines",
                        to="cases.group",
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
                            (
                                "planned",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("quantity"), "*", models.F("unit_price")
                                ),
                            ),
                            ("quantity__gt", 0),
                            ("unit_price__gte", 0),
                        ),
                        name="group_budget_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("spent__isnull", True), ("spent__gte", 0), _connector="OR"
                        ),
                        name="group_budget_spent_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupCoLeader",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="co_leaders",
                        to="cases.group",
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
            ],
            options={
                "indexes": [models.Index(fields=["user"], name="group_co_leader_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "user"), name="group_co_leader_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMember",
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
                ("alias", models.CharField(blank=True, max_length=20, verbose_name="组内代号")),
                (
                    "contact",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="联系方式"
                    ),
                ),
                ("is_minor", models.BooleanField(default=False, verbose_name="未成年")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "待筛选"),
                            ("joined", "在组"),
                            ("declined", "未入组"),
                            ("left", "已退出"),
                        ],
                        default="registered",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "screening",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="筛选记录"
                    ),
                ),
                (
                    "agreed_by",
                    models.CharField(
                        blank=True,
                        choices=[("self", "本人"), ("guardian", "监护人")],
                        max_length=10,
                        verbose_name="由谁同意",
                    ),
                ),
                ("agreed_on", models.DateField(blank=True, null=True, verbose_name="同意日期")),
                ("joined_on", models.DateField(blank=True, null=True, verbose_name="入组日期")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="退出日期")),
                (
                    "satisfaction",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="满意度"),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_memberships",
                        to="cases.client",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_members",
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
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="cases.group",
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
                "indexes": [models.Index(fields=["client"], name="group_member_client")],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "client"), name="group_member_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("alias", ""), _negated=True),
                        fields=("group", "alias"),
                        name="group_alias_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alias", ""), ("client__isnull", False)),
                            models.Q(
                                ("client__isnull", True), models.Q(("alias", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="group_member_is_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["registered", "joined", "declined", "left"])
                        ),
                        name="group_member_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joined_on__isnull", True),
                            ("consent__isnull", False),
                            models.Q(
                                ("agreed_on__isnull", False),
                                models.Q(("agreed_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="group_member_joined_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joined_on__isnull", True),
                            ("is_minor", False),
                            ("consent__isnull", False),
                            ("agreed_by", "guardian"),
                            _connector="OR",
                        ),
                        name="group_member_minor_has_guardian",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on__isnull", True),
                            models.Q(
                                ("joined_on__isnull", False),
                                ("left_on__gte", models.F("joined_on")),
                            ),
                            _connector="OR",
                        ),
                        name="group_member_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True),
                            ("satisfaction__range", (1, 5)),
                            _connector="OR",
                        ),
                        name="group_member_satisfaction_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupSession",
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
                ("number", models.SmallIntegerField(verbose_name="第几节")),
                ("title", models.CharField(max_length=60, verbose_name="主题")),
                ("held_on", models.DateField(verbose_name="日期")),
                ("starts_at", models.TimeField(blank=True, null=True, verbose_name="开始时间")),
                ("minutes", models.SmallIntegerField(default=60, verbose_name="时长")),
                ("place", models.CharField(blank=True, max_length=60, verbose_name="地点")),
                ("aim", models.CharField(max_length=300, verbose_name="目标")),
                ("content", models.CharField(blank=True, max_length=1000, verbose_name="内容")),
                ("materials", models.CharField(blank=True, max_length=200, verbose_name="物资")),
                ("in_charge", models.CharField(blank=True, max_length=60, verbose_name="负责人")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "待开"), ("held", "已开"), ("cancelled", "已取消")],
                        default="planned",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("record", msw_portal.kernel.crypto.SealedJSON(null=True)),
                (
                    "attainment",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "没有达到"),
                            (2, "达到少部分"),
                            (3, "达到一半"),
                            (4, "大部分达到"),
                            (5, "完全达到"),
                        ],
                        null=True,
                        verbose_name="目标达成",
                    ),
                ),
                ("recorded_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="cases.group",
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
                    "recorded_by",
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
                "indexes": [
                    models.Index(fields=["organization", "held_on", "id"], name="group_session_day")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "number"), name="group_session_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (10, 600)), ("number__gte", 1)),
                        name="group_session_minutes_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True),
                            models.Q(
                                ("attainment__isnull", False),
                                ("record__isnull", False),
                                ("recorded_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="group_session_held_is_recorded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "held", "cancelled"]),
                            models.Q(
                                ("attainment__isnull", True),
                                ("attainment__range", (1, 5)),
                                _connector="OR",
                            ),
                        ),
                        name="group_session_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MemberAnswers",
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
                ("score", models.JSONField(blank=True, default=dict)),
                ("band", models.CharField(blank=True, max_length=40)),
                ("is_final", models.BooleanField(default=False)),
                ("finalized_at", models.DateTimeField(blank=True, null=True)),
                (
                    "moment",
                    models.CharField(
                        choices=[("before", "前测"), ("after", "后测")],
                        max_length=10,
                        verbose_name="时点",
                    ),
                ),
                ("answers", msw_portal.kernel.crypto.SealedJSON()),
                ("superseded_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scales",
                        to="cases.groupmember",
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
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.questionnaire",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("member", "questionnaire", "moment"),
                        name="member_answers_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("finalized_at__isnull", False), ("is_final", True)),
                        name="member_answers_are_final",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("moment__in", ["before", "after"])),
                        name="member_answers_moment_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
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
                            ("patient", "患者"),
                            ("family", "家属"),
                            ("resident", "社区居民"),
                            ("staff", "医护人员"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="身份",
                    ),
                ),
                (
                    "name",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="称呼"
                    ),
                ),
                ("heads", models.SmallIntegerField(default=1, verbose_name="一行几人")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ins",
                        to="cases.activity",
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
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_ins",
                        to="cases.groupmember",
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
                            ("heads__range", (1, 500)),
                            ("kind__in", ["patient", "family", "resident", "staff", "other"]),
                        ),
                        name="sign_in_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("activity", "member"), name="sign_in_member_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
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
                    "presence",
                    models.CharField(
                        choices=[
                            ("present", "出席"),
                            ("late", "迟到"),
                            ("leave", "请假"),
                            ("absent", "缺席"),
                        ],
                        max_length=10,
                        verbose_name="出勤",
                    ),
                ),
                (
                    "note",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="个别观察"
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
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="cases.groupmember",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="cases.groupsession",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["member"], name="attendance_member")],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "member"), name="attendance_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("presence__in", ["present", "late", "leave", "absent"])
                        ),
                        name="attendance_presence_known",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="event",
            field=models.CharField(
                blank=True,
                choices=[
                    ("lecture", "健康教育讲座"),
                    ("free_clinic", "义诊"),
                    ("association", "病友会活动"),
                    ("festival", "节日关怀"),
                    ("outreach", "社区外展"),
                    ("fundraising", "筹款活动"),
                    ("training", "培训"),
                    ("promotion", "宣传"),
                ],
                max_length=20,
                verbose_name="活动类型",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="expected",
            field=models.IntegerField(blank=True, null=True, verbose_name="预计人数"),
        ),
        migrations.AddField(
            model_name="activity",
            name="satisfied_count",
            field=models.IntegerField(blank=True, null=True, verbose_name="满意度份数"),
        ),
        migrations.AddField(
            model_name="activity",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "已计划"),
                    ("held", "已举行"),
                    ("summarized", "已总结"),
                    ("cancelled", "已取消"),
                ],
                default="held",
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="summary",
            field=msw_portal.kernel.crypto.SealedJSON(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="cases.group",
                verbose_name="病友会",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("group__isnull", False)),
                fields=["group"],
                name="activity_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["planned", "held", "summarized", "cancelled"]),
                    (
                        "event__in",
                        [
                            "",
                            "lecture",
                            "free_clinic",
                            "association",
                            "festival",
                            "outreach",
                            "fundraising",
                            "training",
                            "promotion",
                        ],
                    ),
                ),
                name="activity_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("planned", "cancelled")), _negated=True),
                    models.Q(("person_times", 0), ("persons", 0), ("volunteers", 0)),
                    _connector="OR",
                ),
                name="activity_not_held_counts_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "summarized"), _negated=True),
                    ("summary__isnull", False),
                    _connector="OR",
                ),
                name="activity_summarized_has_summary",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("satisfaction__isnull", True),
                    models.Q(
                        ("satisfaction__range", (1, 5)),
                        models.Q(
                            ("satisfied_count__isnull", True),
                            ("satisfied_count__gte", 1),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="activity_satisfaction_counted",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expected__isnull", True), ("expected__gte", 1), _connector="OR"
                ),
                name="activity_expected_positive",
            ),
        ),
    ]
