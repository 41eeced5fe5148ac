"""A name and a password asked of the hospital's LDAP directory: search by the portal's own account, then bind."""

import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import ldap3
from django.conf import settings
from ldap3.core.exceptions import LDAPException, LDAPInvalidCredentialsResult
from ldap3.utils.conv import escape_filter_chars

from msw_portal.kernel.directory import Ldap

CONNECT_SECONDS, ANSWER_SECONDS = 3, 5
# The lasting id of an entry: OpenLDAP's, Active Directory's.
LASTING = ("entryUUID", "objectGUID")


class DirectoryAway(Exception):
    """The directory gave no usable answer: it is away, refuses the portal, or is not what was set."""


@dataclass(frozen=True)
class Entry:
    """Who was found: the lasting id, the distinguished name where there is none."""

    subject: str


def ldap_check(*, name: str, password: str) -> Entry | None:
    """The entry of `name` when `password` is its own; None when either is wrong.

    An empty password is refused here: LDAP takes it as "nobody" and says yes (RFC 4513, 5.1.2).

    Raises:
        DirectoryAway: when the directory cannot be asked.
    """
    ask = settings.DIRECTORY.ldap
    if not name or not password:
        return None
    try:
        with _connected(ask, ask.bind_dn, ask.bind_password) as link:
            found = _found(link, ask, name)
    except LDAPException as error:
        raise DirectoryAway(type(error).__name__) from error
    if found is None:
        return None
    try:
        with _connected(ask, found["dn"], password):
            return Entry(_subject(found))
    except LDAPInvalidCredentialsResult:
        return None
    except LDAPException as error:
        raise DirectoryAway(type(error).__name__) from error


def _connected(ask: Ldap, who: str, password: str) -> ldap3.Connection:
    """An open, bound connection; TLS with the server's certificate checked, before any password is sent."""
    parts = urlsplit(ask.url)
    is_tls = parts.scheme == "ldaps"
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        ca_certs_file=ask.ca_file or None,
    )
    server = ldap3.Server(
        parts.hostname,
        port=parts.port or (636 if is_tls else 389),
        use_ssl=is_tls,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=CONNECT_SECONDS,
    )
    auto = ldap3.AUTO_BIND_TLS_BEFORE_BIND if ask.is_start_tls else ldap3.AUTO_BIND_NO_TLS
    return ldap3.Connection(
        server,
        user=who or None,
        password=password or None,
        authentication=ldap3.SIMPLE if who else ldap3.ANONYMOUS,
        auto_bind=auto,
        auto_referrals=False,
        raise_exceptions=True,
        read_only=True,
        receive_timeout=ANSWER_SECONDS,
    )


def _found(link: ldap3.Connection, ask: Ldap, name: str) -> dict | None:
    one = f"({ask.attribute}={escape_filter_chars(name)})"
    link.search(
        ask.base,
        f"(&{one}{ask.condition})" if ask.condition else one,
        attributes=list(LASTING),
        size_limit=2,
    )
    entries = [row for row in link.response if row["type"] == "searchResEntry"]
    # Two entries of one name are nobody: which of them is meant cannot be known.
    return entries[0] if len(entries) == 1 else None


def _subject(found: dict) -> str:
    for name in LASTING:
        values = found["raw_attributes"].get(name)
        if values:
            value = values[0]
            text = value.decode() if name == "entryUUID" else value.hex()
            return f"{name} {text}"
    return f"dn {found['dn'].casefold()}"[:400]
