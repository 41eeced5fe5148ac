"""Periods of every class, and the lists of what is destroyed: proposed, signed by another, certified."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import privacy_permissions as may
from departments.forms.privacy import ProposeForm, ReasonForm
from departments.models.compliance import ComplianceRecord
from departments.services import destruction, privacy_papers
from departments.services.destruction_next import next_due
from departments.services.history import history_lines
from departments.services.retention import classes_today
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from departments.views.privacy.gate import pdf, privacy
from departments.workflow import DestructionStep

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20
reads, proposes = privacy(may.can_view_retention), privacy(may.can_propose_destruction)
decides = privacy(may.can_decide_lists)


@require_safe
@reads
def periods(request: HttpRequest) -> HttpResponse:
    """Every class of records: how long, from when, by which rule, what then."""
    classes, row = classes_today()
    context = {"classes": classes, "rule": row, "area": "retention", **_offers(request)}
    return render(request, "departments/privacy/periods.html", context)


def _offers(request: HttpRequest) -> dict[str, Any]:
    return {
        "may_keep": may.can_keep_privacy(request.user),
        "may_propose": may.can_propose_destruction(request.user),
    }


@require_safe
@reads
def lists(request: HttpRequest) -> HttpResponse:
    """The lists, the newest first."""
    page = page_of(request, destruction.lists_of(by=request.user), order=("-id",), size=PAGE)
    context = {**page, "area": "lists", **_offers(request)}
    return render(request, "departments/privacy/lists.html", context)


def list_or_404(request: HttpRequest, uid: uuid.UUID) -> ComplianceRecord:
    return get_object_or_404(destruction.lists_of(by=request.user), uid=uid)


@require_safe
@reads
def one_list(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One list: what stands on it, who signed, what became of it."""
    row, user = list_or_404(request, uid), request.user
    is_waiting = row.step == DestructionStep.PROPOSED
    context = {
        "record": row,
        "kept": row.payload,
        "counts": destruction.counts_of(row),
        "may_decide": is_waiting and may.can_decide_destruction(user, row),
        "may_withdraw": is_waiting and may.can_withdraw_destruction(user, row),
        "is_done": row.step == DestructionStep.DONE,
        "history": history_lines(row),
        "area": "lists",
        **_offers(request),
    }
    return render(request, "departments/privacy/one_list.html", context)


@BOTH
@proposes
def propose(request: HttpRequest) -> HttpResponse:
    """Put what is due besides case files on a list: registers, referrals not taken, refused sign-ups."""
    here, offered = reverse("privacy:lists"), destruction.pieces_due(by=request.user)
    sheet = Filling(
        page="departments/privacy/propose.html",
        form=ProposeForm,
        form_args={"offered": offered},
        service=destruction.destruction_propose,
        given={},
        to=lambda row: reverse("privacy:one_list", args=[row.uid]),
        done=_("清单已提出，请另一人批准。"),
        context={
            "heading": _("提出待处置清单"),
            "lead": _(
                "期满的登记册记录、没有受理的转介和求助、没有通过的志愿者报名；个案档案在“到期档案”里提出。"
            ),
            "crumbs": [(here, _("处置清单"))],
            "cancel": here,
            "button": _("提出"),
            "next_on": None if offered else next_due(by=request.user),
        },
    )
    return fill_in(request, sheet)


def _decide(service: Callable[..., Any]) -> Callable[..., HttpResponse]:
    @require_POST
    @decides
    def view(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        row = list_or_404(request, uid)
        service(record=row, by=request.user)
        return redirect(reverse("privacy:one_list", args=[row.uid]))

    return view


approve = _decide(destruction.destruction_approve)
withdraw = _decide(destruction.destruction_withdraw)


@BOTH
@decides
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The list goes back with a reason."""
    row = list_or_404(request, uid)
    to = reverse("privacy:one_list", args=[row.uid])
    sheet = Filling(
        page="departments/form_page.html",
        form=ReasonForm,
        service=destruction.destruction_refuse,
        given={"record": row},
        to=to,
        done=_("已退回，清单上的记录照旧保留。"),
        context={
            "heading": _("不批准清单"),
            "crumbs": [(to, row.payload["number"])],
            "cancel": to,
            "button": _("不批准"),
        },
    )
    return fill_in(request, sheet)


@require_POST
@reads
def certificate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = list_or_404(request, uid)
    content = privacy_papers.destruction_certificate(record=row, by=request.user)
    return pdf(f"销毁证明 {row.payload['number']}", content)
