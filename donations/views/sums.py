"""Sums written as sums: the bill by layer down to the gap, and the limits of which the smallest counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from donations.models.requests import CostLine
from donations.services.approving import FAR, Quota
from donations.services.payable import Payable
from msw_portal.kernel.display import money

ZERO = Decimal(0)
Layer = CostLine.Layer
INSURANCE = (
    *(Layer.BASIC, Layer.CRITICAL, Layer.ASSISTANCE, Layer.RELIEF),
    *(Layer.COMMERCIAL, Layer.EMPLOYER),
)


@dataclass(frozen=True)
class Granted:
    """Aid that was approved elsewhere and lessens the gap."""

    label: str
    amount: Decimal
    url: str = ""


@dataclass(frozen=True)
class Sum:
    """Amounts in yuan: `covered` by insurance and assistance, `aid` from charities, `gap` what is left."""

    total: Decimal
    covered: Decimal
    aid: Decimal
    gap: Decimal
    lines: list[dict[str, Any]] = field(default_factory=list)
    words: str = ""


def sum_of(
    amounts: Mapping[str, Decimal], granted: Iterable[Granted] = (), words: str = "", note: str = ""
) -> Sum | None:
    """The bill as a sum; None while the total is unknown. Layers are CostLine.Layer, amounts in yuan."""
    total = amounts.get(Layer.TOTAL)
    if not total:
        return None
    insured = [_minus(Layer(name).label, amounts[name]) for name in INSURANCE if amounts.get(name)]
    helped = _helped(amounts, granted)
    covered, aid = (sum((line["amount"] for line in lines), ZERO) for lines in (insured, helped))
    gap = max(total - covered - aid, ZERO)
    lines = [
        {"label": _("总费用"), "note": note, "amount": total},
        *insured,
        {"label": _("自付"), "amount": max(total - covered, ZERO), "kind": "sum"},
        *helped,
        {"label": _("剩余缺口") if aid else _("缺口"), "amount": gap, "kind": "sum"},
    ]
    lines[-1]["tone"] = "danger" if gap else ""
    over = max(covered + aid - total, ZERO)
    if aid and over:
        label = _("救助合计超出自付，请与各机构核减或退回")
        lines.append({"label": label, "amount": over, "kind": "sum", "tone": "danger"})
    return Sum(total, covered, aid, gap, lines, words)


def _helped(amounts: Mapping[str, Decimal], granted: Iterable[Granted]) -> list[dict[str, Any]]:
    """Aid from elsewhere as the worker wrote it, and what foundations approved here."""
    other = amounts.get(Layer.OTHER_AID)
    stated = [_minus(Layer.OTHER_AID.label, other)] if other else []
    known = [_minus(one.label, one.amount, note=_("已批准"), url=one.url) for one in granted]
    return [*stated, *known]


def _minus(label: Any, amount: Decimal, **more: Any) -> dict[str, Any]:
    return {"label": label, "amount": amount, "kind": "minus", **more}


def excess_of(amounts: Mapping[str, Decimal]) -> Decimal:
    """By how much the payers' layers exceed the total; zero when they do not."""
    paid = sum((amount or ZERO for layer, amount in amounts.items() if layer != Layer.TOTAL), ZERO)
    return max(paid - (amounts.get(Layer.TOTAL) or ZERO), ZERO)


@dataclass(frozen=True)
class Limit:
    label: str
    amount: Decimal
    note: str = ""
    is_smallest: bool = False


def limits_of(payable: Payable, remaining_note: str = "") -> list[Limit]:
    """All limits of the payable amount, the smallest marked (several when they are equal)."""
    return _marked(
        [
            (_("申请金额"), payable.requested, ""),
            (_("项目上限"), payable.cap, _("每份申请")),
            (_("项目对此人的余额"), payable.allowance, _("每人累计")),
            (_("剩余自付"), payable.remaining, remaining_note),
            (_("基金可用余额"), payable.available, _("本用途")),
        ]
    )


def limits_asked(
    requested: Decimal | None, cap: Decimal | None, gap: Decimal | None
) -> list[Limit]:
    """The limits the asking side can know: not the fund's balance."""
    return _marked(
        [
            (_("申请金额"), requested, ""),
            (_("项目上限"), cap, _("每份申请")),
            (_("剩余缺口"), gap, ""),
        ]
    )


def _marked(rows: list[tuple[str, Decimal | None, str]]) -> list[Limit]:
    known = [row for row in rows if row[1] is not None]
    least = min((amount for _label, amount, _note in known), default=None)
    return [Limit(label, amount, note, amount == least) for label, amount, note in known]


def limits_words(payable: Payable) -> str:
    """What the sum means for the family, and who decides."""
    after = max(payable.remaining - payable.amount, ZERO)
    return _(
        "最多可资助 %(amount)s 元，之后还缺 %(after)s 元。系统只计算，不决定；决定由不同的人作出。"
    ) % {"amount": money(payable.amount), "after": money(after)}


def asked_words(requested: Decimal | None, gap: Decimal | None, cap: Decimal | None) -> str:
    """For the asking side: what would still be missing, or why the amount cannot be sent."""
    if requested is None or gap is None:
        return _("填写申请金额后，这里比较项目上限和缺口。")
    if requested > gap:
        return _("申请金额比缺口多 %(amount)s 元，不能送出。") % {"amount": money(requested - gap)}
    if cap is not None and requested > cap:
        return _("申请金额超过项目上限 %(cap)s 元，不能送出。") % {"cap": money(cap)}
    return _("如全额获批，还缺 %(after)s 元。批准多少由基金会决定。") % {
        "after": money(gap - requested)
    }


def quota_facts(quota: Quota | None, order_rule: str) -> list[tuple[Any, Any]]:
    """The places of the programme and the request's own in the queue, as facts; nothing without a quota."""
    if quota is None:
        return []
    words = {"used": quota.used, "places": quota.places, "left": quota.left}
    facts = [(_("名额"), _("共 %(places)d 个，已用 %(used)d 个，还剩 %(left)d 个") % words)]
    if quota.rank is not None:
        rule = _("按时限先后") if order_rule == "due_at" else _("按提交时间先后")
        said = {"rank": quota.rank, "rule": rule}
        words = (
            _("第 %(rank)d 位（%(rule)s）")
            if quota.rank < FAR
            else _("%(rank)d 位以后（%(rule)s）")
        )
        facts.append((_("排队"), words % said))
    return facts
