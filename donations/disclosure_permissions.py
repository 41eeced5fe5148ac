"""Who keeps the calendar of disclosures, publishes, and keeps the figures of a year."""

from typing import Any

from donations.models.disclosure import CharityEvent, CharityYear, DisclosureItem

KEEPERS = frozenset({"foundation_officer", "foundation_approver"})


def _keeps(user: Any, house_id: int | None) -> bool:
    return user.role in KEEPERS and user.house_id == house_id and user.acting.client is None


def can_draft_disclosure(user: Any, item: DisclosureItem) -> bool:
    """Draft, note as done, drop; the clock plans by itself."""
    return user is None or _keeps(user, item.organization_id)


def can_publish_disclosure(user: Any, item: DisclosureItem) -> bool:
    """A person in a browser, another than the one who drafted."""
    return _keeps(user, item.organization_id) and user.pk != item.drafted_by_id


def can_record_event(user: Any, _subject: Any = None) -> bool:
    return _keeps(user, user.house_id) and user.house_id is not None


def can_void_event(user: Any, event: CharityEvent) -> bool:
    return _keeps(user, event.organization_id)


def can_keep_year(user: Any, _subject: Any = None) -> bool:
    """Enter the figures of a year."""
    return _keeps(user, user.house_id) and user.house_id is not None


def can_settle_year(user: Any, year: CharityYear) -> bool:
    """Settling is the approver's: the ratios go to the authority."""
    return _keeps(user, year.organization_id) and user.role == "foundation_approver"
