"""A request that was sent to the own house, and a step on it: what every page of the review begins with."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from donations.models.requests import FundingRequest
from donations.permissions import can_view_request
from donations.views.stepping import Step
from msw_portal.kernel.access import Predicate, require

JOINS = ("programme_version__programme__fund", "programme_version__organization", "organization")


def sent_or_404(
    request: HttpRequest, uid: uuid.UUID, rule: Predicate = can_view_request
) -> FundingRequest:
    """A request sent to the own house; the case behind it is not joined, it is not the foundation's to see.

    Raises:
        Http404: when it is not visible.  DomainError: `permission.<rule>` (403) before any form is shown.
    """
    aid = get_object_or_404(
        FundingRequest.objects.visible_to(request.user).select_related(*JOINS), uid=uid
    )
    require(rule, request.user, aid)
    return aid


def step_of(request: HttpRequest, aid: FundingRequest, **given: Any) -> Step:
    """A step on the request as it was read: the form carries the version of the page."""
    back = reverse("donations:review", args=[aid.uid])
    read = request.GET.get("v", "")
    version = int(read) if read.isascii() and read.isdigit() and len(read) < 9 else aid.row_version
    given["initial"] = {**given.get("initial", {}), "version": version}
    usual: dict[str, Any] = {
        "given": {"request": aid},
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": ((back, aid.number),),
    }
    return Step(**{**usual, **given})
