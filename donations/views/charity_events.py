"""Events that start a clock of their own: the list, one with its duty, recording and taking back."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.services.history import history_lines
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from donations.disclosure_permissions import can_record_event, can_void_event
from donations.forms.disclosure import EventForm, VoidEventForm
from donations.models.disclosure import CharityEvent, DisclosureItem
from donations.services.charity_events import event_record, event_void
from donations.views.disclosure_words import duty_words, tone_of
from donations.views.disclosures import BOTH
from donations.views.guards import foundation_page
from donations.views.paging import PAGE_SIZE
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require

ORDER = ("-happened_on", "-id")


@require_safe
@foundation_page
def events(request: HttpRequest) -> HttpResponse:
    """Every event of the house, the newest first."""
    rows = CharityEvent.objects.visible_to(request.user)
    page = page_of(request, rows, order=ORDER, size=PAGE_SIZE)
    page["may_record"] = can_record_event(request.user)
    return render(request, "donations/charity_events.html", page)


@BOTH
@foundation_page
def event_new(request: HttpRequest) -> HttpResponse:
    """Record an event; its duty stands on the calendar at once."""
    require(can_record_event, request.user, None)
    return fill_in(
        request,
        Filling(
            page="donations/charity_event_new.html",
            form=EventForm,
            service=event_record,
            given={},
            to=lambda made: reverse("donations:charity_event", args=[made.uid]),
            done=_("已登记，三十天内要公布。"),
            draft="donations-charity_event",
        ),
    )


def _one(request: HttpRequest, uid: uuid.UUID) -> CharityEvent:
    return get_object_or_404(CharityEvent.objects.visible_to(request.user), uid=uid)


@require_safe
@foundation_page
def event(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One event with what it made due."""
    found = _one(request, uid)
    items = DisclosureItem.objects.visible_to(request.user).filter(
        subject_kind=found._meta.model_name, subject_id=found.pk
    )
    context = {
        "event": found,
        "items": [
            {
                "url": reverse("donations:disclosure_item", args=[one.uid]),
                "duty": duty_words(one.rule_key),
                "item": one,
                "state": one.get_state_display(),
                "tone": tone_of(one),
            }
            for one in items.order_by("due_on")
        ],
        "may_void": found.voided_at is None and can_void_event(request.user, found),
        "history": history_lines(found),
    }
    return render(request, "donations/charity_event.html", context)


@BOTH
@foundation_page
def event_take_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Void what was recorded in error."""
    found = _one(request, uid)
    require(can_void_event, request.user, found)
    back = reverse("donations:charity_event", args=[uid])
    step = Step(
        form=VoidEventForm,
        service=event_void,
        given={"event": found},
        to=back,
        done=_("已作废，它的公开任务一并取消。"),
        title=_("作废"),
        button=_("作废"),
        tone="btn",
        url=request.path,
        back_url=back,
        crumbs=((reverse("donations:charity_events"), _("重大事项")), (back, found.title)),
    )
    return take(request, step)
