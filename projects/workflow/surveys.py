"""The diagrams of surveys and of what is to be done after them (model, section 3.3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class SurveyState(TextChoices):
    DRAFT = "draft", _("设计中")
    COLLECTING = "collecting", _("收集中")
    CLOSED = "closed", pgettext_lazy("survey", "已截止")
    REPORTED = "reported", _("已出报告")


S = SurveyState
SURVEY = Workflow(
    "survey",
    (
        Step("open", frozenset({S.DRAFT}), S.COLLECTING, _("开始收集")),
        Step("close", frozenset({S.COLLECTING}), S.CLOSED, _("停止收集")),
        Step("reopen", frozenset({S.CLOSED}), S.COLLECTING, _("继续收集"), needs_reason=True),
        Step("report", frozenset({S.CLOSED}), S.REPORTED, _("报告定稿")),
    ),
)


class ActionState(TextChoices):
    OPEN = "open", pgettext_lazy("action", "进行中")
    DONE = "done", pgettext_lazy("action", "已完成")
    DROPPED = "dropped", pgettext_lazy("action", "不再做")


A = ActionState
ACTION = Workflow(
    "action_item",
    (
        Step("finish", frozenset({A.OPEN}), A.DONE, pgettext_lazy("action", "完成")),
        Step(
            "drop",
            frozenset({A.OPEN}),
            A.DROPPED,
            pgettext_lazy("action", "不再做"),
            needs_reason=True,
        ),
        Step("reopen", frozenset({A.DONE, A.DROPPED}), A.OPEN, pgettext_lazy("action", "重新打开")),
    ),
)
