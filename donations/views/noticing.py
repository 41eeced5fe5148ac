"""The public notice from both sides: the hospital says what may be shown, the foundation shows it and answers."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models.codes import ConsentKind
from cases.models.consents import Consent
from departments.models.people import User
from departments.models.publishing import Objection, PublicEntry
from departments.services.objections import OPEN_STATES, seen_first
from donations.forms.review import AnswerObjectionForm, NoticeAllowForm, StepForm
from donations.models.requests import FundingRequest
from donations.permissions import can_open_notice, can_submit_request
from donations.services.notices import (
    notice_allow,
    notice_entry,
    notice_objection_answer,
    notice_open,
    notice_shown,
    window_end,
)
from donations.views.asking import address_of, person_request_or_404
from donations.views.consenting import consents_of
from donations.views.guards import foundation_page, hospital_page
from donations.views.sent import sent_or_404, step_of
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, when


def notice_consent(user: User, aid: FundingRequest) -> Consent | None:
    """The person's live consent to a public notice."""
    found = (one for one in consents_of(user, aid.case) if one.kind == ConsentKind.PUBLIC_NOTICE)
    return next((one for one in found if one.is_live), None)


@require_http_methods(["GET", "POST"])
@hospital_page
def allow(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What the family's consent names goes to the foundation."""
    aid = person_request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    consent, back = notice_consent(request.user, aid), address_of(aid)
    return take(
        request,
        Step(
            form=NoticeAllowForm,
            form_args={"consents": Consent.objects.visible_to(request.user)},
            service=notice_allow,
            given={"request": aid},
            initial={"consent": consent.uid if consent else ""},
            to=back,
            done=_("已把家庭同意公示的内容提供给基金会。"),
            title=_("提供公示内容"),
            button=_("提供"),
            url=request.path,
            back_url=back,
            note=_(
                "只有同意书写明的：遮盖的姓名、年龄段、所在省市、疾病类别和医院名称；金额和项目由基金会填。撤回同意即撤下。"
            ),
            crumbs=((back, _("救助申请")),),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def open_notice(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_open_notice)
    shown = notice_shown(aid) or {}
    return take(
        request,
        step_of(
            request,
            aid,
            form=StepForm,
            service=notice_open,
            done=_("已开始公示。"),
            title=_("开始公示"),
            button=_("公示"),
            facts=(
                (_("受助人"), shown.get("name") or shown.get("title") or _("医院尚未提供")),
                (_("年龄段"), shown.get("age_band", "")),
                (_("所在地区"), shown.get("region", "")),
                (_("疾病类别"), shown.get("disease_group", "")),
                (_("就诊医院"), shown.get("hospital", "")),
                (_("公示到"), moment(window_end(aid))),
            ),
            note=_("任何人都能看到，不需要登录；期满无异议才能批准，期满自动撤下。"),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def objection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One objection with the form of its answer."""
    said = get_object_or_404(Objection.objects.visible_to(request.user), uid=uid)
    entry = get_object_or_404(PublicEntry.objects.visible_to(request.user), pk=said.entry_id)
    aid = get_object_or_404(FundingRequest.objects.visible_to(request.user), pk=entry.subject_id)
    require(can_open_notice, request.user, aid)
    back = reverse("donations:review", args=[aid.uid])
    return take(
        request,
        Step(
            form=AnswerObjectionForm,
            service=notice_objection_answer,
            given={"objection": said},
            to=back,
            done=_("异议已答复。"),
            title=_("答复异议"),
            button=_("答复"),
            draft="donations-objection",
            subject=said.uid,
            url=request.path,
            back_url=back,
            facts=_said(said),
            note=_("认定成立的，申请终止，公示撤下。发布公示的人不能答复。"),
            crumbs=((back, aid.number),),
        ),
    )


def _said(one: Objection) -> tuple[tuple[Any, Any], ...]:
    return (
        (_("收到"), when(one.created_at)),
        (_("异议"), one.text),
        (_("联系方式"), one.contact or _("没有留")),
    )


def notice_card(user: User, aid: FundingRequest) -> dict[str, Any] | None:
    """The notice on the foundation's page: where it stands, until when, and what was said against it."""
    entry = notice_entry(aid)
    if entry is None:
        return None
    said = Objection.objects.visible_to(user).filter(entry__slug=entry.slug)
    rows = seen_first(said)[:50]
    return {
        "entry": entry,
        "until": entry.visible_to,
        "rows": [
            {
                "text": one.text,
                "at": one.created_at,
                "state": one.get_state_display(),
                "answer": one.answer or "",
                "tone": "warn" if one.state in OPEN_STATES else "",
                "url": reverse("donations:objection", args=[one.uid])
                if one.state in OPEN_STATES and can_open_notice(user, aid)
                else "",
            }
            for one in rows
        ],
    }
