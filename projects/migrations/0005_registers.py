"""Surveys with their samples and answers, registers with their parties and ties, each behind its wall."""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0043_state_aid"),
        ("departments", "0041_office_role"),
        ("projects", "0004_expert_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Survey",
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
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("purpose", models.TextField(verbose_name="目的")),
                ("scope", models.TextField(blank=True, verbose_name="对象与范围")),
                ("partners", models.TextField(blank=True, verbose_name="合作方")),
                (
                    "methods",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="开始")),
                ("ends_on", models.DateField(verbose_name="截止")),
                (
                    "answer_target",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="计划回收问卷"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "设计中"),
                            ("collecting", "收集中"),
                            ("closed", "已截止"),
                            ("reported", "已出报告"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("findings", models.TextField(blank=True, verbose_name="主要发现")),
                ("limits", models.TextField(blank=True, verbose_name="局限")),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="projects.project",
                        verbose_name="所属项目",
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.questionnaire",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-starts_on", "-id"], name="survey_list")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "collecting", "closed", "reported"])
                        ),
                        name="survey_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "methods__contained_by",
                                ["questionnaire", "focus_group", "interview", "field_visit"],
                            ),
                            models.Q(("methods", []), _negated=True),
                        ),
                        name="survey_methods_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="survey_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "reported"), _negated=True),
                            models.Q(
                                ("reported_at__isnull", False),
                                models.Q(("findings", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="survey_reported_says_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleGroup",
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
                ("letter", models.CharField(max_length=2, verbose_name="样本类")),
                ("label", models.CharField(max_length=80, verbose_name="说明")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organization", "政府部门与协会"),
                            ("institution", "医疗与服务机构"),
                            ("person", "个人"),
                        ],
                        max_length=20,
                        verbose_name="单位",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("questionnaire", "问卷"),
                            ("focus_group", "焦点小组"),
                            ("interview", "一对一访谈"),
                            ("field_visit", "田野参访"),
                        ],
                        max_length=20,
                        verbose_name="方法",
                    ),
                ),
                ("target", models.PositiveIntegerField(verbose_name="计划数")),
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
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="projects.survey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("survey", "letter"), name="sample_group_letter_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["organization", "institution", "person"])),
                        name="sample_group_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "method__in",
                                ["questionnaire", "focus_group", "interview", "field_visit"],
                            )
                        ),
                        name="sample_group_method_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target__gt", 0)), name="sample_group_target_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleUnit",
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
                ("name", msw_portal.kernel.crypto.SealedText(pad=True, verbose_name="名称或编号")),
                ("reached_on", models.DateField(verbose_name="日期")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("questionnaire", "问卷"),
                            ("focus_group", "焦点小组"),
                            ("interview", "一对一访谈"),
                            ("field_visit", "田野参访"),
                        ],
                        max_length=20,
                        verbose_name="方法",
                    ),
                ),
                (
                    "notes",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="要点"),
                ),
                (
                    "body",
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
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="projects.samplegroup",
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
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="projects.survey",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["survey", "group", "id"], name="sample_unit_list")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "method__in",
                                ["questionnaire", "focus_group", "interview", "field_visit"],
                            )
                        ),
                        name="sample_unit_method_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyResponse",
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
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.TextField(blank=True)),
                ("answers", msw_portal.kernel.crypto.SealedJSON()),
                ("is_paper", models.BooleanField(default=False, verbose_name="纸质")),
                (
                    "paper_number",
                    models.CharField(blank=True, max_length=20, verbose_name="纸质编号"),
                ),
                ("sheet_key", models.UUIDField()),
                ("given_on", models.DateField(verbose_name="填写日期")),
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
                        related_name="responses",
                        to="projects.samplegroup",
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
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="projects.survey",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["survey", "id"], name="survey_response_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("survey", "sheet_key"), name="survey_response_sheet_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("paper_number", ""), _negated=True),
                            ("voided_at__isnull", True),
                        ),
                        fields=("survey", "paper_number"),
                        name="survey_response_paper_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("finalized_at__isnull", False), ("is_final", True)),
                        name="survey_response_final_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAdvice",
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
                    "pillar",
                    models.CharField(
                        choices=[
                            ("policy", "政策"),
                            ("money", "资金"),
                            ("people", "人才"),
                            ("technology", "技术"),
                        ],
                        max_length=20,
                        verbose_name="方面",
                    ),
                ),
                ("text", models.TextField(verbose_name="建议")),
                ("basis", models.TextField(blank=True, verbose_name="依据")),
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
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="advices",
                        to="projects.survey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pillar__in", ["policy", "money", "people", "technology"])
                        ),
                        name="survey_advice_pillar_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
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
                            ("policy", "政策文件"),
                            ("standard", "标准"),
                            ("event", "会议与活动"),
                            ("alliance", "联盟"),
                            ("agreement", "合作协议"),
                            ("recognition", "表彰与致谢"),
                            ("media", "媒体报道"),
                            ("framework", "模式框架"),
                            ("service_mode", "服务模式"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="名称")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号或编号")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="版本")),
                ("summary", models.TextField(blank=True, verbose_name="内容")),
                ("happened_on", models.DateField(blank=True, null=True, verbose_name="日期")),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "日"), ("month", "月"), ("year", "年")],
                        default="day",
                        max_length=5,
                        verbose_name="日期精确到",
                    ),
                ),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="施行日期")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="来源")),
                ("url", models.URLField(blank=True, verbose_name="原文网址")),
                ("details", models.JSONField(blank=True, default=dict)),
                ("external_id", models.CharField(blank=True, max_length=80)),
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
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="projects.registerentry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "kind", "-id"], name="register_entry_list"
                    ),
                    models.Index(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=["kind", "-id"],
                        name="register_entry_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "policy",
                                    "standard",
                                    "event",
                                    "alliance",
                                    "agreement",
                                    "recognition",
                                    "media",
                                    "framework",
                                    "service_mode",
                                ],
                            )
                        ),
                        name="register_entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="register_entry_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "audiences__contained_by",
                                [
                                    "hospital",
                                    "primary",
                                    "agency",
                                    "station",
                                    "authority",
                                    "charity",
                                    "public",
                                ],
                            )
                        ),
                        name="register_entry_audience_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on__isnull", True),
                            ("until_on__gt", models.F("effective_on")),
                            ("effective_on__isnull", True),
                            _connector="OR",
                        ),
                        name="register_entry_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("precision__in", ["day", "month", "year"])),
                        name="register_entry_precision_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("organization", "kind", "external_id"),
                        name="register_entry_external_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterParty",
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
                            ("issuer", "发布机关"),
                            ("drafter", "起草单位"),
                            ("host", "主办"),
                            ("co_host", "承办或协办"),
                            ("supporter", "支持"),
                            ("speaker", "发言人"),
                            ("initiator", "发起方"),
                            ("member", "成员"),
                            ("signatory", "签署方"),
                            ("giver", "授予方"),
                            ("recipient", "获得者"),
                            ("outlet", "媒体"),
                            ("user", "实施单位"),
                        ],
                        max_length=20,
                        verbose_name="身份",
                    ),
                ),
                ("name_text", models.CharField(blank=True, max_length=120, verbose_name="名称")),
                (
                    "as_of_title",
                    models.CharField(blank=True, max_length=160, verbose_name="当时的职务"),
                ),
                ("source", models.CharField(blank=True, max_length=60, verbose_name="来源")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="projects.registerentry",
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
                "indexes": [models.Index(fields=["entry", "id"], name="register_party_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "issuer",
                                    "drafter",
                                    "host",
                                    "co_host",
                                    "supporter",
                                    "speaker",
                                    "initiator",
                                    "member",
                                    "signatory",
                                    "giver",
                                    "recipient",
                                    "outlet",
                                    "user",
                                ],
                            )
                        ),
                        name="register_party_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("body__isnull", False),
                            models.Q(("name_text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="register_party_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterLink",
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
                ("note", models.CharField(blank=True, max_length=120, verbose_name="关系")),
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="projects.registerentry",
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
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="linked_from",
                        to="projects.registerentry",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_links",
                        to="projects.project",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_links",
                        to="projects.survey",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["other", "id"], name="register_link_back")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("department__isnull", True),
                                ("other__isnull", False),
                                ("project__isnull", True),
                                ("survey__isnull", True),
                            ),
                            models.Q(
                                ("department__isnull", False),
                                ("other__isnull", True),
                                ("project__isnull", True),
                                ("survey__isnull", True),
                            ),
                            models.Q(
                                ("department__isnull", True),
                                ("other__isnull", True),
                                ("project__isnull", True),
                                ("survey__isnull", False),
                            ),
                            models.Q(
                                ("department__isnull", True),
                                ("other__isnull", True),
                                ("project__isnull", False),
                                ("survey__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="register_link_to_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("other__isnull", True),
                            models.Q(("other", models.F("entry")), _negated=True),
                            _connector="OR",
                        ),
                        name="register_link_not_itself",
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "organization",
                            "entry",
                            "other",
                            "department",
                            "survey",
                            "project",
                        ),
                        name="register_link_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistAnswer",
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
                ("item_code", models.CharField(max_length=30)),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("met", "符合"),
                            ("partly", "部分符合"),
                            ("not_met", "不符合"),
                            ("not_applicable", "不适用"),
                        ],
                        max_length=20,
                        verbose_name="结论",
                    ),
                ),
                ("evidence", models.TextField(blank=True, verbose_name="依据")),
                ("answered_on", models.DateField(verbose_name="日期")),
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="projects.registerentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("standing__in", ["met", "partly", "not_met", "not_applicable"])
                        ),
                        name="checklist_answer_standing_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("standing", "not_met"),
                            models.Q(("evidence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="checklist_answer_met_has_evidence",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "entry", "department", "item_code", "answered_on"),
                        name="checklist_answer_once_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionItem",
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
                ("title", models.CharField(max_length=200, verbose_name="要做什么")),
                (
                    "pillar",
                    models.CharField(
                        choices=[
                            ("policy", "政策"),
                            ("money", "资金"),
                            ("people", "人才"),
                            ("technology", "技术"),
                        ],
                        max_length=20,
                        verbose_name="方面",
                    ),
                ),
                (
                    "owner_text",
                    models.CharField(blank=True, max_length=120, verbose_name="负责单位"),
                ),
                ("due_on", models.DateField(verbose_name="期限")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "进行中"), ("done", "已完成"), ("dropped", "不再做")],
                        default="open",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                ("outcome", models.TextField(blank=True, verbose_name="结果")),
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
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="projects.registerentry",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="projects.survey",
                    ),
                ),
                (
                    "advice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="projects.surveyadvice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "state", "due_on", "id"], name="action_item_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "done", "dropped"])),
                        name="action_item_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pillar__in", ["policy", "money", "people", "technology"])
                        ),
                        name="action_item_pillar_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("owner__isnull", False),
                            models.Q(("owner_text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="action_item_has_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_on__isnull", False), ("state", "done")),
                            models.Q(
                                models.Q(("state", "done"), _negated=True),
                                ("done_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="action_item_done_has_day",
                    ),
                ],
            },
        ),
        Wall("projects.Survey", "TENANT"),
        Wall("projects.SampleGroup", "TENANT"),
        Wall("projects.SampleUnit", "TENANT"),
        Wall("projects.SurveyResponse", "TENANT", grant="SELECT, INSERT, UPDATE"),
        Wall("projects.SurveyAdvice", "TENANT"),
        Wall("projects.ActionItem", "TENANT"),
        Wall("projects.RegisterEntry", "OPEN"),
        Wall("projects.RegisterParty", "OPEN"),
        Wall("projects.RegisterLink", "OPEN"),
        Wall("projects.ChecklistAnswer", "TENANT"),
        same_house("projects.Survey", questionnaire_id="departments_questionnaire"),
        same_house("projects.SampleGroup", survey_id="projects_survey"),
        same_house(
            "projects.SampleUnit", survey_id="projects_survey", group_id="projects_samplegroup"
        ),
        same_house(
            "projects.SurveyResponse",
            survey_id="projects_survey",
            group_id="projects_samplegroup",
            questionnaire_id="departments_questionnaire",
        ),
        same_house("projects.SurveyAdvice", survey_id="projects_survey"),
        same_house(
            "projects.ActionItem", survey_id="projects_survey", advice_id="projects_surveyadvice"
        ),
        same_house("projects.RegisterParty", entry_id="projects_registerentry"),
        same_house(
            "projects.RegisterLink", entry_id="projects_registerentry", survey_id="projects_survey"
        ),
        # What was answered stays as it was given; a sheet that does not count is voided with its reason.
        Trigger(
            "projects.SurveyResponse",
            "answers_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_content('is_final', 'voided_at', 'void_reason')",
        ),
        # A report that was given out keeps its words.
        Trigger(
            "projects.Survey",
            "report_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_content('reported_at')",
        ),
    ]
