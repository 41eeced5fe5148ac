"""From the ranking to the decision: proposed, reserve and not selected, within the places of the call."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.moving import move, move_many
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.reviews import OutcomeLetter
from projects.permissions.experts import can_run_review_of
from projects.services.formality import issued_locked
from projects.services.letters import letter_follow
from projects.services.results import ranks_store
from projects.services.review_plans import plan_needed
from projects.workflow.calls import APPLICATION, PLACED, ApplicationState, CallState

A = ApplicationState
STEPS = {A.PROPOSED: "propose", A.RESERVE: "reserve", A.NOT_SELECTED: "not_select"}


@command
def selection_propose(*, call: Call, picks: Iterable[Application] = (), by: User) -> Call:
    """Give the places out by rank: so many proposed, so many reserve, the others not selected.

    Where a shared rank lies across a limit, `picks` names those of it that are taken first.

    Raises:
        DomainError: `selection.not_ranked`, `selection.no_places`, `selection.not_complete` (409),
            `selection.tie` on `picks`.
    """
    held = Call.objects.locked().get(pk=call.pk)
    require(can_run_review_of, by, held)
    if held.state != CallState.RANKED:
        raise DomainError("selection.not_ranked", _("请先排名，再确定拟入选名单。"), status=409)
    if not held.places:
        raise DomainError(
            "selection.no_places", _("征集公告没有写名额，请先更正公告。"), status=409
        )
    _refuse_sent(held)
    plan = plan_needed(held)
    if Application.objects.filter(
        counterparty_id=held.organization_id, call=held, state=A.IN_REVIEW
    ).exists():
        raise DomainError(
            "selection.not_complete", _("还有项目在评审中，请评完后重新排名。"), status=409
        )
    ranks_store(held, plan)
    again = list(
        Application.objects.locked().filter(
            counterparty_id=held.organization_id, call=held, state__in=PLACED
        )
    )
    move_many(again, APPLICATION, "reopen", by=by)
    first = {one.pk for one in picks}
    rows = sorted(
        Application.objects.locked().filter(
            counterparty_id=held.organization_id, call=held, state=A.SCORED
        ),
        key=lambda one: (one.rank or 10**6, one.pk not in first, one.pk),
    )
    limits = (held.places, held.places + plan.reserve_places)
    _refuse_tie(rows, limits, first)
    move_many(rows[: limits[0]], APPLICATION, "propose", by=by)
    move_many(rows[limits[0] : limits[1]], APPLICATION, "reserve", by=by)
    move_many(rows[limits[1] :], APPLICATION, "not_select", by=by)
    audit.record(
        "call.propose_selection",
        by=by,
        on=held,
        proposed=len(rows[: limits[0]]),
        reserve=len(rows[limits[0] : limits[1]]),
    )
    return held


def _refuse_tie(rows: list[Application], limits: tuple[int, int], first: set[int]) -> None:
    for limit in dict.fromkeys(limits):
        if not 0 < limit < len(rows):
            continue
        before, after = rows[limit - 1], rows[limit]
        if before.rank == after.rank and (before.pk in first) == (after.pk in first):
            tied = [one.title for one in rows if one.rank == before.rank]
            raise DomainError(
                "selection.tie",
                _(
                    "第 %(rank)d 名并列 %(n)d 项，跨过名额线：%(titles)s。请勾选先列入的，或开评审会重评。"
                )
                % {"rank": before.rank, "n": len(tied), "titles": "、".join(tied)},
                "picks",
            )


@command
def selection_change(*, application: Application, to: str, reason: str, by: User) -> Application:
    """Place one application otherwise than by rank, within the places, with why.

    While the notice stands the first letters have left: the unit gets another one at once.

    Raises:
        DomainError: `selection.to` on `to`, `selection.full` on `to`, `selection.needs_reason` on
            `reason`, `selection.sent` (409) when the letters have left.
    """
    held = issued_locked(application, by=by)
    call = Call.objects.locked().get(pk=held.call_id)
    if call.state not in (CallState.RANKED, CallState.NOTICED) or held.state not in PLACED:
        raise DomainError("selection.not_ranked", _("请先确定拟入选名单。"), status=409)
    if to not in STEPS or to == held.state:
        raise DomainError("selection.to", _("请选择另一组。"), "to")
    if len(reason.strip()) < 4:
        raise DomainError("selection.needs_reason", _("请写明为什么不按名次。"), "reason")
    if call.state == CallState.RANKED:
        _refuse_sent(call)
    taken = Application.objects.filter(
        counterparty_id=call.organization_id, call=call, state=A.PROPOSED
    ).count()
    if to == A.PROPOSED and call.places is not None and taken >= call.places:
        raise DomainError(
            "selection.full",
            _("%(n)d 个名额已满，请先把另一项移出拟入选。") % {"n": call.places},
            "to",
        )
    if held.state == A.NOT_SELECTED:
        move(held, APPLICATION, "reopen", by=by)
    if held.state != to:
        move(held, APPLICATION, STEPS[ApplicationState(to)], by=by)
    audit.record("application.place", by=by, on=held, to=to, reason_length=len(reason.strip()))
    if call.state == CallState.NOTICED:
        letter_follow(application=held, call=call, by=by)
    return held


def _refuse_sent(call: Call) -> None:
    if OutcomeLetter.objects.filter(
        organization_id=call.organization_id, call=call, sent_at__isnull=False
    ).exists():
        raise DomainError("selection.sent", _("结果通知书已经发出，名单不能再变。"), status=409)
