"""What the family reads of its request: the standard, the steps, the present one, the decision, the money, who looked."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.casework import Case
from cases.models.codes import DisclosureLevel
from departments import audit
from departments.models.mechanisms import Transition
from departments.models.organizations import Organization
from donations.models.aid_agreements import AidAgreement
from donations.models.appeals import Appeal
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.payout import Disbursement
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest, RequestDocument
from donations.services.aid_agreements import Terms, agreement_of, terms_of
from donations.services.appeal_figures import public_counts
from donations.services.course import awaits_agreement, stages_of, takes_paper
from donations.services.decisions import Decision, decision_of
from donations.services.raised_sums import Raised, raised_of
from donations.workflow import MAIN_LINE, DisbursementState, RequestState
from msw_portal.kernel.masking import mask_name

R = RequestState
MOST_LOOKS = 30
HOSPITAL, FOUNDATION, NOBODY = "hospital", "foundation", ""
# Who has it while it stands there; what the state means for somebody who has never seen one.
HOLDER: dict[str, str] = {
    R.SUPPLEMENT_REQUIRED: HOSPITAL,
    R.MSW_ASSESSMENT: HOSPITAL,
    R.HOSPITAL_OPINION: HOSPITAL,
    R.DISBURSED: HOSPITAL,
    R.RECONCILED: HOSPITAL,
    R.WITHDRAWN: NOBODY,
    R.CLOSED: NOBODY,
    R.REJECTED: NOBODY,
    R.REJECTED_INELIGIBLE: NOBODY,
    R.OBJECTION_UPHELD: NOBODY,
    R.DECEASED: FOUNDATION,
    R.RECOVERED: NOBODY,
}
PLAIN: dict[str, Any] = {
    R.SUBMITTED: gettext_lazy("申请已经送到基金会，等基金会接收。"),
    R.DOCUMENT_CHECK: gettext_lazy("基金会在核对材料是不是齐全、清楚。"),
    R.SUPPLEMENT_REQUIRED: gettext_lazy("基金会还要看几份材料。请按下面的清单补交。"),
    R.MSW_ASSESSMENT: gettext_lazy("基金会请医院的社工写一份家庭情况的评估。"),
    R.HOSPITAL_OPINION: gettext_lazy("医院在写意见。"),
    R.FIRST_REVIEW: gettext_lazy("基金会的第一位审核人在看您的申请。"),
    R.SECOND_REVIEW: gettext_lazy("基金会的另一位审核人在复看您的申请。"),
    R.COMMITTEE: gettext_lazy("金额较大，由基金会的评审会讨论决定。"),
    R.PROPOSED: gettext_lazy("基金会提出了资助金额，还没有批准。"),
    R.PUBLIC_NOTICE: gettext_lazy("拟定的资助正在公示，公示的姓名已遮盖。"),
    R.NOTICE_ELAPSED: gettext_lazy("公示结束，等基金会批准。"),
    R.APPROVED: gettext_lazy("基金会已经批准，接着签协议、拨款。"),
    R.AGREEMENT: gettext_lazy("协议已签，基金会在办拨款。"),
    R.DISBURSING: gettext_lazy("钱已开始拨付，还没有全部付完。"),
    R.DISBURSED: gettext_lazy("钱已付完。医院接着登记用在了哪些费用上。"),
    R.RECONCILED: gettext_lazy("费用已核对。过一段时间社工会回访您。"),
    R.REVISITED: gettext_lazy("已经回访，等基金会结案。"),
    R.CLOSED: gettext_lazy("这次资助全部办完。"),
    R.REJECTED_INELIGIBLE: gettext_lazy("基金会没有受理这次申请。"),
    R.REJECTED: gettext_lazy("基金会没有同意这次申请。"),
    R.WITHDRAWN: gettext_lazy("申请已经撤回，不再办理。"),
    R.OBJECTION_UPHELD: gettext_lazy("公示期间有人提出异议，核实后异议成立，这次不予资助。"),
    R.DECEASED: gettext_lazy("患者已去世。没有用完的资助由基金会办理结清。"),
    R.RECOVERED: gettext_lazy("基金会已追回这次资助。"),
}

TO_AGREE = gettext_lazy("基金会已经批准。请看下面的协议，同意以后基金会才能拨款。")


@dataclass(frozen=True)
class Standard:
    """What the programme pays to whom under which conditions, as published."""

    summary: str
    benefits: tuple[tuple[str, Decimal | None], ...]
    conditions: tuple[str, ...]
    papers: tuple[tuple[str, bool], ...]
    caps: tuple[tuple[Any, Decimal], ...]
    days: tuple[tuple[Any, int], ...]


@dataclass(frozen=True)
class Stage:
    """A step of the course: done, now or ahead."""

    label: Any
    at: dt.datetime | None
    how: str


@dataclass(frozen=True)
class Paper:
    """A paper that is missing, and whether it can be sent from here now."""

    type: str
    label: str
    is_open: bool
    is_waiting: bool
    declined: str


@dataclass(frozen=True)
class Payout:
    amount: Decimal
    to: Any
    state: Any
    released_at: dt.datetime | None
    paid_on: dt.date | None


@dataclass(frozen=True)
class Look:
    """Somebody of the foundation has opened what was given to it."""

    at: str
    house: str
    what: str


@dataclass(frozen=True)
class Lane:
    """Everything behind the family's code; no number, no full name, no account."""

    hospital: str
    phone: str
    foundation: str
    programme: str
    number: str
    who: str
    requested: Decimal
    approved: Decimal | None
    state: str
    state_label: Any
    plain: Any
    holder: str
    due_at: dt.datetime | None
    is_on_hold: bool
    standard: Standard
    stages: tuple[Stage, ...]
    papers: tuple[Paper, ...]
    decision: Decision | None
    reason: str
    may_look_again: bool
    second_looks: tuple[int, int] | None
    payouts: tuple[Payout, ...]
    looks: tuple[Look, ...]
    messages: tuple[FamilyMessage, ...]
    appeals: tuple[Appeal, ...]
    raised: Raised | None
    terms: Terms | None
    agreement: AidAgreement | None

    @property
    def is_missing(self) -> bool:
        return any(paper.is_open and not paper.is_waiting for paper in self.papers)


def lane_of(request: FundingRequest) -> Lane:
    """The lane of a request, in the hospital's scope with care; the caller holds the family's code."""
    version = request.programme_version
    moves = list(Transition.objects.filter(**_about(request)).order_by("at"))
    decision = decision_of(request)
    appeals = tuple(Appeal.objects.filter(request=request).order_by("-id"))
    may_look_again = _may_look_again(request, decision, appeals)
    return Lane(
        hospital=request.organization.name,
        phone=request.organization.profile.get("phone") or "",
        foundation=version.organization.name,
        programme=version.name,
        number=request.number or "",
        who=_who(request),
        requested=request.requested,
        approved=request.approved,
        state=request.state,
        state_label=R(request.state).label,
        plain=TO_AGREE if awaits_agreement(request) else PLAIN.get(request.state, ""),
        holder=_holder(request),
        due_at=request.due_at if _holder(request) else None,
        is_on_hold=request.on_hold_at is not None,
        standard=standard_of(version),
        stages=tuple(_stages(request, moves)),
        papers=tuple(_papers(request)),
        decision=decision,
        reason=_reason(moves, decision),
        may_look_again=may_look_again,
        second_looks=public_counts(request) if may_look_again else None,
        payouts=tuple(_payouts(request)),
        looks=tuple(_looks(request)),
        messages=tuple(FamilyMessage.objects.filter(request=request).order_by("id")),
        appeals=appeals,
        raised=raised_of(request) if request.approved is not None else None,
        terms=terms_of(request) if awaits_agreement(request) else None,
        agreement=agreement_of(request),
    )


def _holder(request: FundingRequest) -> str:
    return HOSPITAL if awaits_agreement(request) else HOLDER.get(request.state, FOUNDATION)


def _about(request: FundingRequest) -> dict[str, Any]:
    return {
        "organization_id": request.organization_id,
        "subject_kind": request._meta.model_name,
        "subject_id": request.pk,
    }


def _who(request: FundingRequest) -> str:
    """The masked name; of a case that became secret since, which this scope cannot enter, the code."""
    case = Case.objects.filter(pk=request.case_id).select_related("client__root").first()
    return mask_name(case.client.person.name) if case else request.subject_code


def standard_of(version: ProgrammeVersion) -> Standard:
    caps = (("per_request", _("一次最多")), ("per_person", _("一人累计最多")))
    return Standard(
        summary=version.summary,
        benefits=tuple(
            (str(row.get("zh", "")), Decimal(row["amount"]) if row.get("amount") else None)
            for row in version.benefit_rows
        ),
        conditions=tuple(str(row.get("zh", "")) for row in version.conditions),
        papers=tuple(
            (str(row.get("text", row["type"])), bool(row.get("required")))
            for row in version.documents
        ),
        caps=tuple(
            (label, Decimal(version.caps[key])) for key, label in caps if version.caps.get(key)
        ),
        days=tuple(
            (R(state).label, int(version.sla[state]))
            for state in MAIN_LINE
            if version.sla.get(state)
        ),
    )


def _stages(request: FundingRequest, moves: list[Transition]) -> Iterable[Stage]:
    reached = {move.to_state: move.at for move in moves}
    line = stages_of(request)
    here = {R.SUPPLEMENT_REQUIRED: R.DOCUMENT_CHECK}.get(request.state, request.state)
    if here not in line:
        for state in line:
            if state in reached:
                yield Stage(R(state).label, reached[state], "done")
        yield Stage(R(here).label, reached.get(here), "now")
        return
    place = line.index(here)
    for n, state in enumerate(line):
        if n < place and state not in reached:
            continue  # this request did not have to stop there
        how = "done" if n < place else "now" if n == place else "ahead"
        label = (
            R.SUPPLEMENT_REQUIRED.label if n == place and here != request.state else R(state).label
        )
        yield Stage(label, reached.get(state) if how != "ahead" else None, how)


def _papers(request: FundingRequest) -> Iterable[Paper]:
    labels = {
        row["type"]: str(row.get("text", row["type"]))
        for row in request.programme_version.documents
    }
    sent: dict[str, FamilyPaper] = {}
    for line in FamilyPaper.objects.filter(request=request).order_by("id"):
        sent[line.type] = line
    for paper in RequestDocument.objects.filter(request=request).order_by("-required", "id"):
        is_returned = paper.state == RequestDocument.State.RETURNED
        # What may be left out is not missing; what is wanted with the hospital's opinion is, then.
        is_wanted = paper.required or request.state == R.MSW_ASSESSMENT
        is_lacking = paper.document_id is None and takes_paper(request, paper.type)
        if not (is_returned or (is_wanted and is_lacking)):
            continue
        last = sent.get(paper.type)
        yield Paper(
            type=paper.type,
            label=labels.get(paper.type, paper.type),
            is_open=takes_paper(request, paper.type) and request.on_hold_at is None,
            is_waiting=last is not None and last.state == FamilyPaper.State.WAITING,
            declined=(last.reason or "")
            if last and last.state == FamilyPaper.State.DECLINED
            else "",
        )


def _reason(moves: list[Transition], decision: Decision | None) -> str:
    """What the foundation wrote with its refusal."""
    if decision is None or not decision.is_refusal:
        return ""
    last = [move for move in moves if move.to_state == decision.state]
    return (last[-1].reason or "") if last else ""


def _may_look_again(
    request: FundingRequest, decision: Decision | None, appeals: tuple[Appeal, ...]
) -> bool:
    if decision is None or not decision.is_in_time:
        return False
    if not decision.is_refusal and request.approved == request.requested:
        return False
    return not any(one.decided_at == decision.at and one.state != "withdrawn" for one in appeals)


PAID_TO = {
    "to_hospital": gettext_lazy("直接付到医院账户，抵住院费用"),
    "to_person": gettext_lazy("付到您提供的银行账户"),
    "voucher": gettext_lazy("代金券或服务券"),
    "in_kind": gettext_lazy("实物或服务"),
    "hospital_waiver": gettext_lazy("由医院减免"),
}


def _payouts(request: FundingRequest) -> Iterable[Payout]:
    rows = Disbursement.objects.filter(request=request, released_at__isnull=False)
    for one in rows.order_by("instalment"):
        yield Payout(
            one.amount,
            PAID_TO.get(one.mode, one.mode),
            DisbursementState(one.state).label,
            one.released_at,
            one.paid_on,
        )


def _looks(request: FundingRequest) -> Iterable[Look]:
    """Newest first, by house and not by person: who exactly, the access report says on request."""
    events = audit.history_of([request.uid], 500)
    opened = [one for one in events if one.action == "funding_request.opened"][:MOST_LOOKS]
    bodies = [json.loads(one.body or "{}") for one in opened]
    uids = {body.get("foundation") for body in bodies if body.get("foundation")}
    names = {
        str(uid): name
        for uid, name in Organization.objects.filter(uid__in=uids).values_list("uid", "name")
    }
    for one, body in zip(opened, bodies, strict=True):
        at = timezone.localtime(one.at)
        yield Look(
            f"{at:%Y-%m-%d %H:%M}", names.get(body.get("foundation", ""), ""), _looked_at(body)
        )


def _looked_at(body: dict[str, Any]) -> str:
    words = []
    for level in str(body.get("level", "")).split(","):
        if level in DisclosureLevel.values:
            words.append(str(DisclosureLevel(level).label))
        elif level.startswith("document:"):
            words.append(_("一份材料"))
    return "、".join(dict.fromkeys(words)) or _("办理进展")
