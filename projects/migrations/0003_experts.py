from decimal import Decimal

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
        ("cases", "0043_state_aid"),
        ("departments", "0041_office_role"),
        ("projects", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpertProfile",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "employer_text",
                    models.CharField(blank=True, max_length=120, verbose_name="工作单位"),
                ),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="职称或职务")),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("senior", "正高"),
                            ("deputy", "副高"),
                            ("intermediate", "中级"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="级别",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        size=None,
                        verbose_name="专业领域",
                    ),
                ),
                ("is_available", models.BooleanField(default=True, verbose_name="可以评审")),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="每次最多评几项"
                    ),
                ),
                ("ties", models.JSONField(blank=True, default=list, verbose_name="利益关系")),
                ("ties_at", models.DateTimeField(blank=True, null=True, verbose_name="申报时间")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="退出日期")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user"), name="expert_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade__in", ["senior", "deputy", "intermediate", "other"])
                        ),
                        name="expert_grade_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most__isnull", True), ("most__range", (1, 200)), _connector="OR"
                        ),
                        name="expert_most_in_range",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
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
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.TextField(blank=True)),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="projects.expertprofile",
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
                ("body", models.CharField(max_length=120, verbose_name="聘任机构或委员会")),
                ("post", models.CharField(max_length=60, verbose_name="职务")),
                ("number", models.CharField(max_length=40, verbose_name="证书编号")),
                (
                    "valid",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="聘期"),
                ),
                ("appointed_on", models.DateField(verbose_name="聘任日期")),
                ("holder", msw_portal.kernel.crypto.SealedText(verbose_name="姓名")),
            ],
            options={
                "indexes": [models.Index(fields=["expert", "-id"], name="appointment_of_expert")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="appointment_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid__isempty", False),
                            ("valid__lower_inf", False),
                            ("valid__upper_inf", False),
                        ),
                        name="appointment_term_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("voided_at__isnull", True),
                            models.Q(("void_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appointment_voided_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
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
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="projects.application",
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="projects.expertprofile",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("employer", "同一单位"),
                            ("co_application", "参与申报"),
                            ("kin", "亲属关系"),
                            ("hospital_group", "同一医院集团或医联体"),
                            ("supervision", "督导关系"),
                            ("funded_partner", "资助或合作方"),
                            ("declared", "本人申报回避"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("evidence", models.JSONField(blank=True, default=dict)),
                (
                    "note",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="说明"),
                ),
                ("is_computed", models.BooleanField(default=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="解除时间")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lift_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="解除理由"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "user", "application"], name="conflict_of_person"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "expert", "kind"), name="conflict_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "employer",
                                    "co_application",
                                    "kin",
                                    "hospital_group",
                                    "supervision",
                                    "funded_partner",
                                    "declared",
                                ],
                            )
                        ),
                        name="conflict_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(
                                ("lift_reason__isnull", False),
                                ("lifted_at__isnull", False),
                                ("lifted_by__isnull", False),
                                models.Q(("lifted_by", models.F("user")), _negated=True),
                                models.Q(
                                    ("created_by__isnull", True),
                                    models.Q(("lifted_by", models.F("created_by")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="conflict_lifted_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewPlan",
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
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_plan",
                        to="projects.call",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.questionnaire",
                    ),
                ),
                (
                    "experts_each",
                    models.PositiveSmallIntegerField(default=3, verbose_name="每项几位专家"),
                ),
                (
                    "most_per_expert",
                    models.PositiveSmallIntegerField(default=30, verbose_name="每位专家最多几项"),
                ),
                ("is_blind", models.BooleanField(default=True, verbose_name="匿名评审")),
                ("opens_on", models.DateField(verbose_name="评审开始")),
                ("closes_on", models.DateField(verbose_name="评审截止")),
                (
                    "trim_from",
                    models.PositiveSmallIntegerField(default=5, verbose_name="几份起去掉最高最低"),
                ),
                (
                    "spread_alarm",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("15"),
                        max_digits=5,
                        verbose_name="分差警示（标准差）",
                    ),
                ),
                (
                    "tie_order",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "shows_normalised",
                    models.BooleanField(default=False, verbose_name="并列显示标准化分"),
                ),
                (
                    "reserve_places",
                    models.PositiveSmallIntegerField(default=0, verbose_name="候补名额"),
                ),
                ("checklist", models.JSONField(default=list, verbose_name="形式审查清单")),
                ("phase", models.PositiveSmallIntegerField(default=1, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("experts_each__in", (3, 5, 7, 9))),
                        name="review_plan_experts_odd",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="review_plan_closes_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most_per_expert__range", (1, 500)),
                            ("spread_alarm__gt", 0),
                            ("trim_from__range", (5, 9)),
                        ),
                        name="review_plan_in_range",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AssignmentRun",
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
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment_runs",
                        to="projects.call",
                    ),
                ),
                ("phase", models.PositiveSmallIntegerField(default=1)),
                ("inputs", models.JSONField(default=dict)),
                ("seed", models.BigIntegerField()),
                ("result", models.JSONField(default=list)),
                ("result_hash", models.CharField(max_length=64)),
                ("short_count", models.PositiveIntegerField(default=0)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applied_by",
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
                "indexes": [models.Index(fields=["call", "-id"], name="assignment_run_of_call")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", True), ("applied_by__isnull", True)),
                            models.Q(
                                ("applied_at__isnull", False),
                                ("applied_by__isnull", False),
                                ("short_count", 0),
                            ),
                            _connector="OR",
                        ),
                        name="assignment_run_applied_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.questionnaire",
                    ),
                ),
                ("score", models.JSONField(blank=True, default=dict)),
                ("band", models.CharField(blank=True, max_length=40)),
                ("is_final", models.BooleanField(default=False)),
                ("finalized_at", models.DateTimeField(blank=True, null=True)),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="projects.call",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="projects.application",
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="projects.expertprofile",
                    ),
                ),
                (
                    "expert_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="projects.assignmentrun",
                    ),
                ),
                (
                    "packet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.disclosure",
                    ),
                ),
                ("label", models.CharField(max_length=20)),
                ("phase", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("assigned", "待评审"),
                            ("opened", "评审中"),
                            ("submitted", "已提交"),
                            ("recused", "已回避"),
                            ("voided", "已作废"),
                        ],
                        default="assigned",
                        max_length=20,
                    ),
                ),
                ("opens_on", models.DateField()),
                ("due_on", models.DateField()),
                ("answers", models.JSONField(blank=True, default=dict)),
                (
                    "comment",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="评语"),
                ),
                (
                    "total",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                ),
                ("is_released", models.BooleanField(default=False)),
                ("is_voided", models.BooleanField(default=False)),
                (
                    "void_reason",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="作废理由"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["call", "phase", "application"], name="review_of_call"),
                    models.Index(
                        fields=["expert_user", "state", "due_on"], name="review_of_expert"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "expert", "phase"), name="review_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["assigned", "opened", "submitted", "recused", "voided"])
                        ),
                        name="review_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total__isnull", True), ("total__range", (0, 100)), _connector="OR"
                        ),
                        name="review_total_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("submitted", "voided")), _negated=True),
                            models.Q(
                                ("finalized_at__isnull", False),
                                ("is_final", True),
                                ("total__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="review_submitted_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_voided", False), models.Q(("state", "voided"), _negated=True)
                            ),
                            models.Q(
                                ("is_voided", True),
                                ("state", "voided"),
                                ("void_reason__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="review_voided_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Panel",
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
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panels",
                        to="projects.call",
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="地点")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "已安排"),
                            ("held", "已召开"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.expertprofile",
                    ),
                ),
                (
                    "minutes",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="会议纪要"
                    ),
                ),
                ("present", msw_portal.kernel.crypto.SealedJSON(default=list)),
                ("applications", models.JSONField(blank=True, default=list)),
                ("rescored_phase", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["call", "-on", "-id"], name="panel_of_call")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "held", "cancelled"])),
                        name="panel_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True),
                            ("minutes__isnull", False),
                            _connector="OR",
                        ),
                        name="panel_held_has_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutcomeLetter",
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
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome_letters",
                        to="projects.call",
                    ),
                ),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter",
                        to="projects.application",
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="文号")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("proposed", "拟入选"),
                            ("reserve", "候补"),
                            ("not_selected", "未入选"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("comments", models.JSONField(blank=True, default=list)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["counterparty", "-id"], name="letter_of_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="letter_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["proposed", "reserve", "not_selected"])
                        ),
                        name="letter_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counterparty__isnull", True), ("sent_at__isnull", True)),
                            models.Q(("counterparty__isnull", False), ("sent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="letter_sent_has_reader",
                    ),
                ],
            },
        ),
    ]
