"""The figures of a charity's years that the books do not hold, as a kind of the import engine: a line is one figure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments.models.people import Role, User
from departments.services.importing import values as cells
from departments.services.importing.kinds import (
    CREATED,
    JOINED,
    KNOWN,
    Column,
    Kind,
    Line,
    one_by_one,
)
from donations.models.disclosure import CharityYear
from donations.services.year_figures import (
    FIGURES,
    SIGNED,
    Figure,
    year_begin,
    year_figures_set,
)
from msw_portal.kernel.money import parse_amount

EARLIEST = 2000


def _folded(word: str) -> str:
    """As two names of one figure are compared: without spaces and what stands in brackets."""
    return "".join(cells.folded(word).split("(")[0].split()).casefold()


def _figure(cell: str) -> str:
    """The code of a figure, by its Chinese or English name or by the code itself."""
    words = {code: code for code in FIGURES}
    for language in ("en", "zh-hans"):
        with override(language):
            words |= {_folded(str(label)): code for code, label in FIGURES.items()}
    found = words.get(_folded(cell))
    if found is None:
        shown = "、".join(str(label) for label in FIGURES.values())
        raise cells.refused("figure", _("没有这个数字，可填：%(words)s。"), words=shown)
    return found


def _amount(cell: str) -> str:
    """Money as text; one below zero is read here and refused where the figure cannot be."""
    typed = cells.folded(cell).replace("−", "-")
    if typed.startswith("(") and typed.endswith(")"):
        typed = f"-{typed[1:-1]}"
    amount = cells.parsed(parse_amount)(typed.removeprefix("-"))
    return str(-amount if typed.startswith("-") else amount)


def settle(line: Line) -> None:
    values = line.values
    if Decimal(values["amount"]) < 0 and values["figure"] not in SIGNED:
        line.refuse("amount", _("金额不能是负数。"))
    if values["year"] > timezone.localdate().year:
        line.refuse("year", _("年度应在 2000 年到今年之间。"))


def _make(line: Line, by: User) -> str:
    values = line.values
    year = CharityYear.objects.visible_to(by).filter(year=values["year"]).first()
    year = year or year_begin(year=values["year"], by=by)
    given = Figure(
        amount=Decimal(values["amount"]),
        source=values["source"],
        method=values.get("method") or "",
    )
    kept = {"amount": f"{given.amount:.2f}", "source": given.source, "method": given.method}
    held = year.figures.get(values["figure"])
    if held == kept:
        return KNOWN
    year_figures_set(year=year, figures={values["figure"]: given}, is_public=year.is_public, by=by)
    return JOINED if held else CREATED


def key(values: Mapping[str, Any]) -> str:
    named = (values["year"], values["figure"], values["amount"], values["source"])
    return "|".join(str(one) for one in (*named, values.get("method") or ""))


CHARITY_YEARS = Kind(
    code="charity_years",
    label=_("慈善组织年度数字"),
    lead=_(
        "账簿里没有的年度数字，一行一个：人员、场地、其他收入、净资产、募捐成本等，写明出处和分摊方法。同一年度同一数字以后导入的为准；已核定的年度会取消核定。"
    ),
    roles=frozenset({Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER}),
    columns=(
        Column(
            "year",
            _("年度"),
            cells.whole(EARLIEST, 2999),
            ("年份", "会计年度"),
            required=True,
            example="2025",
        ),
        Column(
            "figure",
            _("项目"),
            _figure,
            ("数字", "科目", "指标"),
            required=True,
            example="募捐成本",
            choices=tuple(str(label) for label in FIGURES.values()),
        ),
        Column(
            "amount",
            _("金额"),
            _amount,
            ("数额", "金额（元）"),
            required=True,
            example="120,000.00",
            note=_("元；可用全角数字和千位分隔符，只有年末净资产可以是负数"),
        ),
        Column(
            "source",
            _("出处"),
            cells.line_text(120),
            ("来源", "依据"),
            required=True,
            example="2025 年度审计报告第 6 页",
        ),
        Column(
            "method",
            _("分摊方法"),
            cells.line_text(160),
            ("方法", "说明"),
            note=_("几项活动共同的费用写明怎样分摊"),
        ),
    ),
    key=key,
    settle=settle,
    apply=one_by_one(_make),
    is_care=False,
    shown=("year", "figure"),
)
