"""Forms of disclosures, of events that start a clock, and of a year's figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, Story, WideDate, WideInteger, Yes, choices_of
from donations.forms.review import CodeField
from donations.models.disclosure import CharityEvent
from donations.services.year_figures import FIGURES, SIGNED, Figure
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField


class DraftForm(CommandForm):
    """The words of a disclosure; its figures come from the books."""

    title = Line(label=_("标题"), max_length=200)
    text = Story(label=_("情况说明"), rows=8, required=False)


class PublishForm(CommandForm):
    """Another person has read the preview."""

    has_read = Yes(label=_("已逐项核对下方预览：文字、收支与余额"), must=_("请先核对预览的内容。"))
    totp_code = CodeField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("has_read", None)
        return cleaned


class CorrectForm(DraftForm):
    """The corrected words, what was wrong, and the second factor."""

    note = Reason(
        label=_("更正说明"),
        least=4,
        help_text=_("写明原来错在哪里，和更正后的内容一起公开（民政部令第81号第十六条）。"),
    )
    totp_code = CodeField()


class FulfilForm(CommandForm):
    """How a duty towards the authority was done."""

    done_on = WideDate(label=_("办理日期"), not_future=True)
    done_note = Line(
        label=_("办理情况"), max_length=300, help_text=_("如备案编号、报送方式、评估结论")
    )


class DropForm(CommandForm):
    reason = Reason(label=_("为什么不需要"))


class EventForm(CommandForm):
    """Something that starts a clock of thirty days."""

    kind = OneOf(label=_("事项"), choices=choices_of(CharityEvent.Kind.choices))
    title = Line(label=_("名称"), max_length=120)
    happened_on = WideDate(label=_("发生日期"), not_future=True, help_text=_("三十天从这一天算起"))
    amount = AmountField(label=_("金额"), required=False)
    other_party = Line(
        label=_("对方"),
        max_length=120,
        required=False,
        help_text=_("关联方、交易对方或信托的受托人；会随公布的内容公开"),
    )
    relation = Line(label=_("与本机构的关系"), max_length=120, required=False)
    decided_by = Line(
        label=_("决策机构与日期"),
        max_length=120,
        required=False,
        help_text=_("如 2026-03-01 理事会"),
    )
    description = Story(label=_("情况说明"), required=False)


class VoidEventForm(CommandForm):
    reason = Reason(label=_("作废的原因"))


class YearForm(CommandForm):
    """Which year to begin."""

    year = WideInteger(label=_("年度"), min_value=2000, max_value=2100)


class FiguresForm(CommandForm):
    """Every figure with its source and, where costs are shared, the stated method."""

    is_public = Yes(label=_("本年末具有公开募捐资格"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, label in FIGURES.items():
            least = None if name in SIGNED else Decimal(0)
            self.fields[name] = AmountField(
                label=label, required=False, least=least, help_text=_("没有就填 0")
            )
            self.fields[f"{name}_source"] = Line(label=_("出处"), max_length=120, required=False)
            self.fields[f"{name}_method"] = Line(
                label=_("分摊方法"), max_length=200, required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        """One line for each figure: its three fields."""
        return [
            {
                "amount": self[name],
                "source": self[f"{name}_source"],
                "method": self[f"{name}_method"],
            }
            for name in FIGURES
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        figures: dict[str, Figure | None] = {}
        for name in FIGURES:
            amount = cleaned.pop(name, None)
            source = cleaned.pop(f"{name}_source", "")
            method = cleaned.pop(f"{name}_method", "")
            figures[name] = None if amount is None else Figure(amount, source, method)
            if amount is None and source and name not in self.errors:
                self.add_error(name, _("写了出处，还没有填金额。"))
        cleaned["figures"] = figures
        return cleaned

    @staticmethod
    def initial_of(figures: Mapping[str, Mapping[str, str]], is_public: bool) -> dict[str, Any]:
        """What the form shows of the figures as they stand."""
        shown: dict[str, Any] = {"is_public": is_public}
        for name, figure in figures.items():
            shown |= {
                name: figure["amount"],
                f"{name}_source": figure["source"],
                f"{name}_method": figure["method"],
            }
        return shown
