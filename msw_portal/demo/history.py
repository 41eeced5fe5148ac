"""The year in bulk: the rows that the services would have written for a batch of lives.

As the owner inside the house's scope, with every trigger on, so that roll-ups, compartments and the
audit chain are made by the database as always.
"""

import datetime as dt
from collections.abc import Sequence

from cases.models.casework import Case, Referral
from cases.models.codes import ConsentKind, FormKind
from cases.models.consents import Consent
from cases.models.people import Client, Episode, RelatedPerson
from cases.services.closing import goal_rate_of
from cases.services.number_patterns import PATTERNS
from cases.services.people import grams_of_client
from cases.workflow import CaseStage, ReferralState
from departments.models.queues import SearchPosting
from departments.services.numbering import take_number
from departments.services.searching import KINDS
from msw_portal.demo import course, trail
from msw_portal.demo.files import HOUR, File, born, consent, form, put
from msw_portal.demo.houses import Hospital
from msw_portal.demo.lives import Life
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.questionnaire.goals import gas_t


def write(lives: Sequence[Life], hospital: Hospital, until: dt.datetime) -> list[File]:
    """Write what has happened in these lives by `until`, inside an open scope of the hospital."""
    ordered = sorted(lives, key=lambda life: life.assigned)
    files = [File(life, life.stage_on(until), hospital) for life in ordered]
    _persons(files)
    _referrals(files, until)
    _cases(files)
    _agreements(files)
    course.write(files, until)
    trail.write(files, until)
    return files


def _persons(files: list[File]) -> None:
    for file in files:
        person, house = file.life.person, file.house
        file.client = Client(
            organization_id=house,
            name=person.name,
            name_masked=mask_name(person.name),
            sex=person.sex,
            birth_date=person.born,
            birth_year=person.born.year,
            id_type="id",
            id_no=person.id_no,
            phone=person.phone,
            address=person.address,
            region_id=person.region,
            household={
                "welfare_status": person.welfare,
                "insurance": person.insurance,
                "members_count": person.household_size,
            },
            **born(file.life.opened - HOUR / 4, file.worker),
        )
    put([file.client for file in files])
    put(
        [
            RelatedPerson(
                organization_id=file.house,
                client=file.client,
                relation=relative.relation,
                name=relative.name,
                phone=relative.phone,
                is_guardian=file.life.person.is_guarded_by(relative, file.life.opened.date()),
                is_primary_contact=place == 0,
                is_primary_caregiver=place == 0,
                is_cohabiting=True,
                **born(file.life.opened, file.worker),
            )
            for file in files
            for place, relative in enumerate(file.life.person.relatives)
        ]
    )
    for file in files:
        file.rows["episode"] = _episode(file)
    put([file.rows["episode"] for file in files])
    put([posting for file in files for posting in _postings(file)])


def _episode(file: File) -> Episode:
    life, house = file.life, file.house
    mrn = f"{life.admitted_on:%y}{900000 + life.serial}"
    left = life.admitted_on + dt.timedelta(days=life.stay_days)
    return Episode(
        organization_id=house,
        client=file.client,
        visit_type="inpatient",
        mrn=mrn,
        ward=file.hospital.wards[life.ward],
        bed=life.bed,
        doctor=life.doctor,
        diagnosis=life.disease.diagnosis,
        disease_group=life.disease.group,
        treatment_stage=life.treatment_stage,
        insurance=life.person.insurance,
        admitted_on=life.admitted_on,
        discharged_on=left if file.ended and left <= file.ended.date() else None,
        **born(life.opened, file.worker),
    )


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
            organization_id=file.house,
            direction="in",
            client=file.client,
            **life.sender,
            from_department=file.hospital.wards[life.ward],
            reason=file.told(life.referral_reason),
            needs=[aim.need for aim in life.aims],
            urgency=life.priority,
            client_aware=life.serial % 3 > 0,
            state=ReferralState.COMPLETED if is_over else ReferralState.ACCEPTED,
            received_at=received,
            due_at=received + HOUR * (2 if life.priority == "urgent" else 24),
            claimed_by=file.worker,
            claimed_at=received + HOUR / 2,
            outcome=file.stage if is_over else "",
            **born(received, file.worker),
        )
    put([file.rows["referral"] for file in files if "referral" in file.rows])


def _cases(files: list[File]) -> None:
    for file in files:
        life, is_assigned = file.life, file.is_assigned
        is_closed = file.stage == CaseStage.CLOSED
        is_rated = file.stage in (CaseStage.CLOSURE, CaseStage.CLOSED)
        has_plan = is_rated and life.decision == "open"
        ratings = [aim.gas for aim in life.aims]
        file.case = Case(
            organization_id=file.house,
            client=file.client,
            department=file.hospital.msw,
            episode=file.rows["episode"],
            referral=file.rows.get("referral"),
            source=life.source,
            service_kind="short" if life.decision == "short" and file.is_accepted else "full",
            stage=file.stage,
            risk_level=life.risk,
            priority=life.priority,
            worker=file.worker if is_assigned else None,
            supervisor=file.supervisor if is_assigned else None,
            opened_at=life.opened,
            assigned_at=life.assigned if is_assigned else None,
            closed_at=file.ended,
            close_reason=life.close_reason if is_closed else "",
            presenting_problem=life.problem,
            number=_number(file) if is_assigned else "",
            goal_rate=goal_rate_of(ratings) if has_plan else None,
            gas_t=gas_t(ratings) if has_plan else None,
            satisfaction=life.satisfaction if is_rated else None,
            satisfaction_refused=is_rated and life.satisfaction is None,
            **born(life.opened, file.worker),
        )
    put([file.case for file in files])


def _number(file: File) -> str:
    """The next number of the year, taken as the services take it."""
    house, on = file.hospital.organization, file.life.assigned.date()
    return take_number("case", organization=house, pattern=PATTERNS["case"], on=on)


def _agreements(files: list[File]) -> None:
    accepted = [file for file in files if file.is_accepted]
    put([consent for file in accepted for consent in _consents(file)])
    put(
        [
            form(
                file,
                FormKind.F1,
                file.life.accepted,
                {
                    "decision": file.life.decision,
                    "method": "casework",
                    "need_categories": sorted({aim.need for aim in file.life.aims}),
                    "urgency": file.life.priority,
                    "within_scope": True,
                    "privacy_notice_given": True,
                    "previous_help": file.told("曾向亲友求助。"),
                    "client_expectation": file.told("希望减轻压力，继续治疗。"),
                    "risk_flags": [],
                    "decision_reason": "",
                },
            )
            for file in accepted
        ]
    )


def _consents(file: File) -> list[Consent]:
    kinds = [ConsentKind.SERVICE, *([ConsentKind.MINOR_GUARDIAN] if file.life.is_child else [])]
    return [consent(file, kind, file.life.accepted - HOUR) for kind in kinds]
