"""The lists of all instruments the portal knows.

What is published in a house is frozen, so a change to a shipped definition is a new version.
"""

from msw_portal.kernel.instruments.closed import CLOSED
from msw_portal.kernel.instruments.living import BARTHEL, FCV19S, HVS, UCLA3
from msw_portal.kernel.instruments.mood import GAD2, GAD7, PHQ2, PHQ4, PHQ9, PHQ_ADS, WHO5
from msw_portal.kernel.instruments.own import DISTRESS, FOUR_WAY, QUICK_SCREEN, SATISFACTION
from msw_portal.kernel.instruments.slots import SLOTS
from msw_portal.kernel.questionnaire.definition import Definition

SHIPPED: dict[str, Definition] = {
    one["code"]: one
    for one in (
        PHQ9,
        GAD7,
        QUICK_SCREEN,
        PHQ2,
        GAD2,
        PHQ4,
        PHQ_ADS,
        WHO5,
        UCLA3,
        DISTRESS,
        BARTHEL,
        HVS,
        FCV19S,
        FOUR_WAY,
        SATISFACTION,
    )
}

__all__ = ["CLOSED", "SHIPPED", "SLOTS"]
