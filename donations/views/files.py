"""Papers of a request as downloads: the asking side gets its own file, the foundation the copy."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.views.documents import attachment
from departments.models.mechanisms import Document
from departments.services.documents import document_read
from donations.models.requests import RequestDocument
from donations.querysets import FOUNDATION_ROLES
from donations.services.reading import paper_read


@require_safe
def document(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """404 for a paper that is not there, not the reader's, or was taken back with the consent."""
    rows = RequestDocument.objects.visible_to(request.user).select_related("request")
    paper = get_object_or_404(rows, uid=uid)
    if request.user.role in FOUNDATION_ROLES:
        return attachment(*paper_read(paper=paper, by=request.user))
    files = Document.objects.visible_to(request.user).filter(voided_at__isnull=True)
    file = get_object_or_404(files, pk=paper.document_id)
    return attachment(file, document_read(document=file, by=request.user))
