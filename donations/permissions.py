"""Who may do what with money: one predicate per verb, the same for services and buttons."""

from typing import Any

from cases.consent_permissions import can_upload_document
from cases.permissions import can_accept_case, can_keep_case
from donations.models.giving import Donation, Fund
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.querysets import ASKING_ROLES, FOUNDATION_ROLES, MONEY_ROLES
from donations.workflow import STEP_DUTIES, Duty
from msw_portal.kernel.scope import CARE_ROLES
from projects.permissions.cultivation import can_keep_project, can_lead_project, can_view_project
from projects.querysets.calls import UNIT_ROLES

# Which roles may hold a duty of the foundation's side; an API client holds what its house gave it.
DUTY_ROLES: dict[str, frozenset[str]] = {
    Duty.VERIFY: frozenset({"foundation_officer"}),
    Duty.REVIEW1: frozenset({"foundation_officer"}),
    Duty.REVIEW2: frozenset({"foundation_officer"}),
    Duty.COMMITTEE: frozenset({"foundation_officer", "foundation_approver"}),
    Duty.APPROVE: frozenset({"foundation_approver"}),
    Duty.PREPARE: frozenset({"foundation_cashier"}),
    Duty.RELEASE: frozenset({"foundation_cashier", "foundation_approver"}),
}


def is_foundation_of(user: Any, request: FundingRequest) -> bool:
    return user.role in FOUNDATION_ROLES and user.house_id == request.counterparty_id


def may_hold(user: Any, duty: str) -> bool:
    """The role, or the client's own list, allows the duty at all."""
    client = user.acting.client if user.acting else None
    if client is not None:
        return duty in client.duties and duty not in {Duty.COMMITTEE, Duty.RELEASE}
    return user.role in DUTY_ROLES.get(duty, frozenset())


def duties_for(user: Any, step: str) -> list[str]:
    """The duties under which the user might take a step, the usual one first."""
    return [duty for duty in STEP_DUTIES[step] if may_hold(user, duty)]


def may_step(user: Any, request: FundingRequest, step: str) -> bool:
    return is_foundation_of(user, request) and bool(duties_for(user, step))


def can_list_requests(user: Any, _subject: Any = None) -> bool:
    return user.role in FOUNDATION_ROLES | CARE_ROLES | UNIT_ROLES


def can_view_request(user: Any, request: FundingRequest) -> bool:
    """Agrees with FundingRequest.objects.visible_to."""
    if user.role in FOUNDATION_ROLES:
        return is_foundation_of(user, request)
    return user.house_id == request.organization_id and _keeps_subject(user, request)


def _keeps_subject(user: Any, request: FundingRequest) -> bool:
    """Reads what the request is for: the case, or the unit's project."""
    if request.is_for_project:
        return can_view_project(user, request.project)
    return can_keep_case(user, request.case)


def can_draft_request(user: Any, case: Any) -> bool:
    """Whoever works or helps on an open case may prepare a request."""
    return case.closed_at is None and can_upload_document(user, case)


def can_amend_request(user: Any, request: FundingRequest) -> bool:
    is_own = user.house_id == request.organization_id
    if request.is_for_project:
        return is_own and can_keep_project(user, request.project)
    return is_own and can_upload_document(user, request.case)


def can_submit_request(user: Any, request: FundingRequest) -> bool:
    """Sending is the worker's own act: it discloses. A project's request is sent by its leader or the head."""
    is_own = user.house_id == request.organization_id
    if request.is_for_project:
        return is_own and can_lead_project(user, request.project)
    return is_own and can_accept_case(user, request.case)


def can_supplement_request(user: Any, request: FundingRequest) -> bool:
    return can_submit_request(user, request)


def can_assess_request(user: Any, request: FundingRequest) -> bool:
    return can_submit_request(user, request)


def can_opine_request(user: Any, request: FundingRequest) -> bool:
    """The department's head speaks for the hospital."""
    return (
        user.role == "dept_head"
        and user.house_id == request.organization_id
        and _keeps_subject(user, request)
    )


def can_withdraw_request(user: Any, request: FundingRequest) -> bool:
    return can_submit_request(user, request)


def can_check_request(user: Any, request: FundingRequest) -> bool:
    return may_step(user, request, "check")


def can_ask_supplement(user: Any, request: FundingRequest) -> bool:
    return may_step(user, request, "request_supplement")


def can_reject_ineligible(user: Any, request: FundingRequest) -> bool:
    return may_step(user, request, "reject_ineligible")


def can_review_request(user: Any, request: FundingRequest) -> bool:
    return may_step(
        user, request, "second_review" if request.state == "second_review" else "review"
    )


def can_propose_request(user: Any, request: FundingRequest) -> bool:
    return may_step(user, request, "propose") or may_step(user, request, "second_review")


def can_return_review(user: Any, request: FundingRequest) -> bool:
    """The second reviewer sends it back to the first."""
    return may_step(user, request, "return")


def can_decide_request(user: Any, request: FundingRequest) -> bool:
    """Whoever keeps the committee's minutes; a meeting is no matter for a system."""
    return may_step(user, request, "decide")


def can_reject_request(user: Any, request: FundingRequest) -> bool:
    """What lies before the committee is refused by its decision alone, what was before the public by the approver."""
    if request.state == "notice_elapsed" and not may_hold(user, Duty.APPROVE):
        return False
    return request.state != "committee" and may_step(user, request, "reject")


def can_open_notice(user: Any, request: FundingRequest) -> bool:
    """An officer shows the proposal in public and answers what is said against it."""
    return may_step(user, request, "open_notice")


def can_approve_request(user: Any, request: FundingRequest) -> bool:
    return may_step(user, request, "approve")


def can_tell_use(user: Any, request: FundingRequest) -> bool:
    """The hospital's worker says what became of the money."""
    return can_submit_request(user, request)


def can_record_refund(user: Any, request: FundingRequest) -> bool:
    return (
        user.role == "foundation_cashier"
        and user.acting.client is None
        and is_foundation_of(user, request)
    )


def can_prepare_disbursement(user: Any, request: FundingRequest) -> bool:
    return may_step(user, request, "prepare")


def can_release_disbursement(user: Any, disbursement: Disbursement) -> bool:
    """A person in a browser, never a client, and another than who prepared it."""
    return (
        user.acting.client is None
        and may_step(user, disbursement.request, "release")
        and user.pk != disbursement.prepared_by_id
    )


def can_cancel_disbursement(user: Any, disbursement: Disbursement) -> bool:
    return (
        user.acting.client is None
        and is_foundation_of(user, disbursement.request)
        and (may_hold(user, Duty.PREPARE) or may_hold(user, Duty.RELEASE))
    )


def can_bounce_disbursement(user: Any, disbursement: Disbursement) -> bool:
    return can_cancel_disbursement(user, disbursement)


def can_confirm_disbursement(user: Any, disbursement: Disbursement) -> bool:
    """The hospital says that the money has arrived."""
    return user.house_id == disbursement.organization_id and can_submit_request(
        user, disbursement.request
    )


def _is_staff_of(user: Any, house_id: int) -> bool:
    return (
        user.role in FOUNDATION_ROLES and user.house_id == house_id and user.acting.client is None
    )


def _keeps_money_of(user: Any, house_id: int) -> bool:
    return user.role in MONEY_ROLES and user.house_id == house_id and user.acting.client is None


def can_view_fund(user: Any, fund: Fund | Donation) -> bool:
    """A fund, or a gift to one."""
    return user.role in MONEY_ROLES and user.house_id == fund.organization_id


def can_open_fund(user: Any, _subject: Any = None) -> bool:
    """Funds and donors of the own house."""
    return user.house_id is not None and _keeps_money_of(user, user.house_id)


def can_register_donor(user: Any, _subject: Any = None) -> bool:
    """The money side, and a hospital's department head who writes down an offer."""
    return can_open_fund(user) or can_offer_hospital_gift(user)


def can_record_donation(user: Any, fund: Fund) -> bool:
    return _keeps_money_of(user, fund.organization_id) and user.role != "foundation_approver"


def can_confirm_donation(user: Any, donation: Donation) -> bool:
    """Another than who recorded it; in a hospital a second person of the finance department."""
    return (
        _keeps_money_of(user, donation.organization_id)
        and user.role != "foundation_officer"
        and user.pk != donation.entered_by_id
    )


def can_refuse_donation(user: Any, donation: Donation) -> bool:
    return _keeps_money_of(user, donation.organization_id)


def can_ask_return(user: Any, donation: Donation) -> bool:
    return can_record_donation(user, donation.fund)


def can_pay_return(user: Any, asked: Any) -> bool:
    """Another than who asked: money leaves."""
    return (
        _keeps_money_of(user, asked.organization_id)
        and user.role in {"foundation_approver", "foundation_cashier", "finance"}
        and user.pk != asked.asked_by_id
    )


def can_keep_donor(user: Any, donor: Any) -> bool:
    """Profile, contacts, honours and agreements of a donor of the own house."""
    return _keeps_money_of(user, donor.organization_id)


def can_keep_agreement(user: Any, agreement: Any) -> bool:
    return _keeps_money_of(user, agreement.organization_id)


def can_keep_related_party(user: Any, _party: Any = None) -> bool:
    return can_open_fund(user)


def can_keep_approach(user: Any, approach: Any = None) -> bool:
    """Whoever talks with givers keeps the talks of the own house; the first writer, or a leader, changes one."""
    if user.role not in ASKING_ROLES or user.house_id is None or user.acting.client is not None:
        return False
    if approach is None:
        return True
    is_own = approach.created_by_id == user.pk or user.role in MONEY_ROLES | {"dept_head"}
    return user.house_id == approach.organization_id and is_own


def can_view_hospital_gifts(user: Any, _subject: Any = None) -> bool:
    """Whose list of offers it is: the head of the department and the finance department."""
    return user.house_id is not None and user.role in {"dept_head", "finance"}


def can_offer_hospital_gift(user: Any, _subject: Any = None) -> bool:
    return can_view_hospital_gifts(user) and user.acting.client is None


def can_keep_hospital_gift(user: Any, gift: Any) -> bool:
    return can_offer_hospital_gift(user) and user.house_id == gift.organization_id


def can_give_opinion(user: Any, opinion: Any) -> bool:
    """The person who was named, and nobody else."""
    return user.house_id == opinion.organization_id and user.pk == opinion.person_id


def can_decide_hospital_gift(user: Any, gift: Any) -> bool:
    """The leader who was named, and none of those who gave an opinion."""
    return user.house_id == gift.organization_id and user.pk == gift.decided_by_id


def can_book_hospital_gift(user: Any, gift: Any) -> bool:
    return user.role == "finance" and user.house_id == gift.organization_id


def can_publish_programme(user: Any, programme: Any) -> bool:
    return _is_staff_of(user, programme.organization_id) and user.role == "foundation_approver"


def can_write_programme(user: Any, programme: Any) -> bool:
    return _is_staff_of(user, programme.organization_id) and user.role in {
        "foundation_officer",
        "foundation_approver",
    }


def can_view_payers(user: Any, disbursement: Disbursement) -> bool:
    """Whose gifts paid: the paying house's own staff, and its program that was given the books to read."""
    client = user.acting.client if user.acting else None
    if client is not None:
        return user.house_id == disbursement.counterparty_id and "money:read" in client.scopes
    return _is_staff_of(user, disbursement.counterparty_id)


def can_keep_statement(user: Any, _line: Any = None) -> bool:
    """Brings statements and matches their lines: an officer or the cashier of the own house."""
    return (
        user.house_id is not None
        and _is_staff_of(user, user.house_id)
        and user.role
        in {
            "foundation_officer",
            "foundation_cashier",
        }
    )


def can_view_statements(user: Any, _subject: Any = None) -> bool:
    return user.role in FOUNDATION_ROLES and user.house_id is not None


def can_confirm_line(user: Any, line: Any) -> bool:
    """Books what was matched: neither who brought the line nor who matched it."""
    return (
        _is_staff_of(user, line.organization_id)
        and user.role in {"foundation_cashier", "foundation_approver"}
        and user.pk not in {line.created_by_id, line.matched_by_id}
    )


def can_ask_order(user: Any, _subject: Any = None) -> bool:
    """Asks for an entry that is neither a gift nor a payout, and states what it rests on."""
    return (
        user.house_id is not None
        and _is_staff_of(user, user.house_id)
        and user.role == "foundation_officer"
    )


def can_approve_order(user: Any, order: Any) -> bool:
    return (
        _is_staff_of(user, order.organization_id)
        and user.role == "foundation_approver"
        and user.pk not in {order.asked_by_id, order.approved_by_id}
    )


def can_book_order(user: Any, order: Any) -> bool:
    return (
        _is_staff_of(user, order.organization_id)
        and user.role == "foundation_cashier"
        and user.pk not in {order.asked_by_id, order.approved_by_id, order.second_by_id}
    )


def can_refuse_order(user: Any, order: Any) -> bool:
    """The approver, or whoever asked and takes it back."""
    return _is_staff_of(user, order.organization_id) and (
        user.role == "foundation_approver" or user.pk == order.asked_by_id
    )


def can_give_trace_code(user: Any, donation: Donation) -> bool:
    """Whoever keeps the money of the house that received the gift."""
    return _keeps_money_of(user, donation.organization_id)


def can_export_awards(user: Any, _subject: Any = None) -> bool:
    """What the house awarded, without persons: its staff, and its program that was given the books to read."""
    client = user.acting.client if user.acting else None
    is_trusted = client is None or "money:read" in client.scopes
    return user.role in FOUNDATION_ROLES and user.house_id is not None and is_trusted
