"""Files of a call: kept by its issuer, given out to everybody with the announcement."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.documents import attachment
from cases.views.public_doors import public
from departments.services.documents import document_read
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer
from projects.forms.calls import CallFileForm
from projects.permissions import calls as may
from projects.services.calls import files as services
from projects.views.calls.listing import own_call_or_404
from projects.views.calls.testing import refused_for_now
from projects.views.guards import issuer_page
from projects.workflow.calls import CallState

PAGE = "projects/call_files.html"


@require_http_methods(["GET", "POST"])
@issuer_page
def files(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What is given out, and one more; the page stays for the next."""
    call = own_call_or_404(request, uid)
    require(may.can_keep_call, request.user, call)
    is_published = call.state != CallState.DRAFT
    sheet = Filling(
        page=PAGE,
        form=CallFileForm,
        form_args={"is_published": is_published},
        service=services.call_file_add,
        given={"call": call},
        to=reverse("calls:files", args=[uid]),
        done=_("附件已保存。"),
        context={"call": call, "is_published": is_published, "purposes": services.Purpose},
    )
    return fill_in(request, sheet)


@require_safe
@issuer_page
def file(request: HttpRequest, uid: uuid.UUID, file_uid: uuid.UUID) -> HttpResponse:
    """A file as its own house reads it, published or not."""
    call = own_call_or_404(request, uid)
    found = get_object_or_404(services.files_of(call), uid=file_uid)
    return attachment(found, document_read(document=found, by=request.user))


@require_POST
@issuer_page
def file_remove(request: HttpRequest, uid: uuid.UUID, file_uid: uuid.UUID) -> HttpResponse:
    call = own_call_or_404(request, uid)
    note = request.POST.get("note", "")
    services.call_file_remove(call=call, uid=file_uid, note=note, by=request.user)
    to = reverse("calls:files", args=[uid])
    return answer(request, PAGE, {}, ok=True, to=to, done=_("附件已撤下。"))


@public
@require_safe
def public_file(request: HttpRequest, slug: str, file_uid: uuid.UUID) -> HttpResponse:
    """A file of an announcement, for anybody."""
    refused = refused_for_now(request)
    if refused is not None:
        return refused
    found = services.call_file_public(slug, file_uid)
    if found is None:
        raise Http404
    return attachment(*found)
