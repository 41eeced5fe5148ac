"""What the foundation's pages show of a request: the consented copy, papers, sums, opinions, steps."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.people import User
from donations.forms.review import say_form
from donations.models.requests import FundingRequest
from donations.payment_permissions import can_compare_aid
from donations.services.approving import quota_of
from donations.services.copies import COPY_NOTE
from donations.services.decision_letters import has_letter
from donations.services.detail import advice_of, payable_before_approval
from donations.services.payable import Granted, granted_of
from donations.services.person_codes import linked_codes
from donations.services.reading import Copies, copies_read
from donations.views import copies, parts, payouts
from donations.views.advising import panel
from donations.views.aid_agreements import agreement_card
from donations.views.copies import who_of
from donations.views.lists import SHARED, Lists
from donations.views.noticing import notice_card
from donations.views.offers import PAYABLE_STATES, Offer, review_offers, same_reason
from donations.views.rows import facts_said, who_said
from donations.views.sums import limits_of, limits_words, quota_facts
from donations.views.three_lanes import third_lane
from donations.views.tracing import request_trace
from donations.views.wording import due_for, granted_words, running_due, state_of, tone_of
from donations.workflow import IN_REVIEW, RequestState
from msw_portal.kernel.display import enumerated, moment

R = RequestState


def page(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The context of the review page; opening it reads the copy, which is counted and audited."""
    read = copies_read(request=aid, by=user)
    lists = Lists(user, aid).fetched(*SHARED)
    rows = parts.paper_rows(aid, parts.papers_of(lists), is_asker=False)
    codes = linked_codes(aid)
    granted = granted_of(aid, codes)
    return {
        **_head(aid),
        "who": who_said(aid) if aid.is_for_project else who_of(aid.subject_code, read.review),
        "other_codes": sorted(codes - {aid.subject_code}),
        **_steps(review_offers(user, aid, lists)),
        **_copy_context(aid, read, granted) | sums_of(user, aid, granted),
        "alerts": alerts_of(aid, rows),
        "course": parts.course_of(aid, lists.moves),
        "moves": parts.move_rows(lists.moves),
        "papers": rows,
        "papers_count": parts.given_count(rows),
        "papers_note": COPY_NOTE,
        "acts": parts.act_rows(lists),
        "payouts": [payouts.payout_row(user, one) for one in lists.payouts],
        "talk": parts.talk_of(lists),
        **third_lane(user, aid, lists),
        **_cards(user, aid, lists),
    }


def _cards(user: User, aid: FundingRequest, lists: Lists) -> dict[str, Any]:
    return {
        "notice": notice_card(user, aid),
        "agreement": agreement_card(user, aid, lists),
        "after": parts.after_of(aid, lists),
        "trace": request_trace(user, aid, lists.payouts),
        "overlap_url": _overlap_url(user, aid),
    }


def _overlap_url(user: User, aid: FundingRequest) -> str:
    may = aid.state in IN_REVIEW and can_compare_aid(user, aid)
    return reverse("donations:overlap", args=[aid.uid]) if may else ""


def _head(aid: FundingRequest) -> dict[str, Any]:
    return {
        "aid": aid,
        "tone": tone_of(aid),
        "state": state_of(aid),
        "due": running_due(aid),
        "due_for": due_for(aid),
        "board_url": reverse("donations:board"),
        "may_pay": aid.state in PAYABLE_STATES,
        "letter_url": reverse("donations:review_letter", args=[aid.uid]) if has_letter(aid) else "",
        "say_form": say_form() if aid.submitted_at else None,
        "say_url": reverse("donations:review_say", args=[aid.uid]),
    }


def _steps(offers: list[Offer]) -> dict[str, Any]:
    return {"offers": offers, "next_words": next_words(offers), "all_closed": same_reason(offers)}


def _copy_context(aid: FundingRequest, read: Copies, granted: Granted) -> dict[str, Any]:
    if aid.is_for_project:
        return _project_context(aid)
    identity = copies.facts_of(read.identity) if read.identity else None
    if read.review is None:
        return {
            "copy": None,
            "copy_title": _("家庭同意提供的资料"),
            "copy_texts": [],
            "copy_note": "",
            "identity": identity,
            "copy_words": _(
                "家庭撤回了同意，资料和材料副本已清空，申请暂停办理。金额、阶段和已记的账不变。"
            ),
        }
    short, long = copies.short_and_long(copies.facts_of(read.review))
    advice = advice_of(aid, read, granted)
    return {
        "copy": short or long,
        "copy_title": _("家庭同意提供的资料"),
        "copy_facts": short,
        "copy_texts": long,
        "identity": identity,
        "identity_note": _("只用于办理拨付"),
        "advice": panel(aid, advice) if advice else None,
        "copy_note": _("第 %(n)d 版") % {"n": read.review_version},
        "copy_words": _(
            "按家庭同意的范围另作的副本，不是个案档案；打开本页已留审计记录，医院可以看到。"
        ),
    }


def _project_context(aid: FundingRequest) -> dict[str, Any]:
    """What the unit tells of its project; it stands in the request and is nobody's secret."""
    short, long = copies.short_and_long(copies.project_lines(aid.form.get("project", {})))
    return {
        "copy": short or long,
        "copy_title": _("项目资料"),
        "copy_facts": short,
        "copy_texts": long,
        "identity": None,
        "copy_note": _("提交时的内容"),
        "copy_words": _("单位提交的项目资料，不含个人信息；打开本页已留审计记录。"),
    }


def sums_of(user: User, aid: FundingRequest, granted: Granted | None = None) -> dict[str, Any]:
    """The bill, the limits with the smallest marked, and what they mean."""
    bill = parts.bill_of(user, aid)
    payable = payable_before_approval(aid, granted)
    if payable is None:
        return {"sum": bill, "limits": [], "limits_words": granted_words(aid)}
    return {
        "sum": bill,
        "limits": limits_of(payable),
        "limits_words": limits_words(payable),
        "quota": quota_facts(quota_of(aid), aid.programme_version.order_rule),
    }


def alerts_of(aid: FundingRequest, papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What stands in the way, said first; one notice at most."""
    short = [row["label"] for row in papers if row["is_missing"]]
    if aid.death_noted_at:
        return [_death(aid)]
    if aid.on_hold_at:
        text = _("家庭于 %(at)s 撤回了向本机构提供信息的同意。重新签署前不能办理任何一步。")
        return [_notice(_("资料已撤回，暂停办理"), text % {"at": moment(aid.on_hold_at)})]
    if aid.state == R.SUPPLEMENT_REQUIRED:
        text = _("医院须在 %(at)s 前补齐。") % {"at": moment(aid.due_at)} if aid.due_at else ""
        return [_notice(_("等医院补件：%(papers)s") % {"papers": enumerated(short)}, text)]
    if short and aid.state in IN_REVIEW:
        words = {"n": len(short), "papers": enumerated(short)}
        text = _("材料不齐不能送下一步，请要求补件。")
        return [_notice(_("还差 %(n)d 份材料：%(papers)s") % words, text)]
    if running_due(aid) and aid.due_at < timezone.now():
        return [_notice(_("已超过%(what)s时限") % {"what": due_for(aid)}, tone="danger")]
    return []


def _death(aid: FundingRequest) -> dict[str, Any]:
    at = moment(aid.death_noted_at)
    if aid.state in IN_REVIEW:
        text = _("医院于 %(at)s 登记。不能再批准；请写明理由不通过，或等医院撤回。")
    elif aid.state == R.DECEASED:
        text = _(
            "医院于 %(at)s 登记。在途的拨付取消、登记退汇或确认到账后结清，余款回到原捐赠批次。"
        )
    else:
        text = _("医院于 %(at)s 登记。")
    return _notice(_("患者已去世，停止批准与拨付"), text % {"at": at})


def _notice(title: str, text: str = "", tone: str = "warn") -> dict[str, Any]:
    return {"title": title, "tone": tone, "text": text}


def next_words(offers: list[Offer]) -> str:
    """One sentence about the next step: what is open, or that others are at it."""
    if not offers:
        return ""
    first = next((one for one in offers if one.is_open and not one.is_quiet), None)
    return _("您可以办理：%(step)s") % {"step": first.label} if first else _("现在由他人办理")


def side(user: User, aid: FundingRequest) -> dict[str, Any]:
    """The panel beside the board: no copy is opened, so nothing is audited as read."""
    lists = Lists(user, aid).fetched("papers", "payouts", "messages", "appeals")
    rows = parts.paper_rows(aid, parts.papers_of(lists), is_asker=False)
    offers = review_offers(user, aid, lists)
    return {
        "aid": aid,
        "facts": facts_said(aid),
        "tone": tone_of(aid),
        "state": state_of(aid),
        "url": reverse("donations:review", args=[aid.uid]),
        "alerts": alerts_of(aid, rows),
        "papers": rows,
        "papers_given": sum(row["is_given"] for row in rows),
        "talk": parts.talk_of(lists)[-3:],
        "trace": request_trace(user, aid, lists.payouts),
        "due": running_due(aid),
        "due_for": due_for(aid),
        "next_words": next_words(offers),
        **sums_of(user, aid),
    }
