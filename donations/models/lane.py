"""What the family sends and is told behind its code: messages with the worker, papers that were missing."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.requests import FundingRequest
from donations.querysets import SheetQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class FamilyMessage(PublicRow, Tenanted):
    """A line between the family and the hospital's worker; the foundation never reads it."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="family_messages")
    is_from_family = models.BooleanField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    body = SealedText(_("留言"))
    seen_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="family_message_has_author",
                condition=Q(is_from_family=True, author__isnull=True)
                | Q(is_from_family=False, author__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["request", "id"], name="family_message_request")]

    def __str__(self) -> str:
        return str(self.uid)


class FamilyPaper(PublicRow, Tenanted):
    """A paper the family sent by itself: the worker looks at it before it belongs to the request."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待社工查看")
        TAKEN = "taken", _("已放入申请")
        DECLINED = "declined", _("请重新提供")

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="family_papers")
    type = models.CharField(_("材料"), max_length=40)
    document = models.OneToOneField("departments.Document", models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    reason = SealedText(_("说明"), null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="family_paper_answered_is_whole",
                condition=Q(state="waiting", answered_by__isnull=True, answered_at__isnull=True)
                | Q(state="taken", answered_by__isnull=False, answered_at__isnull=False)
                | Q(
                    state="declined",
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    reason__isnull=False,
                ),
            )
        ]
        indexes = [models.Index(fields=["request", "id"], name="family_paper_request")]

    def __str__(self) -> str:
        return self.type
