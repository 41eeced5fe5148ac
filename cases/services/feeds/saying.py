"""Where the hospital's system says otherwise than what stands on a stay: both shown, and one of them chosen.

A delivery never overwrites what a person wrote (feeds.merging). Whoever looks at the person sees both,
takes the system's words over or keeps the own ones; what is kept is asked again only when the system
says something else.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Insurance, VisitType
from cases.models.feeds import EpisodeFeed
from cases.models.people import Episode
from cases.permissions import can_record_stay
from cases.services.feeds.delivering import AUDITED
from cases.services.feeds.stays import COLUMNS, FACTS, Told, plain, tell_discharge
from cases.services.stays import check_days
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.display import when
from msw_portal.kernel.errors import DomainError

LABELS: dict[str, str | Promise] = {
    "visit_type": _("就诊类型"),
    "ward": _("病区"),
    "bed": _("床号"),
    "doctor": _("主管医生"),
    "insurance": _("医保类型"),
    "admitted_on": _("入院日期"),
    "discharged_on": _("出院日期"),
}
DAYS = frozenset({"admitted_on", "discharged_on"})
CODES = {"visit_type": VisitType, "insurance": Insurance}


@dataclass(frozen=True)
class Otherwise:
    """One fact of which record and system say different things; `at` is when the system knew it."""

    stay: Episode
    fact: str
    own: str
    said: str
    at: str

    @property
    def label(self) -> str | Promise:
        return LABELS[self.fact]

    @property
    def heard(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.at)


def said_otherwise(stays: Iterable[Episode | None]) -> list[Otherwise]:
    """What is to be decided on these stays, which bring their feeds; one statement more where wards differ."""
    found = [(stay, fact) for stay in stays if stay is not None for fact in _differing(stay)]
    wards: dict[int, str] = {}
    if asked := {stay.feed.said["ward"][1] for stay, fact in found if fact == "ward"}:
        rows = Department.objects.filter(pk__in=[pk for pk in asked if pk])
        wards = dict(rows.values_list("pk", "name"))
    return [
        Otherwise(
            stay=stay,
            fact=fact,
            own=_words(fact, getattr(stay, fact), wards),
            said=_words(fact, _value(fact, stay.feed.said[fact][1]), wards),
            at=stay.feed.said[fact][0],
        )
        for stay, fact in found
    ]


def _differing(stay: Episode) -> list[str]:
    feed = getattr(stay, "feed", None)
    if feed is None:
        return []
    return [
        fact
        for fact in FACTS
        if fact in feed.said
        and (feed.said[fact][1] or None) != plain(getattr(stay, COLUMNS.get(fact, fact)))
        and feed.kept.get(fact) != feed.said[fact]
    ]


def _value(fact: str, said: Any) -> Any:
    """What the system said, as the stay's column holds it."""
    if said in (None, ""):
        return None
    return dt.date.fromisoformat(said) if fact in DAYS else said


def _words(fact: str, value: Any, wards: dict[int, str]) -> str:
    if value in (None, ""):
        return _now("（空）")
    if fact == "ward":
        return value.name if isinstance(value, Department) else wards.get(value, _now("（空）"))
    if fact in CODES:
        codes = CODES[fact]
        return str(codes(value).label) if value in codes.values else str(value)
    return when(value) if fact in DAYS else str(value)


def _locked(stay: Episode, fact: str, at: str, by: User) -> tuple[Episode, EpisodeFeed]:
    stay = Episode.objects.locked().select_related("client").get(pk=stay.pk)
    require(can_record_stay, by, stay.client)
    feed = EpisodeFeed.objects.locked().filter(episode=stay).first()
    if feed is None or fact not in LABELS or fact not in feed.said:
        raise DomainError("episode.nothing_said", _("医院系统没有送来这一项。"), status=409)
    if feed.said[fact][0] != at:
        raise DomainError(
            "episode.said_anew", _("医院系统刚刚又送来了新的内容，请重新核对。"), status=409
        )
    stay.feed = feed
    if fact not in _differing(stay):
        raise DomainError("episode.settled", _("这一项已经处理过了。"), status=409)
    return stay, feed


@command
def episode_take_over(*, stay: Episode, fact: str, at: str, by: User) -> Episode:
    """Write what the system said (known to it at `at`) over what stands on the stay.

    Raises:
        DomainError: `episode.nothing_said`, `episode.said_anew`, `episode.settled` (409); what
            check_days refuses when the days would not fit one another.
    """
    stay, feed = _locked(stay, fact, at, by)
    column = COLUMNS.get(fact, fact)
    before, value = getattr(stay, column), _value(fact, feed.said[fact][1])
    if value is None and isinstance(before, str):
        value = ""
    setattr(stay, column, value)
    if fact in DAYS:
        check_days(stay.admitted_on, stay.discharged_on)
    stay.save(update_fields=[column.removesuffix("_id")])
    moved = {fact: [plain(before), plain(value)]}
    tell_discharge(Told(stay, feed, False, at, by, moves=moved))
    feed.kept.pop(fact, None)
    feed.save(update_fields=["kept", "days"])
    words = moved if fact in AUDITED else {}
    audit.record("episode.take_over", by=by, on=stay.client.person, fact=fact, **words)
    return stay


@command
def episode_keep(*, stay: Episode, fact: str, at: str, by: User) -> Episode:
    """Say that what stands on the stay is right; nobody is asked again until the system says something else.

    Raises:
        DomainError: `episode.nothing_said`, `episode.said_anew`, `episode.settled` (409).
    """
    stay, feed = _locked(stay, fact, at, by)
    feed.kept[fact] = feed.said[fact]
    feed.save(update_fields=["kept"])
    audit.record("episode.keep", by=by, on=stay.client.person, fact=fact, said_at=at)
    return stay
