"""Forms of a review: rules, formality, marks, meetings, places, objections."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.forms import CommandForm
from projects.models.experts import ExpertProfile
from projects.services.formality import OUTCOMES
from projects.services.reviewing import LONGEST, OWN_KINDS
from projects.services.score_sheets import SHIPPED
from projects.workflow.calls import ApplicationState

ODD = [(str(n), str(n)) for n in (3, 5, 7, 9)]
LINES = forms.Textarea(attrs={"rows": 6})


class PlanForm(CommandForm):
    sheet = forms.ModelChoiceField(
        label=_("评分表"), queryset=Questionnaire.objects.none(), to_field_name="uid"
    )
    experts_each = forms.TypedChoiceField(
        label=_("每项几位专家（单数）"), choices=ODD, coerce=int, initial="3"
    )
    most_per_expert = forms.IntegerField(
        label=_("每位专家最多几项"), min_value=1, max_value=500, initial=30
    )
    opens_on = forms.DateField(label=_("评审开始"))
    closes_on = forms.DateField(label=_("评审截止"))
    is_blind = forms.BooleanField(
        label=_("匿名评审"),
        required=False,
        initial=True,
        help_text=_("隐去单位、人员、电话和文件名；附件只按页显示"),
    )
    trim_from = forms.IntegerField(
        label=_("几份起去掉最高最低"), min_value=5, max_value=9, initial=5
    )
    spread_alarm = forms.DecimalField(
        label=_("分差警示（标准差大于）"), min_value=Decimal("0.1"), max_value=50, initial=15
    )
    shows_normalised = forms.BooleanField(
        label=_("旁边显示标准化分"), required=False, help_text=_("只供参考，名次按原始平均分")
    )
    reserve_places = forms.IntegerField(label=_("候补名额"), min_value=0, max_value=200, initial=0)
    checklist = forms.CharField(
        label=_("形式审查清单"), widget=LINES, help_text=_("一行一项，审查时逐项答是或否")
    )

    def __init__(self, *args: Any, sheets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].queryset = sheets

    def clean_checklist(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["checklist"].splitlines()]
        return [{"text": line} for line in lines if line]


class FormalityForm(CommandForm):
    """A yes and a no for every point, then what follows from them."""

    outcome = forms.ChoiceField(
        label=_("结论"),
        choices=list(
            zip(
                OUTCOMES,
                (_("通过，进入评审"), _("要求补正"), _("不予通过")),
                strict=True,
            )
        ),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("依据和缺什么"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("补正或不予通过时必填：写明公告的哪一条"),
    )
    # Where a refusal about the points as a whole lands.
    answers = forms.CharField(required=False, widget=forms.HiddenInput, label=_("清单"))

    def __init__(self, *args: Any, checklist: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checklist = checklist
        for one in checklist:
            self.fields[f"yes_{one['code']}"] = forms.ChoiceField(
                label=one["text"],
                choices=[("yes", _("是")), ("no", _("否"))],
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"note_{one['code']}"] = forms.CharField(
                label=_("说明"), max_length=200, required=False
            )

    @property
    def points(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"yes_{one['code']}"], self[f"note_{one['code']}"]) for one in self.checklist]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        known = {"yes": True, "no": False}
        answers = {
            one["code"]: known.get(found.pop(f"yes_{one['code']}", "")) for one in self.checklist
        }
        notes = {one["code"]: found.pop(f"note_{one['code']}", "") for one in self.checklist}
        return found | {"answers": answers, "notes": notes}


def _mark(text: Any, most: Decimal) -> Decimal | None:
    """A mark within its range; None for what is none."""
    try:
        found = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= most else None


class MarksForm(CommandForm):
    """A box for each criterion; a fault lands beside the box, everything else stays typed."""

    comment = forms.CharField(
        label=_("评语"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写优点、不足和建议；组织方可以把它转给申报单位，不带您的姓名"),
    )

    def __init__(self, *args: Any, items: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"item_{item['code']}"] = forms.CharField(
                label=item["zh"],
                required=False,
                max_length=8,
                help_text=item.get("help", ""),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def marks(self) -> list[dict[str, Any]]:
        return [
            {"field": self[f"item_{item['code']}"], "most": item["most"], "item": item}
            for item in self.items
        ]

    @property
    def tally(self) -> dict[str, Any]:
        """What the marks so far come to, out of how much, and how many are still to be given."""
        given = [_mark(one["field"].value(), Decimal(one["most"])) for one in self.marks]
        return {
            "total": sum((mark for mark in given if mark is not None), Decimal(0)),
            "most": sum(Decimal(one["most"]) for one in self.marks),
            "left": given.count(None),
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        answers = {item["code"]: found.pop(f"item_{item['code']}", "") for item in self.items}
        return found | {"answers": {code: text for code, text in answers.items() if text}}


class RecuseForm(CommandForm):
    kind = forms.ChoiceField(
        label=_("关系"), choices=[(str(kind), kind.label) for kind in OWN_KINDS]
    )
    reason = forms.CharField(
        label=_("说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class SheetNewForm(CommandForm):
    template = forms.ChoiceField(
        label=_("从哪一份开始"),
        choices=[(code, title) for code, (title, _rows, _ties) in SHIPPED.items()],
    )
    title = forms.CharField(label=_("标题"), max_length=120, required=False)


class SheetForm(CommandForm):
    """The criteria as rows: name, weight, section, help; an emptied name takes a row away."""

    title = forms.CharField(label=_("标题"), max_length=120)
    rows = forms.CharField(required=False, widget=forms.HiddenInput, label=_("评分标准"))

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        for at in range(count):
            self.fields[f"code_{at}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.fields[f"name_{at}"] = forms.CharField(
                label=_("标准"), max_length=60, required=False
            )
            self.fields[f"weight_{at}"] = forms.CharField(
                label=_("分值"),
                max_length=6,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            self.fields[f"section_{at}"] = forms.CharField(
                label=_("一级指标"), max_length=40, required=False
            )
            self.fields[f"help_{at}"] = forms.CharField(
                label=_("说明"), max_length=200, required=False
            )

    @property
    def criteria(self) -> list[list[forms.BoundField]]:
        names = ("code", "name", "weight", "section", "help")
        return [[self[f"{name}_{at}"] for name in names] for at in range(self.count)]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        names = ("code", "name", "weight", "section", "help")
        rows = [
            {name: found.pop(f"{name}_{at}", "") or "" for name in names}
            for at in range(self.count)
        ]
        return found | {"rows": rows}


class PanelForm(CommandForm):
    on = forms.DateField(label=_("日期"))
    place = forms.CharField(label=_("地点或会议号"), max_length=120, required=False)
    chair = forms.ModelChoiceField(
        label=_("主持人"),
        queryset=ExpertProfile.objects.none(),
        to_field_name="uid",
        required=False,
    )

    def __init__(self, *args: Any, experts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"].queryset = experts
        self.fields["chair"].label_from_instance = lambda one: one.user.display_name


class HoldForm(CommandForm):
    present = forms.ModelMultipleChoiceField(
        label=_("签到的专家"),
        queryset=ExpertProfile.objects.none(),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
    )
    applications = forms.ModelMultipleChoiceField(
        label=_("会上重新评分的项目"),
        queryset=None,
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("由到会、不需回避的专家重新打分；以会上的分数为准"),
    )
    minutes = forms.CharField(
        label=_("会议纪要"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, experts: Any, applications: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = experts
        self.fields["present"].label_from_instance = lambda one: one.user.display_name
        self.fields["applications"].queryset = applications
        self.fields["applications"].label_from_instance = lambda one: (
            f"{one.rank or '—'} · {one.title}"
        )


class PicksForm(CommandForm):
    picks = forms.ModelMultipleChoiceField(
        label=_("并列时先列入"),
        queryset=None,
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, tied: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picks"].queryset = tied
        self.fields["picks"].label_from_instance = lambda one: one.title


class PlaceForm(CommandForm):
    to = forms.ChoiceField(
        label=_("改为"),
        choices=[
            (str(state), state.label)
            for state in (
                ApplicationState.PROPOSED,
                ApplicationState.RESERVE,
                ApplicationState.NOT_SELECTED,
            )
        ],
    )
    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class AnswerForm(CommandForm):
    is_upheld = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("no", _("异议不成立")), ("yes", _("异议成立"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    application = forms.ModelChoiceField(
        label=_("取消入选的项目"),
        queryset=None,
        to_field_name="uid",
        required=False,
        help_text=_("异议成立、而且针对其中一项时选择"),
    )
    answer = forms.CharField(
        label=_("核查情况和答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, applications: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].queryset = applications
        self.fields["application"].label_from_instance = lambda one: one.title
