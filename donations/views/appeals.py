"""Appeals on both sides: the list with its figures, one appeal, raising, acknowledging, answering, taking back."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.documents import attach
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.documents import document_read
from departments.services.viewing import document_page
from departments.views.viewing import Frame, viewer
from donations.appeal_permissions import (
    can_count_appeals,
    can_handle_appeal,
    can_raise_appeal,
    can_withdraw_appeal,
    has_part_in,
)
from donations.appeal_workflow import OPEN, AppealOutcome, AppealState
from donations.forms.lane import AnswerForm, AppealForm
from donations.models.appeals import Appeal
from donations.models.requests import FundingRequest
from donations.querysets import FOUNDATION_ROLES
from donations.services.appeal_figures import Figures, figures_for
from donations.services.appeals import (
    appeal_acknowledge,
    appeal_answer,
    appeal_raise,
    appeal_withdraw,
    end_of,
)
from donations.services.decisions import decision_of
from donations.services.raised_sums import may_raise
from donations.views.listing import list_page
from donations.views.lists import Lists
from donations.views.offers import Offer
from donations.views.stepping import Step, take
from donations.views.wording import joined
from donations.workflow import RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.display import when
from msw_portal.kernel.forms import CommandForm

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("request__programme_version", "request__organization", "addressee", "organization")


def request_url(user: User, aid: FundingRequest, part: str = "") -> str:
    """The request's page on the reader's own side."""
    name = "donations:review" if user.role in FOUNDATION_ROLES else "donations:request"
    return reverse(name, args=[aid.uid]) + (f"#{part}" if part else "")


def _found(request: HttpRequest, uid: uuid.UUID) -> Appeal:
    rows = Appeal.objects.visible_to(request.user).select_related(
        *JOINS, "raised_by_user", "acknowledged_by", "answered_by"
    )
    return get_object_or_404(rows, uid=uid)


# ── the list ─────────────────────────────────────────────────────────────────


@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """What waits first by its clock, then the newest; with the year's figures by programme."""
    if not can_count_appeals(request.user):
        raise Http404
    rows = Appeal.objects.visible_to(request.user).select_related(*JOINS)
    tabs = (("", _("全部")), *AppealState.choices)
    page = list_page(request, rows, order=("-raised_at", "-id"), tabs=tabs)
    page["rows"] = [_row(one) for one in page["rows"]]
    page |= {
        "tabs_label": _("按进展"),
        "pager_text": _("最近提出的在前"),
        "figures": [_figures_row(one) for one in figures_for(request.user)],
    }
    return render(request, "donations/appeals.html", page)


def _row(one: Appeal) -> dict[str, Any]:
    is_open = one.state in OPEN
    return {
        "url": reverse("donations:appeal", args=[one.uid]),
        "number": one.number,
        "at": when(one.raised_at),
        "kind": one.get_kind_display(),
        "by": one.get_raised_by_display(),
        "programme": one.request.programme_version.name,
        "request": one.request.number,
        "to": one.addressee.short_name or one.addressee.name,
        "state": one.get_outcome_display() if one.outcome else one.get_state_display(),
        "tone": "" if not is_open else "warn",
        "due": end_of(one.answer_by) if is_open else None,
    }


def _figures_row(one: Figures) -> dict[str, Any]:
    return {
        "programme": one.programme,
        "raised": one.raised,
        "waiting": one.waiting,
        "late": one.late,
        "outcomes": [one.outcomes[outcome] for outcome in AppealOutcome.values],
        "median": "—" if one.median_days is None else f"{one.median_days:g}",
        "most": "—" if one.days_of_nine_in_ten is None else one.days_of_nine_in_ten,
    }


# ── one appeal ───────────────────────────────────────────────────────────────


@require_safe
def appeal(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _found(request, uid)
    return render(request, "donations/appeal.html", _page(request.user, one))


def _page(user: User, one: Appeal) -> dict[str, Any]:
    aid = one.request
    is_open = one.state in OPEN
    papers = Document.objects.visible_to(user).of(one).order_by("id")
    return {
        "appeal": one,
        "aid": aid,
        "request_url": request_url(user, aid),
        "list_url": reverse("donations:appeals") if can_count_appeals(user) else "",
        "decision": RequestState(one.decision).label if one.decision else "",
        "due": end_of(one.answer_by) if is_open else None,
        "raised": one.new_amount is not None and aid.approved == one.new_amount,
        "is_unread_late": one.state == AppealState.RAISED
        and one.acknowledge_by < timezone.localdate(),
        "papers": [
            {"title": paper.title, "url": reverse("donations:appeal_paper", args=[paper.uid])}
            for paper in papers
        ],
        "offers": _offers(user, one) if is_open else [],
    }


def _offers(user: User, one: Appeal) -> list[Offer]:
    offers = []
    if can_handle_appeal(user, one):
        why = (
            (_("您参与过这份申请或提出了这件事，请由没有参与过的人答复。"),)
            if has_part_in(user, one)
            else ()
        )
        if one.state == AppealState.RAISED:
            offers.append(_offer("acknowledge", _("受理"), one, why))
        offers.append(_offer("answer", _("答复"), one, why, is_primary=not why))
    if can_withdraw_appeal(user, one):
        offers.append(_offer("withdraw", _("撤回"), one, (), is_quiet=True))
    return offers


def _offer(step: str, label: str, one: Appeal, why: tuple, **how: bool) -> Offer:
    url = reverse(f"donations:appeal_{step}", args=[one.uid])
    return Offer(f"appeal-{step}", label, url, why, **how)


def appeals_card(user: User, aid: FundingRequest, lists: Lists) -> dict[str, Any] | None:
    """What the request's page shows: appeals so far, and whether one may be raised; None before the sending."""
    if aid.submitted_at is None:
        return None
    decision = decision_of(aid, acts=lists.acts, tellings=lists.tellings)
    return {
        "rows": [
            {
                "url": reverse("donations:appeal", args=[one.uid]),
                "title": joined([one.get_kind_display(), one.number]),
                "note": joined([one.get_raised_by_display(), when(one.raised_at)]),
                "state": one.get_outcome_display() if one.outcome else one.get_state_display(),
                "tone": "warn" if one.state in OPEN else "",
                "due": end_of(one.answer_by) if one.state in OPEN else None,
            }
            for one in reversed(lists.appeals)
        ],
        "new_url": reverse("donations:appeal_new", args=[aid.uid])
        if can_raise_appeal(user, aid)
        else "",
        "limit": _limit_words(decision),
    }


def _limit_words(decision: Any) -> str:
    if decision is None or not decision.is_refusal:
        return ""
    if decision.until is None:
        return _("还没有登记告知家属；告知以后起算申请复核的期限。")
    return _("%(told)s 告知家属，%(until)s 前可以申请复核。") % {
        "told": decision.told_on.isoformat(),
        "until": decision.until.isoformat(),
    }


# ── steps ────────────────────────────────────────────────────────────────────


def _step(request: HttpRequest, one: Appeal, **more: Any) -> HttpResponse:
    back = reverse("donations:appeal", args=[one.uid])
    return take(
        request,
        Step(
            given={"appeal": one},
            to=back,
            url=request.path,
            back_url=back,
            crumbs=((back, one.number),),
            **more,
        ),
    )


@BOTH
def appeal_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Raised by the worker or an officer; the family raises by its own code."""
    rows = FundingRequest.objects.visible_to(request.user).select_related("programme_version")
    aid = get_object_or_404(rows, uid=uid)
    require(can_raise_appeal, request.user, aid)
    back = request_url(request.user, aid, "appeals")
    return take(
        request,
        Step(
            form=AppealForm,
            service=appeal_raise,
            given={"request": aid},
            to=lambda made: reverse("donations:appeal", args=[made.uid]),
            done=_("已送出，对方会按期受理和答复。"),
            title=_("申请复核或投诉"),
            button=_("送出"),
            url=request.path,
            back_url=back,
            crumbs=((back, aid.number),),
            draft="donations-appeal",
            subject=aid.uid,
            note=_(
                "复核由基金会没有参与过的人答复；投诉交给对方机构。两家机构和家属都看得到理由。"
            ),
        ),
    )


@BOTH
def acknowledge(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _found(request, uid)
    require(can_handle_appeal, request.user, one)
    return _step(
        request,
        one,
        form=CommandForm,
        service=appeal_acknowledge,
        done=_("已受理，提出人看得到。"),
        title=_("受理"),
        button=_("受理"),
        note=_("受理表示已经收到、正在看。")
        + " "
        + _("%(day)s 前答复。") % {"day": one.answer_by.isoformat()},
    )


@BOTH
def answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _found(request, uid)
    require(can_handle_appeal, request.user, one)
    return _step(
        request,
        one,
        form=AnswerForm,
        form_args={"may_raise": may_raise(one)},
        service=appeal_answer,
        done=_("已答复，提出人看得到。"),
        title=_("答复"),
        button=_("答复"),
        draft="donations-appeal-answer",
        subject=one.uid,
        facts=((_("理由"), one.grounds),),
        note=_("复核成立的，被拒绝的申请回到审核；答复写下后不能改动。"),
    )


@BOTH
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _found(request, uid)
    require(can_withdraw_appeal, request.user, one)
    return _step(
        request,
        one,
        form=CommandForm,
        service=appeal_withdraw,
        done=_("已撤回。"),
        title=_("撤回"),
        button=_("撤回"),
        tone="btn--danger",
        note=_("家属提出的，要家属本人说撤回才撤。期限内还可以再提。"),
    )


# ── papers ───────────────────────────────────────────────────────────────────


def _paper(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, Appeal]:
    paper = get_object_or_404(
        Document.objects.visible_to(request.user).filter(
            subject_kind=Appeal._meta.model_name, voided_at__isnull=True
        ),
        uid=uid,
    )
    return paper, _found(request, paper.subject_uid)


@require_safe
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A paper that came with an appeal, page by page; it was sent to both houses as it is."""
    document, one = _paper(request, uid)
    back = reverse("donations:appeal", args=[one.uid])
    return viewer(
        request,
        document,
        document_read(document=document, by=request.user),
        Frame(
            crumbs=((back, one.number),),
            back_url=back,
            file_url=reverse("donations:appeal_paper_file", args=[uid]),
            page_url=lambda number: reverse("donations:appeal_paper_page", args=[uid, number]),
            kind=_("随复核或投诉送来的材料"),
        ),
    )


@require_safe
def paper_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    document, _one = _paper(request, uid)
    return attach(document.title, document_read(document=document, by=request.user), document.mime)


@require_safe
def paper_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    document, _one = _paper(request, uid)
    key = request.GET.get("key", "")
    content, mime = document_page(document=document, number=number, key=key, by=request.user)
    return attach(f"{number}", content, mime)
