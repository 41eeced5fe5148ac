"""The first half of a story: referred, registered, opened, assessed, planned, each by its own service."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cases.models.casework import Case
from cases.models.codes import ConsentKind
from cases.models.consents import Consent
from cases.models.people import Client
from cases.services import (
    alerts,
    assessment,
    case_forms,
    clients,
    closing,
    consents,
    intake,
    plan_signing,
    planning,
    referrals,
)
from departments.models.organizations import Region
from departments.services.entering import member_scope
from msw_portal.demo import papers, texts
from msw_portal.demo.clock import Clock
from msw_portal.demo.houses import Hospital, quick_answers, review_day, signer_of
from msw_portal.demo.lives import REVIEWED_AFTER, Life
from msw_portal.demo.scenarios import Scenario

HOUR = dt.timedelta(hours=1)
Event = tuple[dt.datetime, Callable[[], None]]


def acting(person: Any):
    """A transaction as this member."""
    return member_scope(person, person.membership.uid)


@dataclass
class Teller:
    """Whose case it is, who works on it, and what is known of it so far."""

    clock: Clock
    hospital: Hospital
    life: Life
    scenario: Scenario
    case: Case | None = None
    client: Client | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.worker = self.hospital.worker_of(self.life)
        self.supervisor = self.hospital.supervisor_of(self.life)

    def told(self, text: str) -> str:
        return self.life.told(text)

    def consent(self, kind: str, **more: Any) -> Consent:
        """What the patient, or the guardian of a child, signed just now; inside the worker's scope."""
        template = self.hospital.templates[kind]
        signer, relation = signer_of(self.life)
        return consents.consent_give(
            client=self.client,
            case=self.case,
            kind=kind,
            template=template,
            **{"purpose": template.title, **more},
            signer=signer,
            signer_relation=relation,
            guardian_proof="" if relation == "self" else "household_register",
            method="paper_scan",
            scan=papers.upload(papers.SIGNED),
            signed_at=timezone.now(),
            by=self.worker,
        )


class Beginning(Teller):
    """From the door to the plan."""

    def refer(self) -> None:
        life = self.life
        with acting(self.worker):
            self.facts["referral"] = referrals.referral_receive(
                **life.sender,
                from_department=self.hospital.wards[life.ward],
                reason=self.told(life.referral_reason),
                needs=[aim.need for aim in life.aims],
                urgency=life.priority,
                client_aware=True,
                by=self.worker,
            )
            self.clock.pass_minutes(12)
            referrals.referral_claim(referral=self.facts["referral"], by=self.worker)

    def open(self) -> None:
        life = self.life
        with acting(self.worker):
            self._register()
            self.clock.pass_minutes(6)
            episode = intake.episode_record(
                client=self.client,
                visit_type="inpatient",
                mrn=f"{life.admitted_on:%y}{800000 + life.serial}",
                ward=self.hospital.wards[life.ward],
                bed=life.bed,
                doctor=life.doctor,
                diagnosis=life.disease.diagnosis,
                disease_group=life.disease.group,
                treatment_stage=life.treatment_stage,
                insurance=life.person.insurance,
                admitted_on=life.admitted_on,
                by=self.worker,
            )
            self.clock.pass_minutes(4)
            self.case = intake.case_open(
                client=self.client,
                department=self.hospital.msw,
                source=life.source,
                presenting_problem=life.problem,
                referral=self.facts.get("referral"),
                episode=episode,
                risk_level=life.risk,
                priority=life.priority,
                by=self.worker,
            )

    def _register(self) -> None:
        """Looked for, not found, registered: the database asks for a search of this half hour."""
        person = self.life.person
        with self.clock.aside():
            made = clients.client_search(name=person.name, id_no=person.id_no, by=self.worker)
            self.client = clients.client_register(
                name=person.name,
                sex=person.sex,
                birth_date=person.born,
                id_no=person.id_no,
                phone=person.phone,
                address=person.address,
                region=Region.objects.get(pk=person.region),
                household={
                    "welfare_status": person.welfare,
                    "insurance": person.insurance,
                    "members_count": person.household_size,
                },
                searched=made.uid,
                by=self.worker,
            )
        Client.objects.filter(pk=self.client.pk).update(created_at=timezone.now())
        for place, relative in enumerate(person.relatives):
            clients.related_person_add(
                client=self.client,
                name=relative.name,
                relation=relative.relation,
                phone=relative.phone,
                is_guardian=person.is_guarded_by(relative, timezone.localdate()),
                is_primary_contact=place == 0,
                is_primary_caregiver=place == 0,
                is_cohabiting=True,
                by=self.worker,
            )

    def decline(self) -> None:
        with acting(self.hospital.head):
            intake.case_decline(
                case=self.case, reason="咨询性质，已当场答复，不需要开案。", by=self.hospital.head
            )

    def assign(self) -> None:
        # The head assigns some, the workers claim the others.
        by = self.hospital.head if self.life.serial % 4 == 0 else self.worker
        with acting(by):
            self.case = intake.case_assign(
                case=self.case, worker=self.worker, supervisor=self.supervisor, by=by
            )

    def end_early(self) -> None:
        stage = self.scenario.stage
        if stage == "voided":
            with acting(self.hospital.head):
                closing.case_void(
                    case=self.case, reason="重复登记，保留另一个案。", by=self.hospital.head
                )
            return
        with acting(self.worker):
            service, reason = {
                "declined": (intake.case_decline, "患者表示暂不需要服务，已留联系方式。"),
                "referred_out": (intake.case_refer_out, "患者转回当地治疗，转介当地社工机构跟进。"),
            }[stage]
            service(case=self.case, reason=reason, by=self.worker)

    def accept(self) -> None:
        with acting(self.worker):
            kinds = [ConsentKind.SERVICE, ConsentKind.SENSITIVE_PI]
            if self.life.is_child:
                kinds.append(ConsentKind.MINOR_GUARDIAN)
            for kind in kinds:
                self.consent(kind)
            self.clock.pass_minutes(10)
            self.case = intake.case_accept(
                case=self.case,
                decision=self.life.decision,
                urgency=self.life.priority,
                within_scope=True,
                privacy_notice_given=True,
                previous_help=self.told("曾向亲友和单位求助。"),
                client_expectation=self.told("希望减轻费用压力，继续治疗。"),
                risk_flags=[],
                decision_reason="符合服务范围",
                by=self.worker,
            )

    # ── assessment and plan ──────────────────────────────────────────────────

    def assess(self) -> None:
        with acting(self.worker):
            self._screen()
            self.facts["needs"] = [
                assessment.need_add(
                    case=self.case,
                    category=aim.need,
                    statement=self.told(aim.statement),
                    voice=aim.voice,
                    severity=aim.severity,
                    by=self.worker,
                )
                for aim in self.life.aims
            ]
            self.clock.pass_minutes(8)
            summary = self.told(texts.ASSESSED)
            case_forms.form_finish(
                case=self.case, kind="F3", summary=summary, harm="none", by=self.worker
            )
            self.case = assessment.case_assess(case=self.case, by=self.worker)

    def screen(self) -> None:
        with acting(self.worker):
            self._screen()

    def _screen(self) -> None:
        given: list[tuple[str, dict[str, Any]]] = [("quick_screen", quick_answers(self.life))]
        if self.life.phq9:
            answers = {str(n): value for n, value in enumerate(self.life.phq9, start=1)}
            given += [
                ("phq9", answers),
                ("gad7", {str(n): value for n, value in enumerate(self.life.phq9[:7], start=1)}),
            ]
        for code, answers in given:
            assessment.assessment_record(
                case=self.case,
                questionnaire=self.hospital.questionnaires[code],
                answers=answers,
                interpretation=self.told(texts.INTERPRETATIONS[self.life.serial % 3]),
                is_final=True,
                by=self.worker,
            )
            self.clock.pass_minutes(7)

    def take_alert(self) -> None:
        with acting(self.supervisor):
            alert = self.case.riskalerts.order_by("id").first()
            self.facts["alert"] = alerts.alert_take(alert=alert, by=self.supervisor)

    def resolve_alert(self) -> None:
        report = self.told(texts.MATTERS["crisis"].facts[0])
        with acting(self.supervisor):
            alerts.alert_resolve(
                alert=self.facts["alert"],
                report=report,
                outcome="已解除",
                event_type="self_harm",
                happened_on=timezone.localdate(self.facts["alert"].raised_at),
                notified=["doctor", "supervisor"],
                by=self.supervisor,
            )

    def plan(self) -> None:
        life = self.life
        goals = [
            {
                "statement": self.told(texts.MATTERS[aim.need].goal),
                "indicator": texts.MATTERS[aim.need].indicator,
                "baseline": texts.MATTERS[aim.need].baseline,
                "target": texts.MATTERS[aim.need].target,
                "due_on": life.evaluated.date(),
                "needs": [need],
            }
            for aim, need in zip(life.aims, self.facts["needs"], strict=True)
        ]
        with acting(self.worker):
            plan = planning.plan_write(
                case=self.case,
                aim=self.told(texts.AIMS[life.serial % 3]),
                goals=goals,
                review_due_on=review_day(life),
                theory=["psychosocial", "task_centred"],
                tasks=[dict(row) for row in texts.TASKS],
                details={"sessions": 8, "resources": texts.RESOURCES},
                by=self.worker,
            )
            self.clock.pass_minutes(15)
            signer, relation = signer_of(life)
            plan_signing.plan_sign(
                plan=plan,
                signer=signer,
                signer_relation=relation,
                drawing=texts.DRAWN,
                by=self.worker,
            )
            self.facts["plan"] = planning.plan_submit(plan=plan, by=self.worker)

    def approve(self) -> None:
        comment = texts.COMMENTS[self.life.serial % 3]
        with acting(self.supervisor):
            planning.plan_approve(plan=self.facts["plan"], comment=comment, by=self.supervisor)

    def return_plan(self) -> None:
        with acting(self.supervisor):
            planning.plan_return(
                plan=self.facts["plan"],
                reason="请把目标写得可以衡量，并说明由谁负责。",
                by=self.supervisor,
            )

    def start(self) -> None:
        with acting(self.worker):
            self.case = planning.case_start(case=self.case, by=self.worker)

    def review(self) -> None:
        today = timezone.localdate()
        with acting(self.worker):
            # What rests is not reviewed.
            if Case.objects.get(pk=self.case.pk).suspended_at is None:
                plan_signing.plan_review(
                    plan=self.facts["plan"],
                    result=self.told(texts.REVIEWS[today.toordinal() % len(texts.REVIEWS)]),
                    next_on=today + REVIEWED_AFTER,
                    by=self.worker,
                )
