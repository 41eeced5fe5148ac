"""What the case page and the plan page show, gathered for their templates out of the case's lists."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases import permissions as may
from cases.consent_permissions import can_give_consent, can_remove_document, can_upload_document
from cases.form_schemas.planning import PLAN_PARTS
from cases.forms.documents import DOSSIER, kind_words
from cases.models.casework import Case
from cases.models.service_codes import PlanItemKind
from cases.models.work import Goal, Need, Plan
from cases.referral_permissions import can_draft_referral
from cases.report_permissions import can_open_report
from cases.services.assessment import NEEDS_IN
from cases.services.consent_renewal import renewals
from cases.services.plan_signing import SIGNED_IN
from cases.services.plan_texts import CLIENT_SIDE, PlanPapers
from cases.services.steps import MAIN_LINE, StepOffer, case_steps
from cases.views.case_file import PARTS, CaseFile, join_needs, papers_seen
from cases.views.checkpoints import checkpoints_of
from cases.views.finding import address_of
from cases.views.form_list import forms_of
from cases.views.level5 import proposal
from cases.views.persons import relatives_of
from cases.workflow import FINAL_STAGES, STEP_BACK, WORKING_STAGES, CaseStage, PlanState
from departments.models.mechanisms import Document, Transition
from departments.services.viewing import is_shown
from msw_portal.kernel import scanning
from msw_portal.kernel.display import enumerated, when
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.together import together

LINE = (
    CaseStage.INTAKE,
    CaseStage.ASSESSMENT,
    CaseStage.PLANNING,
    CaseStage.INTERVENTION,
    CaseStage.EVALUATION,
    CaseStage.CLOSURE,
)
LATEST = 5
ARRANGED = PLAN_PARTS.groups[1].items
MENDED_AT = {
    "case.accept_needs_consent": ("cases:consent_new", ""),
    "case.assess_needs_need": ("cases:need_add", ""),
    "case.assess_needs_screen": ("cases:assessment_new", ""),
    "case.assess_needs_form": ("cases:form_write", "", "F3"),
    "case.start_needs_plan": ("cases:plan_new", ""),
    "case.start_needs_submitting": ("cases:case", "?part=plan"),
    "case.start_needs_approval": ("cases:case", "?part=plan"),
    "case.start_needs_signature": ("cases:case", "?part=plan"),
    "case.evaluate_needs_package": ("cases:plan_new", ""),
    "case.evaluate_needs_review": ("cases:case", "?part=plan"),
    "case.evaluate_needs_contact": ("cases:contact_new", ""),
    "case.crisis_alert_open": ("cases:case", "#alerts"),
    "case.alert_open": ("cases:case", "#alerts"),
    "case.closing_needs_goals": ("cases:case", "#goals"),
    "case.closing_needs_report": ("cases:propose_closing", ""),
    "case.suspended": ("cases:resume", ""),
}


ENDED_BY_WORDS = frozenset({"decline", "refer_out", "void"})


@dataclass
class Head:
    """The head of every part of the case page."""

    case: Case
    main: StepOffer | None = None
    others: list[StepOffer] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    why: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)
    moves: list[Transition] = field(default_factory=list)

    @property
    def why_ended(self) -> Transition | None:
        """The move that ended the case otherwise than by closing, or suspended it: its words are read first."""
        steps = {"suspend"} if self.case.suspended_at else ENDED_BY_WORDS
        return next((one for one in reversed(self.moves) if one.step in steps), None)


def head_of(file: CaseFile) -> Head:
    """Identity, stage line, the next step with what it still lacks, and the other steps."""
    case = file.case
    offers = case_steps(file.user, case, seen=file.evidence)
    wanted = "close" if case.stage == CaseStage.CLOSURE else ""
    line = [
        offer
        for offer in offers
        if offer.name in MAIN_LINE and (not wanted or offer.name == wanted)
    ]
    head = Head(case, main=line[0] if line else None, moves=list(file.moves))
    head.others = [offer for offer in offers if offer is not head.main]
    if head.main is not None and not head.main.is_open:
        lacks = head.main.missing
        said = {str(one.message) for one in lacks}
        head.missing = [
            {"label": str(one.message).rstrip("。."), "url": _mended_at(case, one.rule)}
            for one in lacks
        ]
        head.why = " ".join(text for text in head.main.why if text not in said)
    head.steps = _steps(case, head.moves)
    return head


def _mended_at(case: Case, rule: str) -> str:
    name, tail, *more = MENDED_AT.get(rule, ("", ""))
    return reverse(name, args=[case.uid, *more]) + tail if name else ""


def _steps(case: Case, moves: list[Transition]) -> list[dict[str, Any]]:
    """The six stages with the day each was reached."""
    reached: dict[str, dt.datetime] = {}
    for one in moves:
        reached[one.to_state] = one.at
    if case.stage in FINAL_STAGES and case.stage != CaseStage.CLOSED:
        return []
    place = len(LINE) if case.stage == CaseStage.CLOSED else _place(case.stage)
    return [
        {
            "label": _("结案") if stage == CaseStage.CLOSURE else stage.label,
            "state": "done" if n < place else "now" if n == place else "ahead",
            "note": _note(case, stage, reached, is_now=n == place),
        }
        for n, stage in enumerate(LINE)
    ]


def _place(stage: str) -> int:
    return LINE.index(CaseStage(stage)) if stage in LINE else -1


def _note(case: Case, stage: str, reached: dict[str, dt.datetime], *, is_now: bool) -> str:
    since = reached.get(stage)
    if since is None:
        return _("未开始")
    if case.stage == CaseStage.CLOSED and stage == CaseStage.CLOSURE:
        return when(timezone.localdate(case.closed_at))
    if is_now:
        days = (timezone.localdate() - timezone.localdate(since)).days + 1
        return _("第 %(days)d 天") % {"days": days}
    return when(timezone.localdate(since))


def rights(user: Any, case: Case) -> dict[str, bool]:
    """The buttons of the page: drawn from the predicates the services require."""
    is_worked_on = case.stage in WORKING_STAGES and not case.suspended_at
    return {
        "contact": is_worked_on and may.can_record_contact(user, case),
        "need": is_worked_on and case.stage in NEEDS_IN and may.can_add_need(user, case),
        "assessment": is_worked_on and may.can_record_assessment(user, case),
        "consent": can_give_consent(user, case),
        "document": can_upload_document(user, case),
        "plan": is_worked_on
        and may.can_plan_case(user, case)
        and case.stage in (CaseStage.PLANNING, CaseStage.INTERVENTION, CaseStage.EVALUATION),
        "rate": case.stage in (CaseStage.INTERVENTION, CaseStage.EVALUATION)
        and may.can_rate_goal(user, case),
        "alert": may.can_record_contact(user, case) and case.is_open,
        "report": can_open_report(user, case),
        "step_back": case.stage in STEP_BACK
        and not case.suspended_at
        and may.can_step_back_case(user, case),
        "refer": can_draft_referral(user, case),
        "refer_out": case.stage == CaseStage.INTAKE and may.can_accept_case(user, case),
        "reopen": case.stage == CaseStage.CLOSED and may.can_reopen_case(user, case),
        "claim": case.stage == CaseStage.PENDING
        and user.role == "worker"
        and may.can_assign_case(user, case),
    }


# ── parts ────────────────────────────────────────────────────────────────────


def needs_and_goals(file: CaseFile) -> dict[str, Any]:
    """Needs with the goals of the newest plan that counts: the approved one, else the newest."""
    plans = [one for one in file.plans if one.state != PlanState.REPLACED]
    plan = min(plans, key=lambda one: one.state != PlanState.APPROVED, default=None)
    goals = [goal for goal in file.goals if plan is not None and goal.plan_id == plan.pk]
    join_needs(goals, file.needs)
    of_need: dict[int, list[Goal]] = defaultdict(list)
    for goal in goals:
        for need in goal.shown_needs[:1]:
            of_need[need.pk].append(goal)
    return {
        "groups": [{"need": need, "goals": of_need[need.pk]} for need in file.needs],
        "plan": plan,
        "goal_count": len(goals),
        "rated_count": sum(goal.gas is not None for goal in goals),
    }


def contacts_of(file: CaseFile, limit: int | None = None) -> dict[str, Any]:
    """Contacts, newest first, and their sum."""
    rows = list(file.contacts)
    return {
        "contacts": rows[:limit],
        "contact_count": len(rows),
        "contact_minutes": sum(one.minutes for one in rows),
        "now": timezone.now(),
    }


def assessments_of(file: CaseFile) -> dict[str, Any]:
    return {"assessments": file.assessments} | checkpoints_of(file.assessments)


def consents_of(file: CaseFile) -> dict[str, Any]:
    """Consents of this case and the person's own that belong to no case."""
    shown = [one for one in file.consents if one.case_id in (None, file.case.pk)]
    due = renewals(shown, file.consent_texts)
    return {
        "consents": shown,
        "renewals": [
            {"consent": one, "why": due[one.pk].why, "due_on": due[one.pk].due_on}
            for one in shown
            if one.pk in due
        ],
    }


def documents_of(file: CaseFile) -> dict[str, Any]:
    words, reasons = kind_words(), dict(Document.Removal.choices)
    rows = [
        {
            "row": one,
            "kind": words.get(one.kind, one.kind),
            "is_shown": is_shown(one),
            "is_made": one.kind == DOSSIER,
            "reason": enumerated(filter(None, [reasons.get(one.void_reason), one.void_note])),
        }
        for one in file.documents
    ]
    return {
        "documents": [one for one in rows if one["row"].voided_at is None],
        "removed": [one for one in rows if one["row"].voided_at is not None],
        "can_remove": can_remove_document(file.user, file.case),
        "is_scanning": scanning.is_on(),
    }


def overview(file: CaseFile) -> dict[str, Any]:
    """What a worker needs before going to the bed."""
    return {
        "memberships": file.memberships,
        **needs_and_goals(file),
        **contacts_of(file, LATEST),
        **assessments_of(file),
        **consents_of(file),
        "relatives": relatives_of(file.relatives),
        "intake": next(iter(file.intake_forms), None),
        **proposal(file),
    }


def plans_of(file: CaseFile) -> dict[str, Any]:
    """Every version of the plan, newest first, and the newest in full."""
    plans = list(file.plans)
    if not plans:
        return {"plans": plans}
    plans[0].case = file.case  # with all its joins: the row's own key would be followed to it again
    return {**_plan(file.user, plans[0], file.newest_papers, file.needs), "plans": plans}


def plan_page(user: Any, plan: Plan) -> dict[str, Any]:
    """One version with its goals and what may be done with it; one statement."""
    needs = Need.objects.visible_to(user).filter(case=plan.case)
    papers = papers_seen(user, plan.organization_id, plan.pk)
    together(*papers.querysets, needs)
    return _plan(user, plan, papers, needs)


def _plan(user: Any, plan: Plan, papers: PlanPapers, needs: Iterable[Need]) -> dict[str, Any]:
    case = plan.case
    join_needs(papers.goals, needs)
    is_draft, is_sent = plan.state == PlanState.DRAFT, plan.state == PlanState.SUBMITTED
    return {
        "case": case,
        "plan": plan,
        "goals": papers.goals,
        "items": sorted(papers.items, key=lambda one: one.kind != PlanItemKind.TASK),
        "arrangements": _arrangements(plan),
        "reviews": papers.reviews,
        **_signed(user, plan, papers),
        "can_review": plan.state == PlanState.APPROVED
        and case.stage == CaseStage.INTERVENTION
        and may.can_submit_plan(user, plan),
        "can_submit": is_draft and may.can_submit_plan(user, plan),
        "can_write": is_draft and may.can_plan_case(user, case),
        "can_approve": is_sent and may.can_approve_plan(user, plan),
        "can_return": is_sent and may.can_return_plan(user, plan),
        "can_rate": rights(user, case)["rate"] and plan.state == PlanState.APPROVED,
    }


def _arrangements(plan: Plan) -> list[dict[str, str]]:
    kept = plan.details or {}
    rows = [{"label": str(one.label), "text": one.words(kept.get(one.name))} for one in ARRANGED]
    return [row for row in rows if row["text"]]


def _signed(user: Any, plan: Plan, papers: PlanPapers) -> dict[str, Any]:
    """Both signatures under the text as it stands, or why one is missing."""
    signed, refusal = papers.signatures(plan), papers.refusal(plan)
    by_client = [one for one in signed if one.signer_kind in CLIENT_SIDE]
    may_sign = not by_client and may.can_submit_plan(user, plan)
    return {
        "signed": {
            "client": [
                {"name": mask_name(one.signer_name), "relation": one.relation, "at": one.at}
                for one in by_client
            ],
            "worker": [one for one in signed if one.user_id],
            "refusal": refusal,
        },
        "can_sign": may_sign and plan.state in SIGNED_IN,
        "can_go_unsigned": may_sign
        and refusal is None
        and plan.state in (PlanState.SUBMITTED, PlanState.APPROVED),
    }


def alerts_of(file: CaseFile) -> list[dict[str, Any]]:
    """Open risk alerts with what may be done."""
    shown = []
    for one in file.alerts:
        one.case = file.case  # known already: the predicates below would read it for every alert
        shown.append(
            {
                "alert": one,
                "can_take": one.state == "raised" and may.can_take_alert(file.user, one),
                "can_resolve": one.state == "handling" and may.can_resolve_alert(file.user, one),
            }
        )
    return shown


def part_of(file: CaseFile, part: str) -> dict[str, Any]:
    """What one part of the page adds to its head."""
    gather = {
        "contacts": contacts_of,
        "plan": plans_of,
        "documents": documents_of,
        "forms": forms_of,
        "overview": overview,
    }.get(part)
    return gather(file) if gather else {}


def tabs_of(case: Case, part: str) -> list[dict[str, Any]]:
    """The parts as links."""
    words = {
        "overview": _("概览"),
        "contacts": _("接触"),
        "plan": _("服务计划"),
        "forms": pgettext("nav", "表单"),
        "documents": _("文书"),
        "course": _("经过"),
        "history": _("谁看过"),
    }
    return [
        {
            "label": words[name],
            "url": address_of(case, "" if name == "overview" else name),
            "is_now": name == part,
        }
        for name in PARTS
    ]
