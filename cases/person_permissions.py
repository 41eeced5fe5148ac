"""Who may do what with flags, relatives, families and rights; in terms of the person's own predicates."""

from typing import Any

from cases.permissions import can_amend_client, can_view_client


def can_raise_flag(user: Any, client: Any) -> bool:
    return can_view_client(user, client)


def can_resolve_flag(user: Any, flag: Any) -> bool:
    """Everybody who works with the person: a flag that no longer holds misleads."""
    return can_view_client(user, flag)


def can_amend_relative(user: Any, relative: Any) -> bool:
    return can_amend_client(user, relative)


def can_reveal_relative(user: Any, relative: Any) -> bool:
    return can_view_client(user, relative)
