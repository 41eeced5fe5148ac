"""State diagrams of reviews and panels, as data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class ReviewState(TextChoices):
    ASSIGNED = "assigned", _("待评审")
    OPENED = "opened", _("评审中")
    SUBMITTED = "submitted", pgettext_lazy("review", "已提交")
    RECUSED = "recused", _("已回避")
    VOIDED = "voided", pgettext_lazy("review", "已作废")


R = ReviewState
REVIEW_OPEN = frozenset({R.ASSIGNED, R.OPENED})
# What stands in the way of another review of the same application by the same expert.
REVIEW_LIVE = frozenset({R.ASSIGNED, R.OPENED, R.SUBMITTED})
REVIEW = Workflow(
    name="review",
    steps=(
        Step("open", frozenset({R.ASSIGNED}), R.OPENED, _("开始评审")),
        Step("submit", frozenset({R.OPENED}), R.SUBMITTED, _("提交评分")),
        Step("declare_conflict", REVIEW_OPEN, R.RECUSED, _("申请回避"), needs_reason=True),
        # What the expert has not yet sent is taken away; what was sent is declared void.
        Step("withdraw", REVIEW_OPEN, R.RECUSED, _("收回评审"), needs_reason=True),
        Step("void", frozenset({R.SUBMITTED}), R.VOIDED, _("作废评分"), needs_reason=True),
    ),
    final=frozenset({R.RECUSED, R.VOIDED}),
)


class PanelState(TextChoices):
    PLANNED = "planned", pgettext_lazy("panel", "已安排")
    HELD = "held", pgettext_lazy("panel", "已召开")
    CANCELLED = "cancelled", pgettext_lazy("panel", "已取消")


P = PanelState
PANEL = Workflow(
    name="panel",
    steps=(
        Step("hold", frozenset({P.PLANNED}), P.HELD, _("记录会议")),
        Step("cancel", frozenset({P.PLANNED}), P.CANCELLED, _("取消会议"), needs_reason=True),
    ),
    final=frozenset({P.HELD, P.CANCELLED}),
)
