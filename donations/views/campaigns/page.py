"""One campaign: where it stands, what is still missing, its plan, partners, filings and figures."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.views.documents import attachment
from departments.services.documents import document_read
from departments.services.history import history_lines
from donations.charity_permissions import can_keep_campaign, can_run_campaign
from donations.charity_workflow import CampaignState
from donations.models.campaigns import Campaign
from donations.services.campaigns.checking import points
from donations.services.campaigns.figures import STAGE_WORDS, STAGES, by_channel, funnel
from donations.services.campaigns.files import files_of
from donations.services.campaigns.running import entry_of
from donations.services.campaigns.telling import plan_facts, plan_sections, platform_links
from donations.views.campaigns.listing import TONES
from donations.views.campaigns.planning import campaign_or_404
from donations.views.guards import foundation_page

C = CampaignState
LINE = (C.DRAFT, C.FILED, C.RUNNING, C.ENDED, C.CLOSED, C.ARCHIVED)


@require_safe
@foundation_page
def campaign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = campaign_or_404(request, uid)
    return render(request, "donations/campaign.html", campaign_page(request, found))


def campaign_page(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    """Everything the page shows; the buttons are those of the diagram and of the permissions."""
    waits = found.state in {C.DRAFT, C.FILED}
    sums = funnel(by_channel(found, request.user).values())
    return {
        "campaign": found,
        "tone": TONES.get(found.state, ""),
        "steps": _stepper(found),
        "points": points(found) if waits else [],
        "facts": plan_facts(found),
        "sections": plan_sections(found),
        "links": platform_links(found),
        "partners": found.partners.select_related("partner").order_by("pk"),
        "filings": found.filings.order_by("-version"),
        "funnel": [(STAGE_WORDS[name], getattr(sums, name)) for name in STAGES],
        "has_figures": any(sums.counts),
        "public_url": _public_url(request, found),
        "entry": entry_of(found),
        "files": files_of(found),
        **_buttons(request, found),
    }


def _public_url(request: HttpRequest, found: Campaign) -> str:
    if found.published_at is None:
        return ""
    return request.build_absolute_uri(reverse("campaign_public:page", args=[found.slug]))


def _buttons(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    keeps = can_keep_campaign(request.user, found)
    runs = can_run_campaign(request.user, found)
    is_open = found.state not in {C.CLOSED, C.ARCHIVED, C.TERMINATED}
    goes_unfiled = found.is_emergency or found.type == Campaign.Type.DIRECTED
    return {
        "may_keep": keeps,
        "may_edit": keeps and found.state == C.DRAFT,
        "may_file": keeps
        and found.type == Campaign.Type.PUBLIC
        and not found.filing_no
        and found.state in {C.DRAFT, C.RUNNING, C.ENDED},
        "may_refile": keeps and bool(found.filing_no) and found.state in {C.FILED, C.RUNNING},
        "may_partner": keeps and is_open,
        "may_start": runs and (found.state == C.FILED or (found.state == C.DRAFT and goes_unfiled)),
        "may_end": runs and found.state == C.RUNNING,
        "may_publish_closing": runs and found.state == C.ENDED,
        "may_archive": keeps and found.state == C.CLOSED,
        "may_terminate": runs and found.state in {C.FILED, C.RUNNING},
    }


def _stepper(found: Campaign) -> list[dict[str, Any]]:
    if found.state == C.TERMINATED:
        return []
    place = LINE.index(C(found.state))
    notes = {
        C.FILED: found.filing_no,
        C.RUNNING: _("%(day)s 起") % {"day": found.starts_on.isoformat()},
        C.ENDED: found.ended_on.isoformat() if found.ended_on else "",
    }
    return [
        {
            "label": state.label,
            "note": notes.get(state, ""),
            "state": "done" if n < place else "now" if n == place else "ahead",
        }
        for n, state in enumerate(LINE)
    ]


@require_safe
@foundation_page
def campaign_paper(request: HttpRequest, uid: uuid.UUID, document_uid: uuid.UUID) -> HttpResponse:
    """One file of a campaign, as a download that is written down."""
    file = get_object_or_404(files_of(campaign_or_404(request, uid)), uid=document_uid)
    return attachment(file, document_read(document=file, by=request.user))


@require_safe
@foundation_page
def campaign_history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    lines = history_lines(campaign_or_404(request, uid))
    return render(request, "donations/_history.html", {"lines": lines})
