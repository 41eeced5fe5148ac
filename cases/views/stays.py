"""What the hospital's system says otherwise: taken over or put aside with one click."""

import uuid
from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.forms.stays import TAKE, SettleForm
from cases.models.casework import Case
from cases.models.people import Episode
from cases.services.feeds.saying import LABELS, episode_keep, episode_take_over
from msw_portal.kernel.htmx import go_to


@require_POST
def settle(request: HttpRequest, uid: uuid.UUID, fact: str) -> HttpResponse:
    """One fact of one stay; back to the page it was decided on, with a sentence when it could not be."""
    rows = Episode.objects.visible_to(request.user).select_related("client__root")
    stay = get_object_or_404(rows, uid=uid)
    if fact not in LABELS:
        raise Http404
    form = SettleForm(request.POST)
    form.is_valid()
    is_taken = form.chosen == TAKE
    service = episode_take_over if is_taken else episode_keep
    if form.command(service, stay=stay, fact=fact, by=request.user):
        said = (
            _("已按医院系统改。") if is_taken else _("已保留这里记的；医院系统再有变化时会再提示。")
        )
        messages.success(request, said)
    else:
        messages.error(
            request, " ".join(str(one) for found in form.errors.values() for one in found)
        )
    return go_to(request, _back(request, stay))


def _back(request: HttpRequest, stay: Episode) -> str:
    with suppress(ValueError):
        asked = uuid.UUID(request.GET.get("case", ""))
        own = Case.objects.visible_to(request.user).of_person(stay.client)
        if own.filter(uid=asked).exists():
            return reverse("cases:case", args=[asked])
    return reverse("cases:client", args=[stay.client.person.uid])
