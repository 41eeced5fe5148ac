"""A small LDAP server on loopback: the real protocol (RFC 4511) over a real socket, with StartTLS where asked."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ldap3.protocol import rfc4511
from pyasn1.codec.ber.encoder import encode

SUCCESS, INVALID, UNWILLING = 0, 49, 53
BIND, SEARCH, EXTENDED, AND = 0x60, 0x63, 0x77, 0xA0
ANSWERS = {BIND: "bind", SEARCH: "search", EXTENDED: "extended"}
START_TLS = b"1.3.6.1.4.1.1466.20037"
READER, READER_PASSWORD = "cn=portal,dc=hospital,dc=example", "reader-password"
BASE = "ou=people,dc=hospital,dc=example"


class LdapServer(socketserver.ThreadingTCPServer):
    """`people`: login name -> (password, lasting id). Counts what it was asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls = tls
        self.people = {"worker": ("directory-pass", "11111111-aaaa"), "li.si": ("li-pass", "2222")}
        self.binds: list[str] = []
        self.filters: list[tuple[str, str]] = []
        self.is_reader_known = True

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.server_address[1]}"

    def check(self, who: str, password: str) -> bool:
        if who == READER:
            return self.is_reader_known and password == READER_PASSWORD
        name = who.partition(",")[0].removeprefix("uid=")
        return name in self.people and self.people[name][0] == password


class _Session(socketserver.BaseRequestHandler):
    server: LdapServer

    def handle(self) -> None:
        self.is_safe = self.server.tls is None
        self.who = ""
        rest = b""
        while True:
            try:
                while not (whole := _length(rest)) or len(rest) < whole:
                    more = self.request.recv(65536)
                    if not more:
                        return
                    rest += more
            except OSError:
                return
            [(_tag, [(_integer, number), (kind, asked)])], rest = _read(rest[:whole]), rest[whole:]
            if kind not in ANSWERS:  # unbindRequest
                return
            getattr(self, ANSWERS[kind])(int.from_bytes(number, "big"), asked)

    def bind(self, number: int, asked: Any) -> None:
        who, password = (value.decode() for _tag, value in asked[1:3])
        self.server.binds.append(who)
        # As RFC 4513 5.1.2 has it: an empty password is nobody, and nobody is welcome.
        is_right = self.is_safe and (not password or self.server.check(who, password))
        self.who = who if is_right and password else ""
        self._result(
            number, "bindResponse", rfc4511.BindResponse(), SUCCESS if is_right else INVALID
        )

    def search(self, number: int, asked: Any) -> None:
        if self.who == READER:
            kind, part = asked[6]
            terms = part if kind == AND else [(kind, part)]
            wanted = {of.decode(): value.decode() for _equal, [(_a, of), (_v, value)] in terms}
            self.server.filters.append(tuple(sorted(wanted.items())))
            for name, (_password, lasting) in self.server.people.items():
                if wanted.get("uid") == name:
                    self._entry(number, name, lasting)
        self._result(number, "searchResDone", rfc4511.SearchResultDone(), SUCCESS)

    def extended(self, number: int, asked: Any) -> None:
        is_known = asked[0][1] == START_TLS and self.server.tls
        code = SUCCESS if is_known else UNWILLING
        self._result(number, "extendedResp", rfc4511.ExtendedResponse(), code)
        if is_known:
            try:
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            except (ssl.SSLError, OSError):
                return
            self.is_safe = True

    def _entry(self, number: int, name: str, lasting: str) -> None:
        entry = rfc4511.SearchResultEntry()
        entry["object"] = f"uid={name},{BASE}"
        values = rfc4511.Vals()
        values[0] = lasting
        attribute = rfc4511.PartialAttribute()
        attribute["type"], attribute["vals"] = "entryUUID", values
        entry["attributes"] = rfc4511.PartialAttributeList()
        entry["attributes"][0] = attribute
        self._send(number, "searchResEntry", entry)

    def _result(self, number: int, kind: str, answer: Any, code: int) -> None:
        answer["resultCode"], answer["matchedDN"], answer["diagnosticMessage"] = code, "", ""
        self._send(number, kind, answer)

    def _send(self, number: int, kind: str, answer: Any) -> None:
        message = rfc4511.LDAPMessage()
        message["messageID"] = number
        message["protocolOp"] = rfc4511.ProtocolOp().setComponentByName(kind, answer)
        self.request.sendall(encode(message))


def _length(some: bytes) -> int:
    """How long the first BER element is with its head; 0 while that cannot be told."""
    if len(some) < 2:
        return 0
    first, count = some[1], some[1] & 127
    if first < 128:
        return 2 + first
    return 2 + count + int.from_bytes(some[2 : 2 + count], "big") if len(some) >= 2 + count else 0


def _read(some: bytes) -> list[tuple[int, Any]]:
    """BER elements as (tag, value); the value of a constructed one is the list of its own."""
    found = []
    while some:
        whole = _length(some)
        tag, head = some[0], 2 if some[1] < 128 else 2 + (some[1] & 127)
        value = some[head:whole]
        found.append((tag, _read(value) if tag & 0x20 else value))
        some = some[whole:]
    return found


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[LdapServer]:
    server = LdapServer(tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
