"""The year in bulk: the rows that the services would have written for a batch of lives.

As the owner inside the house's scope, with every trigger on, so that roll-ups, compartments and the
audit chain are made by the database as always.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from cases.models.casework import Case, CaseForm, Referral, RiskAlert
from cases.models.codes import ConsentKind, FormKind, FormState
from cases.models.consents import Consent
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.work import Assessment, Contact, Goal, GoalNeed, Need, Plan
from cases.services.closing import goal_rate_of
from cases.services.intake import NUMBER_PATTERN
from cases.services.people import grams_of_client, indexed
from cases.workflow import CaseStage, PlanState, ReferralState
from departments.models.queues import SearchPosting
from departments.services.numbering import take_number
from departments.services.searching import KINDS
from msw_portal.demo import texts, trail
from msw_portal.demo.houses import Hospital, quick_answers, review_day, signer_of
from msw_portal.demo.lives import Life
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.questionnaire import gas_t, score

BATCH = 500
HOUR = dt.timedelta(hours=1)
AT_THE_DOOR = frozenset({CaseStage.PENDING})
NOT_TAKEN = frozenset({CaseStage.DECLINED, CaseStage.REFERRED_OUT})


@dataclass
class File:
    """A life and the rows written of it so far."""

    life: Life
    stage: str
    hospital: Hospital
    client: Client | None = None
    case: Case | None = None
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def house(self) -> int:
        return self.hospital.id

    @property
    def worker(self) -> Any:
        return self.hospital.worker_of(self.life)

    @property
    def supervisor(self) -> Any:
        return self.hospital.supervisor_of(self.life)

    @property
    def is_assigned(self) -> bool:
        return self.stage not in AT_THE_DOOR and self.life.declined != "door"

    @property
    def is_accepted(self) -> bool:
        return self.is_assigned and self.stage not in NOT_TAKEN | {CaseStage.INTAKE}

    @property
    def ended(self) -> dt.datetime | None:
        if self.stage == CaseStage.CLOSED:
            return self.life.closed
        if self.stage in NOT_TAKEN:
            return self.life.assigned if self.life.declined == "door" else self.life.accepted
        return None

    def has(self, moment: dt.datetime, until: dt.datetime) -> bool:
        return self.is_accepted and moment <= until

    def told(self, text: str) -> str:
        return self.life.told(text)


def put(rows: Sequence[models.Model]) -> list[Any]:
    """Write rows of one table."""
    rows = list(rows)
    return type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH) if rows else []


def born(moment: dt.datetime, by: Any) -> dict[str, Any]:
    """The columns that say when and by whom a row was made."""
    return {"created_at": moment, "updated_at": moment, "created_by": by}


def write(lives: Sequence[Life], hospital: Hospital, until: dt.datetime) -> list[File]:
    """Write what has happened in these lives by `until`, inside an open scope of the hospital."""
    ordered = sorted(lives, key=lambda life: life.assigned)
    files = [File(life, life.stage_on(until), hospital) for life in ordered]
    _persons(files)
    _referrals(files, until)
    _cases(files)
    _agreements(files)
    _assessments(files, until)
    _plans(files, until)
    _contacts(files, until)
    _closings(files)
    trail.write(files, until)
    return files


def _persons(files: list[File]) -> None:
    for file in files:
        person, house = file.life.person, file.house
        file.client = Client(
            organization_id=house, name=person.name, name_masked=mask_name(person.name), sex=person.sex,
            birth_date=person.born, birth_year=person.born.year, id_type="id", id_no=person.id_no,
            id_no_bidx=indexed("id_no", "id", person.id_no, organization_id=house), phone=person.phone,
            phone_bidx=indexed("phone", "phone", person.phone, organization_id=house), address=person.address,
            region_id=person.region, household={
                "welfare_status": person.welfare, "insurance": person.insurance,
                "members_count": person.household_size,
            }, **born(file.life.opened - HOUR / 4, file.worker),
        )  # fmt: skip
    put([file.client for file in files])
    put(
        [
            RelatedPerson(
                organization_id=file.house, client=file.client, relation=relative.relation, name=relative.name,
                phone=relative.phone, phone_bidx=indexed("phone", "phone", relative.phone, organization_id=file.house),
                is_guardian=relative.is_guardian, is_primary_contact=place == 0,
                is_primary_caregiver=place == 0, is_cohabiting=True, **born(file.life.opened, file.worker),
            )
            for file in files
            for place, relative in enumerate(file.life.person.relatives)
        ]
    )  # fmt: skip
    for file in files:
        file.rows["episode"] = _episode(file)
    put([file.rows["episode"] for file in files])
    put([posting for file in files for posting in _postings(file)])


def _episode(file: File) -> Episode:
    life, house = file.life, file.house
    mrn = f"{life.admitted_on:%y}{900000 + life.serial}"
    left = life.admitted_on + dt.timedelta(days=life.stay_days)
    return Episode(
        organization_id=house, client=file.client, visit_type="inpatient", mrn=mrn,
        mrn_bidx=indexed("mrn", "mrn", mrn, organization_id=house), ward=file.hospital.wards[life.ward],
        bed=life.bed, doctor=life.doctor, diagnosis=f"{life.disease.diagnosis}（{life.canary}）",
        disease_group=life.disease.group, treatment_stage=life.treatment_stage, insurance=life.person.insurance,
        admitted_on=life.admitted_on, discharged_on=left if file.ended and left <= file.ended.date() else None,
        **born(life.opened, file.worker),
    )  # fmt: skip


def _postings(file: File) -> list[SearchPosting]:
    return [
        SearchPosting(
            organization_id=file.house, gram=gram, kind=KINDS["client"], object_id=file.client.pk
        )
        for gram in sorted(grams_of_client(file.client, [file.rows["episode"].mrn]))
    ]


def _referrals(files: list[File], until: dt.datetime) -> None:
    for file in files:
        life = file.life
        if life.source != "clinician_referral":
            continue
        received = life.opened - HOUR * (1 + life.serial % 5)
        is_over = file.ended is not None and file.ended <= until
        file.rows["referral"] = Referral(
            organization_id=file.house, direction="in", client=file.client, from_text=life.doctor,
            from_department=file.hospital.wards[life.ward], reason=file.told(life.referral_reason),
            needs=[aim.need for aim in life.aims], urgency=life.priority, client_aware=life.serial % 3 > 0,
            state=ReferralState.COMPLETED if is_over else ReferralState.ACCEPTED, received_at=received,
            due_at=received + HOUR * (2 if life.priority == "urgent" else 24), claimed_by=file.worker,
            claimed_at=received + HOUR / 2, outcome=file.stage if is_over else "",
            **born(received, file.worker),
        )  # fmt: skip
    put([file.rows["referral"] for file in files if "referral" in file.rows])


def _cases(files: list[File]) -> None:
    for file in files:
        life, is_assigned = file.life, file.is_assigned
        is_closed = file.stage == CaseStage.CLOSED
        is_rated = file.stage in (CaseStage.CLOSURE, CaseStage.CLOSED)
        has_plan = is_rated and life.decision == "open"
        ratings = [aim.gas for aim in life.aims]
        file.case = Case(
            organization_id=file.house, client=file.client, department=file.hospital.msw,
            episode=file.rows["episode"], referral=file.rows.get("referral"), source=life.source,
            service_kind="short" if life.decision == "short" and file.is_accepted else "full", stage=file.stage,
            risk_level=life.risk, priority=life.priority, worker=file.worker if is_assigned else None,
            supervisor=file.supervisor if is_assigned else None, opened_at=life.opened,
            assigned_at=life.assigned if is_assigned else None, closed_at=file.ended,
            close_reason=life.close_reason if is_closed else "", presenting_problem=life.problem,
            number=_number(file) if is_assigned else "",
            goal_rate=goal_rate_of(ratings) if has_plan else None,
            gas_t=gas_t(ratings) if has_plan else None,
            satisfaction=life.satisfaction if is_rated else None,
            satisfaction_refused=is_rated and life.satisfaction is None,
            **born(life.opened, file.worker),
        )  # fmt: skip
    put([file.case for file in files])


def _number(file: File) -> str:
    """The next number of the year, taken as the services take it."""
    house, on = file.hospital.organization, file.life.assigned.date()
    return take_number("case", organization=house, pattern=NUMBER_PATTERN, on=on)


def _agreements(files: list[File]) -> None:
    accepted = [file for file in files if file.is_accepted]
    put([consent for file in accepted for consent in _consents(file)])
    put(
        [
            form(file, FormKind.F1, file.life.accepted, {
                "decision": file.life.decision, "urgency": file.life.priority, "within_scope": True,
                "privacy_notice_given": True, "previous_help": file.told("曾向亲友求助。"),
                "client_expectation": file.told("希望减轻压力，继续治疗。"), "risk_flags": [],
                "decision_reason": "",
            })
            for file in accepted
        ]
    )  # fmt: skip


def _consents(file: File) -> list[Consent]:
    kinds = [ConsentKind.SERVICE, *([ConsentKind.MINOR_GUARDIAN] if file.life.is_child else [])]
    return [consent(file, kind, file.life.accepted - HOUR) for kind in kinds]


def consent(file: File, kind: str, signed: dt.datetime, **more: Any) -> Consent:
    """A signature under the house's own text."""
    template = file.hospital.templates[kind]
    signer, relation = signer_of(file.life)
    values = {"purpose": template.title, "items": list(template.items), **more}
    return Consent(
        organization_id=file.house, client=file.client, case=file.case, kind=kind, template=template,
        text_hash=bytes(template.text_hash), signer=signer, signer_relation=relation, method="paper_scan",
        signed_at=signed, **values, **born(signed, file.worker),
    )  # fmt: skip


def form(file: File, kind: str, moment: dt.datetime, payload: dict[str, Any]) -> CaseForm:
    return CaseForm(
        organization_id=file.house, case=file.case, kind=kind, version=1, payload=payload, state=FormState.FINAL,
        finalized_at=moment, form_no=f"{file.case.number}-{kind}-1", **born(moment, file.worker),
    )  # fmt: skip


def _assessments(files: list[File], until: dt.datetime) -> None:
    accepted = [file for file in files if file.is_accepted]
    for file in accepted:
        moment = file.life.assessed - HOUR
        file.rows["needs"] = [
            Need(
                organization_id=file.house, case=file.case, category=aim.need, statement=file.told(aim.statement),
                voice=aim.voice, severity=aim.severity, rank=rank, **born(moment, file.worker),
            )
            for rank, aim in enumerate(file.life.aims, start=1)
            if file.has(moment, until)
        ]  # fmt: skip
    put([need for file in accepted for need in file.rows["needs"]])
    put([row for file in accepted for row in _screens(file, until)])
    put([row for file in accepted for row in _alerts(file, until)])


def _screens(file: File, until: dt.datetime) -> list[Assessment]:
    moment = file.life.assessed - HOUR / 2
    if not file.has(moment, until):
        return []
    given: list[tuple[str, dict[str, Any]]] = [("quick_screen", quick_answers(file.life))]
    if file.life.phq9:
        given.append(("phq9", {str(n): value for n, value in enumerate(file.life.phq9, start=1)}))
    return [_assessment(file, code, answers, moment) for code, answers in given]


def _assessment(
    file: File, code: str, answers: dict[str, Any], moment: dt.datetime
) -> Assessment:
    questionnaire = file.hospital.questionnaires[code]
    made = score(questionnaire.definition, answers)
    return Assessment(
        organization_id=file.house, case=file.case, client=file.client, questionnaire=questionnaire,
        answers=answers, interpretation=file.told(texts.INTERPRETATIONS[file.life.serial % 3]),
        score=made.as_json(), band=made.band, phase=CaseStage.ASSESSMENT, is_final=True, finalized_at=moment,
        **born(moment, file.worker),
    )  # fmt: skip


def _alerts(file: File, until: dt.datetime) -> list[RiskAlert]:
    raised = file.life.alert_at
    if raised is None or not file.has(raised, until):
        return []
    trigger = "phq9_9" if file.life.phq9 else "worker"
    severity = "crisis" if file.life.phq9 else "high"
    alert = RiskAlert(
        organization_id=file.house, case=file.case, trigger=trigger, severity=severity, state="handling",
        raised_at=raised, taken_by=file.supervisor, report_due_at=raised + HOUR * 24, **born(raised, file.worker),
    )  # fmt: skip
    resolved = raised + HOUR * 20
    if resolved <= until:
        report = form(file, FormKind.F11, resolved, {
            "trigger": trigger, "report": file.told(texts.MATTERS["crisis"].facts[0]), "outcome": "已解除",
            "mandatory_report_at": None,
        })  # fmt: skip
        put([report])
        alert.state, alert.outcome, alert.report = "resolved", "已解除", report
        alert.handled_by, alert.handled_at = file.supervisor, resolved
    return [alert]


def _plans(files: list[File], until: dt.datetime) -> None:
    planned = [
        file
        for file in files
        if file.has(file.life.planned, until) and file.life.decision == "open"
    ]
    for file in planned:
        life = file.life
        is_approved = life.approved <= until
        file.rows["plan"] = Plan(
            organization_id=file.house, case=file.case, version=1, aim=file.told(texts.AIMS[life.serial % 3]),
            theory=[("psychosocial", "task_centred", "strengths")[life.serial % 3]], state=PlanState.DRAFT,
            review_due_on=review_day(life), submitted_at=life.planned + HOUR / 2,
            approved_at=life.approved if is_approved else None,
            approved_by=file.supervisor if is_approved else None,
            supervisor_comment=texts.COMMENTS[life.serial % 3] if is_approved else None,
            **born(life.planned, file.worker),
        )  # fmt: skip
    put([file.rows["plan"] for file in planned])
    for file in planned:
        file.rows["goals"] = [_goal(file, rank, until) for rank in range(len(file.life.aims))]
    put([goal for file in planned for goal in file.rows["goals"]])
    put(
        [
            GoalNeed(organization_id=file.house, case=file.case, goal=goal, need=need, created_by=file.worker)
            for file in planned
            for goal, need in zip(file.rows["goals"], file.rows["needs"], strict=True)
        ]
    )  # fmt: skip
    # A goal cannot be added to an approved plan: the plans reach their state after their goals.
    for file in planned:
        is_approved = file.life.approved <= until
        file.rows["plan"].state = PlanState.APPROVED if is_approved else PlanState.SUBMITTED
    for state in (PlanState.APPROVED, PlanState.SUBMITTED):
        ids = [file.rows["plan"].pk for file in planned if file.rows["plan"].state == state]
        Plan.objects.filter(pk__in=ids).update(state=state)


def _goal(file: File, place: int, until: dt.datetime) -> Goal:
    life, aim = file.life, file.life.aims[place]
    matter = texts.MATTERS[aim.need]
    is_rated = life.proposed <= until
    return Goal(
        organization_id=file.house, case=file.case, plan=file.rows["plan"], rank=place + 1,
        statement=file.told(matter.goal), indicator=matter.indicator, baseline=matter.baseline,
        target=matter.target, due_on=life.evaluated.date(), weight=1, gas=aim.gas if is_rated else None,
        rated_at=life.proposed - HOUR if is_rated else None, **born(life.planned, file.worker),
    )  # fmt: skip


def _contacts(files: list[File], until: dt.datetime) -> None:
    rows = []
    for file in files:
        visits = [visit for visit in file.life.visits if file.has(visit.at, until)]
        for visit, following in itertools.zip_longest(visits, visits[1:]):
            written = visit.at + dt.timedelta(minutes=visit.minutes + 30)
            rows.append(
                Contact(
                    organization_id=file.house, case=file.case, client=file.client,
                    episode=file.rows["episode"], occurred_on=visit.at.date(), starts_at=visit.at,
                    ends_at=visit.at + dt.timedelta(minutes=visit.minutes), minutes=visit.minutes,
                    mode=visit.mode, target=visit.target, phase=file.life.stage_on(visit.at),
                    facts=visit.facts, analysis=visit.analysis or None,
                    techniques=list(texts.TECHNIQUES[visit.minutes % 4 : visit.minutes % 4 + 2]),
                    next_on=following.at.date() if following else None,
                    locked_at=written + HOUR * 24, **born(written, file.worker),
                )
            )  # fmt: skip
    put(rows)


def _closings(files: list[File]) -> None:
    put(
        [
            form(file, FormKind.F7, file.life.proposed, {
                "summary": file.told(texts.SUMMARIES[file.life.serial % 3]), "satisfaction": file.case.satisfaction,
                "satisfaction_refused": file.case.satisfaction_refused, "client_informed": True,
                "goal_rate": None if file.case.goal_rate is None else str(file.case.goal_rate),
                "gas_t": None if file.case.gas_t is None else str(file.case.gas_t),
                "signed_by": str(file.worker.uid), "signed_at": file.life.proposed.isoformat(),
            })
            for file in files
            if file.stage in (CaseStage.CLOSURE, CaseStage.CLOSED)
        ]
    )  # fmt: skip
