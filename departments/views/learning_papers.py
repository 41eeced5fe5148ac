"""Material of courses and certificates: kept, given out, removed."""

import uuid
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import staff_permissions as may
from departments.forms.learning import MaterialForm
from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.mechanisms import Document
from departments.services import learning_papers as services
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require


@require_http_methods(["GET", "POST"])
def material_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    events = LearningEvent.objects.visible_to(request.user)
    event = get_object_or_404(events, uid=uid)
    require(may.can_keep_learning, request.user, event)
    to = reverse("departments:learning_event", args=[uid])
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=MaterialForm,
            service=services.learning_material_add,
            given={"event": event},
            to=to,
            done=_("材料已保存。"),
            context={
                "heading": _("上传材料"),
                "crumbs": [(to, event.theme)],
                "cancel": to,
                "is_upload": True,
            },
        ),
    )


@require_safe
def material(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file as a download, after its course was found visible."""
    files = Document.objects.visible_to(request.user)
    document = get_object_or_404(
        files.filter(subject_kind="learningevent", voided_at__isnull=True), uid=uid
    )
    events = LearningEvent.objects.visible_to(request.user)
    event = get_object_or_404(events, pk=document.subject_id)
    content = services.learning_material_read(event=event, document=document, by=request.user)
    return _given(document.title, content, document.mime)


@require_POST
def certificate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The certificate of whoever passed."""
    rows = LearningAttendance.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("event"), uid=uid)
    content = services.learning_certify(attendance=row, by=request.user)
    return _given(f"{_('结业证书')}.pdf", content, "application/pdf")


def _given(name: str, content: bytes, mime: str) -> HttpResponse:
    """A download that no browser runs or draws."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store, private"
    return response
