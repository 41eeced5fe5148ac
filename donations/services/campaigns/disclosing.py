"""What a campaign or a trust makes due in the calendar of disclosures, and what is done there by doing it here."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments.models.publishing import PublicEntry
from donations.models.campaigns import Campaign
from donations.models.charities import CharitableTrust
from donations.models.disclosure import About, DisclosureItem
from donations.services.disclosure import item_drop, item_fulfil, kind_of_entry, plan_for
from donations.services.disclosure_answers import answered

FILING = ("campaign_file", "campaign_file_late")
EVALUATION = ("partner_evaluation",)
TRUST_FILING = ("trust_file",)


def campaign_planned(campaign: Campaign, by: Any) -> None:
    """A plan names its first day: the filing is due ten days before; a day that moved moves it."""
    if campaign.type != Campaign.Type.PUBLIC:
        return
    for item in _waiting(campaign, FILING).exclude(
        computed_with__on=campaign.starts_on.isoformat()
    ):
        item_drop(item=item, reason=str(_("起始日期改了，重新计算。")), by=by)
    plan_for(kind=About.CAMPAIGN, subject=campaign, event="planned", on=campaign.starts_on, by=by)


def campaign_started(campaign: Campaign, by: Any, since: dt.date | None = None) -> None:
    """What is to be published while a public campaign runs; `since` leaves out what was not due before."""
    if campaign.type == Campaign.Type.PUBLIC:
        plan_for(
            kind=About.CAMPAIGN,
            subject=campaign,
            event="started",
            on=campaign.starts_on,
            since=since,
            by=by,
        )


def campaign_ended(campaign: Campaign, by: Any) -> None:
    """What is due after the end; what was planned beyond it is not."""
    if campaign.type == Campaign.Type.PUBLIC and campaign.ended_on is not None:
        plan_for(kind=About.CAMPAIGN, subject=campaign, event="ended", on=campaign.ended_on, by=by)


def campaign_accounted(campaign: Campaign, entry: PublicEntry | None, by: Any) -> None:
    """The account on the campaign's own entry is the disclosure that the law asks for: there is no second one."""
    note = f"已在本活动的公开页公布：{entry.slug}" if entry else f"已公开结项：{campaign.number}"
    on = timezone.localdate()
    answered(campaign, "campaign_closing", on=on, note=note, entry=entry, by=by)


def trust_signed(trust: CharitableTrust, by: Any) -> None:
    """Filing within seven days, and a report every year; what was due before a filed trust came here is not asked."""
    since = timezone.localdate() if trust.filed_on else None
    plan_for(
        kind=About.TRUST, subject=trust, event="signed", on=trust.signed_on, since=since, by=by
    )
    if trust.filed_on is not None:
        fulfil(trust, TRUST_FILING, trust.filed_on, trust.filing_no, by)


@override("zh-hans")
def fulfil(
    subject: Campaign | CharitableTrust,
    rules: tuple[str, ...],
    done_on: dt.date,
    number: str,
    by: Any,
) -> None:
    """What was recorded here is done in the calendar too."""
    note = str(_("已在本系统登记：%(number)s") % {"number": number})
    for item in _waiting(subject, rules):
        if not kind_of_entry(item):
            item_fulfil(item=item, done_on=done_on, done_note=note, by=by)


def _waiting(subject: Campaign | CharitableTrust, rules: tuple[str, ...]):
    """Items of a subject under these rules that nobody has begun."""
    return DisclosureItem.objects.filter(
        organization_id=subject.organization_id,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        rule_key__in=rules,
        state="planned",
    ).select_related("rule")
