"""The person's calendar feed: its page, and the address that calendars fetch."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.middleware import outside_scope
from departments.permissions import can_subscribe_calendar
from departments.services import rate
from departments.services.calendars import (
    Feed,
    calendar_create,
    calendar_of,
    calendar_read,
    calendar_revoke,
    fetched_at,
)
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.pictures import code_picture

PAGE = "departments/calendar.html"


def _may(request: HttpRequest) -> None:
    """Who keeps accounts, systems or the audit has no appointments here."""
    if not can_subscribe_calendar(request.user, None):
        raise Http404


def _context(request: HttpRequest, form: CommandForm | None = None) -> dict[str, object]:
    link = calendar_of(by=request.user)
    return {
        "form": form or CommandForm(),
        "link": link,
        "fetched_at": fetched_at(link) if link else None,
        "is_practice": request.user.acting.is_training,
    }


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Whether the role acted in has a feed, since when, and when it was last fetched."""
    _may(request)
    return render(request, PAGE, _context(request))


@require_POST
def calendar_new(request: HttpRequest) -> HttpResponse:
    """A new address; it stands on the answer and nowhere else, an older one is over."""
    _may(request)
    form = CommandForm(request.POST)
    if not form.command(calendar_create, by=request.user):
        return render(request, PAGE, _context(request, form), status=422)
    address = request.build_absolute_uri(
        reverse("departments:calendar_feed", args=[form.result.token])
    )
    context = {
        "address": address,
        "webcal": f"webcal:{address.partition(':')[2]}",
        "picture": code_picture(address),
    }
    return render(request, "departments/calendar_made.html", context)


@require_POST
def calendar_end(request: HttpRequest) -> HttpResponse:
    """End the feed: its address is over at once."""
    _may(request)
    form = CommandForm(request.POST)
    ok = form.command(calendar_revoke, by=request.user)
    to, done = reverse("departments:calendar"), _("日历订阅已停用。")
    return answer(request, PAGE, _context(request, form), ok=ok, to=to, done=done)


@outside_scope
@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed as text/calendar; 304 for a calendar that holds it, 404 for every dead address alike."""
    wait = _too_many(token)
    if wait:
        busy = HttpResponse(status=429, content_type="text/plain; charset=utf-8")
        busy["Retry-After"] = str(wait)
        return busy
    feed = calendar_read(token)
    if feed is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    return _served(request, feed)


def _served(request: HttpRequest, feed: Feed) -> HttpResponse:
    held = [mark.strip() for mark in request.headers.get("If-None-Match", "").split(",")]
    is_held = "*" in held or feed.etag in {mark.removeprefix("W/") for mark in held}
    response: HttpResponse = (
        HttpResponseNotModified()
        if is_held
        else HttpResponse(feed.content, content_type="text/calendar; charset=utf-8")
    )
    response["ETag"] = feed.etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    if not is_held:
        response["Content-Disposition"] = 'inline; filename="msw.ics"'
    return response


def _too_many(token: str) -> int:
    """Seconds to wait for an address that is fetched more often than any calendar needs."""
    window = settings.DOOR_WINDOW_SECONDS
    tried = rate.hit(f"calendar:{token[:64]}", limit=settings.CALENDAR_LIMIT, window=window)
    return 0 if tried else tried.seconds_left
