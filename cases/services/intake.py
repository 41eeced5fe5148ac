"""From the door to the assessment: open, assign, decline, accept."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.models.codes import (
    CaseMethod,
    CaseSource,
    Decision,
    FormKind,
    Insurance,
    Priority,
    RiskLevel,
    Secrecy,
    TreatmentStage,
    VisitType,
)
from cases.models.people import Client, Episode
from cases.permissions import (
    can_accept_case,
    can_assign_case,
    can_decline_case,
    can_open_case,
    can_record_stay,
    can_refer_out_case,
)
from cases.services.case_forms import form_keep, service_kind_of
from cases.services.caseloads import over_limit
from cases.services.clocks import case_task, case_tell, close_all, hours, triage_due
from cases.services.guards import check
from cases.services.number_patterns import patterns_of
from cases.services.people import index_client, person_locked
from cases.services.referral_targets import receiver_taken
from cases.services.referrals import accept_for, finish_referral
from cases.services.reporting import report_by_diagnosis
from cases.services.secrecy import named_now, raise_locked
from cases.services.stays import case_note_level5_diagnosis, check_days, icd10_codes
from cases.workflow import CASE
from departments import audit
from departments.models.organizations import Department
from departments.models.people import Membership, User
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

MIN_DUPLICATE_REASON = 5


def _same_person(found: Client, *, of: Client) -> bool:
    return found.organization_id == of.organization_id and found.root_id == of.root_id


def _check_door(
    person: Client,
    department: Department,
    referral: Referral | None,
    episode: Episode | None,
    by: User,
) -> None:
    if department.organization_id != by.house_id or department.ended_on is not None:
        raise DomainError("case.department_elsewhere", _("请选择本机构在用的部门。"), "department")
    if episode is not None and not _same_person(episode.client, of=person):
        raise DomainError("case.episode_of_another", _("所选就诊不是这位服务对象的。"), "episode")
    if referral is not None and referral.client_id and not _same_person(referral.client, of=person):
        raise DomainError("case.referral_of_another", _("转介单写的是另一位服务对象。"), "referral")


def _duplicate(person: Client, department: Department, reason: str) -> str:
    """The reason to keep: empty when there is no other open case.

    Raises:
        DomainError: when there is one and no reason is given.
    """
    house = person.organization_id
    others = Case.objects.filter(organization_id=house, department=department).open()
    if not others.of_person(person).exists():
        return ""
    if len(reason := reason.strip()) < MIN_DUPLICATE_REASON:
        raise DomainError(
            "case_one_open_per_client",
            _("该服务对象在本部门已有未结束的个案；确需另开，请写明理由。"),
            "duplicate_reason",
        )
    return reason


def check_code(value: str, codes: type, field: str, rule: str = "case.code_unknown") -> None:
    """Refuse a value that is not on its list.

    Raises:
        DomainError: `rule` on `field`.
    """
    if value not in codes.values:
        raise DomainError(rule, _("请从列表中选择。"), field)


@command
def case_open(
    *,
    client: Client,
    department: Department,
    source: str,
    presenting_problem: str,
    referral: Referral | None = None,
    episode: Episode | None = None,
    risk_level: str = RiskLevel.LOW,
    priority: str = Priority.NORMAL,
    secrecy: int = Secrecy.CASE_FILE,
    duplicate_reason: str = "",
    named: Sequence[User] = (),
    by: User,
) -> Case:
    """Put a case at the door of `department`; a referral is accepted with it.

    At level 5 only `by` and the persons of `named` can open it.

    Raises:
        DomainError: `case.*`; `case_one_open_per_client` when the person has an open case here
            and no reason to open another is given.
    """
    require(can_open_case, by, client)
    person = person_locked(client)
    if referral is not None:
        referral = Referral.objects.locked().get(pk=referral.pk)
    _check_door(person, department, referral, episode, by)
    check_code(source, CaseSource, "source")
    check_code(risk_level, RiskLevel, "risk_level")
    check_code(priority, Priority, "priority")
    check_code(secrecy, Secrecy, "secrecy")
    if not presenting_problem.strip():
        raise DomainError("case.needs_problem", _("请写明求助问题。"), "presenting_problem")
    case = Case(
        organization_id=person.organization_id,
        client=person,
        department=department,
        source=source,
        presenting_problem=presenting_problem.strip(),
        referral=referral,
        episode=episode,
        risk_level=risk_level,
        priority=priority,
        created_by=by,
        duplicate_reason=_duplicate(person, department, duplicate_reason),
    )
    case.save(force_insert=True)
    if secrecy == Secrecy.RESTRICTED:
        raise_locked(case, named=[by, *named], reason=str(_("开案时定为 5 级保密")), by=by)
    write_transition(case, CASE, "open", before="", by=by)
    if referral is not None:
        accept_for(referral, person, by=by)
    due = triage_due(department, is_crisis=risk_level == RiskLevel.CRISIS, since=case.opened_at)
    case_task(case, "triage", due_at=due, role="worker", by=by)
    audit.record(
        "case.open",
        by=by,
        on=case,
        source=source,
        risk_level=risk_level,
        priority=priority,
        secrecy=secrecy,
        is_duplicate=bool(case.duplicate_reason),
        client=person.uid,
    )
    report_by_diagnosis(case, episode.diagnosis_said if episode else None, by=by)
    return case


@command
def episode_record(
    *,
    client: Client,
    visit_type: str,
    mrn: str = "",
    ward: Department | None = None,
    bed: str = "",
    doctor: str = "",
    diagnosis: str = "",
    diagnosis_codes: str = "",
    disease_group: str = "",
    treatment_stage: str = "",
    insurance: str = "",
    admitted_on: dt.date | None = None,
    discharged_on: dt.date | None = None,
    level5_case: Case | None = None,
    level5_diagnosis: str = "",
    origin: str = Episode.Origin.LOCAL,
    by: User,
) -> Episode:
    """Write down a visit or stay; the same number and day of admission is recorded once.

    `diagnosis_codes` are ICD-10 codes in one line. `level5_diagnosis` is kept on `level5_case`, an open
    case of the person, and not in the stay.

    Raises:
        DomainError: `episode.*`, `episode_stay_once`, `episode_dates_in_order`, `level5.*`.
    """
    require(can_record_stay, by, client)
    check_code(visit_type, VisitType, "visit_type", "episode.code_unknown")
    check_days(admitted_on, discharged_on)
    if treatment_stage:
        check_code(treatment_stage, TreatmentStage, "treatment_stage", "episode.code_unknown")
    if insurance:
        check_code(insurance, Insurance, "insurance", "episode.code_unknown")
    episode = Episode(
        organization_id=client.organization_id,
        client_id=client.root_id,
        visit_type=visit_type,
        mrn=mrn.strip() or None,
        ward=ward,
        bed=bed.strip(),
        doctor=doctor.strip(),
        diagnosis=diagnosis.strip() or None,
        diagnosis_codes=icd10_codes(diagnosis_codes) or None,
        disease_group=disease_group.strip(),
        treatment_stage=treatment_stage,
        insurance=insurance,
        admitted_on=admitted_on,
        discharged_on=discharged_on,
        origin=origin,
        created_by=by,
    )
    episode.save(force_insert=True)
    index_client(Client.objects.get(pk=client.root_id))
    audit.record(
        "episode.record",
        by=by,
        on=episode,
        client=client.uid,
        visit_type=visit_type,
        admitted_on=admitted_on,
        discharged_on=discharged_on,
    )
    for case in Case.objects.of_person(client).open().select_related("client", "episode__ward"):
        report_by_diagnosis(case, episode.diagnosis_said, by=by)
    if level5_case is not None and level5_diagnosis.strip():
        if level5_case.client.root_id != client.root_id:
            raise DomainError(
                "episode.case_of_another", _("个案不是这位服务对象的。"), "level5_case"
            )
        said = "；".join(filter(None, (level5_case.level5_diagnosis, level5_diagnosis.strip())))
        case_note_level5_diagnosis(case=level5_case, diagnosis=said, by=by)
    return episode


def holds_role(
    user: User, role: str, *, organization_id: int, department_id: int | None = None
) -> bool:
    """Whether the person has the role in the house (and department) today; a program is nobody."""
    house = Membership.objects.filter(organization_id=organization_id, user__is_service=False)
    rows = house.filter(user=user, role=role)
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    return rows.active(timezone.localdate()).exists()


def _check_worker(case: Case, worker: User, supervisor: User | None, by: User) -> None:
    if by.role == "worker" and worker.pk != by.pk:
        raise DomainError(
            "case.worker_claims_own", _("社工只能为自己认领个案。"), "worker", status=403
        )
    if not holds_role(
        worker, "worker", organization_id=case.organization_id, department_id=case.department_id
    ):
        raise DomainError("case.worker_not_here", _("所选人员现在不是本部门的社工。"), "worker")
    if case.compartment_id and not named_now(case, worker):
        raise DomainError(
            "case.worker_not_named", _("5 级保密个案只能分派给已指名的人员。"), "worker"
        )
    if supervisor is None:
        return
    if supervisor.pk == worker.pk:
        raise DomainError("case.supervisor_is_worker", _("督导不能是主责社工本人。"), "supervisor")
    if not holds_role(supervisor, "supervisor", organization_id=case.organization_id):
        raise DomainError(
            "case.supervisor_not_here", _("所选人员现在不是本机构的督导。"), "supervisor"
        )


@command
def case_assign(
    *,
    case: Case,
    worker: User,
    supervisor: User | None = None,
    over_reason: str = "",
    by: User,
) -> Case:
    """Give a case at the door to a worker, or claim it: it gets its number and leaves the door.

    A supervisor who assigns supervises, unless somebody else is named.

    Raises:
        DomainError: `case.worker_*`, `case.supervisor_*`, `case.assign.wrong_state`, `caseload.over_limit`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_assign_case, by, case)
    CASE.check(case, "assign")
    check("assign", case)
    if supervisor is None and by.role == "supervisor" and by.pk != worker.pk:
        supervisor = by
    _check_worker(case, worker, supervisor, by)
    over = over_limit(worker, case.department, reason=over_reason)
    case.worker, case.supervisor = worker, supervisor or case.supervisor
    case.assigned_at = timezone.now()
    case.number = take_number(
        "case",
        organization=case.organization,
        on=timezone.localdate(),
        pattern=patterns_of(case.organization_id)["case"],
    )
    move(case, CASE, "assign", by=by, also=("worker", "supervisor", "assigned_at", "number"))
    tasks_close(kind="triage", subject=case)
    due = case.assigned_at + hours(case.department, "intake_hours")
    case_task(case, "intake", due_at=due, assignee=worker, by=by)
    case_tell(case, "case.assigned", users=[worker.pk], by=by)
    audit.record(
        "case.assign",
        by=by,
        on=case,
        number=case.number,
        worker=worker.uid,
        supervisor=case.supervisor.uid if case.supervisor else None,
        **over,
    )
    return case


def _end_at_the_door(case: Case, step: str, *, reason: str, by: User) -> Case:
    before = case.stage
    case.closed_at = timezone.now()
    move(case, CASE, step, by=by, reason=reason, also=("closed_at",))
    close_all(case)
    finish_referral(case, outcome=case.stage, by=by)
    audit.record(f"case.{step}", by=by, on=case, stage=[before, case.stage])
    return case


@command
def case_decline(*, case: Case, reason: str, by: User) -> Case:
    """Do not take the case; it gets no number when it is declined at the door.

    Raises:
        DomainError: `case.decline.needs_reason`, `case.decline.wrong_state`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_decline_case, by, case)
    check("decline", case)
    return _end_at_the_door(case, "decline", reason=reason, by=by)


@command
def case_refer_out(*, case: Case, reason: str = "", by: User) -> Case:
    """Somebody else helps better: the case ends in intake.

    Without a reason an outgoing referral of the case must have been accepted; it is the reason then.

    Raises:
        DomainError: `case.refer_out_needs_reason`, `case.refer_out.wrong_state`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_refer_out_case, by, case)
    check("refer_out", case)
    if not reason.strip():
        reason = receiver_taken(case)
    return _end_at_the_door(case, "refer_out", reason=reason, by=by)


@command
def case_accept(*, case: Case, decision: str, urgency: str, by: User, **intake: Any) -> Case:
    """Finish intake: form F1 is kept as `intake` was filled in, and the assessment begins.

    Raises:
        DomainError: `case.accept_needs_consent` without a live service consent or another basis.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_accept_case, by, case)
    check_code(decision, Decision, "decision")
    check_code(urgency, Priority, "urgency")
    method = intake.get("method") or CaseMethod.CASEWORK
    check_code(method, CaseMethod, "method")
    CASE.check(case, "accept")
    check("accept", case)
    payload = {**intake, "decision": decision, "urgency": urgency, "method": method}
    form_keep(case=case, kind=FormKind.F1, payload=payload, by=by)
    case.service_kind = service_kind_of(decision)
    case.priority, case.method = urgency, method
    move(case, CASE, "accept", by=by, also=("service_kind", "priority", "method"))
    tasks_close(kind="intake", subject=case)
    due = timezone.now() + hours(case.department, "assessment_hours")
    case_task(case, "assessment", due_at=due, assignee=case.worker_id, by=by)
    audit.record("case.accept", by=by, on=case, decision=decision, urgency=urgency)
    return case
