"""Funds: balances, accounts, programmes and the book of each."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.views.paging import page_of
from donations.charity_permissions import can_end_fund, can_keep_charity
from donations.charity_workflow import FUND
from donations.models.charities import CharitableTrust, FundTerms
from donations.models.giving import Fund
from donations.models.ledger import LedgerEntry, LedgerJournal
from donations.models.programmes import ProgrammeVersion
from donations.permissions import can_record_donation, can_view_fund
from donations.querysets import FOUNDATION_ROLES
from donations.views.balances import (
    balance_lines,
    fund_rows,
    funds_held,
    journal_rows,
    own_versions,
    purpose_rows,
    totals,
)
from donations.views.guards import money_page
from donations.views.paging import PAGE_SIZE
from donations.webhook_permissions import can_list_webhooks
from donations.workflow import RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money
from msw_portal.kernel.together import together


@require_safe
@money_page
def funds(request: HttpRequest) -> HttpResponse:
    user = request.user
    held, versions = funds_held(user), own_versions(user)
    together(held, versions)
    rows = fund_rows(user, held, versions)
    total = totals(rows)
    is_foundation = user.role in FOUNDATION_ROLES
    return render(
        request,
        "donations/funds.html",
        {
            "funds": rows,
            "funds_total": total,
            "stats": _stats(total, is_foundation=is_foundation),
            "is_foundation": is_foundation,
            "donations_url": reverse("donations:donations"),
            "new_url": reverse("donations:donation_new"),
            "may_record": may_record(user),
            "may_keep": can_keep_charity(user),
            "webhooks_url": reverse("donations:webhooks") if can_list_webhooks(user) else "",
        },
    )


@require_safe
@money_page
def fund(request: HttpRequest, uid: Any) -> HttpResponse:
    found = get_object_or_404(
        Fund.objects.visible_to(request.user).select_related("parent"), uid=uid
    )
    require(can_view_fund, request.user, found)
    page = _book(request, found)
    page["journals"] = journal_rows(page.pop("rows"), found, request.user)
    return render(request, "donations/fund.html", page | _fund_context(request.user, found))


def _book(request: HttpRequest, found: Fund) -> dict[str, Any]:
    """A page of the journals that touch an account of the fund, newest first."""
    legs = LedgerEntry.objects.visible_to(request.user).filter(
        journal=OuterRef("pk"), account__fund=found
    )
    book = LedgerJournal.objects.visible_to(request.user).filter(Exists(legs))
    rows = book.select_related("request", "donation")
    return page_of(request, rows, order=("-posted_at", "-id"), size=PAGE_SIZE)


def _fund_context(user: Any, found: Fund) -> dict[str, Any]:
    return {
        "fund": found,
        "fund_tone": "accent" if found.state == Fund.State.ACTIVE else "",
        "now": timezone.now(),
        "accounts": purpose_rows(user, found),
        "balance": balance_lines(user, found),
        "programmes": _programmes(user, found),
        "pager_text": _("每页 20 笔，最新的在前"),
        "funds_url": reverse("donations:funds"),
        "may_record": can_record_donation(user, found),
        **_terms(user, found),
        "new_url": f"{reverse('donations:donation_new')}?fund={found.uid}",
    }


def _terms(user: Any, found: Fund) -> dict[str, Any]:
    """What was agreed about the fund, what hangs under it, and what may be done with it."""
    trust = CharitableTrust.objects.visible_to(user).filter(fund=found).first()
    keeps, ends = can_keep_charity(user, found), can_end_fund(user, found)
    return {
        "terms": FundTerms.objects.visible_to(user)
        .filter(fund=found)
        .select_related("founder")
        .first(),
        "children": Fund.objects.visible_to(user).filter(parent=found).order_by("number"),
        "trust": trust,
        "may_edit": keeps and trust is None and found.state != Fund.State.CLOSED,
        "fund_steps": [
            {
                "label": step.label,
                "url": reverse("donations:fund_step", args=[found.uid, step.name]),
            }
            for step in FUND.open_steps(found)
            if (ends if step.name == "close" else keeps)
        ],
    }


def may_record(user: Any) -> bool:
    """Whether the person may record gifts to the funds of the own house."""
    return can_record_donation(user, Fund(organization_id=user.house_id))


def _stats(total: dict[str, Any], *, is_foundation: bool) -> list[dict[str, Any]]:
    """The figures; requests and payments open to the foundation's own staff alone."""
    now = _("截至 %(time)s") % {"time": timezone.localtime().strftime("%m-%d %H:%M")}
    return [
        {
            "label": _("可用余额"),
            "value": money(total["available"]),
            "unit": _("元"),
            "basis": now,
            "url": "",
            "tone": "",
            "sub": _("已入账 − 已承诺 − 已拨付 − 费用"),
        },
        {
            "label": _("已承诺，未拨付"),
            "value": money(total["committed"]),
            "unit": _("元"),
            "basis": now,
            "tone": "",
            "sub": _("批准时从捐赠批次预留"),
            "url": f"{reverse('donations:board')}?view=list&state={RequestState.AGREEMENT}"
            if is_foundation
            else "",
        },
        {
            "label": _("本月拨付"),
            "value": money(total["paid"]),
            "unit": _("元"),
            "basis": now,
            "tone": "",
            "sub": _("放款日在本月；上月 %(amount)s 元") % {"amount": money(total["paid_before"])},
            "url": reverse("donations:disbursements") if is_foundation else "",
        },
    ]


def _programmes(user: Any, found: Fund) -> list[dict[str, Any]]:
    versions = (
        ProgrammeVersion.objects.visible_to(user)
        .filter(programme__fund=found)
        .order_by("name", "-version")
    )
    today = timezone.localdate()
    rows = []
    for one in versions:
        is_on = one.published_at is not None and today in one.valid
        rows.append(
            {
                "name": str(one),
                "valid": span_words(one.valid),
                "benefits": [
                    {"text": row["zh"], "amount": row["amount"]} for row in one.benefit_rows
                ],
                "stages": " → ".join(str(RequestState(state).label) for state in one.stages),
                "state": _("在用") if is_on else _("已发布") if one.published_at else _("草稿"),
                "tone": "accent" if is_on else "",
            }
        )
    return rows


def span_words(valid: Any) -> str:
    """`2026-01-01 至 2026-12-31`, or without an end; the range's upper bound is the day after the last."""
    if valid.upper is None:
        return _("%(day)s 起") % {"day": valid.lower}
    last = valid.upper - dt.timedelta(days=1)
    return _("%(first)s 至 %(last)s") % {"first": valid.lower, "last": last}
