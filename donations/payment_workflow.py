"""The diagrams of payment lists, of the bank's answers to them, and of the checks after payment."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


class ListState(models.TextChoices):
    DRAFT = "draft", _("待审批")
    APPROVED = "approved", _("已审批，等银行回单")
    SETTLED = "settled", _("已全部回单")
    CANCELLED = "cancelled", _("已作废")


LS = ListState
PAYMENT_LIST = Workflow(
    name="payment_list",
    final=frozenset({LS.CANCELLED}),
    steps=(
        Step("make", frozenset(), LS.DRAFT, _("编制")),
        Step("approve", _from(LS.DRAFT), LS.APPROVED, _("审批")),
        Step("settle", _from(LS.APPROVED), LS.SETTLED, _("全部回单")),
        Step("cancel", _from(LS.DRAFT, LS.APPROVED), LS.CANCELLED, _("作废"), True),
    ),
)


class PaymentState(models.TextChoices):
    WAITING = "waiting", _("等回单")
    PAID = "paid", _("已付")
    BOUNCED = "bounced", _("已退汇")
    DROPPED = "dropped", _("已撤下")


PS = PaymentState
# What a bank has paid may still come back the next day.
PAYMENT_LINE = Workflow(
    name="payment_line",
    final=frozenset({PS.BOUNCED, PS.DROPPED}),
    steps=(
        Step("list", frozenset(), PS.WAITING, _("列入")),
        Step("pay", _from(PS.WAITING), PS.PAID, _("付讫")),
        Step("bounce", _from(PS.WAITING, PS.PAID), PS.BOUNCED, _("退汇"), True),
        Step("drop", _from(PS.WAITING), PS.DROPPED, _("撤下"), True),
    ),
)


class AnswerState(models.TextChoices):
    OPEN = "open", _("待登记")
    BOOKED = "booked", _("已登记")
    IGNORED = "ignored", _("不处理")


AS = AnswerState
PAYMENT_ANSWER = Workflow(
    name="payment_answer",
    final=frozenset({AS.BOOKED, AS.IGNORED}),
    steps=(
        Step("bring", frozenset(), AS.OPEN, _("导入")),
        Step("fit", _from(AS.OPEN), None, _("对应付款")),
        Step("book", _from(AS.OPEN), AS.BOOKED, _("登记")),
        Step("ignore", _from(AS.OPEN), AS.IGNORED, _("不处理"), True),
    ),
)


class CheckState(models.TextChoices):
    DRAWN = "drawn", _("待核查")
    PASSED = "passed", _("核查无误")
    FINDING = "finding", _("发现问题")


CS = CheckState
VERIFICATION = Workflow(
    name="verification",
    final=frozenset({CS.PASSED, CS.FINDING}),
    steps=(
        Step("draw", frozenset(), CS.DRAWN, _("抽中")),
        Step("pass", _from(CS.DRAWN), CS.PASSED, _("核查无误")),
        Step("find", _from(CS.DRAWN), CS.FINDING, _("发现问题")),
    ),
)
