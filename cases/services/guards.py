"""What is still missing before a case may take a step: asked by the services and shown by the page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, CaseForm, RiskAlert
from cases.models.codes import CloseReason, ConsentKind, FormKind, RiskLevel, ServiceKind
from cases.models.consents import Consent, Disclosure
from cases.models.reporting import MandatoryReport
from cases.models.team import CaseTransfer
from cases.models.work import Assessment, Contact, Goal, Need, Plan
from cases.services.plan_texts import is_signed_by_client, refusal_of
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


def live_consent(case: Case, kind: str) -> Consent | None:
    """The person's live consent of a kind, for this case or for the person as a whole."""
    return (
        Consent.objects.live()
        .of_person(case.client)
        .filter(Q(case=None) | Q(case=case), kind=kind)
        .order_by("-signed_at")
        .first()
    )


def current_plan(case: Case) -> Plan | None:
    """The approved plan the case works by."""
    return Plan.objects.filter(case=case, state=PlanState.APPROVED).first()


def final_form(case: Case, kind: str) -> CaseForm | None:
    """The newest final form of a kind."""
    return CaseForm.objects.filter(case=case, kind=kind, state="final").order_by("-version").first()


def _open_alert(case: Case, **narrower: str) -> bool:
    return RiskAlert.objects.filter(case=case, **narrower).open().exists()


def _report_open(case: Case) -> list[Missing]:
    """Who is named for an unfinished report hears of it; anybody else hears only that it cannot be now."""
    if MandatoryReport.objects.filter(case=case).unfinished().exists():
        return [Missing("case.report_open", _("强制报告还没有办结。"))]
    if asked_of_case("report_is_open", case):
        return [Missing("case.not_now", _("这个个案现在还不能结束，请与部门主任核对。"))]
    return []


def check_reported(alert: RiskAlert) -> None:
    """Harm is reported before its alert is resolved; the same two sentences as for closing.

    Raises:
        DomainError: `risk_alert_minor_harm_is_reported`, `risk_alert.not_now`.
    """
    waits = MandatoryReport.objects.filter(case=alert.case, state=ReportState.OPENED).exists()
    if not waits and asked_of_case("report_is_waiting", alert.case):
        raise DomainError(
            "risk_alert.not_now", _("这个预警现在还不能解除，请与部门主任核对。"), status=409
        )
    if waits:
        raise DomainError(
            "risk_alert_minor_harm_is_reported",
            _("须先完成强制报告（未成年人保护法第十一条、反家庭暴力法第十四条）。"),
            status=409,
        )


def _review_overdue(case: Case) -> bool:
    """Plan reviews are on schedule (domain §1.2): an open one past its day is missing."""
    rows = Task.objects.filter(
        organization_id=case.organization_id,
        kind="plan_review",
        subject_kind=case._meta.model_name,
        subject_id=case.pk,
        state=Task.State.OPEN,
        due_at__lt=timezone.now(),
    )
    return rows.exists()


def _accept(case: Case) -> list[Missing]:
    if live_consent(case, ConsentKind.SERVICE):
        return []
    return [Missing("case.accept_needs_consent", _("还没有有效的服务同意书（或其他处理依据）。"))]


def _assess(case: Case) -> list[Missing]:
    missing = []
    if not Need.objects.filter(case=case).exists():
        missing.append(Missing("case.assess_needs_need", _("还没有登记需求，至少一项。")))
    finals = Assessment.objects.filter(case=case).final().select_related("questionnaire")
    if not any(is_risk_screen(row) for row in finals):
        missing.append(Missing("case.assess_needs_screen", _("还没有完成并定稿的风险筛查。")))
    if final_form(case, FormKind.F3) is None:
        missing.append(Missing("case.assess_needs_form", _("需求预估表 F3 还没有定稿。")))
    return missing


def _start(case: Case) -> list[Missing]:
    if case.service_kind == ServiceKind.SHORT:
        return []
    plan = current_plan(case)
    if plan is None:
        return [Missing("case.start_needs_plan", _("还没有经督导批准的服务计划。"))]
    if not is_signed_by_client(plan) and refusal_of(plan) is None:
        return [
            Missing(
                "case.start_needs_signature",
                _("服务对象还没有在这一版服务计划上签名，也没有登记不签的理由。"),
            )
        ]
    return []


def _evaluate(case: Case) -> list[Missing]:
    missing = []
    if not Contact.objects.filter(case=case).own_entries().exists():
        missing.append(Missing("case.evaluate_needs_contact", _("还没有过程记录，至少一次。")))
    if _review_overdue(case):
        missing.append(Missing("case.evaluate_needs_review", _("服务计划的检视已过期，请先检视。")))
    if _open_alert(case, severity=RiskLevel.CRISIS):
        missing.append(Missing("case.crisis_alert_open", _("有未解除的危机预警。")))
    return missing


def _propose_closing(case: Case) -> list[Missing]:
    missing = []
    plan = current_plan(case)
    if plan and Goal.objects.filter(plan=plan, gas=None).exists():
        missing.append(Missing("case.closing_needs_goals", _("还有目标没有评定达成等级。")))
    if _open_alert(case):
        missing.append(Missing("case.alert_open", _("有未解除的风险预警。")))
    if CaseTransfer.objects.filter(case=case, state=TransferState.REQUESTED).exists():
        missing.append(Missing("case.transfer_open", _("还有未答复的移交。")))
    return missing


def _close(case: Case, reason: str = "") -> list[Missing]:
    missing = []
    form = final_form(case, FormKind.F7)
    if form is None:
        missing.append(Missing("case.closing_needs_report", _("还没有社工签署的结案报告。")))
    elif not form.payload.get("client_informed") and reason not in NOT_TOLD:
        missing.append(
            Missing("case.client_not_informed", _("还没有告知服务对象结案，请退回补做。"), "reason")
        )
    if _open_alert(case):
        missing.append(Missing("case.alert_open", _("有未解除的风险预警。")))
    return missing + _report_open(case)


def _void(case: Case) -> list[Missing]:
    missing = []
    if Contact.objects.filter(case=case).exists():
        missing.append(
            Missing("case.void_after_contact", _("已有过程记录的个案不能作废，请结案。"))
        )
    if Disclosure.objects.filter(consent__case=case).live().exists():
        missing.append(
            Missing("case.void_while_disclosed", _("还有提供给其他机构的副本，请先撤回。"))
        )
    return missing + _report_open(case)


GUARDS: dict[str, Callable[..., list[Missing]]] = {
    "accept": _accept,
    "assess": _assess,
    "start": _start,
    "evaluate": _evaluate,
    "propose_closing": _propose_closing,
    "close": _close,
    "void": _void,
}
WHILE_SUSPENDED = frozenset({"resume", "void"})


def missing_for(step: str, case: Case, **given: str) -> list[Missing]:
    """Everything that keeps `case` from taking `step`; empty when nothing does."""
    if case.suspended_at and step not in WHILE_SUSPENDED:
        return [Missing("case.suspended", _("个案已暂停，请先恢复。"))]
    guard = GUARDS.get(step)
    return guard(case, **given) if guard else []


def check(step: str, case: Case, **given: str) -> None:
    """Refuse the step while something is missing.

    Raises:
        DomainError: for the first missing thing.
    """
    for missing in missing_for(step, case, **given):
        raise DomainError(missing.rule, missing.message, missing.field, status=409)
