"""What the worker's page of a request shows, and the sum on the case page."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models.people import User
from donations.forms.requests import SupplementForm
from donations.forms.review import say_form
from donations.models.requests import FundingRequest
from donations.permissions import (
    can_amend_request,
    can_assess_request,
    can_opine_request,
    can_submit_request,
    can_supplement_request,
    can_withdraw_request,
)
from donations.services.copies import COPY_NOTE
from donations.services.decision_letters import has_letter
from donations.services.notices import expects_notice, notice_copy
from donations.services.opinions import papers_lacking
from donations.services.payees import TO_PAY
from donations.services.project_copies import project_facts
from donations.services.requests import request_supplement
from donations.views import copies, filling, parts, payouts
from donations.views.aid_agreements import agreement_card, agreement_offers
from donations.views.consenting import consent_rows, consents_of, live_share
from donations.views.family_side import family_card
from donations.views.lists import SHARED, Lists
from donations.views.offers import Offer
from donations.views.stepping import shown
from donations.views.sums import Granted, Sum, sum_of
from donations.views.three_lanes import third_lane
from donations.views.wording import due_for, granted_words, running_due, state_of, tone_of
from donations.workflow import (
    BEFORE_APPROVAL,
    FUNDING_REQUEST,
    GRANTED,
    HELD_MONEY,
    IN_REVIEW,
    WITH_HOSPITAL,
    DisbursementState,
    RequestState,
)
from msw_portal.kernel.display import moment, money, when

R = RequestState


def page(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The context of the page: course, papers, sheet, sum, conversation, consents, moves."""
    lists, foundation = Lists(user, aid).fetched(*SHARED), aid.programme_version.organization
    given = [] if aid.is_for_project else consents_of(user, aid.case)
    return {
        **_head(user, aid),
        **_told(aid),
        "foundation": foundation.name,
        "course": parts.course_of(aid, lists.moves),
        "moves": parts.move_rows(lists.moves),
        "alerts": _alerts(aid),
        "supplement": _supplement(user, aid),
        "sum": parts.bill_of(user, aid, granted_words(aid)),
        "consents": [] if aid.is_for_project else consent_rows(user, aid.case, foundation, given),
        "offers": _offers(user, aid, live_share(given, foundation)),
        "talk": parts.talk_of(lists),
        "after": parts.after_of(aid, lists),
        "opinions": parts.act_rows(lists, steps=("assess", "opine")),
        "payouts": [payouts.payout_row(user, one) for one in lists.payouts],
        "papers_note": COPY_NOTE,
        "family": family_card(user, aid),
        "agreement": agreement_card(user, aid, lists),
        **third_lane(user, aid, lists),
        **filling.papers_context(user, aid, lists=lists),
    }


def _told(aid: FundingRequest) -> dict[str, Any]:
    """The sheet of a patient's request, or the facts of a project's."""
    if aid.is_for_project:
        told, note = copies.project_lines(project_facts(aid)), _("项目资料，不含个人信息")
    else:
        told = copies.facts_of(_sheet(aid))
        note = _("医院的原文；基金会只看到同意范围内的副本，不含姓名")
    sheet, texts = copies.short_and_long(told)
    return {"sheet": sheet, "sheet_texts": texts, "sheet_note": note}


def _head(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The head of the page and what may be done from it."""
    around = filling.addresses(aid)
    may_fill = aid.state == R.DRAFT and can_amend_request(user, aid)
    may_say = aid.submitted_at and can_submit_request(user, aid)
    return around | {
        "aid": aid,
        "tone": tone_of(aid),
        "state": state_of(aid),
        "due": running_due(aid),
        "due_for": due_for(aid),
        "edit_url": around["edit_url"] if may_fill else "",
        "letter_url": reverse("donations:request_letter", args=[aid.uid])
        if has_letter(aid)
        else "",
        "submit_url": reverse("donations:request_submit", args=[aid.uid]) if may_fill else "",
        "say_form": say_form() if may_say else None,
        "say_url": reverse("donations:request_say", args=[aid.uid]),
    }


def _sheet(aid: FundingRequest) -> dict[str, Any]:
    """What the worker wrote, under the same words as the copy."""
    sheet = aid.sheet.payload
    return {
        "treatment_stage": {
            "plan": sheet.get("treatment_plan"),
            **({"is_transplanted": True} if sheet.get("is_transplanted") else {}),
        },
        "household": {
            "size": sheet.get("household_size"),
            "monthly_income": sheet.get("monthly_income"),
            "members": sheet.get("household"),
            "assets": sheet.get("assets"),
            "debts": sheet.get("debts"),
        },
        "welfare_status": sheet.get("welfare_status"),
        "other_aid": sheet.get("other_aid"),
        "hardship": sheet.get("story"),
    }


def _alerts(aid: FundingRequest) -> list[dict[str, Any]]:
    if aid.death_noted_at and aid.state in BEFORE_APPROVAL:
        return [
            {
                "title": _("患者已去世"),
                "tone": "warn",
                "text": _("基金会不能再批准这份申请，请撤回申请。"),
            }
        ]
    if aid.on_hold_at:
        return [
            {
                "title": _("同意已撤回，申请暂停办理"),
                "tone": "warn",
                "text": _(
                    "%(at)s 起基金会看不到资料和材料副本。家庭重新签署后可以恢复，否则请撤回申请。"
                )
                % {"at": moment(aid.on_hold_at)},
            }
        ]
    if aid.state == R.SUPPLEMENT_REQUIRED:
        due = (
            _("请在 %(at)s 前补齐，逾期转为不予受理，可再次申请。") % {"at": moment(aid.due_at)}
            if aid.due_at
            else ""
        )
        return [
            {
                "title": _("基金会要求补件"),
                "tone": "warn",
                "text": due,
                "url": "#papers",
                "action": _("看要补的材料"),
            }
        ]
    return []


def _supplement(user: User, aid: FundingRequest) -> dict[str, Any] | None:
    if (
        aid.state != R.SUPPLEMENT_REQUIRED
        or aid.on_hold_at
        or not can_supplement_request(user, aid)
    ):
        return None
    return shown(user, filling.supplement_step(aid, SupplementForm, request_supplement))


def _offers(user: User, aid: FundingRequest, share: Any) -> list[Offer]:
    """What the hospital is asked for, resuming, telling who it is, taking back."""
    offers = [*_asked_for(user, aid), *agreement_offers(user, aid)]
    if not can_withdraw_request(user, aid):
        return offers
    if aid.on_hold_at:
        closed = () if share else (_("先请家庭重新签署向这家基金会提供信息的同意。"),)
        offers.append(
            Offer(
                "resume",
                _("恢复办理"),
                reverse("donations:request_resume", args=[aid.uid]),
                closed,
                is_primary=not closed,
            )
        )
    if aid.is_for_project:
        offers += _after_payment(aid)
    else:
        offers += _of_person(aid)
    if aid.state in BEFORE_APPROVAL:
        offers.append(
            Offer(
                "withdraw",
                _("撤回申请"),
                reverse("donations:request_withdraw", args=[aid.uid]),
                is_quiet=True,
            )
        )
    return offers


def _of_person(aid: FundingRequest) -> list[Offer]:
    """What rests on the person's consent: the public notice, the identity; a death."""
    offers = []
    if expects_notice(aid) and not aid.on_hold_at and notice_copy(aid) is None:
        offers.append(
            Offer(
                "notice",
                _("提供公示内容"),
                reverse("donations:request_notice", args=[aid.uid]),
            )
        )
    if aid.state in GRANTED and aid.identity_disclosure_id is None and not aid.on_hold_at:
        offers.append(
            Offer(
                "identity",
                _("提供拨付所需的身份资料"),
                reverse("donations:request_identity", args=[aid.uid]),
            )
        )
    return offers + _after_payment(aid)


def _after_payment(aid: FundingRequest) -> list[Offer]:
    """Bills, the visit, a death: what the hospital tells once money is on its way."""
    offers = []
    if aid.state in TO_PAY and aid.disbursements.filter(state=DisbursementState.BOUNCED).exists():
        url = reverse("donations:request_payee", args=[aid.uid])
        offers.append(Offer("payee", _("更正收款账户"), url, is_primary=True))
    if aid.state in (R.DISBURSING, R.DISBURSED):
        url = reverse("donations:request_invoice", args=[aid.uid])
        offers.append(Offer("invoice", _("登记票据"), url))
    if aid.state in (R.RECONCILED, R.DISBURSED, R.CLOSED) and aid.revisits.filter(
        done_on__isnull=True
    ):
        url = reverse("donations:request_revisit", args=[aid.uid])
        offers.append(Offer("revisit", _("登记回访"), url))
    if aid.state in FUNDING_REQUEST.step("die").sources and not aid.is_for_project:
        url = reverse("donations:request_death", args=[aid.uid])
        offers.append(Offer("death", _("登记患者去世"), url, is_quiet=True))
    return offers


def _asked_for(user: User, aid: FundingRequest) -> list[Offer]:
    """The foundation waits for the hospital: the worker's assessment, then the head's opinion."""
    if aid.state not in WITH_HOSPITAL or aid.on_hold_at:
        return []
    is_first = aid.state == R.MSW_ASSESSMENT
    name = "request_assess" if is_first else "request_opine"
    may = can_assess_request(user, aid) if is_first else can_opine_request(user, aid)
    label = _("写社工评估") if is_first else _("写医院意见")
    why = () if may else (_("由主责社工办理。") if is_first else _("由社工部主任办理。"),)
    if may and is_first:
        why = tuple(_("还缺：%(paper)s。") % {"paper": one} for one in papers_lacking(aid))
    url = reverse(f"donations:{name}", args=[aid.uid])
    return [Offer(name, label, url, why, is_primary=not why)]


def case_sum(user: User, requests: Sequence[FundingRequest]) -> Sum | None:
    """The newest bill of a case with every grant taken off; `requests` newest first."""
    billed = next((one for one in requests if one.cost_total), None)
    if billed is None:
        return None
    page = "donations:request"
    granted = [
        Granted(one.programme_version.name, one.committed, reverse(page, args=[one.uid]))
        for one in requests
        if one.state in HELD_MONEY and one.committed
    ]
    if billed.later_aid:
        granted.append(Granted(_("提交后批准的国家救助"), billed.later_aid))
    bill = sum_of(parts.amounts_of(user, billed), granted, note=_("住院至今 + 预估"))
    return replace(bill, words=_case_words(bill, billed, requests)) if bill else None


def _case_words(bill: Sum, billed: FundingRequest, requests: Sequence[FundingRequest]) -> str:
    at = when(billed.submitted_at or billed.created_at)
    words = _("元。费用按 %(at)s 的救助申请。") % {"at": at}
    asked = [one.requested for one in requests if one.state in IN_REVIEW and one.requested]
    if not asked:
        return words
    pending = sum(asked, Decimal(0))
    after = max(bill.gap - pending, Decimal(0))
    return words + _("申请中 %(asked)s，如全额获批还缺 %(after)s。") % {
        "asked": money(pending),
        "after": money(after),
    }
