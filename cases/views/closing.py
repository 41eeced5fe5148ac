"""Evaluation, closing, and the steps that stop or end a case: each with its reason where one is needed."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.form_schemas.ending import F7
from cases.forms.closing import CloseForm, ConfirmForm, ProposeForm
from cases.forms.outgoing import ReferOutForm
from cases.forms.referrals import ReasonForm
from cases.models.casework import CaseForm
from cases.models.codes import FormKind
from cases.models.work import Need
from cases.services import closing as services
from cases.services.form_facts import known_of
from cases.services.intake import case_refer_out
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404

BOTH = require_http_methods(["GET", "POST"])


def _by_reason(
    request: HttpRequest,
    uid: uuid.UUID,
    service: Callable[..., Any],
    heading: Any,
    done: Any,
    lead: Any = "",
) -> HttpResponse:
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=ReasonForm,
            service=service,
            given={"case": case},
            to=address_of(case),
            done=done,
            context={"case": case, "heading": heading, "button": heading, "lead": lead},
        ),
    )


@BOTH
def evaluate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Intervention is over, the result is looked at."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_confirm.html",
            form=ConfirmForm,
            service=services.case_evaluate,
            given={"case": case},
            to=address_of(case),
            done=_("已进入评估阶段。"),
            context={
                "case": case,
                "heading": _("进入评估"),
                "button": _("进入评估"),
                "lead": _("进入评估后，请给每个目标评级，并了解服务满意度。"),
            },
        ),
    )


@BOTH
def propose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F7 结案报告, from the worker to the supervisor."""
    case = case_or_404(request, uid)
    needs = Need.objects.visible_to(request.user).filter(case=case).order_by("rank", "id")
    return fill_in(
        request,
        Filling(
            page="cases/propose.html",
            form=ProposeForm,
            form_args={"needs": list(needs)},
            service=services.case_propose_closing,
            given={"case": case},
            to=address_of(case),
            done=_("结案已提交督导。"),
            draft="cases-closing",
            subject=case.uid,
            context={"case": case, "heading": F7.title, "facts": known_of(case, F7)},
        ),
    )


@BOTH
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The supervisor signs off."""
    case = case_or_404(request, uid)
    reports = CaseForm.objects.visible_to(request.user).filter(case=case, kind=FormKind.F7)
    report = reports.order_by("-version").first()
    return fill_in(
        request,
        Filling(
            page="cases/close.html",
            form=CloseForm,
            service=services.case_close,
            given={"case": case},
            to=address_of(case),
            initial={"reason": report.payload.get("proposed_reason", "") if report else ""},
            done=_("个案已结案。"),
            context={
                "case": case,
                "heading": _("批准结案"),
                "report": report,
            },
        ),
    )


@BOTH
def give_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The supervisor sends a closing back."""
    return _by_reason(request, uid, services.case_return, _("退回结案"), _("已退回评估阶段。"))


@BOTH
def suspend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The clocks stop, the stage stays."""
    return _by_reason(
        request,
        uid,
        services.case_suspend,
        _("暂停个案"),
        _("已暂停，时限不再计算。"),
        _("阶段不变，时限停走。"),
    )


@BOTH
def resume(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The clocks go on."""
    return _by_reason(request, uid, services.case_resume, _("恢复个案"), _("已恢复。"))


@BOTH
def void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A case that should never have been: kept, but void."""
    return _by_reason(
        request,
        uid,
        services.case_void,
        _("作废个案"),
        _("已作废。"),
        _("只用于登记错误。有过接触或对外提供过信息的个案不能作废。"),
    )


@BOTH
def step_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One stage back, for something that was missed."""
    return _by_reason(
        request, uid, services.case_step_back, _("退回上一阶段"), _("已退回上一阶段。")
    )


@BOTH
def refer_out(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Somebody else helps better: an accepted referral, or a reason."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=ReferOutForm,
            service=case_refer_out,
            given={"case": case},
            to=address_of(case),
            done=_("已记为转介。"),
            context={
                "case": case,
                "heading": _("转介后结束个案"),
                "button": _("结束个案"),
                "lead": _("对方已受理转介单的，可以直接结束；没有的，写明转给谁、为什么。"),
            },
        ),
    )


@BOTH
def reopen(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new case of the same person; the closed one stays closed."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_reason.html",
            form=ReasonForm,
            service=services.case_reopen,
            given={"case": case},
            to=address_of,
            done=_("已重开，新个案在接案阶段。"),
            context={
                "case": case,
                "heading": _("重开"),
                "button": _("重开"),
                "lead": _("重开会建一个新个案，用新编号；原个案不变。"),
            },
        ),
    )
