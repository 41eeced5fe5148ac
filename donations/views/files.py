"""Papers of a request, shown or downloaded: the asking side gets its own file, the foundation the copy."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cases.views.documents import attach, attachment
from departments.models.mechanisms import Document
from departments.services.documents import document_read
from departments.services.viewing import document_page
from departments.views.viewing import Frame, viewer
from donations.models.requests import RequestDocument
from donations.querysets import FOUNDATION_ROLES
from donations.services.reading import paper_copy, paper_read
from donations.views.parts import paper_labels


@require_safe
def document(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """404 for a paper that is not there, not the reader's, or was taken back with the consent."""
    return attachment(*paper_content(request, _paper(request, uid)))


@require_safe
def document_view(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The paper inside the portal, page by page; an opening like a download."""
    paper = _paper(request, uid)
    page = "donations:review" if _is_foundation(request) else "donations:request"
    back = reverse(page, args=[paper.request.uid])
    return viewer(
        request,
        *paper_content(request, paper),
        Frame(
            crumbs=((back, paper.request.number or _("救助申请")),),
            back_url=f"{back}#papers",
            file_url=reverse("donations:document", args=[uid]),
            page_url=lambda number: reverse("donations:document_page", args=[uid, number]),
            kind=paper_labels(paper.request).get(paper.type, paper.type),
        ),
    )


@require_safe
def document_picture(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of the paper as a picture, for the page that shows it."""
    paper = _paper(request, uid)
    file = _file(request, paper)
    key = request.GET.get("key", "")
    content, mime = document_page(document=file, number=number, key=key, by=request.user)
    return attach(f"{number}", content, mime)


def _is_foundation(request: HttpRequest) -> bool:
    return request.user.role in FOUNDATION_ROLES


def _paper(request: HttpRequest, uid: uuid.UUID) -> RequestDocument:
    rows = RequestDocument.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("request__programme_version"), uid=uid)


def _file(request: HttpRequest, paper: RequestDocument) -> Document:
    if _is_foundation(request):
        return paper_copy(paper=paper, by=request.user)
    files = Document.objects.visible_to(request.user).filter(voided_at__isnull=True)
    return get_object_or_404(files.select_related("created_by"), pk=paper.document_id)


def paper_content(request: HttpRequest, paper: RequestDocument) -> tuple[Document, bytes]:
    if _is_foundation(request):
        return paper_read(paper=paper, by=request.user)
    file = _file(request, paper)
    return file, document_read(document=file, by=request.user)
