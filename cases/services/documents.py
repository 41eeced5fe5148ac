"""Files of a case: who works on it adds and deletes them, who may open it reads them."""

from django.core.files.uploadedfile import UploadedFile

from cases.consent_permissions import can_read_document, can_remove_document, can_upload_document
from cases.models.casework import Case
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.documents import document_read, document_upload
from departments.services.removing import document_remove
from departments.services.viewing import document_page
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command


@command
def case_document_add(*, case: Case, kind: str, file: UploadedFile, by: User) -> Document:
    """Check and keep a file of the case, inside its compartment.

    Raises:
        DomainError: `file.*` on field `file`.
    """
    case = Case.objects.get(pk=case.pk)
    require(can_upload_document, by, case)
    return document_upload(subject=case, kind=kind, file=file, by=by)


def case_document_read(*, case: Case, document: Document, by: User) -> bytes:
    """The content of a file of the case; the reading is audited."""
    require(can_read_document, by, case)
    return document_read(document=document, by=by)


def case_document_page(
    *, case: Case, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of a file that was opened, (picture, MIME type); the opening was audited.

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404).
    """
    require(can_read_document, by, case)
    return document_page(document=document, number=number, key=key, by=by)


@command
def case_document_remove(
    *, case: Case, document: Document, reason: str, note: str = "", by: User
) -> Document:
    """Delete a file of an open case that nothing rests on.

    Raises:
        DomainError: `document.gone`, `document.is_evidence` (409), `document.*` on reason and note.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_remove_document, by, case)
    return document_remove(
        document=document, reason=reason, note=note, by=by, organization_id=case.organization_id
    )
