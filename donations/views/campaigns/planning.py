"""The plan of a campaign: written, changed, filed anew."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.models.organizations import Organization
from departments.models.place_codes import OrganizationKind
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from donations.charity_permissions import can_keep_campaign
from donations.forms.campaigns import CampaignForm, RefileForm, plan_initial
from donations.models.campaigns import Campaign
from donations.models.giving import CharityProfile, Fund
from donations.services.campaigns.checking import platform_names
from donations.services.campaigns.planning import (
    campaign_amend,
    campaign_draft,
    campaign_refile,
    require_unfiled,
)
from donations.views.guards import foundation_page
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "POST"])


def campaign_or_404(request: HttpRequest, uid: uuid.UUID) -> Campaign:
    rows = Campaign.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("fund", "licensed_org", "organization"), uid=uid)


def _choices(request: HttpRequest, campaign: Campaign | None) -> dict[str, Any]:
    """What the plan is made of; a platform the campaign already has stays in its list."""
    designated, ever = platform_names(timezone.localdate()), platform_names()
    own = campaign.platforms if campaign else []
    bodies = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    kinds = [OrganizationKind.FOUNDATION, OrganizationKind.ASSOCIATION, OrganizationKind.AGENCY]
    return {
        "funds": Fund.objects.visible_to(request.user).active().order_by("number"),
        "charities": bodies.filter(kind__in=kinds, ended_on=None).order_by("name"),
        "platforms": designated | {code: ever[code] for code in own if code in ever},
    }


def _sheet(request: HttpRequest, **given: Any) -> Filling:
    page = given.pop("page", "donations/campaign_form.html")
    return Filling(
        page=page,
        form=given.pop("form", CampaignForm),
        form_args=_choices(request, given.get("given", {}).get("campaign")),
        to=lambda one: reverse("donations:campaign", args=[one.uid]),
        **given,
    )


@BOTH
@foundation_page
def campaign_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_campaign, request.user, None)
    profile = CharityProfile.objects.visible_to(request.user).first()
    own = Organization.objects.visible_to(request.user).get(pk=request.user.house_id)
    initial = {"licensed_org": own.uid}
    if profile is not None:
        initial |= {"contact": profile.public_contact, "query_words": profile.query_words}
    sheet = _sheet(
        request,
        service=campaign_draft,
        given={},
        initial=initial,
        done=_("募捐方案已保存，下一步报民政部门备案。"),
        draft="donations-campaign",
        context={"heading": _("新的募捐活动"), "back_url": reverse("donations:campaigns")},
    )
    return fill_in(request, sheet)


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    row = campaign_or_404(request, uid)
    return Current(row.row_version, plan_initial(row), at=row.updated_at)


@BOTH
@foundation_page
def campaign_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    campaign = campaign_or_404(request, uid)
    require(can_keep_campaign, request.user, campaign)
    require_unfiled(campaign)
    back = reverse("donations:campaign", args=[uid])
    sheet = _sheet(
        request,
        service=campaign_amend,
        given={"campaign": campaign},
        done=_("已保存。"),
        draft="donations-campaign_edit",
        subject=uid,
        current=lambda: _current(request, uid),
        context={"heading": _("修改募捐方案"), "campaign": campaign, "back_url": back},
    )
    return fill_in(request, sheet)


@BOTH
@foundation_page
def campaign_refile_page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    campaign = campaign_or_404(request, uid)
    require(can_keep_campaign, request.user, campaign)
    back = reverse("donations:campaign", args=[uid])
    sheet = _sheet(
        request,
        form=RefileForm,
        service=campaign_refile,
        given={"campaign": campaign},
        done=_("变更备案已登记，原来的方案仍可查看。"),
        draft="donations-campaign_refile",
        subject=uid,
        current=lambda: _current(request, uid),
        context={"heading": _("变更备案"), "campaign": campaign, "back_url": back},
    )
    return fill_in(request, sheet)
