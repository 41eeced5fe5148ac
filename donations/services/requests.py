"""The asking side of a request: draft, papers, sending, supplement, withdrawal, hold."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.consents import Consent
from departments import audit
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.services import outbox
from departments.services.messages import message_write
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.tasks import tasks_close
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest, RequestDocument, RequestSheet
from donations.permissions import (
    can_amend_request,
    can_draft_request,
    can_submit_request,
    can_supplement_request,
    can_withdraw_request,
)
from donations.services.copies import disclose_review
from donations.services.costs import costs_write
from donations.services.course import is_at_opinion, takes_paper
from donations.services.duties import act_write, duty_claim
from donations.services.payable import granted_by_others
from donations.services.person_codes import code_for, links_settle
from donations.services.project_copies import copies_renew
from donations.services.readiness import DECLARATIONS, check_consent, missing_for_submit
from donations.workflow import FINAL, FUNDING_REQUEST, GRANTED, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

NUMBER_PATTERN = "{ORG}-A-{YYYY}-{SEQ4}"
SUBMITTED = "funding_request.submitted"
SHEET_FIELDS = frozenset(
    {
        "relation",
        "treatment_plan",
        "is_transplanted",
        "household_size",
        "monthly_income",
        "household",
        "assets",
        "debts",
        "welfare_status",
        "other_aid",
        "story",
        "payee",
    }
)


# ── the draft ────────────────────────────────────────────────────────────────


@command
def request_draft(*, case: Case, programme_version: ProgrammeVersion, by: Any) -> FundingRequest:
    """Begin a request for a case under a programme in force; only the hospital sees a draft.

    Raises:
        DomainError: `funding_request.programme_not_in_force` on `programme_version`,
            `funding_request.hospital_not_designated`, `funding_request.another_open` (409) while one of this programme is open for the case.
    """
    # Two tabs may draft at once: the second waits here and finds the first one's.
    case = Case.objects.locked().select_related("client").get(pk=case.pk)
    require(can_draft_request, by, case)
    check_takes(programme_version, case.organization)
    others = FundingRequest.objects.filter(
        organization_id=case.organization_id,
        case=case,
        programme_version__organization_id=programme_version.organization_id,
        programme_version__programme_id=programme_version.programme_id,
    ).exclude(state__in=sorted(FINAL | GRANTED))
    if others.exists():
        raise DomainError(
            "funding_request.another_open",
            _("本个案在这个项目已有未办结的申请。"),
            "programme_version",
            status=409,
        )
    request = FundingRequest(
        organization_id=case.organization_id,
        case=case,
        programme_version=programme_version,
        subject_code=code_for(case, programme_version.organization_id),
        payout_mode=programme_version.payout_modes[0],
        payee=case.organization.profile.get("payee"),
        created_by=by,
    )
    request.save(force_insert=True)
    RequestSheet(
        organization_id=case.organization_id, request=request, payload={}, created_by=by
    ).save(force_insert=True)
    for row in programme_version.documents:
        RequestDocument(
            organization_id=case.organization_id,
            request=request,
            type=row["type"],
            required=bool(row.get("required")) and not is_at_opinion(row),
            created_by=by,
        ).save(force_insert=True)
    write_transition(request, FUNDING_REQUEST, "draft", before="", by=by)
    audit.record(
        "funding_request.draft", by=by, on=request, case=case.uid, programme=programme_version.uid
    )
    return request


def check_takes(version: ProgrammeVersion, house: Organization) -> None:
    """Raises DomainError on `programme_version`: `funding_request.hospital_not_designated`,
    `funding_request.programme_not_in_force`."""
    if version.hospitals and str(house.uid) not in version.hospitals:
        raise DomainError(
            "funding_request.hospital_not_designated",
            _("本院不在这个项目的定点医院名单里。"),
            "programme_version",
        )
    if version.published_at is None or timezone.localdate() not in version.valid:
        raise DomainError(
            "funding_request.programme_not_in_force",
            _("这个项目目前不受理申请。"),
            "programme_version",
        )


@command
def request_amend(
    *,
    request: FundingRequest,
    requested: Decimal | None = None,
    cost_lines: Mapping[str, Decimal] | Iterable[tuple[str, Decimal]] | None = None,
    payout_mode: str | None = None,
    payee: Mapping[str, str] | None = None,
    base: int | None = None,
    by: Any,
    **sheet: Any,
) -> FundingRequest:
    """Change a draft; what is not given stays. `sheet` takes the names of SHEET_FIELDS, others are a TypeError.
    `base` is the row_version the page was opened on. `cost_lines` are (layer, yuan); total minus the other layers is the gap.

    Raises:
        DomainError: `form.stale`, `funding_request.not_a_draft` (409), `funding_request.mode`,
            `funding_request_requested_positive`, `cost_line_not_negative`, `funding_request.cost_total_missing`.
    """
    unknown = set(sheet) - SHEET_FIELDS
    if unknown:
        raise TypeError(f"no such field: {sorted(unknown)}")
    request = FundingRequest.objects.locked().select_related("programme_version").get(pk=request.pk)
    require(can_amend_request, by, request)
    if request.state != RequestState.DRAFT:
        raise DomainError("funding_request.not_a_draft", _("已提交的申请不能再修改。"), status=409)
    check_base(base, request.row_version)
    if requested is not None and requested <= 0:
        raise DomainError(
            "funding_request_requested_positive", _("申请金额必须大于零。"), "requested"
        )
    if payout_mode is not None and payout_mode not in request.programme_version.payout_modes:
        raise DomainError("funding_request.mode", _("项目不允许这种拨付方式。"), "payout_mode")
    request.requested = requested if requested is not None else request.requested
    request.payout_mode = payout_mode or request.payout_mode
    request.payee = dict(payee) if payee is not None else request.payee
    if cost_lines is not None:
        costs_write(request, dict(cost_lines), by=by)
    request.save(update_fields=["requested", "payout_mode", "payee", "cost_total", "gap"])
    if sheet:
        row = RequestSheet.objects.locked().get(request=request)
        row.payload = {**row.payload, **{name: _plain(value) for name, value in sheet.items()}}
        row.save(update_fields=["payload"])
    audit.record(
        "funding_request.amend",
        by=by,
        on=request,
        requested=request.requested,
        gap=request.gap,
        fields=sorted(sheet),
    )
    return request


def _plain(value: Any) -> Any:
    """As JSON keeps it: an amount is a string."""
    return str(value) if isinstance(value, Decimal) else value


@command
def request_attach(
    *, request: FundingRequest, type: str, document: Document, by: Any
) -> RequestDocument:
    """Put a file of the case under a paper that the programme asks for, in a draft or a supplement.

    Raises:
        DomainError: `funding_request.attach_closed` (409), `funding_request.unknown_item` on
            `type`, `funding_request.document_elsewhere` on `document`.
    """
    request = FundingRequest.objects.locked().select_related("programme_version").get(pk=request.pk)
    require(can_amend_request, by, request)
    if not takes_paper(request, type):
        raise DomainError("funding_request.attach_closed", _("当前状态不能更换材料。"), status=409)
    paper = RequestDocument.objects.locked().filter(request=request, type=type).first()
    if paper is None:
        raise DomainError("funding_request.unknown_item", _("项目的材料清单里没有这一项。"), "type")
    document = Document.objects.locked().get(pk=document.pk)  # somebody may be deleting it just now
    belongs = (document.subject_kind == "case" and document.subject_id == request.case_id) or (
        document.subject_kind == "fundingrequest" and document.subject_id == request.pk
    )
    if not belongs or document.voided_at is not None or document.derived_from_id is not None:
        raise DomainError(
            "funding_request.document_elsewhere", _("这份文件不属于本申请。"), "document"
        )
    paper.document, paper.masked, paper.boxes = document, None, []
    paper.verified_by, paper.state = None, RequestDocument.State.ATTACHED
    paper.save(update_fields=["document", "masked", "boxes", "verified_by", "state"])
    audit.record("funding_request.attach", by=by, on=request, type=type, document=document.uid)
    return paper


# ── sending ──────────────────────────────────────────────────────────────────


def locked_own(request: FundingRequest, *, by: Any, rule: Any) -> FundingRequest:
    """The hospital's request under its lock with what its copies are made of."""
    row = (
        FundingRequest.objects.locked()
        .select_related(
            *("programme_version", "organization", "project__counterparty"),
            *("case__client", "case__episode"),
        )
        .get(pk=request.pk)
    )
    require(rule, by, row)
    return row


def refuse_hold(request: FundingRequest) -> None:
    """Raises DomainError `funding_request.on_hold` (409) after the consent was withdrawn."""
    if request.on_hold_at is not None:
        raise DomainError(
            "funding_request.on_hold", _("服务对象已撤回同意，申请暂停。"), status=409
        )


@command
def request_submit(
    *,
    request: FundingRequest,
    consent: Consent,
    declarations: Collection[str] | Mapping[str, bool],
    by: Any,
) -> FundingRequest:
    """Send a draft to the programme's foundation: number, review copy, copies of papers.

    `declarations` are the ticked codes of DECLARATIONS (a mapping counts its true ones).

    Raises:
        DomainError: `funding_request.submit.wrong_state` (409), the rules of missing_for_submit,
            `funding_request.needs_declarations` on `declarations`,
            `funding_request.needs_consent`, `.consent_too_narrow` on `consent`.
    """
    request = locked_own(request, by=by, rule=can_submit_request)
    FUNDING_REQUEST.check(request, "submit")
    if request.case.closed_at is not None:
        raise DomainError("funding_request.case_closed", _("个案已结束。"), status=409)
    if request.case.client.person.deceased_on is not None:
        raise DomainError(
            "funding_request_not_after_death", _("服务对象已去世，不能再提交申请。"), status=409
        )
    for rule, sentence, field in missing_for_submit(request):
        raise DomainError(rule, sentence, field)
    ticked = (
        {name for name, given in declarations.items() if given}
        if isinstance(declarations, Mapping)
        else set(declarations)
    )
    if set(DECLARATIONS) - ticked:
        raise DomainError(
            "funding_request.needs_declarations", _("请逐项确认申请人声明。"), "declarations"
        )
    check_consent(request, consent)
    send_off(request, ticked & set(DECLARATIONS), by=by)
    disclosure = disclose_review(request, consent, by=by)
    note_submitted(request, by=by, disclosure=disclosure.uid, consent=consent.uid)
    links_settle(
        roots=[request.case.client.root_id], organization_id=request.organization_id, by=by
    )
    return request


def send_off(request: FundingRequest, declared: Collection[str], *, by: Any) -> None:
    """Give a checked draft its number and clock and move it to its programme's foundation."""
    now = timezone.now()
    request.counterparty_id = request.programme_version.organization_id
    request.submitted_at = now
    request.other_grants = granted_by_others(request)
    request.form = {**request.form, "declarations": sorted(declared)}
    days = request.programme_version.sla.get(RequestState.SUBMITTED)
    request.due_at = now + dt.timedelta(days=int(days)) if days else None
    request.number = take_number(
        "funding_request",
        organization=request.organization,
        pattern=NUMBER_PATTERN,
        on=timezone.localdate(),
    )
    sent = ("counterparty", "submitted_at", "form", "due_at", "number", "other_grants")
    move(request, FUNDING_REQUEST, "submit", by=by, also=sent)


def note_submitted(request: FundingRequest, *, by: Any, **given: Any) -> None:
    """Say who submitted: duty, act, the foundation's news, and the audit with what was `given` along."""
    duty = duty_claim(request=request, step="submit", by=by)
    act_write(request=request, duty=duty, step="submit", by=by, amount=request.requested)
    tell_foundation(request, "submit", by=by)
    facts = {"number": request.number, "requested": request.requested}
    audit.record("funding_request.submit", by=by, on=request, **facts, **given)


def tell_foundation(request: FundingRequest, step: str, *, by: Any, topic: str = SUBMITTED) -> None:
    """Put the move into the outbox; the relay makes its effects in the foundation."""
    outbox.put(
        topic,
        organization_id=request.organization_id,
        subject=request,
        request_id=request.pk,
        foundation_id=request.counterparty_id,
        step=step,
    )


@command
def request_supplement(*, request: FundingRequest, message: str = "", by: Any) -> FundingRequest:
    """Answer a request for papers: every returned paper has a new file, the copy gets a new version.

    Raises:
        DomainError: `funding_request.supplement.wrong_state` (409),
            `funding_request.supplement_incomplete` on `documents`,
            `funding_request.needs_consent` on `consent`.
    """
    request = locked_own(request, by=by, rule=can_supplement_request)
    FUNDING_REQUEST.check(request, "supplement")
    refuse_hold(request)
    if RequestDocument.objects.filter(
        request=request, state=RequestDocument.State.RETURNED
    ).exists():
        raise DomainError(
            "funding_request.supplement_incomplete",
            _("还有要求补充的材料没有上传。"),
            "documents",
        )
    copies_renew(request, by=by)
    if message.strip():
        message_write(subject=request, body=message.strip(), by=by)
    days = request.programme_version.sla.get(RequestState.DOCUMENT_CHECK)
    request.due_at = timezone.now() + dt.timedelta(days=int(days)) if days else None
    move(request, FUNDING_REQUEST, "supplement", by=by, also=("due_at",))
    tasks_close(kind="supplement", subject=request)
    tell_foundation(request, "supplement", by=by)
    audit.record("funding_request.supplement", by=by, on=request)
    return request


@command
def request_withdraw(*, request: FundingRequest, reason: str, by: Any) -> FundingRequest:
    """Take a request back before it is approved.

    Raises:
        DomainError: `funding_request.withdraw.wrong_state` (409), `.needs_reason` on `reason`.
    """
    request = locked_own(request, by=by, rule=can_withdraw_request)
    move(request, FUNDING_REQUEST, "withdraw", by=by, reason=reason)
    tasks_close(kind="supplement", subject=request)
    if request.counterparty_id is not None:
        tell_foundation(request, "withdraw", by=by)
    audit.record("funding_request.withdraw", by=by, on=request)
    return request
