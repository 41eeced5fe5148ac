"""Forms of a project's life; `layout` says which fields stand in one row."""

from decimal import Decimal
from typing import Any, ClassVar

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
    Yes,
    choices_of,
)
from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from projects.models.cultivation import (
    BudgetLine,
    Project,
    ProjectEvent,
    ProjectIndicator,
    ProjectReport,
)

ZERO = Decimal(0)
_CHOICE = {
    "required": _("请选择一项。"),
    "invalid_choice": _("请从列出的选项中选择。"),
}
Kind = ProjectEvent.Kind


class LaidOutForm(CommandForm):
    """Fields drawn in rows; what `layout` leaves out stands below in a row of its own."""

    layout: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def drawn(self) -> list[list[forms.BoundField]]:
        named = {name for row in self.layout for name in row}
        rows = [[self[name] for name in row if name in self.fields] for row in self.layout]
        rest = [[self[name]] for name in self.fields if name not in named and name != "once"]
        return [row for row in rows if row] + rest


def _organizations(label: Any, *, required: bool = False, empty: Any = "") -> Any:
    return forms.ModelChoiceField(
        Organization.objects.none(),
        label=label,
        required=required,
        to_field_name="uid",
        empty_label=empty or _("请选择"),
        error_messages=_CHOICE,
    )


class EnterForm(LaidOutForm):
    """A project that no call has brought."""

    layout = (
        ("kind", "unit"),
        ("title",),
        ("starts_on", "ends_on"),
        ("approved_amount", "partner"),
    )
    kind = OneOf(
        label=_("类型"),
        choices=choices_of(
            (k.value, k.label) for k in Project.Kind if k != Project.Kind.CULTIVATED
        ),
    )
    unit = _organizations(_("实施单位"), required=True)
    title = Line(label=_("项目名称"), max_length=120)
    starts_on = WideDate(label=_("开始日期"))
    ends_on = WideDate(label=_("结束日期"), required=False)
    approved_amount = AmountField(label=_("批准金额"), least=ZERO, required=False, help_text="")
    partner = _organizations(_("培育支持机构"), empty=_("不委托"))
    parent = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("所属多站点计划"),
        required=False,
        to_field_name="uid",
        empty_label=_("不属于"),
        error_messages=_CHOICE,
    )
    is_flagship = Yes(label=_("首个示范点"))
    target_group = Line(label=pgettext_lazy("project", "服务对象"), max_length=120, required=False)
    disease_themes = SomeOf(label=_("病种"), required=False)
    settings = SomeOf(label=_("服务场景"), required=False)
    fields_of_work = SomeOf(label=_("领域"), required=False)
    summary = Story(label=_("简介"), rows=3, max_length=1000, required=False)

    # A form has `fields` of its own.
    TAGS: ClassVar[dict[str, str]] = {
        "disease_themes": "disease_themes",
        "settings": "settings",
        "fields_of_work": "fields",
    }

    def __init__(
        self, *args: Any, units: Any, partners: Any, programmes: Any, lists: Any, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        for name, column in self.TAGS.items():
            self.fields[name].choices = lists[column]
        self.fields["unit"].queryset = units
        self.fields["partner"].queryset = partners
        self.fields["parent"].queryset = programmes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given = {column: cleaned.pop(name, []) for name, column in self.TAGS.items()}
        return cleaned | given


class EntrustForm(LaidOutForm):
    partner = _organizations(_("培育支持机构"), empty=_("不委托"))

    def __init__(self, *args: Any, partners: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners


class AmendForm(LaidOutForm):
    """What the unit says of its own project."""

    leader = forms.ModelChoiceField(
        User.objects.none(),
        label=_("负责人"),
        required=False,
        to_field_name="uid",
        empty_label=_("未指定"),
        error_messages=_CHOICE,
    )
    target_group = Line(label=pgettext_lazy("project", "服务对象"), max_length=120, required=False)
    summary = Story(label=_("简介"), rows=4, max_length=1000, required=False)

    def __init__(self, *args: Any, leaders: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = leaders
        self.fields["leader"].label_from_instance = lambda one: one.display_name


class IndicatorForm(LaidOutForm):
    layout = (("name", "unit"), ("target", "weight"), ("source", "baseline"))
    name = Line(label=_("指标"), max_length=120)
    unit = Line(label=_("计量单位"), max_length=20)
    target = WideDecimal(
        label=_("目标值"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    weight = WideDecimal(
        label=_("权重"),
        min_value=ZERO,
        max_value=100,
        decimal_places=2,
        max_digits=5,
        help_text=_("各项合计 100"),
    )
    source = OneOf(
        label=_("数据来源"),
        choices=choices_of(ProjectIndicator.Source.choices),
        help_text=_("选系统统计的，完成值由关联的工作记录算出，不用再填"),
    )
    baseline = WideDecimal(label=_("基线值"), required=False, max_digits=14, decimal_places=2)
    is_before_after = Yes(label=_("前后对比指标（不计入完成度）"))


class BudgetForm(LaidOutForm):
    layout = (("line", "source"), ("unit_price", "quantity"))
    line = Line(label=_("支出项目"), max_length=80)
    source = OneOf(label=_("资金来源"), choices=choices_of(BudgetLine.Source.choices))
    unit_price = AmountField(label=_("单价"), least=ZERO, help_text="")
    quantity = WideDecimal(
        label=_("数量"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2
    )
    is_management = Yes(label=_("管理费"))


class SpendForm(LaidOutForm):
    spent = AmountField(label=_("累计已支出"), least=ZERO, help_text=_("填到今天为止的合计"))


class StepForm(LaidOutForm):
    """A step that needs no words."""


class StepReasonForm(LaidOutForm):
    reason = Reason()


class ExtendForm(LaidOutForm):
    ends_on = WideDate(label=_("新的结束日期"))
    reason = Reason()


CHECK_RESULTS = (
    ("excellent", _("优")),
    ("good", _("良")),
    ("passed", _("合格")),
    ("failed", _("不合格")),
)


class CheckForm(LaidOutForm):
    layout = (("on", "result"),)
    on = WideDate(label=_("检查日期"), not_future=True)
    result = OneOf(label=_("检查结果"), choices=choices_of(CHECK_RESULTS))
    note = Story(label=_("检查意见"), rows=3, max_length=1000)


class PassForm(LaidOutForm):
    mark = WideDecimal(
        label=_("结项评分"),
        min_value=ZERO,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("百分制；等次按等次线自动得出"),
    )
    opinion = Story(label=_("结项意见"), rows=4, max_length=2000)


class MeasureForm(LaidOutForm):
    layout = (("before", "after"),)
    before = WideDecimal(label=_("培育前"), required=False, max_digits=14, decimal_places=2)
    after = WideDecimal(label=_("培育后"), required=False, max_digits=14, decimal_places=2)


class PlanReportsForm(LaidOutForm):
    kind = OneOf(
        label=_("报告周期"),
        choices=choices_of(
            (k.value, k.label)
            for k in (
                ProjectReport.Kind.MONTHLY,
                ProjectReport.Kind.QUARTERLY,
                ProjectReport.Kind.STATION_MONTH,
            )
        ),
    )


class ReportForm(LaidOutForm):
    """A progress report: texts, what is counted by hand, and a station's areas."""

    done = Story(label=_("本期做了什么"), rows=4, max_length=2000)
    problems = Story(label=_("问题与困难"), rows=3, max_length=1000, required=False)
    plan = Story(label=_("下期计划"), rows=3, max_length=1000, required=False)

    def __init__(self, *args: Any, manual: Any, areas: Any = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.manual, self.areas = list(manual), list(areas)
        for one in self.manual:
            label = f"{one.name}（{one.unit}，{_('目标')} {one.target.normalize():f}）"
            self.fields[f"v_{one.uid.hex}"] = WideDecimal(
                label=label,
                required=False,
                min_value=ZERO,
                max_digits=14,
                decimal_places=2,
                help_text=_("到本期末的累计"),
            )
        if self.areas:
            self.fields["staff"] = WideInteger(
                label=_("在岗人数"), min_value=0, max_value=999, required=False
            )
        for area in self.areas:
            for figure, label in (
                ("persons", _("人数")),
                ("times", _("人次")),
                ("hours", _("小时")),
            ):
                self.fields[f"a_{area.code}_{figure}"] = WideInteger(
                    label=f"{area.zh} · {label}", min_value=0, max_value=1_000_000, required=False
                )
        self.layout = self._rows()

    def _rows(self) -> tuple[tuple[str, ...], ...]:
        areas = tuple(
            tuple(f"a_{area.code}_{figure}" for figure in ("persons", "times", "hours"))
            for area in self.areas
        )
        values = tuple((f"v_{one.uid.hex}",) for one in self.manual)
        return (("done",), *values, *areas, *((("staff",),) if self.areas else ()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        texts = {name: cleaned.pop(name, "") for name in ("done", "problems", "plan")}
        values = {}
        for one in self.manual:
            value = cleaned.pop(f"v_{one.uid.hex}", None)
            if value is not None:
                values[str(one.uid)] = value
        areas: dict[str, dict[str, str]] = {}
        for area in self.areas:
            for figure in ("persons", "times", "hours"):
                value = cleaned.pop(f"a_{area.code}_{figure}", None)
                if value is not None:
                    areas.setdefault(area.code, {})[figure] = str(value)
        staff = cleaned.pop("staff", None)
        return cleaned | {
            "texts": texts,
            "values": values,
            "areas": areas if self.areas else None,
            "staff": staff,
        }


class KitForm(LaidOutForm):
    title = Line(label=_("名称"), max_length=120)
    summary = Story(label=_("简介"), rows=3, max_length=1000, help_text=_("写给要学着做的单位看"))
    steps = Story(label=_("实施步骤"), rows=6, max_length=3000, help_text=_("每行一步"))
    tools = Story(
        label=_("工具与材料"),
        rows=4,
        max_length=2000,
        required=False,
        help_text=_("每行一件：表单、手册、培训课件；不写服务对象的姓名和病情"),
    )


class TakeUpForm(LaidOutForm):
    layout = (("title",), ("starts_on", "ends_on"))
    title = Line(label=_("本单位的项目名称"), max_length=120)
    starts_on = WideDate(label=_("开始日期"))
    ends_on = WideDate(label=_("结束日期"))
