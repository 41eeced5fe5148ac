"""Who may do what with flags, relatives, families and rights; in terms of the person's own predicates."""

from typing import Any

from cases.models.casework import Case
from cases.models.people import Client
from cases.permissions import (
    LEADING_ROLES,
    can_amend_client,
    can_reveal_client,
    can_view_client,
    same_house,
)
from cases.querysets import LISTING_ROLES


def can_raise_flag(user: Any, client: Any) -> bool:
    return can_view_client(user, client)


def can_resolve_flag(user: Any, flag: Any) -> bool:
    """Everybody who works with the person: a flag that no longer holds misleads."""
    return can_view_client(user, flag)


def can_amend_relative(user: Any, relative: Any) -> bool:
    return can_amend_client(user, relative)


def can_reveal_relative(user: Any, relative: Any) -> bool:
    return can_reveal_client(user, relative)


def can_list_reveals(user: Any, _subject: Any = None) -> bool:
    """Who reviews looking at persons one has no business with: the head, never a program."""
    return user.role == "dept_head" and not user.is_service


def can_review_reveal(user: Any, reveal: Any) -> bool:
    """The head of the department in which somebody looked, and never who looked."""
    is_own = same_house(user, reveal) and reveal.department_id == user.acting.department_id
    return can_list_reveals(user) and is_own and reveal.created_by_id != user.pk


def keeps_papers_of(user: Any, client: Any) -> bool:
    """Who leads, and whoever has a case of the person; nothing is taken out under break-glass."""
    if user.acting.glass is not None or not can_view_client(user, client):
        return False
    return user.role in LEADING_ROLES or Case.objects.kept_by(user).of_person(client).exists()


def can_read_person_document(user: Any, document: Any) -> bool:
    """A paper kept with a person says the name in full: also for who filed it, not for every colleague."""
    if document.created_by_id == user.pk:
        return user.acting.glass is None and can_view_client(user, document)
    client = Client.objects.filter(pk=document.subject_id).first()
    return client is not None and keeps_papers_of(user, client)


# ── the person's rights ──────────────────────────────────────────────────────


def can_list_subject_requests(user: Any, _subject: Any = None) -> bool:
    return user.role in LISTING_ROLES


def can_record_subject_request(user: Any, client: Any) -> bool:
    """Whoever meets people takes a request down; assistants and interns pass it on."""
    return user.role in LISTING_ROLES and can_view_client(user, client)


def can_view_subject_request(user: Any, request: Any) -> bool:
    """Says the same as `SubjectRequest.objects.visible_to`."""
    if user.role not in LISTING_ROLES or not same_house(user, request):
        return False
    if user.role == "dept_head" or request.created_by_id == user.pk:
        return True
    return Case.objects.visible_to(user).of_person(request.client).exists()


def can_verify_subject_request(user: Any, request: Any) -> bool:
    return can_view_subject_request(user, request)


def can_correct_for_subject_request(user: Any, request: Any) -> bool:
    return can_view_subject_request(user, request)


def can_copy_for_subject_request(user: Any, request: Any) -> bool:
    """The copy holds what its maker may open, and no more; nothing is taken out of a case under break-glass."""
    return user.acting.glass is None and can_view_subject_request(user, request)


def can_answer_subject_request(user: Any, request: Any) -> bool:
    """The head answers for the house."""
    return user.role == "dept_head" and same_house(user, request)


def can_erase_for_subject_request(user: Any, request: Any) -> bool:
    return can_answer_subject_request(user, request)


def can_list_holds(user: Any, _subject: Any = None) -> bool:
    """Periods, holds and lists of files: the head of the department."""
    return user.role == "dept_head" and not user.is_service


def can_keep_hold(user: Any, client: Any) -> bool:
    """Legal holds and sealed disputes: the head answers for them."""
    return user.role == "dept_head" and not user.is_service and same_house(user, client)


# ── two records of one person ────────────────────────────────────────────────


def can_list_duplicates(user: Any, _subject: Any = None) -> bool:
    return user.role in LISTING_ROLES


def can_report_duplicate(user: Any, client: Any) -> bool:
    """Whoever meets people says that two records may be one; who leads decides."""
    return can_list_duplicates(user) and can_view_client(user, client)


def can_decide_duplicate(user: Any, pair: Any = None) -> bool:
    """Supervisor and head: a merge joins the cases of several workers. Never an API client, never under break-glass."""
    is_leader = user.role in LEADING_ROLES and not user.is_service and user.acting.glass is None
    return is_leader and (pair is None or same_house(user, pair))


# ── families ─────────────────────────────────────────────────────────────────


def can_link_household(user: Any, client: Any) -> bool:
    return can_amend_client(user, client)


# ── break-glass ──────────────────────────────────────────────────────────────


def can_break_glass(user: Any, client: Any = None) -> bool:
    """Worker, supervisor and head; never an API client."""
    is_person = user.role in LISTING_ROLES and not user.is_service
    return is_person and (client is None or can_view_client(user, client))


def can_list_glass(user: Any, _subject: Any = None) -> bool:
    """Who reviews break-glass readings: heads and the security administrator."""
    return user.role in {"dept_head", "secadmin"}


def can_review_glass(user: Any, grant: Any) -> bool:
    """Never the reader."""
    own_house = user.house_id is not None and grant.organization_id == user.house_id
    return can_list_glass(user) and own_house and grant.user_id != user.pk
