"""A class B questionnaire as a hospital would import it: the slot with some text in every empty place."""

import copy
from typing import Any

from msw_portal.kernel.instruments.catalogue import SLOTS


def worded_slot(slot: str, edition: str = "1", /, **given: Any) -> dict[str, Any]:
    """The worded definition; `given` replaces keys of it."""
    made = copy.deepcopy(dict(SLOTS[slot, edition]))
    for rows in made["options"].values():
        for row in rows:
            row["zh"] = row["zh"] or f"选项 {row['value']}"
    for item in made["items"]:
        item["zh"] = item["zh"] or f"题 {item['code']}"
    return made | given
