"""The page on which a hospital blackens a paper before its copy is sent."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from departments.services.viewing import document_look
from donations.forms.requests import BlackenForm
from donations.models.requests import RequestDocument
from donations.permissions import can_amend_request
from donations.services.blackening import paper_blacken
from donations.services.course import takes_paper
from donations.views import parts
from donations.views.files import paper_content
from donations.views.guards import hospital_page
from donations.views.stepping import Step, take
from donations.workflow import RequestState


@require_http_methods(["GET", "POST"])
@hospital_page
def blacken(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The pages of a paper to draw on; 404 once it may not be changed any more."""
    paper = _paper_or_404(request, uid)
    aid = paper.request
    page = "request_edit" if aid.state == RequestState.DRAFT else "request"
    back = f"{reverse(f'donations:{page}', args=[aid.uid])}#papers"
    label = parts.paper_labels(aid).get(paper.type, paper.type)
    return take(
        request,
        Step(
            form=BlackenForm,
            service=paper_blacken,
            given={"request": aid, "paper": paper},
            initial={"boxes": "\n".join(" ".join(map(str, row)) for row in paper.boxes)},
            page="donations/blacken.html",
            title=_("遮盖画面：%(paper)s") % {"paper": label},
            button=_("保存遮盖"),
            done=_("已保存：基金会的副本按这样遮盖后重新绘制。"),
            to=back,
            back_url=back,
            context={"aid": aid, "label": label, "pages": _pages(request, paper)},
        ),
    )


def _paper_or_404(request: HttpRequest, uid: uuid.UUID) -> RequestDocument:
    rows = RequestDocument.objects.visible_to(request.user).filter(document__isnull=False)
    paper = get_object_or_404(
        rows.select_related("request__programme_version", "document"), uid=uid
    )
    may = takes_paper(paper.request, paper.type) and can_amend_request(request.user, paper.request)
    if not may:
        raise Http404
    return paper


def _pages(request: HttpRequest, paper: RequestDocument) -> list[dict[str, object]]:
    """The pages as pictures; reading the file is audited like every other opening of it."""
    file, content = paper_content(request, paper)
    looking = document_look(document=file, content=content, by=request.user)
    if looking is None:
        return []
    query = urlencode({"key": looking.key})
    return [
        {
            "page": one,
            "url": f"{reverse('donations:document_page', args=[paper.uid, one.number])}?{query}",
        }
        for one in looking.pages.shown
    ]
