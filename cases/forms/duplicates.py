"""Two records of one person: said by a colleague, decided fact by fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason
from cases.services.merged_facts import FIRST, SECOND
from msw_portal.kernel.forms import CommandForm

SAME, DIFFERS = "same", "differs"
SIDES = ((FIRST, _("甲")), (SECOND, _("乙")))


class DuplicateReportForm(CommandForm):
    """The other record by a number, and why it is the same person."""

    who = Line(
        label=_("另一份记录的住院号、证件号码或个案号"),
        max_length=40,
        help_text=_("只核对是不是同一个人，不会打开对方的个案"),
    )
    note = Reason(
        label=_("为什么是同一个人"),
        help_text=_("如：无名氏苏醒后说出姓名；上次登记时写错了一个字"),
    )


@dataclass(frozen=True)
class Row:
    """A part of both records, masked; `state` is same, differs, or which of the two alone knows it."""

    code: str
    label: Any
    first: str
    second: str
    state: str
    is_asked: bool = False


class MergeForm(CommandForm):
    """For each row that is asked whose fact holds."""

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            if row.is_asked:
                self.fields[row.code] = OneOf(
                    label=row.label, choices=SIDES, widget=forms.RadioSelect
                )

    def lines(self) -> Iterator[tuple[Row, BoundField | None]]:
        """Each row with its two choices, if it has to be chosen."""
        for row in self.rows:
            yield row, self[row.code] if row.code in self.fields else None


class DecideForm(CommandForm):
    """Why a pair is put aside, taken up again or taken apart."""

    reason = Reason()
