"""Material of a course, and the certificate of whoever passed it."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.documents import document_read, document_upload
from departments.services.learning import locked
from departments.services.numbering import take_number
from departments.services.removing import document_remove
from departments.services.viewing import document_page
from departments.staff_permissions import can_issue_certificate, can_keep_learning
from departments.workflow import LearningState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.typesetting import typeset

MATERIAL = "learning_material"
PATTERN = "{ORG}-PX-{YYYY}-{SEQ4}"
PAPER_LANGUAGE = "zh-hans"


@command
def learning_material_add(*, event: LearningEvent, file: UploadedFile, by: User) -> Document:
    """Keep a file of the course for everybody who may see it.

    Raises:
        DomainError: `file.*` on `file`.
    """
    event = locked(event)
    require(can_keep_learning, by, event)
    return document_upload(subject=event, kind=MATERIAL, file=file, by=by)


def learning_material_read(*, event: LearningEvent, document: Document, by: User) -> bytes:
    """The content of a file of a course that was found visible; the reading is audited."""
    return document_read(document=document, by=by)


def learning_material_page(
    *, event: LearningEvent, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of a file that was opened, (picture, MIME type); its course was found visible.

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404).
    """
    return document_page(document=document, number=number, key=key, by=by)


@command
def learning_material_remove(
    *, event: LearningEvent, document: Document, reason: str, note: str = "", by: User
) -> Document:
    """Take a file of the course away, with a reason."""
    event = locked(event)
    require(can_keep_learning, by, event)
    house = event.organization_id
    return document_remove(
        document=document, reason=reason, note=note, by=by, organization_id=house
    )


@command
def learning_certify(*, attendance: LearningAttendance, by: User) -> bytes:
    """The certificate of whoever passed, as a PDF: numbered the first time, the same number ever after.

    Raises:
        DomainError: `learning.not_passed` (409), `learning.not_closed` (409) before the course is signed.
    """
    event = locked(attendance.event)
    rows = LearningAttendance.objects.locked().select_related("user", "staff")
    row = rows.get(pk=attendance.pk)
    row.event = event
    require(can_issue_certificate, by, row)
    if row.result != LearningAttendance.Result.PASSED:
        raise DomainError("learning.not_passed", _("合格的人才发结业证书。"), status=409)
    if event.state != LearningState.SIGNED:
        raise DomainError("learning.not_closed", _("课程负责人签署后才发结业证书。"), status=409)
    house = Organization.objects.get(pk=event.organization_id)
    if not row.certificate_no:
        row.certificate_no = take_number(
            MATERIAL, organization=house, pattern=PATTERN, on=timezone.localdate(event.signed_at)
        )
        row.save(update_fields=["certificate_no"])
    audit.record("learning.certify", by=by, on=row, number=row.certificate_no)
    return certificate_paper(row, house)


def certificate_paper(row: LearningAttendance, house: Organization) -> bytes:
    """The same row gives the same bytes."""
    event = row.event
    with translation.override(PAPER_LANGUAGE):
        content: dict[str, Any] = {
            "title": _now("结业证书"),
            "house": house.name,
            "training": house.is_training,
            "holder": row.who,
            "number": _now("证书编号 %(number)s") % {"number": row.certificate_no},
            "text": _now(
                "于 %(day)s 参加“%(theme)s”（%(kind)s，%(hours)s 学时），考核合格，准予结业。"
            )
            % {
                "day": _day(event.on),
                "theme": event.theme,
                "kind": event.get_kind_display(),
                "hours": f"{row.hours:f}",
            },
            "steps": [
                event.outline[place]["title"]
                for place in row.steps_done
                if place < len(event.outline)
            ],
            "provider": event.provider.name if event.provider else house.name,
            "day": _day(timezone.localdate(event.signed_at)),
        }
    return typeset("learning_certificate.typ", content, at=event.signed_at)


def _day(day: dt.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
