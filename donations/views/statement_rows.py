"""Lines of statements in words: a row of the desk, the facts of one, the steps that are open, a month's sums."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from donations.books_workflow import LineState
from donations.models.statements import StatementLine
from donations.permissions import can_confirm_line, can_keep_statement
from donations.services.statement_totals import Cash, Statement
from donations.services.suggesting import Suggestion
from donations.views.offers import Offer
from donations.views.wording import joined
from msw_portal.kernel.display import moment, money
from msw_portal.kernel.masking import mask_name

TONES = {LineState.OPEN: "warn", LineState.MATCHED: "warn", LineState.CONFIRMED: "accent"}
# Words that only bodies bear: every other name may be a person's and is masked in lists.
BODIES = re.compile(
    "公司|集团|企业|基金|[协学商校]会|[医学法]院|学校|大学|中心|[局厂店所社部]$|银行|合计|平台"
)


def payer_shown(line: StatementLine) -> str:
    """The other side as a list shows it: organizations in full, what may be a person masked."""
    name = line.counter_name or ""
    return name if not name or BODIES.search(name) else mask_name(name)


def desk_row(line: StatementLine, suggestions: Sequence[Suggestion], user: Any) -> dict[str, Any]:
    """One line beside its likeliest gift, and what the person may do with one press."""
    url = reverse("books:line", args=[line.uid])
    may = can_keep_statement(user, line) and line.state == LineState.OPEN
    return {
        "url": url,
        "on": line.on,
        "number": line.external_no,
        "source": joined([line.get_source_display(), line.account]),
        "payer": payer_shown(line) or _("未写对方"),
        "amount": line.amount,
        "state": line.get_state_display(),
        "tone": TONES.get(line.state, ""),
        "suggestion": _suggested(suggestions[0]) if suggestions and may else None,
        "more_count": max(len(suggestions) - 1, 0) if may else 0,
        "match_url": reverse("books:line_match", args=[line.uid]) if may else "",
        "give_url": reverse("books:line_give", args=[line.uid]) if may else "",
        "gift": _gift(line),
        "confirm_url": reverse("books:line_confirm", args=[line.uid])
        if line.state == LineState.MATCHED and can_confirm_line(user, line)
        else "",
        "why": _why(line),
    }


def _suggested(one: Suggestion) -> dict[str, Any]:
    gift = one.donation
    return {
        "uid": gift.uid,
        "number": gift.number,
        "words": joined([gift.donor.name_masked, gift.fund.name]),
        "reasons": joined(one.reasons),
        "is_sure": one.is_sure,
    }


def _gift(line: StatementLine) -> dict[str, Any] | None:
    gift = line.donation
    if gift is None:
        return None
    return {
        "number": gift.number,
        "url": reverse("donations:donation", args=[gift.uid]),
        "words": joined([gift.donor.name_masked, gift.fund.name, money(gift.amount)]),
    }


def _why(line: StatementLine) -> str:
    if line.state == LineState.IGNORED:
        return joined([line.get_ignore_reason_display(), line.ignore_note])
    if line.state == LineState.MATCHED:
        return _("%(who)s 匹配") % {"who": line.matched_by}
    if line.state == LineState.CONFIRMED:
        return _("%(who)s 复核") % {"who": line.confirmed_by}
    return ""


def line_facts(line: StatementLine) -> list[tuple[Any, Any]]:
    """What the statement says, for whoever compares."""
    facts = [
        (_("来源"), joined([line.get_source_display(), line.account])),
        (_("流水号"), line.external_no),
        (_("日期"), moment(line.on)),
        (_("金额"), _("%(amount)s 元") % {"amount": money(line.amount)}),
        (_("对方名称"), line.counter_name or _("未写")),
    ]
    if line.remark:
        facts.append((_("附言"), line.remark))
    if line.origin:
        giver = joined([line.origin.get("giver"), line.origin.get("giver_fund")])
        facts.append((_("划转来自"), giver))
    if line.created_by:
        facts.append((_("导入"), joined([line.created_by, moment(line.created_at)])))
    return facts


def line_offers(line: StatementLine, user: Any) -> list[Offer]:
    """The steps that leave the line's state, for this person."""
    if not can_keep_statement(user, line) or line.state != LineState.OPEN:
        return []

    def offer(name: str, label: Any, **more: Any) -> Offer:
        return Offer(name, label, reverse(f"books:line_{name}", args=[line.uid]), **more)

    parts = [] if line.parent_id else [offer("split", _("拆成几份"))]
    return [
        offer("give", _("新登记一笔捐赠"), is_primary=True),
        *parts,
        offer("ignore", _("不入账"), is_quiet=True),
    ]


def month_rows(found: Sequence[Statement], cash: Sequence[Cash]) -> list[dict[str, Any]]:
    """Months, newest first, each with its statements and the gifts on the cash account."""
    by_month: dict[Any, list[Statement]] = {}
    for one in found:
        by_month.setdefault(one.month, []).append(one)
    gifts = {one.month: one for one in cash}
    return [
        _month(
            month, by_month.get(month, []), gifts.get(month, Cash(month, Decimal(0), Decimal(0)))
        )
        for month in sorted({*by_month, *gifts}, reverse=True)
    ]


def _month(month: Any, statements: Sequence[Statement], cash: Cash) -> dict[str, Any]:
    booked = sum((one.booked for one in statements), Decimal(0))
    labels = dict(StatementLine.Source.choices)
    return {
        "month": f"{month:%Y-%m}",
        "statements": [
            {
                "source": labels[one.source],
                "url": f"{reverse('books:desk')}?state=all&source={one.source}",
                "count": one.line_count,
                "came": one.came,
                "booked": one.booked,
                "waiting": one.waiting + one.open,
                "ignored": one.ignored,
                "is_done": not one.waiting and not one.open,
            }
            for one in statements
        ],
        "tie": [
            {"label": _("现金账上的捐赠收入"), "amount": cash.gifts},
            {"label": _("其中有已复核流水的"), "amount": cash.tied, "kind": "minus"},
            {"label": _("账上有、流水没有"), "amount": cash.loose, "kind": "sum"},
        ],
        "booked": booked,
        "is_tied": cash.loose == 0,
    }
