"""That two pseudonyms stand for one person: her records were merged in the hospital."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.querysets import SubjectLinkQuerySet
from msw_portal.kernel.db import PublicRow, SharedRow


class SubjectLink(PublicRow, SharedRow):
    """The hospital (`organization`) tells one foundation (`counterparty`) that two of its codes are one person.

    Every pair of a person's codes has a row, the smaller code first, so that a sum needs one look. A
    foundation never joins to the person. Ended when the records are two persons again.
    """

    code_a = models.CharField(_("对象代号"), max_length=20)
    code_b = models.CharField(_("另一代号"), max_length=20)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SubjectLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="subject_link_once",
                fields=["organization", "counterparty", "code_a", "code_b"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="subject_link_in_order", condition=Q(code_a__lt=F("code_b"))
            ),
            models.CheckConstraint(
                name="subject_link_names_foundation", condition=Q(counterparty__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["code_a"], name="subject_link_first"),
            models.Index(fields=["code_b"], name="subject_link_second"),
        ]

    def __str__(self) -> str:
        return f"{self.code_a} = {self.code_b}"
