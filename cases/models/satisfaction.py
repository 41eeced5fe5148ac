"""What people say of a group or an activity themselves, without a name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.groups import Group
from cases.querysets import CareQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class SatisfactionMark(PublicRow, Tenanted):
    """One answer given on a phone by the code of a group or an activity: 1 to 5 and, if any, some words.

    Nobody's name, number or address is asked or kept; there are no more answers than people took part.
    """

    is_care = True

    group = models.ForeignKey(
        Group, models.CASCADE, null=True, blank=True, related_name="satisfaction_marks"
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="satisfaction_marks"
    )
    mark = models.SmallIntegerField(_("满意度"))
    words = SealedText(_("想说的话"), null=True, blank=True)
    given_on = models.DateField(_("日期"))

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="satisfaction_mark_in_range", condition=Q(mark__range=(1, 5))
            ),
            models.CheckConstraint(
                name="satisfaction_mark_of_one",
                condition=Q(group__isnull=False, activity__isnull=True)
                | Q(group__isnull=True, activity__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id or self.activity_id} {self.mark}"
