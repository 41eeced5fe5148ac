"""What the services leave behind beside the rows themselves: moves, deadlines, audit entries."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from cases.services.clocks import FOLLOW_UP_MONTHS, end_of_day, months_after
from cases.workflow import CaseStage
from departments.models.mechanisms import Task, Transition
from departments.models.trail import AuditEntry
from msw_portal.demo import texts
from msw_portal.demo.lives import REVIEWED_AFTER
from msw_portal.kernel.audit import canonical

HOUR = dt.timedelta(hours=1)
BATCH = 1000


def write(files: Sequence[Any], until: dt.datetime) -> None:
    """The moves, tasks and audit entries of a batch of files, oldest first."""
    moves = [move for file in files for move in _moves(file, until)]
    Transition.objects.bulk_create(sorted(moves, key=lambda row: row.at), batch_size=BATCH)
    Task.objects.bulk_create(
        [task for file in files for task in _tasks(file, until)], batch_size=BATCH
    )
    entries = [entry for file in files for entry in _entries(file, until)]
    AuditEntry.objects.bulk_create(sorted(entries, key=lambda row: row.at), batch_size=BATCH)


def moved(
    subject: models.Model,
    workflow: str,
    step: str,
    states: tuple[str, str],
    *,
    at: dt.datetime,
    by: Any,
    role: str,
    reason: str = "",
) -> Transition:
    return Transition(
        organization_id=subject.organization_id,
        counterparty_id=getattr(subject, "counterparty_id", None),
        is_care=getattr(subject, "is_care", hasattr(subject, "compartment_id")),
        workflow=workflow,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        step=step,
        from_state=states[0],
        to_state=states[1],
        at=at,
        actor=by,
        actor_role=role,
        reason=reason or None,
    )


def noted(
    subject: models.Model,
    action: str,
    *,
    at: dt.datetime,
    by: Any,
    role: str,
    house: int,
    **body: Any,
) -> AuditEntry:
    return AuditEntry(
        organization_id=house,
        at=at,
        actor=by,
        role=role,
        action=action,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        body=canonical(body),
    )


def _line(file: Any, until: dt.datetime) -> Iterable[tuple[str, str, str, dt.datetime, str]]:
    """(step, from, to, when, role) of the case, in order."""
    life = file.life
    yield "open", "", CaseStage.PENDING, life.opened, "worker"
    if life.declined == "door" and file.stage == CaseStage.DECLINED:
        yield "decline", CaseStage.PENDING, CaseStage.DECLINED, life.assigned, "dept_head"
    if not file.is_assigned:
        return
    yield "assign", CaseStage.PENDING, CaseStage.INTAKE, life.assigned, "worker"
    if file.stage in (CaseStage.DECLINED, CaseStage.REFERRED_OUT):
        step = "decline" if file.stage == CaseStage.DECLINED else "refer_out"
        yield step, CaseStage.INTAKE, file.stage, life.accepted, "worker"
        return
    following = (
        ("accept", CaseStage.INTAKE, CaseStage.ASSESSMENT, life.accepted, "worker"),
        ("assess", CaseStage.ASSESSMENT, CaseStage.PLANNING, life.assessed, "worker"),
        ("start", CaseStage.PLANNING, CaseStage.INTERVENTION, life.started, "worker"),
        ("evaluate", CaseStage.INTERVENTION, CaseStage.EVALUATION, life.evaluated, "worker"),
        ("propose_closing", CaseStage.EVALUATION, CaseStage.CLOSURE, life.proposed, "worker"),
        ("close", CaseStage.CLOSURE, CaseStage.CLOSED, life.closed, "supervisor"),
    )
    yield from (arrow for arrow in following if arrow[3] <= until)


REASONS = {
    "decline": "不属于服务范围，已说明可求助的渠道。",
    "refer_out": "家在外地，转介当地社工机构跟进。",
}


def _who(file: Any, role: str) -> Any:
    return {"dept_head": file.hospital.head, "supervisor": file.supervisor}.get(role, file.worker)


def _moves(file: Any, until: dt.datetime) -> Iterable[Transition]:
    for step, before, after, at, role in _line(file, until):
        yield moved(
            file.case,
            "case",
            step,
            (before, after),
            at=at,
            by=_who(file, role),
            role=role,
            reason=REASONS.get(step, ""),
        )
    if "plan" in file.rows:
        plan, life = file.rows["plan"], file.life
        who = {"by": file.worker, "role": "worker"}
        yield moved(plan, "plan", "write", ("", "draft"), at=life.planned, **who)
        yield moved(plan, "plan", "submit", ("draft", "submitted"), at=plan.submitted_at, **who)
        if plan.approved_at is not None:
            yield moved(
                plan,
                "plan",
                "approve",
                ("submitted", "approved"),
                at=plan.approved_at,
                by=file.supervisor,
                role="supervisor",
            )
            for n, at in enumerate(reviews_by(file, until)):
                said = file.told(texts.REVIEWS[(life.serial + n) % len(texts.REVIEWS)])
                yield moved(plan, "plan", "review", ("approved",) * 2, at=at, reason=said, **who)
    if "referral" in file.rows:
        yield from _referral_moves(file, until)


def reviews_by(file: Any, until: dt.datetime) -> list[dt.datetime]:
    """The reviews of the plan that have been held by `until`."""
    return [at for at in file.life.reviews if at <= until]


def _referral_moves(file: Any, until: dt.datetime) -> Iterable[Transition]:
    row = file.rows["referral"]
    who = {"by": file.worker, "role": "worker"}
    yield moved(
        row,
        "referral_in",
        "receive",
        ("", "received"),
        at=row.received_at,
        by=row.created_by,
        role="worker",
    )
    yield moved(row, "referral_in", "claim", ("received", "claimed"), at=row.claimed_at, **who)
    yield moved(row, "referral_in", "accept", ("claimed", "accepted"), at=file.life.opened, **who)
    if row.state == "completed":
        yield moved(row, "referral_in", "done", ("accepted", "completed"), at=file.ended, **who)


def _tasks(file: Any, until: dt.datetime) -> Iterable[Task]:
    life, stage = file.life, file.stage
    if stage == CaseStage.PENDING:
        yield task(file, "triage", life.opened, life.opened + HOUR * 24, role="worker")
    elif stage == CaseStage.INTAKE:
        yield task(file, "intake", life.assigned, life.assigned + HOUR * 72, assignee=file.worker)
    elif stage == CaseStage.ASSESSMENT:
        yield task(
            file, "assessment", life.accepted, life.accepted + HOUR * 168, assignee=file.worker
        )
    elif (
        stage == CaseStage.PLANNING
        and "plan" in file.rows
        and file.rows["plan"].approved_at is None
    ):
        due = end_of_day(life.planned.date() + dt.timedelta(days=2))
        yield task(file, "plan_approval", life.planned, due, assignee=file.supervisor)
    elif stage == CaseStage.INTERVENTION and "plan" in file.rows:
        since, due = life.started, file.rows["plan"].review_due_on
        if held := reviews_by(file, until):
            since, due = held[-1], (held[-1] + REVIEWED_AFTER).date()
        yield task(file, "plan_review", since, end_of_day(due), assignee=file.worker)
    elif stage == CaseStage.CLOSURE:
        yield task(
            file,
            "closing_approval",
            life.proposed,
            end_of_day(life.proposed.date()),
            assignee=file.supervisor,
        )
    elif stage == CaseStage.CLOSED and life.close_reason != "deceased":
        for months in FOLLOW_UP_MONTHS:
            due = end_of_day(months_after(life.closed.date(), months))
            # What fell due more than a week ago has been done.
            done = due - HOUR * 24 if due < until - dt.timedelta(days=7) else None
            yield task(
                file,
                "follow_up",
                life.closed,
                due,
                assignee=file.worker,
                key=f"follow_up:{file.case.uid}:{months}",
                done=done,
            )


def task(
    file: Any,
    kind: str,
    opened: dt.datetime,
    due: dt.datetime,
    *,
    assignee: Any = None,
    role: str = "",
    key: str = "",
    done: dt.datetime | None = None,
) -> Task:
    case = file.case
    return Task(
        organization_id=file.house,
        kind=kind,
        subject_kind="case",
        subject_id=case.pk,
        subject_uid=case.uid,
        assignee=assignee,
        role=role,
        department=file.hospital.msw,
        due_at=due,
        state=Task.State.DONE if done else Task.State.OPEN,
        closed_at=done,
        dedup_key=key or f"{kind}:{case.uid}",
        created_at=opened,
        updated_at=opened,
    )


def _entries(file: Any, until: dt.datetime) -> Iterable[AuditEntry]:
    life, case = file.life, file.case
    yield noted(
        file.client,
        "client.register",
        at=life.opened - HOUR / 4,
        by=file.worker,
        role="worker",
        house=file.house,
        has_id_no=True,
        id_type="id",
    )
    for step, before, after, at, role in _line(file, until):
        body: dict[str, Any] = {"stage": [before, after]}
        if step == "open":
            body = {
                "source": life.source,
                "priority": life.priority,
                "risk_level": life.risk,
                "secrecy": 4,
            }
        if step == "assign":
            body = {
                "number": case.number,
                "worker": file.worker.uid,
                "supervisor": file.supervisor.uid,
            }
        if step == "close":
            body["reason"] = life.close_reason
        yield noted(
            case, f"case.{step}", at=at, by=_who(file, role), role=role, house=file.house, **body
        )
