"""The address of a list is its state: conditions are added to it and taken away."""

from typing import Any
from uuid import UUID

from django.http import QueryDict

PAGE_SIZE = 20


def address(query: QueryDict, **changes: Any) -> str:
    """The list's own address with some conditions changed (None takes one away); pages start anew."""
    kept = query.copy()
    for name in ("after", "before", "open", *changes):
        kept.pop(name, None)
    for name, value in changes.items():
        if value is not None:
            kept[name] = str(value)
    return f"?{kept.urlencode()}"


def uid_in(text: str) -> UUID | None:
    """The uid that an address names; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
