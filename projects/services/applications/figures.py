"""What a batch looks like as a whole: five parties, teams by profession, codes, states; constant queries."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from projects.models.applications import Application, ApplicationParty, FiveParty, Profession
from projects.models.calls import Call
from projects.models.fields import TAGS
from projects.services.taxonomies import taxonomies
from projects.workflow.calls import ApplicationState


@dataclass(frozen=True)
class Progress:
    """Drafts that units have begun and those that were never handed in: counts, never which."""

    drafts: int
    lapsed: int
    houses: int


def progress(call: Call) -> Progress:
    """For the issuer's own call; zeros for every other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT drafts, lapsed, houses FROM app.call_progress(%s)", [call.pk])
        return Progress(*cursor.fetchone())


@dataclass(frozen=True)
class Batch:
    """(label, count) rows; `five` has (label, with a party, with a reason, of all)."""

    count: int
    states: list[tuple[str, int]]
    five: list[tuple[str, int, int, int]]
    team: list[tuple[str, int]]
    tags: list[tuple[str, list[tuple[str, int]]]]


def batch(call: Call, by: Any, language: str = "zh-hans") -> Batch:
    """What was handed in for a call, as this person may see it."""
    rows = Application.objects.visible_to(by).filter(call=call).handed_in()
    live = rows.exclude(state__in=["withdrawn", "merged"])
    counts = rows.values("state").annotate(n=Count("pk")).order_by()
    by_state = {row["state"]: row["n"] for row in counts}
    states = [(str(one.label), by_state[one]) for one in ApplicationState if one in by_state]
    parties = ApplicationParty.objects.filter(application__in=live)
    five = {
        row["five"]: row
        for row in parties.filter(role="five")
        .values("five")
        .annotate(told=Count("pk", filter=Q(blank_reason="")), blank=Count("pk", filter=~Q(blank_reason="")))
        .order_by()
    }  # fmt: skip
    team = {
        row["profession"]: row["n"]
        for row in parties.filter(role="member").values("profession").annotate(n=Count("pk")).order_by()
    }  # fmt: skip
    columns = list(live.values_list(*TAGS))
    return Batch(
        len(columns),
        states,
        [
            (
                str(one.label),
                five.get(one.value, {}).get("told", 0),
                five.get(one.value, {}).get("blank", 0),
                len(columns),
            )
            for one in FiveParty
        ],
        [(str(one.label), team[one.value]) for one in Profession if one.value in team],
        _tags(columns, language),
    )


def _tags(columns: list[tuple], language: str) -> list[tuple[str, list[tuple[str, int]]]]:
    words, made = taxonomies(language), []
    for place, name in enumerate(TAGS):
        counted = Counter(code for row in columns for code in row[place])
        lines = [(word, counted[code]) for code, word in words[name] if counted[code]]
        if lines:
            made.append((str(Application._meta.get_field(name).verbose_name), lines))
    return made
