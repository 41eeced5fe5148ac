"""Families of which two are patients: linked, so that one is found from the other and neither file is opened by it."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cases.models.people import Episode
from cases.services import households
from msw_portal.demo.stories import Story
from msw_portal.demo.telling import acting

DAY = dt.timedelta(days=1)
LESS_APART, OF_AGE, GROWN = 15, 18, 24
PARENT_FROM, GRANDPARENT_FROM, GRANDPARENT_TO = 22, 45, 75  # years between a child and the elder
Family = tuple[Story, Story, str]


def families(stories: Sequence[Story], until: dt.datetime) -> Iterator[dt.datetime]:
    """A couple, and a child with a parent or grandparent; an actor."""
    yield until - 5 * DAY + dt.timedelta(hours=11)
    known = [one for one in stories if one.life.opened < until - 6 * DAY]
    for find in (_couple, _child):
        found = find(known, until)
        if found is None:
            continue
        own, other, relation = found
        known = [one for one in known if one not in (own, other)]
        with acting(own.worker):
            stay = Episode.objects.visible_to(own.worker).filter(client=other.client).first()
            households.household_link(
                client=own.client, who=stay.mrn, relation=relation, by=own.worker
            )


def _age(story: Story, until: dt.datetime) -> int:
    return story.life.person.age_on(until.date())


def _couple(known: Sequence[Story], until: dt.datetime) -> Family | None:
    grown = [one for one in known if _age(one, until) >= GROWN]
    return next(
        (
            (his, hers, "spouse")
            for his in grown
            for hers in grown
            if (his.life.person.sex, hers.life.person.sex) == ("1", "2")
            and abs(_age(his, until) - _age(hers, until)) < LESS_APART
        ),
        None,
    )


def _child(known: Sequence[Story], until: dt.datetime) -> Family | None:
    """The child first: the elder is a parent or a grandparent to it."""
    children = [one for one in known if _age(one, until) < OF_AGE]
    pairs = ((child, elder) for child in children for elder in known)
    between = ((child, elder, _age(elder, until) - _age(child, until)) for child, elder in pairs)
    return next(
        (
            (child, elder, _elder(elder, years))
            for child, elder, years in between
            if PARENT_FROM <= years < GRANDPARENT_TO
        ),
        None,
    )


def _elder(elder: Story, years: int) -> str:
    if years >= GRANDPARENT_FROM:
        return "grandparent"
    return "mother" if elder.life.person.sex == "2" else "father"
