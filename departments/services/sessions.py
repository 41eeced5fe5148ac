"""Idle and absolute limits of a sign-in, and what happens to what was typed when one is over."""

import uuid

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services import drafts
from departments.services.draft_forms import page_of
from departments.services.entering import enter_member
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope, scope_block

FRESH_SECONDS = 600
SEEN_EVERY_SECONDS = 60  # the session row is written at most this often
ENDED = "ended_session"  # said once by the sign-in page: "idle" or "kept"
DRAFT = "departments:draft"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def begin(request: HttpRequest) -> None:
    """Start both clocks at sign-in."""
    now = int(timezone.now().timestamp())
    request.session["signed_in_at"] = request.session["seen_at"] = now


def fresh_check(request: HttpRequest) -> None:
    """Stands for a password that the portal cannot ask for: the person signed in a moment ago.

    Raises:
        DomainError: `sign_in.not_fresh` when that is longer ago than FRESH_SECONDS.
    """
    age = int(timezone.now().timestamp()) - request.session.get("signed_in_at", 0)
    if age > FRESH_SECONDS:
        raise DomainError("sign_in.not_fresh", _("请退出后重新登录，再在十分钟之内绑定。"))


def check(request: HttpRequest) -> HttpResponse | None:
    """End a session that is over; None while it lives. Runs in autocommit, before the request's scope."""
    if not request.user.is_authenticated:
        return _anonymous(request)
    now = int(timezone.now().timestamp())
    seen, began = request.session.get("seen_at", 0), request.session.get("signed_in_at", 0)
    if (
        now - seen <= settings.SESSION_IDLE_SECONDS
        and now - began <= settings.SESSION_ABSOLUTE_SECONDS
    ):
        if now - seen >= SEEN_EVERY_SECONDS:
            request.session["seen_at"] = now
        return None
    is_kept = _keep_typed(request)
    with scope(user=request.user.pk):
        audit.record("sign_in.expire", by=request.user, kept=is_kept)
    logout(request)
    request.session[ENDED] = "kept" if is_kept else "idle"
    return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Where to sign in and come back; htmx gets 401 so that the page goes there whole."""
    back = request.get_full_path()
    if request.method not in SAFE or request.headers.get("HX-Request"):
        back = _page_typed_on(request) or "/"
        back = "/" + back.split("://", 1)[-1].partition("/")[2] if "://" in back else back
    target = f"{settings.LOGIN_ADDRESS}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _page_typed_on(request: HttpRequest) -> str:
    """The whole address of the page that sent the request, as the browser says it."""
    return request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""


def _anonymous(request: HttpRequest) -> HttpResponse | None:
    """A POST or a fragment cannot be come back to: the page it stood on can."""
    is_page = request.method in SAFE and not request.headers.get("HX-Request")
    if is_page or not getattr(resolve(request.path_info).func, "login_required", True):
        return None
    return to_sign_in(request)


class _CsrfProbe(CsrfViewMiddleware):
    """Says whether a POST carries the session's own token, without answering."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _place_of_draft(request: HttpRequest) -> tuple[str, uuid.UUID | None] | None:
    """The draft a posted page belongs to: the address in `_draft`, or `_draft_form` and `_draft_subject`."""
    address, form = request.POST.get("_draft", ""), request.POST.get("_draft_form", "")
    subject = request.POST.get("_draft_subject", "")
    try:
        if not address:
            names = {"form": form, "subject": subject} if subject else {"form": form}
            address = reverse(DRAFT, kwargs=names) if form else ""
        found = resolve(address)
    except (NoReverseMatch, Resolver404):
        return None
    if found.view_name != DRAFT:
        return None
    return found.kwargs["form"], found.kwargs.get("subject")


def _keep_typed(request: HttpRequest) -> bool:
    """Keep the form of a page with a draft as its owner's draft; True when something was kept."""
    place = _place_of_draft(request) if request.method == "POST" else None
    if place is None:
        return False
    if _CsrfProbe(lambda _request: None).process_view(request, _keep_typed, (), {}) is not None:
        return False
    membership = request.session.get("membership_uid")
    try:
        with scope_block():
            if not membership or enter_member(request.user, membership) is None:
                return False
            fields = drafts.typed_fields(request.POST.lists())
            drafts.draft_save(
                form=place[0],
                subject_uid=place[1],
                fields=fields,
                page=page_of(_page_typed_on(request)),
                base_version=drafts.base_typed(request.POST),
                by=request.user,
            )
    except DomainError:
        return False
    finally:
        request.user.acting = None
    return True
