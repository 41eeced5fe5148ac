"""What comes in without an account, and what is signed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import AccessLink
from departments.querysets import InboxItemQuerySet, TenantQuerySet
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Row, SharedCareRow, Subject, Tenanted
from msw_portal.kernel.ids import uuid7


class InboxItem(PublicRow, Tenanted):
    """What an anonymous door took in: written first, promoted by a service afterwards.

    `receipt_hash` is SHA-256 of the receipt code, so its holder alone may look the state up.
    """

    class Kind(models.TextChoices):
        WARD_REFERRAL = "ward_referral", _("病区转介")
        SELF_REQUEST = "self_request", _("自助求助")
        REFERRAL_REPLY = "referral_reply", _("转介回复")
        OBJECTION = "objection", _("异议")
        SURVEY = "survey", _("问卷")
        VOLUNTEER_APPLICATION = "volunteer_application", _("志愿者报名")
        CORRECTION = "correction", _("更正申请")

    class State(models.TextChoices):
        NEW = "new", _("新到")
        PROMOTED = "promoted", _("已转入")
        SPAM = "spam", _("垃圾信息")

    link = models.ForeignKey(AccessLink, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=30, choices=Kind.choices)
    payload = SealedJSON()
    receipt_hash = models.BinaryField(max_length=32, unique=True)
    dedup_key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    promoted_uid = models.UUIDField(null=True, blank=True)

    objects = InboxItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="inbox_item_once", fields=["organization", "dedup_key"]),
            models.CheckConstraint(
                name="inbox_item_promoted_names_what",
                condition=~Q(state="promoted") | Q(promoted_uid__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "created_at"], name="inbox_item_waiting")
        ]

    def __str__(self) -> str:
        return self.kind


class Signature(Row, SharedCareRow, Subject):
    """Who signed which text: drawn on screen or scanned; `text_hash` is SHA-256 of what was shown."""

    class Signer(models.TextChoices):
        USER = "user", _("工作人员")
        CLIENT = "client", _("服务对象")
        GUARDIAN = "guardian", _("监护人")
        EXTERNAL = "external", _("外部人员")

    signer_kind = models.CharField(max_length=10, choices=Signer.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    signer_name = SealedText(_("签署人"), pad=True)
    relation = models.CharField(max_length=20, blank=True)
    drawn = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    text_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="signature_of_staff_names_user",
                condition=~Q(signer_kind="user") | Q(user__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="signature_subject")]

    def __str__(self) -> str:
        return f"{self.signer_kind} {self.subject_kind}"
