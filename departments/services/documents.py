"""Files: checked by content, shown to the virus scanner, encrypted with a key of their own, kept under
unguessable names in the storage `files`."""

import datetime as dt
import hashlib
import io
import logging
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from msw_portal.kernel import file_store
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import inspect_upload
from msw_portal.kernel.scanning import refuse_infected
from msw_portal.kernel.scope import undo_unless_committed

log = logging.getLogger(__name__)

NONCE, TAG = 12, 16  # of AES-GCM, in bytes
SIGNATURE = "signature"  # the kind of a drawn signature: made by the page, never counted
# The first half of the advisory locks that make counting the files of one subject exact.
COUNTING = 0x66696C65


def file_keep(content: bytes, *, is_synced: bool = True, name: str = "") -> tuple[str, bytes]:
    """Encrypt with a new key and write under `name`, else a new one: (file_key, key).

    Without `is_synced` a crash of the machine may lose it: for loads that are repeated as a whole.

    Raises:
        DomainError: on field `file`, with no part of the file kept: `file.no_room`, `file.store_away`.
    """
    key, nonce = AESGCM.generate_key(bit_length=256), secrets.token_bytes(NONCE)
    file_key = name or secrets.token_hex(32)
    # Sealed where it will lie: a large file is once more in memory, and not twice.
    sealed = io.BytesIO(bytes(NONCE + len(content) + TAG))
    with sealed.getbuffer() as place:
        place[:NONCE] = nonce
        AESGCM(key).encrypt_into(nonce, content, file_key.encode(), place[NONCE:])
    file_store.put(file_key, sealed.getvalue(), is_synced=is_synced)
    return file_key, key


def file_forget(file_key: str) -> None:
    """Remove a file nobody needs; what the store does not remove now, the sweep removes later."""
    try:
        file_store.remove(file_key)
    except OSError as error:
        log.warning("a file was left for the sweep: %s", type(error).__name__)


def document_store(
    *,
    name: str,
    content: bytes,
    mime: str,
    pages: int | None,
    subject: models.Model,
    kind: str,
    by: Any,
    organization_id: int,
    counterparty_id: int | None = None,
    is_care: bool = True,
    compartment_id: int | None = None,
    derived_from: Document | None = None,
    scanned_at: dt.datetime | None = None,
    file_name: str = "",
) -> Document:
    """Encrypt and write the file, then its row; a row that is rolled back takes its file with it.

    `file_name` is where it lies, for whoever had to write that down before.

    Raises:
        DomainError: `file.no_room` or `file.store_away` on field `file`.
    """
    file_key, key = file_keep(content, name=file_name)
    undo_unless_committed(lambda: file_forget(file_key))
    try:
        with transaction.atomic():
            document = Document(
                organization_id=organization_id,
                counterparty_id=counterparty_id,
                is_care=is_care,
                compartment_id=compartment_id,
                subject_kind=subject._meta.model_name,
                subject_id=subject.pk,
                subject_uid=subject.uid,
                kind=kind,
                title=name,
                file_key=file_key,
                wrapped_key=key,
                sha256=hashlib.sha256(content).digest(),
                size=len(content),
                mime=mime,
                pages=pages,
                derived_from=derived_from,
                scanned_at=scanned_at,
                created_by=by,
            )
            document.save(force_insert=True)
            audit.record(
                "document.store",
                by=by,
                on=document,
                organization_id=None if by else organization_id,
                kind=kind,
                size=len(content),
                mime=mime,
                subject=subject._meta.model_name,
                subject_uid=subject.uid,
            )
    except BaseException:
        file_forget(file_key)
        raise
    return document


def upload_scan(content: bytes) -> dt.datetime | None:
    """Show an upload to the virus scanner: when that was, None where none is configured.

    Raises:
        DomainError: on field `file`: `file.infected`, `file.scanner_limit`, `file.scanner_away` (503).
    """
    return timezone.now() if refuse_infected(content) else None


@command
def document_upload(
    *,
    subject: models.Model,
    kind: str,
    file: UploadedFile,
    by: Any,
    is_care: bool = True,
    is_signing: bool = False,
) -> Document:
    """Check and keep an uploaded file of `subject`; what is signed is kept however many there are.

    Raises:
        DomainError: `file.*` on field `file` for a type, size or content that is not accepted, for
            one file too many, a virus, or where there is no room.
    """
    if file.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        raise DomainError(
            "file.too_large",
            _("文件超过 %(limit)s MB，请压缩或分开上传。") % {"limit": limit},
            "file",
        )
    # A command that had to wait for a lock runs again, and reads again.
    file.seek(0)
    content = file.read()
    clean = inspect_upload(file.name, content)
    if not is_signing:
        _refuse_one_too_many(subject)
    # As it was sent: what cleaning would remove is still something to be told about.
    scanned_at = upload_scan(content)
    return document_store(
        name=clean.name,
        content=clean.content,
        mime=clean.mime,
        pages=clean.pages,
        subject=subject,
        kind=kind,
        by=by,
        organization_id=subject.organization_id,
        is_care=is_care,
        compartment_id=getattr(subject, "compartment_id", None),
        scanned_at=scanned_at,
    )


def _refuse_one_too_many(subject: models.Model) -> None:
    with connection.cursor() as cursor:
        # Two uploads to one subject wait for each other: each sees what the other has added.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [COUNTING, str(subject.uid)]
        )
    there = Document.objects.of(subject).exclude(kind=SIGNATURE)
    if there.filter(organization_id=subject.organization_id).count() >= settings.MAX_FILES:
        sentence = _("这里已经有 %(most)s 份文件，到了上限；请先删除不再需要的，再上传。")
        raise DomainError("file.too_many", sentence % {"most": settings.MAX_FILES}, "file")


def document_content(document: Document) -> bytes:
    """The file's content for a print that is audited itself.

    Raises:
        DomainError: `file.locked` (409) when a later scan found something in it, and those of
            `document_stored`.
    """
    if document.is_locked:
        sentence = _(
            "这份文件后来查出病毒（%(name)s），已锁定，不能打开、下载或打印。请删除，换一份干净的上传，并告诉信息科。"
        )
        raise DomainError("file.locked", sentence % {"name": document.scan_found}, status=409)
    return document_stored(document)


def document_stored(document: Document) -> bytes:
    """What lies in the store, whatever a scanner said of it: for the scanner itself.

    Raises:
        DomainError: `file.damaged` when the stored file is missing or was tampered with,
            `file.store_away` (503) while its store does not answer.
    """
    try:
        sealed = file_store.get(document.file_key)
        return AESGCM(document.wrapped_key).decrypt(
            sealed[:NONCE], sealed[NONCE:], document.file_key.encode()
        )
    except (OSError, InvalidTag) as error:
        raise DomainError(
            "file.damaged", _("文件缺失或已损坏，请联系系统管理员。"), status=409
        ) from error


def document_read(*, document: Document, by: Any) -> bytes:
    """The file's content, audited; the caller found the row through visible_to.

    Raises:
        DomainError: `file.damaged` when the stored file is missing or was tampered with, `file.locked`.
    """
    content = document_content(document)
    audit.record(
        "document.read", by=by, on=document, kind=document.kind, subject_uid=document.subject_uid
    )
    return content


def document_destroy(*, document: Document, by: Any) -> None:
    """Remove a file that was kept for a while only: its row in the running transaction, the file after it."""
    file_key = document.file_key
    audit.record(
        "document.destroy",
        by=by,
        on=document,
        organization_id=document.organization_id,
        kind=document.kind,
        subject_uid=document.subject_uid,
    )
    Document.objects.filter(pk=document.pk).delete()
    transaction.on_commit(lambda: file_forget(file_key), robust=True)
