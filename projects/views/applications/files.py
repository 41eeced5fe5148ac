"""The papers of an application: uploaded by the unit, read by it and by the issuer."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.documents import attachment
from departments.services.documents import document_read
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer
from projects.forms.sections import FileForm
from projects.permissions import calls as may
from projects.services.applications import files as services
from projects.views.applications.page import application_or_404
from projects.views.guards import both_sides, unit_page


@require_http_methods(["GET", "POST"])
@unit_page
def add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One paper more; the page stays for the next one."""
    row = application_or_404(request, uid)
    require(may.can_write_application, request.user, row)
    sheet = Filling(
        page="projects/application_files.html",
        form=FileForm,
        service=services.application_file_add,
        given={"application": row},
        to=reverse("applications:files", args=[uid]),
        done=_("附件已保存。"),
        context={"application": row, "call": row.call, "files": services.files_of(row)},
    )
    return fill_in(request, sheet)


@require_safe
@both_sides
def read(request: HttpRequest, uid: uuid.UUID, document_uid: uuid.UUID) -> HttpResponse:
    """A paper as a download that is written down."""
    row = application_or_404(request, uid)
    file = get_object_or_404(services.files_of(row), uid=document_uid)
    return attachment(file, document_read(document=file, by=request.user))


@require_POST
@unit_page
def remove(request: HttpRequest, uid: uuid.UUID, document_uid: uuid.UUID) -> HttpResponse:
    row = application_or_404(request, uid)
    file = get_object_or_404(services.files_of(row), uid=document_uid)
    services.application_file_remove(application=row, document=file, by=request.user)
    to = reverse("applications:files", args=[uid])
    return answer(
        request, "projects/application_files.html", {}, ok=True, to=to, done=_("附件已撤下。")
    )
