"""Uploaded files: what they are by content, cleaned where that can be done, refused where not.

Accepted are PDF, JPEG, PNG, DOCX and XLSX. Images are written anew without metadata; office files and
PDFs are looked through within bounds and refused when they carry macros, scripts or a bomb.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import filetype
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files_images import clean_image
from msw_portal.kernel.files_office import check_office
from msw_portal.kernel.files_pdf import check_pdf

DEFAULT_LIMIT = 15 * 1024 * 1024
LONGEST_NAME = 120
UNNAMED = _("未命名")

_OFFICE = "application/vnd.openxmlformats-officedocument"
# extension -> (MIME type, the extensions a name may carry)
KINDS = {
    "pdf": ("application/pdf", ("pdf",)),
    "jpg": ("image/jpeg", ("jpg", "jpeg")),
    "png": ("image/png", ("png",)),
    "docx": (f"{_OFFICE}.wordprocessingml.document", ("docx",)),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
}
ZIP = b"PK\x03\x04"
SNIFFED = 1445  # bytes a browser looks at to guess a type (WHATWG MIME Sniffing, 5.2)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg)\b", re.IGNORECASE)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class CleanFile:
    """What is kept: `content` may differ from what was sent; `name` is for display only."""

    mime: str
    content: bytes
    extension: str
    pages: int | None
    name: str


def inspect_upload(name: str, content: bytes) -> CleanFile:
    """Check and clean an uploaded file.

    Raises:
        DomainError: on field `file`: `file.empty`, `file.too_large`, `file.type`, `file.extension`,
            `file.encrypted`, `file.active`, `file.macros`, `file.polyglot`, `file.unpack`,
            `file.pixels` or `file.damaged`.
    """
    limit = getattr(settings, "MAX_UPLOAD_BYTES", DEFAULT_LIMIT)
    if not content:
        raise _refusal("empty", _("文件是空的，请重新选择。"))
    if len(content) > limit:
        sentence = _("文件超过 %(limit)s MB，请压缩或分开上传。") % {
            "limit": limit // (1024 * 1024)
        }
        raise _refusal("too_large", sentence)
    shown = clean_name(name)
    extension = _kind_of(content, shown)
    mime, endings = KINDS[extension]
    ending = shown.rpartition(".")[2].lower() if "." in shown else ""
    if ending not in endings:
        sentence = _("文件名的后缀“%(ending)s”与内容（%(kind)s）不一致。")
        raise _refusal("extension", sentence % {"ending": ending, "kind": extension.upper()})
    kept, pages = _INSPECTORS[extension](content)
    return CleanFile(mime, kept, extension, pages, shown)


def _kind_of(content: bytes, name: str) -> str:
    guess = filetype.guess(content)
    if content.startswith(b"%PDF-"):
        return "pdf"
    if guess is not None and guess.mime in ("image/jpeg", "image/png"):
        return "jpg" if guess.mime == "image/jpeg" else "png"
    if content.startswith(ZIP) and name.lower().endswith((".docx", ".xlsx")):
        return name.lower()[-4:]
    if guess is not None and guess.mime in ("image/heic", "image/heif"):
        sentence = _("暂不接受 HEIC 照片：请在手机“相机-格式”中选“兼容性最佳”，或转成 JPEG。")
        raise _refusal("type", sentence)
    raise _refusal("type", _("只接受 PDF、JPEG、PNG、DOCX、XLSX 文件（按内容判断）。"))


def _inspect_pdf(content: bytes) -> tuple[bytes, int | None]:
    # A PDF begins at its first byte and a ZIP is read from its end: one file can be both.
    if _MARKUP.search(content[:SNIFFED]) or zipfile.is_zipfile(io.BytesIO(content)):
        sentence = _("文件既是 PDF 又是另一种文件（网页或压缩包），不予接受。请重新导出 PDF。")
        raise _refusal("polyglot", sentence)
    return content, check_pdf(content)


def _office_inspector(extension: str) -> Callable[[bytes], tuple[bytes, None]]:
    def inspect(content: bytes) -> tuple[bytes, None]:
        check_office(content, extension)
        return content, None

    return inspect


def _image_inspector(kind: str) -> Callable[[bytes], tuple[bytes, None]]:
    return lambda content: (clean_image(content, kind), None)


_INSPECTORS: dict[str, Callable[[bytes], tuple[bytes, int | None]]] = {
    "pdf": _inspect_pdf,
    "jpg": _image_inspector("JPEG"),
    "png": _image_inspector("PNG"),
    "docx": _office_inspector("docx"),
    "xlsx": _office_inspector("xlsx"),
}


def clean_name(name: str) -> str:
    """The last part of a file name as it may be shown: no path, no control or direction characters.

    At most 120 characters with the ending kept; nothing left gives 未命名. Never a name on disk.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    kept = re.sub(r'[<>:"|?*]', "_", " ".join(kept.split())).strip(" .")
    if _RESERVED.match(kept):
        kept = f"_{kept}"
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > LONGEST_NAME:
        ending = ending[:10] if dot else ""
        kept = (stem or kept)[: LONGEST_NAME - len(ending) - 1].rstrip() + (
            f".{ending}" if dot else ""
        )
    return kept or str(UNNAMED)


def _refusal(rule: str, sentence: Any) -> DomainError:
    return DomainError(f"file.{rule}", sentence, "file")
