"""What is published to everybody, and objections to it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

# app.public_entry_frozen(): what everybody has read stays as it was; its days may only be shortened.
FROZEN = """
begin
  if tg_op = 'DELETE' or to_jsonb(new) - array['visible_to', 'row_version', 'updated_at']
      <> to_jsonb(old) - array['visible_to', 'row_version', 'updated_at']
      or (old.visible_to is not null and (new.visible_to is null or new.visible_to > old.visible_to)) then
    raise exception 'what was published stays' using errcode = '23514', constraint = 'public_entry_frozen';
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0038_census"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicEntry",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("campaign", "募捐活动"),
                            ("project", "慈善项目"),
                            ("fund", "专项基金"),
                            ("year", "年度报告"),
                            ("event", "重大事项"),
                            ("trust", "慈善信托"),
                            ("receipts", "款物收支"),
                            ("gift", "接受捐赠"),
                            ("notice", "公示"),
                            ("list", "名单"),
                            ("receipt", "捐赠票据"),
                            ("certificate", "证明"),
                            ("award", "表彰"),
                            ("report", "报告"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("slug", models.SlugField(max_length=60, verbose_name="地址")),
                ("version", models.SmallIntegerField(default=1, verbose_name="版次")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("payload", models.JSONField(default=dict)),
                ("payload_hash", models.CharField(max_length=64)),
                (
                    "visible_from",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="公布时间"
                    ),
                ),
                (
                    "visible_to",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤下时间"),
                ),
                (
                    "correction_note",
                    models.CharField(blank=True, max_length=500, verbose_name="更正说明"),
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
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="departments.publicentry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "kind", "-visible_from", "-id"],
                        name="public_entry_kind",
                    ),
                    models.Index(
                        fields=["organization", "-visible_from", "-id"], name="public_entry_new"
                    ),
                    models.Index(
                        fields=["organization", "subject_kind", "subject_id", "version"],
                        name="public_entry_subject",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug", "version"), name="public_entry_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "campaign",
                                    "project",
                                    "fund",
                                    "year",
                                    "event",
                                    "trust",
                                    "receipts",
                                    "gift",
                                    "notice",
                                    "list",
                                    "receipt",
                                    "certificate",
                                    "award",
                                    "report",
                                ],
                            )
                        ),
                        name="public_entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("slug", ""), _negated=True),
                        ),
                        name="public_entry_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_note", ""),
                                ("supersedes__isnull", True),
                                ("version", 1),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                ("version__gt", 1),
                                models.Q(("correction_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="public_entry_correction_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visible_to__isnull", True),
                            ("visible_to__gte", models.F("visible_from")),
                            _connector="OR",
                        ),
                        name="public_entry_ends_after_begin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
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
                ("text", msw_portal.kernel.crypto.SealedText(verbose_name="异议内容")),
                (
                    "contact",
                    msw_portal.kernel.crypto.SealedText(
                        blank=True, null=True, verbose_name="联系方式"
                    ),
                ),
                (
                    "answer",
                    msw_portal.kernel.crypto.SealedText(blank=True, null=True, verbose_name="答复"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "已收到"),
                            ("investigating", "核查中"),
                            ("upheld", "异议成立"),
                            ("dismissed", "异议不成立"),
                        ],
                        default="received",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                (
                    "answered_by",
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
                    "inbox_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.inboxitem",
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
                        related_name="objections",
                        to="departments.publicentry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "state", "-id"], name="objection_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "investigating", "upheld", "dismissed"])
                        ),
                        name="objection_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True),
                                ("state__in", ("received", "investigating")),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("answered_at__isnull", False),
                                ("state__in", ("upheld", "dismissed")),
                            ),
                            _connector="OR",
                        ),
                        name="objection_ends_with_answer",
                    ),
                ],
            },
        ),
        Wall("departments.PublicEntry", "PUBLIC"),
        Wall("departments.Objection", "TENANT"),
        Definer("public_entry_frozen()", "trigger", FROZEN),
        Trigger(
            "departments.PublicEntry",
            "public_entry_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.public_entry_frozen()",
        ),
    ]
