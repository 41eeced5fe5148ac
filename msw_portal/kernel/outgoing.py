"""A request to an address somebody typed in: only to the public internet, checked where it is connected.

The name is resolved once, every address of it is judged, and the connection goes to the address that was
judged: a name that answers otherwise a moment later (DNS rebinding) changes nothing. Redirects are not
followed, proxies of the environment are not used, and one deadline holds for the whole exchange.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_URL = 500
READ_BYTES = 4096
EXCERPT = 300
LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")
# Networks that carry another address inside theirs: the outer one says nothing about where it leads.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


@dataclass(frozen=True)
class Reply:
    """What came of a post: a status, or None with `is_forbidden` or without it (nobody answered)."""

    status: int | None
    excerpt: str
    took_ms: int
    is_forbidden: bool = False

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class _Target:
    is_secure: bool
    host: str
    port: int
    path: str


class Forbidden(Exception):
    """The address leads, or may lead, into the own network."""


def check_url(url: str, *, allowed: Sequence[Network] = ()) -> None:
    """Refuse what can be seen to be no address of the public internet, without asking a name server.

    Raises:
        DomainError: `outgoing.url` (not https, a user in it, spaces), `outgoing.private` on `url`.
    """
    try:
        target = _target(url)
    except ValueError:
        raise DomainError(
            "outgoing.url", _("请填写完整的 https 地址，不含用户名、空格和片段。"), "url"
        ) from None
    literal = _literal(target.host)
    if literal is None:
        is_fine = target.is_secure and not _is_local_name(target.host)
        is_fine = is_fine or bool(allowed and not target.is_secure and target.host == "localhost")
    else:
        is_fine = _may_connect(literal, target, allowed)
    if not is_fine:
        raise DomainError(
            "outgoing.private", _("只能填写互联网上的 https 地址，不能是内网或本机地址。"), "url"
        )


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    allowed: Sequence[Network] = (),
) -> Reply:
    """Post once; never raises for what the other side or the network does.

    `allowed` are networks to which a connection is permitted although they are not public, without TLS too.
    """
    began = time.monotonic()
    try:
        target = _target(url)
        with _connected(target, seconds, allowed) as link, _deadline(link, seconds, began):
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.default_port = 443 if target.is_secure else 80
            connection.sock = link
            connection.request("POST", target.path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read(READ_BYTES).decode("utf-8", "replace")
            return Reply(answer.status, _excerpt(text), _since(began))
    except (Forbidden, UnicodeError, ValueError):
        return Reply(None, "", _since(began), is_forbidden=True)
    except (OSError, http.client.HTTPException) as error:
        return Reply(None, type(error).__name__, _since(began))


def _target(url: str) -> _Target:
    if len(url) > LONGEST_URL or not url.isascii() or any(ord(one) <= 32 for one in url):
        raise ValueError(url)
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or "\\" in url:
        raise ValueError(url)
    if "@" in parts.netloc or parts.fragment or "%" in parts.netloc:
        raise ValueError(url)
    is_secure = parts.scheme == "https"
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    port = parts.port if parts.port is not None else (443 if is_secure else 80)
    if not 1 <= port <= 65535:
        raise ValueError(url)
    return _Target(is_secure, parts.hostname.rstrip("."), port, path)


def _is_local_name(host: str) -> bool:
    return any(host == name.lstrip(".") or host.endswith(name) for name in LOCAL_NAMES if name)


def _literal(host: str) -> Address | None:
    """An address written as numbers in any form the system would read (127.1, 0x7f.1, 2130706433)."""
    with contextlib.suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
        return ipaddress.ip_address(found[0][4][0].partition("%")[0])
    return None


def _inner(address: Address) -> Address:
    """The address that one of version 6 only wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and address in NAT64:
        wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return wrapped or address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.teredo is not None or address in NAT64_LOCAL or address.is_site_local:
            return False
        if int(address) >> 32 == 0:  # IPv4-compatible, long out of use
            return False
    inner = _inner(address)
    return inner.is_global and not (
        inner.is_multicast or inner.is_reserved or inner.is_unspecified or inner.is_loopback
    )


def _may_connect(address: Address, target: _Target, allowed: Sequence[Network]) -> bool:
    inner = _inner(address)
    if any(inner.version == network.version and inner in network for network in allowed):
        return True
    return target.is_secure and _is_public(address)


@contextlib.contextmanager
def _connected(
    target: _Target, seconds: float, allowed: Sequence[Network]
) -> Iterator[socket.socket]:
    """A connection to an address that was judged, with TLS for the name where the address asks for it."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    places = [(family, where) for family, _type, _proto, _name, where in found]
    for _family, where in places:
        if not _may_connect(ipaddress.ip_address(str(where[0]).partition("%")[0]), target, allowed):
            raise Forbidden(where[0])
    link = _first_open(places, seconds)
    try:
        if target.is_secure:
            link = ssl.create_default_context().wrap_socket(link, server_hostname=target.host)
        yield link
    finally:
        link.close()


def _first_open(places: list, seconds: float) -> socket.socket:
    last: OSError = OSError("no address")
    for family, where in places[:2]:
        link = socket.socket(family, socket.SOCK_STREAM)
        link.settimeout(seconds / 2)
        try:
            link.connect(where)
        except OSError as error:
            link.close()
            last = error
        else:
            link.settimeout(seconds)
            return link
    raise last


@contextlib.contextmanager
def _deadline(link: socket.socket, seconds: float, began: float) -> Iterator[None]:
    """Cut the connection at the deadline: who answers a byte a second does not hold us."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.1, seconds - (time.monotonic() - began)), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _excerpt(text: str) -> str:
    """The beginning of an answer as one line that can be stored and shown."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:EXCERPT]
