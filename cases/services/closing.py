"""The end of the line and its side roads: evaluate, close, suspend, step back, void, reopen."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import CloseReason, FormKind, NeedMet
from cases.models.work import Goal, Need, Plan
from cases.permissions import (
    can_close_case,
    can_evaluate_case,
    can_propose_closing_case,
    can_reopen_case,
    can_resume_case,
    can_return_case,
    can_step_back_case,
    can_suspend_case,
    can_void_case,
)
from cases.services.archiving import number_archive
from cases.services.case_forms import form_keep
from cases.services.clocks import (
    FOLLOW_UP_MONTHS,
    calls_cancel,
    case_task,
    case_tasks,
    case_tell,
    clocks_rest,
    clocks_run,
    close_all,
    end_of_day,
    months_after,
)
from cases.services.guards import check, current_plan
from cases.services.intake import holds_role
from cases.services.number_patterns import patterns_of
from cases.services.referrals import finish_referral
from cases.signals import case_closed
from cases.workflow import CASE, CaseStage
from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.numbers import NumberVoid
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.questionnaire.goals import gas_t

WHY_LENGTH = 40
ACHIEVEMENT = {-2: Decimal(0), -1: Decimal("0.5"), 0: Decimal(1), 1: Decimal(1), 2: Decimal(1)}


def goal_rate_of(ratings: Sequence[int]) -> Decimal:
    """The share of goals reached: met 1, below expectation 0.5, far below 0; three decimals."""
    rate = sum((ACHIEVEMENT[rating] for rating in ratings), Decimal(0)) / len(ratings)
    return rate.quantize(Decimal("0.001"), ROUND_HALF_UP)


@command
def case_evaluate(*, case: Case, by: User) -> Case:
    """Begin to evaluate with the client.

    Raises:
        DomainError: `case.evaluate_needs_contact`, `case.crisis_alert_open`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_evaluate_case, by, case)
    CASE.check(case, "evaluate")
    check("evaluate", case)
    move(case, CASE, "evaluate", by=by)
    tasks_close(kind="plan_review", subject=case)
    audit.record("case.evaluate", by=by, on=case, stage=[CaseStage.INTERVENTION, case.stage])
    return case


def _rate(case: Case, plan: Plan | None) -> None:
    goals = list(Goal.objects.filter(plan=plan)) if plan else []
    ratings = [goal.gas for goal in goals]
    case.goal_rate = goal_rate_of(ratings) if goals else None
    case.gas_t = gas_t(ratings, [goal.weight for goal in goals]) if goals else None


def _settle_needs(case: Case, results: Mapping[Any, tuple[str, str]]) -> None:
    """Before the report freezes its facts: what became of each need that was answered."""
    for need in Need.objects.locked().filter(case=case):
        met, why = results.get(need.uid) or (need.met, need.unmet_reason)
        if met and met not in NeedMet.values:
            raise DomainError("need.met_unknown", _("请从列表中选择。"), f"need-{need.uid}-met")
        if met in (NeedMet.PARTLY, NeedMet.NO) and not why.strip():
            raise DomainError(
                "need.needs_reason", _("没有完全满足的，请写明原因。"), f"need-{need.uid}-why"
            )
        need.met, need.unmet_reason = met, "" if met == NeedMet.YES else why.strip()[:WHY_LENGTH]
        need.save(update_fields=["met", "unmet_reason"])


@command
def case_propose_closing(
    *,
    case: Case,
    summary: str,
    satisfaction: int | None = None,
    satisfaction_refused: bool = False,
    client_informed: bool,
    need_results: Mapping[Any, tuple[str, str]] | None = None,
    by: User,
    **report: Any,
) -> Case:
    """Sign the closing report F7 and ask the supervisor; goal rate and T score are computed here.

    `satisfaction` is 1 to 5, or refused; `need_results` says by the need's uid whether it was met and,
    when it was not wholly, why; `report` holds the other items of the form.

    Raises:
        DomainError: `case.closing_needs_goals`, `case.alert_open`, `case.needs_satisfaction`,
            `need.met_unknown` and `need.needs_reason` on `need-<uid>-met` and `need-<uid>-why`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_propose_closing_case, by, case)
    CASE.check(case, "propose_closing")
    check("propose_closing", case)
    if not summary.strip():
        raise DomainError("case.needs_summary", _("请写结案小结。"), "summary")
    if (satisfaction is None) == (not satisfaction_refused):
        raise DomainError(
            "case.needs_satisfaction", _("请选满意度，或勾选“对方不愿评价”。"), "satisfaction"
        )
    if satisfaction is not None and satisfaction not in range(1, 6):
        raise DomainError("case_satisfaction_in_range", _("满意度为 1 到 5 分。"), "satisfaction")
    _settle_needs(case, need_results or {})
    _rate(case, current_plan(case))
    case.satisfaction, case.satisfaction_refused = satisfaction, satisfaction_refused
    form_keep(
        case=case,
        kind=FormKind.F7,
        by=by,
        payload={
            **report,
            "summary": summary.strip(),
            "satisfaction": satisfaction,
            "satisfaction_refused": satisfaction_refused,
            "client_informed": client_informed,
            "goal_rate": case.goal_rate,
            "gas_t": case.gas_t,
            "signed_by": by.uid,
            "signed_at": timezone.now(),
        },
    )
    move(
        case,
        CASE,
        "propose_closing",
        by=by,
        also=("goal_rate", "gas_t", "satisfaction", "satisfaction_refused"),
    )
    case_task(
        case,
        "closing_approval",
        due_at=end_of_day(timezone.localdate()),
        assignee=case.supervisor_id,
        role="" if case.supervisor_id else "dept_head",
        key=f"closing_approval:{case.uid}:{case.row_version}",
        by=by,
    )
    audit.record(
        "case.propose_closing",
        by=by,
        on=case,
        goal_rate=case.goal_rate,
        gas_t=case.gas_t,
        satisfaction=satisfaction,
        refused=satisfaction_refused,
        client_informed=client_informed,
    )
    return case


def _revoke_links(case: Case) -> int:
    return AccessLink.objects.filter(
        organization_id=case.organization_id,
        subject_kind=case._meta.model_name,
        subject_id=case.pk,
        revoked_at=None,
    ).update(revoked_at=timezone.now())


@command
def case_close(*, case: Case, reason: str, by: User) -> Case:
    """Sign the closing off: supervisor or head, never the worker; follow-ups fall due after 1, 3, 6 months.

    Raises:
        DomainError: `case_closed_has_reason`, `case.client_not_informed`, `case.alert_open`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_close_case, by, case)
    CASE.check(case, "close")
    if reason not in CloseReason.values:
        raise DomainError("case_closed_has_reason", _("请从列表中选择结案原因。"), "reason")
    check("close", case, reason=reason)
    before = case.stage
    case.close_reason, case.closed_at = reason, timezone.now()
    number_archive(case)
    move(case, CASE, "close", by=by, also=("close_reason", "closed_at", "archive_number"))
    close_all(case)
    links = _revoke_links(case)
    if reason == CloseReason.DECEASED:
        calls_cancel(case.client)
    elif case.client.person.deceased_on is None:
        dues = {
            f"follow_up:{case.uid}:{months}": end_of_day(months_after(timezone.localdate(), months))
            for months in FOLLOW_UP_MONTHS
        }
        case_tasks(case, "follow_up", dues=dues, by=by)
    case_tell(case, "closing.approved", users=[case.worker_id], by=by)
    finish_referral(case, outcome=case.stage, by=by)
    audit.record(
        "case.close", by=by, on=case, stage=[before, case.stage], reason=reason, links=links
    )
    case_closed.send(sender=Case, case=case, by=by)
    return case


@command
def case_return(*, case: Case, reason: str, by: User) -> Case:
    """Send the closing back to the worker.

    Raises:
        DomainError: `case.return.needs_reason`, `case.return.wrong_state`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_return_case, by, case)
    check("return", case)
    move(case, CASE, "return", by=by, reason=reason)
    tasks_close(kind="closing_approval", subject=case)
    once = f"{case.uid}:{case.row_version}"
    case_tell(case, "closing.returned", users=[case.worker_id], once=once, by=by)
    audit.record("case.return", by=by, on=case, stage=[CaseStage.CLOSURE, case.stage])
    return case


@command
def case_step_back(*, case: Case, reason: str, by: User) -> Case:
    """One stage back, for something that was missed.

    Raises:
        DomainError: `case.step_back.wrong_state` when the stage has none before it.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_step_back_case, by, case)
    check("step_back", case)
    before = case.stage
    step = f"step_back_{before}"
    if not any(arrow.name == step for arrow in CASE.steps):
        raise DomainError("case.step_back.wrong_state", _("这个阶段不能退回上一阶段。"), status=409)
    move(case, CASE, step, by=by, reason=reason)
    audit.record("case.step_back", by=by, on=case, stage=[before, case.stage])
    return case


@command
def case_suspend(*, case: Case, reason: str, by: User) -> Case:
    """Let the case rest; its clocks stop until it is resumed.

    Raises:
        DomainError: `case.suspended` when it rests already, `case.suspend.needs_reason`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_suspend_case, by, case)
    check("suspend", case)
    case.suspended_at = timezone.now()
    move(case, CASE, "suspend", by=by, reason=reason, also=("suspended_at",))
    clocks_rest(case)
    audit.record("case.suspend", by=by, on=case, stage=case.stage)
    return case


@command
def case_resume(*, case: Case, reason: str, by: User) -> Case:
    """Go on; what was due is due as much later as the case rested.

    Raises:
        DomainError: `case.not_suspended`, `case.resume.needs_reason`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_resume_case, by, case)
    if case.suspended_at is None:
        raise DomainError("case.not_suspended", _("个案没有暂停。"), status=409)
    now = timezone.now()
    rested, case.suspended_at = now - case.suspended_at, None
    move(case, CASE, "resume", by=by, reason=reason, also=("suspended_at",))
    clocks_run(case, now)
    audit.record(
        "case.resume", by=by, on=case, stage=case.stage, rested_seconds=int(rested.total_seconds())
    )
    return case


@command
def case_void(*, case: Case, reason: str, by: User) -> Case:
    """Take back a case that should not exist; its number is written down as void.

    Raises:
        DomainError: `case.void_after_contact`, `case.void_while_disclosed`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_void_case, by, case)
    CASE.check(case, "void", reason)
    check("void", case)
    before, case.closed_at = case.stage, timezone.now()
    move(case, CASE, "void", by=by, reason=reason, also=("closed_at",))
    if case.number:
        # The words of the reason stay sealed in the transition; the register of numbers is plain.
        NumberVoid.objects.create(
            organization_id=case.organization_id,
            kind="case",
            number=case.number,
            reason="case.void",
            created_by=by,
        )
    close_all(case)
    finish_referral(case, outcome=case.stage, by=by)
    audit.record("case.void", by=by, on=case, stage=[before, case.stage], number=case.number)
    return case


@command
def case_reopen(*, case: Case, reason: str, by: User) -> Case:
    """A new case in intake for the same person, with a number of its own; the closed one stays closed.

    Raises:
        DomainError: `case.reopen.needs_reason`, `case_one_open_per_client`, `case.reopen_needs_worker`
            when the worker of then is no worker here any more.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_reopen_case, by, case)
    CASE.check(case, "reopen", reason)
    if case.compartment_id is not None:
        raise DomainError("case.reopen_restricted", _("5 级保密个案请重新开案并指名。"), status=409)
    here = {"organization_id": case.organization_id, "department_id": case.department_id}
    worker = next((one for one in (case.worker, by) if holds_role(one, "worker", **here)), None)
    if worker is None:
        raise DomainError(
            "case.reopen_needs_worker",
            _("原主责社工已不在本部门，请从服务对象页另开一个案，再分派给在岗的社工。"),
            "reason",
        )
    now = timezone.now()
    again = Case(
        organization_id=case.organization_id,
        client_id=case.client.root_id,
        department=case.department,
        episode=case.episode,
        previous=case,
        method=case.method,
        service_kind=case.service_kind,
        source=case.source,
        stage=CaseStage.INTAKE,
        risk_level=case.risk_level,
        priority=case.priority,
        worker=worker,
        supervisor=case.supervisor,
        opened_at=now,
        assigned_at=now,
        presenting_problem=case.presenting_problem,
        created_by=by,
        number=take_number(
            "case",
            organization=case.organization,
            on=timezone.localdate(now),
            pattern=patterns_of(case.organization_id)["case"],
        ),
    )
    again.save(force_insert=True)
    write_transition(again, CASE, "reopen", before="", by=by, reason=reason)
    case_task(
        again, "intake", due_at=end_of_day(timezone.localdate(now)), assignee=again.worker, by=by
    )
    audit.record("case.reopen", by=by, on=again, previous=case.uid, number=again.number)
    return again
