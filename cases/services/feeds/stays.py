"""Which stay a delivery means, and what it says of it: the facts of the stay, its operations, its discharge."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.families import Milestone
from cases.models.feeds import EpisodeFeed
from cases.models.people import Episode
from cases.models.service_codes import MilestoneKind
from cases.services.feeds.merging import Fate, Plain, settled
from departments.models.people import User
from msw_portal.kernel.errors import DomainError

FACTS = ("visit_type", "ward", "bed", "doctor", "insurance", "admitted_on", "discharged_on")
# Written as the column beside the name it was found by.
COLUMNS = {"ward": "ward_id"}
OPERATION_DAYS = {"operation_planned_on": "planned_on", "operation_on": "actual_on"}


class TakenBack:
    """The value of a fact that the system takes back: an admission, a discharge, an operation that is not."""

    def __repr__(self) -> str:
        return "taken back"


TAKEN_BACK = TakenBack()


@dataclass
class Told:
    """A stay in the hands of a delivery: what was heard of it, and what became of each fact now."""

    stay: Episode
    feed: EpisodeFeed
    is_new: bool
    at: str
    by: User
    fates: dict[str, Fate] = field(default_factory=dict)
    moves: dict[str, list] = field(default_factory=dict)

    def hear(self, fact: str, value: Any, now: Any) -> bool:
        """Whether `value` of `fact` is to be written over `now`."""
        fate = settled(self.feed.said, fact, plain(value), at=self.at, now=plain(now))
        self.fates[fact] = fate
        if fate == Fate.CHANGED:
            self.moves[fact] = [plain(now), plain(value)]
        return fate == Fate.CHANGED


def plain(value: Any) -> Plain:
    """A value as it is kept and compared: days as text, nothing as None."""
    if value is TAKEN_BACK:
        return None
    return value.isoformat() if isinstance(value, dt.date) else value or None


def chosen(
    stays: Iterable[Episode], values: Mapping[str, Any], visits: Mapping[int, bytes | None]
) -> Episode | None:
    """The stay of this hospital record that a delivery speaks of, None for one that is not known yet.

    `visits` are the keys of the system's own numbers by stay, `values["visit_key"]` that of the
    delivery. Without a number the day of admission decides; without that, when it happened.

    Raises:
        DomainError: `episode.which_stay` on `admitted_on` when that could be more than one.
    """
    found, key = sorted(stays, key=lambda one: one.admitted_on or dt.date.min), values["visit_key"]
    if key is not None:
        told = next((one for one in found if visits.get(one.pk) == key), None)
        if told is not None:
            return told
        found = [one for one in found if visits.get(one.pk) is None]
    day = values.get("admitted_on")
    if isinstance(day, dt.date):
        return _of_day(found, day)
    when = _when(values)
    fitting = [one for one in found if _holds(one, when)]
    if fitting:
        return fitting[-1]
    is_next = all(one.discharged_on and one.discharged_on < when for one in found)
    if not found or (is_next and not isinstance(values.get("discharged_on"), dt.date)):
        return None
    raise DomainError(
        "episode.which_stay",
        _("分不清是哪一次住院，请带上入院日期或住院次数。"),
        "admitted_on",
    )


def _of_day(stays: list[Episode], day: dt.date) -> Episode | None:
    """The one of that day, or the one whose admission was not told yet: its end came first."""
    exact = next((one for one in stays if one.admitted_on == day), None)
    return exact or next(
        (one for one in stays if one.admitted_on is None and _holds(one, day)), None
    )


def _holds(stay: Episode, day: dt.date) -> bool:
    return (stay.admitted_on is None or stay.admitted_on <= day) and (
        stay.discharged_on is None or stay.discharged_on >= day
    )


def _when(values: Mapping[str, Any]) -> dt.date:
    for name in ("discharged_on", "operation_on"):
        if isinstance(values.get(name), dt.date):
            return values[name]
    return timezone.localdate(values["source_time"])


def tell_stay(told: Told, values: Mapping[str, Any]) -> None:
    """Write on the stay what is to be written, in memory.

    Raises:
        DomainError: `episode.in_future`, `episode_dates_in_order` on the day that cannot be.
    """
    stay = told.stay
    for fact in FACTS:
        if fact not in values:
            continue
        column = COLUMNS.get(fact, fact)
        value = values[fact] if values[fact] is TAKEN_BACK else values[column]
        if told.hear(fact, value, getattr(stay, column)):
            is_text = isinstance(getattr(stay, column), str)
            setattr(stay, column, ("" if is_text else None) if value is TAKEN_BACK else value)
    today = timezone.localdate()
    for name in ("admitted_on", "discharged_on"):
        if (getattr(stay, name) or today) > today:
            raise DomainError("episode.in_future", _("还没有到的日子不能送来。"), name)
    if stay.admitted_on and stay.discharged_on and stay.discharged_on < stay.admitted_on:
        raise DomainError(
            "episode_dates_in_order", _("出院日期不能早于入院日期。"), "discharged_on"
        )


def tell_operation(told: Told, values: Mapping[str, Any]) -> None:
    """Write the days of an operation on the course of a saved stay; gaps are read from there.

    A day that somebody entered and that the system means too becomes the system's to move.

    Raises:
        DomainError: `milestone.*` on the day that cannot be.
    """
    given = {name: values[name] for name in OPERATION_DAYS if name in values}
    if not given:
        return
    _check_operation(told.stay, given)
    number = values.get("operation_no") or "1"
    row = _operation(told, number, given)
    is_new = row is None
    if row is None:
        if all(value is TAKEN_BACK for value in given.values()):
            return
        row = _milestone(told, MilestoneKind.OPERATION)
    for name, value in given.items():
        column = OPERATION_DAYS[name]
        if told.hear(f"operation.{number}.{column}", value, getattr(row, column)):
            setattr(row, column, None if value is TAKEN_BACK else value)
    if row.planned_on is None and row.actual_on is None:
        _strike(row, is_new)
        return
    if is_new and row.planned_on is None and _others(told).filter(planned_on=None).exists():
        # One operation of a stay may stand without a plan; a further one was planned for its day.
        row.planned_on = row.actual_on
    row.save()
    told.feed.days[number] = row.pk


def _check_operation(stay: Episode, given: Mapping[str, Any]) -> None:
    for name, day in given.items():
        if day is TAKEN_BACK:
            continue
        if name == "operation_on" and day > timezone.localdate():
            raise DomainError("milestone.actual_in_future", _("还没有到的日子填在计划日期。"), name)
        if stay.admitted_on is not None and day < stay.admitted_on:
            raise DomainError("milestone.before_admission", _("不能早于入院日期。"), name)


def _others(told: Told) -> Any:
    return Milestone.objects.filter(episode=told.stay, kind=MilestoneKind.OPERATION)


def _operation(told: Told, number: str, given: Mapping[str, Any]) -> Milestone | None:
    rows = list(_others(told).locked().order_by("id"))
    mine = told.feed.days.get(number)
    if mine is not None:
        return next((row for row in rows if row.pk == mine), None)
    taken = set(told.feed.days.values())
    free = [row for row in rows if row.pk not in taken]
    planned, actual = given.get("operation_planned_on"), given.get("operation_on")
    meant = [
        row
        for row in free
        if (actual and row.actual_on == actual) or (planned and row.planned_on == planned)
    ]
    coming = [row for row in free if row.actual_on is None]
    return next(iter([*meant, *coming]), None)


def tell_discharge(told: Told) -> None:
    """Let the course of a saved stay say the discharge that was just written on it, as when it is typed there."""
    if "discharged_on" not in told.moves:
        return
    day = told.stay.discharged_on
    rows = Milestone.objects.locked().filter(episode=told.stay, kind=MilestoneKind.DISCHARGE)
    mine = told.feed.days.get("discharge")
    row = rows.filter(pk=mine).first() or rows.filter(actual_on=None).order_by("-id").first()
    if row is None and (day is None or rows.exists()):
        return
    is_new = row is None
    row = row or _milestone(told, MilestoneKind.DISCHARGE)
    row.actual_on = day
    if row.planned_on is None and row.actual_on is None:
        _strike(row, is_new)
        told.feed.days.pop("discharge", None)
        return
    row.save()
    told.feed.days["discharge"] = row.pk


def _milestone(told: Told, kind: str) -> Milestone:
    return Milestone(
        organization_id=told.stay.organization_id, episode=told.stay, kind=kind, created_by=told.by
    )


def _strike(row: Milestone, is_new: bool) -> None:
    """A day that was taken back and that nobody planned is no day of the course any more."""
    if not is_new:
        row.delete()
