"""The signed agreement as a scan: the hospital's own file, and the copy that the foundation may have."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models.codes import ShareItem
from cases.models.consents import Disclosure
from departments.models.mechanisms import Document
from departments.services.documents import document_read
from donations.models.aid_agreements import AidAgreement
from donations.models.requests import FundingRequest
from donations.permissions import can_view_request
from donations.querysets import FOUNDATION_ROLES
from donations.services.copies import copy_of
from donations.services.reading import note_opening
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

DOCUMENT = "aid_agreement"


def scan_share(*, request: FundingRequest, by: Any) -> Document | None:
    """Make the foundation's copy of the signed paper, once; None where it may not have one, or not yet.

    A person's paper carries the name and the signature: it goes where the name went, under the same
    consent, and its key is thrown away with it (`copies_shred`). A project's names nobody. Runs in the
    transaction of the signing or of telling who it is, whose permission has been checked.
    """
    signed = AidAgreement.objects.filter(request=request).select_related("scan").first()
    if signed is None or signed.scan is None or not (request.is_for_project or _is_named(request)):
        return None
    return _copies(request).first() or copy_of(request, signed.scan, str(_("签字协议")), by)


def _is_named(request: FundingRequest) -> bool:
    """Who it is has been told to the foundation and not been taken back."""
    told = Disclosure.objects.live().filter(pk=request.identity_disclosure_id).first()
    return told is not None and ShareItem.NAME in (told.payload or {})


def _copies(request: FundingRequest) -> Any:
    return Document.objects.of(request).filter(kind=DOCUMENT, derived_from__isnull=False)


def scan_file(*, request: FundingRequest, by: Any) -> Document | None:
    """The row of the scan as this reader has it: the house's own, or the foundation's copy; None without one."""
    if by.role in FOUNDATION_ROLES:
        if request.on_hold_at is not None:
            return None
        return _copies(request).filter(counterparty_id=by.house_id).first()
    signed = AidAgreement.objects.visible_to(by).filter(request=request).first()
    files = Document.objects.visible_to(by).filter(voided_at__isnull=True)
    return files.select_related("created_by").filter(pk=signed.scan_id).first() if signed else None


@command
def scan_read(*, request: FundingRequest, by: Any) -> tuple[Document, bytes]:
    """The scan's content; an opening by the foundation is told to the hospital's own audit.

    Raises:
        DomainError: `permission.can_view_request` (403), `aid_agreement.no_scan` (404).
    """
    require(can_view_request, by, request)
    file = scan_file(request=request, by=by)
    if file is None:
        raise DomainError("aid_agreement.no_scan", _("没有可以看的签字件。"), status=404)
    content = document_read(document=file, by=by)
    if by.house_id == request.counterparty_id:
        note_opening(request, levels=[f"document:{DOCUMENT}"], by=by)
    return file, content
