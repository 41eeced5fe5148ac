"""What is asked for when a report is wanted, once or after every period."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import Membership
from msw_portal.kernel.forms import CommandForm
from reports.models import ReportSchedule
from reports.services.kinds import ReportKind
from reports.services.periods import SPAN_NAMES, SPANS, period_name, periods_offered
from reports.services.slots import SPAN_OF

CHOOSE = ("", _("请选择"))
FORMATS = (
    ("xlsx", _("XLSX（表格）")),
    ("pdf", _("PDF（打印）")),
    ("docx", _("DOCX（文稿）")),
    ("csv", _("CSV（数据）")),
)


class PeriodField(forms.ChoiceField):
    """`month:2026-11-01` and the like; answers span and first day."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.error_messages["invalid_choice"] = _("请从列表中选择期间。")

    def offer(self, spans: Iterable[str]) -> None:
        """The running period and those before it, for every length that is asked for."""
        today = timezone.localdate()
        self.choices = [
            CHOOSE,
            *(
                (
                    SPAN_NAMES[span],
                    [
                        (f"{span}:{first.isoformat()}", period_name(span, first))
                        for first in periods_offered(span, today)
                    ],
                )
                for span in SPANS
                if span in spans
            ),
        ]

    def clean(self, value: Any) -> tuple[str, dt.date]:
        span, _colon, first = super().clean(value).partition(":")
        return span, dt.date.fromisoformat(first)


class OfKind(CommandForm):
    """What else is offered follows the kind; a page whose kind is changed asks for these fields again.

    `asked` is the kind that the page was opened for, before anything is sent.
    """

    FOLLOWING: tuple[str, ...] = ()

    kind = forms.ChoiceField(
        label=_("报表"),
        error_messages={"required": _("请选择报表。"), "invalid_choice": _("请从列表中选择报表。")},
    )
    subject = forms.ChoiceField(
        label=_("哪一张"),
        required=False,
        error_messages={"invalid_choice": _("请从列表中选择。")},
    )

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[ReportKind],
        subjects: Mapping[str, Sequence[tuple[str, str]]],
        asked: str = "",
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        offer_kinds(self.fields["kind"], kinds)
        if asked in {kind.code for kind in kinds}:
            self.initial["kind"] = asked
        chosen = self.data.get("kind") if self.is_bound else self.initial.get("kind")
        self.kinds = [kind for kind in kinds if kind.code == chosen] or list(kinds)
        self.kind_chosen = self.kinds[0] if len(self.kinds) == 1 else None
        self.fields["subject"].choices = self._offered(subjects)
        self.fields["kind"].widget.attrs |= {
            "hx-get": "",
            "hx-trigger": "change",
            "hx-params": "kind",
            "hx-target": f"#id_{self.FOLLOWING[0]}",
            "hx-select": f"#id_{self.FOLLOWING[0]}",
            "hx-select-oob": ",".join(f"#id_{name}" for name in self.FOLLOWING[1:]),
            "hx-swap": "outerHTML",
            # Until they are there: what is chosen in the old ones would be lost.
            "hx-disabled-elt": ",".join(f"#id_{name}" for name in self.FOLLOWING),
        }

    def _offered(self, subjects: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, Any]]:
        kind = self.kind_chosen
        if kind is None:
            return [("", _("先选报表"))]
        if kind.subjects is None:
            return [("", _("这种报表不用选"))]
        first = CHOOSE if kind.subjects.is_needed else ("", _("本部门共享的全部"))
        return [first, *subjects[kind.code]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        subject, kind = cleaned.pop("subject", ""), self.kind_chosen
        named = kind.subjects.param if kind and kind.subjects else ""
        cleaned["params"] = {named: subject} if named and subject else {}
        return cleaned


class AskForm(OfKind):
    """A report of one of the kinds that the role may ask for."""

    FOLLOWING = ("period", "subject", "formats")

    period = PeriodField(
        label=_("期间"),
        help_text=_("已过完的月份会冻结：以后再生成，数字不变；更正另列。"),
        error_messages={"required": _("请选择期间。")},
    )
    formats = forms.MultipleChoiceField(
        label=_("文件"),
        choices=FORMATS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就生成这种报表的全部格式。"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["period"].offer({span for kind in self.kinds for span in kind.spans})
        offered = {one for kind in self.kinds for one in kind.formats}
        self.fields["formats"].choices = [one for one in FORMATS if one[0] in offered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "period" in cleaned:
            cleaned["span"], cleaned["day"] = cleaned.pop("period")
        return cleaned


class Recipients(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user.display_name}（{obj.get_role_display()}）"


class ScheduleForm(OfKind):
    """What is made by itself, when, and for whom: those whose role the kind is for."""

    FOLLOWING = ("recipients", "subject", "cadence", "formats")

    cadence = forms.ChoiceField(
        label=_("周期"),
        help_text=_("每次生成刚过完的那一天、那一周、那个月、那个季度或那一年。"),
        error_messages={"required": _("请从列表中选择周期。")},
    )
    counting = forms.ChoiceField(
        label=_("日期"),
        choices=ReportSchedule.Counting.choices,
        widget=forms.RadioSelect,
        initial=ReportSchedule.Counting.WORKDAY,
        help_text=_("每天、每周生成的不看休息日。"),
    )
    day = forms.IntegerField(
        label=_("第几天"),
        min_value=1,
        max_value=28,
        initial=1,
        help_text=_("1 到 28；从本周（星期一）、本月、本季度或本年的第一天数起。"),
        error_messages={"required": _("请填 1 到 28。")},
    )
    hour = forms.TypedChoiceField(
        label=_("几点"), coerce=int, initial=8, choices=[(n, f"{n:02d}:00") for n in range(24)]
    )
    formats = forms.MultipleChoiceField(
        label=_("文件"),
        choices=FORMATS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就生成这种报表的全部格式。"),
    )
    recipients = Recipients(
        label=_("收件人"),
        queryset=Membership.objects.none(),
        to_field_name="uid",
        help_text=_("各人收到自己有权看到的数字。"),
        error_messages={"required": _("请至少选一位收件人。")},
    )

    def __init__(
        self,
        *args: Any,
        people: QuerySet[Membership],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        spans = {span for kind in self.kinds for span in kind.spans}
        cadences = ReportSchedule.Cadence
        self.fields["cadence"].choices = [
            (one.value, one.label) for one in cadences if SPAN_OF[one.value] in spans
        ]
        offered = {one for kind in self.kinds for one in kind.formats}
        self.fields["formats"].choices = [one for one in FORMATS if one[0] in offered]
        roles = {role for kind in self.kinds for role in kind.roles}
        self.fields["recipients"].queryset = people.filter(role__in=roles)


def offer_kinds(field: forms.ChoiceField, kinds: Sequence[ReportKind]) -> None:
    """The kinds of a role; where there is only one it stands chosen."""
    named = [(kind.code, str(kind.name)) for kind in kinds]
    field.choices = named if len(named) == 1 else [CHOOSE, *named]


class SheetAskForm(CommandForm):
    """The period that an authority's sheet is filled for."""

    period = PeriodField(label=_("期间"), error_messages={"required": _("请选择期间。")})

    def __init__(self, *args: Any, spans: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["period"].offer(spans)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "period" in cleaned:
            cleaned["span"], cleaned["day"] = cleaned.pop("period")
        return cleaned


class FreezeForm(CommandForm):
    """When the month that is over is frozen."""

    workday = forms.IntegerField(
        label=_("第几个工作日"),
        min_value=1,
        max_value=15,
        help_text=_("1 到 15；只管以后冻结的月份，已冻结的不变。"),
        error_messages={"required": _("请填 1 到 15。")},
    )
