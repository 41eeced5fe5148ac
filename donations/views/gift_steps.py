"""What happens to a gift after it was written down: arrivals, acceptance, refusal, papers, money given back."""

import uuid
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.documents import attachment
from departments.services.documents import document_read
from donations.forms.gift_steps import (
    AcceptForm,
    PaperForm,
    PayBackForm,
    ReceiveForm,
    RefuseForm,
    WhyForm,
)
from donations.models.arrivals import DonationArrival, DonationReturn
from donations.models.giving import Donation
from donations.permissions import (
    can_ask_return,
    can_pay_return,
    can_record_donation,
    can_refuse_donation,
)
from donations.services import gift_steps as services
from donations.services.giving import donation_receive
from donations.services.refusals import approvals
from donations.views import tracing
from donations.views.guards import money_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

JOINS = ("donor", "fund", "purpose", "entered_by", "confirmed_by")


def gift_or_404(request: HttpRequest, uid: uuid.UUID) -> Donation:
    rows = Donation.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


def _part_or_404(request: HttpRequest, model: type[models.Model], uid: uuid.UUID) -> Any:
    joins = [f"donation__{one}" for one in JOINS]
    return get_object_or_404(model.objects.visible_to(request.user).select_related(*joins), uid=uid)


def gift_step(request: HttpRequest, donation: Donation, **step: Any) -> HttpResponse:
    """One step of a gift as a form under its page."""
    back = reverse("donations:donation", args=[donation.uid])
    given = {
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": ((reverse("donations:donations"), _("捐赠")), (back, donation.number)),
        "button": step["title"],
        "facts": tracing.donation_facts(donation),
        **step,
    }
    return take(request, Step(**given))


@require_http_methods(["GET", "POST"])
@money_page
def receive(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_record_donation, request.user, found.fund)
    return gift_step(
        request,
        found,
        form=ReceiveForm,
        service=donation_receive,
        given={"donation": found},
        title=_("登记到账"),
        done=_("到账已登记，等另一人确认。"),
        draft="donations-receive",
        subject=found.uid,
    )


@require_http_methods(["GET", "POST"])
@money_page
def accept(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_record_donation, request.user, found.fund)
    return gift_step(
        request,
        found,
        form=AcceptForm,
        service=services.donation_accept,
        given={"donation": found},
        initial={"content": found.content},
        title=_("验收计价"),
        done=_("已验收，等另一人确认。"),
        draft="donations-accept",
        subject=found.uid,
    )


@require_http_methods(["GET", "POST"])
@money_page
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_refuse_donation, request.user, found)
    return gift_step(
        request,
        found,
        form=RefuseForm,
        service=services.donation_refuse,
        given={"donation": found},
        title=pgettext("action", "不予接受"),
        note=_("没有入账的才能不予接受；依据的条文记入经过。"),
        done=_("已记为不予接受。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def settle(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_record_donation, request.user, found.fund)
    return gift_step(
        request,
        found,
        form=WhyForm,
        service=services.donation_settle,
        given={"donation": found},
        title=_("余下不再到账"),
        done=_("已按入账金额了结。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def paper_add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_refuse_donation, request.user, found)
    return gift_step(
        request,
        found,
        form=PaperForm,
        service=services.donation_paper_add,
        given={"donation": found},
        title=_("上传批准文件"),
        note=_("国有企业捐赠的批准或备案文件（《慈善法》第四十三条）。"),
        done=_("文件已保存。"),
        has_files=True,
    )


@require_safe
@money_page
def paper(request: HttpRequest, uid: uuid.UUID, document_uid: uuid.UUID) -> HttpResponse:
    """One paper of a gift, as a download that is written down."""
    found = gift_or_404(request, uid)
    file = get_object_or_404(approvals(found), uid=document_uid)
    return attachment(file, document_read(document=file, by=request.user))


@require_http_methods(["GET", "POST"])
@money_page
def arrival_drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    arrival = _part_or_404(request, DonationArrival, uid)
    require(can_record_donation, request.user, arrival.donation.fund)
    return gift_step(
        request,
        arrival.donation,
        form=WhyForm,
        service=services.arrival_drop,
        given={"arrival": arrival},
        title=_("撤销到账"),
        done=_("这笔到账已撤销。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def return_ask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = gift_or_404(request, uid)
    require(can_ask_return, request.user, found)
    return gift_step(
        request,
        found,
        form=WhyForm,
        service=services.donation_return_ask,
        given={"donation": found},
        title=_("提出退回"),
        note=_("只能退回还没有使用的部分；已承诺、已拨付的不退。"),
        done=_("已提出，等另一人办理。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def return_pay(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    asked = _part_or_404(request, DonationReturn, uid)
    require(can_pay_return, request.user, asked)
    return gift_step(
        request,
        asked.donation,
        form=PayBackForm,
        service=services.donation_return_pay,
        given={"asked": asked},
        title=_("办理退回"),
        facts=_return_facts(asked),
        done=_("已退回，账已冲销。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def return_decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    asked = _part_or_404(request, DonationReturn, uid)
    require(can_pay_return, request.user, asked)
    return gift_step(
        request,
        asked.donation,
        form=WhyForm,
        service=services.donation_return_decline,
        given={"asked": asked},
        title=_("不予退回"),
        facts=_return_facts(asked),
        done=_("已记为不予退回。"),
    )


def _return_facts(asked: DonationReturn) -> list[tuple[Any, Any]]:
    return [
        (_("捐赠人"), asked.donation.donor.name_masked),
        (_("退回金额"), _("%(amount)s 元") % {"amount": money(asked.amount)}),
        (_("原因"), asked.reason),
        (_("提出"), str(asked.asked_by)),
    ]
