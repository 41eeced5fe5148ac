"""Papers inside the portal that belong to no case: of a person, of a request for rights, of a report."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.form_schemas.reporting import MANDATORY
from cases.services import subject_requests
from cases.services.consent_papers import person_document_page, person_document_read
from cases.services.report_course import report_evidence_page, report_evidence_read
from cases.services.rights_papers import number_of
from cases.views.consent_papers import document_or_404
from cases.views.documents import attach
from cases.views.finding import client_or_404
from cases.views.reporting import evidence_or_404
from cases.views.rights import paper_or_404
from departments.services.documents import SIGNATURE
from departments.views.viewing import Frame, viewer


@require_GET
def person_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A signed paper kept with a person, page by page."""
    document = document_or_404(request, uid)
    person = client_or_404(request, document.subject_uid).person
    back = reverse("cases:client_consents", args=[person.uid])
    return viewer(
        request,
        document,
        person_document_read(document=document, by=request.user),
        Frame(
            crumbs=(
                (reverse("cases:client", args=[person.uid]), person.name_masked),
                (back, _("知情与授权")),
            ),
            back_url=back,
            file_url=reverse("cases:client_document", args=[uid]),
            page_url=lambda number: reverse("cases:client_document_page", args=[uid, number]),
            kind=_("签名") if document.kind == SIGNATURE else _("签署件"),
            is_made=document.kind == SIGNATURE,
        ),
    )


@require_GET
def person_paper_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of it as a picture."""
    content, mime = person_document_page(
        document=document_or_404(request, uid),
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return attach(f"{number}", content, mime)


@require_GET
def rights_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A proof of a request for rights, page by page."""
    document, asked = paper_or_404(request, uid)
    back = reverse("cases:subject_request", args=[asked.uid])
    return viewer(
        request,
        document,
        subject_requests.subject_request_paper_read(
            asked=asked, document=document, by=request.user
        ),
        Frame(
            crumbs=(
                (reverse("cases:subject_requests"), _("个人信息权利请求")),
                (back, number_of(asked)),
            ),
            back_url=back,
            file_url=reverse("cases:subject_request_paper", args=[uid]),
            page_url=lambda number: reverse("cases:subject_request_paper_page", args=[uid, number]),
            kind=dict(subject_requests.PAPERS).get(document.kind, document.kind),
        ),
    )


@require_GET
def rights_paper_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of it as a picture."""
    document, asked = paper_or_404(request, uid)
    content, mime = subject_requests.subject_request_paper_page(
        asked=asked,
        document=document,
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return attach(f"{number}", content, mime)


@require_GET
def evidence(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A piece of evidence of a report, page by page."""
    document, notice = evidence_or_404(request, uid)
    back = reverse("cases:report", args=[notice.report.uid])
    return viewer(
        request,
        document,
        report_evidence_read(notice=notice, document=document, by=request.user),
        Frame(
            crumbs=((back, MANDATORY.title),),
            back_url=back,
            file_url=reverse("cases:report_file", args=[uid]),
            page_url=lambda number: reverse("cases:report_file_page", args=[uid, number]),
            kind=_("凭证"),
        ),
    )


@require_GET
def evidence_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of it as a picture."""
    document, notice = evidence_or_404(request, uid)
    content, mime = report_evidence_page(
        notice=notice,
        document=document,
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return attach(f"{number}", content, mime)
