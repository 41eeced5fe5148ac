"""What the tests of the money pages share: one request in each state, and how a form is sent."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from donations.models.payout import Disbursement
from tests.factories import donations as made


@dataclass
class World:
    """One request per state, with what hangs on it."""

    people: made.People
    money: made.Money
    asked: dict[str, made.Asked] = field(default_factory=dict)
    payouts: dict[str, Disbursement] = field(default_factory=dict)

    def uid(self, state: str) -> Any:
        return self.asked[state].request.uid


def make_world(people: made.People, money: made.Money) -> World:
    """draft, submitted, proposed, approved, prepared, released."""
    world = World(people, money)
    world.asked["draft"] = made.make_draft(people, money)
    world.asked["submitted"] = made.make_submitted(people, money)
    world.asked["proposed"] = made.make_proposed(people, money)
    world.asked["approved"] = made.make_approved(people, money, amount="10000.00")
    world.asked["prepared"] = made.make_approved(people, money, amount="10000.00")
    world.payouts["prepared"] = made.prepare(people, world.asked["prepared"], "10000.00")
    world.asked["released"] = made.make_approved(people, money, amount="10000.00")
    world.payouts["released"] = made.release(
        people, made.prepare(people, world.asked["released"], "10000.00")
    )
    return world


def url(name: str, *args: Any) -> str:
    return reverse(f"donations:{name}", args=args)


def text(response: Any) -> str:
    """The page without tags, each run of white space one blank."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fields(**changed: Any) -> dict[str, Any]:
    """A request's form as the worker fills it in."""
    given = {
        "treatment_plan": "两个疗程化疗",
        "cost_total": "120,000.00",
        "cost_basic": "50000",
        "cost_critical": "１００００",
        "household_size": "4",
        "monthly_income": "4800",
        "welfare_status": "subsistence",
        "story": "演示：收入不稳定。",
        "relation": "mother",
        "requested": "30000",
        "payout_mode": "to_hospital",
    }
    return given | changed
