"""The book: every journal with its entries, balances by fund, purpose and restriction, and the book as a file."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.exporting import export_page
from departments.views.paging import page_of
from donations.models.giving import Fund
from donations.models.ledger import LedgerAccount, LedgerEntry, LedgerJournal
from donations.models.orders import LedgerOrder
from donations.permissions import can_ask_order, can_view_payers
from donations.querysets import FOUNDATION_ROLES
from donations.services.book_exports import BOOK, ENTRY_JOINS
from donations.services.orders import REVERSIBLE
from donations.views.guards import money_page
from donations.views.paging import PAGE_SIZE, address
from donations.views.wording import joined
from msw_portal.kernel.display import moment, money

ZERO = Decimal(0)
JOINS = ("request", "donation", "disbursement", "order", "created_by", "reverses", "reversed_by")


@require_safe
@money_page
def journals(request: HttpRequest) -> HttpResponse:
    rows = _narrowed(request)
    page = page_of(
        request, rows.select_related(*JOINS), order=("-posted_at", "-id"), size=PAGE_SIZE
    )
    legs = _legs(request.user, page["rows"])
    page["rows"] = [_row(one, legs.get(one.pk, [])) for one in page["rows"]]
    page |= _conditions(request) | {
        "is_narrowed": bool(request.GET.keys() & {"kind", "fund", "from", "to"}),
        "pager_text": _("最近记的在前"),
        "balances_url": reverse("books:balances"),
        # A hospital's finance reads the book of its own fund; orders and their three persons are a charity's.
        "orders_url": reverse("books:orders") if may_order(request.user) else "",
        "export_url": f"{reverse('books:journals_export')}?{request.GET.urlencode()}",
    }
    return render(request, "donations/journals.html", page)


def may_order(user: Any) -> bool:
    """Whether orders to the books are a page of this person's."""
    return user.role in FOUNDATION_ROLES


def _narrowed(request: HttpRequest) -> QuerySet:
    """The journals that kind, fund and days of the address leave; what is no condition narrows nothing."""
    asked = request.GET
    rows = LedgerJournal.objects.visible_to(request.user)
    if asked.get("kind") in LedgerJournal.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if asked.get("fund"):
        legs = LedgerEntry.objects.visible_to(request.user)
        legs = legs.filter(journal=OuterRef("pk"), account__fund__number=asked["fund"])
        rows = rows.filter(Exists(legs))
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    if first:
        rows = rows.filter(posted_at__date__gte=first)
    if last:
        rows = rows.filter(posted_at__date__lte=last)
    return rows


def _day(typed: str | None) -> dt.date | None:
    try:
        return parse_date(typed or "")
    except ValueError:
        return None


def _conditions(request: HttpRequest) -> dict[str, Any]:
    kind, fund = request.GET.get("kind", ""), request.GET.get("fund", "")
    kinds = [("", _("全部类型")), *LedgerJournal.Kind.choices]
    funds = Fund.objects.visible_to(request.user).order_by("number")
    named = [("", _("全部基金")), *((one.number, one.name) for one in funds)]
    return {
        "kinds": [
            {
                "label": label,
                "url": address(request.GET, kind=value or None),
                "is_on": kind == value,
            }
            for value, label in kinds
        ],
        "funds": [
            {"value": value, "label": label, "is_on": fund == value} for value, label in named
        ],
        "kind_label": dict(kinds).get(kind, kinds[0][1]),
        "chips": _chips(request, dict(named)),
        "kept": {"kind": kind},
        "first": request.GET.get("from", ""),
        "last": request.GET.get("to", ""),
    }


def _chips(request: HttpRequest, funds: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """The conditions that hold, each with the address without it."""
    asked = request.GET
    found = [
        (_("基金"), funds.get(asked.get("fund", ""), "") if asked.get("fund") else "", "fund"),
        (_("从"), asked.get("from", ""), "from"),
        (_("到"), asked.get("to", ""), "to"),
    ]
    return [
        (label, said, address(request.GET, **{name: None})) for label, said, name in found if said
    ]


def _legs(user: Any, rows: Any) -> dict[int, list[LedgerEntry]]:
    found: dict[int, list[LedgerEntry]] = {}
    entries = LedgerEntry.objects.visible_to(user).filter(journal__in=[one.pk for one in rows])
    for entry in entries.select_related("account__fund", "account__purpose").order_by("id"):
        found.setdefault(entry.journal_id, []).append(entry)
    return found


def account_name(account: LedgerAccount) -> str:
    """`可用 · 小天使基金 · 白血病患儿救助`."""
    if account.fund_id is None:
        return account.get_kind_display()
    purpose = account.purpose.text if account.purpose else _("不限定用途")
    return joined([account.get_kind_display(), account.fund.name, purpose])


def _row(journal: LedgerJournal, legs: list[LedgerEntry]) -> dict[str, Any]:
    source, url = source_of(journal)
    names = {True: {}, False: {}}
    for leg in legs:
        names[leg.amount > 0][account_name(leg.account)] = None
    return {
        "url": reverse("books:journal", args=[journal.uid]),
        "at": journal.posted_at,
        "kind": journal.get_kind_display(),
        "source": source,
        "source_url": url,
        "debit": list(names[True]),
        "credit": list(names[False]),
        "amount": sum((leg.amount for leg in legs if leg.amount > 0), ZERO),
        "by": journal.created_by,
        "is_reversed": hasattr(journal, "reversed_by"),
    }


def source_of(journal: LedgerJournal) -> tuple[str, str]:
    """What a journal stands for, and where that is shown."""
    if hasattr(journal, "order"):
        return journal.order.number, reverse("books:order", args=[journal.order.uid])
    if journal.request:
        return journal.request.number or "", reverse("donations:review", args=[journal.request.uid])
    if journal.donation:
        return journal.donation.number, reverse("donations:donation", args=[journal.donation.uid])
    return journal.reference, ""


@require_safe
@money_page
def journal(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = LedgerJournal.objects.visible_to(request.user).select_related(*JOINS)
    one = get_object_or_404(rows, uid=uid)
    entries = (
        LedgerEntry.objects.visible_to(request.user)
        .filter(journal=one)
        .select_related("account__fund", "account__purpose", "lot__donation", "lot__order")
        .order_by("id")
    )
    context = _row(one, list(entries)) | {
        "journal": one,
        "entries": [_entry(leg) for leg in entries],
        "facts": _facts(one),
        "trail_url": reverse("books:payout_trail", args=[one.disbursement.uid])
        if one.disbursement and can_view_payers(request.user, one.disbursement)
        else "",
        "journals_url": reverse("books:journals"),
        "reverse_url": _reverse_url(request.user, one),
    }
    return render(request, "donations/journal.html", context)


def _reverse_url(user: Any, one: LedgerJournal) -> str:
    if one.kind not in REVERSIBLE or hasattr(one, "reversed_by") or not can_ask_order(user):
        return ""
    new = reverse("books:order_new", args=[LedgerOrder.Kind.REVERSAL.value])
    return f"{new}?reverses={one.uid}"


def _entry(leg: LedgerEntry) -> dict[str, Any]:
    gift = leg.lot.donation if leg.lot else None
    order = leg.lot.order if leg.lot else None
    lot = gift.number if gift else joined([_("利息"), order.number]) if order else ""
    return {
        "account": account_name(leg.account),
        "lot": lot,
        "lot_url": reverse("books:gift_trail", args=[gift.uid]) if gift else "",
        "debit": money(leg.amount) if leg.amount > 0 else "",
        "credit": money(-leg.amount) if leg.amount < 0 else "",
    }


def _voucher(one: LedgerJournal) -> str:
    """The number of what was booked; a key that only programs read is said as the kind."""
    number, _url = source_of(one)
    return str(one.get_kind_display()) if ":" in number else number


def _other(one: LedgerJournal) -> str:
    return joined([one.get_kind_display(), moment(one.posted_at)])


def _facts(one: LedgerJournal) -> list[tuple[Any, Any]]:
    facts = [
        (_("凭证"), _voucher(one)),
        (_("记账人"), str(one.created_by or _("系统"))),
        (_("支出类别"), one.get_spend_class_display()),
    ]
    if one.article:
        facts.append((_("依据"), one.article))
    if one.reverses:
        facts.append((_("冲销"), _other(one.reverses)))
    if hasattr(one, "reversed_by"):
        facts.append((_("已被冲销"), _other(one.reversed_by)))
    return facts


@require_http_methods(["GET", "POST"])
@money_page
def journals_export(request: HttpRequest) -> HttpResponse:
    """The entries of the journals that the address's conditions leave."""
    legs = LedgerEntry.objects.visible_to(request.user).filter(journal__in=_narrowed(request))
    back = f"{reverse('books:journals')}?{request.GET.urlencode()}"
    rows = legs.select_related(*ENTRY_JOINS).order_by("-journal__posted_at", "journal_id", "id")
    heading = gettext_lazy("账簿")
    return export_page(request, listing=BOOK, rows=rows, heading=heading, back=back)


@require_safe
@money_page
def balances(request: HttpRequest) -> HttpResponse:
    """What is available and committed by fund and purpose: restricted to a purpose, or within the fund."""
    accounts = (
        LedgerAccount.objects.visible_to(request.user)
        .filter(kind__in=["available", "committed"])
        .select_related("fund", "purpose")
        .order_by("fund__number", "purpose__rank", "purpose_id")
    )
    lines: dict[tuple[int, int | None], dict[str, Any]] = {}
    for one in accounts:
        line = lines.setdefault((one.fund_id, one.purpose_id), _balance_line(one))
        line[one.kind] = one.balance
    rows = list(lines.values())
    context = {
        "rows": rows,
        "totals": [_total(_("限定用途"), rows, True), _total(_("基金内不限定"), rows, False)],
        "journals_url": reverse("books:journals"),
    }
    return render(request, "donations/balances.html", context)


def _balance_line(one: LedgerAccount) -> dict[str, Any]:
    return {
        "fund": one.fund.name,
        "url": reverse("donations:fund", args=[one.fund.uid]),
        "purpose": one.purpose.text if one.purpose else _("不限定用途"),
        "is_restricted": one.purpose_id is not None,
        "available": ZERO,
        "committed": ZERO,
    }


def _total(label: str, rows: list[dict[str, Any]], is_restricted: bool) -> dict[str, Any]:
    mine = [one for one in rows if one["is_restricted"] == is_restricted]
    return {
        "label": label,
        "available": sum((one["available"] for one in mine), ZERO),
        "committed": sum((one["committed"] for one in mine), ZERO),
    }
