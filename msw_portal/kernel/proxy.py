"""Whose word counts about a request: our own proxy's, by its address; anybody else forwards nothing."""

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

REQUEST_ID = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
FORWARDED = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_REQUEST_ID")


class ProxyMiddleware:
    """Stands first: drops what only a proxy may say when the caller at the socket is none of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_proxy(request.META.get("REMOTE_ADDR", "")):
            for name in [name for name in request.META if name.startswith(FORWARDED)]:
                del request.META[name]
        return self.get_response(request)


def is_proxy(address: str) -> bool:
    """Is this the address of a proxy of ours? A socket of the file system has none and is."""
    return bool(settings.MSW_PROXY_COUNT) and (not address or is_among(address, tuple(settings.MSW_PROXY_ADDRESSES)))  # fmt: skip


@lru_cache(maxsize=256)
def is_among(address: str, networks: tuple[str, ...]) -> bool:
    """Is the address inside one of the networks (`172.30.22.2`, `10.0.0.0/8`, `::1`)?"""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in ipaddress.ip_network(network, strict=False) for network in networks)


def forwarded_request_id(request: HttpRequest) -> str:
    """The id that our proxy gave the request, empty when it gave none that looks like one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if not settings.MSW_PROXY_COUNT or not REQUEST_ID.fullmatch(given):
        return ""
    return given


def refuse_bad_networks(setting: str, networks: list[str]) -> None:
    """Raise ImproperlyConfigured naming the first of a setting's networks that is none."""
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ImproperlyConfigured(f"{setting}: {network} is no address or network") from None
