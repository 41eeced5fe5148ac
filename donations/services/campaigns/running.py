"""A campaign begins, ends, accounts for itself in public, or is stopped."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.services.clocks import months_after
from departments import audit
from departments.models.publishing import EntryKind, PublicEntry
from departments.services.moving import move
from departments.services.publishing import entry_correct, entry_publish
from departments.services.tasks import task_open
from donations.charity_permissions import can_keep_campaign, can_run_campaign
from donations.charity_workflow import CAMPAIGN, CampaignState
from donations.models.campaigns import Campaign
from donations.services.campaigns.checking import file_by, points
from donations.services.campaigns.disclosing import (
    campaign_accounted,
    campaign_ended,
    campaign_started,
)
from donations.services.campaigns.figures import booked_sum
from donations.services.campaigns.planning import FILE_TASK
from donations.services.campaigns.telling import closing_payload, plan_payload
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

EVALUATE_TASK = "campaign_evaluate"


@command
def campaign_start(*, campaign: Campaign, by: Any) -> Campaign:
    """Begin: certificate, filing, platform and agreements hold today; a public one is published.

    An emergency may begin before it is filed; a directed campaign is not filed at all.

    Raises:
        DomainError: the first point of `checking.points` that is not met, or the diagram's 409.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_run_campaign, by, campaign)
    is_unfiled = campaign.state == CampaignState.DRAFT and (
        campaign.is_emergency or campaign.type == Campaign.Type.DIRECTED
    )
    step = "start_unfiled" if is_unfiled else "start"
    if campaign.state != CampaignState.DRAFT or is_unfiled:
        CAMPAIGN.check(campaign, step)
    for point in points(campaign):
        if not point.is_met:
            raise DomainError(point.rule, point.said, status=point.status)
    is_public = campaign.type == Campaign.Type.PUBLIC
    if is_public:
        campaign.published_at = timezone.now()
    move(campaign, CAMPAIGN, step, by=by, also=("published_at",))
    if is_public:
        _publish(campaign, by)
    if is_public and not campaign.filing_no:
        _task(FILE_TASK, campaign, file_by(campaign), by)
    audit.record("campaign.start", by=by, on=campaign, state=campaign.state)
    campaign_started(campaign, by)
    return campaign


@command
def campaign_end(*, campaign: Campaign, by: Any) -> Campaign:
    """Stop taking gifts; what the partners did is evaluated within three months (MCA order 81)."""
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_run_campaign, by, campaign)
    CAMPAIGN.check(campaign, "end")
    campaign.ended_on = timezone.localdate()
    move(campaign, CAMPAIGN, "end", by=by, also=("ended_on",))
    # A public campaign's calendar asks for it; only a directed one needs a task of its own.
    if campaign.type == Campaign.Type.DIRECTED and campaign.partners.exists():
        _task(EVALUATE_TASK, campaign, months_after(campaign.ended_on, 3), by)
    audit.record("campaign.end", by=by, on=campaign, ended_on=campaign.ended_on)
    campaign_ended(campaign, by)
    return campaign


@command
def campaign_publish_closing(
    *,
    campaign: Campaign,
    raised: Decimal,
    closing_words: str,
    difference_words: str = "",
    by: Any,
) -> Campaign:
    """Account in public for what came and how it went (Charity Law 79: within three months of the end).

    A sum that is not what the books have says why; both are published beside each other.

    Raises:
        DomainError: `campaign.publish_closing.wrong_state` (409), `campaign.raised_not_booked` on
            `difference_words`.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_run_campaign, by, campaign)
    CAMPAIGN.check(campaign, "publish_closing")
    booked, why = booked_sum(campaign, by), difference_words.strip()
    if raised != booked and not why:
        raise DomainError(
            "campaign.raised_not_booked",
            _(
                "账上已入账的本活动捐赠是 %(booked)s 元，相差 %(difference)s 元：请说明差额的原因，会一并公布。"
            )
            % {"booked": f"{booked:,.2f}", "difference": f"{raised - booked:,.2f}"},
            "difference_words",
        )
    campaign.raised, campaign.closing_words = raised, closing_words.strip()
    also = ("raised", "closing_words")
    move(campaign, CAMPAIGN, "publish_closing", by=by, reason=why, also=also)
    entry = entry_of(campaign)
    if entry is not None:
        entry = entry_correct(
            entry=entry,
            payload=closing_payload(campaign, booked, why if raised != booked else ""),
            note=str(_("活动结束，公布募捐情况。")),
            by=by,
        )
    campaign_accounted(campaign, entry, by)
    audit.record("campaign.publish_closing", by=by, on=campaign, amount=raised, booked=booked)
    return campaign


@command
def campaign_archive(*, campaign: Campaign, by: Any) -> Campaign:
    """Put away a closed campaign; its public entry stays."""
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_keep_campaign, by, campaign)
    if campaign.partners.filter(evaluated_on=None).exists():
        raise DomainError(
            "campaign.partners_unevaluated",
            _("还有合作方没有评估（民政部令第81号：活动结束后三个月内评估并监督合作方）。"),
            status=409,
        )
    move(campaign, CAMPAIGN, "archive", by=by)
    audit.record("campaign.archive", by=by, on=campaign)
    return campaign


@command
def campaign_terminate(*, campaign: Campaign, reason: str, by: Any) -> Campaign:
    """Stop a filed or running campaign before its time, with the reason."""
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_run_campaign, by, campaign)
    CAMPAIGN.check(campaign, "terminate", reason)
    was_running = campaign.state == CampaignState.RUNNING
    if was_running:
        campaign.ended_on = timezone.localdate()
    move(campaign, CAMPAIGN, "terminate", by=by, reason=reason, also=("ended_on",))
    entry = entry_of(campaign)
    if entry is not None:
        note = str(_("募捐活动已终止。"))
        entry_correct(entry=entry, payload=plan_payload(campaign), note=note, by=by)
    audit.record("campaign.terminate", by=by, on=campaign, ended_on=campaign.ended_on)
    if was_running:
        campaign_ended(campaign, by)
    return campaign


def entry_of(campaign: Campaign) -> PublicEntry | None:
    """The version of the campaign's public entry that stands; None while nothing is published."""
    return (
        PublicEntry.objects.filter(
            organization_id=campaign.organization_id,
            subject_kind=campaign._meta.model_name,
            subject_id=campaign.pk,
        )
        .order_by("-version")
        .first()
    )


def _publish(campaign: Campaign, by: Any) -> None:
    entry_publish(
        organization=campaign.organization,
        kind=EntryKind.CAMPAIGN,
        title=campaign.title,
        payload=plan_payload(campaign),
        subject=campaign,
        slug=f"campaign-{campaign.slug}",
        by=by,
    )


def _task(kind: str, campaign: Model, due_on: dt.date, by: Any) -> None:
    task_open(
        kind=kind,
        organization_id=campaign.organization_id,
        subject=campaign,
        due_at=timezone.make_aware(dt.datetime.combine(due_on, dt.time(18))),
        role="foundation_officer",
        dedup_key=f"{kind}:{campaign.uid}",
        by=by,
    )
