"""Gifts: recorded by one person, confirmed by another, followed to the bill."""

import uuid
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.exporting import export_page
from departments.views.paging import page_of
from donations.forms.gift_steps import OfferForm, PledgeForm
from donations.forms.giving import ConfirmAcceptanceForm, ConfirmDonationForm, DonationForm
from donations.gift_workflow import AgreementState
from donations.models.agreements import Agreement
from donations.models.campaigns import Campaign
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.programmes import ProgrammeVersion
from donations.permissions import can_confirm_donation, can_record_donation
from donations.services import gift_steps
from donations.services import giving as services
from donations.services.exports import GIFTS
from donations.services.giving import donation_confirm, donation_record, donor_register
from donations.views import tracing
from donations.views.carrying import carried_count, may_confirm_carried
from donations.views.funds import may_record
from donations.views.guards import money_page
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from donations.views.wording import DONATION_TONES, code_words, joined
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.keyset import capped_counts

JOINS = ("donor", "fund", "purpose", "entered_by", "confirmed_by")
SHOWN = (*JOINS, "donor__profile", "region", "agreement", "campaign")
TABS = (
    ("", gettext_lazy("全部")),
    (DonationState.PLEDGED, gettext_lazy("已承诺")),
    (DonationState.RECEIVED, gettext_lazy("待确认")),
    (DonationState.PART_BOOKED, gettext_lazy("部分入账")),
    (DonationState.BOOKED, gettext_lazy("已入账")),
    (DonationState.RETURNED, gettext_lazy("已退回")),
    (DonationState.REFUSED, gettext_lazy("不予接受")),
)
DRAFT = "donations-donation"


@require_safe
@money_page
def donations(request: HttpRequest) -> HttpResponse:
    rows, shown, state = _asked(request)
    page = page_of(request, shown.select_related(*JOINS), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [_row(one) for one in page["rows"]]
    page["tabs"] = tabs = _tabs(request, rows, state)
    may, new_url = may_record(request.user), reverse("donations:donation_new")
    page |= {"chosen": state or tabs[0]["count"] != "0", "pager_text": _("最近登记的在前")}
    page |= {"may_record": may, "new_url": new_url, "first_url": new_url if may else ""}
    page |= {"pledge_url": reverse("donations:donation_pledge")}
    page |= {"offer_url": reverse("donations:donation_offer")}
    page["funds_url"] = reverse("donations:funds")
    page["export_url"] = f"{reverse('donations:donations_export')}?{request.GET.urlencode()}"
    if may_confirm_carried(request.user) and (waiting := carried_count(request.user)):
        page |= {"carried": waiting, "carried_url": reverse("donations:donations_carried")}
    return render(request, "donations/donations.html", page)


def _asked(request: HttpRequest) -> tuple[QuerySet[Donation], QuerySet[Donation], str]:
    """All gifts, those of the asked state, and that state."""
    rows, state = Donation.objects.visible_to(request.user), request.GET.get("state", "")
    return rows, rows.filter(state=state) if state in DonationState.values else rows, state


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def donations_export(request: HttpRequest) -> HttpResponse:
    """The gifts of the list's tab."""
    _rows, shown, _state = _asked(request)
    rows = shown.select_related(*JOINS, "campaign", "region").order_by("-id")
    back = f"{reverse('donations:donations')}?{request.GET.urlencode()}"
    return export_page(request, listing=GIFTS, rows=rows, heading=gettext_lazy("捐赠"), back=back)


def _tabs(request: HttpRequest, rows: QuerySet, state: str) -> list[dict[str, Any]]:
    counts = capped_counts({tab: rows.filter(state=tab) if tab else rows for tab, _label in TABS})
    return [
        {
            "label": label,
            "url": address(request.GET, state=tab or None),
            "is_on": state == tab,
            "count": counts[tab],
        }
        for tab, label in TABS
    ]


def _row(one: Donation) -> dict[str, Any]:
    confirmed = (
        _("%(who)s 确认") % {"who": one.confirmed_by}
        if one.confirmed_by
        else _("待另一人确认")
        if one.state == DonationState.RECEIVED
        else ""
    )
    return {
        "url": reverse("donations:donation", args=[one.uid]),
        "number": one.number,
        "donor": one.donor.name_masked,
        "fund": one.fund.name,
        "purpose": one.purpose.text if one.purpose else _("不限定用途"),
        "on": one.received_on or one.pledged_on,
        "channel": one.get_channel_display() if one.received_on else _("承诺"),
        "amount": one.pledged if one.amount is None else one.amount,
        "state": one.get_state_display(),
        "tone": DONATION_TONES.get(one.state, ""),
        "people": joined([_("%(who)s 登记") % {"who": one.entered_by}, confirmed]),
    }


@require_http_methods(["GET", "POST"])
@money_page
def donation_new(request: HttpRequest) -> HttpResponse:
    return _record(
        request,
        DonationForm,
        donation_record,
        draft=DRAFT,
        heading=_("登记捐赠"),
        lead=_("登记人不能确认自己登记的捐赠。"),
        done=_("已登记，等另一人核对银行回单后确认。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def donation_pledge(request: HttpRequest) -> HttpResponse:
    """A promise of money."""
    return _record(
        request,
        PledgeForm,
        services.donation_pledge,
        draft="donations-pledge",
        heading=_("登记承诺"),
        lead=_("承诺不入账；到账后逐笔登记，由另一人确认。"),
        done=_("已登记承诺，到账后登记到账。"),
    )


@require_http_methods(["GET", "POST"])
@money_page
def donation_offer(request: HttpRequest) -> HttpResponse:
    """Goods, a service or a right."""
    return _record(
        request,
        OfferForm,
        gift_steps.donation_offer,
        draft="donations-offer",
        heading=_("登记非货币捐赠"),
        lead=_("服务、证券、股权、知识产权和房屋；验收计价后由另一人确认。"),
        done=_("已登记，收到后办理验收。"),
    )


def _record(
    request: HttpRequest,
    form: Any,
    service: Any,
    *,
    draft: str,
    heading: str,
    lead: str,
    done: str,
) -> HttpResponse:
    require(can_record_donation, request.user, Fund(organization_id=request.user.house_id))
    return take(
        request,
        Step(
            page="donations/donation_new.html",
            form=form,
            form_args=gift_choices(request.user),
            service=partial(_register_and_record, record=service),
            initial={"fund": request.GET.get("fund", "")},
            to=lambda one: reverse("donations:donation", args=[one.uid]),
            done=done,
            draft=draft,
            context={
                "donations_url": reverse("donations:donations"),
                "heading": heading,
                "lead": lead,
            },
        ),
    )


def gift_choices(user: Any) -> dict[str, Any]:
    """What the form offers: organizations that gave before, funds, purposes, classes, agreements, campaigns."""
    purposes = FundPurpose.objects.visible_to(user).filter(fund__state=Fund.State.ACTIVE)
    own = ProgrammeVersion.objects.visible_to(user).filter(organization_id=user.house_id)
    classes = own.exclude(beneficiary_class="").values_list("beneficiary_class", flat=True)
    agreements = Agreement.objects.visible_to(user).filter(state=AgreementState.SIGNED)
    campaigns = Campaign.objects.visible_to(user).filter(organization_id=user.house_id)
    return {
        "donors": Donor.objects.visible_to(user).bodies().order_by("-id"),
        "funds": Fund.objects.visible_to(user).active().order_by("number"),
        "purposes": purposes.select_related("fund"),
        "classes": classes.distinct(),
        "agreements": agreements.order_by("-id"),
        "campaigns": campaigns.order_by("-id"),
    }


def _register_and_record(
    *,
    donor: Donor | None,
    donor_kind: str,
    donor_name: str,
    donor_contact: str,
    donor_uscc: str,
    publish_name: bool,
    record: Any,
    by: Any,
    **gift: Any,
) -> Donation:
    """One form, two services, one savepoint: a new donor stays only when the gift does."""
    donor = donor or donor_register(
        kind=donor_kind,
        name=donor_name,
        uscc=donor_uscc,
        contact=donor_contact,
        publish_name=publish_name,
        by=by,
    )
    return record(donor=donor, by=by, **gift)


@require_safe
@money_page
def donation(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Donation.objects.visible_to(request.user).select_related(*SHOWN), uid=uid
    )
    return render(request, "donations/donation.html", tracing.donation_page(request.user, found))


@require_http_methods(["GET", "POST"])
@money_page
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Donation.objects.visible_to(request.user).select_related(*JOINS), uid=uid
    )
    if found.entered_by_id == request.user.pk:
        raise DomainError(
            "donation_confirmed_by_another", _("登记人不能确认自己登记的捐赠。"), status=409
        )
    require(can_confirm_donation, request.user, found)
    back = reverse("donations:donation", args=[uid])
    return take(
        request,
        Step(
            form=ConfirmDonationForm if found.is_money else ConfirmAcceptanceForm,
            service=donation_confirm,
            given={"donation": found},
            to=back,
            done=joined([_("已入账，可用余额已增加。"), code_words(found)]),
            title=_("确认入账"),
            button=_("确认入账"),
            url=request.path,
            back_url=back,
            facts=tracing.donation_facts(found),
            crumbs=((back, found.number),),
        ),
    )
