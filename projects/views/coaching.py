"""The sealed note of a one-to-one coaching: read by two, corrected by who wrote it."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from projects.forms.project_events import CoachingForm
from projects.models.cultivation import ProjectEvent
from projects.models.incubation import CoachingNote
from projects.permissions import cultivation as may
from projects.services.coaching import coaching_read, coaching_write, is_coaching
from projects.views.project_finding import around, event_or_404


def _coaching_or_404(request: HttpRequest, uid: uuid.UUID) -> ProjectEvent:
    event = event_or_404(request, uid)
    if not is_coaching(event) or not may.can_view_coaching(request.user, event):
        raise Http404
    return event


@require_safe
def coaching(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What was said and advised, with every earlier version."""
    event = _coaching_or_404(request, uid)
    notes = coaching_read(event=event, by=request.user)
    context = around(
        event.project,
        _("辅导记录"),
        event=event,
        note=notes[0] if notes else None,
        earlier=notes[1:],
        may_write=may.can_write_coaching(request.user, event),
    )
    return render(request, "projects/coaching.html", context)


@require_http_methods(["GET", "POST"])
def coaching_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write the note, or its next version."""
    event = _coaching_or_404(request, uid)
    if not may.can_write_coaching(request.user, event):
        raise Http404
    here = reverse("projects:coaching", args=[event.uid])
    return fill_in(
        request,
        Filling(
            page="projects/form.html",
            form=CoachingForm,
            form_args={"is_first": _current(request, event).version == 0},
            service=coaching_write,
            given={"event": event},
            to=here,
            done=_("已保存，只有您和对方单位负责人能看到。"),
            draft="projects-coaching",
            subject=event.uid,
            current=lambda: _current(request, event),
            context=around(event.project, _("写辅导记录"), lead=event.title) | {"back_url": here},
        ),
    )


def _current(request: HttpRequest, event: ProjectEvent) -> Current:
    """The newest version; 0 while there is none."""
    notes = CoachingNote.objects.visible_to(request.user).filter(event=event)
    last = notes.order_by("-version").first()
    if last is None:
        return Current(0, {})
    return Current(
        last.version, {"body": last.body, "advice": last.advice or ""}, at=last.created_at
    )
