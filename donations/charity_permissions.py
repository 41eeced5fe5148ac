"""Who keeps a charity's own facts, its funds and trusts, and who runs its campaigns."""

from typing import Any

KEEPERS = frozenset({"foundation_officer", "foundation_approver"})


def _is_person_of(user: Any, subject: Any) -> bool:
    own = subject is None or subject.organization_id == user.house_id
    return own and user.house_id is not None and user.acting.client is None


def can_keep_charity(user: Any, subject: Any = None) -> bool:
    """The house's facts, qualifications, funds and trusts."""
    return user.role in KEEPERS and _is_person_of(user, subject)


def can_end_fund(user: Any, fund: Any) -> bool:
    """To close a fund for good is the approver's."""
    return user.role == "foundation_approver" and _is_person_of(user, fund)


def can_keep_campaign(user: Any, campaign: Any = None) -> bool:
    """Plan, filing, partners and figures."""
    return user.role in KEEPERS and _is_person_of(user, campaign)


def can_run_campaign(user: Any, campaign: Any) -> bool:
    """To start, end, close or stop a campaign is the approver's: it speaks to the public."""
    return user.role == "foundation_approver" and _is_person_of(user, campaign)
