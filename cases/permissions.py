"""Who may do what: one plain function per verb; services require it and buttons are drawn from it.

`user` acts in one role of one house (`user.acting`). A case's own people are its worker, its
members, its supervisor and the head of its department.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from cases.models.casework import Case, Referral
from cases.models.codes import RiskLevel
from cases.models.work import Assessment, Contact, Plan
from cases.querysets import DOOR_ROLES, MEMBER_ROLES
from cases.workflow import CaseStage
from msw_portal.kernel.scope import CARE_ROLES

OPENING_ROLES = frozenset({"worker", "supervisor", "dept_head"})
EPISODES_SCOPE = "episodes:write"
REFER_SCOPE, FOLLOW_SCOPE = "referrals:write", "referrals:read"
REGISTERED_LATELY = dt.timedelta(days=3)  # as long as an intake takes (clocks.intake_hours)
LEADING_ROLES = frozenset({"supervisor", "dept_head"})


def same_house(user: Any, subject: Any) -> bool:
    return user.house_id is not None and subject.organization_id == user.house_id


def is_named(user: Any, case: Case) -> bool:
    """Level 5: the case's own compartment must be among those the person may enter."""
    return case.compartment_id is None or case.compartment_id in user.acting.compartments


def is_member(user: Any, case: Case) -> bool:
    today = timezone.localdate()
    return any(
        member.user_id == user.pk and today in member.valid for member in case.casemembers.all()
    )


def in_department(user: Any, case: Case) -> bool:
    return user.acting.department_id is not None and case.department_id == user.acting.department_id


def _at_the_door(user: Any, case: Case) -> bool:
    return case.stage == CaseStage.PENDING and case.worker_id is None and in_department(user, case)


def leads(user: Any, case: Case) -> bool:
    """The supervisor of the case, or the head of its department."""
    if user.role == "dept_head":
        return same_house(user, case) and is_named(user, case) and in_department(user, case)
    return (
        user.role == "supervisor"
        and same_house(user, case)
        and is_named(user, case)
        and case.supervisor_id == user.pk
    )


def works_on(user: Any, case: Case) -> bool:
    """The worker of the case, or a worker who is a member of it."""
    if user.role != "worker" or not same_house(user, case) or not is_named(user, case):
        return False
    return case.worker_id == user.pk or is_member(user, case)


def helps_on(user: Any, case: Case) -> bool:
    """Assistants and interns who are members; what they write needs a countersignature."""
    return (
        user.role in MEMBER_ROLES
        and same_house(user, case)
        and is_named(user, case)
        and is_member(user, case)
    )


# ── persons ──────────────────────────────────────────────────────────────────


def can_search_client(user: Any, _subject: Any = None) -> bool:
    return user.role in CARE_ROLES


def can_register_client(user: Any, _subject: Any = None) -> bool:
    return user.role in CARE_ROLES


def can_view_client(user: Any, client: Any) -> bool:
    """The masked person page; the identity itself is revealed with a reason."""
    return user.role in CARE_ROLES and same_house(user, client)


def keeps_person(user: Any, client: Any) -> bool:
    """Has business with the person: who leads, who has a case of theirs, who took their referral, and for
    the days of an intake who registered them. `client` may be a row that has one."""
    if not can_view_client(user, client):
        return False
    if user.role in LEADING_ROLES or user.is_service:
        return True
    client = getattr(client, "client", client)
    if client.created_by_id == user.pk and timezone.now() - client.created_at < REGISTERED_LATELY:
        return True
    taken = Referral.objects.filter(organization_id=user.house_id, claimed_by=user, state="claimed")
    return (
        Case.objects.kept_by(user).of_person(client).exists()
        or taken.filter(client__root_id=client.root_id).exists()
    )


def can_reveal_client(user: Any, client: Any) -> bool:
    """Another worker of the house too, with a reason that the head reviews; helpers where they help alone."""
    return can_view_client(user, client) and (user.role == "worker" or keeps_person(user, client))


def can_amend_client(user: Any, client: Any) -> bool:
    return keeps_person(user, client)


def can_judge_capacity(user: Any, client: Any) -> bool:
    """Who leads, and the worker of a case: what follows from it is who may sign (Civil Code 21 to 24)."""
    if user.role in LEADING_ROLES:
        return can_view_client(user, client)
    return user.role == "worker" and keeps_person(user, client)


def can_record_stay(user: Any, client: Any) -> bool:
    """A visit is recorded with intake, before there is a case; it says nothing of who the person is."""
    return can_view_client(user, client)


def can_deliver_episodes(user: Any, _subject: Any = None) -> bool:
    """The hospital's own system alone: a service account, never a person; a token needs the scope too."""
    return _is_system(user, EPISODES_SCOPE)


def _is_system(user: Any, scope: str) -> bool:
    if not user.is_service or user.role not in CARE_ROLES:
        return False
    return user.acting.client is None or scope in user.acting.client.scopes


# ── referrals ────────────────────────────────────────────────────────────────


def can_receive_referral(user: Any, _subject: Any = None) -> bool:
    return user.role in CARE_ROLES


def can_send_referral(user: Any, _subject: Any = None) -> bool:
    return _is_system(user, REFER_SCOPE)


def can_follow_sent_referrals(user: Any, _subject: Any = None) -> bool:
    """Its own ones, and of them the state alone: `sent_by` says which."""
    return _is_system(user, FOLLOW_SCOPE)


def can_ask_referral(user: Any, _subject: Any = None) -> bool:
    """A doctor or nurse of the house refers by the own account, and follows what became of it: state alone."""
    return user.role == "clinician"


def can_view_referral(user: Any, referral: Referral) -> bool:
    if referral.direction == Referral.Direction.OUT:
        return can_view_case(user, referral.case)
    return user.role in DOOR_ROLES and same_house(user, referral) and is_named(user, referral)


def can_claim_referral(user: Any, referral: Referral) -> bool:
    return can_view_referral(user, referral)


def can_release_referral(user: Any, referral: Referral) -> bool:
    return can_view_referral(user, referral) and (
        referral.claimed_by_id == user.pk or user.role in LEADING_ROLES
    )


def can_refuse_referral(user: Any, referral: Referral) -> bool:
    return can_view_referral(user, referral)


def can_discard_referral(user: Any, referral: Referral) -> bool:
    return can_view_referral(user, referral) and referral.inbox_item_id is not None


def can_reveal_referral(user: Any, referral: Referral) -> bool:
    return can_view_referral(user, referral) and referral.inbox_item_id is not None


def can_accept_referral(user: Any, referral: Referral) -> bool:
    return can_view_referral(user, referral)


# ── the case ─────────────────────────────────────────────────────────────────


def by_glass(user: Any, case: Case) -> bool:
    """The file stands open by break-glass: to be read, and nothing else."""
    return case.compartment_id is not None and case.compartment_id == user.acting.glass


def can_view_case(user: Any, case: Case) -> bool:
    """May open the file: says the same as `Case.objects.visible_to`."""
    if user.role in CARE_ROLES and same_house(user, case) and by_glass(user, case):
        return True
    return can_keep_case(user, case)


def can_keep_case(user: Any, case: Case) -> bool:
    """One's own file, not one that stands open by break-glass: it may be printed and its papers taken out."""
    if user.role not in CARE_ROLES or not same_house(user, case) or not is_named(user, case):
        return False
    if user.role == "dept_head":
        return in_department(user, case)
    if user.role == "supervisor":
        return case.supervisor_id == user.pk or _at_the_door(user, case)
    if user.role == "worker":
        return case.worker_id == user.pk or _at_the_door(user, case) or is_member(user, case)
    return is_member(user, case)


def can_open_case(user: Any, subject: Any) -> bool:
    """`subject` is the client, the referral or the department the case is opened for."""
    return user.role in OPENING_ROLES and same_house(user, subject)


def can_assign_case(user: Any, case: Case) -> bool:
    """Head and supervisor assign; a worker of the department may claim for himself."""
    if not same_house(user, case) or not is_named(user, case):
        return False
    return user.role in DOOR_ROLES and in_department(user, case)


def can_decline_case(user: Any, case: Case) -> bool:
    """At the door head and supervisor, in intake also the worker."""
    if case.stage == CaseStage.INTAKE and works_on(user, case):
        return True
    return leads(user, case) or (
        user.role == "supervisor" and same_house(user, case) and _at_the_door(user, case)
    )


def can_accept_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_refer_out_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_assess_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_add_need(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_plan_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_start_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_rate_goal(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_evaluate_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_propose_closing_case(user: Any, case: Case) -> bool:
    return works_on(user, case)


def can_record_assessment(user: Any, case: Case) -> bool:
    return works_on(user, case) or helps_on(user, case)


def can_finalize_assessment(user: Any, assessment: Assessment) -> bool:
    return works_on(user, assessment.case)


def can_submit_plan(user: Any, plan: Plan) -> bool:
    return works_on(user, plan.case)


def can_approve_plan(user: Any, plan: Plan) -> bool:
    """Never the author."""
    return leads(user, plan.case) and plan.created_by_id != user.pk


def can_return_plan(user: Any, plan: Plan) -> bool:
    return can_approve_plan(user, plan)


def can_record_contact(user: Any, case: Case) -> bool:
    return works_on(user, case) or helps_on(user, case)


def can_amend_contact(user: Any, contact: Contact) -> bool:
    """Only who wrote it, and only while still on the case."""
    return contact.created_by_id == user.pk and can_record_contact(user, contact.case)


def can_countersign_contact(user: Any, contact: Contact) -> bool:
    return contact.created_by_id != user.pk and (
        works_on(user, contact.case) or leads(user, contact.case)
    )


can_return_contact = can_countersign_contact


def can_close_case(user: Any, case: Case) -> bool:
    """Supervisor or head, never the worker of the case."""
    return leads(user, case) and case.worker_id != user.pk


def can_return_case(user: Any, case: Case) -> bool:
    return can_close_case(user, case)


def can_step_back_case(user: Any, case: Case) -> bool:
    return works_on(user, case) or leads(user, case)


def can_suspend_case(user: Any, case: Case) -> bool:
    return can_step_back_case(user, case)


def can_resume_case(user: Any, case: Case) -> bool:
    return can_step_back_case(user, case)


def can_add_member(user: Any, case: Case) -> bool:
    return can_step_back_case(user, case)


def can_ask_transfer(user: Any, case: Case) -> bool:
    """The worker of the case, its supervisor or the head; while it is open and somebody works on it."""
    return case.is_open and case.worker_id is not None and can_step_back_case(user, case)


def can_answer_transfer(user: Any, transfer: Any) -> bool:
    """Only the colleague who was asked, while still a worker here."""
    return user.role == "worker" and same_house(user, transfer) and transfer.to_user_id == user.pk


def can_revoke_transfer(user: Any, transfer: Any) -> bool:
    return same_house(user, transfer) and (
        transfer.created_by_id == user.pk or can_ask_transfer(user, transfer.case)
    )


def can_hand_over_cases(user: Any, case: Case) -> bool:
    return user.role == "dept_head" and leads(user, case)


def can_raise_secrecy(user: Any, case: Case) -> bool:
    return can_step_back_case(user, case)


def can_note_level5_diagnosis(user: Any, case: Case) -> bool:
    """What stands on the case alone is written by who may raise it."""
    return can_raise_secrecy(user, case)


def can_void_case(user: Any, case: Case) -> bool:
    return user.role == "dept_head" and leads(user, case)


def can_lower_secrecy(user: Any, case: Case) -> bool:
    return can_void_case(user, case)


def can_reopen_case(user: Any, case: Case) -> bool:
    return leads(user, case)


def can_take_alert(user: Any, alert: Any) -> bool:
    return works_on(user, alert.case) or leads(user, alert.case)


def can_resolve_alert(user: Any, alert: Any) -> bool:
    """A crisis is ended by the supervisor or the head of the case, a lesser danger also by its worker."""
    if alert.severity == RiskLevel.CRISIS:
        return leads(user, alert.case)
    return can_take_alert(user, alert)
