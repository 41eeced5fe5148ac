"""Assignment: proposed from stored inputs and a seed, looked at, applied as a whole, made again by anybody."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.moving import move, move_many
from departments.services.notices import people_tell
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.experts import ExpertProfile
from projects.models.reviews import AssignmentRun, Review, ReviewPlan
from projects.permissions.experts import can_run_review_of
from projects.services.conflicts import barred_pairs, conflicts_compute
from projects.services.matching import Matched, match, result_hash
from projects.services.packets import packets_make
from projects.services.review_plans import plan_needed
from projects.workflow.calls import APPLICATION, CALL, ApplicationState, CallState
from projects.workflow.reviews import REVIEW_LIVE

SEED_BITS = 31
TO_ASSIGN = (ApplicationState.ACCEPTED_FORMAL, ApplicationState.IN_REVIEW)
TAKES_REVIEWS = (CallState.CLOSED, CallState.REVIEWING, CallState.RANKED)


def themes_of(application: Application) -> list[str]:
    return sorted(
        {
            *application.disease_themes,
            *application.fields,
            *application.settings,
            *application.integration,
            *([application.theme] if application.theme else []),
        }
    )


def inputs_of(call: Call, plan: ReviewPlan) -> dict[str, Any]:
    """Everything an assignment depends on, by public id (see AssignmentRun); a constant number of queries."""
    applications = list(
        Application.objects.filter(
            counterparty_id=call.organization_id, call=call, state__in=TO_ASSIGN
        ).order_by("uid")
    )
    experts = list(
        ExpertProfile.objects.available()
        .filter(organization_id=call.organization_id)
        .order_by("uid")
    )
    app_uid = {one.pk: str(one.uid) for one in applications}
    expert_uid = {one.pk: str(one.uid) for one in experts}
    reviews = list(
        Review.objects.filter(organization_id=call.organization_id, call=call).values_list(
            "application_id", "expert_id", "phase", "state"
        )
    )
    load = Counter(expert for _a, expert, _p, state in reviews if state in REVIEW_LIVE)
    kept = {(a, e) for a, e, phase, state in reviews if phase == 1 and state in REVIEW_LIVE}
    # Whoever gave a review back, or whose marks are void, is not asked for the same application again.
    barred = barred_pairs(call) | {
        (a, e) for a, e, phase, state in reviews if phase == 1 and state not in REVIEW_LIVE
    }

    def named(pairs: set[tuple[int, int]], experts_too: bool) -> list[list[str]]:
        return sorted(
            [app_uid[a], expert_uid.get(e, f"off:{e}")]
            for a, e in pairs
            if a in app_uid and (e in expert_uid or experts_too)
        )

    return {
        "need": plan.experts_each,
        "cap": plan.most_per_expert,
        "applications": [
            {"key": app_uid[one.pk], "themes": themes_of(one)} for one in applications
        ],
        "experts": [
            {
                "key": expert_uid[one.pk],
                "fields": sorted(one.fields),
                "most": one.most,
                "load": load[one.pk],
            }
            for one in experts
        ],
        "conflicts": named(barred, False),
        "kept": named(kept, True),
    }


@command
def assignment_propose(*, call: Call, seed: int | None = None, by: User) -> AssignmentRun:
    """Bring the conflict register up to date and propose who marks what; nothing is given out yet.

    Raises:
        DomainError: `assignment.nothing` (409) when no application waits, `assignment.too_early` (409).
    """
    call = Call.objects.locked().get(pk=call.pk)
    require(can_run_review_of, by, call)
    plan = plan_needed(call)
    if call.state not in TAKES_REVIEWS:
        raise DomainError("assignment.too_early", _("申报截止以后才能分配评审。"), status=409)
    conflicts_compute(call=call, by=by)
    inputs = inputs_of(call, plan)
    if not inputs["applications"]:
        raise DomainError("assignment.nothing", _("没有通过形式审查、等待评审的项目。"), status=409)
    chosen = secrets.randbits(SEED_BITS) if seed is None else seed
    matched = match(inputs, chosen)
    run = AssignmentRun(
        organization_id=by.house_id,
        call=call,
        inputs=inputs,
        seed=chosen,
        result=matched.as_json,
        result_hash=result_hash(matched.pairs),
        short_count=len(matched.short),
        created_by=by,
    )
    run.save(force_insert=True)
    audit.record(
        "assignment.propose",
        by=by,
        on=run,
        seed=chosen,
        pairs=len(matched.pairs),
        short=len(matched.short),
        result_hash=run.result_hash,
    )
    return run


def assignment_replay(run: AssignmentRun) -> tuple[Matched, bool]:
    """Make the proposal again from what is stored: (result, whether it is the stored one to the last pair)."""
    again = match(run.inputs, run.seed)
    return again, result_hash(again.pairs) == run.result_hash == result_hash(run.result)


@command
def assignment_apply(*, run: AssignmentRun, by: User) -> AssignmentRun:
    """Give the reviews out: one row and one packet each, and the experts are told.

    Raises:
        DomainError: `assignment.applied`, `assignment.stale`, `assignment.short` (409).
    """
    held = AssignmentRun.objects.locked().get(pk=run.pk)
    call = Call.objects.locked().get(pk=held.call_id)
    require(can_run_review_of, by, call)
    plan = plan_needed(call)
    if held.applied_at is not None:
        raise DomainError("assignment.applied", _("这个方案已经采用。"), status=409)
    if held.short_count:
        raise DomainError(
            "assignment.short",
            _("还有 %(n)d 项没有分够专家：请增加专家、放宽每位上限，再提出方案。")
            % {"n": held.short_count},
            status=409,
        )
    if inputs_of(call, plan) != held.inputs:
        raise DomainError(
            "assignment.stale",
            _("提出方案以后，申报、专家或回避有变化；请重新提出方案。"),
            status=409,
        )
    made = _give_out(held, call, plan, by)
    waiting = list(
        Application.objects.locked().filter(
            pk__in={review.application_id for review in made},
            state=ApplicationState.ACCEPTED_FORMAL,
        )
    )
    move_many(waiting, APPLICATION, "assign", by=by)
    if call.state == CallState.CLOSED:
        move(call, CALL, "start_review", by=by)
    held.applied_at, held.applied_by = timezone.now(), by
    held.save(update_fields=["applied_at", "applied_by"])
    reviews_tell(made, once=str(held.uid), by=by)
    audit.record("assignment.apply", by=by, on=held, reviews=len(made))
    return held


def _give_out(run: AssignmentRun, call: Call, plan: ReviewPlan, by: User) -> list[Review]:
    applications = {
        str(one.uid): one
        for one in Application.objects.filter(
            counterparty_id=call.organization_id, call=call, state__in=TO_ASSIGN
        )
    }
    experts = {
        str(one.uid): one
        for one in ExpertProfile.objects.filter(organization_id=call.organization_id)
    }
    pairs = [(applications[a], experts[e]) for a, e in run.result]
    return reviews_make(pairs, call=call, plan=plan, phase=1, run=run, by=by)


def reviews_make(
    pairs: list[tuple[Application, ExpertProfile]],
    *,
    call: Call,
    plan: ReviewPlan,
    phase: int,
    run: AssignmentRun | None,
    by: User,
) -> list[Review]:
    """The rows and their packets, in a constant number of statements."""
    labels = labels_of(call, [application for application, _expert in pairs])
    made = [
        Review(
            organization_id=call.organization_id,
            call=call,
            application=application,
            expert=expert,
            expert_user_id=expert.user_id,
            run=run,
            questionnaire_id=plan.sheet_id,
            label=labels[application.pk],
            phase=phase,
            opens_on=plan.opens_on,
            due_on=plan.closes_on,
            created_by=by,
        )
        for application, expert in pairs
    ]
    Review.objects.bulk_create(made)
    packets_make(made, call=call, is_blind=plan.is_blind, by=by)
    return made


def labels_of(call: Call, applications: list[Application]) -> Mapping[int, str]:
    """What an application is called in the packets: the label it has, else the next in an order that says nothing."""
    known = dict(
        Review.objects.filter(organization_id=call.organization_id, call=call).values_list(
            "application_id", "label"
        )
    )
    fresh = {one.pk: one for one in applications if one.pk not in known}
    order = sorted(
        fresh.values(),
        key=lambda one: hashlib.sha256(f"{call.uid}:{one.uid}".encode()).digest(),
    )
    first = len(set(known.values())) + 1
    return known | {one.pk: f"P{first + at:03d}" for at, one in enumerate(order)}


def reviews_tell(reviews: list[Review], *, once: str, by: User | None) -> None:
    """Each expert hears once of the reviews given out together; the notice names nobody and no application."""
    if not reviews:
        return
    people_tell(
        kind="review.assigned",
        organization_id=reviews[0].organization_id,
        subject=reviews[0].call,
        users={review.expert_user_id for review in reviews},
        once=once,
        by=by,
    )


def loads_of(run: AssignmentRun) -> list[tuple[str, int, int]]:
    """(expert uid, load before, new) for every expert of a proposal, the fullest first."""
    new = Counter(expert for _application, expert in run.result)
    rows = [(one["key"], one["load"], new[one["key"]]) for one in run.inputs["experts"]]
    return sorted(rows, key=lambda row: (-(row[1] + row[2]), row[0]))
