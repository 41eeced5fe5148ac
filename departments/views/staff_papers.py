"""Scans of certificates: uploaded, looked at page by page, given out, removed."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from departments import staff_permissions as may
from departments.forms.papers import PaperRemoveForm, ScanForm
from departments.models.mechanisms import Document
from departments.models.staff import StaffCredential
from departments.services import staff_papers as services
from departments.views.filling import Filling, fill_in
from departments.views.learning_papers import given
from departments.views.viewing import Frame, viewer
from msw_portal.kernel.access import require

BOTH = require_http_methods(["GET", "POST"])


def _home(credential: StaffCredential) -> str:
    return reverse("departments:profile", args=[credential.staff.uid])


def _crumbs(credential: StaffCredential) -> list[tuple[str, object]]:
    people = (reverse("departments:profiles"), _("人员与资质"))
    return [people, (_home(credential), credential.staff.name)]


def _found(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, StaffCredential]:
    """A scan of a certificate that the person may see."""
    files = Document.objects.visible_to(request.user)
    files = files.filter(subject_kind="staffcredential", voided_at__isnull=True)
    document = get_object_or_404(files.select_related("created_by"), uid=uid)
    rows = StaffCredential.objects.visible_to(request.user).select_related("staff")
    return document, get_object_or_404(rows, pk=document.subject_id)


@BOTH
def paper_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = StaffCredential.objects.visible_to(request.user).select_related("staff")
    credential = get_object_or_404(rows, uid=uid)
    require(may.can_keep_profile, request.user, credential.staff)
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=ScanForm,
            service=services.credential_paper_add,
            given={"credential": credential},
            to=_home(credential),
            done=_("扫描件已保存。"),
            context={
                "heading": _("上传扫描件"),
                "lead": str(credential),
                "crumbs": _crumbs(credential),
                "cancel": _home(credential),
                "is_upload": True,
                "button": _("上传"),
            },
        ),
    )


@require_safe
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The scan inside the portal, page by page."""
    document, credential = _found(request, uid)
    content = services.credential_paper_read(
        credential=credential, document=document, by=request.user
    )
    remove = reverse("departments:credential_paper_remove", args=[uid])
    frame = Frame(
        crumbs=_crumbs(credential),
        back_url=_home(credential),
        file_url=reverse("departments:credential_paper_file", args=[uid]),
        page_url=lambda number: reverse("departments:credential_paper_page", args=[uid, number]),
        kind=credential.get_kind_display(),
        remove_url=remove if may.can_keep_profile(request.user, credential.staff) else "",
    )
    return viewer(request, document, content, frame)


@require_safe
def paper_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The scan as a download."""
    document, credential = _found(request, uid)
    content = services.credential_paper_read(
        credential=credential, document=document, by=request.user
    )
    return given(document.title, content, document.mime)


@require_safe
def paper_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page of it as a picture."""
    document, credential = _found(request, uid)
    content, mime = services.credential_paper_page(
        credential=credential,
        document=document,
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return given(f"{number}", content, mime)


@BOTH
def paper_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    document, credential = _found(request, uid)
    require(may.can_keep_profile, request.user, credential.staff)
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=PaperRemoveForm,
            service=services.credential_paper_remove,
            given={"credential": credential, "document": document},
            to=_home(credential),
            done=_("已删除，审计中保留。"),
            context={
                "heading": _("删除文件"),
                "lead": document.title,
                "crumbs": _crumbs(credential),
                "cancel": reverse("departments:credential_paper", args=[uid]),
                "tone": "danger",
                "button": _("删除"),
            },
        ),
    )
