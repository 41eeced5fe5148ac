"""Every request is one transaction of one person in one house, or of nobody."""

import hashlib
import ipaddress
import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from departments import audit
from departments.models.people import Role
from departments.services import api_rates, idempotency, sessions
from departments.services.entering import enter_client, enter_member
from msw_portal.kernel import api
from msw_portal.kernel.errors import DomainError, explain
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.proxy import forwarded_request_id
from msw_portal.kernel.scope import RequestFacts, enter, request_facts, scope_block

requests_log = logging.getLogger("msw_portal.requests")
# Machines ask for these every few seconds.
UNLOGGED_ROUTES = frozenset(["livez", "readyz", "metrics"])
ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
GetResponse = Callable[[HttpRequest], HttpResponse]


def outside_scope(view):
    """Mark a view that opens its own scopes (sign-in) or touches no table (health)."""
    view.outside_scope = True
    return view


def without_role(view):
    """Mark a view that a signed-in person may open before choosing a role."""
    view.without_role = True
    return view


class RequestFactsMiddleware:
    """Where a request came from, for audit and log; nothing the portal says may be kept by a cache."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        request.facts = RequestFacts(
            request_id=forwarded_request_id(request) or str(uuid7()), ip=client_address(request)
        )
        token = request_facts.set(request.facts)
        try:
            response = self.get_response(request)
            _log_answer(request, response, began)
        finally:
            request_facts.reset(token)
        response["X-Request-Id"] = request.facts.request_id
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _log_answer(request: HttpRequest, response: HttpResponse, began: float) -> None:
    """One line by the name of the route: the address may hold what somebody typed, a name for example."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    if route in UNLOGGED_ROUTES and response.status_code == 200:
        return
    took = round((time.monotonic() - began) * 1000)
    facts = {"route": route, "method": request.method, "status": response.status_code, "ms": took}
    requests_log.info("answered", extra=facts)


def client_address(request: HttpRequest) -> str:
    """The address in front of our own proxies; headers a client wrote itself are not believed."""
    hops = [
        hop.strip()
        for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if hop.strip()
    ]
    count = settings.MSW_PROXY_COUNT
    if count and len(hops) >= count:
        return hops[-count][:45]
    return request.META.get("REMOTE_ADDR", "")[:45]


def console_address_is_allowed(address: str) -> bool:
    """Whether the three administrators may act from a client address (`MSW_CONSOLE_ADDRESSES`)."""
    if not settings.MSW_CONSOLE_ADDRESSES:
        return True
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in settings.MSW_CONSOLE_ADDRESSES)


def _check_console_address(request: HttpRequest, view) -> None:
    """An administrator's role works from the house's own desks only; another role is still to be had.

    Raises:
        DomainError: `console.address` (403), which is audited as every refusal.
    """
    user = request.user
    is_bound = user.is_authenticated and user.role in ADMINISTRATORS
    if getattr(view, "without_role", False) or not is_bound:
        return
    if not console_address_is_allowed(request.facts.ip):
        raise DomainError(
            "console.address",
            _("管理员只能从指定的地址操作。您现在的地址是 %(address)s，请到指定的电脑上办理。")
            % {"address": request.facts.ip},
            status=403,
        )


def _missing_row(request: HttpRequest, response: HttpResponse) -> UUID | None:
    """Which row was asked for and is not there for this person; None for any other answer."""
    match = request.resolver_match
    if response.status_code != 404 or match is None:
        return None
    return next((value for value in match.kwargs.values() if isinstance(value, UUID)), None)


class ScopeMiddleware:
    """Who is it (autocommit), then one transaction around the view; what is refused leaves no row."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.found_view = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        view = request.found_view.func
        if getattr(view, "outside_scope", False):
            return self.get_response(request)
        if not request.path_info.startswith("/api/"):
            ended = sessions.check(request)
            if ended is not None:
                return ended
        elif "Authorization" not in request.headers and request.user.is_authenticated:
            sessions.check(request)  # one that is over is signed out: nobody asks
        held = None
        key = idempotency.key_of(request)
        if key:
            if len(key) > idempotency.MAX_KEY:
                return api.problem_response(
                    400, rule="idempotency_key", detail=_("Idempotency-Key 最长 120 个字符。")
                )
            outcome = self._claim(request, key)
            if isinstance(outcome, HttpResponse):
                hit = getattr(request, "client_hit", None)
                return outcome if hit is None else api_rates.tell(outcome, hit)
            held = outcome
        response = self._run(request, view, held)
        self._after(request, response, held)
        hit = getattr(request, "client_hit", None)
        return response if hit is None else api_rates.tell(response, hit)

    def _enter(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/api/"):
            self._enter_client(request)
            return
        user = request.user
        membership = request.session.get("membership_uid") if user.is_authenticated else None
        if membership and enter_member(user, membership):
            return
        if membership:
            request.session.pop("membership_uid", None)
        enter(user=user.pk if user.is_authenticated else None)

    def _enter_client(self, request: HttpRequest) -> None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        request.bearer_was_given = scheme.lower() == "bearer" and bool(token)
        user = None
        if request.bearer_was_given:
            user = enter_client(hashlib.sha256(token.encode()).hexdigest(), request.facts.ip)
        else:
            self._enter_person(request)
        request.client_user = user
        if user is not None:
            if not hasattr(request, "client_hit"):
                # Once a request, however often it enters.
                request.client_hit = api_rates.client_hit(user.acting.client.uid)
            request.user = user
            facts = RequestFacts(
                request.facts.request_id, request.facts.ip, str(user.acting.client.uid)
            )
            request_facts.set(facts)

    def _enter_person(self, request: HttpRequest) -> None:
        """Who is signed in asks the API as on the pages, in the role that is chosen there; counted like a client."""
        # A refused authentication has put nobody in the place of who asked.
        user = getattr(request, "session_user", request.user)
        membership = request.session.get("membership_uid") if user.is_authenticated else None
        if not membership or not enter_member(user, membership):
            request.user = AnonymousUser()
            enter()
            return
        request.user = request.session_user = user
        if not hasattr(request, "client_hit"):
            request.client_hit = api_rates.client_hit(user.uid)

    def _claim(self, request: HttpRequest, key: str) -> idempotency.Held | HttpResponse | None:
        with scope_block():
            self._enter(request)
            user = getattr(request, "client_user", None) or request.user
            if not user.is_authenticated:
                return None
            outcome = idempotency.claim(request, key, user)
        if isinstance(outcome, idempotency.Held):
            return outcome
        return self._replay(request, outcome)

    def _replay(self, request: HttpRequest, refused: idempotency.Refused) -> HttpResponse:
        if refused.reason == "stored":
            return refused.stored
        is_api = request.path_info.startswith("/api/")
        if refused.reason == "busy":
            if is_api:
                return api.problem_response(
                    409, rule="idempotency.busy", detail=_("同一请求正在处理。"), retry_after=1
                )
            return render(
                request,
                "refused.html",
                {"error": DomainError("form.busy", _("同一表单正在处理，请稍候再看结果。"))},
                status=409,
            )
        if is_api:
            return api.problem_response(
                422,
                rule="idempotency.other_body",
                detail=_("这个 Idempotency-Key 已用于另一内容。"),
            )
        target = refused.stored and (
            refused.stored.get("Location") or refused.stored.get("HX-Redirect")
        )
        return render(
            request,
            "refused.html",
            {
                "error": DomainError(
                    "form.saved_before", _("这张表单已经保存过，修改请从记录页进入。")
                ),
                "target": target,
            },
            status=409,
        )

    def _run(self, request: HttpRequest, view, held: idempotency.Held | None) -> HttpResponse:
        try:
            with scope_block():
                self._enter(request)
                _check_console_address(request, view)
                early = self._too_often(request) or self._needs_role(request, view)
                response = early or self.get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                elif held is not None and not idempotency.finish(held, response):
                    transaction.set_rollback(True)
                    raise DomainError(
                        "idempotency.taken_over", _("同一请求已由另一次提交处理。"), status=409
                    )
        except IntegrityError as error:
            # A deferred trigger spoke at COMMIT: nothing was saved, the sentence is the same as before it.
            return self._refuse(request, explain(error))
        except DomainError as error:
            return self._refuse(request, error)
        return response

    def _too_often(self, request: HttpRequest) -> HttpResponse | None:
        hit = getattr(request, "client_hit", None)
        if hit is None or hit:
            return None
        return api.problem_response(
            429,
            rule="rate_limit",
            detail=_("请求过于频繁，请稍候再试。"),
            retry_after=hit.seconds_left,
        )

    def _needs_role(self, request: HttpRequest, view) -> HttpResponse | None:
        if request.path_info.startswith("/api/") or getattr(view, "without_role", False):
            return None
        user = request.user
        if (
            not user.is_authenticated
            or user.acting is not None
            or not getattr(view, "login_required", True)
        ):
            return None
        return HttpResponseRedirect(reverse("departments:choose_role"))

    def _refuse(self, request: HttpRequest, error: DomainError) -> HttpResponse:
        request.refusal = error
        if request.path_info.startswith("/api/"):
            return api.problem_response(error.status, rule=error.rule, detail=str(error))
        return render(request, "refused.html", {"error": error}, status=error.status)

    def _after(
        self, request: HttpRequest, response: HttpResponse, held: idempotency.Held | None
    ) -> None:
        """A refusal happened to nothing: say so in the audit and give the key back, in a transaction of their own."""
        if response.status_code < 400:
            return
        refusal: DomainError | None = getattr(request, "refusal", None)
        tells = refusal is not None or response.status_code in {401, 403}
        missing = _missing_row(request, response)
        if not tells and held is None and missing is None:
            return
        with scope_block():
            self._enter(request)
            user = getattr(request, "client_user", None) or request.user
            if held is not None:
                idempotency.release(held)
            if missing is not None and user.is_authenticated:
                # What is not there and what is another house's look the same; many of them do not.
                audit.record(
                    "request.not_found",
                    by=user,
                    result="refused",
                    view=request.resolver_match.view_name,
                    subject_uid=missing,
                )
            if tells:
                audit.record(
                    "request.refused",
                    by=user if user.is_authenticated else None,
                    result="refused",
                    status=response.status_code,
                    rule=refusal.rule if refusal else "",
                    view=request.resolver_match.view_name if request.resolver_match else "",
                )
