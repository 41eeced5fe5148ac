"""Permission predicates are plain functions; a service requires one and the buttons are drawn from it."""

from collections.abc import Callable
from typing import Any

from msw_portal.kernel.errors import NOT_ALLOWED, DomainError

Predicate = Callable[[Any, Any], bool]


def require(rule: Predicate, by: Any, subject: Any) -> None:
    """Let `by` pass or raise a DomainError named after the predicate (status 403)."""
    if not rule(by, subject):
        raise DomainError(f"permission.{rule.__name__}", NOT_ALLOWED, status=403)
