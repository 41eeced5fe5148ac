"""The diagrams of money: a funding request, a disbursement, a donation."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class RequestState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    DOCUMENT_CHECK = "document_check", _("材料审核")
    SUPPLEMENT_REQUIRED = "supplement_required", _("待补件")
    MSW_ASSESSMENT = "msw_assessment", _("社工评估")
    HOSPITAL_OPINION = "hospital_opinion", _("医院意见")
    FIRST_REVIEW = "first_review", _("初审")
    SECOND_REVIEW = "second_review", _("复审")
    COMMITTEE = "committee", _("评审会")
    PROPOSED = "proposed", _("拟定金额")
    PUBLIC_NOTICE = "public_notice", _("公示")
    NOTICE_ELAPSED = "notice_elapsed", _("公示期满")
    APPROVED = "approved", _("已批准")
    AGREEMENT = "agreement", _("协议签署")
    DISBURSING = "disbursing", _("拨付中")
    DISBURSED = "disbursed", _("已拨付")
    RECONCILED = "reconciled", _("使用核销")
    REVISITED = "revisited", _("回访")
    CLOSED = "closed", _("结案")
    REJECTED_INELIGIBLE = "rejected_ineligible", _("不予受理")
    REJECTED = "rejected", _("不通过")
    WITHDRAWN = "withdrawn", _("已撤回")
    OBJECTION_UPHELD = "objection_upheld", _("异议成立")
    DECEASED = "deceased", _("患者去世")
    RECOVERED = "recovered", _("已追回")


R = RequestState
# The order of the main line; a programme version's `stages` may skip the states of SKIPPABLE, never invent one.
MAIN_LINE: tuple[str, ...] = (
    R.DRAFT,
    R.SUBMITTED,
    R.DOCUMENT_CHECK,
    R.MSW_ASSESSMENT,
    R.HOSPITAL_OPINION,
    R.FIRST_REVIEW,
    R.SECOND_REVIEW,
    R.COMMITTEE,
    R.PROPOSED,
    R.PUBLIC_NOTICE,
    R.NOTICE_ELAPSED,
    R.APPROVED,
    R.AGREEMENT,
    R.DISBURSING,
    R.DISBURSED,
    R.RECONCILED,
    R.REVISITED,
    R.CLOSED,
)
SKIPPABLE: frozenset[str] = frozenset(
    {
        R.MSW_ASSESSMENT,
        R.HOSPITAL_OPINION,
        R.FIRST_REVIEW,
        R.SECOND_REVIEW,
        R.COMMITTEE,
        R.PUBLIC_NOTICE,
        R.NOTICE_ELAPSED,
        R.RECONCILED,
        R.REVISITED,
    }
)
BEFORE_APPROVAL: frozenset[str] = frozenset(MAIN_LINE[: MAIN_LINE.index(R.APPROVED)]) | {
    R.SUPPLEMENT_REQUIRED
}
# The hospital is asked: papers that the programme wants at this point may be put in.
WITH_HOSPITAL: frozenset[str] = frozenset({R.MSW_ASSESSMENT, R.HOSPITAL_OPINION})
IN_REVIEW: frozenset[str] = BEFORE_APPROVAL - {R.DRAFT}
GRANTED: frozenset[str] = frozenset(
    {R.APPROVED, R.AGREEMENT, R.DISBURSING, R.DISBURSED, R.RECONCILED, R.REVISITED, R.CLOSED}
)
# What was granted and still stands in the books: a death keeps what was paid before it.
HELD_MONEY: frozenset[str] = GRANTED | {R.DECEASED}
# While a sum can still be raised: nothing of its use has been settled.
RAISABLE: frozenset[str] = frozenset({R.APPROVED, R.AGREEMENT, R.DISBURSING, R.DISBURSED})
FINAL: frozenset[str] = frozenset(
    {R.CLOSED, R.REJECTED_INELIGIBLE, R.REJECTED, R.WITHDRAWN, R.OBJECTION_UPHELD, R.RECOVERED}
)


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


FUNDING_REQUEST = Workflow(
    name="funding_request",
    final=FINAL,
    steps=(
        Step("submit", _from(R.DRAFT), R.SUBMITTED, _("提交")),
        Step("check", _from(R.SUBMITTED), R.DOCUMENT_CHECK, _("受理")),
        Step("request_supplement", _from(R.DOCUMENT_CHECK), R.SUPPLEMENT_REQUIRED, _("要求补件")),
        Step("supplement", _from(R.SUPPLEMENT_REQUIRED), R.DOCUMENT_CHECK, _("补件")),
        Step("lapse", _from(R.SUPPLEMENT_REQUIRED), R.REJECTED_INELIGIBLE, _("逾期未补件")),
        Step(
            "reject_ineligible",
            _from(R.SUBMITTED, R.DOCUMENT_CHECK),
            R.REJECTED_INELIGIBLE,
            _("不予受理"),
            True,
        ),
        Step("ask_hospital", _from(R.DOCUMENT_CHECK), R.MSW_ASSESSMENT, _("请医院评估")),
        Step("assess", _from(R.MSW_ASSESSMENT), R.HOSPITAL_OPINION, _("社工评估")),
        Step("opine", _from(R.HOSPITAL_OPINION), R.FIRST_REVIEW, _("医院意见")),
        Step("accept", _from(R.DOCUMENT_CHECK), R.FIRST_REVIEW, _("材料齐全")),
        Step("review", _from(R.FIRST_REVIEW), R.SECOND_REVIEW, _("初审通过")),
        Step("return", _from(R.SECOND_REVIEW), R.FIRST_REVIEW, _("退回初审"), True),
        Step(
            "refer",
            _from(R.FIRST_REVIEW, R.SECOND_REVIEW, R.PROPOSED),
            R.COMMITTEE,
            _("提交评审会"),
        ),
        Step(
            "propose",
            _from(R.DOCUMENT_CHECK, R.FIRST_REVIEW, R.SECOND_REVIEW, R.COMMITTEE),
            R.PROPOSED,
            _("拟定金额"),
        ),
        Step("repropose", _from(R.PROPOSED), None, _("修改拟定金额")),
        Step(
            "reject",
            # The approver may still refuse what nobody objected to.
            _from(R.FIRST_REVIEW, R.SECOND_REVIEW, R.COMMITTEE, R.PROPOSED, R.NOTICE_ELAPSED),
            R.REJECTED,
            _("不通过"),
            True,
        ),
        Step("open_notice", _from(R.PROPOSED), R.PUBLIC_NOTICE, _("公示")),
        Step("end_notice", _from(R.PUBLIC_NOTICE), R.NOTICE_ELAPSED, _("公示期满")),
        Step("stop_notice", _from(R.PUBLIC_NOTICE), R.PROPOSED, _("撤下公示"), True),
        Step("uphold", _from(R.PUBLIC_NOTICE), R.OBJECTION_UPHELD, _("异议成立"), True),
        Step("approve", _from(R.PROPOSED, R.NOTICE_ELAPSED), R.APPROVED, _("批准")),
        Step("sign", _from(R.APPROVED), R.AGREEMENT, _("登记协议")),
        Step("release", _from(R.AGREEMENT), R.DISBURSING, _("拨付")),
        Step("pay_rest", _from(R.DISBURSING), R.DISBURSED, _("拨付完毕")),
        # A second instalment of the same request may come back after the first has.
        Step("bounce", _from(R.AGREEMENT, R.DISBURSING, R.DISBURSED), R.AGREEMENT, _("退汇"), True),
        # What is set aside and not needed goes back: paid in part it waits for its bills, never paid it ends.
        Step("end_payout", _from(R.AGREEMENT, R.DISBURSING), R.DISBURSED, _("释放余款"), True),
        Step(
            "give_up",
            _from(R.APPROVED, R.AGREEMENT, R.DISBURSING),
            R.CLOSED,
            _("不再拨付，结束"),
            True,
        ),
        # Paid before the death and sent back by the bank: booked like any other, and nothing is paid anew.
        Step("bounce_late", _from(R.DECEASED), None, _("退汇"), True),
        # A second look at a sum that was cut: more is set aside; what had been paid off has a rest again.
        Step("raise", _from(R.APPROVED, R.AGREEMENT, R.DISBURSING), None, _("复核后提高金额")),
        Step("raise_paid", _from(R.DISBURSED), R.DISBURSING, _("复核后提高金额，续付")),
        Step("reconcile", _from(R.DISBURSED), R.RECONCILED, _("核销")),
        Step("revisit", _from(R.RECONCILED), R.REVISITED, _("回访")),
        Step("close", _from(R.REVISITED, R.RECONCILED, R.DISBURSED), R.CLOSED, _("结案")),
        Step("withdraw", BEFORE_APPROVAL, R.WITHDRAWN, _("撤回"), True),
        Step("hold", frozenset(MAIN_LINE) - FINAL | {R.SUPPLEMENT_REQUIRED}, None, _("暂停")),
        Step("resume", frozenset(MAIN_LINE) - FINAL | {R.SUPPLEMENT_REQUIRED}, None, _("恢复")),
        Step("die", GRANTED - FINAL, R.DECEASED, _("患者去世")),
        Step("settle", _from(R.DECEASED), R.CLOSED, _("结清"), True),
        # An appeal was upheld: the request is looked at again, from the first review where there is one.
        Step(
            "reopen",
            _from(R.REJECTED, R.REJECTED_INELIGIBLE, R.OBJECTION_UPHELD),
            R.FIRST_REVIEW,
            _("复核成立，重新审核"),
            True,
        ),
        Step(
            "reopen_papers",
            _from(R.REJECTED, R.REJECTED_INELIGIBLE, R.OBJECTION_UPHELD),
            R.DOCUMENT_CHECK,
            _("复核成立，重新核对材料"),
            True,
        ),
        # False statements may come to light after the bills were accounted for, and after the closing.
        Step(
            "recover",
            _from(R.DISBURSED, R.RECONCILED, R.REVISITED, R.CLOSED),
            R.RECOVERED,
            _("追回"),
            True,
        ),
    ),
)


def next_stage(state: str, stages: Iterable[str]) -> str:
    """The state that follows `state` on the main line of a programme whose `stages` name the states it uses.

    Raises:
        LookupError: when `state` is not on the main line or nothing follows it.
    """
    if state not in MAIN_LINE:
        raise LookupError(state)
    used = set(stages)
    for following in MAIN_LINE[MAIN_LINE.index(state) + 1 :]:
        if following in used or following not in SKIPPABLE:
            return following
    raise LookupError(state)


class Duty(models.TextChoices):
    """What one person does on one request; nobody holds two on the same one."""

    ENTER = "enter", _("申请")
    VERIFY = "verify", _("材料审核")
    HOSPITAL = "hospital", _("医院意见")
    REVIEW1 = "review1", _("初审")
    REVIEW2 = "review2", _("复审")
    COMMITTEE = "committee", _("评审会")
    APPROVE = "approve", _("批准")
    PREPARE = "prepare", _("拨付经办")
    RELEASE = "release", _("拨付复核")


# Which duties may take a step, the usual one first. Taking in hand and asking for papers decide nothing: who
# may hold one of these duties may do it, and is bound to none by it.
STEP_DUTIES: dict[str, tuple[str, ...]] = {
    "submit": (Duty.ENTER,),
    "check": (Duty.VERIFY,),
    "accept": (Duty.VERIFY,),
    "assess": (Duty.ENTER,),
    "opine": (Duty.HOSPITAL,),
    "request_supplement": (Duty.VERIFY, Duty.REVIEW1, Duty.REVIEW2, Duty.APPROVE),
    "reject_ineligible": (Duty.VERIFY,),
    "review": (Duty.REVIEW1,),
    "second_review": (Duty.REVIEW2,),
    "return": (Duty.REVIEW2,),
    "propose": (Duty.REVIEW1,),
    "decide": (Duty.COMMITTEE,),
    "open_notice": (Duty.VERIFY, Duty.REVIEW1, Duty.REVIEW2),
    "reject": (Duty.REVIEW1, Duty.REVIEW2, Duty.APPROVE),
    "approve": (Duty.APPROVE,),
    "raise": (Duty.APPROVE,),
    "ask_rest": (Duty.VERIFY, Duty.REVIEW1, Duty.REVIEW2, Duty.PREPARE),
    "release_rest": (Duty.APPROVE, Duty.RELEASE),
    "prepare": (Duty.PREPARE,),
    "release": (Duty.RELEASE,),
}


class DisbursementState(models.TextChoices):
    PREPARED = "prepared", _("待复核")
    RELEASED = "released", _("已拨付")
    CONFIRMED = "confirmed", _("医院已确认")
    RECONCILED = "reconciled", _("已核销")
    CANCELLED = "cancelled", _("已取消")
    BOUNCED = "bounced", _("已退汇")
    REFUNDED = "refunded", _("已退款")


D = DisbursementState
DISBURSEMENT = Workflow(
    name="disbursement",
    final=frozenset({D.CANCELLED, D.BOUNCED, D.REFUNDED}),
    steps=(
        Step("release", _from(D.PREPARED), D.RELEASED, _("复核放款")),
        Step("cancel", _from(D.PREPARED), D.CANCELLED, _("取消"), True),
        Step("confirm", _from(D.RELEASED), D.CONFIRMED, _("确认到账")),
        Step("bounce", _from(D.RELEASED), D.BOUNCED, _("退汇"), True),
        Step("reconcile", _from(D.CONFIRMED), D.RECONCILED, _("核销")),
        Step("refund", _from(D.CONFIRMED, D.RECONCILED), D.REFUNDED, _("退款"), True),
    ),
)


class DonationState(models.TextChoices):
    PLEDGED = "pledged", _("已承诺")
    RECEIVED = "received", _("已到账")
    PART_BOOKED = "part_booked", _("部分入账")
    BOOKED = "booked", _("已入账")
    RETURNED = "returned", _("已退回")
    REFUSED = "refused", _("不予接受")


# Gifts of goods, services and rights wait as pledged, are received once accepted and valued, and are
# booked without money. Money may arrive in parts: each part is an arrival that another person confirms.
G = DonationState
DONATION = Workflow(
    name="donation",
    final=frozenset({G.RETURNED, G.REFUSED}),
    steps=(
        Step("receive", _from(G.PLEDGED, G.PART_BOOKED, G.BOOKED), G.RECEIVED, _("到账")),
        Step("accept", _from(G.PLEDGED), G.RECEIVED, _("验收")),
        Step("confirm", _from(G.RECEIVED), G.BOOKED, _("确认入账")),
        Step("confirm_part", _from(G.RECEIVED), G.PART_BOOKED, _("确认部分入账")),
        # An arrival that was entered by mistake is taken back before anybody confirmed it.
        Step("back_to_pledge", _from(G.RECEIVED), G.PLEDGED, _("撤销到账"), True),
        Step("back_to_part", _from(G.RECEIVED), G.PART_BOOKED, _("撤销到账"), True),
        Step("back_to_booked", _from(G.RECEIVED), G.BOOKED, _("撤销到账"), True),
        Step("settle", _from(G.PART_BOOKED), G.BOOKED, _("余下不再到账"), True),
        Step("return", _from(G.BOOKED, G.PART_BOOKED), G.RETURNED, _("退回")),
        Step("refuse", _from(G.PLEDGED, G.RECEIVED), G.REFUSED, _("不予接受"), True),
    ),
)
