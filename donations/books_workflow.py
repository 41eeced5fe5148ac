"""The diagrams of the books: a line of a statement, an order to the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


class LineState(models.TextChoices):
    OPEN = "open", _("待匹配")
    MATCHED = "matched", _("待复核")
    CONFIRMED = "confirmed", _("已入账")
    SPLIT = "split", _("已拆分")
    IGNORED = "ignored", _("不入账")
    UNDONE = "undone", _("已撤销")


L = LineState
STATEMENT_LINE = Workflow(
    name="statement_line",
    final=frozenset({L.CONFIRMED, L.UNDONE}),
    steps=(
        Step("bring", frozenset(), L.OPEN, _("导入")),
        Step("match", _from(L.OPEN), L.MATCHED, _("匹配")),
        Step("split", _from(L.OPEN), L.SPLIT, _("拆分")),
        Step("ignore", _from(L.OPEN), L.IGNORED, _("不入账")),
        Step("undo", _from(L.MATCHED, L.IGNORED, L.SPLIT), L.OPEN, _("撤销")),
        # A part is taken back with the split that made it.
        Step("take_back", _from(L.OPEN), L.UNDONE, _("撤回")),
        Step("confirm", _from(L.MATCHED), L.CONFIRMED, _("复核入账")),
    ),
)


class OrderState(models.TextChoices):
    ASKED = "asked", _("待办理")
    AGREED = "agreed", _("依据已齐")
    COUNTERSIGNING = "countersigning", _("待第二人审批")
    APPROVED = "approved", _("待记账")
    BOOKED = "booked", _("已记账")
    REFUSED = "refused", _("已否决")


OS = OrderState
LEDGER_ORDER = Workflow(
    name="ledger_order",
    final=frozenset({OS.BOOKED, OS.REFUSED}),
    steps=(
        Step("ask", frozenset(), OS.ASKED, _("提出")),
        Step("agree", _from(OS.ASKED), OS.AGREED, _("登记依据")),
        Step("approve", _from(OS.ASKED, OS.AGREED), OS.APPROVED, _("审批")),
        Step("approve_first", _from(OS.ASKED, OS.AGREED), OS.COUNTERSIGNING, _("审批")),
        Step("countersign", _from(OS.COUNTERSIGNING), OS.APPROVED, _("第二人审批")),
        Step("book", _from(OS.APPROVED), OS.BOOKED, _("记账")),
        Step(
            "refuse",
            _from(OS.ASKED, OS.AGREED, OS.COUNTERSIGNING, OS.APPROVED),
            OS.REFUSED,
            _("否决"),
            True,
        ),
    ),
)
