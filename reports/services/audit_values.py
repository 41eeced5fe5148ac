"""The words for what an audit entry says of a report and no table knows: its kind, its period, its indicators."""

from typing import Any

from reports.indicators.library import INDICATORS
from reports.services.kinds import KINDS
from reports.services.periods import SPAN_NAMES


def value_words(name: str, value: str) -> Any:
    """The name of a kind, of a length of period or of an indicator; None for anything else."""
    if name == "span":
        return SPAN_NAMES.get(value)
    named = {"kind": KINDS, "codes": INDICATORS}.get(name, {}).get(value)
    return named.name if named else None
