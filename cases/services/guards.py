"""What is still missing before a case may take a step: asked by the services and shown by the page."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm
from cases.models.codes import (
    CaseMethod,
    CloseReason,
    ConsentKind,
    FormKind,
    RiskLevel,
    ServiceKind,
)
from cases.models.consents import Consent, Disclosure
from cases.models.reporting import MandatoryReport
from cases.models.service_codes import PlanItemKind
from cases.models.team import CaseTransfer
from cases.models.work import Assessment, Contact, Goal, Need, Plan, PlanItem
from cases.services.plan_texts import PlanPapers
from cases.services.reporting import asked_of_case
from cases.services.screening import is_risk_screen
from cases.workflow import PlanState, ReportState, TransferState
from departments.models.mechanisms import Task
from msw_portal.kernel.errors import DomainError

# The client cannot be told any more, so nobody is asked to have done it.
NOT_TOLD = frozenset({CloseReason.LOST_CONTACT, CloseReason.DECEASED})


@dataclass(frozen=True)
class Missing:
    """One thing that is not there yet; `rule` is what the service's DomainError says."""

    rule: str
    message: str | Promise
    field: str | None = None


PAPERS = "plan_papers"


def looked_at(steps: Iterable[str]) -> list[str]:
    """The parts of the evidence that the guards of these steps look at."""
    return sorted({name for step in steps if step in GUARDS for name in GUARDS[step].looks_at})


class Evidence:
    """What the guards of one case look at: querysets, each asked once, when a guard needs it.

    A service under its lock asks for what its step looks at; a page that offers several steps fetches
    `of(steps)` with its own lists in one statement (kernel/together.py).
    """

    def __init__(self, case: Case, at: dt.datetime | None = None):
        self.case = case
        self.at = at or timezone.now()

    def of(self, steps: Iterable[str]) -> list[QuerySet]:
        """What the guards of these steps will ask for."""
        names = looked_at(steps)
        found = [getattr(self, name) for name in names if name != PAPERS]
        return [*found, *self.plan_papers.querysets] if PAPERS in names else found

    def take(self, steps: Iterable[str], lists: Iterable[QuerySet]) -> None:
        """The lists of `of(steps)`, which somebody else has fetched."""
        names, left = looked_at(steps), iter(lists)
        for name in names:
            if name != PAPERS:
                setattr(self, name, next(left))
        if PAPERS in names:
            self.plan_papers = PlanPapers.fetched(*left)

    @cached_property
    def consents(self) -> QuerySet[Consent]:
        """The person's live consents to the service, for this case or for the person as a whole."""
        rows = Consent.objects.live().of_person(self.case.client)
        return _any(rows.filter(Q(case=None) | Q(case=self.case), kind=ConsentKind.SERVICE))

    @cached_property
    def needs(self) -> QuerySet[Need]:
        return _any(Need.objects.filter(case=self.case))

    @cached_property
    def finals(self) -> QuerySet[Assessment]:
        """Finished assessments, with what says whether they asked about danger."""
        rows = Assessment.objects.filter(case=self.case).final().select_related("questionnaire")
        return rows.only("score", "questionnaire__definition")

    @cached_property
    def assessment_forms(self) -> QuerySet[CaseForm]:
        return _any(final_forms(self.case, FormKind.F3))

    @cached_property
    def plans(self) -> QuerySet[Plan]:
        """The plan the case works by; without an approved one the version that is on its way."""
        # `approved` comes before `draft` and `submitted`, of which there is one at most.
        rows = Plan.objects.filter(case=self.case).exclude(state=PlanState.REPLACED)
        return rows.order_by("state", "-version")[:1]

    @cached_property
    def plan_papers(self) -> PlanPapers:
        """What stands under that plan."""
        return PlanPapers(self.case.organization_id, Subquery(self.plans.values("pk")))

    @cached_property
    def overdue_reviews(self) -> QuerySet[Task]:
        """Plan reviews are on schedule (domain §1.2): an open one past its day is missing."""
        rows = Task.objects.filter(
            organization_id=self.case.organization_id,
            kind="plan_review",
            subject_kind=self.case._meta.model_name,
            subject_id=self.case.pk,
            state=Task.State.OPEN,
            due_at__lt=self.at,
        )
        return _any(rows)

    @cached_property
    def unrated_goals(self) -> QuerySet[Goal]:
        return _any(
            Goal.objects.filter(case=self.case, plan__state=PlanState.APPROVED, gas__isnull=True)
        )

    @cached_property
    def packages(self) -> QuerySet[PlanItem]:
        """The service packages of the approved plan, which case management cannot do without (domain §1.6)."""
        approved = PlanItem.objects.filter(case=self.case, plan__state=PlanState.APPROVED)
        return _any(approved.filter(kind=PlanItemKind.PACKAGE))

    @cached_property
    def contacts(self) -> QuerySet[Contact]:
        return _any(Contact.objects.filter(case=self.case).own_entries())

    @cached_property
    def open_alerts(self) -> QuerySet[RiskAlert]:
        return RiskAlert.objects.filter(case=self.case).open().only("severity")

    @cached_property
    def transfers(self) -> QuerySet[CaseTransfer]:
        return _any(CaseTransfer.objects.filter(case=self.case, state=TransferState.REQUESTED))

    @cached_property
    def closing_forms(self) -> QuerySet[CaseForm]:
        return final_forms(self.case, FormKind.F7)[:1]

    @cached_property
    def disclosures(self) -> QuerySet[Disclosure]:
        return _any(Disclosure.objects.filter(consent__case=self.case).live())

    @cached_property
    def reports(self) -> QuerySet[MandatoryReport]:
        """Unfinished mandatory reports the asker is named for."""
        return _any(MandatoryReport.objects.filter(case=self.case).unfinished())

    @cached_property
    def hidden_reports(self) -> QuerySet[Case]:
        """The case itself while any report of it is unfinished, whoever is named."""
        return _any(asked_of_case("report_is_open", self.case))


def _any(rows: QuerySet) -> QuerySet:
    """Whether there are any is all that is asked: one row, without its columns."""
    return rows.only("pk")[:1]


def current_plan(case: Case) -> Plan | None:
    """The approved plan the case works by."""
    return Plan.objects.filter(case=case, state=PlanState.APPROVED).first()


def final_forms(case: Case, kind: str) -> QuerySet[CaseForm]:
    """The final forms of a kind, the newest first."""
    return CaseForm.objects.filter(case=case, kind=kind, state="final").order_by("-version")


def final_form(case: Case, kind: str) -> CaseForm | None:
    """The newest final form of a kind."""
    return final_forms(case, kind).first()


def _report_open(seen: Evidence) -> list[Missing]:
    """Who is named for an unfinished report hears of it; anybody else hears only that it cannot be now."""
    if seen.reports:
        return [Missing("case.report_open", _("强制报告还没有办结。"))]
    if seen.hidden_reports:
        return [Missing("case.not_now", _("这个个案现在还不能结束，请与部门主任核对。"))]
    return []


def check_reported(alert: RiskAlert) -> None:
    """Harm is reported before its alert is resolved; the same two sentences as for closing.

    Raises:
        DomainError: `risk_alert_minor_harm_is_reported`, `risk_alert.not_now`.
    """
    waits = MandatoryReport.objects.filter(case=alert.case, state=ReportState.OPENED).exists()
    if not waits and asked_of_case("report_is_waiting", alert.case).exists():
        raise DomainError(
            "risk_alert.not_now", _("这个预警现在还不能解除，请与部门主任核对。"), status=409
        )
    if waits:
        raise DomainError(
            "risk_alert_minor_harm_is_reported",
            _("须先完成强制报告（未成年人保护法第十一条、反家庭暴力法第十四条）。"),
            status=409,
        )


def _accept(seen: Evidence) -> list[Missing]:
    if seen.consents:
        return []
    return [Missing("case.accept_needs_consent", _("还没有有效的服务同意书（或其他处理依据）。"))]


def _assess(seen: Evidence) -> list[Missing]:
    missing = []
    if not seen.needs:
        missing.append(Missing("case.assess_needs_need", _("还没有登记需求，至少一项。")))
    if not any(is_risk_screen(row) for row in seen.finals):
        missing.append(Missing("case.assess_needs_screen", _("还没有完成并定稿的风险筛查。")))
    if not seen.assessment_forms:
        missing.append(Missing("case.assess_needs_form", _("需求预估表 F3 还没有定稿。")))
    return missing


def _start(seen: Evidence) -> list[Missing]:
    if seen.case.service_kind == ServiceKind.SHORT:
        return []
    plan = next(iter(seen.plans), None)
    if plan is None:
        return [Missing("case.start_needs_plan", _("还没有写服务计划。"))]
    missing, papers = [], seen.plan_papers
    if plan.state == PlanState.SUBMITTED:
        missing.append(
            Missing("case.start_needs_approval", _("服务计划等待督导审核，还没有批准。"))
        )
    elif plan.state == PlanState.DRAFT:
        missing.append(Missing("case.start_needs_submitting", _("服务计划还没有提交督导。")))
    if not papers.is_signed_by_client(plan) and papers.refusal(plan) is None:
        missing.append(
            Missing(
                "case.start_needs_signature",
                _("服务对象还没有在这一版服务计划上签名，也没有登记不签的理由。"),
            )
        )
    return missing


def _evaluate(seen: Evidence) -> list[Missing]:
    missing = []
    if not seen.contacts:
        missing.append(Missing("case.evaluate_needs_contact", _("还没有过程记录，至少一次。")))
    is_managed = seen.case.method == CaseMethod.CASE_MANAGEMENT
    if is_managed and seen.case.service_kind == ServiceKind.FULL and not seen.packages:
        missing.append(
            Missing("case.evaluate_needs_package", _("个案管理的服务计划里还没有服务包。"))
        )
    if seen.overdue_reviews:
        missing.append(Missing("case.evaluate_needs_review", _("服务计划的检视已过期，请先检视。")))
    if any(alert.severity == RiskLevel.CRISIS for alert in seen.open_alerts):
        missing.append(Missing("case.crisis_alert_open", _("有未解除的危机预警。")))
    return missing


def _propose_closing(seen: Evidence) -> list[Missing]:
    missing = []
    if seen.unrated_goals:
        missing.append(Missing("case.closing_needs_goals", _("还有目标没有评定达成等级。")))
    if seen.open_alerts:
        missing.append(Missing("case.alert_open", _("有未解除的风险预警。")))
    if seen.transfers:
        missing.append(Missing("case.transfer_open", _("还有未答复的移交。")))
    return missing


def _danger_open(seen: Evidence) -> list[Missing]:
    """No case ends while somebody must still act on a danger, in whichever way it ends.

    PostgreSQL holds the same (`case_ends_without_danger`).
    """
    missing = []
    if seen.open_alerts:
        missing.append(Missing("case.alert_open", _("有未解除的风险预警。")))
    return missing + _report_open(seen)


def _close(seen: Evidence, reason: str = "") -> list[Missing]:
    missing = []
    form = next(iter(seen.closing_forms), None)
    if form is None:
        missing.append(Missing("case.closing_needs_report", _("还没有社工签署的结案报告。")))
    elif not form.payload.get("client_informed") and reason not in NOT_TOLD:
        missing.append(
            Missing("case.client_not_informed", _("还没有告知服务对象结案，请退回补做。"), "reason")
        )
    return missing + _danger_open(seen)


def _void(seen: Evidence) -> list[Missing]:
    missing = []
    if seen.contacts:
        missing.append(
            Missing("case.void_after_contact", _("已有过程记录的个案不能作废，请结案。"))
        )
    if seen.disclosures:
        missing.append(
            Missing("case.void_while_disclosed", _("还有提供给其他机构的副本，请先撤回。"))
        )
    return missing + _danger_open(seen)


@dataclass(frozen=True)
class Guard:
    """What keeps a case from a step, and the parts of the evidence it looks at."""

    check: Callable[..., list[Missing]]
    looks_at: tuple[str, ...]


DANGER = ("open_alerts", "reports", "hidden_reports")
GUARDS = {
    "decline": Guard(_danger_open, DANGER),
    "refer_out": Guard(_danger_open, DANGER),
    "accept": Guard(_accept, ("consents",)),
    "assess": Guard(_assess, ("needs", "finals", "assessment_forms")),
    "start": Guard(_start, ("plans", "plan_papers")),
    "evaluate": Guard(_evaluate, ("contacts", "packages", "overdue_reviews", "open_alerts")),
    "propose_closing": Guard(_propose_closing, ("unrated_goals", "open_alerts", "transfers")),
    "close": Guard(_close, ("closing_forms", *DANGER)),
    "void": Guard(_void, ("contacts", "disclosures", *DANGER)),
}
WHILE_SUSPENDED = frozenset({"resume", "void"})


def missing_for(
    step: str, case: Case, *, seen: Evidence | None = None, **given: str
) -> list[Missing]:
    """Everything that keeps `case` from taking `step`; empty when nothing does.

    `seen` is evidence that somebody has fetched already.
    """
    if case.suspended_at and step not in WHILE_SUSPENDED:
        return [Missing("case.suspended", _("个案已暂停，请先恢复。"))]
    guard = GUARDS.get(step)
    return guard.check(seen or Evidence(case), **given) if guard else []


def check(step: str, case: Case, **given: str) -> None:
    """Refuse the step while something is missing.

    Raises:
        DomainError: for the first missing thing.
    """
    for missing in missing_for(step, case, **given):
        raise DomainError(missing.rule, missing.message, missing.field, status=409)
