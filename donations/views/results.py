"""The result report: what would go, giving it, and reading it on either side, as a page and as a print."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.models.service_codes import MilestoneKind
from cases.views.documents import attach
from departments import audit
from departments.models.people import User
from donations.models.requests import FundingRequest
from donations.permissions import can_tell_use
from donations.querysets import FOUNDATION_ROLES
from donations.services.results import (
    GIVES,
    result_consent,
    result_copy,
    result_disclose,
    result_read,
    scores_of,
)
from donations.views.appeals import request_url
from donations.views.asking import person_request_or_404
from donations.views.guards import hospital_page
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.instruments.own import FOUR_WAY_AXES
from msw_portal.kernel.typesetting import typeset

PLACE_WORDS = {
    MilestoneKind.PRE_OP: "术前评估",
    MilestoneKind.OPERATION: "术中支持",
    MilestoneKind.POST_OP: "术后回访",
    MilestoneKind.FOLLOW_UP: "随访",
}


def scores_shown(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of both tables: scales with their dimensions, checkpoints by the four ways."""
    return {
        "axes": [text for _code, text, _anchors in FOUR_WAY_AXES],
        "checkpoints": [
            {
                "place": str(MilestoneKind(one["place"]).label),
                "on": one["on"],
                "scores": [one["scores"].get(code) for code, _text, _anchors in FOUR_WAY_AXES],
            }
            for one in scores["checkpoints"]
        ],
        "scales": [_scale_shown(one) for one in scores["scales"]],
    }


def _scale_shown(one: Mapping[str, Any]) -> dict[str, Any]:
    before, after = one["before"], one["after"]
    whole = [] if before["total"] is None else [_line(_("总分"), before["total"], after["total"])]
    parts = [_line(part["title"], part["before"], part["after"]) for part in one["dimensions"]]
    return {
        "title": one["title"],
        "before_on": before["on"],
        "after_on": after["on"],
        "rows": whole + parts,
    }


def _line(title: Any, before: str | None, after: str | None) -> dict[str, Any]:
    change = ""
    if before is not None and after is not None:
        difference = float(after) - float(before)
        change = f"{difference:+g}" if difference else "0"
    return {"title": str(title), "before": before, "after": after, "change": change}


def result_card(user: User, aid: FundingRequest) -> dict[str, Any] | None:
    """What the request's page says of the report; None before the approval."""
    if aid.state not in GIVES:
        return None
    if aid.is_for_project:
        return None  # no scales, no consent
    copy = result_copy(aid)
    may = user.role not in FOUNDATION_ROLES and can_tell_use(user, aid)
    if copy is None and not may:
        return None
    return {"copy": copy, "url": reverse("donations:result", args=[aid.uid]), "may": may}


def request_of(request: HttpRequest, uid: uuid.UUID) -> FundingRequest:
    """The request on the reader's own side; the foundation does not join the case."""
    if request.user.role in FOUNDATION_ROLES:
        rows = FundingRequest.objects.visible_to(request.user).sent()
        return get_object_or_404(
            rows.select_related("programme_version", "organization", "counterparty"), uid=uid
        )
    return person_request_or_404(request, uid)


def _page(request: HttpRequest, aid: FundingRequest, form: CommandForm) -> dict[str, Any]:
    given = result_read(request=aid, by=request.user)
    context = {
        "aid": aid,
        "form": form,
        "back_url": request_url(request.user, aid),
        "print_url": reverse("donations:result_print", args=[aid.uid]) if given else "",
        "copy": given[0] if given else None,
        "given": scores_shown(given[1]) if given else None,
    }
    may = request.user.role not in FOUNDATION_ROLES and can_tell_use(request.user, aid)
    if may:
        context |= {
            "now": scores_shown(scores_of(aid)),
            "give_url": reverse("donations:result_give", args=[aid.uid]),
            "is_covered": result_consent(aid) is not None,
            "consents_url": reverse("cases:case", args=[aid.case.uid]),
        }
    elif given is None:
        raise Http404
    return context


@require_safe
def result(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The report as it was given; for the worker beside what would go now."""
    aid = request_of(request, uid)
    if aid.state not in GIVES:
        raise Http404
    return render(request, "donations/result.html", _page(request, aid, CommandForm()))


@require_POST
@hospital_page
def result_give(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = person_request_or_404(request, uid)
    require(can_tell_use, request.user, aid)
    form = CommandForm(request.POST)
    ok = form.command(result_disclose, request=aid, by=request.user)
    context = {} if ok else _page(request, aid, form)
    to = reverse("donations:result", args=[aid.uid])
    done = _("结果报告已提供给基金会。")
    return answer(request, "donations/result.html", context, ok=ok, to=to, done=done)


@require_safe
def result_print(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The given report on paper; Chinese, whatever language the reader works in."""
    aid = request_of(request, uid)
    given = result_read(request=aid, by=request.user)
    if given is None:
        raise Http404
    copy, scores = given
    content = {
        "title": "救助结果报告",
        "hospital": aid.organization.name,
        "foundation": aid.counterparty.name,
        "programme": aid.programme_version.name,
        "number": aid.number or "",
        "code": aid.subject_code,
        "given_on": timezone.localdate(copy.created_at).isoformat(),
        "version": copy.version,
        **scores_shown(scores),
        "is_training": request.user.acting.is_training,
    }
    for row, one in zip(content["checkpoints"], scores["checkpoints"], strict=True):
        row["place"] = PLACE_WORDS[one["place"]]
    audit.record("funding_request.print_result", by=request.user, on=aid)
    pdf = typeset("result_report.typ", content, at=copy.created_at)
    return attach(f"{_('结果报告')} {aid.number}.pdf", pdf, "application/pdf")
