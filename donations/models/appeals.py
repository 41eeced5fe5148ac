"""When the family was told a decision, and what is said against it: a second look, a complaint."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.appeal_workflow import DECIDED, AppealBy, AppealKind, AppealOutcome, AppealState
from donations.models.fields import money
from donations.models.requests import FundingRequest
from donations.querysets import AppealQuerySet, RequestPartQuerySet
from donations.workflow import RequestState
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Row, SharedRow


class DecisionTelling(Row, SharedRow):
    """On which day the family was told a decision; the limit for a second look runs from it."""

    class How(models.TextChoices):
        LANE = "lane", _("家属用查询码看到")
        WORKER = "worker", _("社工当面或电话告知")
        LETTER = "letter", _("通知书送达")

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="tellings")
    decision = models.CharField(_("决定"), max_length=30, choices=RequestState.choices)
    decided_at = models.DateTimeField(_("决定时间"))
    told_on = models.DateField(_("告知日期"))
    how = models.CharField(_("告知方式"), max_length=10, choices=How.choices)

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="decision_told_once", fields=["request", "decided_at"]),
            models.CheckConstraint(
                name="decision_telling_known",
                condition=Q(how__in=["lane", "worker", "letter"], decision__in=sorted(DECIDED)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.told_on}"


class Appeal(PublicRow, SharedRow):
    """What is said against a decision or the handling of a request, and its answer.

    `addressee` answers: the foundation for a second look, either house for a complaint. Grounds and
    answer are read by both houses and, behind its code, by the family. The trigger app.appeal_guard lets each house write its own
    columns alone and refuses an answer by anybody who had a duty on the request or raised the appeal.
    """

    number = models.CharField(_("编号"), max_length=40, editable=False)
    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="appeals")
    kind = models.CharField(_("事项"), max_length=20, choices=AppealKind.choices)
    raised_by = models.CharField(_("提出人"), max_length=10, choices=AppealBy.choices)
    raised_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    raised_at = models.DateTimeField(_("提出时间"), default=timezone.now)
    addressee = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    # The decision that is looked at again: its state and the moment of the move; empty for a complaint.
    decision = models.CharField(_("决定"), max_length=30, choices=RequestState.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    # The last day on which it could be raised; null while the family had not been told.
    allowed_until = models.DateField(_("提出期限"), null=True)
    grounds = SealedText(_("理由"))
    state = models.CharField(
        _("状态"), max_length=20, choices=AppealState.choices, default=AppealState.RAISED
    )
    rule = models.ForeignKey("departments.DatedRule", models.PROTECT, null=True, related_name="+")
    acknowledge_by = models.DateField(_("受理期限"))
    answer_by = models.DateField(_("答复期限"))
    acknowledged_at = models.DateTimeField(_("受理时间"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(_("结论"), max_length=10, choices=AppealOutcome.choices, blank=True)
    answer = SealedText(_("答复"), null=True)
    # The sum that the answer sets in place of the one approved; it stands once another person approves it.
    new_amount = money(_("复核后的金额"), null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="appeal_number_once", fields=["organization", "number"]),
            models.UniqueConstraint(
                name="appeal_one_open",
                fields=["request", "kind"],
                condition=Q(state__in=["raised", "acknowledged"]),
            ),
            models.UniqueConstraint(
                name="appeal_decision_once",
                fields=["request", "decided_at"],
                condition=Q(kind="second_look") & ~Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="appeal_codes_known",
                condition=Q(
                    kind__in=["second_look", "complaint"],
                    raised_by__in=["family", "worker", "officer"],
                    state__in=["raised", "acknowledged", "answered", "withdrawn"],
                ),
            ),
            models.CheckConstraint(
                name="appeal_raiser_is_named",
                condition=Q(raised_by="family", raised_by_user__isnull=True)
                | (~Q(raised_by="family") & Q(raised_by_user__isnull=False)),
            ),
            models.CheckConstraint(
                name="appeal_names_decision",
                condition=Q(
                    kind="second_look", decision__in=sorted(DECIDED), decided_at__isnull=False
                )
                | Q(kind="complaint", decision="", decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="appeal_acknowledged_is_whole",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="appeal_answered_is_whole",
                condition=Q(
                    state="answered",
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    answer__isnull=False,
                    acknowledged_at__isnull=False,
                    outcome__in=["upheld", "partly", "dismissed"],
                )
                | (
                    ~Q(state="answered")
                    & Q(
                        answered_at__isnull=True,
                        answered_by__isnull=True,
                        answer__isnull=True,
                        outcome="",
                    )
                ),
            ),
            models.CheckConstraint(
                name="appeal_new_amount_fits",
                condition=Q(new_amount__isnull=True)
                | Q(
                    kind="second_look",
                    decision="approved",
                    state="answered",
                    outcome__in=["upheld", "partly"],
                    new_amount__gt=0,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["counterparty", "-raised_at", "-id"], name="appeal_received"),
            models.Index(fields=["organization", "-raised_at", "-id"], name="appeal_own"),
        ]

    def __str__(self) -> str:
        return self.number
