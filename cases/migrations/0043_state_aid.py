"""State aid on a case: behind the wall of the case, level 5 follows it; what stands open by break-glass is read only."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

first = import_module("cases.migrations.0003_triggers")
keep_glass = import_module("departments.migrations.0021_break_glass").keep_glass
before = import_module("cases.migrations.0037_supervision_case")
SPREAD = before.SPREAD.replace(
    "begin ",
    "begin update cases_stateaid set compartment_id = new.compartment_id where case_id = new.id; "
    "update departments_transition t set compartment_id = new.compartment_id from cases_stateaid s "
    "where s.case_id = new.id and t.organization_id = new.organization_id "
    "and t.subject_kind = 'stateaid' and t.subject_id = s.id; ",
    1,
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0042_group_notes_erasable"),
        ("departments", "0041_office_role"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StateAid",
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
                            ("medical", "医疗救助"),
                            ("temporary", "临时救助"),
                            ("emergency", "疾病应急救助"),
                            ("subsistence", "最低生活保障"),
                            ("destitute", "特困人员救助供养"),
                            ("poverty_watch", "防止返贫监测"),
                        ],
                        max_length=20,
                        verbose_name="救助种类",
                    ),
                ),
                ("authority", models.CharField(max_length=120, verbose_name="向谁申请")),
                (
                    "applicant",
                    models.CharField(
                        choices=[
                            ("patient", "患者本人"),
                            ("family", "监护人或家属"),
                            ("agent", "受托代办"),
                            ("hospital", "医院（身份不明或无人代办）"),
                        ],
                        max_length=10,
                        verbose_name="由谁申请",
                    ),
                ),
                (
                    "acting_ground",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="代为申请的情况"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "准备材料"),
                            ("filed", "已递交"),
                            ("supplement", "待补材料"),
                            ("reviewing", "审核中"),
                            ("notice", "公示中"),
                            ("granted", "已批准"),
                            ("refused", "未批准"),
                            ("received", "已到账"),
                            ("ended", "已终止"),
                        ],
                        default="preparing",
                        max_length=12,
                        verbose_name="办理进度",
                    ),
                ),
                ("papers", models.JSONField(blank=True, default=dict, verbose_name="材料")),
                (
                    "applied",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="申请金额",
                    ),
                ),
                (
                    "granted",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="批准金额",
                    ),
                ),
                (
                    "received",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="到账金额",
                    ),
                ),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="递交日期")),
                (
                    "answer_due_on",
                    models.DateField(blank=True, null=True, verbose_name="应答复日期"),
                ),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="到账日期")),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="下次跟进")),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("conditions", "不符合条件"),
                            ("income", "收入或财产超过标准"),
                            ("papers", "材料不全"),
                            ("place", "不属于受理地"),
                            ("late", "超过申请期限"),
                            ("covered", "已由其他途径解决"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="未批准的原因",
                    ),
                ),
                (
                    "answer",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="答复内容"
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
                "indexes": [
                    models.Index(fields=["case", "-id"], name="state_aid_case"),
                    models.Index(fields=["organization", "state", "-id"], name="state_aid_list"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "medical",
                                    "temporary",
                                    "emergency",
                                    "subsistence",
                                    "destitute",
                                    "poverty_watch",
                                ],
                            )
                        ),
                        name="state_aid_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "preparing",
                                    "filed",
                                    "supplement",
                                    "reviewing",
                                    "notice",
                                    "granted",
                                    "refused",
                                    "received",
                                    "ended",
                                ],
                            )
                        ),
                        name="state_aid_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("applied__isnull", True), ("applied__gt", 0), _connector="OR"
                            ),
                            models.Q(
                                ("granted__isnull", True), ("granted__gt", 0), _connector="OR"
                            ),
                            models.Q(
                                ("received__isnull", True), ("received__gt", 0), _connector="OR"
                            ),
                        ),
                        name="state_aid_amounts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received__isnull", True),
                            models.Q(
                                ("granted__isnull", False), ("received__lte", models.F("granted"))
                            ),
                            _connector="OR",
                        ),
                        name="state_aid_received_was_granted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applicant", "hospital"), _negated=True),
                            ("acting_ground__isnull", False),
                            _connector="OR",
                        ),
                        name="state_aid_hospital_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["granted", "refused", "received"]), _negated=True
                            ),
                            ("answered_on__isnull", False),
                            _connector="OR",
                        ),
                        name="state_aid_answer_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("refusal", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="state_aid_refused_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_on__isnull", True),
                            ("answered_on__gte", models.F("filed_on")),
                            _connector="OR",
                        ),
                        name="state_aid_days_in_order",
                    ),
                ],
            },
        ),
        Wall("cases.StateAid", "CASE"),
        Definer("spread_compartment()", "trigger", SPREAD),
        Trigger(
            "cases.StateAid",
            "take_compartment",
            f"{first.PUT} case_id, compartment_id, organization_id",
            "app.take_compartment()",
        ),
        keep_glass("cases.StateAid"),
    ]
