"""A line of the conversation, from either side; the list of lines comes back in its place."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.services.messages import message_write
from donations.forms.review import say_form
from donations.models.requests import FundingRequest
from donations.permissions import can_submit_request
from donations.views import parts
from donations.views.asking import request_or_404
from donations.views.guards import foundation_page, hospital_page
from donations.views.lists import Lists
from donations.views.sent import sent_or_404
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.htmx import answer, is_fragment


@require_POST
@hospital_page
def request_say(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    return _say(request, aid, "donations:request", "donations:request_say")


@require_POST
@foundation_page
def review_say(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _say(request, sent_or_404(request, uid), "donations:review", "donations:review_say")


def _say(request: HttpRequest, aid: FundingRequest, page: str, here: str) -> HttpResponse:
    if aid.counterparty_id is None:
        raise DomainError("funding_request.not_sent", _("还没有送出，基金会看不到。"), status=409)
    form = say_form(request.POST)
    ok = form.command(message_write, subject=aid, by=request.user)
    to = reverse(page, args=[aid.uid])
    if ok and not is_fragment(request):
        return answer(request, "", {}, ok=True, to=f"{to}#h-talk", done=_("已发送。"))
    context = {
        "talk": parts.talk_of(Lists(request.user, aid)),
        "say_form": say_form() if ok else form,
        "say_url": reverse(here, args=[aid.uid]),
        "back_url": to,
    }
    return answer(
        request, "donations/talk.html", context, ok=ok, fragment="donations/_talk_box.html"
    )
