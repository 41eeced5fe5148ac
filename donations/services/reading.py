"""Opening a request from the foundation's side: the copies are read, counted, and the hospital hears of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import DisclosureLevel
from cases.services.disclosures import disclosures_read
from departments import audit
from departments.models.mechanisms import Document
from departments.services import outbox
from departments.services.documents import document_read
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import can_view_request
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

OPENED = "funding_request.opened"


@dataclass(frozen=True)
class Copies:
    """What may be read now: None after a withdrawal, before a level was given, or past its time."""

    review: Mapping[str, Any] | None
    review_version: int | None
    identity: Mapping[str, Any] | None


@command
def copies_read(*, request: FundingRequest, by: Any) -> Copies:
    """The living copies of a request; reading is counted, audited, and told to the hospital's own audit.

    Raises:
        DomainError: `permission.can_view_request` (403).
    """
    require(can_view_request, by, request)
    ids = [pk for pk in (request.review_disclosure_id, request.identity_disclosure_id) if pk]
    if by.house_id != request.counterparty_id:
        ids = []  # the copies are the foundation's; the hospital has the case
    living = {copy.level: copy for copy in disclosures_read(disclosures=ids, by=by)}
    note_opening(request, levels=sorted(living), by=by)
    review, identity = (
        living.get(level) for level in (DisclosureLevel.REVIEW, DisclosureLevel.IDENTITY)
    )
    return Copies(
        review.payload if review else None,
        review.version if review else None,
        identity.payload if identity else None,
    )


def paper_copy(*, paper: RequestDocument, by: Any) -> Document:
    """The row of the foundation's copy of a paper; its content is not touched.

    Raises:
        DomainError: `funding_request.paper_gone` (404) without a copy or after the withdrawal.
    """
    require(can_view_request, by, paper.request)
    copy = None
    if paper.request.on_hold_at is None and paper.masked_id is not None:
        copy = Document.objects.filter(
            pk=paper.masked_id, counterparty_id=by.house_id, voided_at__isnull=True
        ).first()
    if copy is None:
        raise DomainError("funding_request.paper_gone", _("没有这份材料。"), status=404)
    return copy


@command
def paper_read(*, paper: RequestDocument, by: Any) -> tuple[Document, bytes]:
    """The foundation's copy of a paper; audited here and in the hospital.

    Raises:
        DomainError: `funding_request.paper_gone` (404) without a copy or after the withdrawal.
    """
    copy = paper_copy(paper=paper, by=by)
    content = document_read(document=copy, by=by)
    note_opening(paper.request, levels=[f"document:{paper.type}"], by=by)
    return copy, content


def note_opening(request: FundingRequest, *, levels: list[str], by: Any) -> None:
    """Write the opening here, and put it on its way into the hospital's chain."""
    audit.record("funding_request.read", by=by, on=request, levels=levels)
    client = by.acting.client
    outbox.put(
        OPENED,
        organization_id=by.acting.organization_id,
        subject=request,
        request_id=request.pk,
        hospital_id=request.organization_id,
        foundation_uid=str(by.acting.organization_uid),
        reader_uid=str(getattr(by, "uid", "") or ""),
        client_uid=str(client.uid) if client else "",
        level=",".join(levels),
        at=timezone.now().isoformat(),
    )
