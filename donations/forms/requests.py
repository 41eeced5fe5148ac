"""The asking side: choose a programme, fill in the sheet, put in papers, send, answer, take back."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, Story, WideInteger, Yes, choices_of, paper_file
from cases.models.codes import Relation, WelfareStatus
from cases.models.consents import Consent
from departments.models.mechanisms import Document
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import CostLine
from msw_portal.kernel.blackening import Box
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

BOX_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
ZERO = Decimal(0)
Layer = CostLine.Layer
MEMBER_ROWS = 4
# Drawn in a table, outside the field component: these classes are given here.
INPUT, AMOUNT, SELECT = (
    {"class": "input"},
    {"class": "input input--num", "inputmode": "decimal"},
    {"class": "select"},
)
MEMBER_PARTS = {
    "relation": lambda: OneOf(
        label=_("与患者关系"),
        choices=[("", "—"), *Relation.choices[1:]],
        required=False,
        widget=forms.Select(attrs=SELECT),
    ),
    "age": lambda: WideInteger(
        label=_("年龄"),
        min_value=0,
        max_value=130,
        required=False,
        widget=forms.TextInput(attrs=AMOUNT),
    ),
    "health": lambda: Line(
        label=_("健康"), max_length=20, required=False, widget=forms.TextInput(attrs=INPUT)
    ),
    "job": lambda: Line(
        label=_("职业或就学"), max_length=20, required=False, widget=forms.TextInput(attrs=INPUT)
    ),
    "income": lambda: AmountField(
        label=_("月收入"),
        least=ZERO,
        required=False,
        help_text="",
        widget=forms.TextInput(attrs=AMOUNT),
    ),
}


class ChooseForm(CommandForm):
    """Which programme; the choice is the worker's, the advice beside it decides nothing."""

    programme_version = forms.ModelChoiceField(
        ProgrammeVersion.objects.none(),
        to_field_name="uid",
        error_messages={
            "invalid_choice": _("这个项目目前不受理申请。"),
            "required": _("请选择一个救助项目。"),
        },
    )

    def __init__(self, *args: Any, programmes, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["programme_version"].queryset = programmes


def _layer(layer: str, **kwargs: Any) -> AmountField:
    return AmountField(label=Layer(layer).label, least=ZERO, required=False, help_text="", **kwargs)


class RequestForm(CommandForm):
    """What a review needs and no more: illness, bill by payer, household, the sum asked."""

    treatment_plan = Story(
        label=_("治疗方案与阶段"),
        rows=3,
        max_length=1000,
        required=False,
        help_text=_("由主管医生提供：方案、预计疗程和费用依据"),
    )
    is_transplanted = Yes(label=_("已做移植"))
    cost_total = _layer(Layer.TOTAL)
    cost_basic = _layer(Layer.BASIC)
    cost_critical = _layer(Layer.CRITICAL)
    cost_assistance = _layer(Layer.ASSISTANCE)
    cost_relief = _layer(Layer.RELIEF)
    cost_commercial = _layer(Layer.COMMERCIAL)
    cost_employer = _layer(Layer.EMPLOYER)
    cost_other_aid = _layer(Layer.OTHER_AID)
    other_aid = Line(
        label=_("其他救助的来源"),
        max_length=200,
        required=False,
        help_text=_("已得到或正在申请的其他慈善、单位、众筹"),
    )
    household_size = WideInteger(label=_("家庭人口"), min_value=1, max_value=30, required=False)
    monthly_income = AmountField(label=_("家庭月收入"), least=ZERO, required=False, help_text="")
    welfare_status = OneOf(
        label=_("困难身份"), choices=choices_of(WelfareStatus.choices), required=False
    )
    assets = Line(
        label=_("房产与资产"),
        max_length=200,
        required=False,
        help_text=_("房产套数与面积、车辆、存款"),
    )
    debts = Line(label=_("负债"), max_length=200, required=False)
    story = Story(
        label=_("困难情况"),
        rows=6,
        max_length=3000,
        required=False,
        help_text=_(
            "写经过、已做的努力和缺口；不写姓名、证件号、电话、学校。宣传用的故事另行征得同意，不写在这里。"
        ),
    )
    relation = OneOf(
        label=_("申请人与患者关系"), choices=choices_of(Relation.choices), required=False
    )
    requested = AmountField(label=_("申请金额"), required=False, help_text="")
    payout_mode = OneOf(label=_("拨付方式"))

    def __init__(self, *args: Any, modes: list[str], asks_transplant: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        labels = dict(ProgrammeVersion.PayoutMode.choices)
        self.fields["payout_mode"].choices = [(mode, labels.get(mode, mode)) for mode in modes]
        if not asks_transplant:
            del self.fields["is_transplanted"]
        for row in range(MEMBER_ROWS):
            self.fields |= {f"member_{row}_{part}": make() for part, make in MEMBER_PARTS.items()}

    @property
    def cost_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("cost_")]

    @property
    def member_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"member_{row}_{part}"] for part in MEMBER_PARTS] for row in range(MEMBER_ROWS)
        ]

    @property
    def has_members(self) -> bool:
        """Whether somebody of the household is entered already."""
        return any(bound.value() for row in self.member_rows for bound in row)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        costs = {
            name.removeprefix("cost_"): cleaned.pop(name, None)
            for name in list(cleaned)
            if name.startswith("cost_")
        }
        self._check_costs(costs)
        cleaned["household"] = self._members(cleaned)
        cleaned["cost_lines"] = {layer: amount for layer, amount in costs.items() if amount} or None
        return cleaned

    def _check_costs(self, costs: dict[str, Decimal | None]) -> None:
        if any(f"cost_{layer}" in self.errors for layer in Layer.values):
            return
        paid = sum(
            (amount or ZERO for layer, amount in costs.items() if layer != Layer.TOTAL), ZERO
        )
        if paid and not costs.get(Layer.TOTAL):
            self.add_error("cost_total", _("请填写医疗总费用。"))
        elif paid > (costs.get(Layer.TOTAL) or ZERO):
            self.add_error("cost_total", _("各层报销与救助合计超过总费用，请核对。"))

    def _members(self, cleaned: dict[str, Any]) -> list[dict[str, str]]:
        rows = []
        for row in range(MEMBER_ROWS):
            named = {part: cleaned.pop(f"member_{row}_{part}", None) for part in MEMBER_PARTS}
            said = {part: str(value) for part, value in named.items() if value not in (None, "")}
            if said:
                rows.append(said)
        return rows

    def amounts(self) -> dict[str, Decimal]:
        """The layers that could be read, for the live sum; call it after is_valid."""
        costs = self.cleaned_data.get("cost_lines") or {}
        return {layer: amount for layer, amount in costs.items() if amount is not None}


def initial_of_request(
    request: Any, sheet: dict[str, Any], lines: dict[str, Decimal]
) -> dict[str, Any]:
    """A saved draft as the form's initial."""
    initial = {name: value for name, value in sheet.items() if name not in ("household", "payee")}
    initial |= {f"cost_{layer}": amount for layer, amount in lines.items()}
    initial |= {"requested": request.requested, "payout_mode": request.payout_mode}
    if initial.get("monthly_income"):
        initial["monthly_income"] = Decimal(initial["monthly_income"])
    for row, member in enumerate(sheet.get("household", [])[:MEMBER_ROWS]):
        initial |= {f"member_{row}_{part}": text for part, text in member.items()}
    return initial


class FileChoice(forms.ModelChoiceField):
    """A file of the case, by its own title."""

    def label_from_instance(self, obj: Document) -> str:
        return obj.title


class AttachForm(CommandForm):
    """A paper: one of the case's files, or a new one."""

    document = FileChoice(
        Document.objects.none(),
        label=_("个案已有的文书"),
        required=False,
        to_field_name="uid",
        empty_label=_("不选"),
        error_messages={"invalid_choice": _("请从本个案的文书中选择。")},
    )
    file = paper_file(
        label=_("或上传新的"),
        required=False,
        help_text=_("PDF、JPG 或 PNG；照片中的位置信息会被去掉"),
    )

    def __init__(self, *args: Any, documents, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("document") and not cleaned.get("file") and not self.errors:
            self.add_error("document", _("请选一份文书，或上传一份。"))
        return cleaned


class BlackenForm(CommandForm):
    """Black boxes as they are drawn on the pages; a line of five numbers each, for whoever does not draw."""

    boxes = forms.CharField(
        label=_("遮盖的位置"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "data-boxes": ""}),
        help_text=_("每行一处：页码、左、上、宽、高；后四个数是这一页宽、高的千分之几"),
    )

    def clean_boxes(self) -> list[Box]:
        found = []
        for number, line in enumerate(self.cleaned_data["boxes"].splitlines(), 1):
            parts = line.replace(",", " ").replace("，", " ").split()
            if not parts:
                continue
            if len(parts) != len(Box._fields) or not all(
                BOX_NUMBER.fullmatch(one) for one in parts
            ):
                raise forms.ValidationError(
                    _("第 %(n)d 行要有五个整数：页码、左、上、宽、高。"), params={"n": number}
                )
            found.append(Box(*map(int, parts)))
        return found


class SubmitForm(CommandForm):
    """What the applicant declares and which consent covers the sending; nothing is ticked beforehand."""

    consent = forms.ModelChoiceField(
        Consent.objects.none(),
        required=False,
        to_field_name="uid",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("需要服务对象向这家基金会提供信息的有效同意。")},
    )
    truthful = Yes(label="", must=_("请确认申请人已声明内容真实。"))
    no_related_party = Yes(label="", must=_("请确认申请人已声明没有利害关系。"))

    def __init__(self, *args: Any, consents, declarations: dict[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["consent"].queryset = consents
        for name, sentence in declarations.items():
            self.fields[name].label = str(sentence).rstrip("。.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("consent") and "consent" not in self.errors:
            self.add_error("consent", _("还没有向这家基金会提供信息的有效同意，不能送出。"))
        cleaned["declarations"] = [
            name for name in ("truthful", "no_related_party") if cleaned.pop(name, False)
        ]
        return cleaned


class SupplementForm(CommandForm):
    """The answer to a request for papers; the papers themselves are put in one by one."""

    message = Story(
        label=_("给基金会的说明"),
        rows=3,
        max_length=1000,
        required=False,
        help_text=_("补了什么、为什么晚；不写姓名和证件号"),
    )


class WithdrawRequestForm(CommandForm):
    """Taking a request back before it is approved."""

    reason = Reason(label=_("撤回的理由"))


class ResumeForm(CommandForm):
    """Going on after a new consent."""

    consent = forms.ModelChoiceField(
        Consent.objects.none(),
        to_field_name="uid",
        widget=forms.HiddenInput,
        error_messages={
            "required": _("需要服务对象重新签署的同意。"),
            "invalid_choice": _("需要服务对象重新签署的同意。"),
        },
    )

    def __init__(self, *args: Any, consents, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["consent"].queryset = consents
