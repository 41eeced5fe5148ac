"""The funnel of a campaign: seen, agreed, gave, gave again, by channel and day."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.views.paging import page_of
from donations.charity_permissions import can_keep_campaign
from donations.models.campaigns import Campaign, CampaignStat
from donations.services.campaigns.figures import STAGE_WORDS, STAGES, Funnel, by_channel, funnel
from donations.views.campaigns.planning import campaign_or_404
from donations.views.guards import foundation_page
from donations.views.paging import address
from msw_portal.kernel.charts import Chart, Series

DAYS_A_PAGE = 40
DAYS_DRAWN = 30


@require_safe
@foundation_page
def figures(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = campaign_or_404(request, uid)
    channel = request.GET.get("channel", "")
    sums = by_channel(found, request.user)
    rows = CampaignStat.objects.visible_to(request.user).filter(campaign=found)
    chosen = channel if channel in CampaignStat.Channel.values else ""
    if chosen:
        rows = rows.filter(channel=chosen)
    page = page_of(request, rows, order=("-on", "-id"), size=DAYS_A_PAGE)
    whole = sums.get(chosen, Funnel(0, 0, 0, 0)) if chosen else funnel(sums.values())
    return render(
        request,
        "donations/campaign_figures.html",
        page
        | {
            "campaign": found,
            "chart": _funnel_chart(found, whole),
            "days": _days_chart(list(rows.order_by("-on", "-id")[: DAYS_DRAWN * 8])),
            "channels": _channels(request, sums, chosen),
            "tabs": _tabs(request, sums, chosen),
            "heads": [STAGE_WORDS[name] for name in STAGES],
            "may_keep": can_keep_campaign(request.user, found),
            "stat_url": reverse("donations:campaign_stat", args=[found.uid]),
        },
    )


def _funnel_chart(found: Campaign, whole: Funnel) -> Chart:
    shares = [one if one is not None else None for one in whole.shares]
    return Chart(
        id="funnel",
        kind="funnel",
        title=_("看到 → 认同 → 行动 → 复捐"),
        category_label=_("阶段"),
        categories=[STAGE_WORDS[name] for name in STAGES],
        series=[Series(_("人次或人数"), whole.counts)],
        columns=[Series(_("占上一步（%）"), shares)],
        definition=_(
            "看到、认同为人次，行动、复捐为人数，按渠道和日相加；同一人在两个渠道计两次。截至 %(time)s。"
        )
        % {"time": timezone.localtime().strftime("%Y-%m-%d %H:%M")},
    )


def _days_chart(rows: list[CampaignStat]) -> Chart:
    days: dict[dt.date, list[CampaignStat]] = {}
    for row in rows:
        days.setdefault(row.on, []).append(row)
    drawn = sorted(days)[-DAYS_DRAWN:]
    sums = [funnel(days[day]) for day in drawn]
    return Chart(
        id="days",
        kind="line",
        title=_("每天的行动与复捐"),
        category_label=_("日期"),
        categories=[day.isoformat() for day in drawn],
        series=[
            Series(STAGE_WORDS[name], [getattr(one, name) for one in sums])
            for name in ("donors", "repeat_donors")
        ],
        columns=[
            Series(STAGE_WORDS[name], [getattr(one, name) for one in sums])
            for name in ("views", "supporters")
        ],
        definition=_("人数，按来源报告的日期；只画最近 30 天有数字的日子。"),
    )


def _channels(request: HttpRequest, sums: dict[str, Funnel], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": CampaignStat.Channel(code).label,
            "url": address(request.GET, channel=code),
            "is_on": code == chosen,
            "cells": [
                {"head": STAGE_WORDS[name], "count": count, "share": share}
                for name, count, share in zip(STAGES, one.counts, one.shares, strict=True)
            ],
        }
        for code, one in sums.items()
    ]


def _tabs(request: HttpRequest, sums: dict[str, Funnel], chosen: str) -> list[dict[str, Any]]:
    whole = [("", _("全部渠道")), *((code, CampaignStat.Channel(code).label) for code in sums)]
    return [
        {
            "label": label,
            "url": address(request.GET, channel=code or None),
            "is_on": code == chosen,
        }
        for code, label in whole
    ]
