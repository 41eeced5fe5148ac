"""What the family's page says: rows and sentences of a lane, without a word of the trade."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from donations.appeal_workflow import AppealBy, AppealOutcome, AppealState
from donations.models.appeals import Appeal
from donations.services.family_page import FOUNDATION, HOSPITAL, Lane
from donations.workflow import RequestState
from msw_portal.kernel.display import money, when

STEP_STATES = {"done": "", "now": "head", "ahead": "plan"}


def lane_words(lane: Lane, done: str) -> dict[str, Any]:
    """Context of the page beside the lane itself."""
    return {
        "steps": [
            {
                "title": stage.label,
                "note": when(stage.at) if stage.at else _("还没到"),
                "state": STEP_STATES[stage.how],
            }
            for stage in lane.stages
        ],
        "holder": _holder(lane),
        "nexts": _nexts(lane),
        "decision_words": _decision(lane),
        "appeal_rows": [appeal_row(one) for one in lane.appeals],
        "done": done,
        "done_words": {
            "say": _("留言已送到，社工看到后会在这里答复。"),
            "paper": _("收到了。社工看过后放进申请，如果要重拍会在这里告诉您。"),
            "know": _("记下了。"),
            "agree": _("协议已签，基金会接着办拨款。"),
            "appeal": _("已经送出。受理和答复都会写在这里。"),
        }.get(done, ""),
    }


def _holder(lane: Lane) -> str:
    """Who has it now and until when."""
    if lane.is_on_hold:
        return _("您撤回了同意，申请暂停。要继续办，请找社工重新签署。")
    who = {HOSPITAL: lane.hospital, FOUNDATION: lane.foundation}.get(lane.holder)
    if not who:
        return ""
    if lane.due_at is None:
        return _("现在由%(who)s办理。") % {"who": who}
    words = {"who": who, "day": timezone.localtime(lane.due_at).strftime("%Y-%m-%d")}
    if lane.due_at < timezone.now():
        return _("现在由%(who)s办理，应在 %(day)s 前办完，已经超过。可以留言问社工。") % words
    return _("现在由%(who)s办理，%(day)s 前办完。") % words


def _nexts(lane: Lane) -> list[tuple[str, str]]:
    """What waits for the family itself, each with its place on the page."""
    found = []
    if lane.is_missing:
        found.append((_("补交还缺的材料"), "missing"))
    if lane.decision is not None and lane.decision.told_on is None:
        found.append((_("看决定，点“我看到了”"), "decision"))
    if lane.terms is not None:
        found.append((_("看协议，同意后才能拨款"), "agree"))
    if lane.may_look_again:
        found.append((_("不同意这个决定，可以申请复核"), "appeal"))
    return found


def _decision(lane: Lane) -> dict[str, Any] | None:
    decision = lane.decision
    if decision is None:
        return None
    is_granted = decision.state == RequestState.APPROVED
    title = (
        _("同意资助 %(amount)s 元") % {"amount": money(lane.approved)}
        if is_granted
        else RequestState(decision.state).label
    )
    until = decision.until.isoformat() if decision.until else ""
    return {
        "title": title,
        "tone": "accent" if is_granted else "warn",
        "at": when(decision.at),
        "reason": lane.reason or _raised(lane),
        "is_told": decision.told_on is not None,
        "limit": _limit(lane, until),
    }


def _raised(lane: Lane) -> str:
    if lane.raised is None:
        return ""
    return _("%(day)s 复核后，由 %(before)s 元提高到 %(after)s 元。") % {
        "day": timezone.localdate(lane.raised.at).isoformat(),
        "before": money(lane.raised.before),
        "after": money(lane.raised.after),
    }


def _limit(lane: Lane, until: str) -> str:
    if not lane.may_look_again:
        return ""
    if until:
        return _("不同意这个决定，可以在 %(day)s 前申请复核，由没有参与过的人重新看。") % {
            "day": until
        }
    return _("不同意这个决定，可以申请复核，由没有参与过的人重新看。期限从您看到决定那天算起。")


def appeal_row(one: Appeal) -> dict[str, Any]:
    """An appeal as its raiser reads it: what was said, where it stands, the answer."""
    return {
        "number": one.number,
        "kind": one.get_kind_display(),
        "by": AppealBy(one.raised_by).label,
        "at": when(one.raised_at),
        "grounds": one.grounds,
        "state": one.get_state_display(),
        "tone": "accent" if one.state == AppealState.ANSWERED else "warn",
        "answer_by": one.answer_by,
        "is_open": one.state in (AppealState.RAISED, AppealState.ACKNOWLEDGED),
        "outcome": AppealOutcome(one.outcome).label if one.outcome else "",
        "answer": one.answer or "",
        "new_amount": one.new_amount,
        "answered_at": when(one.answered_at) if one.answered_at else "",
    }
