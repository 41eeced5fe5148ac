"""The token door of the API: client credentials only; and the API's own description."""

import base64
import functools
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes
from oauth2_provider.views import RevokeTokenView, TokenView

from departments import audit
from departments.middleware import outside_scope
from departments.services import rate
from departments.services.api_clients import client_of, old_secret_of, scopes_of
from msw_portal.kernel.scope import scope

GRANT = "client_credentials"
STYLE_SHEET = "swagger-ui.css"
DATA_PICTURE = re.compile(r"""url\((?:"data:(?:[^"\\]|\\.)*"|data:[^)]*)\)""")


class ClientScopes(SettingsScopes):
    """A token is never wider than what its client was given."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return sorted(scopes_of(application)) if application is not None else []

    get_default_scopes = get_available_scopes


class ClientValidator(OAuth2Validator):
    """Only the one grant, only for clients that are in force."""

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type == GRANT and bool(scopes_of(client))

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        if super()._check_secret(provided_secret, stored_secret):
            return True
        old = old_secret_of(stored_secret)
        return bool(old) and super()._check_secret(provided_secret, old)


def _door(view):
    return outside_scope(login_not_required(csrf_exempt(sensitive_post_parameters()(view))))


@_door
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 §4.4: a bearer token for a client id and secret; errors are those of its §5.2."""
    early = _refused_before(request)
    if early is not None:
        return early
    if request.POST.get("grant_type") != GRANT:
        return _error(400, "unsupported_grant_type")
    answer = TokenView.as_view()(request)
    _settle(request, answer)
    return answer


@_door
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009: a client gives one of its own tokens back."""
    early = _refused_before(request)
    if early is not None:
        return early
    answer = RevokeTokenView.as_view()(request)
    if answer.status_code == 200:
        _forgive(request)
        _note("client.token_revoke", request, "ok")
    return answer


class ReadablePage(SpectacularSwaggerSplitView):
    """The library's page with a style sheet that keeps the content policy: no `data:` pictures."""

    url_name = "api_schema"

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "style" in request.GET:
            return HttpResponse(_style_sheet(), content_type="text/css")
        return super().get(request, *args, **kwargs)

    @staticmethod
    def _swagger_ui_resource(filename: str) -> str:
        if filename == STYLE_SHEET:
            return f"{reverse('api_docs')}?style"
        return SpectacularSwaggerSplitView._swagger_ui_resource(filename)


@functools.cache
def _style_sheet() -> str:
    path = finders.find(f"drf_spectacular_sidecar/swagger-ui-dist/{STYLE_SHEET}")
    return DATA_PICTURE.sub("none", Path(path).read_text(encoding="utf-8"))


schema = outside_scope(login_not_required(SpectacularAPIView.as_view()))
docs = outside_scope(login_not_required(ReadablePage.as_view()))


def _key(request: HttpRequest) -> str:
    return f"token:{request.facts.ip}:{client_id_of(request)}"


def _refused_before(request: HttpRequest) -> HttpResponse | None:
    """Wrong method, or too many attempts: counted before a secret is hashed, which is dear."""
    if request.method != "POST":
        response = _error(405, "invalid_request")
        response["Allow"] = "POST"
        return response
    made = rate.hit(
        _key(request),
        limit=settings.SIGN_IN_ADDRESS_LIMIT,
        window=settings.SIGN_IN_WINDOW_SECONDS,
    )
    if made:
        return None
    response = _error(429, "temporarily_unavailable")
    response["Retry-After"] = str(made.seconds_left)
    return response


def _settle(request: HttpRequest, answer: HttpResponse) -> None:
    """Give the attempt back after a right secret; audit either way."""
    if answer.status_code == 200:
        _forgive(request)
        _note("client.token", request, "ok", scope=json.loads(answer.content).get("scope", ""))
        return
    error = json.loads(answer.content or b"{}").get("error", "")
    if error != "invalid_client":
        _forgive(request)
    _note("client.token_refuse", request, "refused", rule=error)


def _forgive(request: HttpRequest) -> None:
    rate.forgive(_key(request), window=settings.SIGN_IN_WINDOW_SECONDS)


def _note(action: str, request: HttpRequest, result: str, **facts: Any) -> None:
    client = client_of(client_id_of(request))
    with scope():
        audit.record(action, by=client.user if client else None, on=client, result=result, **facts)


def client_id_of(request: HttpRequest) -> str:
    """The client id of HTTP Basic (RFC 6749 §2.3.1) or of the body; "" without one."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")[:100]
    try:
        return unquote_plus(base64.b64decode(given).decode().partition(":")[0])[:100]
    except ValueError:
        return ""


def _error(status: int, error: str) -> HttpResponse:
    return JsonResponse({"error": error}, status=status, headers={"Cache-Control": "no-store"})
