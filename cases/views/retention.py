"""The archive of casework: files whose period is over with day and reason, lists of them, holds."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import person_permissions as may
from cases.forms.retention import DuesForm, HoldEndForm, HoldForm
from cases.models.holds import RecordHold
from cases.services import record_holds
from cases.services.clocks import end_of_day
from cases.services.retention import (
    case_files_propose,
    dues_of,
    ended_cases,
    number_of,
    standing_holds,
)
from cases.views.filling import Filling, fill_in
from cases.views.finding import client_or_404
from departments.services.retention import BY_CODE
from departments.views.paging import page_of

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20


def _head_or_404(request: HttpRequest) -> None:
    if not may.can_list_holds(request.user):
        raise Http404


@require_GET
def dues(request: HttpRequest) -> HttpResponse:
    """Finished files past the least period, the oldest first: each with its day, its reason, what holds it."""
    _head_or_404(request)
    page = page_of(request, ended_cases(by=request.user), order=("closed_at", "id"), size=PAGE)
    found = [
        {"due": one, "number": number_of(one.case), "title": BY_CODE[one.code].title}
        for one in dues_of(page["rows"], by=request.user)
    ]
    context = {**page, "rows": found, "may_propose": any(_is_free(one["due"]) for one in found)}
    return render(request, "cases/dues.html", context)


def _is_free(due: Any) -> bool:
    return due.is_due and not due.is_listed


@BOTH
def propose(request: HttpRequest) -> HttpResponse:
    """Put files on a list for somebody else to approve; the oldest that are due are offered."""
    _head_or_404(request)
    rows = ended_cases(by=request.user).order_by("closed_at", "id")[: PAGE * 2]
    offered = [
        (str(one.case.uid), f"{number_of(one.case)} · {one.decisive.words}")
        for one in dues_of(rows, by=request.user)
        if _is_free(one)
    ]
    here = reverse("cases:dues")
    sheet = Filling(
        page="cases/dues_propose.html",
        form=DuesForm,
        form_args={"offered": offered},
        service=case_files_propose,
        given={},
        to=lambda record: reverse("privacy:one_list", args=[record.uid]),
        done=_("清单已提出，请另一人批准。"),
        context={"cancel": here},
    )
    return fill_in(request, sheet)


@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Holds that stand, the oldest first."""
    _head_or_404(request)
    page = page_of(request, standing_holds(by=request.user), order=("since", "id"), size=PAGE)
    rows = [
        {"one": one, "due_at": end_of_day(one.may_end_on) if one.may_end_on else None}
        for one in page["rows"]
    ]
    return render(request, "cases/holds.html", {**page, "rows": rows})


@BOTH
def hold_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Set a hold on a person's records."""
    _head_or_404(request)
    client = client_or_404(request, uid)
    sheet = Filling(
        page="cases/hold_new.html",
        form=HoldForm,
        service=record_holds.record_hold_set,
        given={"client": client},
        initial={"since": timezone.localdate()},
        to=reverse("cases:client", args=[uid]),
        done=_("已登记。解除之前，这个人的记录不会被删除或销毁。"),
        context={"client": client, "holds": record_holds.holds_of(client)},
    )
    return fill_in(request, sheet)


@BOTH
def hold(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """End a hold with the ground."""
    _head_or_404(request)
    rows = RecordHold.objects.visible_to(request.user).select_related("client", "created_by")
    one = get_object_or_404(rows, uid=uid)
    sheet = Filling(
        page="cases/hold_end.html",
        form=HoldEndForm,
        service=record_holds.record_hold_end,
        given={"hold": one},
        to=reverse("cases:holds"),
        done=_("封存已解除。"),
        context={"client": one.client, "hold": one},
    )
    return fill_in(request, sheet)
