"""Aid programmes: a programme with its fund, and a version row by row: conditions, amounts, papers, examples."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, SomeOf, Story, WideDate, WideInteger, choices_of
from cases.models.codes import WelfareStatus
from departments.models.organizations import Organization
from donations.forms.giving import PurposeChoice
from donations.models.giving import Fund
from donations.models.programmes import ProgrammeVersion
from donations.workflow import MAIN_LINE, RequestState
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

MODES = [(mode.value, mode.label) for mode in ProgrammeVersion.PayoutMode.booked()]
ORDER_RULES = [("submitted_at", _("按提交时间先后")), ("due_at", _("按时限先后"))]
STAGES = [(state, RequestState(state).label) for state in MAIN_LINE[2:-1]]
CLOCKED = ("submitted", "document_check", "supplement_required", "first_review", "second_review")
CLOCKED += ("proposed", "approved", "agreement")
CAPS = ("per_request", "per_person", "committee_above")
SPARE = 2  # empty rows after those that are filled
MOST_ROWS = 30
YES_NO = [("yes", _("符合")), ("no", _("不符合"))]
Parts = Mapping[str, Callable[[], forms.Field]]


def _text(label: Any, length: int) -> Callable[[], forms.Field]:
    return lambda: Line(label=label, max_length=length, required=False)


def _sum(label: Any) -> Callable[[], forms.Field]:
    return lambda: AmountField(label=label, required=False, least=Decimal(0), help_text="")


# Each list of a version: the parts of one row. `code` is kept where it stood, for what refers to it.
ROWS: dict[str, Parts] = {
    "conditions": {
        "code": lambda: forms.CharField(required=False, max_length=40, widget=forms.HiddenInput),
        "zh": _text(_("条件（医院和家庭看到的话）"), 120),
        "cel": _text(_("表达式"), 1000),
    },
    "benefit_rows": {
        "code": lambda: forms.CharField(required=False, max_length=40, widget=forms.HiddenInput),
        "zh": _text(_("标准（医院和家庭看到的话）"), 120),
        "cel": _text(_("适用的表达式"), 1000),
        "amount": _sum(_("金额")),
    },
    "documents": {
        "type": _text(_("代码"), 40),
        "text": _text(_("材料"), 80),
        "required": lambda: forms.BooleanField(label=_("必须"), required=False),
    },
    "example_cases": {
        "text": _text(_("示例"), 120),
        "age": lambda: WideInteger(label=_("年龄"), required=False, min_value=0, max_value=130),
        "disease_group": _text(_("病种"), 40),
        "welfare_status": lambda: OneOf(
            label=_("困难身份"), choices=choices_of(WelfareStatus.choices), required=False
        ),
        "income_per_head": _sum(_("人均月收入")),
        "received": _sum(_("已获资助")),
        "is_transplanted": lambda: forms.BooleanField(label=_("已移植"), required=False),
        "eligible": lambda: OneOf(label=_("应当"), choices=YES_NO, required=False),
        "benefit": _sum(_("应得标准")),
    },
}


class ProgrammeForm(CommandForm):
    """A new programme: what it is called and which money it draws on."""

    name = Line(label=_("项目名称"), max_length=80)
    fund = forms.ModelChoiceField(
        Fund.objects.none(),
        label=_("基金"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的基金中选择。"),
            "required": _("请选择基金。"),
        },
    )
    purpose = PurposeChoice(label=_("先用的用途"), required=False)

    def __init__(self, *args: Any, funds: QuerySet[Fund], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds
        purposes = (one for fund in funds for one in fund.purposes.all())
        self.fields["purpose"].offer(purposes)


class VersionForm(CommandForm):
    """One version, whole. Rows stand as `<list>_<number>_<part>`; an empty row is left out."""

    name = Line(label=_("对外名称"), max_length=80)
    summary = Story(label=_("说明"), rows=3, max_length=1000, required=False)
    asker = OneOf(
        label=_("由谁申请"),
        choices=ProgrammeVersion.Asker.choices,
        initial=ProgrammeVersion.Asker.CASE,
        required=False,
    )
    beneficiary_class = Line(
        label=_("受益人类别"),
        max_length=40,
        required=False,
        help_text=_("与基金用途的代码一致，限定用途的捐赠据此可用"),
    )
    valid_from = WideDate(label=_("从哪天起"))
    valid_to = WideDate(label=_("最后一天"), required=False, help_text=_("不填为长期有效"))
    per_request = _sum(_("每份申请上限"))()
    per_person = _sum(_("每人累计上限"))()
    committee_above = _sum(_("超过多少须评审会"))()
    quota = WideInteger(label=_("名额"), required=False, min_value=1, max_value=1_000_000)
    order_rule = OneOf(label=_("排队规则"), choices=ORDER_RULES)
    payout_modes = SomeOf(label=_("拨付方式"), choices=MODES)
    stages = SomeOf(label=_("审核步骤"), choices=STAGES)
    needs_agreement = forms.BooleanField(
        label=_("拨付前须与家庭签协议"),
        required=False,
        initial=True,
        help_text=_("批准后家庭用查询码在手机上同意，或在医院签纸质协议；签了才能开拨付单"),
    )
    agreement_terms = Story(
        label=_("协议的专门条款"),
        rows=4,
        max_length=3000,
        required=False,
        help_text=_("每行一条，接在通用条款之后；家庭会原样读到"),
    )
    hospitals = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        label=_("定点医院"),
        required=False,
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选为不限"),
        error_messages={"invalid_choice": _("请从列出的机构中选择。")},
    )

    def __init__(self, *args: Any, houses: QuerySet[Organization], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hospitals"].queryset = houses
        for state in CLOCKED:
            self.fields[f"sla_{state}"] = WideInteger(
                label=RequestState(state).label, required=False, min_value=1, max_value=365
            )
        given = self.data if self.is_bound else self.initial
        self.counts = {name: self._count(given, name) for name in ROWS}
        for name, parts in ROWS.items():
            for number in range(self.counts[name]):
                self.fields |= {f"{name}_{number}_{part}": make() for part, make in parts.items()}

    @staticmethod
    def _count(given: Iterable[str], name: str) -> int:
        """Rows that were sent or stand, with some to spare."""
        numbers = [
            number
            for key in given
            if key.startswith(f"{name}_") and (number := _number_of(key, name)) is not None
        ]
        return min(max(numbers, default=-1) + 1 + SPARE, MOST_ROWS)

    def group(self, name: str) -> list[dict[str, forms.BoundField]]:
        """The rows of one list, each its parts by name."""
        return [
            {part: self[f"{name}_{number}_{part}"] for part in ROWS[name]}
            for number in range(self.counts[name])
        ]

    @property
    def groups(self) -> dict[str, list[dict[str, forms.BoundField]]]:
        return {name: self.group(name) for name in ROWS}

    @property
    def clocks(self) -> list[forms.BoundField]:
        return [self[f"sla_{state}"] for state in CLOCKED]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = {name: self._rows(cleaned, name) for name in ROWS}
        content: dict[str, Any] = {
            name: cleaned.get(name) for name in ("name", "summary", "beneficiary_class", "quota")
        }
        content["asker"] = cleaned.get("asker") or ProgrammeVersion.Asker.CASE
        content["order_rule"] = cleaned.get("order_rule")
        content["needs_agreement"] = bool(cleaned.get("needs_agreement"))
        content["agreement_terms"] = cleaned.get("agreement_terms") or ""
        content["payout_modes"] = cleaned.get("payout_modes") or []
        chosen = set(cleaned.get("stages") or [])
        content["stages"] = [state for state in MAIN_LINE if state in chosen]
        content["hospitals"] = [str(one.uid) for one in cleaned.get("hospitals") or []]
        content["caps"] = {name: str(cleaned[name]) for name in CAPS if cleaned.get(name)}
        content["sla"] = {
            state: cleaned[f"sla_{state}"] for state in CLOCKED if cleaned.get(f"sla_{state}")
        }
        content["documents"] = rows["documents"]
        for name, sign in (("conditions", "c"), ("benefit_rows", "b")):
            content[name] = [
                {**row, "code": row.get("code") or f"{sign}{n}"}
                for n, row in enumerate(rows[name], 1)
            ]
        content["example_cases"] = [_example(row) for row in rows["example_cases"]]
        return {
            "content": content,
            "valid_from": cleaned.get("valid_from"),
            "valid_to": cleaned.get("valid_to"),
        }

    def _rows(self, cleaned: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        found = []
        for number in range(self.counts[name]):
            row = {part: cleaned.get(f"{name}_{number}_{part}") for part in ROWS[name]}
            said = [value for part, value in row.items() if part not in ("code", "eligible")]
            if not any(value not in (None, "", False) for value in said):
                continue
            self._check_row(name, number, row)
            found.append(
                {
                    part: str(value) if isinstance(value, Decimal) else value
                    for part, value in row.items()
                }
            )
        return found

    def _check_row(self, name: str, number: int, row: Mapping[str, Any]) -> None:
        needed = {
            "conditions": ("zh", "cel"),
            "benefit_rows": ("zh", "cel", "amount"),
            "documents": ("type", "text"),
            "example_cases": ("text", "eligible"),
        }[name]
        for part in needed:
            place = f"{name}_{number}_{part}"
            if not row[part] and place not in self.errors:
                self.add_error(place, _("这一行还缺这一项。"))


def _number_of(key: str, name: str) -> int | None:
    """The row number in `<name>_<number>_<part>`."""
    number = key.removeprefix(f"{name}_").partition("_")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None


def _example(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the form as the version keeps an example; what was not said is no fact."""
    facts = {
        name: row[name]
        for name in ("age", "disease_group", "welfare_status", "income_per_head", "received")
        if row[name] not in (None, "")
    }
    facts["is_transplanted"] = bool(row["is_transplanted"])
    return {
        "text": row["text"],
        "facts": {"received": "0", **facts},
        "eligible": row["eligible"] == "yes",
        "benefit": row["benefit"],
    }


def initial_of_version(version: ProgrammeVersion) -> dict[str, Any]:
    """A saved version as the form's initial."""
    last = version.valid.upper
    initial = {
        name: getattr(version, name)
        for name in (
            *("name", "summary", "asker", "beneficiary_class"),
            *("quota", "order_rule", "payout_modes", "needs_agreement", "agreement_terms"),
        )
    }
    initial |= {"stages": version.stages, "hospitals": version.hospitals}
    # An older version may have ways that are no longer offered.
    initial["payout_modes"] = [mode for mode in version.payout_modes if mode in dict(MODES)]
    initial |= {"valid_from": version.valid.lower, "valid_to": _day_before(last)}
    initial |= {name: version.caps.get(name) for name in CAPS}
    initial |= {f"sla_{state}": version.sla.get(state) for state in CLOCKED}
    for name in ("conditions", "benefit_rows", "documents"):
        for number, row in enumerate(getattr(version, name)):
            initial |= {f"{name}_{number}_{part}": row.get(part) for part in ROWS[name]}
    for number, example in enumerate(version.example_cases):
        row = {**example.get("facts", {}), **example}
        row["eligible"] = "yes" if example.get("eligible") else "no"
        initial |= {
            f"example_cases_{number}_{part}": row.get(part) for part in ROWS["example_cases"]
        }
    return initial


def _day_before(day: Any) -> Any:
    return day - dt.timedelta(days=1) if day else None
