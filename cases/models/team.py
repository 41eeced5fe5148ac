"""Who works on a case, and how it passes from one worker to another."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.querysets import CaseChildQuerySet, TransferQuerySet
from cases.workflow import TransferState
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import CaseRow, PublicRow


class CaseMember(CaseRow, PublicRow):
    """Who else works on the case, and from when to when.

    Colleagues with an account are `user`; clinicians and volunteers of the team may be names only.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = SealedText(_("姓名"), null=True, blank=True, pad=True)
    title = models.CharField(_("科室与职务"), max_length=60, blank=True)
    role = models.CharField(_("角色"), max_length=30)
    valid = DateRangeField(_("起止"))

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_member_valid_not_empty", condition=Q(valid__isempty=False)
            ),
            models.CheckConstraint(
                name="case_member_is_somebody",
                condition=Q(user__isnull=False, name__isnull=True)
                | Q(user__isnull=True, name__isnull=False),
            ),
            models.UniqueConstraint(name="case_member_once", fields=["case", "user", "valid"]),
        ]
        indexes = [models.Index(fields=["organization", "user"], name="case_member_user")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class CaseTransfer(CaseRow, PublicRow):
    """A worker asks another to take the case over; `batch_uid` binds those of one hand-over."""

    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=10, choices=TransferState.choices, default=TransferState.REQUESTED
    )
    reason = SealedText(_("移交原因"))
    answer = SealedText(_("答复"), null=True, blank=True)
    batch_uid = models.UUIDField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="case_transfer_one_open", fields=["case"], condition=Q(state="requested")
            ),
            models.CheckConstraint(
                name="case_transfer_to_another", condition=~Q(from_user=F("to_user"))
            ),
            models.CheckConstraint(
                name="case_transfer_decided_has_time",
                condition=Q(state="requested", decided_at__isnull=True)
                | ~Q(state="requested") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "to_user"],
                name="case_transfer_waiting",
                condition=Q(state="requested"),
            ),
            models.Index(fields=["organization", "batch_uid"], name="case_transfer_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"
