"""Files of a call: attachments of the announcement and templates to download; a published call changes by a version.

`Call.files` names what stands now, each version of the announcement what stood then: a file that was once given
out is kept and stays readable by everybody under the announcement's address.
"""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.services.documents import document_content, document_destroy, document_upload
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from projects.models.calls import Call
from projects.permissions.calls import can_keep_call
from projects.services.calls.writing import call_amend
from projects.workflow.calls import CALL, CallState

KIND = "call_file"


class Purpose(models.TextChoices):
    ANNOUNCEMENT = "announcement", _("公告附件")
    TEMPLATE = "template", _("下载填写的模板")


def files_of(call: Call) -> QuerySet[Document]:
    """What is kept of a call, for its own house; the caller found the call through visible_to."""
    return Document.objects.filter(
        organization_id=call.organization_id,
        subject_kind=Call._meta.model_name,
        subject_id=call.pk,
        kind=KIND,
        voided_at__isnull=True,
    ).order_by("id")


@command
def call_file_add(
    *, call: Call, file: UploadedFile, purpose: str, note: str = "", by: Any
) -> Document:
    """Give a file out with a call; one of the same name is followed by it. A published call gets a new version.

    Raises:
        DomainError: `permission.can_keep_call` (403), `file.*` on `file`, `call.file_note` on `note`,
            `call.amend.wrong_state` (409) when applications are over.
    """
    held = _held(call, note, by)
    kept = document_upload(subject=held, kind=KIND, file=file, is_care=False, by=by)
    entry = {
        "uid": str(kept.uid),
        "title": kept.title,
        "purpose": Purpose(purpose).value,
        "sha256": bytes(kept.sha256).hex(),
        "bytes": kept.size,
        "mime": kept.mime,
    }
    others = [one for one in held.files if one["title"] != kept.title]
    gone = [one for one in held.files if one["title"] == kept.title]
    _written(held, [*others, entry], gone, note, by)
    audit.record("call.file_add", by=by, on=held, document=kept.uid, purpose=purpose)
    return kept


@command
def call_file_remove(*, call: Call, uid: UUID, note: str = "", by: Any) -> Call:
    """Take a file out of what is given out; what was once published stays under its version.

    Raises:
        DomainError: `call.file_gone` (409), otherwise as call_file_add.
    """
    held = _held(call, note, by)
    gone = [one for one in held.files if one["uid"] == str(uid)]
    if not gone:
        raise DomainError("call.file_gone", _("这份附件已经不在公告里。"), status=409)
    made = _written(held, [one for one in held.files if one not in gone], gone, note, by)
    audit.record("call.file_remove", by=by, on=held, document=uid)
    return made


def _held(call: Call, note: str, by: Any) -> Call:
    require(can_keep_call, by, call)
    held = Call.objects.locked().get(pk=call.pk)
    require(can_keep_call, by, held)
    if held.state != CallState.DRAFT:
        CALL.check(held, "amend")
        if not note.strip():
            raise DomainError(
                "call.file_note",
                _("公告已经发布，请写明这次更正了什么，各单位会收到通知。"),
                "note",
            )
    return held


def _written(call: Call, files: list[Any], gone: list[Any], note: str, by: Any) -> Call:
    if call.state != CallState.DRAFT:
        return call_amend(call=call, note=note, files=files, by=by)
    call.files = files
    call.save(update_fields=["files"])
    # Nobody was given it.
    for document in files_of(call).filter(uid__in=[one["uid"] for one in gone]):
        document_destroy(document=document, by=by)
    return call


def call_file_public(slug: str, uid: UUID) -> tuple[Document, bytes] | None:
    """A file that a published version names, and its content, for anybody; None for every other, or one a scan refused."""
    with scope():
        rows = Document.objects.raw("SELECT * FROM app.call_file(%s, %s)", [slug, uid])
        found = next(iter(rows), None)
        if found is None or found.is_locked:
            return None
        return found, document_content(found)
