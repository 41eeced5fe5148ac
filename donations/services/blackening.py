"""What the hospital blackens on a paper before a foundation gets its copy: names and numbers in the picture."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.services.documents import document_content
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import can_amend_request
from donations.services.course import takes_paper
from msw_portal.kernel.access import require
from msw_portal.kernel.blackening import MOST_PAGES, Box, blackened
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.previews import NoPreview, pages_of

MOST_BOXES = 200
# Papers that are nothing but a name and a number: they leave the house blackened or not at all.
NAMING = frozenset({"id_card", "household_register", "bank_card"})


def boxes_of(paper: RequestDocument) -> list[Box]:
    """The boxes on the paper's file, page by page."""
    return [Box(*row) for row in paper.boxes]


def names_somebody(paper: RequestDocument) -> bool:
    """A paper that shows who it is about, as far as its kind says, and is not blackened."""
    return paper.type in NAMING and paper.document_id is not None and not paper.boxes


@command
def paper_blacken(
    *, request: FundingRequest, paper: RequestDocument, boxes: Sequence[Box], by: Any
) -> RequestDocument:
    """Set the black boxes of a paper (none: take them away); the foundation's next copy is made with them.

    Raises:
        DomainError: `funding_request.attach_closed` (409), `request_document.no_file`,
            `request_document.not_drawn`, `request_document.too_many_pages`, and on `boxes`
            `request_document.box_outside`, `request_document.too_many_boxes`.
    """
    request = FundingRequest.objects.locked().select_related("programme_version").get(pk=request.pk)
    require(can_amend_request, by, request)
    if not takes_paper(request, paper.type):
        raise DomainError("funding_request.attach_closed", _("当前状态不能更换材料。"), status=409)
    row = RequestDocument.objects.locked().get(request=request, pk=paper.pk)
    _check(row, boxes)
    row.boxes, row.masked = sorted(boxes), None
    row.save(update_fields=["boxes", "masked"])
    audit.record("funding_request.blacken", by=by, on=request, type=row.type, boxes=len(boxes))
    return row


def _check(row: RequestDocument, boxes: Sequence[Box]) -> None:
    if row.document is None or row.document.voided_at is not None:
        raise DomainError("request_document.no_file", _("这份材料还没有文件。"), status=409)
    if not boxes:
        return
    count = page_count(row.document)
    if count > MOST_PAGES:
        raise DomainError(
            "request_document.too_many_pages",
            _("超过 %(n)d 页的文件请分成几份再遮盖。") % {"n": MOST_PAGES},
            status=409,
        )
    if len(boxes) > MOST_BOXES:
        raise DomainError(
            "request_document.too_many_boxes",
            _("一份材料最多遮盖 %(n)d 处。") % {"n": MOST_BOXES},
            "boxes",
        )
    if not all(box.is_on_a_page and box.page <= count for box in boxes):
        raise DomainError(
            "request_document.box_outside", _("遮盖的位置要在页面以内，宽和高大于零。"), "boxes"
        )


def page_count(document: Document) -> int:
    """How many pages the file has.

    Raises:
        DomainError: `request_document.not_drawn` (409) for a file whose pages the portal cannot draw.
    """
    try:
        return pages_of(document_content(document), document.mime).count
    except NoPreview:
        raise _not_drawn() from None


def _not_drawn() -> DomainError:
    return DomainError(
        "request_document.not_drawn",
        _("这种文件不能在页面里遮盖，请换成 PDF 或照片。"),
        status=409,
    )


def content_for_copy(content: bytes, mime: str, boxes: Sequence[Box]) -> tuple[bytes, str]:
    """What leaves the house: as it is without boxes, drawn anew with them.

    Raises:
        DomainError: `request_document.not_drawn` (409).
    """
    if not boxes:
        return content, mime
    try:
        return blackened(content, mime, boxes)
    except NoPreview:
        raise _not_drawn() from None


def refuse_names(request: FundingRequest) -> None:
    """Papers of identity that have no copy yet leave the house blackened.

    Raises:
        DomainError: `funding_request.names_on_papers` on `documents`.
    """
    waiting = RequestDocument.objects.filter(request=request, masked__isnull=True)
    for rule, sentence, field in names_on_papers(request, waiting):
        raise DomainError(rule, sentence, field)


def names_on_papers(
    request: FundingRequest, papers: Iterable[RequestDocument]
) -> list[tuple[str, Any, str | None]]:
    """(rule, sentence, field) for each paper that would show a name before anybody may know it."""
    labels = {
        row["type"]: row.get("text", row["type"]) for row in request.programme_version.documents
    }
    return [
        (
            "funding_request.names_on_papers",
            _("%(paper)s上有姓名和证件号，批准前不能让基金会看到：请先遮盖画面。")
            % {"paper": labels.get(one.type, one.type)},
            "documents",
        )
        for one in papers
        if names_somebody(one)
    ]
