"""Papers of an application: the stamped form, letters of partners, proofs; the issuer has them once it is handed in."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.services.documents import document_destroy, document_upload
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.permissions.calls import can_write_application
from projects.services.applications.writing import locked

PAPER = "application_paper"


def files_of(application: Application) -> QuerySet[Document]:
    """Its papers in the order they came; the caller found the application through visible_to."""
    return Document.objects.filter(
        organization_id=application.organization_id,
        subject_kind=Application._meta.model_name,
        subject_id=application.pk,
        kind=PAPER,
        voided_at__isnull=True,
    ).order_by("id")


@command
def application_file_add(*, application: Application, file: UploadedFile, by: Any) -> Document:
    """Keep a paper of a draft, or of one that is to be supplemented.

    Raises:
        DomainError: `permission.can_write_application` (403); `file.*` on `file`.
    """
    require(can_write_application, by, application)
    row = locked(application, by)
    require(can_write_application, by, row)
    kept = document_upload(subject=row, kind=PAPER, file=file, is_care=False, by=by)
    audit.record("application.paper", by=by, on=row, document=kept.uid)
    return kept


@command
def application_file_remove(*, application: Application, document: Document, by: Any) -> None:
    """Take a paper out before it is handed in; what the issuer has had stays.

    Raises:
        DomainError: `permission.can_write_application` (403), `application.file_handed_in` (409).
    """
    require(can_write_application, by, application)
    row = locked(application, by)
    require(can_write_application, by, row)
    if document.counterparty_id is not None:
        raise DomainError(
            "application.file_handed_in",
            _("这份附件已经随申报书提交，不能再撤下；可以上传新的一份并在补正说明里写明。"),
            status=409,
        )
    document_destroy(document=document, by=by)


def files_hand_in(application: Application, *, issuer_id: int) -> None:
    """From now on the issuer reads them too."""
    files_of(application).filter(counterparty__isnull=True).update(counterparty_id=issuer_id)


def files_said(application: Application) -> list[dict[str, Any]]:
    """`[{"title", "sha256", "bytes"}]`: what a frozen version says of its papers."""
    return [
        {"title": one.title, "sha256": bytes(one.sha256).hex(), "bytes": one.size}
        for one in files_of(application)
    ]
