"""The year as it passes: whoever acts says when next, and the clock goes from one to the other."""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connection

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import house_scope
from msw_portal.demo import (
    appealing,
    asking,
    campaigns,
    disclosing,
    doubles,
    families,
    funds,
    gathering,
    goods,
    guarding,
    history,
    privacy,
    referring,
    whole,
)
from msw_portal.demo.aid import Aid, aid, asks, ending
from msw_portal.demo.clock import Clock
from msw_portal.demo.dice import Dice
from msw_portal.demo.gifts import receiving
from msw_portal.demo.houses import Hospital
from msw_portal.demo.inbox import INBOX, inbox
from msw_portal.demo.lives import Life, life
from msw_portal.demo.payments import Payment, turns_open
from msw_portal.demo.requests import RequestStory
from msw_portal.demo.scenarios import ALWAYS, SCENARIOS, Scenario, life_of
from msw_portal.demo.sending import send
from msw_portal.demo.stories import Story
from msw_portal.kernel.scope import scope

PARTS, PART = 26, dt.timedelta(days=14)
DAY = dt.timedelta(days=1)
BY_WEEKDAY = (1.0, 0.88, 0.8, 0.76, 0.68, 0.05, 0.04)
Actor = Iterator[dt.datetime]
SHARE_OF_A = 0.75
# The planner knows nothing of rows that are not committed unless it is told to count them.
COUNTED_AFTER = (1, 3, 8, 16)
FIRST = 20_000  # the serial of the first life in bulk; stories come before, the inbox after
HOUR = dt.timedelta(hours=1)
WAITS_SINCE = {
    "submitted": "submitted",
    "document_check": "checked",
    "supplement_required": "checked",
    "first_review": "accepted",
    "consent_withdrawn": "accepted",
    "proposed": "proposed",
    "approved": "approved",
    "agreement": "prepared",
    "disbursing": "prepared",
    "disbursed": "released",
}


def analyze() -> None:
    """Let the planner count every table, also what this transaction has written."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@dataclass
class Course:
    """A year of a demo world of `size` cases."""

    clock: Clock
    seed: int
    size: int
    until: dt.datetime
    made: Mapping[str, Organization]
    people: Mapping[str, User]
    hospitals: Mapping[str, Hospital]
    charity: funds.Charity | None = None
    told: int = 0
    opened: dict[str, list[dt.datetime]] = field(default_factory=lambda: {"A": [], "B": []})
    written: int = 0
    asked: int = 0
    _queue: list[tuple[dt.datetime, int, Actor]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def enter(self, actor: Actor) -> None:
        """Let an actor begin: a generator that yields when it wants to act next."""
        self._again(actor)

    def _again(self, actor: Actor) -> None:
        when = next(actor, None)
        if when is None:
            return
        if when > self.until:
            actor.close()
            return
        heapq.heappush(self._queue, (when, next(self._order), actor))

    def run(self, done: Callable[[str], None]) -> None:
        """Everything up to `until`."""
        self.charity = funds.build(self.made, self.people, self.clock)
        gifts = funds.giving(
            self.charity, seed=self.seed, size=self.size, start=self.clock.now, until=self.until
        )
        self.enter(gifts)
        self.enter(
            receiving(
                self.charity,
                self.hospitals["A"],
                seed=self.seed,
                start=self.clock.now,
                until=self.until,
            )
        )
        self.enter(
            campaigns.campaigning(
                self.charity, seed=self.seed, start=self.clock.now, until=self.until
            )
        )
        span = {"start": self.clock.now, "until": self.until}
        self.enter(goods.goods(self.charity, **span))
        self.enter(goods.receipt_year(self.charity, **span))
        self.enter(appealing.appealing(self.charity, self.people, self.until))
        self.enter(
            disclosing.disclosing(self.charity, self.clock, start=self.clock.now, until=self.until)
        )
        done(f"{len(self.charity.funds)} funds, {len(self.charity.versions)} programmes")
        self._tell_stories()
        for letter in self.hospitals:
            self.enter(self._fortnights(letter))
        while self._queue:
            when, _n, actor = heapq.heappop(self._queue)
            self.clock.to(when)
            self._again(actor)
        with scope(role="system"):
            turns_open(self.charity.id)
        done(
            f"{self.told} cases told through the services, {self.written} in bulk with {self.asked} requests"
        )

    # ── stories ──────────────────────────────────────────────────────────────

    def _tell_stories(self) -> None:
        """A tenth of the cases of hospital A and fewer of B; their requests are actors of their own."""
        count = min(len(SCENARIOS), max(10, self.size // 10))
        for letter, hospital in self.hospitals.items():
            stories = []
            for place, scenario in enumerate(SCENARIOS):
                if place >= (count if letter == "A" else max(3, count // 5)) and (
                    letter != "A" or scenario.quirk not in ALWAYS
                ):
                    continue
                story = Story(self.clock, hospital, self._told(scenario, letter, place), scenario)
                self.enter(story.play())
                stories.append(story)
                self.told += 1
                self.opened[letter].append(story.life.opened)
                if scenario.programme:
                    self.enter(RequestStory(story, self.charity, self._wanted(story, place)).play())
            for place, kind in enumerate(INBOX if letter == "A" else INBOX[:3]):
                made = life(self.seed, letter, 90000 + place, self.until - dt.timedelta(hours=9))
                self.enter(inbox(self.clock, hospital, made, kind, self.until - (place + 2) * HOUR))
            if letter == "A":
                self._tell_of_persons(stories)
        for actor in gathering.all_of(self.clock, self.hospitals, self.until):
            self.enter(actor)

    def _tell_of_persons(self, stories: list[Story]) -> None:
        """What persons ask of the house, who belongs together, what few may know and where people are sent on."""
        by_quirk = {one.scenario.quirk: one for one in stories if one.scenario.quirk in ALWAYS}
        clock, until, other = self.clock, self.until, self.hospitals["B"]
        for place, wish in enumerate(asking.WISHES):
            self.enter(asking.ask(clock, wish, stories, place, until))
        self.enter(families.families(stories, until))
        self.enter(doubles.doubles(clock, stories, until))
        self.enter(guarding.glass(clock, by_quirk["level5"], until))
        for quirk in ("harm", "harm_found"):
            self.enter(guarding.report(clock, by_quirk[quirk], until))
        self.enter(whole.whole(clock, by_quirk["whole"], until))
        keeper = self.people["a.secadmin"]
        self.enter(privacy.office(clock, keeper, until))
        self.enter(privacy.archive(self.hospitals["A"], keeper, until))
        self.enter(referring.bodies(clock, by_quirk["outgoing"], until))
        for quirk, ago in (("crossing", (9 * DAY, 8 * DAY)), ("outgoing", (3 * HOUR,))):
            self.enter(referring.to_hospital(clock, by_quirk[quirk], other, ago, until))

    def _wanted(self, story: Story, place: int) -> Aid:
        """The request of a story; where it waits, it waits since yesterday (one in six for longer)."""
        wanted = aid(story.life, seed=self.seed, programme=story.scenario.programme)
        step = WAITS_SINCE.get(story.scenario.stop)
        if step is None or place % 6 == 1:
            return wanted
        return ending(wanted, step, self.until - dt.timedelta(hours=20 + place % 5 * 17))

    def _told(self, scenario: Scenario, letter: str, place: int) -> Life:
        return life_of(scenario, seed=self.seed, letter=letter, place=place, until=self.until)

    # ── the year in bulk ─────────────────────────────────────────────────────

    def _fortnights(self, letter: str) -> Actor:
        hospital = self.hospitals[letter]
        total = round(self.size * (SHARE_OF_A if letter == "A" else 1 - SHARE_OF_A))
        opened = self.opened[letter]
        first, written = self.until - PARTS * PART - DAY, 0
        for part in range(PARTS):
            since = first + part * PART
            yield since
            if letter == "A" and part in COUNTED_AFTER:
                analyze()
            # As many as the fortnight lacks beside the stories that open in it.
            told = sum(moment < since + PART for moment in opened)
            due = round(total * (part + 1) / PARTS) - told - written
            count = max(0, min(due, total - len(opened) - written))
            lives = [self._life(letter, FIRST + written + n, since) for n in range(count)]
            written += count
            if lives:
                self._write([one for one in lives if one.opened < self.until], hospital)

    def _write(self, lives: list[Life], hospital: Hospital) -> None:
        with house_scope(hospital.id, care=True):
            files = history.write(lives, hospital, self.until)
        self.written += len(files)
        wanted = [
            (file, aid(file.life, seed=self.seed))
            for file in files
            if file.has(file.life.started, self.until) and asks(file.life, self.seed)
        ]
        wanted = [
            pair for pair in wanted if pair[1].submitted < min(self.until, pair[0].life.evaluated)
        ]
        if not wanted:
            return
        # In a scope of no house: a request is a row of two.
        with scope(role="system"):
            grants = send(wanted, self.charity, self.until, sent_before=self.asked)
        self.asked += len(grants)
        for grant in grants:
            self.enter(Payment(grant, self.clock).play())

    def _life(self, letter: str, serial: int, since: dt.datetime) -> Life:
        dice = Dice("opened", self.seed, letter, serial)
        day = since.date() + dt.timedelta(days=dice.randrange(PART.days))
        # Mondays are full and weekends empty: the rhythm of a ward.
        while not dice.chance(BY_WEEKDAY[day.weekday()]):
            day = since.date() + dt.timedelta(days=dice.randrange(PART.days))
        return life(self.seed, letter, serial, dice.moment_on(day))
