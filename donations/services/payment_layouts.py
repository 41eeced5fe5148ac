"""The columns of a bank's upload as data: a title, and which fact of a payment stands below it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from donations.models.payments import PaymentLayout, PaymentLine
from donations.payment_permissions import can_keep_layout
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

Field = Callable[[PaymentLine], str]
# What a column may hold, by the name under which a layout keeps it.
FIELDS: dict[str, tuple[Any, Field]] = {
    "place": (_("序号"), lambda line: str(line.place)),
    "account": (_("收款人账号"), lambda line: line.account),
    "name": (_("收款人户名"), lambda line: line.name),
    "bank": (_("开户行"), lambda line: line.bank),
    "bank_code": (_("行号"), lambda line: line.bank_code),
    "amount": (_("金额"), lambda line: f"{line.amount:.2f}"),
    "purpose": (_("用途"), lambda line: line.purpose),
    "reference": (_("备注"), lambda line: line.reference),
    "payer": (_("付款账户"), lambda line: line.list.account),
    "currency": (_("币种"), lambda line: "人民币"),
}
# The titles stand in the file as the bank reads them, whatever language the page has.
GENERAL: tuple[tuple[str, str], ...] = (
    ("序号", "place"),
    ("收款人账号", "account"),
    ("收款人户名", "name"),
    ("开户行", "bank"),
    ("行号", "bank_code"),
    ("金额", "amount"),
    ("用途", "purpose"),
    ("备注", "reference"),
)
NEEDED = ("account", "name", "amount", "reference")
MOST = 20


def columns_of(layout: PaymentLayout | None) -> Sequence[tuple[str, str]]:
    """The [title, field] pairs of a layout; of none, the general ones."""
    return [tuple(one) for one in layout.columns] if layout is not None else GENERAL


def rows_of(columns: Sequence[tuple[str, str]], lines: Iterable[PaymentLine]) -> list[list[str]]:
    """The cells of the file, all text: an account number is never a figure, and nothing is run."""
    return [[FIELDS[name][1](line) for _title, name in columns] for line in lines]


def columns_parse(text: str) -> list[list[str]]:
    """`title=field` line by line, the field by its name or its title of the general layout.

    Raises:
        DomainError: on `columns`: `layout.line` naming the line, `layout.lacks` naming what a bank
            cannot pay without, `layout.too_many`.
    """
    named = {str(title): name for title, name in GENERAL} | {name: name for name in FIELDS}
    found: list[list[str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        title, _sign, field = (part.strip() for part in line.partition("="))
        name = named.get(field or title)
        if not title or name is None or len(title) > 40:
            raise DomainError(
                "layout.line",
                _("第 %(n)s 行看不懂：请写成“标题=内容”，例如“收款账号=收款人账号”。")
                % {"n": number},
                "columns",
            )
        found.append([title, name])
    lacking = [str(FIELDS[name][0]) for name in NEEDED if name not in {one[1] for one in found}]
    if lacking:
        raise DomainError(
            "layout.lacks",
            _("还缺：%(names)s。") % {"names": "、".join(lacking)},
            "columns",
        )
    if len(found) > MOST:
        raise DomainError("layout.too_many", _("最多 20 列。"), "columns")
    return found


@command
def layout_keep(*, name: str, columns: str, by: Any) -> PaymentLayout:
    """A layout of the own bank under its name; one of the same name gets the new columns.

    Raises:
        DomainError: as `columns_parse`.
    """
    require(can_keep_layout, by, None)
    parsed = columns_parse(columns)
    layout = (
        PaymentLayout.objects.locked()
        .filter(organization_id=by.house_id, name=name.strip())
        .first()
    )
    if layout is None:
        layout = PaymentLayout(organization_id=by.house_id, name=name.strip(), created_by=by)
        layout.columns = parsed
        layout.save(force_insert=True)
    else:
        layout.columns, layout.is_closed = parsed, False
        layout.save(update_fields=["columns", "is_closed"])
    audit.record("payment_layout.keep", by=by, on=layout, columns=len(parsed))
    return layout
