"""Campaigns as a list by state, and the figures that platforms state of themselves."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.paging import page_of
from donations.charity_permissions import can_keep_campaign
from donations.charity_workflow import CampaignState
from donations.forms.campaigns import SnapshotForm
from donations.models.campaigns import Campaign, PlatformSnapshot
from donations.services.campaigns.checking import platform_names
from donations.services.campaigns.figures import mean_per_project, platform_snapshot_record
from donations.views.guards import foundation_page
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.keyset import capped_counts

TONES = {
    CampaignState.RUNNING: "accent",
    CampaignState.FILED: "warn",
    CampaignState.ENDED: "warn",
    CampaignState.TERMINATED: "danger",
}
TABS = (
    ("", gettext_lazy("全部")),
    (CampaignState.DRAFT, CampaignState.DRAFT.label),
    (CampaignState.FILED, CampaignState.FILED.label),
    (CampaignState.RUNNING, CampaignState.RUNNING.label),
    (CampaignState.ENDED, CampaignState.ENDED.label),
    (CampaignState.CLOSED, CampaignState.CLOSED.label),
)


@require_safe
@foundation_page
def campaigns(request: HttpRequest) -> HttpResponse:
    rows = Campaign.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    shown = rows.filter(state=state) if state in CampaignState.values else rows
    shown = shown.select_related("fund", "licensed_org")
    page = page_of(request, shown, order=("-starts_on", "-id"), size=PAGE_SIZE)
    page["rows"] = [{"one": one, "tone": TONES.get(one.state, "")} for one in page["rows"]]
    page["tabs"] = _tabs(request, rows, state)
    page["is_empty"] = not page["rows"] and page["tabs"][0]["count"] == "0"
    page["may_keep"] = can_keep_campaign(request.user)
    return render(request, "donations/campaigns.html", page)


def _tabs(request: HttpRequest, rows: Any, state: str) -> list[dict[str, Any]]:
    counts = capped_counts({tab: rows.filter(state=tab) if tab else rows for tab, _word in TABS})
    return [
        {
            "label": label,
            "url": address(request.GET, state=tab or None),
            "is_on": state == tab,
            "count": counts[tab],
        }
        for tab, label in TABS
    ]


@require_safe
@foundation_page
def snapshots(request: HttpRequest) -> HttpResponse:
    rows = PlatformSnapshot.objects.visible_to(request.user)
    page = page_of(request, rows, order=("-as_of", "-id"), size=PAGE_SIZE)
    names = platform_names()
    page["rows"] = [
        {"one": one, "name": names.get(one.platform, one.platform), "mean": mean_per_project(one)}
        for one in page["rows"]
    ]
    page["may_keep"] = can_keep_campaign(request.user)
    return render(request, "donations/snapshots.html", page)


@require_http_methods(["GET", "POST"])
@foundation_page
def snapshot_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_campaign, request.user, None)
    back = reverse("donations:snapshots")
    return take(
        request,
        Step(
            form=SnapshotForm,
            form_args={"platforms": platform_names()},
            service=platform_snapshot_record,
            to=back,
            done=_("已登记。"),
            title=_("登记平台数字"),
            button=_("登记"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("平台数字")),),
            draft="donations-snapshot",
        ),
    )
