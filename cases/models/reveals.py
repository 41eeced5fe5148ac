"""Identities that were looked at by somebody without business with the person, and what the head says of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from cases.querysets import RevealQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class IdentityReveal(PublicRow, Tenanted):
    """Who (`created_by`) saw the identity of a person without a case of theirs, and why; reviewed the next day."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted", _("合理")
        QUESTIONED = "questioned", _("存疑，须谈话")

    client = models.ForeignKey(Client, models.PROTECT, related_name="reveals")
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, related_name="+"
    )
    reason = SealedText(_("理由"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(_("复核结论"), max_length=12, choices=Result.choices, blank=True)

    objects = RevealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="identity_reveal_reviewed_is_whole",
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True, result="")
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                & Q(result__in=["accepted", "questioned"]),
            ),
            models.CheckConstraint(
                name="identity_reveal_reviewer_is_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("created_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "department", "id"],
                name="identity_reveal_waiting",
                condition=Q(reviewed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_by_id} {self.client_id}"
