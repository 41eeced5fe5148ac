"""The guardian's signed paper of a minor, inside the portal, page by page."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cases.views.documents import attach, attachment
from departments.views.viewing import Frame, viewer
from volunteers.models.people import Volunteer
from volunteers.permissions import can_amend_volunteer
from volunteers.services.standing import guardian_paper_page, guardian_paper_read
from volunteers.views.finding import volunteer_or_404


def _found(request: HttpRequest, uid: uuid.UUID) -> Volunteer:
    one = volunteer_or_404(request, uid)
    if one.guardian_consent_id is None or not can_amend_volunteer(request.user, one):
        raise Http404
    return one


@require_GET
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The newest paper as pictures."""
    one = _found(request, uid)
    back = reverse("volunteers:volunteer", args=[uid])
    return viewer(
        request,
        one.guardian_consent,
        guardian_paper_read(volunteer=one, by=request.user),
        Frame(
            crumbs=((reverse("volunteers:list"), _("志愿者")), (back, one.name_masked)),
            back_url=back,
            file_url=reverse("volunteers:guardian_file", args=[uid]),
            page_url=lambda number: reverse("volunteers:guardian_page", args=[uid, number]),
            kind=_("监护人同意书"),
        ),
    )


@require_GET
def file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The paper as a download."""
    one = _found(request, uid)
    return attachment(one.guardian_consent, guardian_paper_read(volunteer=one, by=request.user))


@require_GET
def page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """One opened page as a picture."""
    content, mime = guardian_paper_page(
        volunteer=_found(request, uid),
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return attach(f"{number}", content, mime)
