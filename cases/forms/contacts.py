"""A contact in three taps: how, with whom, how long; the story may follow within the day."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.papers import PROGRESS, TECHNIQUES
from cases.forms.fields import (
    Line,
    OneOf,
    SomeOf,
    Story,
    WideDate,
    WideInteger,
    WideTime,
    choices_of,
)
from cases.models.codes import ContactMode, ContactTarget, NeedCategory
from cases.models.service_codes import HOSPITAL_SIDE, MilestoneKind, ServiceContent
from cases.models.work import Goal
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm

QUICK_MINUTES = [(str(n), str(n)) for n in (10, 20, 30, 45, 60, 90, 120)]
PATIENT_SIDE = [
    (code, label) for code, label in ServiceContent.choices if code not in HOSPITAL_SIDE
]
MINE = [(code, label) for code, label in ServiceContent.choices if code in HOSPITAL_SIDE]
# What of the form is kept in `Contact.details`.
DETAILS = ("place", "participants", "aims", "response", "new_needs", "emergencies", "next_plan")
PROGRESS_OF = "progress-"


class ContactForm(CommandForm):
    """F5 过程记录: facts apart from analysis."""

    mode = OneOf(
        label=_("方式"),
        choices=ContactMode.choices,
        initial=ContactMode.WARD_VISIT,
        widget=forms.RadioSelect,
    )
    target = OneOf(
        label=_("对象"),
        choices=ContactTarget.choices,
        initial=ContactTarget.CLIENT,
        widget=forms.RadioSelect,
    )
    quick = OneOf(
        label=_("时长（分钟）"),
        choices=QUICK_MINUTES,
        initial="30",
        widget=forms.RadioSelect,
        required=False,
    )
    minutes = WideInteger(
        label=_("其他时长"),
        required=False,
        min_value=1,
        max_value=1440,
        help_text=_("填了这里，就以这里为准"),
        error_messages={
            "min_value": _("至少 1 分钟。"),
            "max_value": _("一次接触最多 1440 分钟。"),
        },
    )
    checkpoint = OneOf(
        label=_("全程节点"),
        choices=choices_of(MilestoneKind.choices),
        required=False,
        help_text=_("属于哪一段；不选的按日期归"),
    )
    occurred_on = WideDate(label=_("日期"), not_future=True, initial=timezone.localdate)
    starts_at = WideTime(label=_("开始时间"), required=False)
    facts = Story(
        label=_("过程与事实"),
        rows=6,
        help_text=_(
            "写看到、听到、做了什么，例如“沉默约 15 分钟”，不写“不配合”。24 小时内可以补写。"
        ),
    )
    analysis = Story(
        label=_("分析与感受"),
        rows=3,
        required=False,
        help_text=_("与事实分开写，只有本个案的人员能看到"),
    )
    techniques = SomeOf(label=_("用到的方法"), choices=TECHNIQUES, required=False)
    services = SomeOf(
        label=_("服务内容"),
        choices=PATIENT_SIDE + MINE,
        required=False,
        help_text=_("统计按它归类，可多选；“医院”开头的不算患者服务"),
    )
    needs = SomeOf(
        label=_("涉及的需求"), choices=NeedCategory.choices, required=False, help_text=_("可多选")
    )
    place = Line(label=_("地点"), required=False, max_length=60)
    participants = Line(label=_("参加人"), required=False, max_length=120)
    aims = Story(label=_("本次目标"), rows=2, required=False, max_length=1000)
    response = Story(label=_("服务对象的反应"), rows=2, required=False, max_length=2000)
    new_needs = Story(label=_("新的需求"), rows=2, required=False, max_length=1000)
    emergencies = Story(
        label=_("突发情况"),
        rows=2,
        required=False,
        max_length=1000,
        help_text=_("有危险的，请同时发起风险预警"),
    )
    next_plan = Story(label=_("下次计划"), rows=2, required=False, max_length=1000)
    next_on = WideDate(label=_("下次日期"), required=False)

    def __init__(self, *args: Any, goals: Sequence[Goal] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.goals = goals
        for goal in goals:
            name = f"{PROGRESS_OF}{goal.uid}"
            self.fields[name] = OneOf(
                label=goal.statement, choices=choices_of(PROGRESS), required=False
            )
            self.fields[f"{name}-note"] = Line(label=_("说明"), required=False, max_length=120)

    def goal_rows(self) -> list[dict[str, Any]]:
        """A line for each goal of the plan: how it goes, and a note."""
        return [
            {
                "state": self[f"{PROGRESS_OF}{goal.uid}"],
                "note": self[f"{PROGRESS_OF}{goal.uid}-note"],
            }
            for goal in self.goals
        ]

    @property
    def has_more(self) -> bool:
        """Whether the folded part holds something, so that it is opened."""
        names = [*DETAILS, "needs", "techniques", *(one["state"].name for one in self.goal_rows())]
        return any(self[name].value() not in (None, "", []) for name in names)

    def _details(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Take the rest of F5 out of the fields: what was filled in, and how each goal goes."""
        details = {name: text for name in DETAILS if (text := cleaned.pop(name, ""))}
        progress = []
        for goal in self.goals:
            name = f"{PROGRESS_OF}{goal.uid}"
            state, note = cleaned.pop(name, ""), cleaned.pop(f"{name}-note", "")
            if state or note:
                row = {"goal": str(goal.uid), "statement": goal.statement}
                progress.append(row | {"state": state, "note": note})
        return details | ({"progress": progress} if progress else {})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["details"] = self._details(cleaned)
        quick = cleaned.pop("quick", "")
        cleaned["minutes"] = cleaned.get("minutes") or (int(quick) if quick else None)
        if cleaned["minutes"] is None and "minutes" not in self.errors:
            self.add_error("minutes", _("请选或填时长。"))
        self._check_times(cleaned)
        return cleaned

    def _check_times(self, cleaned: dict[str, Any]) -> None:
        on, at, again = (cleaned.get(name) for name in ("occurred_on", "starts_at", "next_on"))
        if on and at:
            cleaned["starts_at"] = dt.datetime.combine(on, at, SHANGHAI)
            if cleaned["starts_at"] > timezone.now():
                self.add_error("starts_at", _("开始时间还没有到。"))
        if on and again and again < on:
            self.add_error("next_on", _("下次日期不能早于这次的日期。"))


class AddendumForm(CommandForm):
    """What is added to a locked record."""

    facts = Story(label=_("补充的事实"), rows=5)
    analysis = Story(label=_("分析与感受"), rows=3, required=False)
