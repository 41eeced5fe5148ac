"""A part of the person's own copy: a heading with facts or a table, for paper and for a machine."""

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

NOTHING = "—"


@dataclass(frozen=True)
class Section:
    """A heading with facts (`pairs`) or a table (`head`, `rows`, `widths`)."""

    title: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For a machine: without the widths of paper."""
        kept = asdict(self)
        kept.pop("widths")
        return kept

    def blocks(self) -> list[dict[str, Any]]:
        """For the print template."""
        shown: list[dict[str, Any]] = [{"t": "head", "title": self.title}]
        if self.pairs:
            cells = [
                {
                    "label": label,
                    "text": text,
                    "ticks": [],
                    "wide": len(text) > 16 or "\n" in text,
                    "room": 0,
                }
                for label, text in self.pairs
            ]
            shown.append({"t": "cells", "cells": cells})
        if self.head:
            rows = self.rows or [[_("无"), *[""] * (len(self.head) - 1)]]
            shown.append(
                {"t": "rows", "label": "", "head": self.head, "widths": self.widths, "rows": rows}
            )
        return shown


def day_of(value: dt.date | dt.datetime | None) -> str:
    if value is None:
        return NOTHING
    return f"{timezone.localdate(value) if isinstance(value, dt.datetime) else value:%Y-%m-%d}"
