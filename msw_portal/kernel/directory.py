"""Settings of sign-in through the hospital's directory: OpenID Connect or LDAP, one for an installation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

OIDC, LDAP = "oidc", "ldap"


@dataclass(frozen=True)
class OpenId:
    """A provider; `second_factor` holds the values of `amr` (RFC 8176) that stand for a second factor."""

    issuer: str
    client_id: str
    secret: str
    claim: str = "preferred_username"
    second_factor: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ldap:
    """A server: who may search, where, and by which attribute a person's name is found."""

    url: str
    base: str
    attribute: str = "uid"
    condition: str = ""
    bind_dn: str = ""
    bind_password: str = ""
    ca_file: str = ""
    is_start_tls: bool = False


@dataclass(frozen=True)
class Directory:
    """`is_only`: whoever signs in through it has no password here, but the three administrators."""

    name: Any
    is_only: bool = False
    openid: OpenId | None = None
    ldap: Ldap | None = None

    @property
    def kind(self) -> str:
        """`oidc`, `ldap`, or empty where there is none."""
        return OIDC if self.openid else LDAP if self.ldap else ""

    def __bool__(self) -> bool:
        return bool(self.kind)


def directory(env: Any, *, is_embedded: bool) -> Directory:
    """What the environment says, in clear text only on a laptop.

    Raises:
        ImproperlyConfigured: for half a directory, two of them, or one asked without TLS.
    """
    issuer, url = env.str("MSW_OIDC_ISSUER", "").rstrip("/"), env.str("MSW_LDAP_URL", "")
    if issuer and url:
        raise ImproperlyConfigured("MSW_OIDC_ISSUER and MSW_LDAP_URL: an installation has one.")
    name = env.str("MSW_DIRECTORY_NAME", "") or _("医院统一身份")
    is_only = env.bool("MSW_DIRECTORY_ONLY", False)
    if issuer:
        return Directory(name, is_only, openid=_openid(env, issuer, is_embedded))
    if url:
        return Directory(name, is_only, ldap=_ldap(env, url, is_embedded))
    if is_only:
        raise ImproperlyConfigured("MSW_DIRECTORY_ONLY needs MSW_OIDC_ISSUER or MSW_LDAP_URL.")
    return Directory(name)


def _openid(env: Any, issuer: str, is_embedded: bool) -> OpenId:
    if urlsplit(issuer).scheme != "https" and not is_embedded:
        raise ImproperlyConfigured("MSW_OIDC_ISSUER must be an https address.")
    client, secret = env.str("MSW_OIDC_CLIENT_ID", ""), env.str("MSW_OIDC_CLIENT_SECRET", "")
    if not client or not secret:
        raise ImproperlyConfigured("MSW_OIDC_ISSUER needs MSW_OIDC_CLIENT_ID and _CLIENT_SECRET.")
    claim = env.str("MSW_OIDC_CLAIM", "preferred_username")
    return OpenId(
        issuer, client, secret, claim, frozenset(env.list("MSW_OIDC_SECOND_FACTOR", default=[]))
    )


def _ldap(env: Any, url: str, is_embedded: bool) -> Ldap:
    scheme, is_start_tls = urlsplit(url).scheme, env.bool("MSW_LDAP_STARTTLS", False)
    if scheme not in ("ldap", "ldaps"):
        raise ImproperlyConfigured("MSW_LDAP_URL must be an ldaps:// or ldap:// address.")
    if scheme == "ldap" and not is_start_tls and not is_embedded:
        raise ImproperlyConfigured("MSW_LDAP_URL must be ldaps://, or MSW_LDAP_STARTTLS=1.")
    base, ca_file = env.str("MSW_LDAP_BASE", ""), env.str("MSW_LDAP_CA", "")
    if not base:
        raise ImproperlyConfigured("MSW_LDAP_URL needs MSW_LDAP_BASE.")
    if ca_file and not Path(ca_file).is_file():
        raise ImproperlyConfigured("MSW_LDAP_CA: there is no such file.")
    return Ldap(
        url,
        base,
        env.str("MSW_LDAP_ATTRIBUTE", "uid"),
        env.str("MSW_LDAP_FILTER", ""),
        env.str("MSW_LDAP_BIND_DN", ""),
        env.str("MSW_LDAP_BIND_PASSWORD", ""),
        ca_file,
        is_start_tls,
    )
