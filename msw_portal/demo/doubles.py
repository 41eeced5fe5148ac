"""Persons who were registered twice: by another document, by name alone, with one character mistyped."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cases.models.people import Episode
from cases.services import clients, intake
from cases.services.duplicates import duplicates_find
from msw_portal.demo.clock import Clock
from msw_portal.demo.patients import MARK
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import acting

DAY = dt.timedelta(days=1)
# Rows bear the real time of their change, the world that of its story: nothing is too new to be compared.
EVER = dt.timedelta(days=-4000)
MISTYPED = "元"
PAIRS = 3


def doubles(clock: Clock, stories: Sequence[Story], until: dt.datetime) -> Iterator[dt.datetime]:
    """Three second records of three persons, and the comparison that finds them; an actor."""
    yield until - 3 * DAY + dt.timedelta(hours=14)
    known = [
        one for one in stories if one.life.opened < until - 5 * DAY and not one.scenario.quirk
    ][-PAIRS:]
    if len(known) < PAIRS:
        return
    for story, facts in zip(known, _facts(known), strict=True):
        worker = story.worker
        with acting(worker):
            with clock.aside():
                made = clients.client_search(name=facts["name"], by=worker)
                double = clients.client_register(searched=made.uid, by=worker, **facts)
            first = Episode.objects.visible_to(worker).filter(client=story.client).first()
            intake.episode_record(
                client=double,
                visit_type="outpatient",
                ward=first.ward,
                admitted_on=(until - 3 * DAY).date(),
                by=worker,
            )
    duplicates_find(organization_id=known[0].hospital.organization.pk, settled=EVER)


def _facts(stories: Sequence[Story]) -> Iterator[dict]:
    """What stood on the second sheet."""
    people = [one.life.person for one in stories]
    certain, same, mistyped = people
    yield {
        "name": certain.name,
        "sex": certain.sex,
        "birth_date": certain.born,
        "id_type": "birth_certificate",
        "id_no": certain.id_no,
    }
    yield {
        "name": same.name,
        "sex": same.sex,
        "birth_date": same.born,
        "id_type": "none",
        "phone": same.phone,
    }
    yield {
        "name": mistyped.name[: -len(MARK) - 1] + MISTYPED + MARK,
        "sex": mistyped.sex,
        "birth_date": mistyped.born.replace(day=1 if mistyped.born.day > 1 else 2),
        "id_type": "none",
    }
