"""What hangs on a person beside the cases: the course of a stay, the family, what must be minded, the rights."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Relation
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.service_codes import (
    CareFlagKind,
    MilestoneKind,
    RefusalGround,
    SubjectRequestKind,
    SubjectRequestOutcome,
)
from cases.querysets import CareQuerySet, SubjectRequestQuerySet
from cases.workflow import SubjectRequestState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class Milestone(PublicRow, Tenanted):
    """A date of the whole course (入院 术前 术中 术后 出院 随访): planned, and when it came about."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="milestones")
    kind = models.CharField(_("节点"), max_length=12, choices=MilestoneKind.choices)
    planned_on = models.DateField(_("计划日期"), null=True, blank=True)
    actual_on = models.DateField(_("实际日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=120, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="milestone_once",
                fields=["episode", "kind", "planned_on"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="milestone_has_a_day",
                condition=Q(planned_on__isnull=False) | Q(actual_on__isnull=False),
            ),
            models.CheckConstraint(
                name="milestone_kind_known", condition=Q(kind__in=MilestoneKind.values)
            ),
        ]
        indexes = [models.Index(fields=["organization", "kind", "actual_on"], name="milestone_day")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Household(PublicRow, Tenanted):
    """Patients of one family, linked without opening each other's files."""

    note = SealedText(_("说明"), null=True, blank=True)
    dissolved_on = models.DateField(_("解除日期"), null=True, blank=True)
    dissolved_reason = SealedText(_("解除理由"), null=True, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="household_dissolved_has_reason",
                condition=Q(dissolved_on__isnull=True, dissolved_reason__isnull=True)
                | Q(dissolved_on__isnull=False, dissolved_reason__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)


class HouseholdMember(PublicRow, Tenanted):
    """One person of a family; `relation` is to the first member, whose own is 本人."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    client = models.ForeignKey(Client, models.PROTECT, related_name="households")
    relation = models.CharField(
        _("在家庭中"), max_length=20, choices=Relation.choices, default=Relation.OTHER
    )
    left_on = models.DateField(_("移出日期"), null=True, blank=True)
    left_reason = SealedText(_("移出理由"), null=True, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="household_one_per_client",
                fields=["organization", "client"],
                condition=Q(left_on__isnull=True),
            ),
            models.CheckConstraint(
                name="household_left_has_reason",
                condition=Q(left_on__isnull=True, left_reason__isnull=True)
                | Q(left_on__isnull=False, left_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="household_relation_known", condition=Q(relation__in=Relation.values)
            ),
        ]

    def __str__(self) -> str:
        return self.get_relation_display()


class CareFlag(PublicRow, Tenanted):
    """What must be minded about a person, shown before anything is shared or printed, until resolved."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="care_flags")
    kind = models.CharField(_("种类"), max_length=20, choices=CareFlagKind.choices)
    related_person = models.ForeignKey(
        RelatedPerson, models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = SealedText(_("内容"))
    since = models.DateField(_("起始日期"))
    review_on = models.DateField(_("复核日期"), null=True, blank=True)
    resolved_on = models.DateField(_("解除日期"), null=True, blank=True)
    resolved_reason = SealedText(_("解除理由"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="care_flag_resolved_has_reason",
                condition=Q(
                    resolved_on__isnull=True,
                    resolved_reason__isnull=True,
                    resolved_by__isnull=True,
                )
                | Q(
                    resolved_on__isnull=False,
                    resolved_reason__isnull=False,
                    resolved_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="care_flag_kind_known", condition=Q(kind__in=CareFlagKind.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["client"], name="care_flag_live", condition=Q(resolved_on__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class SubjectRequest(PublicRow, Tenanted):
    """A person asks to see, copy, correct, delete or transfer (PIPL 44 to 50); near relatives after death."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="subject_requests")
    kind = models.CharField(_("请求"), max_length=12, choices=SubjectRequestKind.choices)
    requester = SealedText(_("请求人"), pad=True)
    requester_relation = models.CharField(
        _("与服务对象关系"), max_length=20, choices=Relation.choices
    )
    detail = SealedText(_("请求内容"))
    # Of a near relative after death: the own lawful interest (PIPL 49).
    interest = SealedText(_("近亲属自身的利益"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=SubjectRequestState.choices,
        default=SubjectRequestState.RECEIVED,
    )
    received_on = models.DateField(_("收到日期"))
    due_on = models.DateField(_("答复期限"))
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    identity_note = SealedText(_("身份核验"), null=True, blank=True)
    outcome = models.CharField(
        _("决定"), max_length=10, choices=SubjectRequestOutcome.choices, blank=True
    )
    refusal_code = models.CharField(
        _("拒绝事由"), max_length=20, choices=RefusalGround.choices, blank=True
    )
    refusal_reason = SealedText(_("拒绝理由"), null=True, blank=True)
    # What was put right, [{what, was, becomes, at, by}]: the old value stays readable here.
    corrections = SealedJSON(null=True)
    # What was deleted or made nameless, {part: how many}.
    erased = models.JSONField(default=dict, blank=True)
    answer = SealedText(_("答复"), null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    result = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_request_accepted_is_identified",
                condition=~Q(state__in=["accepted", "answered"])
                | Q(identity_checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="subject_request_refused_has_reason",
                condition=~Q(state="refused") | Q(refusal_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="subject_request_less_than_asked_says_why",
                condition=~Q(outcome__in=["partly", "refuse"])
                | (~Q(refusal_code="") & Q(refusal_reason__isnull=False)),
            ),
            models.CheckConstraint(
                name="subject_request_answered_has_outcome",
                condition=~Q(state="answered")
                | (Q(outcome__in=["grant", "partly"]) & Q(answer__isnull=False)),
            ),
            models.CheckConstraint(
                name="subject_request_due_after_receipt",
                condition=Q(due_on__gte=models.F("received_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "due_on"], name="subject_request_due"),
            models.Index(fields=["client"], name="subject_request_client"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
