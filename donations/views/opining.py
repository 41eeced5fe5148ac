"""What the foundation asks the hospital for: the worker's assessment, then the department's opinion."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations.forms.review import OpinionForm
from donations.models.requests import FundingRequest
from donations.permissions import can_assess_request, can_opine_request
from donations.services.opinions import papers_lacking, request_assess, request_opine
from donations.views.asking import address_of, request_or_404
from donations.views.guards import hospital_page
from donations.views.lists import Lists
from donations.views.parts import act_rows
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import enumerated


@require_http_methods(["GET", "POST"])
@hospital_page
def assess(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    require(can_assess_request, request.user, aid)
    return take(
        request,
        _step(
            request,
            aid,
            request_assess,
            draft="donations-assess",
            done=_("评估已送出，等主任写医院意见。"),
            title=_("社工评估"),
            button=_("送主任"),
            note=_short(aid) or _("家庭情况、支持系统、救助的必要性和预期作用。写下后不能改动。"),
        ),
    )


@require_http_methods(["GET", "POST"])
@hospital_page
def opine(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    require(can_opine_request, request.user, aid)
    return take(
        request,
        _step(
            request,
            aid,
            request_opine,
            draft="donations-opine",
            done=_("医院意见已送出，进入初审。"),
            title=_("医院意见"),
            button=_("送基金会"),
            facts=_assessed(request, aid),
            note=_("以医院的名义答复基金会。写下后不能改动。"),
        ),
    )


def _assessed(request: HttpRequest, aid: FundingRequest) -> tuple[tuple[Any, Any], ...]:
    """What the worker has written, for whoever speaks for the hospital after it."""
    said = act_rows(Lists(request.user, aid), steps=("assess",))
    return tuple((one["label"], one["opinion"]) for one in said[:1])


def _short(aid: FundingRequest) -> str:
    lacking = papers_lacking(aid)
    return _("请先附上：%(paper)s。") % {"paper": enumerated(lacking)} if lacking else ""


def _step(
    request: HttpRequest, aid: FundingRequest, does: Callable[..., Any], **words: Any
) -> Step:
    back = address_of(aid)
    return Step(
        form=OpinionForm,
        service=does,
        given={"request": aid},
        to=back,
        url=request.path,
        back_url=back,
        crumbs=((back, _("救助申请")),),
        subject=aid.uid,
        **words,
    )
