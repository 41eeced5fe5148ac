"""One step for the requests that were ticked on the board: what it will do, then what became of each."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from donations.board_permissions import can_handle_many
from donations.forms.review import AssignForm, SupplementTogetherForm, TogetherForm
from donations.models.requests import FundingRequest
from donations.services import bulk
from donations.views import rows
from donations.views.guards import foundation_page

JOINS = ("organization", "programme_version", "review_disclosure")
STEPS: dict[str, tuple[Any, Any, Any, Any]] = {
    "check": (
        _("受理"),
        TogetherForm,
        bulk.requests_check,
        _("开始材料审核的时限；不等于材料齐全。"),
    ),
    "supplement": (
        _("要求补件"),
        SupplementTogetherForm,
        bulk.requests_ask_supplement,
        _("每份申请各自退回补件，医院收到同样的说明。"),
    ),
    "assign": (
        _("指派"),
        AssignForm,
        bulk.requests_assign,
        _("把现在这一步交给一位同事，他会收到通知；别人仍可以办理。"),
    ),
}


@require_http_methods(["GET", "POST"])
@foundation_page
def together(request: HttpRequest, step: str) -> HttpResponse:
    """GET: the chosen requests and the step's form. POST: the step for each; every outcome is listed."""
    asked = STEPS.get(step)
    if asked is None or not can_handle_many(request.user):
        raise Http404
    label, form_class, service, note = asked
    chosen = _chosen(request)
    args = _form_args(request, form_class, chosen)
    form = form_class(request.POST if request.method == "POST" else None, **args)
    context = {"label": label, "note": note, "form": form, "back_url": reverse("donations:board")}
    if request.method == "POST" and form.command(service, requests=chosen, by=request.user):
        return render(request, "donations/together_done.html", context | _told(form.result))
    context |= {"rows": [rows.sent_row(one) for one in chosen], "most": bulk.MOST}
    status = 422 if request.method == "POST" else 200
    return render(request, "donations/together.html", context, status=status)


def _chosen(request: HttpRequest) -> list[FundingRequest]:
    """The ticked requests that one may see, at most a few more than a step takes."""
    uids = []
    for text in request.GET.getlist("row")[: bulk.MOST + 1]:
        try:
            uids.append(uuid.UUID(text))
        except ValueError:
            continue
    sent = FundingRequest.objects.visible_to(request.user).select_related(*JOINS)
    return list(sent.filter(uid__in=uids).order_by("due_at", "pk"))


def _form_args(request: HttpRequest, form: type, chosen: list[FundingRequest]) -> dict[str, Any]:
    if form is AssignForm:
        return {"colleagues": bulk.officers(request.user)}
    if form is SupplementTogetherForm:
        listed = (row for one in chosen for row in one.programme_version.documents)
        return {"papers": {row["type"]: row.get("text", row["type"]) for row in listed}.items()}
    return {}


def _told(outcomes: list[bulk.Outcome]) -> dict[str, Any]:
    lines = [rows.sent_row(one.request) | {"refusal": one.refusal} for one in outcomes]
    return {
        "done": [line for line in lines if not line["refusal"]],
        "refused": [line for line in lines if line["refusal"]],
    }
