"""What a house must be able to show: reviews, drills and incidents as rows; passwords once used."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import TenantQuerySet
from departments.workflow import DestructionStep, IncidentStep
from msw_portal.kernel.crypto import SealedJSON
from msw_portal.kernel.db import PublicRow, Tenanted


class ComplianceRecord(PublicRow, Tenanted):
    """One record with its content sealed; once closed nothing in it changes (trigger)."""

    class Kind(models.TextChoices):
        PIA = "pia", _("个人信息保护影响评估")
        INCIDENT = "incident", _("安全事件")
        PROCESSOR_AGREEMENT = "processor_agreement", _("委托处理协议")
        ARCHIVE_BATCH = "archive_batch", _("归档批次")
        DESTRUCTION = "destruction", _("销毁")
        ACCESS_REVIEW = "access_review", _("账户复核")
        DRILL = "drill", _("恢复演练")
        NECESSITY = "necessity", _("字段必要性")

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已签署")

    kind = models.CharField(_("类型"), max_length=30, choices=Kind.choices)
    payload = SealedJSON()
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    # Where a record of several steps stands; "" for kinds that are only open or closed.
    step = models.CharField(_("进度"), max_length=20, blank=True, db_default="", default="")
    due_on = models.DateField(_("期限"), null=True, blank=True)
    signer_1 = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signer_2 = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("签署时间"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="compliance_one_review_open",
                fields=["organization"],
                condition=Q(kind="access_review", state="open"),
            ),
            models.CheckConstraint(
                name="compliance_closed_has_time",
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="compliance_review_is_signed",
                condition=~Q(kind="access_review", state="closed") | Q(signer_1__isnull=False),
            ),
            models.CheckConstraint(
                name="compliance_destruction_two_signers",
                condition=~Q(kind="destruction")
                | Q(signer_1__isnull=True)
                | Q(signer_2__isnull=True)
                | ~Q(signer_1=F("signer_2")),
            ),
            # Nothing is destroyed on the word of one person.
            models.CheckConstraint(
                name="compliance_destruction_approved_by_two",
                condition=~Q(kind="destruction", step__in=["approved", "done"])
                | Q(signer_1__isnull=False, signer_2__isnull=False),
            ),
            models.UniqueConstraint(
                name="compliance_one_necessity",
                fields=["organization"],
                condition=Q(kind="necessity"),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "-id"], name="compliance_newest"),
            models.Index(
                fields=["organization", "kind", "due_on", "id"],
                name="compliance_due",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    def get_step_display(self) -> str:
        steps = {"destruction": DestructionStep, "incident": IncidentStep}.get(self.kind)
        return str(steps(self.step).label if steps and self.step else self.get_state_display())


class PasswordHistory(models.Model):
    """A password as it was set (its hash), so that the last ones are not used again; nobody reads it back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="password_history_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at}"
