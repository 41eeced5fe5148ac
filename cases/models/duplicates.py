"""Two records that may be one person, and what was decided about them."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from cases.querysets import LISTING_ROLES, CareQuerySet
from cases.workflow import PairState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class Likeness(models.TextChoices):
    """Why two records may be one person. A telephone alone is no reason: it is often a parent's."""

    ID_NO = "id_no", _("证件号码相同")
    NAME = "name", _("姓名相同")
    SOUND = "sound", _("姓名同音")
    ONE_CHARACTER = "one_character", _("姓名只差一个字")
    BIRTH = "birth", _("出生日期相同")
    WARD = "ward", _("住过同一病区")
    PHONE = "phone", _("电话相同")
    REPORTED = "reported", _("同事提出")


class DuplicatePairQuerySet(CareQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Who meets the department's people at the door; the pair says nothing of their cases."""
        return super().visible_to(user) if user.role in LISTING_ROLES else self.none()

    def open(self) -> Self:
        """What waits for a decision: of two persons that both stand for themselves now."""
        return self.filter(
            state="open", first__root_id=F("first_id"), second__root_id=F("second_id")
        )

    def merged(self) -> Self:
        return self.filter(state="merged")

    def about(self, client: Client) -> Self:
        return self.filter(Q(first_id=client.pk) | Q(second_id=client.pk))

    def with_both(self) -> Self:
        return self.select_related("first", "second", "decided_by", "created_by")


class DuplicatePair(PublicRow, Tenanted):
    """A pair of records, the older one first. Without `created_by` the comparison found it.

    While merged, `kept` stands for both: `moved` are the records whose root was changed, `before` and
    `after` the kept record's facts, so that unmerging puts every one of them back.
    """

    first = models.ForeignKey(Client, models.PROTECT, related_name="+")
    second = models.ForeignKey(Client, models.PROTECT, related_name="+")
    state = models.CharField(
        _("状态"), max_length=12, choices=PairState.choices, default=PairState.OPEN
    )
    score = models.SmallIntegerField(default=0, editable=False)
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    note = SealedText(_("为什么可能是同一个人"), null=True, blank=True)
    kept = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    moved = ArrayField(models.BigIntegerField(), default=list)
    chosen = models.JSONField(default=dict, blank=True)
    before = SealedJSON(null=True)
    after = SealedJSON(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_reason = SealedText(_("理由"), null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="duplicate_pair_once", fields=["organization", "first", "second"]
            ),
            models.CheckConstraint(
                name="duplicate_pair_in_order", condition=Q(first__lt=F("second"))
            ),
            models.CheckConstraint(
                name="duplicate_pair_state_known", condition=Q(state__in=PairState.values)
            ),
            models.CheckConstraint(
                name="duplicate_pair_merged_keeps_one",
                condition=Q(state="merged", kept__isnull=False, before__isnull=False)
                | (~Q(state="merged") & Q(kept__isnull=True, before__isnull=True)),
            ),
            models.CheckConstraint(
                name="duplicate_pair_kept_is_one_of_two",
                condition=Q(kept__isnull=True) | Q(kept=F("first")) | Q(kept=F("second")),
            ),
            models.CheckConstraint(
                name="duplicate_pair_decided_by_somebody",
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="duplicate_pair_dismissed_has_reason",
                condition=~Q(state="dismissed") | Q(decided_reason__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-score", "-id"], name="duplicate_desk"),
            models.Index(fields=["second"], name="duplicate_second"),
            models.Index(fields=["kept"], name="duplicate_kept", condition=Q(kept__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def is_certain(self) -> bool:
        """The same document: nothing else makes it certain."""
        return Likeness.ID_NO in self.reasons

    @property
    def given(self) -> Client | None:
        """While merged, the record that `kept` stands for."""
        if self.kept_id is None:
            return None
        return self.second if self.kept_id == self.first_id else self.first


class ComparedUpTo(Tenanted):
    """How far a house's records have been compared: two marks, each the moment and id of a row."""

    clients_at = models.DateTimeField(null=True)
    clients_id = models.BigIntegerField(default=0)
    episodes_at = models.DateTimeField(null=True)
    episodes_id = models.BigIntegerField(default=0)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="compared_once", fields=["organization"])]

    def __str__(self) -> str:
        return str(self.clients_at)
