"""The year in bulk, the work of a case: assessments, plans, contacts, alarms, closing reports."""

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from cases.models.alerts import RiskAlert
from cases.models.codes import FormKind
from cases.models.work import Assessment, Contact, Goal, GoalNeed, Need, Plan
from cases.services.plan_texts import plan_text
from cases.workflow import CaseStage, PlanState
from departments.models.doors import Signature
from msw_portal.demo import texts
from msw_portal.demo.files import HOUR, File, born, form, put
from msw_portal.demo.houses import quick_answers, review_day, signer_of
from msw_portal.kernel.questionnaire.scoring import score


def write(files: Sequence[File], until: dt.datetime) -> None:
    """What was done in the cases of a batch by `until`."""
    _assessments(files, until)
    _plans(files, until)
    _contacts(files, until)
    _closings(files)


def _assessments(files: Sequence[File], until: dt.datetime) -> None:
    accepted = [file for file in files if file.is_accepted]
    for file in accepted:
        moment = file.life.assessed - HOUR
        file.rows["needs"] = [
            Need(
                organization_id=file.house,
                case=file.case,
                category=aim.need,
                statement=file.told(aim.statement),
                voice=aim.voice,
                severity=aim.severity,
                rank=rank,
                **born(moment, file.worker),
            )
            for rank, aim in enumerate(file.life.aims, start=1)
            if file.has(moment, until)
        ]
    put([need for file in accepted for need in file.rows["needs"]])
    put([row for file in accepted for row in _screens(file, until)])
    put(
        [
            form(file, FormKind.F3, file.life.assessed, _f3(file))
            for file in accepted
            if file.has(file.life.assessed, until)
        ]
    )
    put([row for file in accepted for row in _alerts(file, until)])


def _f3(file: File) -> dict[str, Any]:
    return {"summary": file.told(texts.ASSESSED), "harm": "none"}


def _screens(file: File, until: dt.datetime) -> list[Assessment]:
    moment = file.life.assessed - HOUR / 2
    if not file.has(moment, until):
        return []
    given: list[tuple[str, dict[str, Any]]] = [("quick_screen", quick_answers(file.life))]
    if file.life.phq9:
        given.append(("phq9", {str(n): value for n, value in enumerate(file.life.phq9, start=1)}))
    made = [_assessment(file, code, answers, moment) for code, answers in given]
    again = file.life.evaluated - HOUR / 2
    if file.life.phq9 and file.life.decision == "open" and file.has(again, until):
        made.append(_assessment(file, "phq9", _relieved(file), again, CaseStage.EVALUATION))
    return made


def _relieved(file: File) -> dict[str, Any]:
    """The same questions before closing: two of three answers a step milder."""
    return {
        str(n): max(value - (1 if (file.life.serial + n) % 3 else 0), 0)
        for n, value in enumerate(file.life.phq9, start=1)
    }


def _assessment(
    file: File,
    code: str,
    answers: dict[str, Any],
    moment: dt.datetime,
    phase: str = CaseStage.ASSESSMENT,
) -> Assessment:
    questionnaire = file.hospital.questionnaires[code]
    made = score(questionnaire.definition, answers)
    return Assessment(
        organization_id=file.house,
        case=file.case,
        client=file.client,
        questionnaire=questionnaire,
        answers=answers,
        interpretation=file.told(texts.INTERPRETATIONS[file.life.serial % 3]),
        score=made.as_json(),
        band=made.band,
        phase=phase,
        is_final=True,
        finalized_at=moment,
        **born(moment, file.worker),
    )


def _alerts(file: File, until: dt.datetime) -> list[RiskAlert]:
    raised = file.life.alert_at
    if raised is None or not file.has(raised, until):
        return []
    trigger = "phq9_9" if file.life.phq9 else "worker"
    severity = "crisis" if file.life.phq9 else "high"
    alert = RiskAlert(
        organization_id=file.house,
        case=file.case,
        trigger=trigger,
        severity=severity,
        state="handling",
        raised_at=raised,
        taken_by=file.supervisor,
        report_due_at=raised + HOUR * 24,
        **born(raised, file.worker),
    )
    resolved = raised + HOUR * 20
    if resolved <= until:
        report = form(
            file,
            FormKind.F11,
            resolved,
            {
                "trigger": trigger,
                "report": file.told(texts.MATTERS["crisis"].facts[0]),
                "outcome": "已解除",
                "mandatory_report_at": None,
            },
        )
        put([report])
        alert.state, alert.outcome, alert.report = "resolved", "已解除", report
        alert.handled_by, alert.handled_at = file.supervisor, resolved
    return [alert]


def _plans(files: Sequence[File], until: dt.datetime) -> None:
    planned = [
        file
        for file in files
        if file.has(file.life.planned, until) and file.life.decision == "open"
    ]
    for file in planned:
        life = file.life
        is_approved = life.approved <= until
        file.rows["plan"] = Plan(
            organization_id=file.house,
            case=file.case,
            version=1,
            aim=file.told(texts.AIMS[life.serial % 3]),
            theory=[("psychosocial", "task_centred", "strengths")[life.serial % 3]],
            state=PlanState.DRAFT,
            review_due_on=review_day(life),
            submitted_at=life.planned + HOUR / 2,
            approved_at=life.approved if is_approved else None,
            approved_by=file.supervisor if is_approved else None,
            supervisor_comment=texts.COMMENTS[life.serial % 3] if is_approved else None,
            **born(life.planned, file.worker),
        )
    put([file.rows["plan"] for file in planned])
    for file in planned:
        file.rows["goals"] = [_goal(file, rank, until) for rank in range(len(file.life.aims))]
    put([goal for file in planned for goal in file.rows["goals"]])
    put(
        [
            GoalNeed(
                organization_id=file.house,
                case=file.case,
                goal=goal,
                need=need,
                created_by=file.worker,
            )
            for file in planned
            for goal, need in zip(file.rows["goals"], file.rows["needs"], strict=True)
        ]
    )
    # A goal cannot be added to an approved plan: the plans reach their state after their goals.
    for file in planned:
        is_approved = file.life.approved <= until
        file.rows["plan"].state = PlanState.APPROVED if is_approved else PlanState.SUBMITTED
    for state in (PlanState.APPROVED, PlanState.SUBMITTED):
        ids = [file.rows["plan"].pk for file in planned if file.rows["plan"].state == state]
        Plan.objects.filter(pk__in=ids).update(state=state)
    put([row for file in planned for row in _signatures(file)])


def _signatures(file: File) -> Iterator[Signature]:
    """Both sides signed on paper before the plan was sent; the sheets are not in the world."""
    plan, (signer, relation) = file.rows["plan"], signer_of(file.life)
    client_kind = Signature.Signer.CLIENT if relation == "self" else Signature.Signer.GUARDIAN
    text_hash = hashlib.sha256(plan_text(plan, file.rows["goals"]).encode()).digest()
    for kind, user, name, words, at in (
        (client_kind, None, signer, relation, file.life.planned + HOUR / 3),
        (Signature.Signer.USER, file.worker, file.worker.display_name, "", plan.submitted_at),
    ):
        yield Signature(
            organization_id=file.house,
            is_care=True,
            subject_kind="plan",
            subject_id=plan.pk,
            subject_uid=plan.uid,
            signer_kind=kind,
            user=user,
            signer_name=name,
            relation=words,
            text_hash=text_hash,
            at=at,
        )


def _goal(file: File, place: int, until: dt.datetime) -> Goal:
    life, aim = file.life, file.life.aims[place]
    matter = texts.MATTERS[aim.need]
    is_rated = life.proposed <= until
    return Goal(
        organization_id=file.house,
        case=file.case,
        plan=file.rows["plan"],
        rank=place + 1,
        statement=file.told(matter.goal),
        indicator=matter.indicator,
        baseline=matter.baseline,
        target=matter.target,
        due_on=life.evaluated.date(),
        weight=Decimal("1.00"),
        gas=aim.gas if is_rated else None,
        rated_at=life.proposed - HOUR if is_rated else None,
        **born(life.planned, file.worker),
    )


def _contacts(files: Sequence[File], until: dt.datetime) -> None:
    rows = []
    for file in files:
        visits = [visit for visit in file.life.visits if file.has(visit.at, until)]
        for visit, following in itertools.zip_longest(visits, visits[1:]):
            written = visit.at + dt.timedelta(minutes=visit.minutes + 30)
            rows.append(
                Contact(
                    organization_id=file.house,
                    case=file.case,
                    client=file.client,
                    episode=file.rows["episode"],
                    occurred_on=visit.at.date(),
                    starts_at=visit.at,
                    ends_at=visit.at + dt.timedelta(minutes=visit.minutes),
                    minutes=visit.minutes,
                    mode=visit.mode,
                    target=visit.target,
                    phase=file.life.stage_on(visit.at),
                    facts=visit.facts,
                    analysis=visit.analysis or None,
                    techniques=list(texts.TECHNIQUES[visit.minutes % 4 : visit.minutes % 4 + 2]),
                    next_on=following.at.date() if following else None,
                    locked_at=written + HOUR * 24,
                    **born(written, file.worker),
                )
            )
    put(rows)


def _closings(files: Sequence[File]) -> None:
    put(
        [
            form(
                file,
                FormKind.F7,
                file.life.proposed,
                {
                    "summary": file.told(texts.SUMMARIES[file.life.serial % 3]),
                    "satisfaction": file.case.satisfaction,
                    "satisfaction_refused": file.case.satisfaction_refused,
                    "proposed_reason": file.life.close_reason,
                    "client_informed": True,
                    "goal_rate": None if file.case.goal_rate is None else str(file.case.goal_rate),
                    "gas_t": None if file.case.gas_t is None else str(file.case.gas_t),
                    "signed_by": str(file.worker.uid),
                    "signed_at": file.life.proposed.isoformat(),
                },
            )
            for file in files
            if file.stage in (CaseStage.CLOSURE, CaseStage.CLOSED)
        ]
    )
