"""Appeals with their clocks, when a decision was told, and what passes between family and worker."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import msw_portal.kernel.crypto
import msw_portal.kernel.ids
from msw_portal.kernel.walls import Definer, Trigger, Wall

TAKE = (
    "BEFORE INSERT OR UPDATE",
    "app.take_parties('donations_fundingrequest', 'request_id')",
)
REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
SIDES = REFUSE.format(text="this is the other house''s to say", name="appeal_sides")
KEPT = REFUSE.format(text="an appeal stays as it was raised", name="appeal_kept")
ANOTHER = REFUSE.format(
    text="who had a duty on the request does not answer", name="appeal_answered_by_another"
)
# app.org() is empty only for the owner's loads: msw_app without a house sees no row at all.
APPEAL_GUARD = f"""
declare house bigint := app.org(); raiser bigint;
begin
  raiser := case new.raised_by when 'officer' then new.counterparty_id else new.organization_id end;
  if tg_op = 'INSERT' then
    if new.addressee_id is null or new.addressee_id not in (new.organization_id, coalesce(new.counterparty_id, 0))
       or (new.kind = 'second_look' and new.addressee_id is distinct from new.counterparty_id) then {SIDES}; end if;
    if house is not null and (house is distinct from raiser or new.state <> 'raised'
       or new.acknowledged_at is not null or new.answered_by_id is not null) then {SIDES}; end if;
    return new;
  end if;
  if new.answered_by_id is not null and new.answered_by_id is distinct from old.answered_by_id and (
      new.answered_by_id is not distinct from new.raised_by_user_id
      or exists (select 1 from donations_fundingduty d where d.request_id = new.request_id
                 and d.user_id = new.answered_by_id and d.duty not in ('prepare', 'release'))) then {ANOTHER}; end if;
  if (new.request_id, new.number, new.kind, new.raised_by, new.raised_by_user_id, new.raised_at, new.addressee_id,
      new.decision, new.decided_at, new.allowed_until, new.rule_id, new.acknowledge_by, new.answer_by)
     is distinct from
     (old.request_id, old.number, old.kind, old.raised_by, old.raised_by_user_id, old.raised_at, old.addressee_id,
      old.decision, old.decided_at, old.allowed_until, old.rule_id, old.acknowledge_by, old.answer_by) then {KEPT}; end if;
  if old.state in ('answered', 'withdrawn') and
     (new.state, new.acknowledged_at, new.acknowledged_by_id, new.answered_at, new.answered_by_id, new.outcome) is distinct from
     (old.state, old.acknowledged_at, old.acknowledged_by_id, old.answered_at, old.answered_by_id, old.outcome) then {KEPT}; end if;
  if house is null then return new; end if;
  if house <> new.addressee_id and (
      (new.acknowledged_at, new.acknowledged_by_id, new.answered_at, new.answered_by_id, new.outcome)
      is distinct from
      (old.acknowledged_at, old.acknowledged_by_id, old.answered_at, old.answered_by_id, old.outcome)
      or (new.state <> old.state and new.state <> 'withdrawn')) then {SIDES}; end if;
  if new.state = 'withdrawn' and old.state <> 'withdrawn' and house is distinct from raiser then {SIDES}; end if;
  return new;
end
"""
KEEP = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0041_office_role"),
        ("donations", "0022_carried_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
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
                ("number", models.CharField(editable=False, max_length=40, verbose_name="编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("second_look", "申请复核"), ("complaint", "投诉办理过程")],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                (
                    "raised_by",
                    models.CharField(
                        choices=[
                            ("family", "患者或家属"),
                            ("worker", "医务社工"),
                            ("officer", "基金会项目官员"),
                        ],
                        max_length=10,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "raised_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="提出时间"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("document_check", "材料审核"),
                            ("supplement_required", "待补件"),
                            ("msw_assessment", "社工评估"),
                            ("hospital_opinion", "医院意见"),
                            ("first_review", "初审"),
                            ("second_review", "复审"),
                            ("committee", "评审会"),
                            ("proposed", "拟定金额"),
                            ("public_notice", "公示"),
                            ("notice_elapsed", "公示期满"),
                            ("approved", "已批准"),
                            ("agreement", "协议签署"),
                            ("disbursing", "拨付中"),
                            ("disbursed", "已拨付"),
                            ("reconciled", "使用核销"),
                            ("revisited", "回访"),
                            ("closed", "结案"),
                            ("rejected_ineligible", "不予受理"),
                            ("rejected", "不通过"),
                            ("withdrawn", "已撤回"),
                            ("objection_upheld", "异议成立"),
                            ("deceased", "患者去世"),
                            ("recovered", "已追回"),
                        ],
                        max_length=30,
                        verbose_name="决定",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("allowed_until", models.DateField(null=True, verbose_name="提出期限")),
                ("grounds", msw_portal.kernel.crypto.SealedText(verbose_name="理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "待受理"),
                            ("acknowledged", "已受理，待答复"),
                            ("answered", "已答复"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="raised",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("acknowledge_by", models.DateField(verbose_name="受理期限")),
                ("answer_by", models.DateField(verbose_name="答复期限")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="受理时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "成立"),
                            ("partly", "部分成立"),
                            ("dismissed", "不成立"),
                        ],
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
                ("answer", msw_portal.kernel.crypto.SealedText(null=True, verbose_name="答复")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "addressee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "raised_by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="donations.fundingrequest",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.datedrule",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["counterparty", "-raised_at", "-id"], name="appeal_received"
                    ),
                    models.Index(fields=["organization", "-raised_at", "-id"], name="appeal_own"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number"), name="appeal_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["raised", "acknowledged"])),
                        fields=("request", "kind"),
                        name="appeal_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "second_look"), models.Q(("state", "withdrawn"), _negated=True)
                        ),
                        fields=("request", "decided_at"),
                        name="appeal_decision_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["second_look", "complaint"]),
                            ("raised_by__in", ["family", "worker", "officer"]),
                            ("state__in", ["raised", "acknowledged", "answered", "withdrawn"]),
                        ),
                        name="appeal_codes_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("raised_by", "family"), ("raised_by_user__isnull", True)),
                            models.Q(
                                models.Q(("raised_by", "family"), _negated=True),
                                ("raised_by_user__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="appeal_raiser_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                (
                                    "decision__in",
                                    [
                                        "approved",
                                        "objection_upheld",
                                        "rejected",
                                        "rejected_ineligible",
                                    ],
                                ),
                                ("kind", "second_look"),
                            ),
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decision", ""),
                                ("kind", "complaint"),
                            ),
                            _connector="OR",
                        ),
                        name="appeal_names_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)
                            ),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="appeal_acknowledged_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("answer__isnull", False),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("outcome__in", ["upheld", "partly", "dismissed"]),
                                ("state", "answered"),
                            ),
                            models.Q(
                                models.Q(("state", "answered"), _negated=True),
                                ("answer__isnull", True),
                                ("answered_at__isnull", True),
                                ("answered_by__isnull", True),
                                ("outcome", ""),
                            ),
                            _connector="OR",
                        ),
                        name="appeal_answered_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionTelling",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建立时间"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("document_check", "材料审核"),
                            ("supplement_required", "待补件"),
                            ("msw_assessment", "社工评估"),
                            ("hospital_opinion", "医院意见"),
                            ("first_review", "初审"),
                            ("second_review", "复审"),
                            ("committee", "评审会"),
                            ("proposed", "拟定金额"),
                            ("public_notice", "公示"),
                            ("notice_elapsed", "公示期满"),
                            ("approved", "已批准"),
                            ("agreement", "协议签署"),
                            ("disbursing", "拨付中"),
                            ("disbursed", "已拨付"),
                            ("reconciled", "使用核销"),
                            ("revisited", "回访"),
                            ("closed", "结案"),
                            ("rejected_ineligible", "不予受理"),
                            ("rejected", "不通过"),
                            ("withdrawn", "已撤回"),
                            ("objection_upheld", "异议成立"),
                            ("deceased", "患者去世"),
                            ("recovered", "已追回"),
                        ],
                        max_length=30,
                        verbose_name="决定",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="决定时间")),
                ("told_on", models.DateField(verbose_name="告知日期")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("lane", "家属用查询码看到"),
                            ("worker", "社工当面或电话告知"),
                            ("letter", "通知书送达"),
                        ],
                        max_length=10,
                        verbose_name="告知方式",
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "decided_at"), name="decision_told_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "decision__in",
                                ["approved", "objection_upheld", "rejected", "rejected_ineligible"],
                            ),
                            ("how__in", ["lane", "worker", "letter"]),
                        ),
                        name="decision_telling_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyMessage",
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
                ("is_from_family", models.BooleanField()),
                ("body", msw_portal.kernel.crypto.SealedText(verbose_name="留言")),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family_messages",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["request", "id"], name="family_message_request")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("author__isnull", True), ("is_from_family", True)),
                            models.Q(("author__isnull", False), ("is_from_family", False)),
                            _connector="OR",
                        ),
                        name="family_message_has_author",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyPaper",
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
                ("type", models.CharField(max_length=40, verbose_name="材料")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待社工查看"),
                            ("taken", "已放入申请"),
                            ("declined", "请重新提供"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("reason", msw_portal.kernel.crypto.SealedText(null=True, verbose_name="说明")),
                (
                    "answered_by",
                    models.ForeignKey(
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
                    "document",
                    models.OneToOneField(
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family_papers",
                        to="donations.fundingrequest",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["request", "id"], name="family_paper_request")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True),
                                ("answered_by__isnull", True),
                                ("state", "waiting"),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("state", "taken"),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("reason__isnull", False),
                                ("state", "declined"),
                            ),
                            _connector="OR",
                        ),
                        name="family_paper_answered_is_whole",
                    )
                ],
            },
        ),
        Wall("donations.Appeal", "SHARED", grant=KEEP),
        Wall("donations.DecisionTelling", "SHARED", grant="SELECT, INSERT"),
        Wall("donations.FamilyMessage", "CARE", grant=KEEP),
        Wall("donations.FamilyPaper", "CARE", grant=KEEP),
        Definer("appeal_guard()", "trigger", APPEAL_GUARD),
        Trigger("donations.Appeal", "take_parties", *TAKE),
        Trigger("donations.DecisionTelling", "take_parties", *TAKE),
        # After take_parties in the alphabet, so that it sees the true parties.
        Trigger(
            "donations.Appeal", "within_sides", "BEFORE INSERT OR UPDATE", "app.appeal_guard()"
        ),
        Trigger(
            "donations.Appeal", "grounds_kept", "BEFORE UPDATE OF grounds", "app.refuse_change()"
        ),
        Trigger(
            "donations.Appeal",
            "answer_kept",
            "BEFORE UPDATE OF answer",
            "app.refuse_change()",
            condition="old.answered_at is not null",
        ),
    ]
