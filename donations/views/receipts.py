"""Receipts for donations: the list, what stands red, issuing, voiding, reversing, waiving, ranges, batches."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.services.history import history_lines
from departments.views.paging import page_of
from donations.forms.goods import ReasonForm
from donations.forms.receipts import IssueForm
from donations.goods_permissions import can_end_receipt, can_issue_receipt
from donations.goods_workflow import ReceiptState
from donations.models.giving import Donation
from donations.models.receipts import Receipt
from donations.services import receipt_papers
from donations.services.donation_receipts import (
    kept_of,
    receipt_issue,
    receipt_reverse,
    receipt_void,
    receipt_waive,
    receipts_late,
    receipts_waiting,
)
from donations.services.receipts_due import late_before, receipt_days
from donations.views.goods_rows import RECEIPT_TONES
from donations.views.guards import foundation_page
from donations.views.offers import Offer
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, money
from msw_portal.kernel.keyset import capped_counts
from msw_portal.kernel.money import capital_amount

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("series", "donation", "handler", "red_of__series", "ended_by")
TABS = (
    ("", gettext_lazy("全部")),
    (ReceiptState.ISSUED, gettext_lazy("有效")),
    (ReceiptState.VOIDED, gettext_lazy("已作废")),
    (ReceiptState.REVERSED, gettext_lazy("已冲红")),
)


@require_safe
@foundation_page
def receipts(request: HttpRequest) -> HttpResponse:
    """Receipts, the newest first, and how many gifts wait for theirs."""
    user = request.user
    state = request.GET.get("state", "")
    rows = Receipt.objects.visible_to(user)
    rows = rows.filter(state=state) if state in ReceiptState.values else rows
    page = page_of(request, rows.select_related(*JOINS), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [_row(one) for one in page["rows"]]
    page["tabs"] = [
        {"label": label, "url": address(request.GET, state=tab or None), "is_on": state == tab}
        for tab, label in TABS
    ]
    page |= {"chosen": state, "pager_text": _("最近开的在前")}
    page |= _links(
        user, capped_counts({"waiting": receipts_waiting(by=user), "late": receipts_late(by=user)})
    )
    return render(request, "donations/receipts.html", page)


def _links(user: Any, counts: dict[str, str]) -> dict[str, Any]:
    return {
        "counts": counts,
        "is_late": counts["late"] != "0",
        "days": receipt_days(),
        "may_issue": can_issue_receipt(user),
    }


def _row(one: Receipt) -> dict[str, Any]:
    amount = money(one.amount)
    return {
        "url": reverse("receipts:receipt", args=[one.uid]),
        "number": str(one),
        "code": one.series.code,
        "donation": one.donation.number,
        "kind": one.kind_text,
        "on": one.issued_on,
        "amount": f"-{amount}" if one.red_of_id else amount,
        "state": _("红字") if one.red_of_id else one.get_state_display(),
        "tone": "danger" if one.red_of_id else RECEIPT_TONES[one.state],
        "handler": str(one.handler),
    }


@require_safe
@foundation_page
def due(request: HttpRequest) -> HttpResponse:
    """Booked gifts without a receipt, the longest waiting first; later than the rule allows they stand red."""
    rows = receipts_waiting(by=request.user).select_related("donor", "fund")
    page = page_of(request, rows, order=("received_on", "id"), size=PAGE_SIZE)
    late, may = late_before(), can_issue_receipt(request.user)
    page["rows"] = [_due_row(one, late, may) for one in page["rows"]]
    page |= {"pager_text": _("等得最久的在前"), "may_issue": may, "days": receipt_days()}
    return render(request, "donations/receipts_due.html", page)


def _due_row(one: Donation, late: dt.date, may: bool) -> dict[str, Any]:
    return {
        "url": reverse("donations:donation", args=[one.uid]),
        "number": one.number,
        "donor": one.donor.name_masked,
        "fund": one.fund.name,
        "kind": one.get_kind_display(),
        "on": one.received_on,
        "days": (timezone.localdate() - one.received_on).days,
        "is_late": one.received_on < late,
        "amount": one.amount,
        "issue_url": reverse("receipts:issue", args=[one.uid]) if may else "",
        "waive_url": reverse("receipts:waive", args=[one.uid]) if may else "",
    }


def crumbs_of(*more: tuple[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The way back: receipts, then `more`."""
    return ((reverse("receipts:receipts"), _("捐赠票据")), *more)


def _donation(request: HttpRequest, uid: uuid.UUID) -> Donation:
    rows = Donation.objects.visible_to(request.user).select_related("donor", "fund", "purpose")
    found = get_object_or_404(rows, uid=uid)
    require(can_issue_receipt, request.user, found)
    return found


def _gift_step(request: HttpRequest, one: Donation, **given: Any) -> HttpResponse:
    back = reverse("receipts:due")
    amount = _("%(amount)s 元") % {"amount": money(one.amount)} if one.amount else "—"
    facts = [
        (_("捐赠"), one.number),
        (_("捐赠人"), one.donor.name_masked),
        (_("捐赠财产"), one.get_kind_display()),
        (_("入账金额"), amount),
        (_("到账"), moment(one.received_on) if one.received_on else "—"),
    ]
    kept = kept_of(one)
    if one.amount and kept not in (0, one.amount):
        facts.append((_("退回后留下"), _("%(amount)s 元") % {"amount": money(kept)}))
    if one.amount:
        facts.append((_("大写"), capital_amount(kept or one.amount)))
    return take(
        request,
        Step(
            given={"donation": one},
            url=request.path,
            back_url=back,
            crumbs=crumbs_of((back, _("待开票"))),
            facts=facts,
            **given,
        ),
    )


@BOTH
@foundation_page
def issue(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _gift_step(
        request,
        _donation(request, uid),
        form=IssueForm,
        service=receipt_issue,
        to=lambda made: reverse("receipts:receipt", args=[made.uid]),
        done=_("票据已开。"),
        title=_("开捐赠票据"),
        button=_("开票"),
        note=_("按入账金额开票，号码从登记的号段依次取用，不能跳号。"),
    )


@BOTH
@foundation_page
def waive(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _gift_step(
        request,
        _donation(request, uid),
        form=ReasonForm,
        service=receipt_waive,
        to=reverse("receipts:due"),
        done=_("已登记：捐赠人不要票据，捐赠记录照常保存。"),
        title=_("捐赠人不要票据"),
        button=_("登记"),
        note=_("匿名或放弃票据的，也要做好记录（《慈善法》第三十八条）。"),
    )


def _receipt(request: HttpRequest, uid: uuid.UUID) -> Receipt:
    rows = Receipt.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*JOINS, *receipt_papers.JOINS), uid=uid)


@require_safe
@foundation_page
def receipt(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One receipt as it stands on paper, with what can be done to it."""
    one = _receipt(request, uid)
    red = Receipt.objects.visible_to(request.user).filter(red_of=one).first()
    return render(
        request,
        "donations/receipt.html",
        {
            "receipt": one,
            "row": _row(one),
            "capitals": capital_amount(one.amount),
            "facts": _facts(one),
            "red": red,
            "offers": _offers(request.user, one),
            "check_url": reverse("receipts_public:check") if one.link_id else "",
            "donation_url": reverse("donations:donation", args=[one.donation.uid]),
            "history": history_lines(one),
        },
    )


def _facts(one: Receipt) -> list[tuple[Any, Any]]:
    rows = [
        (_("票据代码"), one.series.code),
        (_("票据号码"), str(one)),
        (_("校验码"), one.check_code),
        (_("捐赠人"), one.donor_name),
        (_("捐赠财产"), one.kind_text),
    ]
    if one.quantity_text:
        rows.append((_("数量"), one.quantity_text))
    return [
        *rows,
        (_("接受捐赠单位"), one.charity_name),
        (_("经手"), str(one.handler)),
        (_("开具日期"), moment(one.issued_on)),
    ]


def _offers(user: Any, one: Receipt) -> list[Offer]:
    if not can_end_receipt(user, one):
        return []
    return [
        Offer("void", _("作废"), reverse("receipts:void", args=[one.uid]), is_quiet=True),
        Offer("red", _("冲红"), reverse("receipts:red", args=[one.uid]), is_quiet=True),
    ]


def _end_step(request: HttpRequest, uid: uuid.UUID, **given: Any) -> HttpResponse:
    one = _receipt(request, uid)
    require(can_end_receipt, request.user, one)
    back = reverse("receipts:receipt", args=[uid])
    given = {
        "form": ReasonForm,
        "given": {"receipt": one},
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": crumbs_of((back, str(one))),
    } | given
    return take(request, Step(**given))


@BOTH
@foundation_page
def void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _end_step(
        request,
        uid,
        service=receipt_void,
        done=_("票据已作废，号码不再使用。"),
        title=_("作废票据"),
        button=_("作废"),
        note=_("还没有交给捐赠人，或各联已全部收回的，可以作废；已经交出的请冲红。"),
    )


@BOTH
@foundation_page
def red(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _end_step(
        request,
        uid,
        service=receipt_reverse,
        to=lambda made: reverse("receipts:receipt", args=[made.uid]),
        done=_("已开红字票据，原票据已冲销。"),
        title=_("冲红"),
        button=_("开红字票据"),
        note=_("用下一个号码开一张金额相反的红字票据，冲销原票据；只能冲一次。"),
    )


@require_safe
@foundation_page
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The A4 paper."""
    one = _receipt(request, uid)
    content = receipt_papers.receipt_paper(receipt=one, by=request.user)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{_('捐赠票据')} {one.series.code} {one}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
