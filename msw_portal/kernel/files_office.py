"""DOCX and XLSX looked through: whole, of their kind, without macros, and unpacked within bounds."""

import html
import io
import re
import zipfile
import zlib

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

MOST_ENTRIES = 3_000
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PER_ENTRY = 32 * 1024 * 1024
MOST_RELATIONSHIPS = 2 * 1024 * 1024
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}

_END = b"PK\x05\x06"
_MACRO_PARTS = re.compile(
    r"vbaproject|vbadata|/macrosheets/|/activex/|embeddings/.*\.(?:bin|exe|docm|xlsm|pptm)$"
)
_MACRO_WORDS = (b"macroenabled", b"vbaproject", b"ddeauto", b"ddelink")
_RELATIONSHIP = re.compile(rb"<(?:\w{1,20}:)?Relationship\b([^<]{0,8000})")
_FETCHED = re.compile(r"/(?:attachedTemplate|oleObject|frame|subDocument)[\"']", re.IGNORECASE)
_EXTERNAL = re.compile(r"TargetMode\s*=\s*[\"']\s*External", re.IGNORECASE)


def check_office(content: bytes, extension: str) -> None:
    """Refuse what is not a plain document of the kind.

    Raises:
        DomainError: `file.damaged`, `file.encrypted`, `file.macros`, `file.active` or `file.unpack`.
    """
    damaged = DomainError(
        "file.damaged",
        _("文件无法打开，或不是真正的 %(kind)s。") % {"kind": extension.upper()},
        "file",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_size(entries)
            _check_names(entries, content, extension, damaged)
            for entry in entries:
                _check_part(entry.filename, _read(archive, entry), damaged)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ):
        raise damaged from None


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    large = any(
        entry.file_size > (MOST_RELATIONSHIPS if _is_rels(entry.filename) else MOST_PER_ENTRY)
        for entry in entries
    )
    total = sum(entry.file_size for entry in entries)
    if large or len(entries) > MOST_ENTRIES or total > MOST_UNPACKED:
        raise DomainError("file.unpack", _("文件解压后过大，不予接受。"), "file")


def _is_rels(name: str) -> bool:
    return name.lower().endswith(".rels")


def _check_names(
    entries: list[zipfile.ZipInfo], content: bytes, extension: str, damaged: DomainError
) -> None:
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise DomainError("file.encrypted", _("文件有密码保护，请去掉密码后上传。"), "file")
    if any(_MACRO_PARTS.search(f"/{name}".lower()) for name in names):
        raise DomainError("file.macros", _("文件含有宏或内嵌程序，请另存为不含宏的文件。"), "file")
    escapes = any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names)
    end = content.rfind(_END)
    trailing = end + 22 + int.from_bytes(content[end + 20 : end + 22], "little") != len(content)
    whole = {"[Content_Types].xml", MAIN_PART[extension]}.issubset(names)
    if escapes or trailing or not whole or len(set(names)) != len(names):
        raise damaged


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # ZipFile gives at most the declared size, which is bounded, and checks the sum of the part.
    with archive.open(entry) as part:
        return part.read(MOST_PER_ENTRY + 1)


def _check_part(name: str, part: bytes, damaged: DomainError) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        part = part.decode("utf-16").encode()
    lowered = part.lower()
    if b"<!doctype" in lowered or b"<!entity" in lowered:
        raise damaged
    if _is_rels(name) and _fetches(part):
        raise DomainError("file.active", _("文件会从外部地址载入内容，不予接受。"), "file")
    if any(word in lowered for word in _MACRO_WORDS):
        raise DomainError("file.macros", _("文件含有宏或内嵌程序，请另存为不含宏的文件。"), "file")


def _fetches(part: bytes) -> bool:
    """Whether a relationship loads something from outside; a plain hyperlink does not."""
    tags = (
        html.unescape(tag[1].decode("utf-8", "replace")) for tag in _RELATIONSHIP.finditer(part)
    )
    return any(_EXTERNAL.search(tag) and _FETCHED.search(tag) for tag in tags)
