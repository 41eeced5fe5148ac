"""Material of courses and certificates: kept, given out, removed."""

import uuid
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import staff_permissions as may
from departments.forms.learning import MaterialForm
from departments.forms.papers import PaperRemoveForm
from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.mechanisms import Document
from departments.services import learning_papers as services
from departments.views.filling import Filling, fill_in
from departments.views.viewing import Frame, viewer
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
                "crumbs": _crumbs(event),
                "cancel": to,
                "is_upload": True,
            },
        ),
    )


def _found(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, LearningEvent]:
    """A file of a course or a supervision that the person may see."""
    files = Document.objects.visible_to(request.user)
    files = files.filter(subject_kind="learningevent", voided_at__isnull=True)
    document = get_object_or_404(files.select_related("created_by"), uid=uid)
    events = LearningEvent.objects.visible_to(request.user)
    return document, get_object_or_404(events, pk=document.subject_id)


def _crumbs(event: LearningEvent) -> list[tuple[str, object]]:
    home = reverse("departments:learning")
    above = (
        (home, pgettext_lazy("learning", "督导"))
        if event.is_supervised
        else (f"{home}?show=courses", _("培训"))
    )
    return [above, (reverse("departments:learning_event", args=[event.uid]), event.theme)]


@require_safe
def material(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file inside the portal, page by page."""
    document, event = _found(request, uid)
    content = services.learning_material_read(event=event, document=document, by=request.user)
    remove = reverse("departments:learning_material_remove", args=[uid])
    frame = Frame(
        crumbs=_crumbs(event),
        back_url=_crumbs(event)[-1][0],
        file_url=reverse("departments:learning_material_file", args=[uid]),
        page_url=lambda number: reverse("departments:learning_material_page", args=[uid, number]),
        kind=_("材料"),
        remove_url=remove if may.can_keep_learning(request.user, event) else "",
    )
    return viewer(request, document, content, frame)


@require_safe
def material_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file as a download."""
    document, event = _found(request, uid)
    content = services.learning_material_read(event=event, document=document, by=request.user)
    return given(document.title, content, document.mime)


@require_safe
def material_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of it as a picture."""
    document, event = _found(request, uid)
    content, mime = services.learning_material_page(
        event=event,
        document=document,
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return given(f"{number}", content, mime)


@require_http_methods(["GET", "POST"])
def material_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    document, event = _found(request, uid)
    require(may.can_keep_learning, request.user, event)
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=PaperRemoveForm,
            service=services.learning_material_remove,
            given={"event": event, "document": document},
            to=_crumbs(event)[-1][0],
            done=_("已删除，审计中保留。"),
            context={
                "heading": _("删除文件"),
                "lead": document.title,
                "crumbs": _crumbs(event),
                "cancel": reverse("departments:learning_material", args=[uid]),
                "tone": "danger",
                "button": _("删除"),
            },
        ),
    )


@require_POST
def certificate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The certificate of whoever passed."""
    rows = LearningAttendance.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("event"), uid=uid)
    content = services.learning_certify(attendance=row, by=request.user)
    return given(f"{_('结业证书')}.pdf", content, "application/pdf")


def given(name: str, content: bytes, mime: str) -> HttpResponse:
    """A download that no browser runs or draws."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store, private"
    return response
