"""Who records consents and withdrawals, makes and reads copies, keeps and reads files."""

from typing import Any

from cases.models.casework import Case
from cases.models.codes import DisclosureLevel
from cases.models.consents import Consent, Disclosure
from cases.permissions import (
    OPENING_ROLES,
    can_keep_case,
    helps_on,
    keeps_person,
    same_house,
    works_on,
)
from cases.querysets import DOOR_ROLES, FOUNDATION_ROLES
from msw_portal.kernel.scope import CARE_ROLES


def can_give_consent(user: Any, subject: Any) -> bool:
    """`subject` is the case, or the client for what concerns the person as a whole."""
    if isinstance(subject, Case):
        return works_on(user, subject) or helps_on(user, subject)
    return keeps_person(user, subject)


def can_withdraw_consent(user: Any, consent: Consent) -> bool:
    """Withdrawing must be easy: everybody with business with the person may record it (PIPL 15)."""
    if consent.case_id is None:
        return keeps_person(user, consent)
    return can_keep_case(user, consent.case)


def can_file_consent_paper(user: Any, consent: Consent) -> bool:
    """Whoever could have recorded the signature files its paper."""
    return can_give_consent(user, consent.case or consent.client)


def can_print_consent(user: Any, consent: Consent) -> bool:
    """A consent that belongs to no case; one of a case is printed as its F2."""
    return consent.case_id is None and user.role in CARE_ROLES and same_house(user, consent)


def can_make_disclosure(user: Any, consent: Consent) -> bool:
    if consent.case_id is None:
        return user.role in OPENING_ROLES and keeps_person(user, consent)
    return works_on(user, consent.case)


def can_read_disclosure(user: Any, disclosure: Disclosure) -> bool:
    if user.role in {"clinician", "expert_reviewer"}:
        return same_house(user, disclosure) and disclosure.recipient_user_id == user.pk
    if user.role in FOUNDATION_ROLES:
        return user.house_id is not None and disclosure.recipient_id == user.house_id
    if disclosure.recipient_id == user.house_id:
        return user.role in DOOR_ROLES and disclosure.level == DisclosureLevel.REFERRAL
    return user.role in CARE_ROLES and same_house(user, disclosure)


def can_upload_document(user: Any, case: Case) -> bool:
    return works_on(user, case) or helps_on(user, case)


def can_remove_document(user: Any, case: Case) -> bool:
    """While the case is open: afterwards its files are the archive."""
    return case.is_open and works_on(user, case)


def can_read_document(user: Any, case: Case) -> bool:
    return can_keep_case(user, case)


def can_share_mdt(user: Any, case: Case) -> bool:
    """The worker of the case opens parts of it to clinicians, under the person's consent."""
    return case.is_open and works_on(user, case)


def can_list_shared(user: Any, _subject: Any = None) -> bool:
    return user.role == "clinician"
