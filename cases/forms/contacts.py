"""A contact in three taps: how, with whom, how long; the story may follow within the day."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, SomeOf, Story, WideDate, WideInteger, WideTime
from cases.models.codes import ContactMode, ContactTarget
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm

QUICK_MINUTES = [(str(n), str(n)) for n in (10, 20, 30, 45, 60, 90, 120)]
TECHNIQUES = [
    ("listening", _("倾听与同理")),
    ("clarifying", _("澄清与聚焦")),
    ("information", _("提供资讯")),
    ("emotional_support", _("情绪支持")),
    ("cognitive", _("认知重构")),
    ("relaxation", _("放松训练")),
    ("play", _("游戏与绘本")),
    ("family_communication", _("家庭沟通")),
    ("resource_linking", _("资源链接")),
    ("advocacy", _("倡导与协调")),
    ("life_review", _("生命回顾")),
    ("crisis", _("危机处理")),
]


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
    next_on = WideDate(label=_("下次日期"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
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
