"""The diagrams of group work and of planned activities (model, section 3.2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class GroupStage(TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("计划待批")
    PREPARATION = "preparation", _("筹备期")
    FORMING = "forming", _("形成期")
    TRANSITION = "transition", _("转折期")
    WORKING = "working", _("成熟期")
    ENDING = "ending", _("结束期")
    REVIEW = "review", _("总结待审")
    CLOSED = "closed", _("已结束")
    CANCELLED = "cancelled", _("已取消")


G = GroupStage
GROUP_FINAL = frozenset({G.CLOSED, G.CANCELLED})
# The plan is approved and the group is not over: members come and go, sessions are held.
GROUP_RUNNING = frozenset({G.PREPARATION, G.FORMING, G.TRANSITION, G.WORKING, G.ENDING})
GROUP_OPEN = frozenset(GroupStage) - GROUP_FINAL
# The step that leads on from each stage of the work, in the order of MZ/T 095-2017.
NEXT_STAGE = {
    G.PREPARATION: "form",
    G.FORMING: "turn",
    G.TRANSITION: "work",
    G.WORKING: "end",
}
# An association has no course of stages: it starts its activities and goes on until it ends.
NEXT_OF_ASSOCIATION = {G.PREPARATION: "launch", G.WORKING: "end"}

GROUP = Workflow(
    "group",
    (
        Step("submit", frozenset({G.DRAFT}), G.SUBMITTED, _("提交计划")),
        Step("approve", frozenset({G.SUBMITTED}), G.PREPARATION, _("批准计划")),
        Step("return", frozenset({G.SUBMITTED}), G.DRAFT, _("退回计划"), needs_reason=True),
        Step("form", frozenset({G.PREPARATION}), G.FORMING, _("进入形成期")),
        Step("turn", frozenset({G.FORMING}), G.TRANSITION, _("进入转折期")),
        Step("work", frozenset({G.TRANSITION}), G.WORKING, _("进入成熟期")),
        Step("launch", frozenset({G.PREPARATION}), G.WORKING, _("开始活动")),
        Step("end", frozenset({G.WORKING}), G.ENDING, _("进入结束期")),
        Step("summarize", frozenset({G.ENDING}), G.REVIEW, _("提交总结")),
        Step("return_summary", frozenset({G.REVIEW}), G.ENDING, _("退回总结"), needs_reason=True),
        Step("close", frozenset({G.REVIEW}), G.CLOSED, _("批准总结并结束")),
        Step("cancel", GROUP_OPEN, G.CANCELLED, _("取消小组"), needs_reason=True),
    ),
    field="stage",
    final=GROUP_FINAL,
)


class SessionState(TextChoices):
    PLANNED = "planned", _("待开")
    HELD = "held", _("已开")
    CANCELLED = "cancelled", _("已取消")


SESSION = Workflow(
    "group_session",
    (
        Step("hold", frozenset({SessionState.PLANNED}), SessionState.HELD, _("记录这一节")),
        Step(
            "cancel",
            frozenset({SessionState.PLANNED}),
            SessionState.CANCELLED,
            _("取消这一节"),
            needs_reason=True,
        ),
    ),
    final=frozenset({SessionState.HELD, SessionState.CANCELLED}),
)


class MemberState(TextChoices):
    REGISTERED = "registered", _("待筛选")
    JOINED = "joined", _("在组")
    DECLINED = "declined", _("未入组")
    LEFT = "left", _("已退出")


M = MemberState
MEMBER = Workflow(
    "group_member",
    (
        Step("admit", frozenset({M.REGISTERED, M.DECLINED}), M.JOINED, _("入组")),
        Step("decline", frozenset({M.REGISTERED}), M.DECLINED, _("不入组"), needs_reason=True),
        Step("leave", frozenset({M.JOINED}), M.LEFT, _("退出"), needs_reason=True),
    ),
)


class EventState(TextChoices):
    PLANNED = "planned", pgettext_lazy("activity", "已计划")
    HELD = "held", pgettext_lazy("activity", "已举行")
    SUMMARIZED = "summarized", pgettext_lazy("activity", "已总结")
    CANCELLED = "cancelled", _("已取消")


E = EventState
EVENT = Workflow(
    "activity",
    (
        Step("hold", frozenset({E.PLANNED}), E.HELD, _("记录活动")),
        Step("summarize", frozenset({E.HELD}), E.SUMMARIZED, _("写总结")),
        Step("cancel", frozenset({E.PLANNED}), E.CANCELLED, _("取消活动"), needs_reason=True),
    ),
    final=frozenset({E.SUMMARIZED, E.CANCELLED}),
)
