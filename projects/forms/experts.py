"""Forms of the expert bank: a person, a term, ties, a conflict."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm
from projects.models.experts import TIE_KINDS, ConflictKind, ExpertGrade, ExpertProfile

TIE_ROWS = 5
MANUAL_KINDS = (ConflictKind.KIN, ConflictKind.SUPERVISION, ConflictKind.FUNDED_PARTNER)


class ExpertForm(CommandForm):
    """What the bank knows of an expert; `user` only for a new one."""

    user = forms.ModelChoiceField(
        label=_("账户"),
        queryset=User.objects.none(),
        to_field_name="uid",
        help_text=_("在本单位有“评审专家”角色的人；没有账户的请安全管理员先开通"),
    )
    employer = forms.ModelChoiceField(
        label=_("工作单位（登记的机构）"),
        queryset=Organization.objects.none(),
        to_field_name="uid",
        required=False,
        help_text=_("回避由它算出"),
    )
    employer_text = forms.CharField(
        label=_("工作单位（没有登记的写名称）"), max_length=120, required=False
    )
    title = forms.CharField(label=_("职称或职务"), max_length=60, required=False)
    grade = forms.ChoiceField(label=_("级别"), choices=ExpertGrade.choices)
    fields = forms.MultipleChoiceField(
        label=_("专业领域"), required=False, widget=forms.CheckboxSelectMultiple
    )
    most = forms.IntegerField(label=_("每次最多评几项"), min_value=1, max_value=200, required=False)
    is_available = forms.BooleanField(label=_("可以安排评审"), required=False)

    def __init__(
        self,
        *args: Any,
        bodies: Any,
        users: Any = None,
        field_choices: Any = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employer"].queryset = bodies
        self.fields["fields"].choices = field_choices
        if users is None:
            del self.fields["user"]
        else:
            self.fields["user"].queryset = users
            del self.fields["is_available"]


class AppointForm(CommandForm):
    body = forms.CharField(
        label=_("委员会或专家组"),
        max_length=120,
        help_text=_("如：寻找最美医务社工专家委员会"),
    )
    post = forms.CharField(label=_("职务"), max_length=60, initial=_("委员"))
    since = forms.DateField(label=_("聘期从"))
    until = forms.DateField(label=_("聘期到"))


class ReasonForm(CommandForm):
    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class TiesForm(CommandForm):
    """The expert's own page: fields, readiness, and a row for each body one has to do with."""

    title = forms.CharField(label=_("职称或职务"), max_length=60, required=False)
    fields = forms.MultipleChoiceField(
        label=_("专业领域"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_available = forms.BooleanField(label=_("近期可以评审"), required=False)

    def __init__(
        self,
        *args: Any,
        bodies: Any,
        field_choices: Any = (),
        rows: int = TIE_ROWS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields"].choices = field_choices
        kinds = [("", "—"), *((str(kind), kind.label) for kind in TIE_KINDS)]
        self.rows = []
        for at in range(rows):
            self.fields[f"kind_{at}"] = forms.ChoiceField(
                label=_("关系"), choices=kinds, required=False
            )
            self.fields[f"organization_{at}"] = forms.ModelChoiceField(
                label=_("单位"),
                queryset=bodies,
                to_field_name="uid",
                required=False,
                empty_label=_("不选"),
            )
            self.fields[f"note_{at}"] = forms.CharField(
                label=_("说明"), max_length=200, required=False
            )
            self.rows.append(at)

    @property
    def tie_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"kind_{at}"], self[f"organization_{at}"], self[f"note_{at}"]] for at in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        ties = []
        for at in self.rows:
            kind = found.pop(f"kind_{at}", "")
            body = found.pop(f"organization_{at}", None)
            note = found.pop(f"note_{at}", "")
            if kind and body:
                ties.append({"kind": kind, "organization": body, "note": note})
            elif (kind or body) and f"organization_{at}" not in self.errors:
                name = f"organization_{at}" if kind else f"kind_{at}"
                self.add_error(name, _("关系和单位都要选。"))
        return found | {"ties": ties}


class ConflictForm(CommandForm):
    expert = forms.ModelChoiceField(
        label=_("专家"), queryset=ExpertProfile.objects.none(), to_field_name="uid"
    )
    application = forms.ModelChoiceField(label=_("项目"), queryset=None, to_field_name="uid")
    kind = forms.ChoiceField(
        label=_("关系"), choices=[(str(kind), kind.label) for kind in MANUAL_KINDS]
    )
    note = forms.CharField(label=_("说明"), max_length=500)

    def __init__(self, *args: Any, experts: Any, applications: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].queryset = experts
        self.fields["expert"].label_from_instance = lambda one: one.user.display_name
        self.fields["application"].queryset = applications
        self.fields["application"].label_from_instance = lambda one: (
            f"{one.number or ''} {one.title}".strip()
        )
