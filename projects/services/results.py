"""Where the applications of a call stand: computed from the marks at every reading, written with the ranking.

An application is judged by the marks of its last phase: what was marked anew in a meeting replaces what was
marked at the desk.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.services.disclosures import copy_empty
from departments import audit
from departments.models.people import User
from departments.services.moving import move, move_many
from msw_portal.kernel.access import require
from msw_portal.kernel.bulk import columns_write
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.reviews import Review, ReviewPlan
from projects.permissions.experts import can_run_review_of, can_void_review
from projects.services.ranking import Mark, Standing, standings
from projects.services.review_plans import plan_needed
from projects.workflow.calls import APPLICATION, CALL, ApplicationState, CallState
from projects.workflow.reviews import REVIEW, REVIEW_LIVE, REVIEW_OPEN, ReviewState

A = ApplicationState
UNDER_REVIEW = (A.IN_REVIEW, A.SCORED, A.PROPOSED, A.RESERVE, A.NOT_SELECTED)
# Results of these stand before the public: what they rest on is not changed under them.
# The unit reads the moves of its application: they never say what an expert did.
COUNTED_ANEW = _("评分有变动，重新评审")
SHOWN = frozenset({CallState.NOTICED, CallState.DECIDED, CallState.ARCHIVED})


@dataclass(frozen=True)
class Progress:
    """The live reviews of an application in its last phase."""

    phase: int
    asked: int
    sent: int

    def lacks(self, need: int) -> int:
        return max(0, need - self.sent)


def marks_of(call: Call) -> tuple[list[Mark], dict[str, Progress]]:
    """(sent marks of each application's last phase, progress by application uid), in one query."""
    rows = list(
        Review.objects.filter(
            organization_id=call.organization_id, call=call, state__in=REVIEW_LIVE
        ).values_list("application__uid", "expert__uid", "phase", "state", "total", "answers")
    )
    last: dict[Any, int] = defaultdict(int)
    for uid, _expert, phase, *_rest in rows:
        last[uid] = max(last[uid], phase)
    now = [row for row in rows if row[2] == last[row[0]]]
    marks = [
        Mark(
            str(uid), str(expert), total, {code: Decimal(str(one)) for code, one in answers.items()}
        )
        for uid, expert, _phase, state, total, answers in now
        if state == ReviewState.SUBMITTED
    ]
    progress: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for uid, _expert, phase, state, *_rest in now:
        one = progress[str(uid)]
        one[0], one[1] = phase, one[1] + 1
        one[2] += state == ReviewState.SUBMITTED
    return marks, {uid: Progress(*one) for uid, one in progress.items()}


def unsent_of(user: User) -> Any:
    """The applications the person has still to mark: their standing is sealed until then."""
    return Review.objects.filter(
        organization_id=user.house_id, expert_user_id=user.pk, state__in=REVIEW_OPEN
    ).values("application_id")


def standings_of(call: Call, plan: ReviewPlan, marks: Iterable[Mark]) -> list[Standing]:
    return standings(
        marks, trim_from=plan.trim_from, tie_order=plan.tie_order, alarm=plan.spread_alarm
    )


def ranks_store(call: Call, plan: ReviewPlan) -> list[Standing]:
    """Write mean, rank and what they were made of beside the applications, in a constant number of statements."""
    marks, _progress = marks_of(call)
    found = standings_of(call, plan, marks)
    by_uid = {one.application: one for one in found}
    rows = list(
        Application.objects.filter(
            counterparty_id=call.organization_id, call=call, state__in=UNDER_REVIEW
        ).order_by("pk")
    )
    for row in rows:
        one = by_uid.get(str(row.uid))
        row.score_mean = one.mean if one else None
        row.rank = one.rank if one else None
        row.score_shown = shown(one) if one else None
    names = ["score_mean", "rank", "score_shown"]
    columns_write(
        Application, names, {row.pk: [getattr(row, one) for one in names] for row in rows}
    )
    return found


def shown(one: Standing) -> dict[str, Any]:
    """What is kept of a standing beside the mean: counts and sums, no name of an expert."""
    return {
        "marks": len(one.marks),
        "dropped": sum(bool(mark.dropped) for mark in one.marks),
        "normalised": str(one.normalised),
        "spread": str(one.spread),
        "ties": [str(value) for value in one.ties],
        "decided_by": one.decided_by,
        "is_shared": one.is_shared,
    }


@command
def call_rank(*, call: Call, by: User) -> Call:
    """Close the marking and rank: every application in review has as many marks as the plan asks for.

    Raises:
        DomainError: `results.incomplete` (409) saying how many lack marks, `call.rank.wrong_state` (409).
    """
    held = Call.objects.locked().get(pk=call.pk)
    require(can_run_review_of, by, held)
    CALL.check(held, "rank")
    plan = plan_needed(held)
    _marks, progress = marks_of(held)
    rows = list(
        Application.objects.locked().filter(
            counterparty_id=held.organization_id, call=held, state=A.IN_REVIEW
        )
    )
    lacking = [
        row
        for row in rows
        if (one := progress.get(str(row.uid))) is None
        or one.sent < one.asked
        or (one.phase == 1 and one.lacks(plan.experts_each))
    ]
    if lacking:
        raise DomainError(
            "results.incomplete",
            _("还有 %(n)d 项的评分没有齐（每项须 %(each)d 份），不能排名。")
            % {"n": len(lacking), "each": plan.experts_each},
            status=409,
        )
    if not rows and held.state != CallState.RANKED:
        raise DomainError("results.nothing", _("还没有评审完成的项目。"), status=409)
    move_many(rows, APPLICATION, "score_complete", by=by)
    found = ranks_store(held, plan)
    move(held, CALL, "rank", by=by)
    audit.record("call.rank", by=by, on=held, applications=len(found))
    return held


def review_end(review: Review, reason: str, *, by: User | None) -> Review:
    """Take an open review back, or declare a sent one void and count anew; the row is locked.

    Raises:
        DomainError: `results.shown` (409) while the results stand before the public.
    """
    call = Call.objects.get(pk=review.call_id)
    if call.state in SHOWN:
        raise DomainError(
            "results.shown",
            _("结果正在公示或已经公布，评分不能再作废；请先撤下公示。"),
            status=409,
        )
    if review.state != ReviewState.SUBMITTED:
        move(review, REVIEW, "withdraw", by=by, reason=reason)
    else:
        review.is_voided, review.void_reason = True, reason
        move(review, REVIEW, "void", by=by, reason=reason, also=("is_voided", "void_reason"))
        _count_anew(review, call, by)
    if review.packet is not None:
        copy_empty(review.packet, reason="review_ended", by=by)
    audit.record(
        "review.end",
        by=by,
        on=review,
        organization_id=review.organization_id,
        state=review.state,
    )
    return review


def _count_anew(review: Review, call: Call, by: User | None) -> None:
    """What was ranked is ranked anew without the void marks; the application waits for another expert."""
    application = Application.objects.locked().get(pk=review.application_id)
    if application.state in (A.PROPOSED, A.RESERVE, A.NOT_SELECTED):
        move(application, APPLICATION, "reopen", by=by)
    if application.state == A.SCORED:
        move(application, APPLICATION, "rescore", by=by, reason=str(COUNTED_ANEW))
    if call.state == CallState.RANKED:
        ranks_store(call, plan_needed(call))


@command
def review_void(*, review: Review, reason: str, by: User) -> Review:
    """Declare marks void, or take an unsent review back, with why; the expert's row stays readable to the desk.

    Raises:
        DomainError: `review.void.needs_reason` on `reason`, `results.shown` (409), `review.void.wrong_state` (409).
    """
    held = Review.objects.locked().get(pk=review.pk)
    require(can_void_review, by, held)
    if held.state not in REVIEW_LIVE:
        REVIEW.check(held, "void", reason)
    if len(reason.strip()) < 4:
        raise DomainError("review.void.needs_reason", _("请写明理由。"), "reason")
    return review_end(held, reason.strip(), by=by)
