"""Any questionnaire as a form, from its definition: one group of choices per item, answered by keyboard."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Story, Yes
from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.forms import CommandForm

ITEM = "item_"


class AssessmentForm(CommandForm):
    """The answers to one questionnaire; an item may stay open, the score says what that means."""

    interpretation = Story(
        label=_("社工的解读"),
        rows=4,
        max_length=4000,
        required=False,
        help_text=_("结合面谈和观察写；分数是筛查结果，不是诊断"),
    )
    is_final = Yes(label=_("定稿（算分并锁定，之后不能改）"))

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questionnaire = questionnaire
        definition = questionnaire.definition
        for number, item in enumerate(definition.get("items", ()), start=1):
            options = [
                (str(one["value"]), one["zh"]) for one in definition["options"][item["options"]]
            ]
            self.fields[ITEM + item["code"]] = OneOf(
                label=f"{number}. {item['zh']}",
                choices=options,
                widget=forms.RadioSelect,
                required=False,
            )

    def items(self) -> list[tuple[forms.BoundField, str]]:
        """The items with the shape that suits their options: a scale for numbers, tiles otherwise."""
        names = [name for name in self.fields if name.startswith(ITEM)]
        return [(self[name], self._shape(name)) for name in names]

    def _shape(self, name: str) -> str:
        labels = [str(label) for _value, label in self.fields[name].choices]
        return "scale" if len(labels) > 6 or all(len(label) <= 2 for label in labels) else "tiles"

    def command(self, service, **given: Any) -> bool:
        """The items travel as one mapping of code to chosen value."""
        if not self.is_valid():
            return False
        answers = {
            name.removeprefix(ITEM): self._value(name, value)
            for name, value in self.cleaned_data.items()
            if name.startswith(ITEM) and value != ""
        }
        self.cleaned_data = {
            name: value for name, value in self.cleaned_data.items() if not name.startswith(ITEM)
        }
        return super().command(service, answers=answers, **given)

    def _value(self, name: str, chosen: str) -> int | str:
        """The option's own value, a number where the definition has a number."""
        item = name.removeprefix(ITEM)
        definition = self.questionnaire.definition
        options = next(one["options"] for one in definition["items"] if one["code"] == item)
        return next(
            one["value"] for one in definition["options"][options] if str(one["value"]) == chosen
        )


class AnswersForm(AssessmentForm):
    """A draft's answers, written anew; finalizing is a step of its own."""

    is_final = None


class AssessForm(CommandForm):
    """F3 需求预估表: what the assessment comes to, in the worker's words."""

    summary = Story(
        label=_("预估小结"),
        rows=6,
        max_length=8000,
        required=False,
        help_text=_("个人、家庭、社会三个方面的困难、优势与资源；先后次序"),
    )
