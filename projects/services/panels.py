"""Panel meetings: planned, signed in, minuted; what is marked anew there replaces the marks of the desk."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.moving import move, move_many, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.experts import ExpertProfile
from projects.models.reviews import Panel, Review
from projects.permissions.experts import can_run_review_of
from projects.services.assigning import reviews_make, reviews_tell
from projects.services.conflicts import barred_pairs
from projects.services.review_plans import plan_needed
from projects.workflow.calls import APPLICATION, ApplicationState, CallState
from projects.workflow.reviews import PANEL

FEWEST = 3
SHORTEST_MINUTES = 10
TO_DISCUSS = (ApplicationState.SCORED, ApplicationState.IN_REVIEW)


@command
def panel_plan(
    *, call: Call, on: dt.date, place: str, chair: ExpertProfile | None, by: User
) -> Panel:
    """Raises: DomainError: `panel.call_state` (409) before the call is under review or after its results."""
    call = Call.objects.locked().get(pk=call.pk)
    require(can_run_review_of, by, call)
    if call.state not in (CallState.REVIEWING, CallState.RANKED):
        raise DomainError("panel.call_state", _("评审中或已排名时才能开评审会。"), status=409)
    panel = Panel(
        organization_id=by.house_id,
        call=call,
        on=on,
        place=place.strip(),
        chair=chair,
        created_by=by,
    )
    panel.save(force_insert=True)
    write_transition(panel, PANEL, "plan", before="", by=by)
    audit.record("panel.plan", by=by, on=panel, day=on.isoformat())
    return panel


@command
def panel_hold(
    *,
    panel: Panel,
    minutes: str,
    present: Iterable[ExpertProfile],
    applications: Iterable[Application] = (),
    by: User,
) -> Panel:
    """Minutes and who signed in; `applications` are marked anew by those present who have no conflict.

    Each of them gets the largest odd number of experts, at least three; their reviews are open from today to the
    end of the plan or a week, whichever is later.

    Raises:
        DomainError: `panel.*` on the field, `panel.hold.wrong_state` (409).
    """
    held = Panel.objects.locked().select_related("call").get(pk=panel.pk)
    require(can_run_review_of, by, held.call)
    PANEL.check(held, "hold")
    if held.on > timezone.localdate():
        raise DomainError("panel.in_future", _("会议还没有召开。"), "minutes", status=409)
    experts, again = list(present), list(applications)
    if len(experts) < FEWEST:
        raise DomainError(
            "panel.small", _("到会专家不足 %(n)d 人，不能形成意见。") % {"n": FEWEST}, "present"
        )
    if len(minutes.strip()) < SHORTEST_MINUTES:
        raise DomainError(
            "panel.minutes", _("请写明讨论了什么、怎样决定（至少 10 个字）。"), "minutes"
        )
    held.minutes = minutes.strip()
    held.present = [
        {
            "expert": str(one.uid),
            "name": one.user.display_name,
            "signed_at": timezone.now().isoformat(timespec="seconds"),
        }
        for one in experts
    ]
    held.applications = [str(one.uid) for one in again]
    also = ["minutes", "present", "applications"]
    if again:
        held.rescored_phase = _mark_again(held, experts, again, by)
        also.append("rescored_phase")
    move(held, PANEL, "hold", by=by, also=tuple(also))
    audit.record("panel.hold", by=by, on=held, present=len(experts), applications=len(again))
    return held


def _mark_again(
    panel: Panel, experts: list[ExpertProfile], applications: list[Application], by: User
) -> int:
    call, plan = panel.call, plan_needed(panel.call)
    rows = list(
        Application.objects.locked()
        .filter(
            counterparty_id=call.organization_id,
            call=call,
            pk__in=[one.pk for one in applications],
            state__in=TO_DISCUSS,
        )
        .order_by("pk")
    )
    if len(rows) != len(applications):
        raise DomainError(
            "panel.application", _("只能重评评审中或评审完成的项目。"), "applications"
        )
    phases = Review.objects.filter(
        organization_id=call.organization_id, application__in=rows
    ).values_list("phase", flat=True)
    phase = max(phases, default=1) + 1
    barred = barred_pairs(call)
    pairs: list[tuple[Application, ExpertProfile]] = []
    for row in rows:
        free = sorted(
            (one for one in experts if (row.pk, one.pk) not in barred), key=lambda one: one.pk
        )
        odd = len(free) if len(free) % 2 else len(free) - 1
        if odd < FEWEST:
            raise DomainError(
                "panel.conflicts",
                _("“%(title)s”除去回避的，到会专家不足 %(n)d 人。")
                % {"title": row.title, "n": FEWEST},
                "applications",
            )
        pairs += [(row, one) for one in free[:odd]]
    plan.opens_on = min(plan.opens_on, timezone.localdate())
    plan.closes_on = max(plan.closes_on, timezone.localdate() + dt.timedelta(days=7))
    made = reviews_make(pairs, call=call, plan=plan, phase=phase, run=None, by=by)
    scored = [row for row in rows if row.state == ApplicationState.SCORED]
    move_many(scored, APPLICATION, "rescore", by=by, reason=str(_("评审会重新评审")))
    reviews_tell(made, once=str(panel.uid), by=by)
    return phase


@command
def panel_cancel(*, panel: Panel, reason: str, by: User) -> Panel:
    held = Panel.objects.locked().select_related("call").get(pk=panel.pk)
    require(can_run_review_of, by, held.call)
    move(held, PANEL, "cancel", by=by, reason=reason)
    audit.record("panel.cancel", by=by, on=held)
    return held
