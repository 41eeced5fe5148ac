"""PDF files looked through without a full parser: whole, readable, nothing in them that runs."""

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

MOST_INFLATED = 40 * 1024 * 1024
# Of all other streams together. A scanned page of A4 at 600 dpi in colour inflates to 104 MB.
MOST_UNPACKED = 480 * 1024 * 1024
PIECE = 1024 * 1024
MOST_STREAMS = 100_000
TAIL, HEAD = 2048, 2000


def _name(text: str) -> bytes:
    """A pattern of a PDF name, any of whose letters may be written as `#` and two hex digits."""
    return b"".join(b"(?:%c|#%x|#%X)" % (c, c, c) for c in text.encode())


# Long names only: a picture's bytes may hold a short one by chance.
_RUNS = re.compile(
    b"/(?:" + b"|".join(map(_name, ("JavaScript", "Launch", "RichMedia"))) + b")(?![A-Za-z0-9])"
)
_LOCKED = re.compile(b"/" + _name("Encrypt") + rb"(?![A-Za-z])")
_OBJECT_STREAM = re.compile(b"/" + _name("ObjStm"))
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_FLATE = rb"/(?:FlateDecode|Fl)\s*"
_INFLATED = re.compile(rb"/Filter\s*\[?\s*" + _FLATE)
_TWICE = re.compile(_FLATE + _FLATE)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")


def check_pdf(content: bytes) -> int | None:
    """Refuse what is cut, locked or active; the number of pages, or None where it cannot be counted.

    Raises:
        DomainError: `file.damaged`, `file.encrypted`, `file.active` or `file.unpack`.
    """
    tail = content[-TAIL:]
    if (
        not re.match(rb"%PDF-[12]\.[0-9]", content)
        or b"%%EOF" not in tail
        or b"startxref" not in tail
    ):
        raise _damaged()
    if _LOCKED.search(content):
        raise DomainError("file.encrypted", _("PDF 有密码或权限保护，请去掉保护后上传。"), "file")
    _bound_streams(content)
    pages = 0
    for part in (content, *_object_streams(content)):
        if _RUNS.search(part):
            sentence = _("PDF 含有脚本或会启动程序的内容，请另存后上传。")
            raise DomainError("file.active", sentence, "file")
        pages += len(_PAGE.findall(part))
    return pages or None


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The compressed object streams: dictionaries that the raw bytes do not show."""
    left, end = MOST_INFLATED, 0
    for count, stream in enumerate(_STREAM.finditer(content)):
        if count > MOST_STREAMS:
            raise _too_much()
        head = content[max(0, stream.start() - HEAD) : stream.start()]
        is_one = _OBJECT_STREAM.search(head, max(0, head.rfind(b"obj")))
        if not is_one or stream.start() < end:
            continue
        inflater = zlib.decompressobj()
        end = content.find(b"endstream", stream.end())
        if end < 0:
            raise _damaged()
        try:
            part = inflater.decompress(content[stream.end() : end], left)
        except zlib.error:
            raise _damaged() from None
        left -= len(part)
        if inflater.unconsumed_tail or left <= 0:
            raise _too_much()
        # What ends too early, or goes on behind its end, hides something a reader would see.
        if not inflater.eof or inflater.unused_data.strip():
            raise _damaged()
        yield part


def _bound_streams(content: bytes) -> None:
    """Refuse a PDF whose streams inflate without measure; nothing of them is kept while they are counted."""
    left = MOST_UNPACKED
    for stream in _STREAM.finditer(content):
        head = content[max(0, stream.start() - HEAD) : stream.start()]
        facts = head[max(0, head.rfind(b"obj")) :]
        if _TWICE.search(facts):
            raise _too_much()  # packed twice, nothing but a bomb gains by it
        if not _INFLATED.search(facts):
            continue
        end = content.find(b"endstream", stream.end())
        left -= _inflated(content[stream.end() : end if end > 0 else None], left)
        if left <= 0:
            raise _too_much()


def _inflated(packed: bytes, most: int) -> int:
    """How many bytes a stream inflates to, or a little more than `most`; up to its first fault."""
    inflater, count = zlib.decompressobj(), 0
    try:
        while packed and not inflater.eof and count <= most:
            count += len(inflater.decompress(packed, PIECE))
            packed = inflater.unconsumed_tail
    except zlib.error:
        pass  # readers mend streams that are cut; what came so far was counted
    return count


def _damaged() -> DomainError:
    return DomainError("file.damaged", _("PDF 不完整或已损坏，请重新导出后上传。"), "file")


def _too_much() -> DomainError:
    return DomainError("file.unpack", _("文件解压后过大，不予接受。"), "file")
