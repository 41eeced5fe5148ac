"""A campaign as anybody reads it: what the law has published, and the way to the filed platform.

The portal takes no money and shows no single person's need; it counts openings and ways taken per
day, and keeps nothing of who it was.
"""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from cases.views.public_doors import View, page, public, too_many_words
from departments.services import rate
from donations.services.campaigns.publicity import (
    campaign_public,
    campaign_seen,
    platform_address,
)


def found_by_searching(view: View) -> View:
    """What the law has published may be found by search engines, unlike the other pages without an account."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        del response["X-Robots-Tag"]
        return response

    return run


def _too_many(request: HttpRequest) -> HttpResponse | None:
    tried = rate.hit(
        f"public:{request.facts.ip}",
        limit=settings.PUBLIC_LIMIT,
        window=settings.DOOR_WINDOW_SECONDS,
    )
    if tried:
        return None
    words = too_many_words(tried.seconds_left)
    response = page(request, "doors/campaign.html", 429, campaign=None, words=words)
    response["Retry-After"] = str(tried.seconds_left)
    return response


@found_by_searching
@public
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    refused = _too_many(request)
    if refused is not None:
        return refused
    found = campaign_public(slug)
    if found is None:
        return page(request, "doors/campaign.html", 404, campaign=None)
    if request.method == "GET":
        campaign_seen(slug, is_support=False)
    platforms = [{"code": code, "name": name} for code, name in found.links]
    return page(request, "doors/campaign.html", campaign=found, platforms=platforms)


@public
def campaign_go(request: HttpRequest, slug: str, platform: str) -> HttpResponse:
    """On to the campaign's own page on a designated platform."""
    refused = _too_many(request)
    if refused is not None:
        return refused
    to = platform_address(slug, platform)
    if to is None:
        raise Http404
    if request.method == "GET":
        campaign_seen(slug, is_support=True)
    return HttpResponseRedirect(to)
