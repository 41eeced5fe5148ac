"""The diagrams around a gift: an arrival, a return, an agreement, an honour, an offer to a hospital."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


class ArrivalState(models.TextChoices):
    ENTERED = "entered", _("待确认")
    BOOKED = "booked", _("已入账")
    DROPPED = "dropped", _("已撤销")


ARRIVAL = Workflow(
    name="donation_arrival",
    final=frozenset({ArrivalState.BOOKED, ArrivalState.DROPPED}),
    steps=(
        Step("confirm", _from(ArrivalState.ENTERED), ArrivalState.BOOKED, _("确认入账")),
        Step("drop", _from(ArrivalState.ENTERED), ArrivalState.DROPPED, _("撤销"), True),
    ),
)


class ReturnState(models.TextChoices):
    ASKED = "asked", _("待办理")
    PAID = "paid", _("已退回")
    DECLINED = "declined", _("不予退回")


DONATION_RETURN = Workflow(
    name="donation_return",
    final=frozenset({ReturnState.PAID, ReturnState.DECLINED}),
    steps=(
        Step("pay", _from(ReturnState.ASKED), ReturnState.PAID, _("办理退回")),
        Step("decline", _from(ReturnState.ASKED), ReturnState.DECLINED, _("不予退回"), True),
    ),
)


class AgreementState(models.TextChoices):
    DRAFT = "draft", _("拟定中")
    SIGNED = "signed", _("已签订")
    ENDED = "ended", _("已履行完毕")
    VOIDED = "voided", _("已作废")


AGREEMENT = Workflow(
    name="agreement",
    final=frozenset({AgreementState.ENDED, AgreementState.VOIDED}),
    steps=(
        Step("sign", _from(AgreementState.DRAFT), AgreementState.SIGNED, _("签订")),
        Step("end", _from(AgreementState.SIGNED), AgreementState.ENDED, _("履行完毕")),
        Step(
            "void",
            _from(AgreementState.DRAFT, AgreementState.SIGNED),
            AgreementState.VOIDED,
            _("作废"),
            True,
        ),
    ),
)


class RecognitionState(models.TextChoices):
    ASKED = "asked", _("征求意见中")
    AGREED = "agreed", _("捐赠人同意")
    DECLINED = "declined", _("捐赠人不同意")
    GIVEN = "given", _("已进行")


RECOGNITION = Workflow(
    name="recognition",
    final=frozenset({RecognitionState.DECLINED, RecognitionState.GIVEN}),
    steps=(
        Step("agree", _from(RecognitionState.ASKED), RecognitionState.AGREED, _("同意")),
        Step("decline", _from(RecognitionState.ASKED), RecognitionState.DECLINED, _("不同意")),
        Step("give", _from(RecognitionState.AGREED), RecognitionState.GIVEN, _("进行")),
    ),
)


class HospitalGiftState(models.TextChoices):
    DRAFT = "draft", _("拟定中")
    ASSESSING = "assessing", _("预评估中")
    ASSESSED = "assessed", _("待决定")
    APPROVED = "approved", _("决定接受")
    AGREED = "agreed", _("已签协议")
    ACCEPTED = "accepted", _("已验收")
    NOTICED = "noticed", _("已公示")
    BOOKED = "booked", _("已入账")
    REFUSED = "refused", _("不予接受")
    WITHDRAWN = "withdrawn", _("已撤回")


# 国卫财务发〔2015〕77号: pre-assessment (art. 11 to 14), answer to the giver (15), agreement, acceptance, notice.
H = HospitalGiftState
HOSPITAL_GIFT = Workflow(
    name="hospital_gift",
    final=frozenset({H.BOOKED, H.REFUSED, H.WITHDRAWN}),
    steps=(
        Step("submit", _from(H.DRAFT), H.ASSESSING, _("送预评估")),
        Step("assess", _from(H.ASSESSING), H.ASSESSED, _("预评估完成")),
        Step("approve", _from(H.ASSESSED), H.APPROVED, _("决定接受")),
        Step("refuse", _from(H.ASSESSED), H.REFUSED, _("不予接受"), True),
        Step("agree", _from(H.APPROVED), H.AGREED, _("签订协议")),
        Step("accept", _from(H.AGREED), H.ACCEPTED, _("验收")),
        Step("notice", _from(H.ACCEPTED), H.NOTICED, _("公示")),
        Step("book", _from(H.NOTICED), H.BOOKED, _("入账")),
        Step("withdraw", _from(H.DRAFT, H.ASSESSING, H.ASSESSED), H.WITHDRAWN, _("撤回"), True),
    ),
)
