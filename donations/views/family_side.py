"""The worker's side of the family's lane: the code and its slip, messages, papers sent, the day of telling."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.services.receipts import code_read
from cases.views.documents import attach
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.documents import document_read
from departments.services.viewing import document_page
from departments.views.viewing import Frame, viewer
from donations.forms.lane import DeclinePaperForm, FamilyReplyForm, TellForm
from donations.models.appeals import DecisionTelling
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.requests import FundingRequest
from donations.permissions import can_amend_request, can_submit_request
from donations.services.decisions import decision_of, decision_tell
from donations.services.family_lane import (
    lane_code_create,
    lane_code_end,
    lane_link_at,
    lane_link_of,
)
from donations.services.family_side import (
    family_message_write,
    family_paper_decline,
    family_paper_take,
)
from donations.services.lane_slip import lane_slip
from donations.services.looking_up import code_shown
from donations.views.asking import address_of, person_request_or_404
from donations.views.guards import hospital_page
from donations.views.parts import paper_labels
from donations.views.stepping import Step, take
from donations.workflow import RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.pictures import code_picture

BOTH = require_http_methods(["GET", "POST"])


def family_card(user: User, aid: FundingRequest) -> dict[str, Any] | None:
    """What the request's page shows of the family's lane; None before the sending and to who only reads."""
    if aid.is_for_project:
        return None
    if aid.submitted_at is None:
        return None
    labels = paper_labels(aid)
    papers = FamilyPaper.objects.visible_to(user).filter(request=aid).select_related("document")
    lines = FamilyMessage.objects.visible_to(user).filter(request=aid).select_related("author")
    return {
        "link": lane_link_of(aid),
        "may": can_submit_request(user, aid),
        "code_url": reverse("donations:lane_code", args=[aid.uid]),
        "end_url": reverse("donations:lane_code_end", args=[aid.uid]),
        "reply_url": reverse("donations:family_reply", args=[aid.uid]),
        "messages": lines.order_by("id"),
        "papers": [_paper_row(one, labels) for one in papers.order_by("-id")],
        "reply_form": FamilyReplyForm(auto_id="family_%s"),
        **_telling(user, aid),
    }


def _telling(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The decision, and when and how the family was told."""
    decision = decision_of(aid)
    if decision is None:
        return {"decision": None}
    rows = DecisionTelling.objects.visible_to(user).filter(request=aid, decided_at=decision.at)
    return {
        "decision": decision,
        "decision_label": RequestState(decision.state).label,
        "told_how": rows.first(),
        "tell_url": reverse("donations:decision_tell", args=[aid.uid]),
    }


def _paper_row(one: FamilyPaper, labels: dict[str, str]) -> dict[str, Any]:
    is_waiting = one.state == FamilyPaper.State.WAITING
    return {
        "label": labels.get(one.type, one.type),
        "at": one.created_at,
        "state": one.get_state_display(),
        "tone": "warn" if is_waiting else "",
        "reason": one.reason or "",
        "is_waiting": is_waiting,
        "view_url": reverse("donations:family_paper", args=[one.uid]),
        "take_url": reverse("donations:family_paper_take", args=[one.uid]),
        "decline_url": reverse("donations:family_paper_decline", args=[one.uid]),
    }


@BOTH
@hospital_page
def lane_code(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new code for the family: it stands on the answer and on the slip, and nowhere else."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    form = CommandForm(request.POST if request.method == "POST" else None)
    made = request.method == "POST" and form.command(lane_code_create, request=aid, by=request.user)
    context = {
        "aid": aid,
        "form": form,
        "link": lane_link_of(aid),
        "back_url": address_of(aid, "family"),
    }
    if made:
        code = form.result.code
        address = _address(request, code)
        context |= {
            "code": code_shown(code),
            "address": address,
            "picture": code_picture(address),
            "slip_url": reverse("donations:lane_slip", args=[aid.uid]),
        }
    status = 422 if request.method == "POST" and not made else 200
    return render(request, "donations/lane_code.html", context, status=status)


def _address(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(reverse("lane:lane", args=[code]))


@require_POST
@hospital_page
def slip(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The slip of a code that has just been made: only who holds the code can have it."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    code = code_read(request.POST.get("code", ""))
    link = lane_link_at(request=aid, code=code)
    if link is None:
        raise Http404
    content = lane_slip(
        request=aid,
        link=link,
        code=code_shown(code),
        address=_address(request, code),
        short=request.build_absolute_uri(reverse("lane:look_up")),
        by=request.user,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="slip-{link.uid}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@hospital_page
def lane_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A lost slip opens nothing any more."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    form = CommandForm(request.POST)
    ok = form.command(lane_code_end, request=aid, by=request.user)
    context = {"aid": aid, "form": form, "back_url": address_of(aid, "family")}
    return answer(
        request,
        "donations/lane_code.html",
        context,
        ok=ok,
        to=address_of(aid, "family"),
        done=_("查询码已停用。"),
    )


def _step(request: HttpRequest, aid: FundingRequest, part: str = "family", **more: Any) -> Step:
    return Step(
        to=address_of(aid, part),
        url=request.path,
        back_url=address_of(aid, part),
        crumbs=((address_of(aid), _("救助申请")),),
        **more,
    )


@BOTH
@hospital_page
def reply(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    step = _step(
        request,
        aid,
        form=FamilyReplyForm,
        service=family_message_write,
        given={"request": aid},
        done=_("已答复，家属在查询页看得到。"),
        title=_("答复家属"),
        button=_("送出"),
        note=_("家属会原样读到；不要写诊断和别人的姓名。"),
    )
    return take(request, step)


@BOTH
@hospital_page
def tell(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The family was told the decision: the limit for a second look runs from that day."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    step = _step(
        request,
        aid,
        form=TellForm,
        service=decision_tell,
        given={"request": aid},
        initial={"told_on": timezone.localdate()},
        done=_("已登记，复核的期限从这一天算起。"),
        title=_("登记告知家属"),
        button=_("登记"),
        note=_("把决定、理由和可以申请复核的期限告诉家属以后再登记。"),
    )
    return take(request, step)


# ── papers the family sent ───────────────────────────────────────────────────


def _paper(request: HttpRequest, uid: uuid.UUID) -> FamilyPaper:
    rows = FamilyPaper.objects.visible_to(request.user).select_related(
        "document", "request__programme_version", "request__case"
    )
    return get_object_or_404(rows, uid=uid)


@require_safe
@hospital_page
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The paper page by page, as it was sent."""
    one = _paper(request, uid)
    aid = one.request
    return viewer(
        request,
        one.document,
        document_read(document=one.document, by=request.user),
        Frame(
            crumbs=((address_of(aid), aid.number or _("救助申请")),),
            back_url=address_of(aid, "family"),
            file_url=reverse("donations:family_paper_file", args=[uid]),
            page_url=lambda number: reverse("donations:family_paper_page", args=[uid, number]),
            kind=paper_labels(aid).get(one.type, one.type),
        ),
    )


@require_safe
@hospital_page
def paper_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    document: Document = _paper(request, uid).document
    return attach(document.title, document_read(document=document, by=request.user), document.mime)


@require_safe
@hospital_page
def paper_page(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    content, mime = document_page(
        document=_paper(request, uid).document,
        number=number,
        key=request.GET.get("key", ""),
        by=request.user,
    )
    return attach(f"{number}", content, mime)


@BOTH
@hospital_page
def paper_take(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _paper(request, uid)
    require(can_amend_request, request.user, one.request)
    step = _step(
        request,
        one.request,
        "papers",
        form=CommandForm,
        service=family_paper_take,
        given={"paper": one},
        done=_("已放入申请。"),
        title=_("放入申请"),
        button=_("放入"),
        note=_("看过、确认清楚完整以后再放入；补件要材料都齐了再送回基金会。"),
        facts=((_("材料"), paper_labels(one.request).get(one.type, one.type)),),
    )
    return take(request, step)


@BOTH
@hospital_page
def paper_decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _paper(request, uid)
    require(can_amend_request, request.user, one.request)
    step = _step(
        request,
        one.request,
        form=DeclinePaperForm,
        service=family_paper_decline,
        given={"paper": one},
        done=_("已告诉家属。"),
        title=_("请家属重新提供"),
        button=_("送出"),
        note=_("家属在查询页看到这句话，可以再传一份。"),
    )
    return take(request, step)
