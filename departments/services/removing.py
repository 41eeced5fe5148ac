"""Deleting a file somebody uploaded: with a reason, audited, and never what a signature or money rests on."""

import secrets
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.services.audit_words import NOUNS
from departments.services.documents import file_forget
from departments.services.file_scanning import infected_settle
from msw_portal.kernel.display import enumerated
from msw_portal.kernel.errors import DomainError

KEY_BYTES = 32


def uses_of(document: Document) -> list[str]:
    """The models whose rows rest on the file, whoever may see those rows: ['consent', 'signature']."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.document_uses(%s)", [document.pk])
        tables = {table for (table,) in cursor.fetchall()}
    named = {model._meta.db_table: model._meta.model_name for model in apps.get_models()}
    return sorted(named.get(table, table) for table in tables)


def document_remove(
    *, document: Document, reason: str, note: str = "", by: Any, organization_id: int
) -> Document:
    """Throw the file's key and the file away; its row stays and says who deleted it when and why.

    Raises:
        DomainError: `document.gone` (409), `document.is_evidence` (409) while a signature, a consent,
            a request or a payout rests on it, `document.reason_unknown` on `reason`,
            `document.note_needed` on `note`.
    """
    # FOR UPDATE and no less: whoever just now makes a row rest on the file waits, or is waited for.
    row = Document.objects.select_for_update().filter(pk=document.pk).first()
    if row is None or row.voided_at is not None:
        raise DomainError("document.gone", _("这份文件已经删除。"), status=409)
    if used := uses_of(row):
        words = enumerated(str(NOUNS.get(name, name)) for name in used)
        sentence = _("这份文件是凭据（%(uses)s），不能删除。") % {"uses": words}
        raise DomainError("document.is_evidence", sentence, status=409)
    if reason not in Document.Removal.values:
        raise DomainError("document.reason_unknown", _("请从列表中选择。"), "reason")
    note = " ".join(note.split())
    if reason == Document.Removal.OTHER and not note:
        raise DomainError("document.note_needed", _("选“其他”时请写明原因。"), "note")
    row.wrapped_key = secrets.token_bytes(KEY_BYTES)
    row.voided_at, row.void_reason, row.void_note = timezone.now(), reason, note or None
    row.save(update_fields=["wrapped_key", "voided_at", "void_reason", "void_note"])
    audit.record(
        "document.remove",
        by=by,
        on=row,
        organization_id=organization_id,
        kind=row.kind,
        reason=reason,
        subject=row.subject_kind,
        subject_uid=row.subject_uid,
    )
    infected_settle(row)
    file_key = row.file_key
    transaction.on_commit(lambda: file_forget(file_key), robust=True)
    return row
