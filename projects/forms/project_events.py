"""Forms of what happens in a project's life: events by kind, changes and their answers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms.fields import (
    Line,
    OneOf,
    Reason,
    SomeOf,
    Story,
    WideDate,
    WideDecimal,
    WideInteger,
    choices_of,
)
from msw_portal.kernel.money import AmountField
from projects.forms.cultivation import LaidOutForm
from projects.models.cultivation import ProjectEvent
from projects.services.cultivation_events import RADAR_AXES, SWOT_PARTS
from projects.services.incubation import AXES, MONEY, SUPPORTS

ZERO = Decimal(0)
Kind = ProjectEvent.Kind


class EventForm(LaidOutForm):
    """One event; what more is asked depends on its kind."""

    layout = (
        ("title",),
        ("due_on", "done_on"),
        ("hours", "participants"),
        ("provider_name", "amount"),
    )
    title = Line(label=_("名称"), max_length=120)
    due_on = WideDate(label=_("计划日期"), required=False)
    done_on = WideDate(label=_("完成日期"), required=False, not_future=True)
    hours = WideDecimal(
        label=_("时长（小时）"), min_value=ZERO, max_digits=6, decimal_places=1, required=False
    )
    participants = WideInteger(
        label=_("参加人数"), min_value=0, max_value=1_000_000, required=False
    )
    provider_name = Line(label=_("提供人"), max_length=120, required=False)
    amount = AmountField(label=_("金额"), least=ZERO, required=False, help_text="")
    note = Story(label=_("内容与反馈"), rows=3, max_length=1000, required=False)

    OUTCOMES = (
        ("paper", _("论文")),
        ("manual", _("手册")),
        ("case", _("案例")),
        ("video", _("视频")),
        ("system", _("制度")),
    )
    EFFECTS = (("model", _("示范")), ("lead", _("引领")), ("drive", _("带动")))

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields |= self._more(kind)
        for name in self._less(kind):
            del self.fields[name]
        self.order_fields([*(n for n in self.fields if n not in ("note", "once")), "note", "once"])

    @staticmethod
    def _less(kind: str) -> Iterable[str]:
        if kind in (Kind.SWOT, Kind.RADAR):
            return ("hours", "participants", "provider_name", "amount", "due_on")
        if kind in (Kind.MILESTONE, Kind.OUTCOME, Kind.SPACE):
            return ("hours", "participants", "provider_name", "amount")
        return () if kind in (Kind.RESOURCE_LINK, Kind.CONTRACT_PAYMENT) else ("amount",)

    def _more(self, kind: str) -> dict[str, forms.Field]:
        if kind == Kind.SERVICE:
            return {"support": OneOf(label=_("服务类别"), choices=choices_of(SUPPORTS.items()))}
        if kind == Kind.OUTCOME:
            return {
                "outcome": OneOf(label=_("成果形式"), choices=choices_of(self.OUTCOMES)),
                "effects": SomeOf(label=_("作用"), choices=self.EFFECTS, required=False),
            }
        if kind == Kind.SPACE:
            return {
                "m2": WideDecimal(
                    label=_("面积（平方米）"), min_value=ZERO, max_digits=7, decimal_places=1
                )
            }
        if kind == Kind.SWOT:
            labels = (_("优势"), _("劣势"), _("机会"), _("威胁"))
            return {
                name: Story(label=label, rows=2, max_length=500, required=False)
                for name, label in zip(SWOT_PARTS, labels, strict=True)
            }
        if kind == Kind.RADAR:
            return {
                axis: WideInteger(label=AXES[axis], min_value=0, max_value=10)
                for axis in RADAR_AXES
            }
        if kind == Kind.RESOURCE_LINK:
            return {
                "money_source": OneOf(
                    label=_("资金来源"), choices=choices_of(MONEY.items()), required=False
                )
            }
        if kind == Kind.ACTIVITY:
            return {
                "service": Line(label=_("服务"), max_length=40),
                "volunteers": WideInteger(label=_("志愿者人次"), min_value=0, required=False),
            }
        return {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        own = set(self._more(self.kind)) | {"note"}
        detail = {name: _plain(cleaned.pop(name)) for name in list(cleaned) if name in own}
        return cleaned | {"detail": detail}


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    return str(value) if isinstance(value, Decimal) else value


class FinishForm(LaidOutForm):
    layout = (("done_on",), ("hours", "participants"))
    done_on = WideDate(label=_("完成日期"), not_future=True)
    hours = WideDecimal(
        label=_("时长（小时）"), min_value=ZERO, max_digits=6, decimal_places=1, required=False
    )
    participants = WideInteger(label=_("参加人数"), min_value=0, required=False)
    note = Story(label=_("内容与反馈"), rows=3, max_length=1000, required=False)

    def __init__(self, *args: Any, has_note: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not has_note:
            del self.fields["note"]


class CoachingForm(LaidOutForm):
    """The note of a one-to-one coaching; a further version says why."""

    body = Story(label=_("辅导内容"), rows=8, max_length=4000)
    advice = Story(label=_("建议与下一步"), rows=4, max_length=2000, required=False)
    reason = Reason(label=_("修改说明"))

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["reason"]


CHANGE_KINDS = (
    ("leader", _("负责人")),
    ("content", _("内容")),
    ("budget", _("预算")),
    ("time", _("时间")),
)


class ChangeForm(LaidOutForm):
    layout = (("what", "ends_on"),)
    what = OneOf(label=_("变更什么"), choices=choices_of(CHANGE_KINDS))
    ends_on = WideDate(label=_("希望的结束日期"), required=False, help_text=_("变更时间时填"))
    wanted = Story(label=_("希望改成"), rows=3, max_length=1000)
    reason = Reason()


class AnswerForm(LaidOutForm):
    """Yes or no, with words."""

    accept = OneOf(
        label=_("决定"),
        choices=(
            ("yes", pgettext_lazy("decision", "同意")),
            ("no", pgettext_lazy("decision", "不同意")),
        ),
        widget=forms.RadioSelect,
    )
    words = Story(label=_("意见"), rows=3, max_length=500, required=False)

    def __init__(self, *args: Any, words_as: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.words_as = words_as

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        said = cleaned.pop("words", "")
        if cleaned.get("accept") == "no" and not said.strip():
            self.add_error("words", _("请写明理由。"))
        return cleaned | {"accept": cleaned.get("accept") == "yes", self.words_as: said}
