"""Forms of supervision and courses: arranging, recording, reflecting."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.learning import (
    SUPERVISED,
    LearningAttendance,
    LearningEvent,
    LearningForm,
    LearningFunction,
)
from departments.models.organizations import Organization
from departments.models.people import Role, User
from departments.querysets import LEADS_PEOPLE, LEARNS
from departments.services.colleagues import people_here
from departments.services.learning import FORMS_OF, outline_lines
from departments.services.learning_record import MOST_ACTIONS
from msw_portal.kernel.forms import CommandForm

FILL_IN = {"required": _("请填写这一项。")}
PICK = {"required": _("请选择一项。")}
P = LearningAttendance.Presence
FIRST_ACTIONS = 2


class People(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class LearningPlanForm(CommandForm):
    """What is arranged; which fields there are depends on the kind."""

    # Not `form`: a control of that name hides what a button's form is from the browser's scripts.
    manner = forms.ChoiceField(label=_("形式"), widget=forms.RadioSelect, error_messages=PICK)
    theme = forms.CharField(
        label=_("主题"), max_length=120, error_messages={"required": _("请填写主题。")}
    )
    functions = forms.MultipleChoiceField(
        label=_("督导功能"),
        choices=LearningFunction.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一项督导功能。")},
    )
    starts_at = forms.DateTimeField(label=_("开始时间"), error_messages=FILL_IN)
    hours = forms.DecimalField(
        label=_("时长"), max_digits=5, decimal_places=1, error_messages=FILL_IN
    )
    place = forms.CharField(label=_("地点"), max_length=80, required=False)
    leader = forms.ModelChoiceField(
        label=_("督导者"),
        queryset=User.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("外请，见下一项"),
    )
    leader_name = forms.CharField(
        label=_("外请督导或讲师"),
        max_length=60,
        required=False,
        help_text=_("没有本机构账户的写姓名"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    provider = forms.ModelChoiceField(
        label=_("主办机构"),
        queryset=Organization.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("本机构"),
    )
    is_cpd = forms.BooleanField(
        label=_("计入继续教育学时"), required=False, help_text=_("到场并合格的人自动记入学时")
    )
    is_open = forms.BooleanField(
        label=_("对外开放"),
        required=False,
        help_text=_("本机构的志愿者、医护和外请督导也看得到，可以报名；材料与名单仍只给社工"),
    )
    outline = forms.CharField(
        label=_("任务与步骤"),
        required=False,
        max_length=6000,
        help_text=_("每行一步，写“标题：任务”；记录时逐步勾选"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    attendees = People(label=_("名单"), queryset=User.objects.none(), to_field_name="uid")

    def __init__(self, *args: Any, kind: str, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        is_supervised = kind in SUPERVISED
        peer_only = by.role == Role.WORKER
        forms_of = [LearningForm.PEER] if peer_only else FORMS_OF[kind]
        self.fields["manner"].choices = [(one, LearningForm(one).label) for one in forms_of]
        here = people_here(by=by, roles=LEARNS)
        self.fields["attendees"].queryset = here
        leaders = people_here(by=by, roles=LEADS_PEOPLE) if is_supervised else here
        self.fields["leader"].queryset = here.filter(pk=by.pk) if peer_only else leaders
        bodies = Organization.objects.visible_to(by).exclude(pk=by.house_id)
        self.fields["provider"].queryset = bodies.order_by("name")
        if is_supervised:
            for name in ("provider", "is_cpd", "is_open", "outline"):
                del self.fields[name]
            self.fields["attendees"].label = _("被督导者")
            self.fields["attendees"].error_messages["required"] = _("请选择被督导者。")
        else:
            del self.fields["functions"]
            self.fields["leader"].label = _("负责人或讲师")
            self.fields["attendees"].required = False
            self.fields["hours"].label = _("学时")


def plan_values(event: LearningEvent, attendees: list[str]) -> dict[str, Any]:
    """The event as the form shows it."""
    return {
        "manner": event.form,
        "theme": event.theme,
        "functions": event.functions,
        "starts_at": f"{timezone.localtime(event.starts_at):%Y-%m-%dT%H:%M}",
        "hours": event.hours,
        "place": event.place,
        "leader": str(event.leader.uid) if event.leader else "",
        "leader_name": event.leader_name,
        "provider": str(event.provider.uid) if event.provider else "",
        "is_cpd": event.is_cpd,
        "is_open": event.is_open,
        "outline": outline_lines(event.outline),
        "attendees": attendees,
    }


class PersonForm(forms.Form):
    """How one person of the list took part."""

    presence = forms.ChoiceField(
        label=_("出席"),
        choices=[(one, P(one).label) for one in (P.PRESENT, P.LEAVE, P.ABSENT)],
        initial=P.PRESENT,
    )
    result = forms.ChoiceField(
        label=_("结果"),
        choices=[("", _("不评")), *LearningAttendance.Result.choices],
        required=False,
    )
    score = forms.DecimalField(
        label=_("成绩"), max_digits=5, decimal_places=1, min_value=0, max_value=100, required=False
    )
    steps_done = forms.TypedMultipleChoiceField(
        label=_("完成的步骤"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, row: LearningAttendance, event: LearningEvent, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.row = row
        if event.kind in SUPERVISED:
            for name in ("result", "score", "steps_done"):
                del self.fields[name]
            return
        self.fields["steps_done"].choices = [
            (place, one["title"]) for place, one in enumerate(event.outline)
        ]
        if not event.outline:
            del self.fields["steps_done"]


class ActionForm(forms.Form):
    """A follow-up action: what, who, by when; an empty row is passed over."""

    text = forms.CharField(label=_("行动"), max_length=500, required=False)
    user = forms.ModelChoiceField(
        label=_("谁"),
        queryset=User.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("请选择"),
    )
    due_on = forms.DateField(label=_("期限"), required=False)
    key = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people


class LearningRecordForm(CommandForm):
    """What took place; rows for the people of the list and for the actions that follow."""

    hours = forms.DecimalField(
        label=_("实际时长"), max_digits=5, decimal_places=1, error_messages=FILL_IN
    )
    notes = forms.CharField(
        label=_("讨论的问题"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("只写工作，不写患者姓名；要讨论的个案另外列入"),
    )
    advice = forms.CharField(
        label=_("督导建议"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *args: Any, event: LearningEvent, by: User, **kwargs: Any):
        super().__init__(data, *args, **kwargs)
        self.event = event
        is_supervised = event.kind in SUPERVISED
        rows = event.attendances.select_related("user", "staff").order_by("pk")
        listed = [row for row in rows if row.role == LearningAttendance.Role.ATTENDEE]
        self.people_forms = [
            PersonForm(
                data,
                prefix=f"p{row.pk}",
                row=row,
                event=event,
                initial=self._initial_of(row),
            )
            for row in listed
        ]
        self.action_forms: list[ActionForm] = []
        if is_supervised:
            people = people_here(by=by, roles=LEARNS).filter(
                pk__in=[row.user_id for row in rows if row.user_id]
            )
            kept = list(event.actions or ())
            count = min(MOST_ACTIONS, max(FIRST_ACTIONS, len(kept) + 1))
            self.action_forms = [
                ActionForm(
                    data,
                    prefix=f"a{place}",
                    people=people,
                    empty_permitted=True,
                    use_required_attribute=False,
                    initial=self._action_of(place, kept),
                )
                for place in range(count)
            ]
        else:
            self.fields["notes"].label = _("课程记录")
            del self.fields["advice"]

    def _initial_of(self, row: LearningAttendance) -> dict[str, Any]:
        standing: dict[str, Any] = {}
        if row.presence != P.EXPECTED:
            standing = {
                "presence": row.presence,
                "result": row.result,
                "score": row.score,
                "steps_done": row.steps_done,
            }
        return standing | self._typed(f"p{row.pk}")

    def _action_of(self, place: int, kept: list[dict[str, Any]]) -> dict[str, Any]:
        return (dict(kept[place]) if place < len(kept) else {}) | self._typed(f"a{place}")

    def _typed(self, prefix: str) -> dict[str, Any]:
        """What a draft holds of a row."""
        start = f"{prefix}-"
        return {
            name.removeprefix(start): value
            for name, value in self.initial.items()
            if name.startswith(start)
        }

    def all_bound(self) -> Any:
        yield from super().all_bound()
        for one in self.people_forms:
            for bound in one:
                yield f"{one.row.who} · {bound.label}", bound
        for one in self.action_forms:
            for bound in one.visible_fields():
                yield str(bound.label), bound

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for one in (*self.people_forms, *self.action_forms):
            if not one.is_valid():
                raise ValidationError(_("名单或后续行动里有需要改的地方。"), code="row")
        cleaned["people"] = {str(one.row.uid): one.cleaned_data for one in self.people_forms}
        if "advice" in self.fields:
            cleaned["actions"] = [one.cleaned_data for one in self.action_forms]
        return cleaned


def record_values(event: LearningEvent, rows: list[LearningAttendance]) -> dict[str, Any]:
    """The record as its form shows it, rows by their prefixes."""
    values: dict[str, Any] = {
        "hours": event.hours,
        "notes": event.notes or "",
        "advice": event.advice or "",
    }
    for row in rows:
        start = f"p{row.pk}-"
        values[f"{start}presence"] = row.presence if row.presence != P.EXPECTED else P.PRESENT
        values |= {f"{start}result": row.result, f"{start}score": row.score}
        values[f"{start}steps_done"] = [str(one) for one in row.steps_done]
    for place, one in enumerate(event.actions or ()):
        values |= {f"a{place}-{name}": one[name] for name in ("text", "user", "due_on", "key")}
    return values


class ReflectionForm(CommandForm):
    reflection = forms.CharField(
        label=_("我的反思"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("学到了什么、接下来怎么做；签署后不能再改"),
        error_messages={"required": _("请写反思，再签署。")},
    )


class MaterialForm(CommandForm):
    file = forms.FileField(
        label=_("材料"),
        help_text=_("讲义、案例、任务单：PDF、图片或办公文档"),
        error_messages={"required": _("请选择文件。")},
    )


class ListForm(forms.Form):
    """The conditions of the list, read from the address; what is not understood is left out."""

    show = forms.ChoiceField(choices=[("courses", "")], required=False)
    month = forms.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$", required=False)
    person = forms.UUIDField(required=False)

    def asked(self) -> dict[str, Any]:
        """`is_courses`, the first day of the month or None, the person's uid or None."""
        self.is_valid()
        month = self.cleaned_data.get("month")
        return {
            "is_courses": self.cleaned_data.get("show") == "courses",
            "month": dt.date.fromisoformat(f"{month}-01") if month else None,
            "person": self.cleaned_data.get("person"),
        }
