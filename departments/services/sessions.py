"""Idle and absolute limits of a sign-in, and what happens to what was typed when one is over."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

SEEN_EVERY_SECONDS = 60  # the session row is written at most this often


def begin(request: HttpRequest) -> None:
    """Start both clocks at sign-in."""
    now = int(timezone.now().timestamp())
    request.session["signed_in_at"] = request.session["seen_at"] = now


def check(request: HttpRequest) -> HttpResponse | None:
    """End a session that is over; None while it lives. Runs in autocommit, before the request's scope."""
    if not request.user.is_authenticated:
        return None
    now = int(timezone.now().timestamp())
    seen, began = request.session.get("seen_at", 0), request.session.get("signed_in_at", 0)
    if now - seen <= settings.SESSION_IDLE_SECONDS and now - began <= settings.SESSION_ABSOLUTE_SECONDS:
        if now - seen >= SEEN_EVERY_SECONDS:
            request.session["seen_at"] = now
        return None
    logout(request)
    messages.warning(request, _("登录已超时，请重新登录。已自动保存的内容还在。"))
    return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Where to sign in and come back; htmx gets 401 so that the page goes there whole."""
    back = request.get_full_path()
    if request.method not in {"GET", "HEAD"} or request.headers.get("HX-Request"):
        back = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/"
        back = "/" + back.split("://", 1)[-1].partition("/")[2] if "://" in back else back
    target = f"{settings.LOGIN_ADDRESS}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)
