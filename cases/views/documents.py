"""Files of a case: kept by content, given back only as attachments to those who may open the case."""

import uuid
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms.documents import DocumentForm
from cases.models.casework import Case
from cases.services.documents import case_document_add, case_document_read
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from departments.models.mechanisms import Document


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
    """The file, after its case was found visible; never shown inside the portal."""
    mine = Document.objects.visible_to(request.user).filter(
        subject_kind="case", voided_at__isnull=True
    )
    document = get_object_or_404(mine, uid=uid)
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=document.subject_id)
    return attachment(document, case_document_read(case=case, document=document, by=request.user))


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
