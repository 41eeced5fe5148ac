"""The diagrams of a project, of a change to it and of its reports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class ProjectState(TextChoices):
    APPROVED = "approved", _("已立项")
    RUNNING = "running", pgettext_lazy("project", "实施中")
    RECTIFYING = "rectifying", _("整改中")
    CLOSING = "closing", pgettext_lazy("project", "结项中")
    PASSED = "passed", _("通过结项")
    EXTENDED = "extended", _("延期")
    TERMINATED = "terminated", _("终止")
    PUBLISHED = "published", _("成果已发布")
    ARCHIVED = "archived", _("已归档")
    # An agency in an incubator, from its admission on.
    RESIDENT = "resident", _("在孵")
    GRADUATED = "graduated", _("已毕业")
    EXITED = "exited", _("已退出")


P = ProjectState
AT_WORK: frozenset[str] = frozenset({P.RUNNING, P.RECTIFYING, P.EXTENDED, P.RESIDENT})
PROJECT = Workflow(
    "project",
    (
        Step("start", frozenset({P.APPROVED}), P.RUNNING, _("开始实施")),
        Step("mid_term", frozenset({P.RUNNING, P.EXTENDED}), None, _("中期检查")),
        Step(
            "rectify",
            frozenset({P.RUNNING, P.EXTENDED}),
            P.RECTIFYING,
            _("要求整改"),
            needs_reason=True,
        ),
        Step("fix", frozenset({P.RECTIFYING}), P.RUNNING, _("整改完成")),
        Step("request_closing", frozenset({P.RUNNING, P.EXTENDED}), P.CLOSING, _("申请结项")),
        Step("return_closing", frozenset({P.CLOSING}), P.RUNNING, _("退回结项"), needs_reason=True),
        Step("pass", frozenset({P.CLOSING}), P.PASSED, _("通过结项")),
        Step("extend", frozenset({P.CLOSING, P.RUNNING}), P.EXTENDED, _("延期"), needs_reason=True),
        Step(
            "terminate",
            frozenset({P.APPROVED, P.RUNNING, P.RECTIFYING, P.EXTENDED, P.CLOSING}),
            P.TERMINATED,
            pgettext_lazy("action", "终止"),
            needs_reason=True,
        ),
        Step("publish", frozenset({P.PASSED}), P.PUBLISHED, _("发布成果")),
        Step("archive", frozenset({P.PASSED, P.PUBLISHED, P.TERMINATED}), P.ARCHIVED, _("归档")),
        Step("admit", frozenset({P.APPROVED}), P.RESIDENT, _("入驻")),
        Step("assess", frozenset({P.RESIDENT}), None, _("年度评估")),
        Step("stay_on", frozenset({P.RESIDENT}), None, _("续孵")),
        Step("graduate", frozenset({P.RESIDENT}), P.GRADUATED, _("毕业")),
        Step("exit", frozenset({P.RESIDENT}), P.EXITED, _("退出"), needs_reason=True),
    ),
    final=frozenset({P.ARCHIVED, P.GRADUATED, P.EXITED}),
)


class ChangeState(TextChoices):
    ASKED = "asked", _("待审批")
    ACCEPTED = "accepted", _("同意变更")
    REFUSED = "refused", _("不同意变更")


CHANGE = Workflow(
    "project_change",
    (
        Step("accept_change", frozenset({ChangeState.ASKED}), ChangeState.ACCEPTED, _("同意变更")),
        Step(
            "refuse_change",
            frozenset({ChangeState.ASKED}),
            ChangeState.REFUSED,
            _("不同意变更"),
            needs_reason=True,
        ),
    ),
    field="change_state",
    final=frozenset({ChangeState.ACCEPTED, ChangeState.REFUSED}),
)


class ReportState(TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("已接收")


REPORT = Workflow(
    "project_report",
    (
        Step(
            "submit",
            frozenset({ReportState.DRAFT, ReportState.RETURNED}),
            ReportState.SUBMITTED,
            _("提交"),
        ),
        Step(
            "return",
            frozenset({ReportState.SUBMITTED}),
            ReportState.RETURNED,
            _("退回"),
            needs_reason=True,
        ),
        Step("accept", frozenset({ReportState.SUBMITTED}), ReportState.ACCEPTED, _("接收")),
    ),
    final=frozenset({ReportState.ACCEPTED}),
)
