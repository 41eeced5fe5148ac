"""Supervision and training: events that guests may see when open, and who took part."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0035_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="LearningEvent",
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
                            ("supervision", "督导"),
                            ("coaching", "一对一辅导"),
                            ("training", "主题培训"),
                            ("workshop", "工作坊"),
                            ("simulation", "虚拟仿真"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("individual", "个别"),
                            ("group", "团体"),
                            ("peer", "同辈"),
                            ("live", "现场"),
                            ("online", "线上"),
                            ("lecture", "讲授"),
                            ("practice", "实操"),
                        ],
                        max_length=20,
                        verbose_name="形式",
                    ),
                ),
                (
                    "functions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("administrative", "行政"),
                                ("educational", "教育"),
                                ("supportive", "支持"),
                                ("relieving", "疏导"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="功能",
                    ),
                ),
                ("theme", models.CharField(max_length=120, verbose_name="主题")),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("hours", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="学时")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="地点")),
                (
                    "leader_name",
                    models.CharField(blank=True, max_length=60, verbose_name="外请督导或讲师"),
                ),
                ("is_cpd", models.BooleanField(default=False, verbose_name="计入继续教育学时")),
                ("is_open", models.BooleanField(default=False, verbose_name="对外开放")),
                ("outline", models.JSONField(blank=True, default=list, verbose_name="任务与步骤")),
                (
                    "notes",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="讨论的问题"
                    ),
                ),
                (
                    "advice",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="督导建议"
                    ),
                ),
                ("actions", msw_portal.kernel.crypto.SealedJSON(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "已安排"),
                            ("held", "已举行，待签署"),
                            ("signed", "已签署"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        editable=False,
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                        verbose_name="主办机构",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "-starts_at", "-id"], name="learning_event_list"
                    ),
                    models.Index(
                        fields=["organization", "leader", "-starts_at"],
                        name="learning_event_leader",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["supervision", "coaching", "training", "workshop", "simulation"],
                            )
                        ),
                        name="learning_event_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "form__in",
                                [
                                    "individual",
                                    "group",
                                    "peer",
                                    "live",
                                    "online",
                                    "lecture",
                                    "practice",
                                ],
                            )
                        ),
                        name="learning_event_form_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "held", "signed", "cancelled"])
                        ),
                        name="learning_event_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("theme", ""), _negated=True),
                        name="learning_event_has_theme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__gt", 0), ("hours__lte", 400)),
                        name="learning_event_hours_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["supervision", "coaching"]), _negated=True),
                            ("leader__isnull", False),
                            models.Q(("leader_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="learning_event_supervision_has_leader",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", False), ("state", "signed")),
                            models.Q(
                                models.Q(("state", "signed"), _negated=True),
                                ("signed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="learning_event_signed_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningAttendance",
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
                ("name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                (
                    "role",
                    models.CharField(
                        choices=[("leader", "督导或讲师"), ("attendee", "参加者")],
                        default="attendee",
                        max_length=10,
                    ),
                ),
                (
                    "presence",
                    models.CharField(
                        choices=[
                            ("expected", "待参加"),
                            ("present", "到场"),
                            ("leave", "请假"),
                            ("absent", "缺席"),
                        ],
                        default="expected",
                        max_length=10,
                        verbose_name="出席",
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="学时"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("passed", "合格"), ("failed", "不合格")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=5, null=True, verbose_name="成绩"
                    ),
                ),
                (
                    "steps_done",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "reflection",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="反思"),
                ),
                ("signed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "certificate_no",
                    models.CharField(blank=True, max_length=60, verbose_name="证书编号"),
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="departments.staffprofile",
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
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="departments.learningevent",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "user"], name="learning_attendance_user")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user__isnull", False),
                            ("staff__isnull", False),
                            models.Q(("name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="learning_attendance_is_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("event", "user"),
                        name="learning_attendance_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("staff__isnull", False)),
                        fields=("event", "staff"),
                        name="learning_attendance_staff_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("hours__gt", 0), ("hours__isnull", False), ("presence", "present")
                            ),
                            models.Q(
                                models.Q(("presence", "present"), _negated=True),
                                ("hours__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="learning_attendance_hours_with_presence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True),
                            models.Q(("score__gte", 0), ("score__lte", 100)),
                            _connector="OR",
                        ),
                        name="learning_attendance_score_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result", ""), ("presence", "present"), _connector="OR"
                        ),
                        name="learning_attendance_result_of_present",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("certificate_no", ""), ("result", "passed"), _connector="OR"
                        ),
                        name="learning_attendance_certificate_passed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("certificate_no", ""), _negated=True),
                        fields=("organization", "certificate_no"),
                        name="learning_certificate_once",
                    ),
                ],
            },
        ),
        Wall("departments.LearningEvent", "GUEST"),
        Wall("departments.LearningAttendance", "OWN", person="user_id"),
    ]
