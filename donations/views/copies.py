"""The consented copy in words: codes of ShareItem and their values, nothing that is not in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.codes import Relation, ShareItem, WelfareStatus
from msw_portal.kernel.display import money

# The bill has its own card; papers stand in their own table.
ELSEWHERE = frozenset({ShareItem.COSTS, ShareItem.DOCUMENTS})
LONG = 40
PARTS = {
    "stage": gettext_lazy("治疗阶段"),
    "is_transplanted": gettext_lazy("已移植"),
    "plan": gettext_lazy("治疗方案"),
    "size": gettext_lazy("家庭人口"),
    "monthly_income": gettext_lazy("家庭月收入"),
    "income_per_head": gettext_lazy("人均月收入"),
    "assets": gettext_lazy("房产与资产"),
    "debts": gettext_lazy("负债"),
    "members": gettext_lazy("家庭成员"),
    "relation": gettext_lazy("关系"),
    "age": gettext_lazy("年龄"),
    "health": gettext_lazy("健康"),
    "job": gettext_lazy("职业"),
    "income": gettext_lazy("月收入"),
    "name": gettext_lazy("户名"),
    "bank": gettext_lazy("开户行"),
    "account": gettext_lazy("账号"),
}
# Frozen in the hospital's words of a list that the catalogue has.
LISTED = frozenset({ShareItem.SEX, ShareItem.INSURANCE, "stage"})
AMOUNTS = frozenset({"monthly_income", "income_per_head", "income"})


@dataclass(frozen=True)
class Fact:
    label: Any
    value: str

    @property
    def is_long(self) -> bool:
        return len(self.value) > LONG or "\n" in self.value


def facts_of(payload: Mapping[str, Any]) -> list[Fact]:
    """Every part of a copy as label and text, in the order of ShareItem; empty values are left out."""
    found: list[Fact] = []
    for item in ShareItem:
        if item in payload and item not in ELSEWHERE:
            found += _facts(item, payload[item])
    return [fact for fact in found if fact.value]


def _facts(item: ShareItem, value: Any) -> list[Fact]:
    if isinstance(value, Mapping):
        return [Fact(PARTS.get(part, part), _text(part, inner)) for part, inner in _ordered(value)]
    if item == ShareItem.AGE_BAND:
        return [Fact(item.label, _("%(age)s 岁") % {"age": value} if value else "")]
    if item == ShareItem.WELFARE_STATUS:
        return [Fact(item.label, str(dict(WelfareStatus.choices).get(value, value or "")))]
    return [Fact(item.label, _text(item, value))]


def _ordered(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """JSON in the database keeps no order; PARTS is the order people read in."""
    known = [(part, value[part]) for part in PARTS if part in value]
    return known + [(part, inner) for part, inner in value.items() if part not in PARTS]


def _text(part: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if part in LISTED:
        return _(str(value))
    if part in AMOUNTS:
        return _("%(amount)s 元") % {"amount": _yuan(value)}
    if part == "relation":
        return str(dict(Relation.choices).get(value, value))
    if part == "age":
        return _("%(age)s 岁") % {"age": value}
    if isinstance(value, Mapping):
        return "，".join(filter(None, (_part(name, inner) for name, inner in _ordered(value))))
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, (_text("", one) for one in value)))
    return str(value)


def _part(name: str, value: Any) -> str:
    """A part inside a line: amounts and health carry their name, the rest speaks for itself."""
    text = _text(name, value)
    return f"{PARTS[name]} {text}" if text and name in ("income", "health") else text


def _yuan(value: Any) -> str:
    try:
        return money(Decimal(str(value)))
    except (InvalidOperation, ValueError):
        return str(value)


def project_lines(told: Mapping[str, Any]) -> list[Fact]:
    """The facts of a project that asks, as label and text; empty values are left out."""
    goals = [f"{one['name']} {one['target']}{one['unit']}" for one in told.get("indicators", [])]
    amount = told.get("approved_amount")
    rows = (
        (_("项目"), " ".join(filter(None, (told.get("number"), told.get("title"))))),
        (_("单位"), told.get("unit")),
        (_("主管或发起单位"), told.get("issuer")),
        (_("执行期"), told.get("period")),
        (_("已批准的项目经费"), money(Decimal(amount)) if amount else ""),
        (_("指标"), "\n".join(goals)),
        (_("资金用途"), told.get("purpose")),
    )
    return [Fact(label, value) for label, value in rows if value]


def short_and_long(facts: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """What fits a grid of facts, and what is a paragraph."""
    facts = list(facts)
    return [one for one in facts if not one.is_long], [one for one in facts if one.is_long]


def who_of(subject_code: str, payload: Mapping[str, Any] | None) -> str:
    """How a person is named on a board: the pseudonym and, while consented, age band and disease."""
    parts = [subject_code]
    if payload:
        age = payload.get(ShareItem.AGE_BAND)
        parts += [
            _("%(age)s 岁") % {"age": age} if age else "",
            payload.get(ShareItem.DISEASE_GROUP) or "",
        ]
    return " · ".join(str(part) for part in parts if part)
