"""Sign-in through OpenID Connect: allauth's flow with state, PKCE and token exchange, and what it leaves open.

The library ends where the person is known: no account is made, nobody is signed in here, and nothing
of what the provider tells is stored. What is found stays on the request for the view.
"""

import secrets
from dataclasses import dataclass
from typing import Any, NoReturn

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from departments.services.directory import away
from msw_portal.kernel.errors import DomainError

PROVIDER = "directory"
DISCOVERY_SECONDS = 300
# Signatures by a key pair only: never `none`, never a shared secret.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"})
SCOPE = ["openid", "profile"]
BROKEN = (KeyError, TypeError, ValueError, AttributeError, jwt.PyJWTError, OAuth2Error)


@dataclass(frozen=True)
class Identity:
    """Whom the directory names: the login name there, the lasting id, and whether by a second factor."""

    name: str
    subject: str
    has_second_factor: bool
    to: str = ""


class SocialAdapter(DefaultSocialAccountAdapter):
    """Stops the library's flow at its two ends; accounts are never made nor connected by it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> "DirectoryProvider":
        return DirectoryProvider(request, app=_app())

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        request.directory_login = sociallogin
        raise ImmediateHttpResponse(HttpResponse())

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict | None = None,
    ) -> NoReturn:
        request.directory_error = _refusal(error, exception)
        raise ImmediateHttpResponse(HttpResponse())


class DirectoryFlow(OpenIDConnectOAuth2Adapter):
    """The library's adapter, which trusts TLS alone: here issuer, signature, audience and kind of key are asked."""

    @property
    def openid_config(self) -> dict:
        """The provider's own description, kept for five minutes; its issuer must be the one set here."""
        issuer = settings.DIRECTORY.openid.issuer
        key = f"openid:{issuer}"
        known = cache.get(key)
        if known is None:
            known = super().openid_config
            if str(known["issuer"]).rstrip("/") != issuer:
                raise OAuth2Error("another issuer")
            cache.set(key, known, DISCOVERY_SECONDS)
        return known

    @property
    def authorize_url(self) -> str:
        return self.openid_config["authorization_endpoint"]

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("directory_answer"))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **given: Any
    ) -> SocialLogin:
        """The ID token's claims; the name from the userinfo of the same subject where the token has none."""
        said = self._decode_id_token(app, given["response"]["id_token"])
        if settings.DIRECTORY.openid.claim not in said:
            more = self._fetch_user_info(token.token)
            if not constant_time_compare(str(more["sub"]), str(said["sub"])):
                raise OAuth2Error("the userinfo is somebody else's")
            said = {**more, **said}
        account = SocialAccount(provider=PROVIDER, uid=str(said["sub"])[:191], extra_data=said)
        return SocialLogin(account=account, provider=self.get_provider())

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict:
        if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
            raise OAuth2Error("a signature of another kind")
        said = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if said.get("azp", app.client_id) != app.client_id or not said.get("exp"):
            raise OAuth2Error("a token for another client, or one without an end")
        return said


class DirectoryProvider(OpenIDConnectProvider):
    """What is asked is said here and never by the address: no scope, no parameter of the caller's."""

    oauth2_adapter_class = DirectoryFlow
    to = ""  # the page asked for in the first place
    pkce_enabled_default = True

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict:
        nonce = secrets.token_urlsafe(24)
        return {"process": "login", "scope": SCOPE, "auth_params": {"nonce": nonce}, "nonce": nonce}

    def stash_redirect_state(self, *args: Any, **kwargs: Any) -> str:
        return super().stash_redirect_state(*args, to=self.to, **kwargs)


def begin(request: HttpRequest, *, to: str) -> str:
    """The address at the provider to send the browser to; `to` is the page asked for in the first place.

    Raises:
        DomainError: `directory.away` (503), `directory.untrusted` (502).
    """
    provider = DirectoryProvider(request, app=_app())
    provider.to = to
    try:
        answer = provider.redirect_from_request(request)
    except requests.RequestException as error:
        raise away() from error
    except BROKEN as error:
        raise untrusted() from error
    if not isinstance(answer, HttpResponseRedirect):
        raise untrusted()
    return answer.url


def accept(request: HttpRequest) -> Identity:
    """Whom the provider's answer names, after state, PKCE, issuer, signature, audience, times and nonce.

    Raises:
        DomainError: `directory.cancelled`, `.state` (a replayed, foreign or old answer),
            `.untrusted` (502), `.away` (503).
    """
    openid = settings.DIRECTORY.openid
    request.directory_login = request.directory_error = None
    # RFC 9207: a provider that names itself in the answer must be the one that was asked.
    if request.GET.get("iss", openid.issuer).rstrip("/") != openid.issuer:
        raise untrusted()
    try:
        OAuth2CallbackView.adapter_view(DirectoryFlow(request, PROVIDER))(request)
    except requests.RequestException as error:
        raise away() from error
    except BROKEN as error:
        raise untrusted() from error
    if request.directory_error is not None:
        raise request.directory_error
    return _identity(request.directory_login)


def untrusted() -> DomainError:
    return DomainError(
        "directory.untrusted",
        _("%(directory)s的应答没有通过核对，没有登录。请重新开始；再次出现时请告诉信息科。")
        % {"directory": settings.DIRECTORY.name},
        status=502,
    )


def _identity(found: SocialLogin) -> Identity:
    openid, said, state = settings.DIRECTORY.openid, found.account.extra_data, found.state
    if not constant_time_compare(str(said.get("nonce", "")), state["nonce"]):
        raise untrusted()
    name, means = said.get(openid.claim), said.get("amr") or []
    if not isinstance(name, str) or not name.strip():
        raise untrusted()
    is_strong = isinstance(means, list) and bool(openid.second_factor & set(map(str, means)))
    return Identity(
        name.strip(), f"{openid.issuer} {found.account.uid}", is_strong, state.get("to", "")
    )


def _refusal(error: str | None, exception: Exception | None) -> DomainError:
    if error == AuthError.CANCELLED:
        return DomainError("directory.cancelled", _("您取消了登录，没有登录。"), status=403)
    if isinstance(exception, requests.RequestException):
        return away()
    if exception is None:
        return DomainError(
            "directory.state",
            _("这次登录已经过期，或它的地址已经用过一次。请重新开始。"),
            status=403,
        )
    return untrusted()


def _app() -> SocialApp:
    openid = settings.DIRECTORY.openid
    return SocialApp(
        provider="openid_connect",
        provider_id=PROVIDER,
        name=PROVIDER,
        client_id=openid.client_id,
        secret=openid.secret,
        settings={"server_url": openid.issuer},
    )
