"""Scans of certificates: kept with the certificate by who keeps the post, read by whoever may see it."""

from django.core.files.uploadedfile import UploadedFile

from departments.models.mechanisms import Document
from departments.models.people import User
from departments.models.staff import StaffCredential
from departments.services.documents import document_read, document_upload
from departments.services.removing import document_remove
from departments.services.viewing import document_page
from departments.staff_permissions import can_keep_profile, can_view_profile
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command

SCAN = "staff_credential"


@command
def credential_paper_add(*, credential: StaffCredential, file: UploadedFile, by: User) -> Document:
    """Keep a scan of the certificate.

    Raises:
        DomainError: `file.*` on `file`.
    """
    require(can_keep_profile, by, credential.staff)
    # The keeper of accounts is no caring role: the file lies outside the wall of case files.
    return document_upload(subject=credential, kind=SCAN, file=file, by=by, is_care=False)


def credential_paper_read(*, credential: StaffCredential, document: Document, by: User) -> bytes:
    """The content of a scan; the reading is audited."""
    require(can_view_profile, by, credential.staff)
    return document_read(document=document, by=by)


def credential_paper_page(
    *, credential: StaffCredential, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of a scan that was opened, (picture, MIME type).

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404).
    """
    require(can_view_profile, by, credential.staff)
    return document_page(document=document, number=number, key=key, by=by)


@command
def credential_paper_remove(
    *, credential: StaffCredential, document: Document, reason: str, note: str = "", by: User
) -> Document:
    """Take a scan away, with a reason.

    Raises:
        DomainError: `document.gone` (409), `document.*` on reason and note.
    """
    require(can_keep_profile, by, credential.staff)
    house = credential.organization_id
    return document_remove(
        document=document, reason=reason, note=note, by=by, organization_id=house
    )
