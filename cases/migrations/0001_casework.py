import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("departments", "0007_installation"),
        ("departments", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
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
                ("name", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="姓名")),
                ("name_masked", models.CharField(editable=False, max_length=60)),
                (
                    "sex",
                    models.CharField(
                        choices=[("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明")],
                        default="0",
                        max_length=1,
                        verbose_name="性别",
                    ),
                ),
                (
                    "birth_date",
                    msw_portal.kernel.crypto.SealedDate(
                        blank=True, null=True, verbose_name="出生日期"
                    ),
                ),
                ("birth_year", models.SmallIntegerField(blank=True, editable=False, null=True)),
                ("birth_unknown", models.BooleanField(default=False, verbose_name="出生日期不详")),
                (
                    "id_type",
                    models.CharField(
                        choices=[
                            ("id", "居民身份证"),
                            ("birth_certificate", "出生医学证明"),
                            ("passport", "护照"),
                            ("residence_permit", "港澳台居民居住证"),
                            ("foreign_permit", "外国人永久居留证"),
                            ("officer", "军官证"),
                            ("none", "无证件"),
                        ],
                        default="id",
                        max_length=20,
                        verbose_name="证件类型",
                    ),
                ),
                (
                    "id_no",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="证件号码"
                    ),
                ),
                ("id_no_bidx", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "phone",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="联系电话"
                    ),
                ),
                ("phone_bidx", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "address",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="现住址"
                    ),
                ),
                ("household", models.JSONField(blank=True, default=dict, verbose_name="家庭情况")),
                ("is_unidentified", models.BooleanField(default=False, verbose_name="身份不明")),
                ("deceased_on", models.DateField(blank=True, null=True, verbose_name="去世日期")),
                ("legal_hold", models.BooleanField(default=False, editable=False)),
                ("merged_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.region",
                        verbose_name="地区",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="cases.client",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("id_no_bidx__isnull", False), ("root", models.F("id"))),
                        fields=("organization", "id_type", "id_no_bidx"),
                        name="client_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("root__isnull", False)), name="client_has_root"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["0", "1", "2", "9"])),
                        name="client_sex_known_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "id_type__in",
                                [
                                    "id",
                                    "birth_certificate",
                                    "passport",
                                    "residence_permit",
                                    "foreign_permit",
                                    "officer",
                                    "none",
                                ],
                            )
                        ),
                        name="client_id_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birth_year__isnull", True),
                            ("birth_year__range", (1880, 2200)),
                            _connector="OR",
                        ),
                        name="client_birth_year_in_range",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["root"], name="client_root"),
                    models.Index(fields=["organization", "phone_bidx"], name="client_phone"),
                    models.Index(fields=["organization", "id_no_bidx"], name="client_id_no"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentTemplate",
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
                            ("service", "服务同意"),
                            ("sensitive_pi", "敏感个人信息"),
                            ("minor_guardian", "监护人同意"),
                            ("assessment", "量表筛查"),
                            ("share_to_org", "向第三方提供"),
                            ("mdt_share", "院内团队共享"),
                            ("recording", "录音录像"),
                            ("photo_publicity", "影像宣传"),
                            ("public_notice", "公示"),
                            ("research", "去标识研究使用"),
                            ("volunteer_visit", "志愿者探访"),
                            ("group_confidentiality", "小组保密"),
                            ("follow_up_contact", "结案后回访"),
                        ],
                        max_length=30,
                        verbose_name="同意种类",
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("text", models.TextField(verbose_name="正文")),
                ("text_hash", models.BinaryField(max_length=32)),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "needs_guardian_below",
                    models.SmallIntegerField(blank=True, default=14, null=True),
                ),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "language", "version"),
                        name="consent_template_version_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Episode",
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
                    "visit_type",
                    models.CharField(
                        choices=[
                            ("outpatient", "门诊"),
                            ("emergency", "急诊"),
                            ("inpatient", "住院"),
                            ("day", "日间"),
                        ],
                        max_length=20,
                        verbose_name="就诊类型",
                    ),
                ),
                (
                    "mrn",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="病案号"
                    ),
                ),
                ("mrn_bidx", msw_portal.kernel.crypto.BlindIndex()),
                ("bed", models.CharField(blank=True, max_length=20, verbose_name="床号")),
                ("doctor", models.CharField(blank=True, max_length=60, verbose_name="主管医生")),
                (
                    "diagnosis",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="诊断"),
                ),
                (
                    "disease_group",
                    models.CharField(blank=True, max_length=60, verbose_name="疾病类别"),
                ),
                (
                    "treatment_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("suspected", "待确诊"),
                            ("diagnosed", "确诊"),
                            ("pre_op", "术前"),
                            ("in_op", "术中"),
                            ("post_op", "术后"),
                            ("chemoradiation", "化放疗"),
                            ("transplant", "移植"),
                            ("rehabilitation", "康复"),
                            ("relapse", "复发"),
                            ("terminal", "终末期"),
                            ("follow_up", "随访"),
                            ("deceased", "死亡"),
                        ],
                        max_length=20,
                        verbose_name="治疗阶段",
                    ),
                ),
                (
                    "insurance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("employee", "职工医保"),
                            ("resident", "居民医保"),
                            ("public", "公费医疗"),
                            ("commercial", "商业保险"),
                            ("injury", "工伤保险"),
                            ("maternity", "生育保险"),
                            ("remote_filed", "异地医保（已备案）"),
                            ("remote_unfiled", "异地医保（未备案）"),
                            ("self_paid", "全自费"),
                        ],
                        max_length=20,
                        verbose_name="医保类型",
                    ),
                ),
                ("admitted_on", models.DateField(blank=True, null=True, verbose_name="入院日期")),
                ("discharged_on", models.DateField(blank=True, null=True, verbose_name="出院日期")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("local", "本系统登记"),
                            ("his", "医院信息系统"),
                            ("import", "导入"),
                        ],
                        default="local",
                        max_length=10,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="episodes",
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
                    "ward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="病区",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discharged_on__isnull", True),
                            ("discharged_on__gte", models.F("admitted_on")),
                            _connector="OR",
                        ),
                        name="episode_dates_in_order",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "mrn_bidx", "admitted_on"), name="episode_stay_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visit_type__in", ["outpatient", "emergency", "inpatient", "day"])
                        ),
                        name="episode_visit_type_known",
                    ),
                ],
                "indexes": [models.Index(fields=["client", "-admitted_on"], name="episode_client")],
            },
        ),
        migrations.CreateModel(
            name="RelatedPerson",
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
                        max_length=20,
                        verbose_name="关系",
                    ),
                ),
                ("name", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="姓名")),
                (
                    "phone",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="联系电话"
                    ),
                ),
                ("phone_bidx", msw_portal.kernel.crypto.BlindIndex()),
                (
                    "id_no",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="证件号码"
                    ),
                ),
                ("is_guardian", models.BooleanField(default=False, verbose_name="监护人")),
                (
                    "is_primary_caregiver",
                    models.BooleanField(default=False, verbose_name="主要照顾者"),
                ),
                (
                    "is_primary_contact",
                    models.BooleanField(default=False, verbose_name="首要联系人"),
                ),
                ("is_legal_agent", models.BooleanField(default=False, verbose_name="法定代理人")),
                ("is_cohabiting", models.BooleanField(default=False, verbose_name="同住")),
                ("must_not_be_told", models.BooleanField(default=False, verbose_name="不可告知")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="related_people",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "relation__in",
                                [
                                    "father",
                                    "mother",
                                    "spouse",
                                    "son",
                                    "daughter",
                                    "sibling",
                                    "grandparent",
                                    "guardian",
                                    "relative",
                                    "agent",
                                    "other",
                                ],
                            )
                        ),
                        name="related_person_relation_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                ("number", models.CharField(blank=True, max_length=40, verbose_name="个案编号")),
                (
                    "method",
                    models.CharField(
                        choices=[("casework", "个案工作"), ("case_management", "个案管理")],
                        default="casework",
                        max_length=20,
                        verbose_name="工作方法",
                    ),
                ),
                (
                    "service_kind",
                    models.CharField(
                        choices=[("full", "完整服务"), ("short", "短期服务")],
                        default="full",
                        max_length=10,
                        verbose_name="服务类型",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("self_request", "自行求助"),
                            ("clinician_referral", "医护转介"),
                            ("agency_referral", "其他机构转介"),
                            ("outreach", "社工主动发现"),
                            ("public_report", "民众或志愿者通报"),
                            ("family_request", "家属求助"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="来源",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("pending", "待受理"),
                            ("intake", "接案"),
                            ("assessment", "预估"),
                            ("planning", "计划"),
                            ("intervention", "介入"),
                            ("evaluation", "评估"),
                            ("closure", "待结案审核"),
                            ("closed", "已结案"),
                            ("declined", "不接案"),
                            ("referred_out", "已转介"),
                            ("voided", "已作废"),
                        ],
                        default="pending",
                        max_length=20,
                        verbose_name="阶段",
                    ),
                ),
                (
                    "suspended_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="暂停时间"
                    ),
                ),
                (
                    "risk_level",
                    models.CharField(
                        choices=[
                            ("low", "低"),
                            ("medium", "中"),
                            ("high", "高"),
                            ("crisis", "危机"),
                        ],
                        default="low",
                        max_length=10,
                        verbose_name="风险",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("normal", "一般"), ("soon", "较急"), ("urgent", "紧急")],
                        default="normal",
                        max_length=10,
                        verbose_name="优先级",
                    ),
                ),
                (
                    "secrecy",
                    models.SmallIntegerField(
                        choices=[(4, "4 级：个案档案"), (5, "5 级：指名查阅")],
                        default=4,
                        verbose_name="保密级别",
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="登记时间"
                    ),
                ),
                (
                    "assigned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="分派时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("goals_met", "目标实现"),
                            ("client_withdrew", "服务对象不愿继续"),
                            ("referred", "客观原因不能实现目标而转介"),
                            ("status_changed", "社工或服务对象身份、状况变化"),
                            ("lost_contact", "出院失联"),
                            ("deceased", "死亡"),
                            ("out_of_scope", "超出机构服务范围"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="结案原因",
                    ),
                ),
                (
                    "goal_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=4,
                        null=True,
                        verbose_name="目标达成率",
                    ),
                ),
                (
                    "gas_t",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="目标达成 T 分",
                    ),
                ),
                (
                    "satisfaction",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="满意度"),
                ),
                (
                    "satisfaction_refused",
                    models.BooleanField(default=False, verbose_name="不愿评价"),
                ),
                ("level5_diagnosis", msw_portal.kernel.crypto.SealedText(blank=True, null=True)),
                (
                    "duplicate_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="重复开案理由"),
                ),
                (
                    "presenting_problem",
                    msw_portal.kernel.crypto.SealedText(verbose_name="求助问题"),
                ),
                ("weight", models.DecimalField(decimal_places=2, default=1, max_digits=4)),
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
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reopened_as",
                        to="cases.case",
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="督导",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责社工",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.client",
                        verbose_name="服务对象",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.episode",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("organization", "number"),
                        name="case_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["declined", "pending", "voided"]),
                            models.Q(("number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="case_number_after_the_door",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["declined", "pending", "voided"]),
                            ("worker__isnull", False),
                            _connector="OR",
                        ),
                        name="case_worker_after_the_door",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("stage", "closed"), models.Q(("close_reason", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("stage", "closed"), _negated=True), ("close_reason", "")
                            ),
                            _connector="OR",
                        ),
                        name="case_closed_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("stage__in", ["closed", "declined", "referred_out", "voided"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("stage__in", ["closed", "declined", "referred_out", "voided"]),
                                    _negated=True,
                                ),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="case_final_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("assigned_at__isnull", True),
                                ("assigned_at__gte", models.F("opened_at")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("closed_at__gte", models.F("opened_at")),
                                _connector="OR",
                            ),
                        ),
                        name="case_times_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("compartment_id__isnull", True),
                            ("compartment_id", models.F("id")),
                            _connector="OR",
                        ),
                        name="case_compartment_is_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("compartment_id__isnull", False), ("secrecy", 5)),
                            models.Q(("compartment_id__isnull", True), ("secrecy", 4)),
                            _connector="OR",
                        ),
                        name="case_level5_has_compartment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("duplicate_reason", "")),
                        fields=("organization", "client", "department"),
                        name="case_one_open_per_client",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stage__in",
                                [
                                    "pending",
                                    "intake",
                                    "assessment",
                                    "planning",
                                    "intervention",
                                    "evaluation",
                                    "closure",
                                    "closed",
                                    "declined",
                                    "referred_out",
                                    "voided",
                                ],
                            )
                        ),
                        name="case_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True),
                            ("satisfaction__range", (1, 5)),
                            _connector="OR",
                        ),
                        name="case_satisfaction_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("goal_rate__isnull", True),
                            ("goal_rate__range", (0, 1)),
                            _connector="OR",
                        ),
                        name="case_goal_rate_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0)), name="case_weight_positive"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["organization", "-opened_at", "-id"], name="case_list"),
                    models.Index(
                        fields=["organization", "worker", "stage", "-opened_at", "-id"],
                        name="case_worker_list",
                    ),
                    models.Index(
                        fields=["organization", "department", "stage", "-opened_at", "-id"],
                        name="case_department_list",
                    ),
                    models.Index(fields=["client"], name="case_client"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseForm",
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
                        choices=[
                            ("F1", "接案登记表"),
                            ("F3", "需求预估表"),
                            ("F7", "结案报告"),
                            ("F8", "跟进记录"),
                            ("F11", "危机事件报告"),
                            ("F12", "家庭会议 / 多学科会议记录"),
                            ("F13", "出院计划"),
                            ("genogram", "家庭结构图"),
                            ("ecomap", "生态图"),
                        ],
                        max_length=10,
                        verbose_name="表单",
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("payload", msw_portal.kernel.crypto.SealedJSON()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("final", "已定稿")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("form_no", models.CharField(blank=True, max_length=60)),
                ("finalized_at", models.DateTimeField(blank=True, null=True)),
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
                        fields=("case", "kind", "version"), name="case_form_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "final"), _negated=True),
                            ("finalized_at__isnull", False),
                            _connector="OR",
                        ),
                        name="case_form_final_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseMember",
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
                ("role", models.CharField(max_length=30)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)),
                        name="case_member_valid_not_empty",
                    ),
                    models.UniqueConstraint(
                        fields=("case", "user", "valid"), name="case_member_once"
                    ),
                ],
                "indexes": [models.Index(fields=["organization", "user"], name="case_member_user")],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
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
                ("score", models.JSONField(blank=True, default=dict)),
                ("band", models.CharField(blank=True, max_length=40)),
                ("is_final", models.BooleanField(default=False)),
                ("finalized_at", models.DateTimeField(blank=True, null=True)),
                ("answers", msw_portal.kernel.crypto.SealedJSON()),
                (
                    "interpretation",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="解读"),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "待受理"),
                            ("intake", "接案"),
                            ("assessment", "预估"),
                            ("planning", "计划"),
                            ("intervention", "介入"),
                            ("evaluation", "评估"),
                            ("closure", "待结案审核"),
                            ("closed", "已结案"),
                            ("declined", "不接案"),
                            ("referred_out", "已转介"),
                            ("voided", "已作废"),
                        ],
                        max_length=20,
                    ),
                ),
                ("checkpoint", models.CharField(blank=True, max_length=20)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="cases.assessment",
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
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.questionnaire",
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
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="cases.client",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_final", False), ("finalized_at__isnull", False), _connector="OR"
                        ),
                        name="assessment_final_has_time",
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["client", "questionnaire", "finalized_at"], name="assessment_course"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                        choices=[
                            ("service", "服务同意"),
                            ("sensitive_pi", "敏感个人信息"),
                            ("minor_guardian", "监护人同意"),
                            ("assessment", "量表筛查"),
                            ("share_to_org", "向第三方提供"),
                            ("mdt_share", "院内团队共享"),
                            ("recording", "录音录像"),
                            ("photo_publicity", "影像宣传"),
                            ("public_notice", "公示"),
                            ("research", "去标识研究使用"),
                            ("volunteer_visit", "志愿者探访"),
                            ("group_confidentiality", "小组保密"),
                            ("follow_up_contact", "结案后回访"),
                        ],
                        max_length=30,
                        verbose_name="同意种类",
                    ),
                ),
                ("text_hash", models.BinaryField(max_length=32)),
                ("purpose", models.CharField(max_length=120, verbose_name="目的")),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="信息范围",
                    ),
                ),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("consent", "个人同意"),
                            ("contract", "履行合同所必需"),
                            ("statutory", "履行法定职责或义务"),
                            ("vital_interest", "紧急情况下保护生命健康和财产安全"),
                            ("public_health", "应对突发公共卫生事件"),
                        ],
                        default="consent",
                        max_length=20,
                        verbose_name="处理依据",
                    ),
                ),
                ("signer", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="签署人")),
                (
                    "signer_relation",
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
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("paper_scan", "纸质签署并扫描"),
                            ("e_signature", "电子签名"),
                            ("oral_witness", "口头同意并有见证人"),
                        ],
                        max_length=20,
                        verbose_name="签署方式",
                    ),
                ),
                (
                    "witness",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, pad=True, verbose_name="见证人"
                    ),
                ),
                ("signed_at", models.DateTimeField(verbose_name="签署时间")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                (
                    "notice_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="告知期限"),
                ),
                ("notice_given_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
                    models.CharField(
                        blank=True,
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
                        verbose_name="撤回人",
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="cases.case",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
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
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="接收方",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="cases.consent",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.consenttemplate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "share_to_org"), _negated=True),
                            ("recipient__isnull", False),
                            _connector="OR",
                        ),
                        name="consent_share_names_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("legal_basis", "vital_interest"), _negated=True),
                            ("notice_due_at__isnull", False),
                            _connector="OR",
                        ),
                        name="consent_vital_interest_has_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by", "")),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawn_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_withdrawn_names_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            ("withdrawn_at__gte", models.F("signed_at")),
                            _connector="OR",
                        ),
                        name="consent_withdrawn_after_signing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "service",
                                    "sensitive_pi",
                                    "minor_guardian",
                                    "assessment",
                                    "share_to_org",
                                    "mdt_share",
                                    "recording",
                                    "photo_publicity",
                                    "public_notice",
                                    "research",
                                    "volunteer_visit",
                                    "group_confidentiality",
                                    "follow_up_contact",
                                ],
                            )
                        ),
                        name="consent_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("superseded_at__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=("organization", "client", "kind", "recipient", "purpose"),
                        name="consent_one_live_per_purpose",
                        nulls_distinct=False,
                    ),
                ],
                "indexes": [
                    models.Index(fields=["client", "kind"], name="consent_client"),
                    models.Index(fields=["case", "kind"], name="consent_case"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                ("occurred_on", models.DateField(verbose_name="日期")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("minutes", models.SmallIntegerField(blank=True, null=True, verbose_name="分钟")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("interview", "面谈"),
                            ("ward_visit", "病房探访"),
                            ("clinic", "门诊 / 跟诊"),
                            ("phone", "电访"),
                            ("online", "线上 / 视频"),
                            ("home_visit", "家访"),
                            ("escort", "陪同"),
                            ("family_meeting", "家庭会议"),
                            ("mdt", "多学科会议"),
                            ("resource_contact", "资源联络"),
                            ("agency_visit", "机构访视"),
                            ("letter", "信函 / 公文"),
                            ("incoming_call", "案家来电"),
                        ],
                        max_length=20,
                        verbose_name="方式",
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("client", "患者本人"),
                            ("parent", "父母"),
                            ("spouse", "配偶"),
                            ("child", "子女"),
                            ("relative", "其他亲属"),
                            ("clinician", "医护"),
                            ("agency", "机构"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="对象",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "待受理"),
                            ("intake", "接案"),
                            ("assessment", "预估"),
                            ("planning", "计划"),
                            ("intervention", "介入"),
                            ("evaluation", "评估"),
                            ("closure", "待结案审核"),
                            ("closed", "已结案"),
                            ("declined", "不接案"),
                            ("referred_out", "已转介"),
                            ("voided", "已作废"),
                        ],
                        max_length=20,
                    ),
                ),
                ("facts", msw_portal.kernel.crypto.SealedText(verbose_name="过程与事实")),
                (
                    "analysis",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="分析与感受"
                    ),
                ),
                (
                    "techniques",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="技巧",
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="下次日期")),
                ("locked_at", models.DateTimeField(verbose_name="锁定时间")),
                ("co_sign_required", models.BooleanField(default=False, editable=False)),
                (
                    "addendum_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addenda",
                        to="cases.contact",
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
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="cases.client",
                    ),
                ),
                (
                    "countersigned_by",
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.episode",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("addendum_to__isnull", True),
                                ("minutes__isnull", False),
                                ("minutes__range", (1, 1440)),
                            ),
                            models.Q(("addendum_to__isnull", False), ("minutes__isnull", True)),
                            _connector="OR",
                        ),
                        name="contact_minutes_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="contact_times_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_on__isnull", True),
                            ("next_on__gte", models.F("occurred_on")),
                            _connector="OR",
                        ),
                        name="contact_next_is_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("countersigned_by__isnull", True),
                            models.Q(("countersigned_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="contact_co_signer_is_another",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organization", "-occurred_on", "-id"], name="contact_list"
                    ),
                    models.Index(fields=["case", "-occurred_on", "-id"], name="contact_case"),
                    models.Index(fields=["created_by", "starts_at"], name="contact_author"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
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
                    "category",
                    models.CharField(
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
                        verbose_name="需求类别",
                    ),
                ),
                ("statement", msw_portal.kernel.crypto.SealedText(verbose_name="需求描述")),
                (
                    "voice",
                    models.CharField(
                        choices=[("client", "服务对象提出"), ("worker", "社工评估")],
                        max_length=10,
                        verbose_name="由谁提出",
                    ),
                ),
                ("severity", models.SmallIntegerField(verbose_name="严重程度")),
                ("rank", models.SmallIntegerField(default=1, verbose_name="优先次序")),
                (
                    "met",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "已满足"), ("partly", "部分满足"), ("no", "未满足")],
                        max_length=10,
                        verbose_name="满足情况",
                    ),
                ),
                (
                    "unmet_reason",
                    models.CharField(blank=True, max_length=40, verbose_name="未满足原因"),
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
                        condition=models.Q(("severity__range", (1, 5))),
                        name="need_severity_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "financial",
                                    "policy_consult",
                                    "illness_adaptation",
                                    "emotional",
                                    "family_caregiver",
                                    "social_support",
                                    "communication",
                                    "discharge_planning",
                                    "rehab_reintegration",
                                    "child_education",
                                    "basic_living",
                                    "palliative_bereavement",
                                    "crisis",
                                    "abuse_violence",
                                    "unidentified",
                                    "legal_rights",
                                    "transplant_donation",
                                    "other",
                                ],
                            )
                        ),
                        name="need_category_known",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["organization", "category"], name="need_category")
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
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
                ("version", models.IntegerField(default=1)),
                ("aim", msw_portal.kernel.crypto.SealedText(verbose_name="总目标")),
                (
                    "theory",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="理论取向",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待督导审核"),
                            ("approved", "已批准"),
                            ("replaced", "已被新版本取代"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("review_due_on", models.DateField(verbose_name="检视日期")),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "supervisor_comment",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="督导意见"
                    ),
                ),
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
                    models.UniqueConstraint(fields=("case", "version"), name="plan_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "approved")),
                        fields=("case",),
                        name="plan_one_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(
                                ("approved_at__isnull", False), ("approved_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="plan_approved_has_approver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="plan_approver_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
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
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("review", "审核所需，不含姓名"),
                            ("identity", "办理所需，含身份"),
                            ("referral", "转介所需"),
                            ("packet", "盲审材料"),
                            ("result", "结果"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("payload", msw_portal.kernel.crypto.SealedJSON(null=True)),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("read_count", models.IntegerField(default=0, editable=False)),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
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
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.accesslink",
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
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "recipient_user",
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("link__isnull", True),
                                ("recipient__isnull", False),
                                ("recipient_user__isnull", True),
                            ),
                            models.Q(
                                ("link__isnull", True),
                                ("recipient__isnull", True),
                                ("recipient_user__isnull", False),
                            ),
                            models.Q(
                                ("link__isnull", False),
                                ("recipient__isnull", True),
                                ("recipient_user__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="disclosure_one_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payload__isnull", False), ("withdrawn_at__isnull", True)),
                            models.Q(("payload__isnull", True), ("withdrawn_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="disclosure_withdrawn_is_empty",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "subject_kind", "subject_id", "level", "version"),
                        name="disclosure_version_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["recipient", "subject_kind", "subject_id"],
                        name="disclosure_recipient",
                    ),
                    models.Index(fields=["consent"], name="disclosure_consent"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
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
                    "direction",
                    models.CharField(
                        choices=[("in", "转入"), ("out", "转出")], default="in", max_length=3
                    ),
                ),
                (
                    "from_text",
                    models.CharField(blank=True, max_length=120, verbose_name="转介来源"),
                ),
                ("to_text", models.CharField(blank=True, max_length=120, verbose_name="转往")),
                ("reason", msw_portal.kernel.crypto.SealedText(verbose_name="转介原因")),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="需求",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "一般"), ("soon", "较急"), ("urgent", "紧急")],
                        default="normal",
                        max_length=10,
                        verbose_name="紧急程度",
                    ),
                ),
                ("client_aware", models.BooleanField(default=False, verbose_name="服务对象知情")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("sent", "已发出"),
                            ("received", "待认领"),
                            ("claimed", "已认领"),
                            ("accepted", "已接收"),
                            ("completed", "已完成"),
                            ("refused", "不受理"),
                            ("returned", "已退回"),
                            ("failed", "未成功"),
                            ("cancelled", "已取消"),
                            ("discarded", "已丢弃"),
                        ],
                        default="received",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="收到时间"
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="应答期限")),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("legal_basis", models.CharField(blank=True, max_length=20)),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("no_help_reason", models.CharField(blank=True, max_length=40)),
                ("feedback", msw_portal.kernel.crypto.SealedText(blank=True, null=True)),
                ("is_care", models.BooleanField(default=True, editable=False)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_out",
                        to="cases.case",
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="cases.client",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        blank=True,
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
                    "from_department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.department",
                        verbose_name="转介科室",
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
                            ("direction", "in"),
                            ("consent__isnull", False),
                            models.Q(("legal_basis", ""), _negated=True),
                            ("state", "draft"),
                            _connector="OR",
                        ),
                        name="referral_out_has_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("direction", "out"), ("counterparty__isnull", True), _connector="OR"
                        ),
                        name="referral_in_stays_inside",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "sent",
                                    "received",
                                    "claimed",
                                    "accepted",
                                    "completed",
                                    "refused",
                                    "returned",
                                    "failed",
                                    "cancelled",
                                    "discarded",
                                ],
                            )
                        ),
                        name="referral_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(("claimed_at__isnull", False), ("claimed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="referral_claimed_has_worker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_care", True)), name="referral_is_about_care"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organization", "direction", "state", "due_at", "id"],
                        name="referral_list",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskAlert",
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
                    "trigger",
                    models.CharField(
                        choices=[
                            ("phq9_9", "PHQ-9 第 9 题"),
                            ("worker", "社工发现"),
                            ("distress", "痛苦程度 10 分"),
                            ("screen", "快速筛查"),
                            ("minor_harm", "未成年人疑似受侵害"),
                        ],
                        max_length=20,
                        verbose_name="触发",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("low", "低"),
                            ("medium", "中"),
                            ("high", "高"),
                            ("crisis", "危机"),
                        ],
                        max_length=10,
                        verbose_name="程度",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "待处理"),
                            ("handling", "处理中"),
                            ("resolved", "已解除"),
                        ],
                        default="raised",
                        max_length=10,
                    ),
                ),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("handled_at", models.DateTimeField(null=True)),
                ("report_due_at", models.DateTimeField()),
                ("mandatory_report_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="结果")),
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
                    "handled_by",
                    models.ForeignKey(
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
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.caseform",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("handled_at__isnull", False),
                                ("handled_by__isnull", False),
                                ("report__isnull", False),
                                ("state", "resolved"),
                            ),
                            models.Q(
                                models.Q(("state", "resolved"), _negated=True),
                                ("handled_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="risk_alert_resolved_has_report",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "resolved"), ("trigger", "minor_harm"), _negated=True
                            ),
                            ("mandatory_report_at__isnull", False),
                            _connector="OR",
                        ),
                        name="risk_alert_minor_harm_is_reported",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handled_at__isnull", True),
                            ("handled_at__gte", models.F("raised_at")),
                            _connector="OR",
                        ),
                        name="risk_alert_times_in_order",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("handled_at__isnull", True)),
                        fields=["case"],
                        name="risk_alert_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisclosureDocument",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("recipient_id", models.BigIntegerField(editable=False, null=True)),
                ("recipient_user_id", models.BigIntegerField(editable=False, null=True)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("expires_at", models.DateTimeField(editable=False, null=True)),
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
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="cases.disclosure",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("disclosure", "document"), name="disclosure_document_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
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
                ("rank", models.SmallIntegerField(default=1)),
                ("statement", msw_portal.kernel.crypto.SealedText(verbose_name="目标")),
                ("indicator", models.CharField(max_length=120, verbose_name="指标")),
                ("baseline", models.CharField(blank=True, max_length=120, verbose_name="现状")),
                ("target", models.CharField(blank=True, max_length=120, verbose_name="目标值")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2, default=1, max_digits=5, verbose_name="权重"
                    ),
                ),
                ("gas_levels", models.JSONField(blank=True, default=dict)),
                (
                    "gas",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (-2, "远低于预期"),
                            (-1, "低于预期"),
                            (0, "达到预期"),
                            (1, "高于预期"),
                            (2, "远高于预期"),
                        ],
                        null=True,
                        verbose_name="达成等级",
                    ),
                ),
                ("rated_at", models.DateTimeField(blank=True, null=True)),
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
                        related_name="goals",
                        to="cases.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0)), name="goal_weight_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gas__isnull", True), ("gas__range", (-2, 2)), _connector="OR"
                        ),
                        name="goal_gas_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoalNeed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                ("compartment_id", models.BigIntegerField(editable=False, null=True)),
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
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="cases.goal"),
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
                    "need",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.need"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("goal", "need"), name="goal_need_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="referral",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made_case",
                to="cases.referral",
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="needs",
            field=models.ManyToManyField(
                related_name="goals", through="cases.GoalNeed", to="cases.need"
            ),
        ),
    ]
