"""Files that stand on goods: evidence of value, acceptance records, signed sheets, signatures."""

import uuid
from typing import Any

from django.http import Http404

from departments.models.mechanisms import Document
from departments.services.documents import document_read
from donations.querysets import FOUNDATION_ROLES

KINDS = ("goodslot", "goodsintake", "distribution", "distributionline")


def file_read(*, uid: uuid.UUID, by: Any) -> tuple[Document, bytes]:
    """The file and its content, audited; 404 for what stands on nothing of the house's goods."""
    if by.role not in FOUNDATION_ROLES:
        raise Http404
    found = (
        Document.objects.owned_by(by)
        .filter(uid=uid, subject_kind__in=KINDS, voided_at__isnull=True)
        .first()
    )
    if found is None:
        raise Http404
    return found, document_read(document=found, by=by)
