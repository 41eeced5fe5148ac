"""The case, who is in it, how it came, and the alarms on it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import (
    CaseMethod,
    CaseSource,
    CloseReason,
    FormKind,
    FormState,
    Priority,
    RiskLevel,
    Secrecy,
    ServiceKind,
)
from cases.models.people import Client, Episode
from cases.models.referral_codes import ReferrerProfession
from cases.querysets import CaseChildQuerySet, CaseQuerySet, ReferralQuerySet
from cases.workflow import (
    FINAL_STAGES,
    REFERRAL_OPEN,
    UNASSIGNED_STAGES,
    CaseStage,
    ReferralState,
)
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import CaseRow, PublicRow, SharedCareRow, Tenanted

FINAL, UNASSIGNED = sorted(FINAL_STAGES), sorted(UNASSIGNED_STAGES)
MAYBE = {"null": True, "blank": True, "related_name": "+"}


class Referral(PublicRow, SharedCareRow):
    """A request for help (in) or to somebody else (out); an incoming one is named by `case.referral`."""

    class Direction(models.TextChoices):
        IN = "in", _("转入")
        OUT = "out", _("转出")

    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="referrals_out"
    )
    from_text = models.CharField(_("转介来源"), max_length=120, blank=True)
    from_profession = models.CharField(
        _("转介人的职业"),
        max_length=20,
        choices=ReferrerProfession.choices,
        blank=True,
        default="",
        db_default="",
    )
    to_text = models.CharField(_("转往"), max_length=120, blank=True)
    from_department = models.ForeignKey(
        "departments.Department", models.PROTECT, verbose_name=_("转介科室"), **MAYBE
    )
    reason = SealedText(_("转介原因"))
    needs = ArrayField(
        models.CharField(max_length=40), verbose_name=_("需求"), default=list, blank=True
    )
    urgency = models.CharField(
        _("紧急程度"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    client_aware = models.BooleanField(_("服务对象知情"), default=False)
    state = models.CharField(
        _("状态"), max_length=20, choices=ReferralState.choices, default=ReferralState.RECEIVED
    )
    received_at = models.DateTimeField(_("收到时间"), default=timezone.now)
    due_at = models.DateTimeField(_("应答期限"), null=True, blank=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **MAYBE)
    claimed_at = models.DateTimeField(null=True, blank=True)
    consent = models.ForeignKey("cases.Consent", models.PROTECT, **MAYBE)
    legal_basis = models.CharField(max_length=20, blank=True)
    inbox_item = models.OneToOneField("departments.InboxItem", models.PROTECT, **MAYBE)
    # Of an outgoing one: when it left, by when an answer is expected, the one-time link it is answered by.
    sent_at = models.DateTimeField(null=True, blank=True)
    reply_due_on = models.DateField(_("期望回复日期"), null=True, blank=True)
    reply_link = models.ForeignKey("departments.AccessLink", models.PROTECT, **MAYBE)
    disclosure = models.ForeignKey("cases.Disclosure", models.PROTECT, **MAYBE)
    to_organization = models.ForeignKey(
        "departments.Organization", models.PROTECT, verbose_name=_("转往机构"), **MAYBE
    )
    # The service of the resource directory that was chosen; its provider is `to_organization`.
    to_service = models.ForeignKey("departments.ResourceService", models.PROTECT, **MAYBE)
    # Of an incoming one from another house of the installation: that house and the uid of its own row.
    from_organization = models.ForeignKey("departments.Organization", models.PROTECT, **MAYBE)
    origin_uid = models.UUIDField(null=True, blank=True, editable=False)
    follow_up_on = models.DateField(_("跟进日期"), null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    no_help_reason = models.CharField(max_length=40, blank=True)
    feedback = SealedText(null=True, blank=True)
    erased_on = models.DateField(_("销毁日期"), null=True, blank=True, editable=False)
    # Every referral is about a person in care: the house's other roles do not read it.
    is_care = models.BooleanField(default=True, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_out_has_consent",
                condition=Q(direction="in")
                | Q(consent__isnull=False)
                | ~Q(legal_basis="")
                | Q(state="draft"),
            ),
            models.CheckConstraint(
                name="referral_in_stays_inside",
                condition=Q(direction="out") | Q(counterparty__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_out_names_whom",
                condition=Q(direction="in") | Q(to_organization__isnull=False) | ~Q(to_text=""),
            ),
            models.CheckConstraint(
                name="referral_origin_names_house",
                condition=Q(origin_uid__isnull=True) | Q(from_organization__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_state_known", condition=Q(state__in=ReferralState.values)
            ),
            models.CheckConstraint(
                name="referral_profession_known",
                condition=Q(from_profession__in=["", *ReferrerProfession.values]),
            ),
            models.CheckConstraint(
                name="referral_claimed_has_worker",
                condition=~Q(state="claimed")
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
            ),
            models.CheckConstraint(name="referral_is_about_care", condition=Q(is_care=True)),
            models.CheckConstraint(
                name="referral_erased_is_over",
                condition=Q(erased_on__isnull=True) | ~Q(state__in=sorted(REFERRAL_OPEN)),
            ),
            models.UniqueConstraint(
                name="referral_arrives_once",
                fields=["organization", "origin_uid"],
                condition=Q(origin_uid__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "direction", "state", "due_at", "id"], name="referral_list"
            )
        ]

    def __str__(self) -> str:
        return self.from_text or str(self.uid)


class Case(PublicRow, Tenanted):
    """One piece of help to one person by one department, from the door to the archive.

    First response time is `assigned_at - coalesce(referral.received_at, opened_at)`.
    """

    compartment_id = models.BigIntegerField(null=True, editable=False)
    number = models.CharField(_("个案编号"), max_length=40, blank=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="cases", verbose_name=_("服务对象")
    )
    department = models.ForeignKey("departments.Department", models.PROTECT, related_name="+")
    episode = models.ForeignKey(
        Episode, models.PROTECT, null=True, blank=True, related_name="cases"
    )
    # Copied from the episode by the trigger `place`: the first ward known of the case stays, the disease
    # follows. A figure by ward or disease reads them here, whatever becomes of the stay later.
    ward = models.ForeignKey(
        "departments.Department", models.PROTECT, editable=False, verbose_name=_("病区"), **MAYBE
    )
    disease_group = models.CharField(
        _("疾病类别"), max_length=60, blank=True, default="", db_default="", editable=False
    )
    referral = models.OneToOneField(
        Referral, models.PROTECT, null=True, blank=True, related_name="made_case"
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reopened_as"
    )
    method = models.CharField(
        _("工作方法"), max_length=20, choices=CaseMethod.choices, default=CaseMethod.CASEWORK
    )
    service_kind = models.CharField(
        _("服务类型"), max_length=10, choices=ServiceKind.choices, default=ServiceKind.FULL
    )
    source = models.CharField(_("来源"), max_length=20, choices=CaseSource.choices)
    stage = models.CharField(
        _("阶段"), max_length=20, choices=CaseStage.choices, default=CaseStage.PENDING
    )
    suspended_at = models.DateTimeField(_("暂停时间"), null=True, blank=True, editable=False)
    risk_level = models.CharField(
        _("风险"), max_length=10, choices=RiskLevel.choices, default=RiskLevel.LOW
    )
    priority = models.CharField(
        _("优先级"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    secrecy = models.SmallIntegerField(
        _("保密级别"), choices=Secrecy.choices, default=Secrecy.CASE_FILE
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("负责社工"), **MAYBE
    )
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("督导"), **MAYBE
    )
    opened_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    assigned_at = models.DateTimeField(_("分派时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    close_reason = models.CharField(
        _("结案原因"), max_length=20, choices=CloseReason.choices, blank=True
    )
    goal_rate = models.DecimalField(
        _("目标达成率"), max_digits=4, decimal_places=3, null=True, blank=True
    )
    gas_t = models.DecimalField(
        _("目标达成 T 分"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    satisfaction = models.SmallIntegerField(_("满意度"), null=True, blank=True)
    satisfaction_refused = models.BooleanField(_("不愿评价"), default=False)
    level5_diagnosis = SealedText(null=True, blank=True)
    # Decisions against the proposal of level 5: [{signals, reason, by, on}], see level5_signals.
    level5_kept = SealedJSON(null=True, editable=False)
    duplicate_reason = models.CharField(_("重复开案理由"), max_length=200, blank=True)
    presenting_problem = SealedText(_("求助问题"))
    weight = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    archive_number = models.CharField(_("档案号"), max_length=40, blank=True, editable=False)
    erased_on = models.DateField(_("销毁日期"), null=True, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="case_number_once", fields=["organization", "number"], condition=~Q(number="")
            ),
            models.CheckConstraint(
                name="case_number_after_the_door", condition=Q(stage__in=UNASSIGNED) | ~Q(number="")
            ),
            models.CheckConstraint(
                name="case_worker_after_the_door",
                condition=Q(stage__in=UNASSIGNED) | Q(worker__isnull=False),
            ),
            models.CheckConstraint(
                name="case_closed_has_reason",
                condition=Q(stage="closed") & ~Q(close_reason="")
                | ~Q(stage="closed") & Q(close_reason=""),
            ),
            models.CheckConstraint(
                name="case_final_has_time",
                condition=Q(stage__in=FINAL, closed_at__isnull=False)
                | ~Q(stage__in=FINAL) & Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="case_times_in_order",
                condition=(Q(assigned_at__isnull=True) | Q(assigned_at__gte=F("opened_at")))
                & (Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at"))),
            ),
            models.CheckConstraint(
                name="case_compartment_is_itself",
                condition=Q(compartment_id__isnull=True) | Q(compartment_id=F("id")),
            ),
            models.CheckConstraint(
                name="case_level5_has_compartment",
                condition=Q(secrecy=5, compartment_id__isnull=False)
                | Q(secrecy=4, compartment_id__isnull=True),
            ),
            models.UniqueConstraint(
                name="case_one_open_per_client",
                fields=["organization", "client", "department"],
                condition=Q(closed_at__isnull=True, duplicate_reason=""),
            ),
            models.CheckConstraint(
                name="case_stage_known", condition=Q(stage__in=CaseStage.values)
            ),
            models.CheckConstraint(
                name="case_satisfaction_in_range",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="case_goal_rate_in_range",
                condition=Q(goal_rate__isnull=True) | Q(goal_rate__range=(0, 1)),
            ),
            models.CheckConstraint(name="case_weight_positive", condition=Q(weight__gt=0)),
            models.CheckConstraint(
                name="case_erased_is_over",
                condition=Q(erased_on__isnull=True) | Q(closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-opened_at", "-id"], name="case_list"),
            models.Index(
                fields=["organization", "department", "closed_at", "id"],
                name="case_ended",
                condition=Q(closed_at__isnull=False, erased_on__isnull=True),
            ),
            models.Index(
                fields=["organization", "worker", "stage", "-opened_at", "-id"],
                name="case_worker_list",
            ),
            models.Index(
                fields=["organization", "department", "stage", "-opened_at", "-id"],
                name="case_department_list",
            ),
            # What is open is a few in a hundred of all that ever was: lists of it have an index of their own.
            *(
                models.Index(
                    fields=["organization", owner, "-opened_at", "-id"],
                    name=f"case_open_{owner}",
                    condition=Q(closed_at__isnull=True),
                )
                for owner in ("department", "worker", "supervisor")
            ),
            models.Index(
                fields=["organization", "worker", "-opened_at", "-id"], name="case_worker_all"
            ),
            models.Index(
                fields=["organization", "department", "-opened_at", "-id"],
                name="case_department_all",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.uid)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CaseForm(CaseRow, PublicRow):
    """A numbered form of the file: its payload is encrypted and its schema lives in code."""

    kind = models.CharField(_("表单"), max_length=10, choices=FormKind.choices)
    # Which record of its kind (the second family meeting), and which version of that record.
    serial = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    payload = SealedJSON()
    state = models.CharField(max_length=10, choices=FormState.choices, default=FormState.DRAFT)
    form_no = models.CharField(max_length=60, blank=True)
    finalized_at = models.DateTimeField(null=True, blank=True)
    finalized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="case_form_version_once", fields=["case", "kind", "serial", "version"]
            ),
            models.UniqueConstraint(
                name="case_form_one_draft", fields=["case", "kind"], condition=Q(state="draft")
            ),
            models.CheckConstraint(
                name="case_form_final_has_time",
                condition=~Q(state="final") | Q(finalized_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    @property
    def is_final(self) -> bool:
        return self.state == FormState.FINAL
