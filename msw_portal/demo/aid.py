"""What a life asks a foundation for: programme, bill, sum, and how far it comes when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cases.models.codes import ShareItem
from msw_portal.demo import texts
from msw_portal.demo.dice import Dice
from msw_portal.demo.lives import Life

BY_DISEASE: Mapping[str, tuple[str, ...]] = {
    "白血病": ("小天使基金",),
    "先天性心脏病": ("天使阳光", "如新先心病"),
    "唇腭裂": ("嫣然天使",),
    "早产儿": ("瑞华慈善",),
    "肿瘤": ("瑞华慈善",),
    "淋巴瘤": ("瑞华慈善", "县区大病"),
    "脑瘫": ("海豚计划",),
    "骨折": ("中医院慈善救助",),
    "慢性病": ("中医院慈善救助", "县区大病"),
    "脑卒中": ("县区大病",),
    "冠心病": ("县区大病",),
    "癫痫": ("县区大病",),
    "外伤": ("县区大病",),
    "重症肺炎": ("县区大病",),
}
CAPS = {
    "小天使基金": 50_000,
    "天使阳光": 20_000,
    "嫣然天使": 12_000,
    "瑞华慈善": 30_000,
    "疝医行": 5_000,
    "中医院慈善救助": 8_000,
    "海豚计划": 10_000,
    "如新先心病": 15_000,
    "县区大病": 10_000,
}
OUTCOMES = {"paid": 82, "rejected_ineligible": 8, "rejected": 6, "withdrawn": 4}
# What the person agrees to tell: enough for a review, and the name for the payout.
TOLD = (
    ShareItem.NAME,
    ShareItem.SEX,
    ShareItem.AGE_BAND,
    ShareItem.REGION,
    ShareItem.HOSPITAL,
    ShareItem.MRN,
    ShareItem.DISEASE_GROUP,
    ShareItem.TREATMENT_STAGE,
    ShareItem.INSURANCE,
    ShareItem.COSTS,
    ShareItem.HOUSEHOLD,
    ShareItem.WELFARE_STATUS,
    ShareItem.OTHER_AID,
    ShareItem.HARDSHIP,
    ShareItem.DOCUMENTS,
    ShareItem.PAYEE,
    ShareItem.RESULTS,
)
STEPS = (
    "submitted",
    "checked",
    "accepted",
    "proposed",
    "approved",
    "prepared",
    "released",
    "confirmed",
)
DECLARED = ("truthful", "no_related_party")


@dataclass(frozen=True)
class Aid:
    """One request: its sum and the moments of its steps, which happen as far as `outcome` lets them."""

    programme: str
    is_transplanted: bool
    total: Decimal
    basic: Decimal
    critical: Decimal
    requested: Decimal
    outcome: str
    submitted: dt.datetime
    checked: dt.datetime
    accepted: dt.datetime
    proposed: dt.datetime
    approved: dt.datetime
    prepared: dt.datetime
    released: dt.datetime
    confirmed: dt.datetime

    @property
    def costs(self) -> dict[str, Decimal]:
        return {"total": self.total, "basic": self.basic, "critical": self.critical}


def is_poor(life: Life) -> bool:
    """The house's own line for every programme of the demo."""
    person = life.person
    by_income = person.monthly_income / person.household_size < 2000
    return by_income or person.welfare not in ("ordinary", "disabled", "preferential")


def aid(
    life: Life,
    *,
    seed: int,
    programme: str = "",
    outcome: str = "",
    begins: dt.datetime | None = None,
) -> Aid:
    """Draw the request of a life; what is given is not drawn."""
    dice = Dice("aid", seed, life.house, life.serial)
    programme = programme or dice.choice(BY_DISEASE[life.disease.group])
    is_transplanted = programme == "小天使基金" and life.serial % 3 == 0
    cap = 30_000 if programme == "小天使基金" and not is_transplanted else CAPS[programme]
    gap = life.cost - life.covered
    basic = (life.covered * Decimal("0.8")).quantize(Decimal(1))
    at = dice.at_work(begins or life.started + dice.days(0.5, 6))
    moments = {"submitted": at}
    for name, least, most in (
        ("checked", 0.1, 1.5),
        ("accepted", 0.3, 3),
        ("proposed", 0.5, 4),
        ("approved", 0.3, 3),
        ("prepared", 0.3, 2),
        ("released", 0.2, 1.5),
        ("confirmed", 0.6, 3),
    ):
        at = dice.at_work(at + dice.days(least, most))
        moments[name] = at
    return Aid(
        programme=programme,
        is_transplanted=is_transplanted,
        total=life.cost,
        basic=basic,
        critical=life.covered - basic,
        requested=min(Decimal(cap), gap.quantize(Decimal("100"))),
        outcome=outcome or dice.weighted(OUTCOMES),
        **moments,
    )


def ending(wanted: Aid, step: str, at: dt.datetime) -> Aid:
    """The same request with `step` (submitted, checked ...) within the day before `at`, by whole days."""
    days = (at - getattr(wanted, step)).days
    moved = {name: getattr(wanted, name) + dt.timedelta(days=days) for name in STEPS}
    return replace(wanted, **moved)


def asks(life: Life, seed: int) -> bool:
    """Whether a life asks at all: three in ten of all cases do."""
    if life.disease.group not in BY_DISEASE or not is_poor(life) or life.declined:
        return False
    return Dice("asks", seed, life.house, life.serial).chance(0.36)


def sheet(life: Life, wanted: Aid) -> dict[str, Any]:
    """What the worker writes for the request (SHEET_FIELDS)."""
    person = life.person
    relatives = [
        {"relation": relative.relation, "age": 36 + place, "job": "务工" if place else "照顾患者"}
        for place, relative in enumerate(person.relatives)
    ]
    return {
        "relation": person.relatives[0].relation if life.is_child else "self",
        "treatment_plan": texts.PLANS[3 if wanted.is_transplanted else life.serial % 3],
        "is_transplanted": wanted.is_transplanted,
        "household_size": person.household_size,
        "monthly_income": Decimal(person.monthly_income),
        "household": relatives,
        "assets": "农村自建房一处",
        "debts": "向亲友借款",
        "welfare_status": person.welfare,
        "other_aid": "",
        "story": life.told(texts.STORIES[life.serial % 2]),
    }
