"""Words, tones and clocks that every page of money uses the same way."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.models.giving import Donation
from donations.models.requests import FundingRequest
from donations.services.looking_up import code_to_hand
from donations.workflow import GRANTED, DisbursementState, DonationState, RequestState
from msw_portal.kernel.display import money

R = RequestState
WAITING = {
    R.SUBMITTED: gettext_lazy("受理"),
    R.DOCUMENT_CHECK: gettext_lazy("审核"),
    R.SUPPLEMENT_REQUIRED: gettext_lazy("补件"),
    R.MSW_ASSESSMENT: gettext_lazy("社工评估"),
    R.HOSPITAL_OPINION: gettext_lazy("医院意见"),
    R.FIRST_REVIEW: gettext_lazy("初审"),
    R.SECOND_REVIEW: gettext_lazy("复审"),
    R.COMMITTEE: gettext_lazy("评审会"),
    R.PROPOSED: gettext_lazy("批准"),
    R.PUBLIC_NOTICE: gettext_lazy("公示"),
    R.NOTICE_ELAPSED: gettext_lazy("批准"),
    R.APPROVED: gettext_lazy("协议"),
    R.AGREEMENT: gettext_lazy("拨付"),
    R.DISBURSING: gettext_lazy("拨付"),
}
PAYOUT_TONES = {
    DisbursementState.RELEASED: "accent",
    DisbursementState.CONFIRMED: "accent",
    DisbursementState.RECONCILED: "accent",
    DisbursementState.BOUNCED: "warn",
}
DONATION_TONES = {
    DonationState.BOOKED: "accent",
    DonationState.PART_BOOKED: "accent",
    DonationState.RECEIVED: "warn",
    DonationState.REFUSED: "plain",
}


def tone_of(request: FundingRequest) -> str:
    """The tone of a request's badge; the word beside it carries the meaning."""
    if request.on_hold_at or request.state == R.SUPPLEMENT_REQUIRED:
        return "warn"
    return "accent" if request.state in GRANTED else ""


def state_of(request: FundingRequest) -> str:
    """The state in a word, or that it is held."""
    return _("暂停办理") if request.on_hold_at else request.get_state_display()


def due_for(request: FundingRequest) -> Any:
    """What the running clock is for."""
    return WAITING.get(request.state, "")


def running_due(request: FundingRequest) -> Any:
    """The deadline that runs now; a held or finished request has none."""
    return request.due_at if request.state in WAITING and not request.on_hold_at else None


def last_four(account: str) -> str:
    """A bank account as shown in lists and pages: its last four digits."""
    return f"**** {account[-4:]}" if account else ""


def joined(parts: Iterable[Any]) -> str:
    """Facts on one line, empty ones left out."""
    return " · ".join(str(part) for part in parts if part)


def code_words(donation: Donation) -> str:
    """How the donor comes by the look-up code of a gift that was just booked."""
    code = code_to_hand(donation)
    if not code:
        return _("查询码已发到捐赠人的邮箱。")
    return _("捐赠查询码 %(code)s，请写在凭条上交给捐赠人。") % {"code": code}


def granted_words(request: FundingRequest) -> str:
    """What was asked, approved and paid, in one sentence."""
    if request.requested is None:
        return ""
    if request.approved is None:
        return _("申请 %(asked)s 元。") % {"asked": money(request.requested)}
    return _("申请 %(asked)s 元，批准 %(granted)s 元，已拨付 %(paid)s 元。") % {
        "asked": money(request.requested),
        "granted": money(request.approved),
        "paid": money(request.disbursed),
    }
