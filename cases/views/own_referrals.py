"""A clinician refers by the own account and follows what became of it: the state, never the case."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms.doors import OwnReferralForm
from cases.permissions import can_ask_referral
from cases.services import own_referrals as services
from cases.services.receipts import receipts_of
from cases.services.system_referrals import sent_by
from cases.views.doors import about_item
from cases.views.filling import Filling, fill_in
from cases.views.receipt_words import SAID, steps_of
from departments.views.paging import page_of

PAGE = 30


@require_http_methods(["GET", "POST"])
def own_referral_new(request: HttpRequest) -> HttpResponse:
    """The ward's form without a code."""
    if not can_ask_referral(request.user):
        raise Http404
    wards = services.wards_for(request.user)
    own = wards.filter(pk=request.user.acting.department_id).first()
    return fill_in(
        request,
        Filling(
            page="cases/own_referral_new.html",
            form=OwnReferralForm,
            form_args={"wards": wards, "departments": services.receivers_for(request.user)},
            initial={"ward": own.uid if own else None, "callback": request.user.phone or ""},
            service=services.referral_ask,
            given={},
            draft="cases-own_referral",
            to=lambda item: reverse("cases:own_referral", args=[item.uid]),
            done=_("已转给医务社工。"),
        ),
    )


@require_GET
def own_referrals(request: HttpRequest) -> HttpResponse:
    """What the person has sent, the newest first."""
    if not can_ask_referral(request.user):
        raise Http404
    rows = sent_by(request.user)
    context = page_of(request, rows, order=("-id",), size=PAGE)
    stand = receipts_of(context["rows"], by=request.user)
    context["lines"] = [
        {
            "item": one,
            "about": about_item(one),
            "state": stand[one.pk].state,
            "said": SAID[stand[one.pk].state][False],
        }
        for one in context["rows"]
    ]
    return render(request, "cases/own_referrals.html", context)


@require_GET
def own_referral(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Where one of them stands."""
    if not can_ask_referral(request.user):
        raise Http404
    item = get_object_or_404(sent_by(request.user), uid=uid)
    receipt = services.referral_follow(item=item, by=request.user)
    context = {
        "item": item,
        "about": about_item(item),
        "receipt": receipt,
        "steps": steps_of(receipt),
    }
    return render(request, "cases/own_referral.html", context)
