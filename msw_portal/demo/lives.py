"""One patient's year with the social workers, drawn whole before anything is written.

The same lives are run through the services (stories) or written in bulk (history), so that both
halves of the demo world look alike.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from msw_portal.demo import texts
from msw_portal.demo.dice import Dice
from msw_portal.demo.patients import Patient, patient
from msw_portal.demo.places import WARDS


@dataclass(frozen=True)
class Disease:
    """What a ward treats: the group that statistics and programmes go by, the diagnosis, the ages."""

    group: str
    diagnosis: str
    ages: tuple[int, int]
    needs: tuple[str, ...]
    cost: tuple[int, int]


HOUR = dt.timedelta(hours=1)
MIXED = ("financial", "emotional", "policy_consult", "family_caregiver", "illness_adaptation")
CHILD = ("financial", "child_education", "emotional", "family_caregiver", "basic_living")
OLD = ("discharge_planning", "family_caregiver", "social_support", "policy_consult", "financial")
DISEASES: dict[str, tuple[Disease, ...]] = {
    "血液科一病区": (
        Disease("白血病", "急性淋巴细胞白血病", (1, 16), CHILD, (80_000, 420_000)),
        Disease("白血病", "急性髓系白血病", (3, 17), CHILD, (90_000, 450_000)),
        Disease("淋巴瘤", "弥漫大B细胞淋巴瘤", (25, 70), MIXED, (60_000, 260_000)),
    ),
    "心外科三病区": (
        Disease("先天性心脏病", "室间隔缺损", (0, 12), CHILD, (40_000, 150_000)),
        Disease("冠心病", "冠状动脉粥样硬化性心脏病", (45, 80), MIXED, (50_000, 160_000)),
    ),
    "肿瘤科二病区": (
        Disease(
            "肿瘤", "肺恶性肿瘤", (40, 80), (*MIXED, "palliative_bereavement"), (60_000, 300_000)
        ),
        Disease("肿瘤", "卵巢恶性肿瘤", (30, 70), MIXED, (50_000, 220_000)),
    ),
    "神经内科二病区": (
        Disease("脑卒中", "脑梗死", (45, 85), OLD, (30_000, 120_000)),
        Disease(
            "脑瘫", "痉挛型脑性瘫痪", (1, 12), (*CHILD, "rehab_reintegration"), (20_000, 90_000)
        ),
    ),
    "产科一病区": (Disease("早产儿", "早产，极低出生体重儿", (0, 0), CHILD, (60_000, 200_000)),),
    "骨科二病区": (
        Disease("骨折", "股骨颈骨折", (55, 88), OLD, (30_000, 90_000)),
        Disease("骨折", "多发骨折", (20, 60), MIXED, (40_000, 130_000)),
    ),
    "儿科一病区": (
        Disease("癫痫", "癫痫", (2, 15), CHILD, (15_000, 60_000)),
        Disease("唇腭裂", "先天性唇腭裂", (1, 13), CHILD, (15_000, 40_000)),
    ),
    "急诊科": (Disease("外伤", "多发伤", (18, 70), ("crisis", *MIXED), (20_000, 180_000)),),
    "重症医学科": (
        Disease("重症肺炎", "重症肺炎", (30, 85), (*MIXED, "communication"), (60_000, 280_000)),
    ),
    "老年医学科": (
        Disease(
            "慢性病",
            "慢性阻塞性肺疾病",
            (65, 92),
            (*OLD, "palliative_bereavement"),
            (15_000, 70_000),
        ),
    ),
}
REVIEWED_AFTER = dt.timedelta(days=30)
WARD_NAMES = tuple(name for name, _beds in WARDS)
SOURCES = {
    "clinician_referral": 52,
    "outreach": 18,
    "self_request": 12,
    "family_request": 12,
    "agency_referral": 3,
    "public_report": 2,
    "other": 1,
}
MODES = {
    "ward_visit": 38,
    "interview": 26,
    "phone": 14,
    "family_meeting": 6,
    "resource_contact": 8,
    "online": 4,
    "escort": 3,
    "incoming_call": 1,
}
CLOSE_REASONS = {
    "goals_met": 70,
    "status_changed": 8,
    "client_withdrew": 6,
    "lost_contact": 6,
    "referred": 5,
    "deceased": 3,
    "out_of_scope": 2,
}


@dataclass(frozen=True)
class Visit:
    """One contact."""

    at: dt.datetime
    minutes: int
    mode: str
    target: str
    need: str
    facts: str
    analysis: str


SENDERS = (
    *(("doctor", "医生"), ("nurse", "护士长"), ("doctor", "医生")),
    *(("nurse", "护士"), ("therapist", "康复师")),
)


@dataclass(frozen=True)
class Aim:
    """A need and the goal that answers it; `gas` is how it is rated at the end."""

    need: str
    statement: str
    voice: str
    severity: int
    gas: int


@dataclass
class Life:
    """Everything that happens, in order; what lies after the demo's last moment does not happen."""

    house: str  # "A" or "B"
    serial: int
    person: Patient
    ward: str
    disease: Disease
    bed: str
    doctor: str
    treatment_stage: str
    admitted_on: dt.date
    stay_days: int
    source: str
    problem: str
    referral_reason: str
    priority: str
    risk: str
    decision: str
    opened: dt.datetime
    assigned: dt.datetime
    accepted: dt.datetime
    assessed: dt.datetime
    planned: dt.datetime
    approved: dt.datetime
    started: dt.datetime
    evaluated: dt.datetime
    proposed: dt.datetime
    closed: dt.datetime
    close_reason: str
    declined: str
    satisfaction: int | None
    aims: list[Aim] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    phq9: tuple[int, ...] = ()
    alert_at: dt.datetime | None = None
    cost: Decimal = Decimal(0)
    covered: Decimal = Decimal(0)

    @property
    def canary(self) -> str:
        """What must never be seen in the other hospital, written as a file number is."""
        return f"档号 {self.house}-{self.serial:05d}"

    def told(self, text: str) -> str:
        """A sentence of the file with its places filled, ending in the canary."""
        minutes = 20 + self.serial % 5 * 5
        filled = text.format(
            who=self.who,
            cost=f"{int(self.cost - self.covered):,}",
            minutes=minutes,
            income=f"{self.person.monthly_income:,}",
            size=self.person.household_size,
        )
        return f"{filled}（{self.canary}）"

    @property
    def sender(self) -> dict[str, str]:
        """Who referred: mostly doctors and nurses of the ward."""
        profession, said = SENDERS[self.serial % len(SENDERS)]
        return {"from_text": self.doctor.replace("医生", said), "from_profession": profession}

    @property
    def who(self) -> str:
        relation = {"mother": "母亲", "father": "父亲"}
        if self.person.age_on(self.admitted_on) < 14:
            return relation[self.person.relatives[0].relation]
        return "患者"

    @property
    def is_child(self) -> bool:
        """A guardian signs."""
        return self.person.age_on(self.admitted_on) < 14

    @property
    def can_be_assessed(self) -> bool:
        """PHQ-9 is for whoever can answer it."""
        return self.person.age_on(self.admitted_on) >= 14

    @property
    def reviews(self) -> list[dt.datetime]:
        """When the plan was looked at again before the evaluation; one in eleven comes some days late."""
        dice, made, since = Dice("reviews", self.house, self.serial), [], self.approved
        is_late = self.serial % 11 == 0
        while (due := since + REVIEWED_AFTER) < self.evaluated:
            late = min(dice.at_work(due + dt.timedelta(days=4)), self.evaluated - HOUR)
            since = late if is_late else dice.at_work(due - dt.timedelta(days=4))
            made.append(since)
        return made

    def stage_on(self, moment: dt.datetime) -> str:
        """The stage the case has reached at a moment."""
        if moment < self.assigned:
            return "pending"
        if self.declined == "door":
            return "declined"
        if self.declined and moment >= self.accepted:
            return "declined" if self.declined == "intake" else "referred_out"
        for name, since in reversed(self._line()):
            if moment >= since:
                return name
        return "pending"

    def _line(self) -> list[tuple[str, dt.datetime]]:
        return [
            ("intake", self.assigned),
            ("assessment", self.accepted),
            ("planning", self.assessed),
            ("intervention", self.started),
            ("evaluation", self.evaluated),
            ("closure", self.proposed),
            ("closed", self.closed),
        ]

    def shifted(self, to_opened: dt.datetime) -> "Life":
        """The same life, opened at another moment."""
        by = to_opened - self.opened
        for name, value in vars(self).items():
            if isinstance(value, dt.datetime):
                setattr(self, name, value + by)
        self.visits = [
            Visit(v.at + by, v.minutes, v.mode, v.target, v.need, v.facts, v.analysis)
            for v in self.visits
        ]
        self.admitted_on += dt.timedelta(days=by.days)
        return self


def life(
    seed: int, house: str, serial: int, opened: dt.datetime, *, ward: str = "", group: str = ""
) -> Life:
    """Draw the `serial`-th life of hospital A or B; `ward` and `group` fix what would be drawn."""
    dice = Dice("life", seed, house, serial)
    ward = ward or dice.zipf(WARD_NAMES)
    diseases = [d for d in DISEASES[ward] if group in ("", d.group)]
    disease = dice.choice(diseases)
    opened = dice.at_work(opened)
    admitted_on = opened.date() - dt.timedelta(days=dice.randint(0, 9))
    person = patient(
        dice, house=1 if house == "A" else 2, serial=serial, ages=disease.ages, on=admitted_on
    )
    cost = Decimal(dice.randrange(*disease.cost, 100))
    made = Life(
        house=house,
        serial=serial,
        person=person,
        ward=ward,
        disease=disease,
        bed=f"{dice.randint(1, 45)}{'+' if dice.chance(0.04) else ''}",
        doctor=f"{dice.choice('高郭何罗梁宋')}示例医生",
        treatment_stage=dice.choice(
            ("diagnosed", "chemoradiation", "pre_op", "post_op", "rehabilitation")
        ),
        admitted_on=admitted_on,
        stay_days=dice.randint(6, 60),
        source=dice.weighted(SOURCES),
        problem="",
        referral_reason=dice.choice(texts.REFERRAL_REASONS),
        priority=dice.weighted({"normal": 74, "soon": 18, "urgent": 8}),
        risk=dice.weighted({"low": 66, "medium": 24, "high": 8, "crisis": 2}),
        decision="short" if dice.chance(0.12) else "open",
        declined=_declined(dice),
        close_reason=dice.weighted(CLOSE_REASONS),
        satisfaction=None if dice.chance(0.15) else dice.weighted({5: 60, 4: 30, 3: 8, 2: 2}),
        cost=cost,
        covered=(cost * Decimal(dice.randint(35, 70)) / 100).quantize(Decimal("1")),
        **_moments(dice, opened),
    )
    made.aims = _aims(dice, disease)
    made.problem = made.told(dice.choice(texts.MATTERS[made.aims[0].need].problems))
    made.visits = _visits(dice, made)
    if made.can_be_assessed and dice.chance(0.6):
        made.phq9 = tuple(dice.choices((0, 1, 2, 3), (45, 35, 14, 6))[0] for _n in range(8)) + (0,)
    if dice.chance(0.08):
        made.alert_at = made.assessed + dice.hours(1, 60)
        made.phq9 = (*made.phq9[:8], 1) if made.phq9 else ()
    return made


def _declined(dice: Dice) -> str:
    return dice.weighted({"": 945, "door": 25, "intake": 12, "refer_out": 18})


def _moments(dice: Dice, opened: dt.datetime) -> dict[str, dt.datetime]:
    """The line of a case: 20 to 90 days from the door to the signature."""
    total = dice.triangular(20, 90, 38)
    # Most are taken on within the morning or afternoon, some wait for the next day.
    assigned = dice.at_work(
        opened + (dice.hours(0.2, 4) if dice.chance(0.75) else dice.hours(4, 26))
    )
    accepted = dice.at_work(assigned + dice.hours(2, 44))
    assessed = dice.at_work(accepted + dice.days(1, 5))
    planned = dice.at_work(assessed + dice.days(0.3, 2))
    approved = dice.at_work(planned + dice.hours(3, 40))
    started = dice.at_work(approved + dice.hours(1, 26))
    evaluated = max(started + dt.timedelta(days=3), opened + dt.timedelta(days=total - 5))
    evaluated = dice.at_work(evaluated)
    proposed = dice.at_work(evaluated + dice.days(0.3, 3))
    closed = dice.at_work(proposed + dice.hours(4, 48))
    return {
        "opened": opened,
        "assigned": assigned,
        "accepted": accepted,
        "assessed": assessed,
        "planned": planned,
        "approved": approved,
        "started": started,
        "evaluated": evaluated,
        "proposed": proposed,
        "closed": closed,
    }


def _aims(dice: Dice, disease: Disease) -> list[Aim]:
    known = [need for need in dict.fromkeys(disease.needs) if need in texts.MATTERS]
    first = dice.zipf(known, 0.7)
    others = [need for need in known if need != first]
    count = dice.weighted({0: 20, 1: 45, 2: 35})
    return [
        Aim(
            need=need,
            statement=dice.choice(texts.MATTERS[need].statements),
            voice="client" if dice.chance(0.6) else "worker",
            severity=dice.weighted({2: 15, 3: 35, 4: 35, 5: 15}),
            gas=dice.weighted({-1: 15, 0: 55, 1: 25, 2: 5}),
        )
        for need in [first, *dice.sample(others, min(count, len(others)))]
    ]


def _visits(dice: Dice, made: Life) -> list[Visit]:
    """2 to 4 a week in the first three weeks, about one a week afterwards."""
    visits, at = [], made.assigned + dice.hours(0.5, 5)
    while True:
        at = dice.at_work(at)
        if at >= made.evaluated:
            return visits or [_visit(dice, made, made.started + dt.timedelta(hours=2))]
        visits.append(_visit(dice, made, at))
        early = (at - made.assigned).days < 21
        at += dice.days(1.6, 3.4) if early else dice.days(4, 11)


def _visit(dice: Dice, made: Life, at: dt.datetime) -> Visit:
    aim = dice.choice(made.aims)
    matter = texts.MATTERS[aim.need]
    mode = dice.weighted(MODES)
    if mode == "resource_contact":
        target = "agency"
    else:
        target = (
            "parent" if made.is_child else dice.weighted({"client": 7, "spouse": 2, "child": 1})
        )
    return Visit(
        at=at.replace(second=0, microsecond=0),
        minutes=dice.choice((15, 20, 30, 30, 40, 45, 60)),
        mode=mode,
        target=target,
        need=aim.need,
        facts=made.told(dice.choice(matter.facts)),
        analysis=made.told(dice.choice(matter.analyses)) if dice.chance(0.7) else "",
    )
