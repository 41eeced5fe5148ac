"""Looking at a file inside the portal: opened once and audited once, then page by page with a short-lived key.

The app that owns the file's subject has found the row and read the content; here is what all share.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Document
from departments.services.documents import document_content
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.previews import SHOWN, NoPreview, Pages, pages_of, picture_of

SALT = "document.view"
LIFETIME = 2 * 3600  # seconds: who scrolls on later opens the file again, and is audited again


@dataclass(frozen=True)
class Looking:
    """An opened file: its pages, and the key that fetches them."""

    pages: Pages
    key: str


def is_shown(document: Document) -> bool:
    """Whether the portal can show it; everything else is downloaded, unless it is locked."""
    return document.mime in SHOWN and not document.is_locked


def document_look(*, document: Document, content: bytes, by: Any) -> Looking | None:
    """The pages of a file whose reading was just audited; None when it cannot be drawn."""
    if not is_shown(document):
        return None
    try:
        pages = pages_of(content, document.mime)
    except NoPreview:
        return None
    return Looking(pages, signing.dumps([str(document.uid), by.pk], salt=SALT))


def document_page(*, document: Document, number: int, key: str, by: Any) -> tuple[bytes, str]:
    """One page of a file that `by` has opened; (picture, MIME type).

    Raises:
        DomainError: `file.not_opened` (404) without the key of an opening, `file.no_page` (404),
            `file.damaged` (409).
    """
    try:
        opened = signing.loads(key, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        opened = None
    if opened != [str(document.uid), by.pk]:
        raise DomainError("file.not_opened", _("请重新打开这份文件。"), status=404)
    try:
        return picture_of(document_content(document), document.mime, number)
    except NoPreview:
        raise DomainError("file.no_page", _("没有这一页。"), status=404) from None
