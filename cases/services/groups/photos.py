"""Photographs of a session (G3): kept encrypted with the session, with the consent of everybody in them."""

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cases.group_permissions import can_keep_group, can_view_group_inside
from cases.group_workflow import SessionState
from cases.models.groups import GroupSession
from cases.services.groups.members import check_running
from cases.services.groups.planning import group_locked
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.documents import document_read, document_upload
from departments.services.removing import document_remove
from departments.services.viewing import document_page
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

PHOTO = "group_photo"


@command
def photo_add(*, session: GroupSession, file: UploadedFile, is_agreed: bool, by: User) -> Document:
    """Keep one picture of a session that was held.

    Raises:
        DomainError: `group.is_over` (409), `group_photo.not_held` (409), `group_photo.needs_consent` on
            `is_agreed`, `group_photo.is_no_picture` and `file.*` on `file`.
    """
    group = group_locked(session.group)
    session = GroupSession.objects.get(pk=session.pk)
    require(can_keep_group, by, group)
    check_running(group)
    if session.state != SessionState.HELD:
        raise DomainError("group_photo.not_held", _("先记录这一节，再上传照片。"), status=409)
    if not is_agreed:
        raise DomainError(
            "group_photo.needs_consent",
            _("照片里的每个人都同意拍照和留存，才能上传；未成年人由监护人同意。"),
            "is_agreed",
        )
    document = document_upload(subject=session, kind=PHOTO, file=file, by=by)
    if not document.mime.startswith("image/"):
        raise DomainError("group_photo.is_no_picture", _("请上传照片（JPG、PNG）。"), "file")
    return document


def photo_read(*, session: GroupSession, document: Document, by: User) -> bytes:
    """The picture; the reading is audited."""
    require(can_view_group_inside, by, session.group)
    return document_read(document=document, by=by)


def photo_page(
    *, session: GroupSession, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """An opened picture as the page shows it, (picture, MIME type).

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404).
    """
    require(can_view_group_inside, by, session.group)
    return document_page(document=document, number=number, key=key, by=by)


@command
def photo_remove(
    *, session: GroupSession, document: Document, reason: str, note: str = "", by: User
) -> Document:
    """Delete a picture, also of a group that is over: somebody may take the consent back.

    Raises:
        DomainError: `document.gone` (409), `document.*` on reason and note.
    """
    require(can_keep_group, by, session.group)
    return document_remove(
        document=document, reason=reason, note=note, by=by, organization_id=session.organization_id
    )
