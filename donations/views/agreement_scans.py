"""The signed agreement inside the portal, page by page, for either house."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cases.views.documents import attach, attachment
from departments.models.people import User
from departments.services.viewing import document_page
from departments.views.viewing import Frame, viewer
from donations.models.requests import FundingRequest
from donations.services.agreement_scans import scan_file, scan_read


def scan_url(user: User, aid: FundingRequest) -> str:
    """Where this reader sees the scan; "" without one. A person's stands in the case, where its house reads it."""
    file = scan_file(request=aid, by=user)
    if file is None:
        return ""
    if file.derived_from_id is None and not aid.is_for_project:
        return reverse("cases:document_view", args=[file.uid])
    return reverse("donations:aid_scan_view", args=[aid.uid])


def _request(request: HttpRequest, uid: uuid.UUID) -> FundingRequest:
    rows = FundingRequest.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("project"), uid=uid)


@require_safe
def scan_view(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The scan with its pages; an opening like a download."""
    aid = _request(request, uid)
    is_own = request.user.house_id == aid.organization_id
    back = reverse("donations:request" if is_own else "donations:review", args=[uid])
    return viewer(
        request,
        *scan_read(request=aid, by=request.user),
        Frame(
            crumbs=((back, aid.number or _("救助申请")),),
            back_url=f"{back}#agreement",
            file_url=reverse("donations:aid_scan_file", args=[uid]),
            page_url=lambda number: reverse("donations:aid_scan_page", args=[uid, number]),
            kind=_("签字协议"),
        ),
    )


@require_safe
def scan_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One page as a picture, for the page that shows it."""
    file: Any = scan_file(request=_request(request, uid), by=request.user)
    if file is None:
        raise Http404
    key = request.GET.get("key", "")
    content, mime = document_page(document=file, number=number, key=key, by=request.user)
    return attach(f"{number}", content, mime)


@require_safe
def scan_download(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The scan as a file."""
    return attachment(*scan_read(request=_request(request, uid), by=request.user))
