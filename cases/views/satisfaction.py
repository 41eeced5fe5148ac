"""Satisfaction given by people themselves: the code on the screen, the page behind it."""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.forms.satisfaction import MarkForm
from cases.models.groups import Group
from cases.services import satisfaction as services
from cases.views.events import event_or_404
from cases.views.groups.finding import inside_or_404
from cases.views.public_doors import page, public
from departments.services import rate
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.pictures import code_picture

STAFF, PUBLIC = "cases/satisfaction.html", "doors/satisfaction.html"
FIND = {"group": inside_or_404, "activity": event_or_404}


def _subject(request: HttpRequest, what: str, uid: uuid.UUID) -> services.Subject:
    if what not in FIND:
        raise Http404
    subject = FIND[what](request, uid)
    if not services.can_ask_satisfaction(request.user, subject):
        raise Http404
    return subject


def _context(what: str, subject: services.Subject, form: CommandForm) -> dict[str, Any]:
    is_group = isinstance(subject, Group)
    address = {"args": [what, subject.uid]}
    return {
        "subject_title": subject.name if is_group else subject.topic,
        "back": reverse("cases:group" if is_group else "cases:event", args=[subject.uid]),
        "list_url": reverse("cases:groups" if is_group else "cases:events"),
        "here": reverse("cases:satisfaction", **address),
        "new_url": reverse("cases:satisfaction_new", **address),
        "end_url": reverse("cases:satisfaction_end", **address),
        "link": services.satisfaction_code_of(subject=subject),
        "is_open": services.takes_answers(subject),
        "given": services.given_for(subject),
        "form": form,
    }


@require_safe
def satisfaction(request: HttpRequest, what: str, uid: uuid.UUID) -> HttpResponse:
    """Whether answers are being taken, and what has come in."""
    subject = _subject(request, what, uid)
    return render(request, STAFF, _context(what, subject, CommandForm()))


@require_POST
def satisfaction_new(request: HttpRequest, what: str, uid: uuid.UUID) -> HttpResponse:
    """A new code; it stands on the answer and nowhere else."""
    subject = _subject(request, what, uid)
    form = CommandForm(request.POST)
    made = form.command(services.satisfaction_code_create, subject=subject, by=request.user)
    context = _context(what, subject, form)
    if made:
        path = reverse("doors:satisfaction", args=[form.result.token])
        address = request.build_absolute_uri(path)
        context |= {"address": address, "picture": code_picture(address)}
    return render(request, STAFF, context, status=200 if made else 422)


@require_POST
def satisfaction_end(request: HttpRequest, what: str, uid: uuid.UUID) -> HttpResponse:
    """No more answers."""
    subject = _subject(request, what, uid)
    form = CommandForm(request.POST)
    ok = form.command(services.satisfaction_code_revoke, subject=subject, by=request.user)
    context = _context(what, subject, form)
    return answer(request, STAFF, context, ok=ok, to=context["here"], done=_("不再收满意度。"))


@public
def give(request: HttpRequest, token: str) -> HttpResponse:
    """One question on a phone; dead codes answer alike."""
    asked = services.asked_at(token)
    if asked is None:
        return page(request, "doors/gone.html", 404)
    if request.method != "POST":
        return page(request, PUBLIC, asked=asked, form=MarkForm())
    form = MarkForm(request.POST)
    if not form.is_valid():
        return page(request, PUBLIC, 422, asked=asked, form=form)
    if wait := _too_many(request):
        form.add_error(None, _("试的次数太多，请 %(n)s 分钟后再试。") % {"n": wait})
        return page(request, PUBLIC, 429, asked=asked, form=form)
    return _give(request, token, asked, form)


def _give(request: HttpRequest, token: str, asked: services.Asked, form: MarkForm) -> HttpResponse:
    try:
        row = services.mark_give(token=token, **form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return page(request, PUBLIC, 422, asked=asked, form=form)
    if row is None:
        return page(request, "doors/gone.html", 404)
    return page(request, PUBLIC, asked=asked, is_given=True)


def _too_many(request: HttpRequest) -> int:
    """Minutes to wait; a whole group behind one address of the house's network is not too many."""
    tried = rate.hit(
        f"satisfaction:{request.facts.ip}",
        limit=settings.DOOR_ADDRESS_LIMIT * 10,
        window=settings.DOOR_WINDOW_SECONDS,
    )
    return 0 if tried else tried.seconds_left // 60 + 1
