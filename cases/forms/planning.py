"""Needs, the service plan with its goals, and their ratings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.planning import DETAILS, LEVELS, PLAN_PARTS
from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, WideDecimal, choices_of
from cases.forms.schema_forms import SchemaForm
from cases.models.codes import GasLevel, NeedCategory, NeedVoice, Relation, Theory
from cases.models.service_codes import PlanItemState
from cases.models.work import Goal, Need, PlanItem
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import NameField

SEVERITY = [(str(n), str(n)) for n in range(1, 6)]
FIRST_ROWS = ("0", "1", "2")
MAX_ROWS = 20
PARTS = frozenset(item.name for item in PLAN_PARTS.items)
UNASKED = frozenset({"weight", "was"})


class NeedForm(CommandForm):
    """One need: whose words, how severe."""

    category = OneOf(label=_("需求类别"), choices=choices_of(NeedCategory.choices))
    statement = Story(
        label=_("需求描述"), rows=3, max_length=2000, help_text=_("服务对象提出的，照原话写")
    )
    voice = OneOf(
        label=_("由谁提出"),
        choices=NeedVoice.choices,
        initial=NeedVoice.CLIENT,
        widget=forms.RadioSelect,
    )
    severity = forms.TypedChoiceField(
        label=_("严重程度"),
        choices=SEVERITY,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("1 轻，5 最重"),
        error_messages={"required": _("请选择严重程度。")},
    )


class NeedChoice(forms.ModelChoiceField):
    """A need of the case in its category's words."""

    def label_from_instance(self, obj: Need) -> str:
        return obj.get_category_display()


def _level(label: Any) -> Line:
    return Line(label=label, max_length=120, required=False)


class GoalForm(forms.Form):
    """One row of the plan; an untouched row is left out."""

    required_css_class = "required"
    statement = Line(label=_("目标"), max_length=200, help_text=_("做到什么，让谁看得出来"))
    need = NeedChoice(
        Need.objects.none(),
        label=_("针对的需求"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从本个案的需求中选择。"),
            "required": _("每个目标要对应一项需求。"),
        },
    )
    indicator = Line(label=_("指标"), max_length=120, help_text=_("怎么量，例如 GAD-7 分数"))
    baseline = Line(label=_("现状"), max_length=120, required=False)
    target = Line(label=_("目标值"), max_length=120, required=False)
    due_on = WideDate(label=_("完成日期"), required=False)
    weight = WideDecimal(
        label=_("权重"),
        initial=1,
        min_value=0.01,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        error_messages={"min_value": _("权重须大于 0。")},
    )
    level_m2 = _level(GasLevel(-2).label)
    level_m1 = _level(GasLevel(-1).label)
    level_0 = _level(GasLevel(0).label)
    level_p1 = _level(GasLevel(1).label)
    level_p2 = _level(GasLevel(2).label)
    was = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs, words: Mapping[str, str] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["need"].queryset = needs
        self.words = words or {}

    def has_changed(self) -> bool:
        """Whether anything but the weight, which has a default, is filled in."""
        return any(name not in UNASKED and self[name].value() for name in self.fields)

    @property
    def said(self) -> str:
        """What the supervisor said of the goal this row began from."""
        return self.words.get(str(self["was"].value() or ""), "")

    def levels(self) -> list[forms.BoundField]:
        return [self[name] for name in LEVELS]

    @property
    def has_levels(self) -> bool:
        return any(one.value() or one.errors for one in self.levels())


def _rows(typed: Any) -> list[str]:
    """The rows a posted form or a draft holds, in order; three when it holds none."""
    asked = typed.getlist("row") if hasattr(typed, "getlist") else typed.get("row", [])
    asked = [asked] if isinstance(asked, str) else asked
    rows = [row for row in dict.fromkeys(asked) if row.isascii() and row.isdigit() and len(row) < 4]
    return rows[:MAX_ROWS] or list(FIRST_ROWS)


class PlanForm(SchemaForm):
    """F4 服务计划: the aim, the review date and rows of goals; every row carries a hidden `row`.

    `words` are the supervisor's on the goals of the draft that is rewritten, by the goal's uid.
    """

    schema = PLAN_PARTS
    aim = Story(label=_("总目标"), rows=3, max_length=2000)
    theory = SomeOf(label=_("理论取向"), choices=Theory.choices, required=False)
    review_due_on = WideDate(
        label=_("检视日期"), not_past=True, help_text=_("到时提醒主责社工和督导")
    )

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        needs,
        words: Mapping[str, str] | None = None,
        **kwargs: Any,
    ):
        super().__init__(data, *args, **kwargs)
        typed = data if data is not None else self.initial
        self.goal_forms = [
            GoalForm(
                data,
                prefix=f"goal{row}",
                empty_permitted=True,
                use_required_attribute=False,
                needs=needs,
                words=words,
                initial={"weight": 1} | self._kept(row),
            )
            for row in _rows(typed)
        ]

    def all_bound(self) -> Iterator[tuple[str, forms.BoundField]]:
        """The goals' fields too, by the goal's number; which goal a row began from is nobody's choice."""
        yield from super().all_bound()
        for number, goal in enumerate(self.goal_forms, start=1):
            for bound in goal:
                if bound.name != "was":
                    said = _("目标 %(n)s：%(label)s") % {"n": number, "label": bound.label}
                    yield str(said), bound

    @classmethod
    def united(cls, typed: QueryDict, standing: Mapping[str, Any]) -> QueryDict:
        """The goals somebody else added get rows of their own; each row begins from the goal that stands."""
        whole, mine = typed.copy(), typed.getlist("row")
        for row in standing.get("row", []):
            if row not in mine:
                whole.appendlist("row", row)
            if f"goal{row}-was" in standing:
                whole[f"goal{row}-was"] = standing[f"goal{row}-was"]
        return whole

    def _kept(self, row: str) -> dict[str, Any]:
        """What a draft, or the version before, says of one row."""
        return {
            name: self.initial[f"goal{row}-{name}"]
            for name in GoalForm.base_fields
            if f"goal{row}-{name}" in self.initial
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number, row in enumerate(self.goal_forms, start=1):
            if not row.is_valid():
                raise ValidationError(
                    _("第 %(number)s 个目标有需要改的地方。") % {"number": number}, code="goal"
                )
        cleaned["goals"] = [self._goal(row) for row in self.goal_forms if row.has_changed()]
        if not cleaned["goals"]:
            self.goal_forms[0].add_error("statement", _("请至少写一个目标。"))
            raise ValidationError(_("请至少写一个目标。"), code="no_goal")
        cleaned["details"] = {name: cleaned.pop(name, None) for name in DETAILS}
        return cleaned

    def _goal(self, row: GoalForm) -> dict[str, Any]:
        goal = dict(row.cleaned_data)
        need = goal.pop("need")
        levels = {level: goal.pop(name) for name, level in LEVELS.items()}
        return goal | {"needs": [need], "gas_levels": levels}

    @property
    def has_parts(self) -> bool:
        """Whether anything beside aim and goals is filled in, or refused."""
        names = [name for name in self.fields if name.split("-")[0] in PARTS]
        return any(name in self.errors or self[name].value() for name in names)


COMMENT, ITEM = "comment-", "item-"


class ReviewForm(CommandForm):
    """The supervisor's words on single goals; what the review comes to is said by the subclass."""

    def __init__(self, *args: Any, goals: Sequence[Goal] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.goals = goals
        for goal in goals:
            self.fields[f"{COMMENT}{goal.uid}"] = Story(
                label=goal.statement, rows=2, max_length=1000, required=False, initial=goal.comment
            )

    def goal_fields(self) -> list[forms.BoundField]:
        return [self[f"{COMMENT}{goal.uid}"] for goal in self.goals]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["goal_comments"] = {
            goal.uid: cleaned.pop(f"{COMMENT}{goal.uid}", "") for goal in self.goals
        }
        return cleaned


class CommentForm(ReviewForm):
    """Approving."""

    comment = Story(label=_("督导意见"), rows=3, max_length=2000, required=False)


class ReturnForm(ReviewForm):
    """Sending a plan back to its author."""

    reason = Reason(label=_("退回的理由"), help_text=_("写清楚要改哪里"))


class SignPlanForm(CommandForm):
    """The client's signature under a version, drawn or scanned."""

    signer_relation = OneOf(label=_("签署人"), choices=choices_of(Relation.choices))
    signer = NameField(label=_("签署人姓名"))
    drawing = forms.CharField(required=False, strip=True, widget=forms.HiddenInput)
    scan = forms.FileField(
        label=_("上传签署件"),
        required=False,
        help_text=_("纸质签署的扫描件或照片：PDF、JPG、PNG"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("drawing") or cleaned.get("scan") or "scan" in self.errors):
            self.add_error("drawing", _("请在方框内签名，或选上传的签署件。"))
        return cleaned


class UnsignedForm(CommandForm):
    """The client does not sign: why."""

    reason = Reason(
        label=_("没有签署的理由"), least=10, help_text=_("服务对象怎么说的，社工怎么解释的")
    )


class PlanReviewForm(CommandForm):
    """A review on the way: what it found, and the next one."""

    result = Reason(
        label=_("检视结果"), least=10, help_text=_("哪些目标有进展，哪些要改；要改的另写新版本")
    )
    next_on = WideDate(label=_("下次检视"), not_past=True)

    def __init__(self, *args: Any, items: Sequence[PlanItem] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"{ITEM}{item.uid}"] = OneOf(
                label=item.what, choices=PlanItemState.choices, initial=item.state, required=False
            )

    def item_fields(self) -> list[forms.BoundField]:
        return [self[f"{ITEM}{item.uid}"] for item in self.items]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["item_states"] = {
            item.uid: cleaned.pop(f"{ITEM}{item.uid}", "") for item in self.items
        }
        return cleaned


class RateForm(CommandForm):
    """Goal Attainment Scaling, -2 to +2."""

    gas = forms.TypedChoiceField(
        label=_("达成等级"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[(str(level.value), level.label) for level in GasLevel],
        error_messages={"required": _("请选择达成等级。")},
    )
