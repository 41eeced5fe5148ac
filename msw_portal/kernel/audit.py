"""The canonical text of an audit entry: what the hash chain covers, the same in SQL and Python."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    raise TypeError(f"an audit body holds codes, numbers and dates, not {type(value).__name__}")


# One for all: json.dumps makes a new one for each body.
_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
)


def canonical(body: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no spaces, Chinese as it is.

    Raises:
        TypeError: for a value that has no stable text (a model, bytes, a set).
    """
    return _ENCODER.encode(body)


def link(previous: bytes | None, text: str) -> bytes:
    """The hash of an entry in its lane: sha256(previous hash || text)."""
    return hashlib.sha256((previous or b"") + text.encode()).digest()
