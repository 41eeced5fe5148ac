"""At the start of a process: no number is shown, or opened to its rows, without words."""

from collections.abc import Iterable
from typing import Any

from reports.services.boards import authority
from reports.services.boards.parts import FOUNDATION, HOSPITAL, OWN
from reports.services.boards.words import SAID
from reports.services.rows import SOURCES


def shown() -> set[str]:
    """Every figure that a board shows or a page of rows explains."""
    parts = (*HOSPITAL.values(), *OWN.values(), *FOUNDATION.values())
    return {*SOURCES, *authority.CODES, *(code for part in parts for code in part.codes)}


def words_shortcoming(_cursor: Any, codes: Iterable[str] | None = None) -> str:
    """One sentence that names the figures without words; "" when there is none. For guard.also."""
    missing = sorted(set(shown() if codes is None else codes) - set(SAID))
    if not missing:
        return ""
    return f"Figures without words in reports/services/boards/words.py: {', '.join(missing)}."
