"""The order in which the demo world comes to be: one transaction, so that what breaks leaves nothing."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from departments.models.organizations import Organization, OrganizationSetting
from departments.services import outbox
from departments.services.entering import house_scope
from msw_portal.demo import (
    books,
    calendar,
    calling,
    census,
    dropping,
    hooks,
    houses,
    opening,
    paying,
    people,
    places,
    publishing,
    register,
    reviewing,
    studying,
)
from msw_portal.demo.clock import Clock
from msw_portal.demo.cultivating import cultivate
from msw_portal.demo.dice import LOCAL
from msw_portal.demo.enlisting import enlist
from msw_portal.demo.learning import learning
from msw_portal.demo.places import FOUNDATION, HOSPITAL_A
from msw_portal.demo.resources import resources
from msw_portal.demo.rounds import rounds
from msw_portal.demo.serving import serve
from msw_portal.demo.state_aid import state_aid
from msw_portal.kernel.scope import INSTALLATION
from reports.services.freezing import months_sweep
from reports.services.reference import reference_install

MARKER = "demo_world"
Tell = Callable[[str], None]


class NotEmpty(RuntimeError):
    """There is something in the database already that the demo world does not replace."""


def is_there() -> bool:
    """Whether the demo world stands; the marker is its last row."""
    return OrganizationSetting.objects.filter(organization_id=INSTALLATION, key=MARKER).exists()


def check_empty() -> None:
    """Raises NotEmpty when other houses work on this database."""
    others = Organization.objects.filter(is_tenant=True).exclude(pk=INSTALLATION)
    if others.exists():
        raise NotEmpty(
            "This database holds other organizations: the demo world is made in an empty one only."
        )


class Progress:
    """One line per step with the seconds it took."""

    def __init__(self, tell: Tell):
        self.tell, self.began, self.last = tell, time.monotonic(), time.monotonic()

    def __call__(self, words: str) -> None:
        now = time.monotonic()
        self.tell(f"{words} ({now - self.last:.1f} s, {now - self.began:.0f} s in all)")
        self.last = now


def build(*, size: int, seed: int, today: dt.date, tell: Tell) -> None:
    """Make the world as it stands in the morning of `today`, `size` cases in the year before.

    Raises:
        NotEmpty: see check_empty.
    """
    until = dt.datetime.combine(today, dt.time(), LOCAL)
    start = until - dt.timedelta(days=372)
    done = Progress(tell)
    with transaction.atomic():
        _speed_up()
        with Clock(start.replace(hour=8), seed).running() as clock:
            check_empty()
            made = places.build()
            with house_scope(INSTALLATION):
                reference_install()
            staff = people.build(made)
            hospitals = houses.build(made, staff)
            register.build(made, staff, today)
            done(f"{len(made)} organizations, {len(staff)} people, texts and questionnaires")
            course = calendar.Course(
                clock=clock,
                seed=seed,
                size=size,
                until=until,
                made=made,
                people=staff,
                hospitals=hospitals,
            )
            course.run(done)
            clock.to(until)
            kept = books.keep(course.charity, clock)
            done(f"{kept} lines of statements and orders to the books")
            ordered = paying.pay(course.charity, clock, seed)
            done(f"{ordered} payments ordered from the bank or looked at again")
            made_rounds = sum(rounds(one, seed=seed, today=today) for one in hospitals.values())
            done(f"{made_rounds} rounds, calls and hours for the hospital")
            made_meetings = sum(learning(one, today=today) for one in hospitals.values())
            done(f"{made_meetings} supervisions and courses, with everybody's post and papers")
            found = sum(resources(one, seed=seed, today=today) for one in hospitals.values())
            done(f"{found} services in the directories of resources")
            followed = sum(state_aid(one, seed=seed, today=today) for one in hospitals.values())
            done(f"{followed} applications for state aid")
            promised = enlist(hospitals["A"], staff, seed=seed, today=today)
            done(f"{promised} promises of volunteers for the shifts ahead")
            served = sum(serve(one, seed=seed, today=today) for one in hospitals.values())
            done(f"{served} services of volunteers")
            made_returns = census.build()
            census.waiting(hospitals["A"].head, today.year - 1)
            done(f"{made_returns} frozen census returns, one to be reviewed")
            begun = cultivate(made, staff, hospitals["A"], today)
            done(f"{begun} projects, with a base, a programme with sites and kits")
            applied = reviewing.build(made, staff, today)
            done(f"{applied} applications, their experts and the list of 2023")
            written = studying.registers(staff["g.officer"])
            written += studying.answers(hospitals["A"], today)
            written += studying.baseline(staff["f.officer"], today, seed)
            done(f"{written} rows of the registers and of a study with its sheets")
            applied = calling.calls(made, staff, hospitals, today=today)
            done(f"{applied} applications to four calls")
            done(f"{publishing.publish(staff, today)} published numbers beside the computed ones")
            done(f"{opening.open_up(made, staff, today)} tables of open data")
            done(f"{months_sweep(today=today)} cells of frozen months")
            hooks.build(made[FOUNDATION], staff["f.secadmin"])
            people.seen(made, until)
            with house_scope(INSTALLATION):
                OrganizationSetting(
                    organization_id=INSTALLATION,
                    key=MARKER,
                    value={"size": size, "seed": seed, "today": today.isoformat()},
                ).save(force_insert=True)
        # A thousand bells for one relay: it looks by itself.
        connection.run_on_commit = []
    calendar.analyze()
    dropping.drop(made[HOSPITAL_A], staff["a.worker"], today)
    outbox.ring()
    done("written")


def _speed_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL synchronous_commit = off; SET LOCAL jit = off; SET LOCAL lock_timeout = 0"
        )


def describe() -> dict[str, Any]:
    """What the marker says of the world that stands."""
    return OrganizationSetting.objects.get(organization_id=INSTALLATION, key=MARKER).value
