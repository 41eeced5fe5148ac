import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_triggers"),
        ("departments", "0010_doors_and_signatures"),
        ("departments", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
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
                            ("ward_visit", "病房探访"),
                            ("consultation", "咨询"),
                            ("phone", "来电"),
                            ("outreach", "外展"),
                            ("hospital_side", "医院方工作"),
                            ("community", "社区活动"),
                            ("patient_association", "病友会"),
                            ("promotion", "宣传"),
                            ("training", "培训"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("occurred_on", models.DateField(verbose_name="日期")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("minutes", models.SmallIntegerField(verbose_name="分钟")),
                ("place", models.CharField(blank=True, max_length=60, verbose_name="地点")),
                ("persons", models.IntegerField(default=0, verbose_name="人数")),
                ("person_times", models.IntegerField(default=0, verbose_name="人次")),
                ("volunteers", models.IntegerField(default=0, verbose_name="志愿者人数")),
                ("topic", models.CharField(blank=True, max_length=120, verbose_name="主题")),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="服务内容",
                    ),
                ),
                ("plan", msw_portal.kernel.crypto.SealedJSON(null=True)),
                (
                    "record",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="记录"),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "已解答"),
                            ("to_case", "转个案"),
                            ("referred", "转介"),
                        ],
                        max_length=20,
                        verbose_name="结果",
                    ),
                ),
                (
                    "satisfaction",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=3, null=True, verbose_name="满意度"
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "-occurred_on", "-id"], name="activity_list"
                    ),
                    models.Index(
                        fields=["organization", "department", "kind", "-occurred_on"],
                        name="activity_department",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (1, 1440))),
                        name="activity_minutes_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person_times__gte", models.F("persons")),
                            ("persons__gte", 0),
                            ("volunteers__gte", 0),
                        ),
                        name="activity_person_times_cover_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "ward_visit",
                                    "consultation",
                                    "phone",
                                    "outreach",
                                    "hospital_side",
                                    "community",
                                    "patient_association",
                                    "promotion",
                                    "training",
                                ],
                            )
                        ),
                        name="activity_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityLine",
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
                ("bed", models.CharField(blank=True, max_length=20, verbose_name="床号")),
                (
                    "need",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("financial", "经济困难 / 医疗费用"),
                            ("policy_consult", "医保与政策咨询"),
                            ("illness_adaptation", "疾病适应"),
                            ("emotional", "情绪心理"),
                            ("family_caregiver", "家庭关系 / 照顾者压力"),
                            ("social_support", "社会支持不足"),
                            ("communication", "医患沟通 / 医疗决策"),
                            ("discharge_planning", "出院计划 / 转衔"),
                            ("rehab_reintegration", "康复与社区融入"),
                            ("child_education", "儿童教育 / 陪伴"),
                            ("basic_living", "住宿 / 交通 / 生活物资"),
                            ("palliative_bereavement", "安宁疗护 / 哀伤辅导"),
                            ("crisis", "危机干预"),
                            ("abuse_violence", "虐待 / 忽视 / 家暴"),
                            ("unidentified", "身份不明 / 无家属"),
                            ("legal_rights", "法律权益 / 工伤 / 纠纷"),
                            ("transplant_donation", "器官捐献 / 移植"),
                            ("other", "其他"),
                        ],
                        max_length=40,
                        verbose_name="需求",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("support", "情绪支持"),
                            ("information", "提供资讯"),
                            ("resource", "链接资源"),
                            ("to_case", "转个案"),
                            ("no_need", "无需求"),
                        ],
                        max_length=20,
                        verbose_name="处理",
                    ),
                ),
                (
                    "note",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="简记"),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="cases.activity",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activity_lines",
                        to="cases.client",
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
                    "promoted_case",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="from_line",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["client"], name="activity_line_client")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "action__in",
                                ["support", "information", "resource", "to_case", "no_need"],
                            )
                        ),
                        name="activity_line_action_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CareFlag",
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
                            ("not_told", "保护性医疗：不可告知"),
                            ("safety", "人身安全"),
                            ("infection", "防护提示"),
                            ("communication", "沟通提示"),
                            ("dispute", "纠纷或投诉"),
                            ("other", "其他提示"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("text", msw_portal.kernel.crypto.SealedText(verbose_name="内容")),
                ("since", models.DateField(verbose_name="起始日期")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="复核日期")),
                ("resolved_on", models.DateField(blank=True, null=True, verbose_name="解除日期")),
                (
                    "resolved_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="解除理由"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="care_flags",
                        to="cases.client",
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
                    "related_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.relatedperson",
                    ),
                ),
                (
                    "resolved_by",
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
                        condition=models.Q(("resolved_on__isnull", True)),
                        fields=["client"],
                        name="care_flag_live",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("resolved_by__isnull", True),
                                ("resolved_on__isnull", True),
                                ("resolved_reason__isnull", True),
                            ),
                            models.Q(
                                ("resolved_by__isnull", False),
                                ("resolved_on__isnull", False),
                                ("resolved_reason__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="care_flag_resolved_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "not_told",
                                    "safety",
                                    "infection",
                                    "communication",
                                    "dispute",
                                    "other",
                                ],
                            )
                        ),
                        name="care_flag_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseTransfer",
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
                ("compartment_id", models.BigIntegerField(editable=False, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "待接收"),
                            ("accepted", "已接收"),
                            ("refused", "已拒绝"),
                            ("revoked", "已撤回"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", msw_portal.kernel.crypto.SealedText(verbose_name="移交原因")),
                (
                    "answer",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="答复"),
                ),
                ("batch_uid", models.UUIDField(blank=True, editable=False, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_user",
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
                    "to_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "requested")),
                        fields=["organization", "to_user"],
                        name="case_transfer_waiting",
                    ),
                    models.Index(fields=["organization", "batch_uid"], name="case_transfer_batch"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "requested")),
                        fields=("case",),
                        name="case_transfer_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_user", models.F("to_user")), _negated=True),
                        name="case_transfer_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "requested")),
                            models.Q(
                                models.Q(("state", "requested"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="case_transfer_decided_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Household",
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
                    "note",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="说明"),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HouseholdMember",
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
                    "relation",
                    models.CharField(
                        choices=[
                            ("self", "本人"),
                            ("father", "父亲"),
                            ("mother", "母亲"),
                            ("spouse", "配偶"),
                            ("son", "儿子"),
                            ("daughter", "女儿"),
                            ("sibling", "兄弟姐妹"),
                            ("grandparent", "祖父母/外祖父母"),
                            ("guardian", "其他监护人"),
                            ("relative", "其他亲属"),
                            ("agent", "委托代理人"),
                            ("other", "其他"),
                        ],
                        default="other",
                        max_length=20,
                        verbose_name="在家庭中",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="households",
                        to="cases.client",
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
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="cases.household",
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
                        fields=("household", "client"), name="household_member_once"
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "client"), name="household_one_per_client"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
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
                            ("admission", "入院"),
                            ("pre_op", "术前"),
                            ("operation", "术中"),
                            ("post_op", "术后"),
                            ("discharge", "出院"),
                            ("follow_up", "随访"),
                        ],
                        max_length=12,
                        verbose_name="节点",
                    ),
                ),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="计划日期")),
                ("actual_on", models.DateField(blank=True, null=True, verbose_name="实际日期")),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
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
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="cases.episode",
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
                    models.Index(fields=["organization", "kind", "actual_on"], name="milestone_day")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("episode", "kind", "planned_on"),
                        name="milestone_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_on__isnull", False),
                            ("actual_on__isnull", False),
                            _connector="OR",
                        ),
                        name="milestone_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "admission",
                                    "pre_op",
                                    "operation",
                                    "post_op",
                                    "discharge",
                                    "follow_up",
                                ],
                            )
                        ),
                        name="milestone_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanItem",
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
                ("compartment_id", models.BigIntegerField(editable=False, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("task", "任务"), ("package", "服务包")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("what", msw_portal.kernel.crypto.SealedText(verbose_name="内容")),
                ("who", models.CharField(blank=True, max_length=60, verbose_name="由谁做")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="开始")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束")),
                ("frequency", models.CharField(blank=True, max_length=60, verbose_name="频次")),
                ("place", models.CharField(blank=True, max_length=60, verbose_name="地点")),
                (
                    "cost",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="费用"
                    ),
                ),
                ("payer", models.CharField(blank=True, max_length=60, verbose_name="付费方")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待开始"),
                            ("running", "进行中"),
                            ("done", "已完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
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
                    "goal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="cases.goal",
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="cases.plan",
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
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="plan_item_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cost__isnull", True), ("cost__gte", 0), _connector="OR"
                        ),
                        name="plan_item_cost_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "running", "done", "cancelled"])
                        ),
                        name="plan_item_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubjectRequest",
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
                            ("access", "查阅"),
                            ("copy", "复制"),
                            ("correct", "更正、补充"),
                            ("delete", "删除"),
                            ("transfer", "转移"),
                            ("restrict", "限制处理"),
                            ("explain", "说明处理规则"),
                        ],
                        max_length=12,
                        verbose_name="请求",
                    ),
                ),
                ("requester", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="请求人")),
                (
                    "requester_relation",
                    models.CharField(
                        choices=[
                            ("self", "本人"),
                            ("father", "父亲"),
                            ("mother", "母亲"),
                            ("spouse", "配偶"),
                            ("son", "儿子"),
                            ("daughter", "女儿"),
                            ("sibling", "兄弟姐妹"),
                            ("grandparent", "祖父母/外祖父母"),
                            ("guardian", "其他监护人"),
                            ("relative", "其他亲属"),
                            ("agent", "委托代理人"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="与服务对象关系",
                    ),
                ),
                ("detail", msw_portal.kernel.crypto.SealedText(verbose_name="请求内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "待核验身份"),
                            ("accepted", "办理中"),
                            ("refused", "已拒绝"),
                            ("answered", "已答复"),
                            ("closed", "已办结"),
                        ],
                        default="received",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("due_on", models.DateField(verbose_name="答复期限")),
                ("identity_checked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "identity_note",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="身份核验"
                    ),
                ),
                (
                    "refusal_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="拒绝理由"
                    ),
                ),
                (
                    "answer",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="答复"),
                ),
                ("answered_on", models.DateField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_requests",
                        to="cases.client",
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
                    "result",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.document",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "due_on"], name="subject_request_due"
                    ),
                    models.Index(fields=["client"], name="subject_request_client"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "answered"]), _negated=True),
                            ("identity_checked_at__isnull", False),
                            _connector="OR",
                        ),
                        name="subject_request_accepted_is_identified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            ("refusal_reason__isnull", False),
                            _connector="OR",
                        ),
                        name="subject_request_refused_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("received_on"))),
                        name="subject_request_due_after_receipt",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="archive_number",
            field=models.CharField(
                blank=True, editable=False, max_length=40, verbose_name="档案号"
            ),
        ),
        migrations.AddField(
            model_name="casemember",
            name="name",
            field=msw_portal.kernel.crypto.SealedText(
                blank=True, null=True, pad=True, verbose_name="姓名"
            ),
        ),
        migrations.AddField(
            model_name="casemember",
            name="title",
            field=models.CharField(blank=True, max_length=60, verbose_name="科室与职务"),
        ),
        migrations.AddField(
            model_name="consent",
            name="signature",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.signature",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="details",
            field=msw_portal.kernel.crypto.SealedJSON(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="services",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=list,
                size=None,
                verbose_name="服务内容",
            ),
        ),
        migrations.AddField(
            model_name="episode",
            name="taken_over_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="episode",
            name="taken_over_on",
            field=models.DateField(blank=True, null=True, verbose_name="承接日期"),
        ),
        migrations.AddField(
            model_name="episode",
            name="taken_over_text",
            field=models.CharField(blank=True, max_length=120, verbose_name="承接机构"),
        ),
        migrations.AddField(
            model_name="plan",
            name="details",
            field=msw_portal.kernel.crypto.SealedJSON(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="disclosure",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.disclosure",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="follow_up_on",
            field=models.DateField(blank=True, null=True, verbose_name="跟进日期"),
        ),
        migrations.AddField(
            model_name="referral",
            name="inbox_item",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.inboxitem",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="origin_uid",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="reply_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="期望回复日期"),
        ),
        migrations.AddField(
            model_name="referral",
            name="reply_link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.accesslink",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="sent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="relatedperson",
            name="is_decider",
            field=models.BooleanField(default=False, verbose_name="作医疗决定"),
        ),
        migrations.AddField(
            model_name="relatedperson",
            name="is_payer",
            field=models.BooleanField(default=False, verbose_name="承担费用"),
        ),
        migrations.AlterField(
            model_name="casemember",
            name="role",
            field=models.CharField(max_length=30, verbose_name="角色"),
        ),
        migrations.AlterField(
            model_name="casemember",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="casemember",
            name="valid",
            field=django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="起止"),
        ),
        migrations.AddConstraint(
            model_name="casemember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name__isnull", True), ("user__isnull", False)),
                    models.Q(("name__isnull", False), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="case_member_is_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="episode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_over_on__isnull", True),
                    ("taken_over_by__isnull", False),
                    models.Q(("taken_over_text", ""), _negated=True),
                    _connector="OR",
                ),
                name="episode_taken_over_names_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin_uid__isnull", False)),
                fields=("organization", "origin_uid"),
                name="referral_arrives_once",
            ),
        ),
    ]
