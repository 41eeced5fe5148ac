"""Any questionnaire as a form, from its definition: choices, ticks, numbers and words, asked in turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, SomeOf, Story, WideDecimal, Yes, choices_of
from cases.models.service_codes import MilestoneKind
from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.questionnaire.answering import asked, options_of
from msw_portal.kernel.questionnaire.definition import MISSING, type_of

ITEM = "item_"


@dataclass(frozen=True)
class Row:
    """One item on the sheet; `decides` says that later items depend on its answer."""

    bound: forms.BoundField
    shape: str
    section: str
    affix: str
    decides: bool


class AssessmentForm(CommandForm):
    """The answers to one questionnaire; an item may stay open, the score says what that means.

    `shown` holds the codes the person saw. Where the answers ask for an item that was not shown (no
    script ran), the form comes back with it instead of being saved.
    """

    interpretation = Story(
        label=_("社工的解读"),
        rows=4,
        max_length=4000,
        required=False,
        help_text=_("结合面谈和观察写；分数是筛查结果，不是诊断"),
    )
    checkpoint = OneOf(
        label=_("全程节点"),
        choices=choices_of(MilestoneKind.choices),
        required=False,
        help_text=_("在哪一段做的；前后对比按它排"),
    )
    is_final = Yes(label=_("定稿（算分并锁定，之后不能改）"))
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questionnaire = questionnaire
        self.definition = questionnaire.definition
        number = 0
        for item in self.definition.get("items", ()):
            number += "when" not in item
            label = item["zh"] if "when" in item else f"{number}. {item['zh']}"
            self.fields[ITEM + item["code"]] = _field(self.definition, item, label)

    def answered(self) -> dict[str, Any]:
        """What stands in the boxes now, not yet checked: from what was sent, or from the draft."""
        found = {}
        for item in self.definition.get("items", ()):
            name = ITEM + item["code"]
            value = self[name].value()
            if value not in MISSING:
                found[item["code"]] = value
        return found

    def rows(self) -> list[Row]:
        """The items that are asked after the answers so far, with the shape that suits them."""
        codes = asked(self.definition, self.answered())
        deciding = _deciding(self.definition)
        return [
            Row(
                bound=self[ITEM + item["code"]],
                shape=self._shape(item),
                section=item.get("section", ""),
                affix=item.get("unit", ""),
                decides=item["code"] in deciding,
            )
            for item in self.definition.get("items", ())
            if item["code"] in codes
        ]

    def shown_now(self) -> str:
        """The codes on the sheet, for the hidden field."""
        return " ".join(row.bound.name.removeprefix(ITEM) for row in self.rows())

    def _shape(self, item: Mapping[str, Any]) -> str:
        if type_of(item) == "many":
            return "checks"
        if type_of(item) != "choice":
            return ""
        labels = [one["zh"] for one in options_of(self.definition, item)]
        return "scale" if len(labels) > 6 or all(len(label) <= 2 for label in labels) else "tiles"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        shown = set(cleaned.get("shown", "").split())
        wanted = set(asked(self.definition, self.answered()))
        if shown and wanted - shown:
            self.add_error(None, _("按您的回答还有几题要问，请接着作答后再保存。"))
        return cleaned

    def command(self, service, **given: Any) -> bool:
        """The items travel as one mapping of code to chosen value; what is not asked stays behind."""
        if not self.is_valid():
            return False
        wanted = asked(self.definition, self.answered())
        answers = {
            code: _kept(self.definition, code, self.cleaned_data[ITEM + code])
            for code in wanted
            if self.cleaned_data.get(ITEM + code) not in MISSING
        }
        self.cleaned_data = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith(ITEM) and name != "shown"
        }

        def recorded(**all_given: Any) -> Any:
            try:
                return service(**all_given)
            except DomainError as error:
                # A refused answer lands on its item.
                if error.field and ITEM + error.field in self.fields:
                    error.field = ITEM + error.field
                raise

        return super().command(recorded, answers=answers, **given)


def _field(definition: Mapping[str, Any], item: Mapping[str, Any], label: str) -> forms.Field:
    common = {
        "label": label,
        "required": False,
        "help_text": item.get("help", ""),
    }
    kind = type_of(item)
    if kind == "text":
        return Story(rows=2, max_length=int(item.get("most", 2000)), **common)
    if kind == "number":
        return WideDecimal(
            min_value=item.get("least"),
            max_value=item.get("most"),
            decimal_places=item.get("decimals", 0),
            max_digits=16,
            **common,
        )
    options = [(str(one["value"]), one["zh"]) for one in options_of(definition, item)]
    if kind == "many":
        return SomeOf(choices=options, **common)
    return OneOf(choices=options, widget=forms.RadioSelect, **common)


def _kept(definition: Mapping[str, Any], code: str, chosen: Any) -> Any:
    """The option's own value, a number where the definition has a number; numbers as text."""
    item = next(one for one in definition["items"] if one["code"] == code)
    if type_of(item) == "text":
        return chosen
    if type_of(item) == "number":
        return str(chosen)
    values = {str(one["value"]): one["value"] for one in options_of(definition, item)}
    return [values[one] for one in chosen] if type_of(item) == "many" else values[chosen]


def _deciding(definition: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()

    def look(condition: Mapping[str, Any]) -> None:
        for inner in (*condition.get("all", ()), *condition.get("any", ())):
            look(inner)
        if "not" in condition:
            look(condition["not"])
        if "item" in condition:
            found.add(condition["item"])

    for item in definition.get("items", ()):
        look(item.get("when", {}))
    return found


class AnswersForm(AssessmentForm):
    """A draft's answers, written anew; who may finalize does it with what stands on the page."""

    def __init__(self, *args: Any, may_finalize: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may_finalize:
            del self.fields["is_final"]
