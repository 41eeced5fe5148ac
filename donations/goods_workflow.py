"""The diagrams of goods and receipts: a delivery, a sheet, a loss, a receipt."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class IntakeState(models.TextChoices):
    COUNTED = "counted", _("待验收")
    ACCEPTED = "accepted", _("已验收，待入账")
    BOOKED = "booked", _("已入账")
    REGISTERED = "registered", _("另册登记")
    REFUSED = "refused", _("不接收")


N = IntakeState
INTAKE = Workflow(
    name="goods_intake",
    final=frozenset({N.BOOKED, N.REGISTERED, N.REFUSED}),
    steps=(
        Step("accept", frozenset({N.COUNTED}), N.ACCEPTED, _("验收入库")),
        Step("book", frozenset({N.ACCEPTED}), N.BOOKED, _("计价入账")),
        # What cannot be valued is no income: it stands in a book of its own.
        Step("register", frozenset({N.ACCEPTED}), N.REGISTERED, _("另册登记")),
        Step("refuse", frozenset({N.COUNTED}), N.REFUSED, _("不接收"), True),
    ),
)


class DistributionState(models.TextChoices):
    DRAFT = "draft", _("待签收")
    SIGNED = "signed", _("已签收")
    COUNTED = "counted", _("已复点")
    CANCELLED = "cancelled", _("已取消")


S = DistributionState
DISTRIBUTION = Workflow(
    name="distribution",
    final=frozenset({S.COUNTED, S.CANCELLED}),
    steps=(
        Step("sign", frozenset({S.DRAFT}), S.SIGNED, _("完成签收")),
        Step("count", frozenset({S.SIGNED}), S.COUNTED, _("复点")),
        Step("cancel", frozenset({S.DRAFT}), S.CANCELLED, _("取消"), True),
    ),
)


class LossState(models.TextChoices):
    REPORTED = "reported", _("待核实")
    CONFIRMED = "confirmed", _("已报损")
    REFUSED = "refused", _("不予报损")


LOSS = Workflow(
    name="stock_loss",
    final=frozenset({LossState.CONFIRMED, LossState.REFUSED}),
    steps=(
        Step("confirm", frozenset({LossState.REPORTED}), LossState.CONFIRMED, _("核实报损")),
        Step("refuse", frozenset({LossState.REPORTED}), LossState.REFUSED, _("不予报损"), True),
    ),
)


class ReceiptState(models.TextChoices):
    ISSUED = "issued", _("有效")
    VOIDED = "voided", _("已作废")
    REVERSED = "reversed", _("已冲红")


RECEIPT = Workflow(
    name="receipt",
    final=frozenset({ReceiptState.VOIDED, ReceiptState.REVERSED}),
    steps=(
        Step("void", frozenset({ReceiptState.ISSUED}), ReceiptState.VOIDED, _("作废"), True),
        Step("red", frozenset({ReceiptState.ISSUED}), ReceiptState.REVERSED, _("冲红"), True),
    ),
)
