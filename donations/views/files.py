"""Papers of a request as downloads: the asking side gets its own file, the foundation the copy."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.views.documents import attachment
from departments.models.mechanisms import Document
from departments.services.documents import document_read
from donations.models.requests import RequestDocument
from donations.querysets import FOUNDATION_ROLES


@require_safe
def document(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """404 for a paper that is not there, not the reader's, or was taken back with the consent."""
    paper = get_object_or_404(RequestDocument.objects.visible_to(request.user), uid=uid)
    pk = paper.masked_id if request.user.role in FOUNDATION_ROLES else paper.document_id
    if pk is None:
        raise Http404
    file = get_object_or_404(Document.objects.visible_to(request.user).filter(voided_at__isnull=True), pk=pk)
    return attachment(file, document_read(document=file, by=request.user))
