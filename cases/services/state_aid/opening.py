"""Applications for state aid: opened on a case, with their papers and dates; what was granted, by line of a bill."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.state_aid import StateAid, StateAidApplicant
from cases.services.clocks import case_task, end_of_day
from cases.services.state_aid.kinds import KINDS, PAPERS, KindRule
from cases.state_aid_permissions import can_keep_state_aid, can_open_state_aid
from cases.state_aid_workflow import AWAITING, RUNNING, STATE_AID
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.moving import write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

TASK = "state_aid"


def rule_of(aid: StateAid) -> KindRule:
    return KINDS[aid.kind]


@command
def state_aid_open(
    *,
    case: Case,
    kind: str,
    authority: str,
    applicant: str,
    acting_ground: str = "",
    applied: Decimal | None = None,
    papers: Collection[str] | None = None,
    next_on: dt.date | None = None,
    by: User,
) -> StateAid:
    """Begin an application; `papers` are codes of PAPERS (default: the kind's usual ones), `applied` yuan.

    Raises:
        DomainError: `state_aid.case_is_over` (409), `state_aid_kind_known`, `state_aid.one_is_running` on
            `kind`, `state_aid.status_has_no_sum` on `applied`, `state_aid_hospital_says_why`,
            `state_aid.hospital_in_emergency` on `acting_ground` and `applicant`, `state_aid.paper_unknown`.
    """
    case = Case.objects.locked().select_related("client", "department").get(pk=case.pk)
    require(can_open_state_aid, by, case)
    if not case.is_open:
        raise DomainError("state_aid.case_is_over", _("个案已经结束，不能新开申请。"), status=409)
    if kind not in KINDS:
        raise DomainError("state_aid_kind_known", _("救助种类不在列表中。"), "kind")
    if StateAid.objects.filter(case=case, kind=kind, state__in=sorted(RUNNING)).exists():
        raise DomainError("state_aid.one_is_running", _("这个个案已有一份同类申请在办。"), "kind")
    aid = StateAid(
        organization_id=case.organization_id,
        compartment_id=case.compartment_id,
        case=case,
        kind=kind,
        authority=authority.strip(),
        applicant=applicant,
        acting_ground=acting_ground.strip() or None,
        applied=applied,
        papers=dict.fromkeys(KINDS[kind].papers if papers is None else known(papers)),
        next_on=next_on,
        created_by=by,
    )
    _check(aid)
    aid.save(force_insert=True)
    write_transition(aid, STATE_AID, "open", before="", by=by)
    clock(aid, by=by)
    audit.record("state_aid.open", by=by, on=aid, case=case.uid, kind=kind, applicant=applicant)
    return aid


def known(papers: Iterable[str]) -> list[str]:
    chosen = [code for code in PAPERS if code in set(papers)]
    if set(papers) - set(PAPERS):
        raise DomainError("state_aid.paper_unknown", _("材料不在列表中。"), "papers")
    return chosen


def _check(aid: StateAid) -> None:
    if aid.applicant not in StateAidApplicant.values:
        raise DomainError("state_aid.applicant_unknown", _("请从列表中选择。"), "applicant")
    if rule_of(aid).is_status and aid.applied is not None:
        raise DomainError(
            "state_aid.status_has_no_sum", _("这一种是身份认定，不填金额。"), "applied"
        )
    if aid.applicant != StateAidApplicant.HOSPITAL:
        return
    if not aid.acting_ground:
        raise DomainError(
            "state_aid_hospital_says_why", _("由医院代为申请的，请写明情况。"), "acting_ground"
        )
    is_alone = aid.case.client is not None and aid.case.client.is_unidentified
    if rule_of(aid).layer != "relief" and not is_alone:
        raise DomainError(
            "state_aid.hospital_in_emergency",
            _("医院只能为身份不明的人申请，或申请临时救助、疾病应急救助。"),
            "applicant",
        )


def locked(aid: StateAid, by: User, base: int | None = None) -> StateAid:
    """The row under the lock of its case, for who works on it."""
    case = (
        Case.objects.locked().select_related("client", "department", "worker").get(pk=aid.case_id)
    )
    require(can_keep_state_aid, by, case)
    row = StateAid.objects.locked().get(pk=aid.pk)
    check_base(base, row.row_version)
    row.case = case
    return row


@command
def state_aid_amend(
    *,
    aid: StateAid,
    authority: str,
    papers: Collection[str],
    handed_in: Collection[str] = (),
    handed_on: dt.date | None = None,
    applied: Decimal | None = None,
    answer_due_on: dt.date | None = None,
    next_on: dt.date | None = None,
    base: int | None = None,
    by: User,
) -> StateAid:
    """Papers wanted and handed in (those newly ticked on `handed_on`, default today), sum and dates.

    Raises:
        DomainError: `form.stale` (409), `state_aid.over` (409), `state_aid.paper_not_wanted` on
            `handed_in`, `state_aid.status_has_no_sum` on `applied`, `state_aid.paper_unknown`.
    """
    aid = locked(aid, by, base)
    if aid.state not in RUNNING:
        raise DomainError("state_aid.over", _("这份申请已经办完，不能再修改。"), status=409)
    wanted = known(papers)
    if set(handed_in) - set(wanted):
        raise DomainError(
            "state_aid.paper_not_wanted", _("已交的材料也要勾选为需要的材料。"), "handed_in"
        )
    day = (handed_on or timezone.localdate()).isoformat()
    aid.papers = {
        code: (aid.papers.get(code) or day) if code in handed_in else None for code in wanted
    }
    aid.authority, aid.applied = authority.strip(), applied
    aid.answer_due_on, aid.next_on = answer_due_on, next_on
    _check(aid)
    aid.save(update_fields=["papers", "authority", "applied", "answer_due_on", "next_on"])
    clock(aid, by=by)
    audit.record(
        "state_aid.amend", by=by, on=aid, wanted=len(aid.papers), handed_in=len(set(handed_in))
    )
    return aid


def clock(aid: StateAid, *, by: User) -> None:
    """One open task at a time: the nearer of the next step and the day the answer is due."""
    Task.objects.filter(
        organization_id=aid.organization_id,
        kind=TASK,
        dedup_key__startswith=f"{TASK}:{aid.uid}:",
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
    days = [aid.next_on] if aid.state in RUNNING else []
    days += [aid.answer_due_on] if aid.state in AWAITING else []
    due = min((day for day in days if day is not None), default=None)
    if due is not None:
        version = StateAid.objects.values_list("row_version", flat=True).get(pk=aid.pk)
        case_task(
            aid.case,
            TASK,
            due_at=end_of_day(due),
            assignee=aid.case.worker or by,
            key=f"{TASK}:{aid.uid}:{version}",
            by=by,
        )


def granted_by_layer(case: Case) -> dict[str, Decimal]:
    """What the state has granted on the case, by the line of a bill it belongs to; yuan.

    Asked by services whose caller may already work on the case.
    """
    sums = (
        StateAid.objects.filter(organization_id=case.organization_id, case_id=case.pk)
        .counted()
        .order_by()
        .values("kind")
        .annotate(sum=Sum("granted"))
    )
    found: dict[str, Decimal] = {}
    for row in sums:
        layer = KINDS[row["kind"]].layer
        if layer:
            found[layer] = found.get(layer, Decimal(0)) + row["sum"]
    return found
