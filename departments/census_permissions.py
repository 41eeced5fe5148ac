"""Who reports, reviews and publishes in the yearly census."""

from typing import Any

from departments.models.census import CensusLine, CensusReturn, PublishedFigure
from departments.models.people import Role


def can_keep_census(user: Any, census: CensusReturn | None) -> bool:
    """The head reports for the house, an authority's officer for institutions without an account."""
    return user.role in {Role.DEPT_HEAD, Role.AUTHORITY_OFFICER} and (
        census is None or census.organization_id == user.house_id
    )


def can_review_census(user: Any, census: CensusReturn | None) -> bool:
    """The authority a return was sent to."""
    return user.role == Role.AUTHORITY_OFFICER and (
        census is None or census.counterparty_id == user.house_id
    )


def can_read_figures(user: Any, _row: Any) -> bool:
    return user.role == Role.AUTHORITY_OFFICER


KEEPERS = frozenset(
    {
        Role.AUTHORITY_OFFICER,
        Role.FOUNDATION_OFFICER,
        Role.FOUNDATION_APPROVER,
        Role.DEPT_HEAD,
    }
)


def can_keep_published(user: Any, figure: PublishedFigure | None) -> bool:
    """Who speaks for a house in public: an authority's officer, a foundation's approver, a department's head."""
    return user.role in KEEPERS and (figure is None or figure.organization_id == user.house_id)


def is_party(user: Any, line: CensusLine) -> bool:
    """Whether the person's house gave or received the line; for others small numbers are hidden."""
    return user.house_id in (line.organization_id, line.counterparty_id)
