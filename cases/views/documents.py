"""Files of a case: kept by content, shown page by page or given as attachments to those who may open the case."""

import uuid
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.consent_permissions import can_remove_document
from cases.forms.documents import DOSSIER, DocumentForm, RemoveForm, kind_words
from cases.models.casework import Case
from cases.services.documents import (
    case_document_add,
    case_document_page,
    case_document_read,
    case_document_remove,
)
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from departments.models.mechanisms import Document
from departments.views.viewing import Frame, viewer
from msw_portal.kernel.access import require


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One file and what it is."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/document_upload.html",
            form=DocumentForm,
            service=case_document_add,
            given={"case": case},
            to=address_of(case, "documents"),
            done=_("文件已保存。"),
            context={"case": case, "heading": _("上传文书")},
        ),
    )


@require_GET
def download(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file as a download, after its case was found visible."""
    document, case = _found(request, uid)
    return attachment(document, case_document_read(case=case, document=document, by=request.user))


@require_GET
def view(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file inside the portal, page by page."""
    document, case = _found(request, uid)
    words = kind_words()
    return viewer(
        request,
        document,
        case_document_read(case=case, document=document, by=request.user),
        Frame(
            crumbs=(
                (reverse("cases:list"), _("个案")),
                (address_of(case), case.number or case.get_stage_display()),
            ),
            back_url=address_of(case, "documents"),
            file_url=reverse("cases:document", args=[uid]),
            page_url=lambda number: reverse("cases:document_page", args=[uid, number]),
            kind=words.get(document.kind, document.kind),
            is_made=document.kind == DOSSIER,
            remove_url=reverse("cases:document_remove", args=[uid])
            if can_remove_document(request.user, case)
            else "",
        ),
    )


@require_GET
def page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of the file as a picture, for the page that shows it."""
    document, case = _found(request, uid)
    content, mime = case_document_page(
        case=case, document=document, number=number, key=request.GET.get("key", ""), by=request.user
    )
    return attach(f"{number}", content, mime)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Delete a file, with a reason."""
    document, case = _found(request, uid)
    require(can_remove_document, request.user, case)
    return fill_in(
        request,
        Filling(
            page="cases/document_remove.html",
            form=RemoveForm,
            service=case_document_remove,
            given={"case": case, "document": document},
            to=address_of(case, "documents"),
            done=_("文件已删除。"),
            context={
                "case": case,
                "document": document,
                "kind": kind_words().get(document.kind, document.kind),
                "heading": _("删除文件"),
            },
        ),
    )


def _found(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, Case]:
    mine = Document.objects.visible_to(request.user).filter(
        subject_kind="case", voided_at__isnull=True
    )
    document = get_object_or_404(mine.select_related("created_by"), uid=uid)
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=document.subject_id)
    return document, case


def attachment(document: Document, content: bytes) -> HttpResponse:
    """A kept file as a download."""
    return attach(document.title, content, document.mime)


def attach(name: str, content: bytes, mime: str) -> HttpResponse:
    """A download that no browser runs or draws: attachment, nosniff, an empty sandbox."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store, private"
    return response
