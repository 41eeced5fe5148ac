"""Uploads shown to ClamAV before anything of them is kept: clamd's INSTREAM over its socket (clamd(8)).

Without MSW_CLAMD nothing is scanned, and a document says so; with it nothing is kept unscanned.
"""

import contextlib
import logging
import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
CONNECT_SECONDS, SCAN_SECONDS, PING_SECONDS = 3, 60, 1
LONGEST_ANSWER = 4096
OFF, OK, AWAY = "off", "ok", "away"
_FOUND = re.compile(rb"^stream: (.{1,200}) FOUND$")
_TOO_LARGE = b"size limit exceeded"


class ScannerAway(OSError):
    """clamd is not there, does not answer in time, or answers what the protocol does not know."""


@dataclass(frozen=True)
class Address:
    """Of a clamd: `path` of its socket file, or `host` and `port`."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def of(cls, text: str) -> "Address | None":
        """`unix:/run/clamav/clamd.ctl` or `tcp://host:3310`; None for an empty text.

        Raises:
            ImproperlyConfigured: for anything else.
        """
        if not text:
            return None
        if text.startswith("unix:/"):
            return cls(path=text.removeprefix("unix:"))
        match = re.fullmatch(r"tcp://(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})", text)
        if match is None:
            raise ImproperlyConfigured("MSW_CLAMD: unix:/path/of/the/socket or tcp://host:port")
        return cls(host=match[1].strip("[]"), port=int(match[2]))


def is_on() -> bool:
    return settings.CLAMD is not None


def state() -> str:
    """`off` without a scanner, `ok` when it answers, `away` when it should and does not."""
    if not is_on():
        return OFF
    try:
        with _connected(PING_SECONDS, PING_SECONDS) as line:
            line.sendall(b"zPING\0")
            return OK if _answer(line) == b"PONG" else AWAY
    except ScannerAway:
        return AWAY


def refuse_infected(content: bytes) -> bool:
    """Show `content` to the scanner; whether it was scanned (False: none is configured).

    Raises:
        DomainError: on field `file`: `file.infected` (422), `file.scanner_away` (503), or
            `file.scanner_limit` (422) when clamd takes no file of this size.
    """
    if not is_on():
        return False
    try:
        found = found_in(content)
    except ScannerAway as error:
        log.warning("virus scanner: %s", error)
        sentence = _("病毒扫描暂时不可用，文件没有保存。请稍后再试，并告诉系统管理员。")
        raise DomainError("file.scanner_away", sentence, "file", status=503) from error
    if found:
        log.warning("virus scanner: an upload was refused (%s)", found)
        sentence = _("文件里查出病毒（%(name)s），没有保存。请先在电脑上杀毒，并告诉信息科。")
        raise DomainError("file.infected", sentence % {"name": found}, "file")
    return True


def found_in(content: bytes) -> str:
    """The name of what clamd finds in `content`, empty when it finds nothing.

    Raises:
        ScannerAway: without an answer; DomainError `file.scanner_limit` over clamd's StreamMaxLength.
    """
    with _connected(CONNECT_SECONDS, SCAN_SECONDS) as line:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            # clamd hangs up on what is too large for it while we still send; its answer says so.
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                line.sendall(struct.pack("!I", len(part)) + part)
            line.sendall(struct.pack("!I", 0))
        answer = _answer(line)
    if answer == b"stream: OK":
        return ""
    if _TOO_LARGE in answer:
        sentence = _("文件超过病毒扫描的大小上限，没有保存。请压缩或分开上传，或告诉系统管理员。")
        raise DomainError("file.scanner_limit", sentence, "file")
    match = _FOUND.match(answer)
    if match is None:
        raise ScannerAway("clamd answered something else")
    return match[1].decode("ascii", "replace")


@contextlib.contextmanager
def _connected(connect: float, wait: float) -> Iterator[socket.socket]:
    address: Address = settings.CLAMD
    try:
        if address.path:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(connect)
            with contextlib.closing(line):
                line.connect(address.path)
                line.settimeout(wait)
                yield line
        else:
            with socket.create_connection((address.host, address.port), connect) as line:
                line.settimeout(wait)
                yield line
    except OSError as error:
        raise error if isinstance(error, ScannerAway) else ScannerAway(str(error)) from error


def _answer(line: socket.socket) -> bytes:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        part = line.recv(1024)
        if not part:
            break
        said += part
    if not said:
        raise ScannerAway("clamd hung up")
    return said.split(b"\0", 1)[0].strip()
