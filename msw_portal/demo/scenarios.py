"""Which stories are told through the services, so that every stage, state and rule is seen."""

import datetime as dt
import math
from dataclasses import dataclass

from msw_portal.demo.aid import is_poor
from msw_portal.demo.dice import Dice
from msw_portal.demo.lives import Life, life

BLOOD, HEART, CHILDREN = "血液科一病区", "心外科三病区", "儿科一病区"
CANCER, NERVES, BIRTH = "肿瘤科二病区", "神经内科二病区", "产科一病区"


@dataclass(frozen=True)
class Scenario:
    """Where a story stands on the last day: the case's stage, and how far its request has come."""

    stage: str
    ward: str = ""
    group: str = ""
    programme: str = ""
    stop: str = ""  # the last step of the request
    quirk: str = ""  # what happens besides
    ago: tuple[float, float] | None = None  # other days than AGO's


ANGEL, SUN, SMILE, RUIHUA, DOLPHIN = "小天使基金", "天使阳光", "嫣然天使", "瑞华慈善", "海豚计划"


def _angel(stop: str, stage: str = "intervention", quirk: str = "") -> Scenario:
    return Scenario(stage, BLOOD, "白血病", ANGEL, stop, quirk)


# In this order: a small world tells the first of them.
SCENARIOS: tuple[Scenario, ...] = (
    _angel("confirmed", "closed"),
    _angel("first_review"),
    _angel("supplement_required"),
    Scenario("pending"),
    _angel("proposed"),
    _angel("disbursing", quirk="two_instalments"),
    Scenario("assessment", CANCER, quirk="alert"),
    Scenario("planning", quirk="plan_submitted"),
    _angel("consent_withdrawn"),
    Scenario("closure"),
    Scenario("intake"),
    _angel("submitted"),
    _angel("agreement"),
    Scenario("evaluation"),
    _angel("approved", quirk="by_client"),
    Scenario("declined"),
    _angel("draft"),
    _angel("document_check"),
    _angel("rejected"),
    _angel("withdrawn"),
    _angel("disbursed"),
    Scenario("intervention", HEART, "先天性心脏病", SUN, "confirmed"),
    Scenario("intervention", CHILDREN, "唇腭裂", SMILE, "first_review"),
    Scenario("intervention", BIRTH, "早产儿", RUIHUA, "approved"),
    Scenario("intervention", NERVES, "脑瘫", DOLPHIN, "proposed"),
    Scenario("intervention", CANCER, "肿瘤", RUIHUA, "confirmed"),
    Scenario("intervention", HEART, "先天性心脏病", SUN, "rejected_ineligible"),
    Scenario("intervention", CANCER, "肿瘤", RUIHUA, "submitted"),
    _angel("supplemented"),
    _angel("confirmed", "closed"),
    Scenario("intervention", quirk="suspended"),
    Scenario("intervention", quirk="team"),
    Scenario("intervention", CANCER, quirk="level5"),
    Scenario("planning", quirk="plan_returned"),
    Scenario("closed", quirk="returned"),
    Scenario("closed", quirk="reopened"),
    Scenario("referred_out"),
    Scenario("voided"),
    Scenario("pending", quirk="crisis"),
    Scenario("closed", CANCER, quirk="alert_resolved"),
    Scenario("assessment"),
    Scenario("planning"),
    Scenario("intervention", CANCER, "肿瘤", quirk="outgoing"),
    Scenario("intervention", HEART, "冠心病", quirk="whole"),
    Scenario("closed", quirk="erased", ago=(38, 52)),
    Scenario("intake"),
    Scenario("declined", quirk="door"),
    Scenario("assessment"),
    Scenario("closure", quirk="short"),
    Scenario("intervention", CANCER, "肿瘤", quirk="crossing"),
    _angel("draft"),
    _angel("confirmed", "closed"),
    Scenario("pending"),
    Scenario("planning", quirk="plan_submitted"),
    Scenario("closed", CANCER, quirk="died", ago=(34, 46)),
    Scenario("intervention", CHILDREN, quirk="harm"),
    _angel("approved"),
    Scenario("closed"),
    Scenario("assessment", CHILDREN, quirk="harm_found"),
    Scenario("evaluation"),
)
# What every world tells, however small: the rules of persons, of families and of what few may know.
ALWAYS = frozenset(
    {"level5", "outgoing", "crossing", "erased", "died", "harm", "harm_found", "team", "whole"}
)
# stage: how many days ago it was entered, at least and at most
AGO = {
    "pending": (0.3, 1.2),
    "intake": (0.3, 2),
    "assessment": (0.5, 4),
    "planning": (0.5, 2.5),
    "intervention": (19, 34),
    "evaluation": (0.5, 3),
    "closure": (0.3, 2),
    "closed": (1, 70),
    "declined": (2, 60),
    "referred_out": (2, 60),
    "voided": (2, 40),
}
ENTERED = {
    "pending": "opened",
    "intake": "assigned",
    "assessment": "accepted",
    "planning": "assessed",
    "intervention": "started",
    "evaluation": "evaluated",
    "closure": "proposed",
    "closed": "closed",
    "declined": "accepted",
    "referred_out": "accepted",
    "voided": "accepted",
}


def life_of(scenario: Scenario, *, seed: int, letter: str, place: int, until: dt.datetime) -> Life:
    """A life that fits: the ward, an illness and a poverty the programme accepts, the stage on the day."""
    dice = Dice("scenario", seed, letter, place)
    for attempt in range(200):
        made = life(
            seed,
            letter,
            place + 1 + 61 * attempt,
            until - dt.timedelta(days=120),
            ward=scenario.ward,
            group=scenario.group,
        )
        gap = made.cost - made.covered
        if not scenario.programme or (
            is_poor(made) and gap >= 52_000 * (scenario.programme == ANGEL) + 16_000
        ):
            break
    made.decision = "short" if scenario.quirk == "short" else "open"
    made.declined, made.alert_at = "", None
    made.source = "clinician_referral" if place % 3 != 2 else made.source
    if scenario.quirk in ("alert", "alert_resolved"):
        made.phq9, made.alert_at = (1, 2, 2, 1, 1, 2, 1, 0, 1), made.assessed
    elif made.phq9:
        made.phq9 = (*made.phq9[:8], 0)
    if scenario.quirk == "died":
        made.close_reason = "deceased"
    if scenario.quirk == "crisis":
        made.risk, made.priority = "crisis", "urgent"
    entered = getattr(made, ENTERED[scenario.stage])
    ago = dt.timedelta(days=dice.uniform(*(scenario.ago or AGO[scenario.stage])))
    days = math.floor((until - ago - entered) / dt.timedelta(days=1))
    return made.shifted(made.opened + dt.timedelta(days=days))
