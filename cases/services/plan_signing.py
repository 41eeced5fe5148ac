"""Both signatures under a plan, and its reviews on the way."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import Relation
from cases.models.people import Client
from cases.models.work import Goal, Plan
from cases.permissions import can_submit_plan
from cases.services.clocks import case_task, end_of_day
from cases.services.guardians import check_guardian
from cases.services.plan_parts import items_move
from cases.services.plan_texts import is_signed_by_client, plan_hash, signatures_of
from cases.services.signing import scan_keep, signature_keep
from cases.workflow import PLAN, CaseStage, PlanState
from departments import audit
from departments.models.doors import Signature
from departments.models.people import User
from departments.services.moving import write_transition
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

SIGNED_IN = frozenset({PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED})
LEAST_WORDS = 10


def _locked(plan: Plan) -> Plan:
    case = Case.objects.locked().get(pk=plan.case_id)
    plan = Plan.objects.locked().get(pk=plan.pk)
    plan.case = case
    return plan


@command
def plan_sign(
    *,
    plan: Plan,
    signer: str,
    signer_relation: str,
    drawing: str = "",
    scan: UploadedFile | None = None,
    by: User,
) -> Signature:
    """The client, or who signs for the client, agrees to this version: drawn on screen or scanned.

    Raises:
        DomainError: `plan.needs_goal`, `plan.needs_signer`, `plan.signed_already`, `guardian.*`,
            `signature.*` on `drawing`, `file.*` on `scan`.
    """
    plan = _locked(plan)
    case = plan.case
    require(can_submit_plan, by, plan)
    if plan.state not in SIGNED_IN:
        raise DomainError("plan.is_replaced", _("这一版已被新版本取代。"), status=409)
    if not Goal.objects.filter(plan=plan).exists():
        raise DomainError("plan.needs_goal", _("计划至少要有一个目标。"), status=409)
    if not signer.strip():
        raise DomainError("plan.needs_signer", _("请填写签署人姓名。"), "signer")
    if signer_relation not in Relation.values:
        raise DomainError("plan.relation_unknown", _("请从列表中选择。"), "signer_relation")
    if is_signed_by_client(plan):
        raise DomainError("plan.signed_already", _("这一版已经签过名。"), status=409)
    person = Client.objects.get(pk=case.client.root_id)
    by_guardian = check_guardian(
        person, signer=signer, relation=signer_relation, on=timezone.localdate()
    )
    if by_guardian:
        signer_kind = Signature.Signer.GUARDIAN
    elif signer_relation == Relation.SELF:
        signer_kind = Signature.Signer.CLIENT
    else:
        signer_kind = Signature.Signer.EXTERNAL
    drawn = None if scan is None or drawing.strip() else scan_keep(owner=case, file=scan, by=by)
    return signature_keep(
        subject=plan,
        owner=case,
        signer_kind=signer_kind,
        signer_name=signer.strip(),
        relation=signer_relation,
        text_hash=plan_hash(plan),
        drawing=drawing,
        drawn=drawn,
        by=by,
    )


@command
def plan_go_unsigned(*, plan: Plan, reason: str, by: User) -> Plan:
    """The client does not sign this version: why, in the worker's words; a later signature still counts.

    Raises:
        DomainError: `plan.unsigned.*`, `plan.signed_already`.
    """
    plan = _locked(plan)
    require(can_submit_plan, by, plan)
    arrow = PLAN.check(plan, "unsigned", reason)
    if len(reason.strip()) < LEAST_WORDS:
        raise DomainError("plan.unsigned.too_short", _("请写明理由，至少 10 个字。"), "reason")
    if is_signed_by_client(plan):
        raise DomainError("plan.signed_already", _("这一版已经签过名。"), status=409)
    write_transition(plan, PLAN, arrow.name, before=plan.state, by=by, reason=reason.strip())
    audit.record("plan.unsigned", by=by, on=plan, version=plan.version)
    return plan


def worker_signs(plan: Plan, *, by: User) -> None:
    """Submitting is the worker's signature, by the account, once for this text."""
    if any(one.user_id == by.pk for one in signatures_of(plan)):
        return
    Signature(
        organization_id=plan.organization_id,
        is_care=True,
        compartment_id=plan.compartment_id,
        subject_kind=plan._meta.model_name,
        subject_id=plan.pk,
        subject_uid=plan.uid,
        signer_kind=Signature.Signer.USER,
        user=by,
        signer_name=by.display_name,
        text_hash=plan_hash(plan),
    ).save(force_insert=True)


def review_falls_due(plan: Plan, on: dt.date, *, by: User) -> None:
    """The next review of the approved plan comes onto the clock, in place of an earlier one."""
    tasks_close(kind="plan_review", subject=plan.case)
    case_task(
        plan.case,
        "plan_review",
        due_at=end_of_day(on),
        assignee=plan.case.worker,
        key=f"plan_review:{plan.uid}:{on:%Y%m%d}",
        by=by,
    )


@command
def plan_review(
    *,
    plan: Plan,
    result: str,
    next_on: dt.date,
    item_states: Mapping[Any, str] | None = None,
    by: User,
) -> Plan:
    """What a review of the approved plan found, and when the next one is; a changed plan is a new version.

    `item_states` says how far its tasks and service packages have come, by their uid.

    Raises:
        DomainError: `plan.review.*`.
    """
    plan = _locked(plan)
    case = plan.case
    require(can_submit_plan, by, plan)
    if plan.state != PlanState.APPROVED or case.stage != CaseStage.INTERVENTION:
        raise DomainError("plan.review.wrong_state", _("介入阶段才检视已批准的计划。"), status=409)
    if len(result.strip()) < LEAST_WORDS:
        raise DomainError(
            "plan.review.needs_result", _("请写明检视的结果，至少 10 个字。"), "result"
        )
    if next_on <= timezone.localdate():
        raise DomainError("plan.review.next_is_later", _("下次检视要晚于今天。"), "next_on")
    write_transition(plan, PLAN, "review", before=plan.state, by=by, reason=result.strip())
    review_falls_due(plan, next_on, by=by)
    moved = items_move(plan, item_states or {})
    audit.record("plan.review", by=by, on=plan, version=plan.version, next_on=next_on, items=moved)
    return plan
