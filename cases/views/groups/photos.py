"""Photographs of a session: brought, looked at page by page, deleted."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms.documents import RemoveForm
from cases.forms.groups import PhotoForm
from cases.group_permissions import can_keep_group
from cases.models.groups import GroupSession
from cases.services.groups.photos import PHOTO, photo_add, photo_page, photo_read, photo_remove
from cases.views.documents import attach, attachment
from cases.views.filling import Filling, fill_in
from cases.views.groups.finding import address_of, session_or_404
from departments.models.mechanisms import Document
from departments.views.viewing import Frame, viewer

BOTH = require_http_methods(["GET", "POST"])


def _url(session: GroupSession) -> str:
    return reverse("cases:group_session", args=[session.uid])


def _found(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, GroupSession]:
    """A picture and its session, for who may read the inside of the group."""
    rows = Document.objects.visible_to(request.user).filter(kind=PHOTO, voided_at__isnull=True)
    document = get_object_or_404(rows.select_related("created_by"), uid=uid)
    return document, session_or_404(request, document.subject_uid)


@BOTH
def photo_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One picture, with the word that everybody in it agreed."""
    session = session_or_404(request, uid)
    if not can_keep_group(request.user, session.group):
        raise Http404
    return fill_in(
        request,
        Filling(
            page="cases/group_photo.html",
            form=PhotoForm,
            service=photo_add,
            given={"session": session},
            to=_url(session),
            done=_("照片已保存。"),
            context={"group": session.group, "session": session, "heading": _("上传照片")},
        ),
    )


@require_GET
def photo_view(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The picture inside the portal."""
    document, session = _found(request, uid)
    may_remove = can_keep_group(request.user, session.group)
    return viewer(
        request,
        document,
        photo_read(session=session, document=document, by=request.user),
        Frame(
            crumbs=(
                (address_of(session.group), session.group.name),
                (_url(session), _("第 %(n)d 节") % {"n": session.number}),
            ),
            back_url=_url(session),
            file_url=reverse("cases:group_photo", args=[uid]),
            page_url=lambda number: reverse("cases:group_photo_page", args=[uid, number]),
            kind=_("照片"),
            remove_url=reverse("cases:group_photo_remove", args=[uid]) if may_remove else "",
        ),
    )


@require_GET
def photo(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The picture as a download."""
    document, session = _found(request, uid)
    content = photo_read(session=session, document=document, by=request.user)
    return attachment(document, content)


@require_GET
def photo_picture(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """The opened picture, for the page that shows it."""
    document, session = _found(request, uid)
    key = request.GET.get("key", "")
    content, mime = photo_page(
        session=session, document=document, number=number, key=key, by=request.user
    )
    return attach(f"{number}", content, mime)


@BOTH
def photo_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Delete a picture, with a reason."""
    document, session = _found(request, uid)
    if not can_keep_group(request.user, session.group):
        raise Http404
    return fill_in(
        request,
        Filling(
            page="cases/group_photo_remove.html",
            form=RemoveForm,
            service=photo_remove,
            given={"session": session, "document": document},
            to=_url(session),
            done=_("照片已删除。"),
            context={"group": session.group, "document": document, "heading": _("删除照片")},
        ),
    )
