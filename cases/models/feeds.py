"""What the hospital's own system says: about one stay, and in the files it drops."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.people import Episode
from cases.querysets import CareQuerySet
from cases.workflow import DropState
from departments.querysets import TenantQuerySet
from msw_portal.kernel.db import PublicRow, Tenanted


class EpisodeFeed(PublicRow, Tenanted):
    """What the hospital's system said last about a stay, fact by fact, and when it knew it.

    `said` is {fact: [moment in UTC, value]}; the stay itself may show something else, where a person
    typed it. `days` is {operation number: id of its Milestone}, and `discharge` among them. `kept` are the
    facts of which somebody said that the own words stay: {fact: what the system had said then}.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="feed")
    # Keyed digest of the system's own number of the stay; null when it sends none.
    visit_key = models.BinaryField(max_length=16, null=True)
    said = models.JSONField(default=dict)
    days = models.JSONField(default=dict)
    kept = models.JSONField(default=dict)
    heard_at = models.DateTimeField(_("医院系统最近一次记录"))

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="episode_feed_visit_once", fields=["organization", "visit_key"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.episode_id}"


class EpisodeDrop(PublicRow, Tenanted):
    """One file that the hospital's system dropped. Nothing in it is data of a person.

    `faults` is [[line, field, sentence], ...]; the refused lines themselves stand in the file beside
    the original. `read_through` is the last line whose effect is committed.
    """

    name = models.CharField(_("文件"), max_length=200)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(
        _("状态"), max_length=10, choices=DropState.choices, default=DropState.READING
    )
    job = models.ForeignKey(
        "departments.Job", models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_count = models.IntegerField(_("行数"), default=0)
    created_count = models.IntegerField(_("新增"), default=0)
    changed_count = models.IntegerField(_("更新"), default=0)
    same_count = models.IntegerField(_("无变化"), default=0)
    refused_count = models.IntegerField(_("不能接收"), default=0)
    read_through = models.IntegerField(default=0)
    faults = models.JSONField(default=list)
    # Why the file as a whole was refused; never a value of a line.
    refusal = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    put_away_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="episode_drop_adds_up",
                condition=Q(
                    given_count=F("created_count")
                    + F("changed_count")
                    + F("same_count")
                    + F("refused_count")
                ),
            ),
            models.CheckConstraint(
                name="episode_drop_state_known", condition=Q(state__in=DropState.values)
            ),
            # Two sweeps at once make one row of a file; it may come again once it was put away.
            models.UniqueConstraint(
                name="episode_drop_once",
                fields=["organization", "created_by", "name"],
                condition=Q(put_away_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="episode_drop_newest")]

    def __str__(self) -> str:
        return str(self.uid)
