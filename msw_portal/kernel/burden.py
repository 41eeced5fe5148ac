"""Economic burden: five calculators, each with its inputs, its formula in words and its source.

Amounts are yuan as Decimal, results exact until they are shown; a result that has no meaning (a
ratio to nothing) is None and the verdict says why. A result describes, it decides about no aid
(PIPL art. 24).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.money import round_half_up

Text = str | Promise
Amounts = Mapping[str, Decimal]
WHO_SHARE = Decimal("0.40")
SDG_SHARES = (Decimal("0.10"), Decimal("0.25"))
MARGIN = Decimal("1.5")
MONTHS = 12
VERSION = "1"


class InputError(ValueError):
    """Inputs that contradict each other; `field` says where to mend it."""

    def __init__(self, field: str, message: Text) -> None:
        super().__init__(str(message))
        self.field = field


@dataclass(frozen=True)
class Input:
    """One box. `kind` is money (yuan), count (whole, at least 1) or factor; `initial` stands in it."""

    name: str
    label: Text
    kind: str = "money"
    is_required: bool = True
    help: Text = ""
    initial: str = ""


@dataclass(frozen=True)
class Value:
    """One result: an amount (`yuan`) or a share of one (`share`, 0.4 is 40 %); None has no meaning."""

    name: str
    kind: str
    number: Decimal | None

    @property
    def shown(self) -> str:
        """`1,234.50` or `40.0%`; `—` for None."""
        if self.number is None:
            return "—"
        if self.kind == "share":
            return f"{round_half_up(self.number * 100, 1)}%"
        return f"{round_half_up(self.number):,.2f}"


@dataclass(frozen=True)
class Result:
    """Values in order, and the codes of the verdicts that hold (words in the calculator)."""

    values: tuple[Value, ...]
    verdicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Calculator:
    """One of §2.6: `compute` raises InputError for inputs that contradict each other."""

    code: str
    title: Text
    formula: Text
    source: Text
    inputs: tuple[Input, ...]
    labels: Mapping[str, Text]
    verdicts: Mapping[str, Text]
    compute: Callable[[Amounts], Result]


# ── the formulas ─────────────────────────────────────────────────────────────

REDUCTIONS = (
    "basic_insurance",
    "critical_illness_insurance",
    "medical_assistance",
    "commercial_insurance",
    "employer",
    "other_aid",
)


def out_of_pocket(total: Decimal, reductions: Sequence[Decimal]) -> Decimal:
    """What the family pays itself; negative when more was paid back than spent."""
    return total - sum(reductions, Decimal(0))


def share_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part / whole`; None when there is no whole."""
    return part / whole if whole > 0 else None


def per_head(amount: Decimal, members: Decimal, months: int = 1) -> Decimal:
    """An amount for one person and one month."""
    return amount / members / months


def _own(given: Amounts) -> Result:
    total = given["total_cost"]
    reductions = [given.get(name, Decimal(0)) for name in REDUCTIONS]
    own = out_of_pocket(total, reductions)
    if own < 0:
        raise InputError("total_cost", _("报销与救助合计超过了总费用，请核对。"))
    return Result(
        (
            Value("reductions", "yuan", total - own),
            Value("own", "yuan", own),
            Value("own_share", "share", share_of(own, total)),
        )
    )


def _burden(given: Amounts) -> Result:
    ratio = share_of(given["annual_own"], given["annual_income"])
    verdicts = ("no_income",) if ratio is None else ()
    return Result((Value("ratio", "share", ratio),), verdicts)


def _catastrophic(given: Amounts) -> Result:
    own, income, food = given["annual_own"], given["annual_income"], given["annual_food"]
    base = given.get("annual_consumption", income)
    capacity = income - food
    who, sdg = share_of(own, capacity), share_of(own, base)
    verdicts = []
    # Nothing is left after food: whatever is paid out of pocket is too much.
    if (who is None and own > 0) or (who is not None and who >= WHO_SHARE):
        verdicts.append("who")
    for share in SDG_SHARES:
        if (sdg is None and own > 0) or (sdg is not None and sdg > share):
            verdicts.append(f"sdg_{int(share * 100)}")
    if capacity <= 0:
        verdicts.append("no_capacity")
    values = (
        Value("capacity", "yuan", capacity),
        Value("who_share", "share", who),
        Value("sdg_share", "share", sdg),
    )
    return Result(values, tuple(verdicts or ["none"]))


def _income(given: Amounts) -> Result:
    line, margin = given["line"], given.get("margin", MARGIN)
    if margin < 1:
        raise InputError("margin", _("低保边缘的倍数不能小于 1。"))
    head = per_head(given["monthly_income"], given["members"])
    if head < line:
        verdicts = ["below_line"]
    elif head <= line * margin:
        verdicts = ["marginal"]
    else:
        verdicts = ["above"]
    if "programme_line" in given:
        below = head < given["programme_line"]
        verdicts.append("below_programme" if below else "above_programme")
    return Result(
        (Value("head", "yuan", head), Value("margin_line", "yuan", line * margin)), tuple(verdicts)
    )


def _rigid(given: Amounts) -> Result:
    rest = given["annual_income"] - given["rigid_spending"]
    head = per_head(rest, given["members"], MONTHS)
    before = per_head(given["annual_income"], given["members"], MONTHS)
    verdict = "rigid" if head < given["line"] else "not_rigid"
    if before < given["line"]:
        verdict = "poor_before"
    return Result((Value("before", "yuan", before), Value("after", "yuan", head)), (verdict,))


# ── what stands on the page ──────────────────────────────────────────────────

_MEMBERS = Input("members", _("共同生活的家庭成员（人）"), "count", help=_("含患者本人"))
_LINE = Input(
    "line",
    _("当地低保标准（元/人/月）"),
    help=_("按户籍地民政部门公布的现行标准"),
)
_OWN = Input(
    "annual_own", _("全年自付医疗费用（元）"), help=_("近 12 个月，扣除全部报销与救助之后")
)
_YEAR = Input("annual_income", _("家庭全年收入（元）"), help=_("全家近 12 个月的实际收入"))

CALCULATORS: Mapping[str, Calculator] = {
    one.code: one
    for one in (
        Calculator(
            "calc_own",
            _("自付费用"),
            _(
                "自付费用 = 总费用 − 基本医保 − 大病保险 − 医疗救助 − 商业保险 − 单位报销 − 其他救助"
            ),
            _("医疗费用分担的构成，按结算单逐项相减"),
            (
                Input("total_cost", _("总费用（元）"), help=_("结算单或费用清单上的合计")),
                Input("basic_insurance", _("基本医保报销（元）"), is_required=False),
                Input("critical_illness_insurance", _("大病保险报销（元）"), is_required=False),
                Input("medical_assistance", _("医疗救助（元）"), is_required=False),
                Input("commercial_insurance", _("商业保险赔付（元）"), is_required=False),
                Input("employer", _("单位报销或互助（元）"), is_required=False),
                Input("other_aid", _("慈善与其他救助（元）"), is_required=False),
            ),
            {
                "reductions": _("报销与救助合计（元）"),
                "own": _("自付费用（元）"),
                "own_share": _("自付占总费用"),
            },
            {},
            _own,
        ),
        Calculator(
            "calc_ratio",
            _("费用负担率"),
            _("费用负担率 = 全年自付医疗费用 ÷ 家庭全年收入"),
            _("医疗费用负担的通行算法"),
            (_OWN, _YEAR),
            {"ratio": _("费用负担率")},
            {"no_income": _("没有收入，算不出比值：自付费用全部靠积蓄、借款或救助")},
            _burden,
        ),
        Calculator(
            "calc_cata",
            _("灾难性医疗支出"),
            _(
                "世卫组织：全年自付 ÷（家庭全年收入 − 全年基本食品支出）≥ 40%；"
                "可持续发展目标 3.8.2：全年自付 ÷ 家庭全年总消费（没有时用收入）> 10%、> 25%"
            ),
            _("世界卫生组织灾难性卫生支出定义；联合国可持续发展目标指标 3.8.2"),
            (
                _OWN,
                _YEAR,
                Input("annual_food", _("全年基本食品支出（元）"), help=_("只算维持生活的食品")),
                Input(
                    "annual_consumption",
                    _("家庭全年总消费（元）"),
                    is_required=False,
                    help=_("不填时用全年收入"),
                ),
            ),
            {
                "capacity": _("支付能力（收入减食品，元）"),
                "who_share": _("自付占支付能力"),
                "sdg_share": _("自付占总消费或收入"),
            },
            {
                "who": _("达到世卫组织的灾难性支出（≥ 40%）"),
                "sdg_10": _("超过 10%（可持续发展目标 3.8.2）"),
                "sdg_25": _("超过 25%（可持续发展目标 3.8.2）"),
                "no_capacity": _("收入不够基本食品，没有支付能力"),
                "none": _("未达到灾难性支出"),
            },
            _catastrophic,
        ),
        Calculator(
            "calc_head",
            _("家庭人均月收入"),
            _(
                "人均月收入 = 家庭月收入 ÷ 共同生活的家庭成员数；与当地低保标准、低保边缘线、项目线比较"
            ),
            _("最低生活保障审核确认办法；低保边缘一般不超过低保标准的 1.5 倍，以当地规定为准"),
            (
                Input("monthly_income", _("家庭月收入（元）"), help=_("共同生活成员的收入合计")),
                _MEMBERS,
                _LINE,
                Input(
                    "margin",
                    _("低保边缘为低保标准的几倍"),
                    "factor",
                    is_required=False,
                    help=_("不填按当地规则，没有规则按 1.5 倍"),
                ),
                Input(
                    "programme_line",
                    _("救助项目的收入线（元/人/月）"),
                    is_required=False,
                    help=_("例如“人均月收入低于 2500 元”"),
                ),
            ),
            {"head": _("人均月收入（元）"), "margin_line": _("低保边缘线（元/人/月）")},
            {
                "below_line": _("低于低保标准"),
                "marginal": _("在低保边缘线以内"),
                "above": _("高于低保边缘线"),
                "below_programme": _("低于项目的收入线"),
                "above_programme": _("不低于项目的收入线"),
            },
            _income,
        ),
        Calculator(
            "calc_rigid",
            _("支出型困难"),
            _("（家庭全年收入 − 全年刚性医疗支出）÷ 12 ÷ 家庭成员数 < 当地标准"),
            _("支出型困难家庭的认定思路：扣除刚性支出后低于当地标准；认定以民政部门为准"),
            (
                _YEAR,
                Input(
                    "rigid_spending",
                    _("全年刚性医疗支出（元）"),
                    help=_("自付的治疗、药品、护理和就医必需的交通住宿"),
                ),
                _MEMBERS,
                _LINE,
            ),
            {"before": _("扣除前人均月收入（元）"), "after": _("扣除后人均月收入（元）")},
            {
                "rigid": _("扣除刚性支出后低于当地标准：可能属于支出型困难"),
                "not_rigid": _("扣除刚性支出后不低于当地标准"),
                "poor_before": _("扣除前已低于当地标准：先按低保核对"),
            },
            _rigid,
        ),
    )
}


def as_json(result: Result) -> dict[str, Any]:
    """For a payload: numbers as text, exactly; the words are looked up when it is shown."""
    return {
        "version": VERSION,
        "values": [
            {"name": one.name, "kind": one.kind, "number": _text(one.number)}
            for one in result.values
        ],
        "verdicts": list(result.verdicts),
    }


def from_json(kept: Mapping[str, Any]) -> Result:
    """What `as_json` kept."""
    return Result(
        tuple(
            Value(
                one["name"], one["kind"], None if one["number"] is None else Decimal(one["number"])
            )
            for one in kept["values"]
        ),
        tuple(kept["verdicts"]),
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
