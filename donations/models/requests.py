"""A funding request: one row that two houses read, and its parts."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.fields import money
from donations.models.giving import Fund
from donations.models.programmes import ProgrammeVersion
from donations.querysets import FundingRequestQuerySet, RequestPartQuerySet, SheetQuerySet
from donations.workflow import GRANTED, Duty, RequestState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Row, SharedRow, Tenanted
from msw_portal.kernel.ids import uuid7

FIVE_MINUTES = dt.timedelta(minutes=5)


class FundingRequest(PublicRow, SharedRow):
    """`organization` asks, `counterparty` (the foundation, set when it is sent) decides.

    It is for a patient's case or for a running project, by the same arrows. A project has no person: no
    consent and no disclosure; what the foundation reads of it stands in `form["project"]`.

    Only money, stage and time stand in this row: what is told about the person stands in the
    disclosures, the worker's own text in RequestSheet. The trigger app.sides lets each house write its
    own columns alone; committed, disbursed and refunded follow the ledger.
    """

    number = models.CharField(_("编号"), max_length=40, null=True, blank=True, editable=False)
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="funding_requests"
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, related_name="funding_requests"
    )
    programme_version = models.ForeignKey(ProgrammeVersion, models.PROTECT, related_name="requests")
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="requests", editable=False
    )
    subject_code = models.CharField(_("对象代号"), max_length=20)
    form = models.JSONField(default=dict, blank=True)
    # What the living review copy says of it, so that lists can be narrowed; empty once the consent is gone.
    disease_group = models.CharField(
        _("疾病类别"), max_length=60, blank=True, default="", db_default="", editable=False
    )
    state = models.CharField(
        _("状态"),
        max_length=30,
        choices=RequestState.choices,
        default=RequestState.DRAFT,
        editable=False,
    )
    requested = money(_("申请金额"), null=True, blank=True)
    cost_total = money(_("总费用"), default=0)
    gap = money(_("自付缺口"), default=0)
    # What the state granted after the request was sent, beyond what its bill says already.
    later_aid = money(_("提交后批准的国家救助"), default=0, editable=False)
    # What other foundations grant for the same case or project, without their names; the hospital keeps it.
    other_grants = money(_("其他机构已批准的救助"), default=0, db_default=0, editable=False)
    proposed = money(_("拟定金额"), null=True, blank=True, editable=False)
    approved = money(_("批准金额"), null=True, blank=True, editable=False)
    # Whether the sum was the least of its limits as it was approved; empty for what was approved before this was kept.
    is_least = models.BooleanField(_("按上限核定"), null=True, editable=False)
    committed = money(default=0, editable=False)
    disbursed = money(_("已拨付"), default=0, editable=False)
    refunded = money(default=0, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True, editable=False)
    state_entered_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("办理期限"), null=True, blank=True, editable=False)
    payout_mode = models.CharField(
        _("拨付方式"),
        max_length=20,
        choices=ProgrammeVersion.PayoutMode.choices,
        default=ProgrammeVersion.PayoutMode.TO_HOSPITAL,
    )
    payee = SealedJSON(null=True, blank=True)
    on_hold_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the hospital recorded that the patient had died; the day itself stays there.
    death_noted_at = models.DateTimeField(null=True, blank=True, editable=False)
    consent = models.ForeignKey(
        "cases.Consent", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    review_disclosure = models.ForeignKey(
        "cases.Disclosure", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    identity_disclosure = models.ForeignKey(
        "cases.Disclosure", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = FundingRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="funding_request_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="funding_request_for_case_or_project",
                condition=Q(case__isnull=False, project__isnull=True)
                | Q(case__isnull=True, project__isnull=False),
            ),
            models.CheckConstraint(
                name="funding_request_draft_has_no_counterparty",
                condition=Q(state="draft", counterparty__isnull=True)
                | (
                    ~Q(state="draft")
                    & (
                        Q(counterparty__isnull=False)
                        | Q(state="withdrawn", submitted_at__isnull=True)
                    )
                ),
            ),
            models.CheckConstraint(
                name="funding_request_sent_has_amount",
                condition=Q(submitted_at__isnull=True)
                | Q(requested__isnull=False, number__isnull=False),
            ),
            models.CheckConstraint(
                name="funding_request_sent_has_time",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="funding_request_requested_positive",
                condition=Q(requested__isnull=True) | Q(requested__gt=0),
            ),
            models.CheckConstraint(
                name="funding_request_gap_within_cost", condition=Q(gap__lte=F("cost_total"))
            ),
            models.CheckConstraint(
                name="funding_request_later_aid_not_negative", condition=Q(later_aid__gte=0)
            ),
            models.CheckConstraint(
                name="funding_request_other_grants_not_negative", condition=Q(other_grants__gte=0)
            ),
            models.CheckConstraint(
                name="funding_request_requested_within_gap",
                condition=Q(submitted_at__isnull=True) | Q(requested__lte=F("gap")),
            ),
            models.CheckConstraint(
                name="funding_request_proposed_within_requested",
                condition=Q(proposed__isnull=True)
                | Q(proposed__gt=0, proposed__lte=F("requested")),
            ),
            models.CheckConstraint(
                name="funding_request_approved_within_requested",
                condition=Q(approved__isnull=True)
                | Q(approved__gt=0, approved__lte=F("requested")),
            ),
            models.CheckConstraint(
                name="funding_request_granted_has_amount",
                condition=~Q(state__in=sorted(GRANTED)) | Q(approved__isnull=False),
            ),
            models.CheckConstraint(
                name="funding_request_committed_within_approved",
                condition=Q(committed__gte=0, committed__lte=Coalesce(F("approved"), 0)),
            ),
            models.CheckConstraint(
                name="funding_request_disbursed_within_committed",
                condition=Q(
                    refunded__gte=0,
                    disbursed__gte=F("refunded"),
                    disbursed__lte=F("committed") + F("refunded"),
                ),
            ),
            models.CheckConstraint(
                name="funding_request_state_known", condition=Q(state__in=RequestState.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["counterparty", "-submitted_at", "-id"], name="funding_request_sent"
            ),
            models.Index(
                fields=["counterparty", "state", "-submitted_at", "-id"],
                name="funding_request_sent_state",
            ),
            models.Index(
                fields=["organization", "-submitted_at", "-id"], name="funding_request_own"
            ),
            # What a person was granted before is summed on every approval; her code stands in both houses.
            models.Index(fields=["subject_code"], name="funding_request_subject"),
            models.Index(
                fields=["counterparty", "disease_group"],
                name="funding_request_disease",
                condition=~Q(disease_group=""),
            ),
            models.Index(fields=["organization", "state", "-id"], name="funding_request_own_state"),
            # The hospital's own list; by the key alone it would walk through every other house's requests.
            models.Index(fields=["organization", "-id"], name="funding_request_own_newest"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.uid)

    @property
    def gap_now(self) -> Decimal:
        """The gap the request was sent with, less what the state has granted since and other foundations; yuan."""
        return max(self.gap - self.later_aid - self.other_grants, Decimal(0))

    @property
    def is_for_project(self) -> bool:
        return self.project_id is not None

    @property
    def same_subject(self) -> Q:
        """Requests for the same case, or for the same project."""
        if self.is_for_project:
            return Q(project_id=self.project_id)
        return Q(case_id=self.case_id)


class RequestSheet(PublicRow, Tenanted):
    """What the worker writes about the person for a request; the foundation never reads this row.

    It is CARE, not a column of the shared request: a copy of it is disclosed at submission, and a
    withdrawn consent empties that copy while the hospital keeps its own.
    """

    request = models.OneToOneField(FundingRequest, models.CASCADE, related_name="sheet")
    payload = SealedJSON(default=dict)
    # Keyed marks of the patient and the people around her; see services/tie_marks. None without a consent.
    tie_marks = ArrayField(models.CharField(max_length=40), null=True, blank=True, editable=False)

    objects = SheetQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.request_id}"


class CostLine(Row, SharedRow):
    """One layer of the bill: the total, what each payer bears, other aid received."""

    class Layer(models.TextChoices):
        TOTAL = "total", _("医疗总费用（含预估）")
        BASIC = "basic", _("基本医保")
        CRITICAL = "critical", _("大病保险")
        ASSISTANCE = "assistance", _("医疗救助")
        RELIEF = "relief", _("临时救助与疾病应急救助")
        COMMERCIAL = "commercial", _("商业保险")
        EMPLOYER = "employer", _("单位报销")
        OTHER_AID = "other_aid", _("其他救助")

    request = models.ForeignKey(FundingRequest, models.CASCADE, related_name="cost_lines")
    layer = models.CharField(_("项目"), max_length=20, choices=Layer.choices)
    amount = money(_("金额"))
    evidence = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cost_line_once", fields=["request", "layer"]),
            models.CheckConstraint(name="cost_line_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.amount}"


class RequestDocument(PublicRow, SharedRow):
    """A paper the programme asks for: the hospital's own file and the copy made for the foundation."""

    class State(models.TextChoices):
        MISSING = "missing", _("未提供")
        ATTACHED = "attached", _("已提供")
        VERIFIED = "verified", _("已核对")
        RETURNED = "returned", _("需补充")

    request = models.ForeignKey(FundingRequest, models.CASCADE, related_name="documents")
    type = models.CharField(_("材料"), max_length=40)
    required = models.BooleanField(_("必须"), default=False)
    document = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    masked = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # [page, left, top, width, height] in thousandths of the page: black in the copy (kernel/blackening.py).
    boxes = models.JSONField(_("遮盖"), default=list, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.MISSING)

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="request_document_once", fields=["request", "type"])
        ]
        ordering = ["-required", "id"]

    def __str__(self) -> str:
        return self.type


class FundingDuty(Row, SharedRow):
    """Who does what on a request. One person, one duty: the database holds it."""

    request = models.ForeignKey(FundingRequest, models.CASCADE, related_name="duties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    duty = models.CharField(_("职责"), max_length=20, choices=Duty.choices)

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="funding_duty_one_per_person", fields=["request", "user"]),
            # The target of funding_act's composite foreign key.
            models.UniqueConstraint(name="funding_duty_named", fields=["request", "user", "duty"]),
            models.CheckConstraint(name="funding_duty_known", condition=Q(duty__in=Duty.values)),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.user_id}"


class FundingAct(Row, SharedRow):
    """An opinion or decision on a request, append-only; a composite foreign key binds it to the duty."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="acts")
    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    duty = models.CharField(_("职责"), max_length=20, choices=Duty.choices)
    step = models.CharField(max_length=30)
    amount = money(_("金额"), null=True)
    opinion = SealedText(_("意见"), null=True)
    score = models.JSONField(null=True)
    client = models.ForeignKey("departments.ApiClient", models.PROTECT, null=True, related_name="+")
    client_limit = money(
        null=True, editable=False, help_text="written by the trigger app.act_within_limit"
    )
    second_factor_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="funding_act_approves_once", fields=["request"], condition=Q(step="approve")
            ),
            models.UniqueConstraint(
                name="funding_act_raises_once", fields=["request"], condition=Q(step="raise")
            ),
            models.CheckConstraint(
                name="funding_act_step_fits_duty",
                condition=~Q(step__in=["approve", "prepare", "release"]) | Q(duty=F("step")),
            ),
            models.CheckConstraint(
                name="funding_act_raise_is_approval",
                condition=~Q(step="raise") | Q(duty="approve", amount__isnull=False),
            ),
            models.CheckConstraint(
                name="funding_act_rest_fits_duty",
                condition=(
                    ~Q(step="ask_rest")
                    | Q(duty__in=["verify", "review1", "review2", "prepare"], amount__isnull=False)
                )
                & (~Q(step__in=["release_rest", "keep_rest"]) | Q(duty__in=["approve", "release"])),
            ),
            models.CheckConstraint(
                name="funding_act_amount_positive",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
            ),
            models.CheckConstraint(
                name="funding_act_is_confirmed",
                condition=~Q(step__in=["approve", "raise", "release"])
                | Q(
                    client__isnull=True,
                    second_factor_at__isnull=False,
                    second_factor_at__lte=F("at"),
                    second_factor_at__gte=F("at") - FIVE_MINUTES,
                )
                | Q(
                    client__isnull=False,
                    step="approve",
                    amount__isnull=False,
                    client_limit__isnull=False,
                    amount__lte=F("client_limit"),
                ),
            ),
        ]
        indexes = [models.Index(fields=["request", "at"], name="funding_act_request")]

    def __str__(self) -> str:
        return f"{self.step} {self.request_id}"
