"""Files: checked by content, encrypted with a key of their own, kept under unguessable names outside the web root."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import inspect_upload
from msw_portal.kernel.room import FULL, no_room
from msw_portal.kernel.scope import undo_unless_committed


def _path(file_key: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "files" / file_key[:2] / file_key


def file_keep(content: bytes, *, is_synced: bool = True) -> tuple[str, bytes]:
    """Encrypt with a new key and write under a new name: (file_key, key).

    Without `is_synced` a crash of the machine may lose it: for loads that are repeated as a whole.

    Raises:
        DomainError: `file.no_room` on field `file` when the disk is full; no part of the file stays.
    """
    key, nonce = AESGCM.generate_key(bit_length=256), secrets.token_bytes(12)
    file_key = secrets.token_hex(32)
    sealed = nonce + AESGCM(key).encrypt(nonce, content, file_key.encode())
    path = _path(file_key)
    temporary = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(temporary, "wb") as file:
            file.write(sealed)
            if is_synced:
                file.flush()
                os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise no_room() from error
        raise
    return file_key, key


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
) -> Document:
    """Encrypt and write the file, then its row; a row that is rolled back takes its file with it.

    Raises:
        DomainError: `file.no_room` on field `file`.
    """
    file_key, key = file_keep(content)
    path = _path(file_key)
    undo_unless_committed(lambda: path.unlink(missing_ok=True))
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
                created_by=by,
            )
            document.save(force_insert=True)
            audit.record(
                "document.store",
                by=by,
                on=document,
                kind=kind,
                size=len(content),
                mime=mime,
                subject=subject._meta.model_name,
                subject_uid=subject.uid,
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return document


@command
def document_upload(
    *, subject: models.Model, kind: str, file: UploadedFile, by: Any, is_care: bool = True
) -> Document:
    """Check and keep an uploaded file of `subject`.

    Raises:
        DomainError: `file.*` on field `file` for a type, size or content that is not accepted, or
            for which there is no room.
    """
    if file.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        raise DomainError(
            "file.too_large",
            _("文件超过 %(limit)s MB，请压缩或分开上传。") % {"limit": limit},
            "file",
        )
    clean = inspect_upload(file.name, file.read())
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
    )


def document_content(document: Document) -> bytes:
    """The file's content for a print that is audited itself.

    Raises:
        DomainError: `file.damaged` when the stored file is missing or was tampered with.
    """
    try:
        sealed = _path(document.file_key).read_bytes()
        return AESGCM(document.wrapped_key).decrypt(
            sealed[:12], sealed[12:], document.file_key.encode()
        )
    except (OSError, InvalidTag) as error:
        raise DomainError(
            "file.damaged", _("文件缺失或已损坏，请联系系统管理员。"), status=409
        ) from error


def document_read(*, document: Document, by: Any) -> bytes:
    """The file's content, audited; the caller found the row through visible_to.

    Raises:
        DomainError: `file.damaged` when the stored file is missing or was tampered with.
    """
    content = document_content(document)
    audit.record(
        "document.read", by=by, on=document, kind=document.kind, subject_uid=document.subject_uid
    )
    return content


def document_destroy(*, document: Document, by: Any) -> None:
    """Remove a file that was kept for a while only: its row in the running transaction, the file after it."""
    path = _path(document.file_key)
    audit.record(
        "document.destroy",
        by=by,
        on=document,
        organization_id=document.organization_id,
        kind=document.kind,
        subject_uid=document.subject_uid,
    )
    Document.objects.filter(pk=document.pk).delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)
