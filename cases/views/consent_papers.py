"""The way to a new signature, and the papers of a consent: filed afterwards, printed, given back."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_schemas.registry import ALL
from cases.forms.consents import PaperForm
from cases.forms.printing import PrintForm
from cases.models.consents import ConsentTemplate
from cases.person_permissions import can_read_person_document
from cases.services.consent_papers import (
    consent_paper_file,
    consent_print,
    person_document_read,
)
from cases.services.minding import minded_of
from cases.views.consents import About
from cases.views.documents import attach, attachment
from cases.views.filling import Filling, fill_in
from cases.views.finding import consent_or_404
from departments.models.mechanisms import Document

BOTH = require_http_methods(["GET", "POST"])


@require_GET
def renew(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Straight to the text in use for the same matter, with purpose and recipient filled in."""
    consent = consent_or_404(request, uid)
    about = About(consent.client, consent.case)
    texts = ConsentTemplate.objects.visible_to(request.user).in_use()
    language = consent.template.language
    text = get_object_or_404(texts.filter(kind=consent.kind, language=language))
    query = {"template": text.uid, "again": consent.uid}
    return redirect(f"{about.url('consent_new')}?{urlencode(query)}")


@BOTH
def paper_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The scan of what was signed on paper, when it was not at hand at once."""
    consent = consent_or_404(request, uid)
    about = About(consent.client, consent.case)
    return fill_in(
        request,
        Filling(
            page="cases/consent_paper.html",
            form=PaperForm,
            service=consent_paper_file,
            given={"consent": consent},
            to=about.url("consents"),
            done=_("签署件已保存。"),
            context={**about.context, "consent": consent, "heading": _("上传签署件")},
        ),
    )


@BOTH
def print_one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F2 of a consent of a person without a case: GET warns and asks, POST gives the PDF."""
    consent = consent_or_404(request, uid)
    if consent.case is not None:
        raise Http404
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.command(consent_print, consent=consent, by=request.user):
        return attach(f"F2 {consent.template.title}.pdf", form.result, "application/pdf")
    about = About(consent.client)
    context = {
        **about.context,
        "form": form,
        "back_url": about.url("consents"),
        "heading": _("打印：%(title)s") % {"title": ALL["F2"].title},
        "warnings": minded_of(consent.client),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/print.html", context, status=status)


@require_GET
def document(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A signed paper kept with a person, as a download."""
    one = document_or_404(request, uid)
    return attachment(one, person_document_read(document=one, by=request.user))


def document_or_404(request: HttpRequest, uid: uuid.UUID) -> Document:
    """A signed paper kept with a person that the reader may open."""
    rows = Document.objects.visible_to(request.user).filter(
        subject_kind="client", voided_at__isnull=True
    )
    one = get_object_or_404(rows.select_related("created_by"), uid=uid)
    if not can_read_person_document(request.user, one):
        raise Http404
    return one
