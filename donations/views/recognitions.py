"""Thanks and honours: the donor is asked, answers, and only then it takes place."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations.forms.donors import AnswerForm, AskForm, GivenForm
from donations.models.donors import Recognition
from donations.services import donors as services
from donations.views.donors import donor_or_404, donor_step
from donations.views.guards import money_page
from msw_portal.kernel.display import moment


@require_http_methods(["GET", "POST"])
@money_page
def recognition_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = donor_or_404(request, uid)
    return donor_step(
        request,
        found,
        form=AskForm,
        service=services.recognition_ask,
        given={"donor": found},
        title=_("征求鸣谢意见"),
        note=_("公开致谢、铭牌、冠名和表彰之前先征求意见。"),
        done=_("已登记，等捐赠人答复。"),
    )


def _honour(request: HttpRequest, uid: uuid.UUID) -> Recognition:
    rows = Recognition.objects.visible_to(request.user).select_related("donor")
    return get_object_or_404(rows, uid=uid)


@require_http_methods(["GET", "POST"])
@money_page
def recognition_answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _honour(request, uid)
    return donor_step(
        request,
        found.donor,
        form=AnswerForm,
        service=services.recognition_answer,
        given={"recognition": found},
        facts=_honour_facts(found),
        title=_("登记捐赠人意见"),
        done=_("意见已登记。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def recognition_give(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _honour(request, uid)
    return donor_step(
        request,
        found.donor,
        form=GivenForm,
        service=services.recognition_give,
        given={"recognition": found},
        facts=_honour_facts(found),
        title=_("登记已进行"),
        done=_("已登记。"),
    )


def _honour_facts(found: Recognition) -> list[tuple[Any, Any]]:
    return [
        (_("形式"), found.get_kind_display()),
        (_("内容"), found.title),
        (_("征求意见日期"), moment(found.asked_on)),
    ]
