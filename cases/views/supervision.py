"""Cases of a supervision: the panel on its page, one more, one less, and the record on paper."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.forms.supervision import DiscussedForm
from cases.models.supervision import SupervisionCase
from cases.services.supervision import (
    OPEN_STATES,
    discussed,
    supervision_case_add,
    supervision_case_drop,
    supervision_print,
)
from cases.supervision_permissions import can_discuss_case
from cases.views.documents import attach
from cases.views.filling import Filling, fill_in
from departments.models.learning import LearningEvent
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer


def _event(request: HttpRequest, uid: uuid.UUID) -> LearningEvent:
    rows = LearningEvent.objects.visible_to(request.user).supervised()
    return get_object_or_404(rows.select_related("leader", "department"), uid=uid)


@require_GET
def supervision_cases(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The panel: each case as its reader may know it."""
    event = _event(request, uid)
    may_add = event.state in OPEN_STATES and can_discuss_case(request.user, event)
    context = {
        "event": event,
        "rows": discussed(event, by=request.user),
        "may_add": may_add,
        "plain": CommandForm(),
    }
    return render(request, "cases/_supervision_cases.html", context)


@require_http_methods(["GET", "POST"])
def supervision_case_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = _event(request, uid)
    require(can_discuss_case, request.user, event)
    to = reverse("departments:learning_event", args=[uid])
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=DiscussedForm,
            form_args={"by": request.user},
            service=supervision_case_add,
            given={"event": event},
            to=to,
            done=_("已列入讨论的个案。"),
            initial={"is_deidentified": True},
            draft="cases-supervision_case",
            subject=event.uid,
            context={
                "heading": _("列入讨论的个案"),
                "crumbs": [(reverse("departments:learning"), _("督导")), (to, event.theme)],
                "cancel": to,
            },
        ),
    )


@require_POST
def supervision_case_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    events = LearningEvent.objects.visible_to(request.user)
    rows = SupervisionCase.objects.visible_to(request.user).filter(event__in=events)
    rows = rows.select_related("event")
    row = get_object_or_404(rows, uid=uid)
    form = CommandForm(request.POST)
    ok = form.command(supervision_case_drop, row=row, by=request.user)
    to = reverse("departments:learning_event", args=[row.event.uid])
    context = {
        "form": form,
        "heading": _("撤下讨论的个案"),
        "crumbs": [(to, row.event.theme)],
        "cancel": to,
    }
    page = "departments/form_page.html"
    return answer(request, page, context, ok=ok, to=to, done=str(_("已撤下。")))


@require_POST
def supervision_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The record on A4."""
    content = supervision_print(event=_event(request, uid), by=request.user)
    return attach(f"{_('督导记录')}.pdf", content, "application/pdf")
