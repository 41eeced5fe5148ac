"""G1 to G4 and the paper of an activity, as attachments."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cases.form_permissions import can_print_blank
from cases.form_schemas.groups import GROUP_FORMS
from cases.services.groups.blanks import group_blank_print
from cases.services.groups.papers import MAKERS, event_print, group_print, session_print
from cases.views.documents import attach
from cases.views.events import event_or_404
from cases.views.groups.finding import inside_or_404, session_or_404

PDF = "application/pdf"


@require_GET
def group_paper(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """G1, G2 or G4 of a group."""
    group = inside_or_404(request, uid)
    if kind not in MAKERS:
        raise Http404
    content = group_print(group=group, kind=kind, by=request.user)
    return attach(f"{kind} {GROUP_FORMS[kind].title} {group.name}.pdf", content, PDF)


@require_GET
def blank_paper(request: HttpRequest, kind: str) -> HttpResponse:
    """G1 to G4, empty, to write on by hand."""
    if kind not in GROUP_FORMS or not can_print_blank(request.user):
        raise Http404
    content = group_blank_print(kind=kind, by=request.user)
    return attach(f"{kind} {GROUP_FORMS[kind].title}.pdf", content, PDF)


@require_GET
def session_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """G3 of one session."""
    session = session_or_404(request, uid)
    content = session_print(session=session, by=request.user)
    name = f"G3 {GROUP_FORMS['G3'].title} {session.group.name} {session.number}.pdf"
    return attach(name, content, PDF)


@require_GET
def event_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Plan, record and summary of an activity."""
    activity = event_or_404(request, uid)
    content = event_print(activity=activity, by=request.user)
    return attach(f"{activity.get_event_display()} {activity.occurred_on}.pdf", content, PDF)
