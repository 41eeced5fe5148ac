"""Statements of banks and platforms as kinds of the import engine: one kind for each set of columns."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import KNOWN, Column, Kind, Line, Lines, one_by_one
from departments.services.moving import write_transition
from donations.books_workflow import STATEMENT_LINE
from donations.models.statements import StatementLine
from msw_portal.kernel.money import parse_amount

ROLES = frozenset({"foundation_officer", "foundation_cashier"})
ROUNDED = re.compile(r"[0-9.]+E\+?[0-9]+", re.IGNORECASE)
Source = StatementLine.Source


def _number(cell: str) -> str:
    """A serial number: WeChat puts a grave accent before it, a spreadsheet may have rounded it."""
    typed = "".join(cells.folded(cell).strip("`'").split())
    if ROUNDED.fullmatch(typed):
        raise cells.refused(
            "rounded", _("流水号被表格软件改成了科学计数法，请重新导出并把这一列设为文本。")
        )
    return cells.text(60)(typed)


def _amount(cell: str) -> str:
    """Money that came in, kept as text; `+` before it is how some platforms write it."""
    typed = cells.folded(cell).strip("`").removeprefix("+")
    amount = cells.parsed(parse_amount)(typed)
    return str(amount)


def _paid(cell: str) -> str:
    """Money that went out; 0 or an empty cell is none."""
    return _amount(cells.folded(cell).removeprefix("-"))


def _name(cell: str) -> str:
    return cells.line_text(80)(cells.folded(cell).strip("`"))


def _day(cell: str) -> Any:
    return cells.day(cells.folded(cell).strip("`"))


def _columns(
    *,
    number: tuple[str, ...],
    day: tuple[str, ...],
    income: tuple[str, ...],
    outgo: tuple[str, ...],
    name: tuple[str, ...],
    remark: tuple[str, ...],
    account: tuple[str, ...],
) -> tuple[Column, ...]:
    return (
        Column(
            "external_no",
            _("流水号"),
            _number,
            number,
            required=True,
            example="202601050000123",
            note=_("同一来源的同一流水号只导入一次；此列须是文本"),
        ),
        Column(
            "on",
            _("日期"),
            _day,
            day,
            required=True,
            example="2026-01-05",
            revive=cells.revive_day,
        ),
        Column(
            "amount",
            _("收入金额"),
            _amount,
            income,
            example="200.00",
            note=_("可用全角数字和千位分隔符；支出行不导入"),
        ),
        Column("paid", _("支出金额"), _paid, outgo),
        Column("counter_name", _("对方名称"), _name, name, mask="name", example="演示爱心企业"),
        Column("remark", _("附言"), cells.text(200), remark),
        Column("account", _("收款账户"), cells.line_text(40), account, example="尾号 0001"),
    )


def settle(line: Line) -> None:
    """Money that came in, on a day that has come."""
    values = line.values
    came, went = values.get("amount"), values.get("paid")
    if went and Decimal(went):
        line.refuse("paid", _("这一行是支出，对账只导入收入。"))
    elif not came or not Decimal(came):
        line.refuse("amount", _("收入金额必须大于零。"))
    if values["on"] > timezone.localdate():
        line.refuse("on", _("日期不能在将来。"))


def _key(source: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: "|".join([source, values.get("account") or "", values["external_no"]])


def _writer(source: str) -> Callable[[Lines, User], None]:
    def make(line: Line, by: User) -> str | None:
        values = line.values
        same = Q(source=source, account=values.get("account") or "")
        known = StatementLine.objects.visible_to(by).filter(same, external_no=values["external_no"])
        if known.exists():
            return KNOWN
        brought = StatementLine(
            organization_id=by.house_id,
            source=source,
            account=values.get("account") or "",
            external_no=values["external_no"],
            on=values["on"],
            amount=parse_amount(values["amount"]),
            counter_name=values.get("counter_name") or None,
            remark=values.get("remark") or None,
            created_by=by,
        )
        brought.save(force_insert=True)
        write_transition(brought, STATEMENT_LINE, "bring", before="", by=by)
        return None

    return one_by_one(make)


def _kind(source: str, label: Any, lead: Any, **columns: tuple[str, ...]) -> Kind:
    return Kind(
        code=f"statement_{source}",
        label=label,
        lead=lead,
        roles=ROLES,
        columns=_columns(**columns),
        key=_key(source),
        settle=settle,
        apply=_writer(source),
        is_care=False,
        shown=("on", "external_no", "counter_name"),
    )


BANK = _kind(
    Source.BANK,
    _("银行流水"),
    _("网上银行导出的交易明细；导入后在对账台匹配捐赠，另一人复核才入账。"),
    number=("交易流水号", "流水号", "交易序号", "凭证号", "核心流水号", "回单编号"),
    day=("交易日期", "记账日期", "入账日期", "交易时间"),
    income=("贷方发生额", "贷方金额", "收入", "转入金额", "存入金额", "交易金额"),
    outgo=("借方发生额", "借方金额", "支出", "转出金额", "支取金额"),
    name=("对方户名", "对方账户名称", "付款人名称", "付款人", "对手方名称"),
    remark=("摘要", "用途", "备注", "交易附言"),
    account=("本方账号", "账号", "收款账号", "本方账户"),
)
ALIPAY = _kind(
    Source.ALIPAY,
    _("支付宝账单"),
    _("商家中心导出的资金账单；一行一笔收入。"),
    number=("账务流水号", "支付宝交易号", "支付宝流水号", "业务流水号"),
    day=("发生时间", "入账时间", "付款时间", "交易创建时间"),
    income=("收入金额（+元）", "收入（+元）", "收入金额", "收入", "金额（元）"),
    outgo=("支出金额（-元）", "支出（-元）", "支出金额", "支出"),
    name=("对方账号", "交易对方", "对方名称", "对方账户"),
    remark=("备注", "商品名称", "业务描述"),
    account=("商户号", "本方账号", "支付宝账号"),
)
WECHAT = _kind(
    Source.WECHAT,
    _("微信支付账单"),
    _("商户平台导出的交易或资金账单；单元格前的反引号会去掉。"),
    number=("微信支付业务单号", "微信订单号", "微信支付单号", "资金流水单号", "交易单号"),
    day=("记账时间", "交易时间", "支付时间"),
    income=("收入金额（元）", "收入金额", "订单金额", "收支金额（元）", "应结订单金额"),
    outgo=("支出金额（元）", "支出金额", "退款金额"),
    name=("用户标识", "付款人", "交易对方"),
    remark=("商品名称", "备注", "业务类型"),
    account=("商户号", "特约商户号"),
)
PLATFORM = _kind(
    Source.PLATFORM,
    _("募捐平台明细"),
    _("指定互联网募捐平台导出的捐赠明细；本系统只导入结果，不代收捐款。"),
    number=("订单号", "捐赠订单号", "捐赠编号", "捐款单号"),
    day=("捐赠时间", "捐款时间", "捐赠日期", "支付时间"),
    income=("捐赠金额", "捐款金额", "捐赠金额（元）", "金额"),
    outgo=("退款金额", "退捐金额"),
    name=("捐赠人", "捐款人", "捐赠人昵称", "爱心网友"),
    remark=("项目名称", "留言", "捐赠留言"),
    account=("平台名称", "平台", "募捐平台"),
)
