"""The foundation's second look: back to the first reviewer, and the committee's decision."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations.appeal_permissions import can_raise_sum
from donations.forms.review import DecideForm, RaiseForm, ReturnForm
from donations.models.requests import FundingRequest
from donations.permissions import can_decide_request, can_return_review
from donations.services.committee import FEWEST, request_decide, request_return
from donations.services.raised_sums import raise_waiting, request_raise
from donations.views.guards import foundation_page
from donations.views.sent import sent_or_404, step_of
from donations.views.stepping import take
from msw_portal.kernel.display import money


@require_http_methods(["GET", "POST"])
@foundation_page
def return_review(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_return_review)
    return take(
        request,
        step_of(
            request,
            aid,
            form=ReturnForm,
            service=request_return,
            done=_("已退回初审。"),
            title=_("退回初审"),
            button=_("退回初审"),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def decide(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The minutes of the meeting: who met, how they voted, what they granted."""
    aid = sent_or_404(request, uid, can_decide_request)
    return take(
        request,
        step_of(
            request,
            aid,
            form=DecideForm,
            form_args={"laid": aid.proposed},
            initial={"met_on": timezone.localdate()},
            service=request_decide,
            done=_("评审会的决定已登记。"),
            title=_("登记评审会决定"),
            button=_("登记决定"),
            draft="donations-decide",
            subject=aid.uid,
            facts=((_("提交的金额"), _("%(amount)s 元") % {"amount": money(aid.proposed)}),),
            note=_("到会不少于 %(n)d 人，过半同意为通过。登记人不能再审核或批准本申请。")
            % {"n": FEWEST},
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def raise_sum(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The sum that a second look set, approved by another person than who answered it."""
    aid = sent_or_404(request, uid, can_raise_sum)
    return take(
        request,
        step_of(
            request,
            aid,
            form=RaiseForm,
            service=request_raise,
            done=_("已批准，差额已从捐赠中预留。"),
            title=_("批准复核后的金额"),
            button=_("批准"),
            facts=_raise_facts(aid),
            note=_("只预留增加的部分；医院和家属会看到新的决定书。答复复核的人不能批准。"),
        ),
    )


def _raise_facts(aid: FundingRequest) -> tuple[tuple[str, str], ...]:
    asked = raise_waiting(aid)
    if asked is None:
        return ()
    return (
        (_("原批准金额"), _("%(amount)s 元") % {"amount": money(aid.approved)}),
        (_("复核后的金额"), _("%(amount)s 元") % {"amount": money(asked.new_amount)}),
        (_("答复"), asked.answer or ""),
    )
