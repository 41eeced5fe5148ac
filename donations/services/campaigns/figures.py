"""From seeing to giving again: a campaign's figures by channel and day, and figures of platforms."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from donations.charity_permissions import can_keep_campaign
from donations.models.campaigns import Campaign, CampaignStat, PlatformSnapshot
from donations.models.giving import Donation
from donations.services.campaigns.checking import platform_names
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

STAGES = ("views", "supporters", "donors", "repeat_donors")
STAGE_WORDS = {
    "views": _("看到"),
    "supporters": _("认同"),
    "donors": _("行动"),
    "repeat_donors": _("复捐"),
}


@dataclass(frozen=True)
class Funnel:
    """The four counts of some rows, and each one's share of the one before in per cent (None: of nothing)."""

    views: int
    supporters: int
    donors: int
    repeat_donors: int

    @property
    def counts(self) -> list[int]:
        return [getattr(self, name) for name in STAGES]

    @property
    def shares(self) -> list[Decimal | None]:
        counts = self.counts
        return [
            None,
            *(share(now, before) for before, now in zip(counts, counts[1:], strict=False)),
        ]


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in per cent, one decimal, half up; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def funnel(rows: Iterable[Any]) -> Funnel:
    """The sum of rows that have the four counts."""
    held = list(rows)
    return Funnel(*(sum(getattr(row, name) for row in held) for name in STAGES))


def by_channel(campaign: Campaign, by: Any) -> dict[str, Funnel]:
    """The whole campaign's counts per channel, in the order of the channels."""
    sums = {
        row["channel"]: Funnel(*(row[name] for name in STAGES))
        for row in CampaignStat.objects.visible_to(by)
        .filter(campaign=campaign)
        .values("channel")
        .annotate(**{name: Sum(name) for name in STAGES})
    }
    return {code: sums[code] for code in CampaignStat.Channel.values if code in sums}


def booked_sum(campaign: Campaign, by: Any) -> Decimal:
    """What the books have of the campaign: its gifts that are booked, in yuan."""
    states = (DonationState.BOOKED, DonationState.PART_BOOKED)
    gifts = Donation.objects.visible_to(by).filter(campaign=campaign, state__in=states)
    return gifts.aggregate(whole=Sum("amount"))["whole"] or Decimal("0.00")


@command
def campaign_stat_write(
    *,
    campaign: Campaign,
    on: dt.date,
    channel: str,
    views: int,
    supporters: int,
    donors: int,
    repeat_donors: int,
    source: str,
    by: Any,
) -> CampaignStat:
    """The figures of a day and channel as its source states them; a later statement replaces the earlier.

    Raises:
        DomainError: `stat.in_future`, `stat.before_start` on `on`; `stat.own_page` on `channel`, whose
            counts the portal makes; `campaign_stat_repeat_within_donors` on `repeat_donors`.
    """
    require(can_keep_campaign, by, campaign)
    if on > timezone.localdate():
        raise DomainError("stat.in_future", _("日期不能晚于今天。"), "on")
    if on < campaign.starts_on:
        raise DomainError("stat.before_start", _("这一天募捐还没有开始。"), "on")
    if channel == CampaignStat.Channel.PORTAL and views + supporters:
        sentence = _("本门户公开页的看到和认同由系统计数，不能填写。")
        raise DomainError("stat.own_page", sentence, "channel")
    if repeat_donors > donors:
        sentence = _("复捐人数不能多于捐赠人数。")
        raise DomainError("campaign_stat_repeat_within_donors", sentence, "repeat_donors")
    counts = {"donors": donors, "repeat_donors": repeat_donors, "source": source.strip()}
    if channel != CampaignStat.Channel.PORTAL:
        counts |= {"views": views, "supporters": supporters}
    row, is_new = CampaignStat.objects.update_or_create(
        campaign=campaign,
        on=on,
        channel=channel,
        defaults=counts,
        create_defaults={
            **counts,
            "organization_id": campaign.organization_id,
            "created_by": by,
        },
    )
    audit.record(
        "campaign.stat", by=by, on=campaign, day=on, channel=channel, donors=donors, is_new=is_new
    )
    return row


# ── platforms ────────────────────────────────────────────────────────────────


@command
def platform_snapshot_record(
    *,
    platform: str,
    as_of: dt.date,
    project_count: int,
    amount: Decimal,
    qualifier: str,
    scope: str,
    source: str,
    by: Any,
) -> PlatformSnapshot:
    """What a platform said of itself on a day, in its own scope and words.

    Raises:
        DomainError: `snapshot.platform`, `snapshot.in_future`, `snapshot.nothing`, each on its field.
    """
    require(can_keep_campaign, by, None)
    if platform not in platform_names():
        raise DomainError("snapshot.platform", _("请从列出的平台中选择。"), "platform")
    if as_of > timezone.localdate():
        raise DomainError("snapshot.in_future", _("日期不能晚于今天。"), "as_of")
    if project_count <= 0:
        raise DomainError("snapshot.nothing", _("项目数必须大于零。"), "project_count")
    row = PlatformSnapshot(
        organization_id=by.house_id,
        platform=platform,
        as_of=as_of,
        project_count=project_count,
        amount=amount,
        qualifier=qualifier,
        scope=scope.strip(),
        source=source.strip(),
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("platform_snapshot.record", by=by, on=row, platform=platform, as_of=as_of)
    return row


def mean_per_project(snapshot: PlatformSnapshot) -> Decimal:
    """Yuan a project at the figures stated, whole yuan, half up: 44,118 for 6,800 and 300,000,000."""
    return (snapshot.amount / snapshot.project_count).quantize(Decimal(1), ROUND_HALF_UP)
