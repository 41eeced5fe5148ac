"""Deliveries of the hospital's system become persons and stays: each idempotent, in any order, two at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, VisitType
from cases.models.feeds import EpisodeFeed
from cases.models.people import Client, Episode
from cases.permissions import can_deliver_episodes
from cases.services.feeds.merging import Fate
from cases.services.feeds.stays import (
    TAKEN_BACK,
    Told,
    chosen,
    tell_discharge,
    tell_operation,
    tell_stay,
)
from cases.services.imports.matching import (
    document_keys,
    doubt_likely,
    known_of,
    person_of,
    record_keys,
)
from cases.services.imports.persons import set_ward, settle_person, wards_of
from cases.services.imports.writing import persons_write
from cases.services.people import index_client
from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.importing.kinds import CREATED, KNOWN, Line, Lines
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.crypto import blind_index, first_kid, organization_uid
from msw_portal.kernel.errors import DomainError, explain
from msw_portal.kernel.identifiers import bare

CHANGED = "changed"
HELD = 5600  # first number of the advisory locks on the numbers that deliveries speak of
PERSON = (
    *("name", "sex", "birth_date", "birth_unknown", "id_type", "id_no", "phone", "address", "mrn"),
)
# What the system is told: the person at the other end needs no masked name.
PLAINER = {
    "id_no": _("这个证件号码已登记在另一个姓名下，请核对。"),
    "mrn": _("这个病案号已登记在另一位服务对象名下，或与其姓名、出生日期、证件不符，请核对。"),
    "birth_date": _("出生日期与证件号码不一致，请核对。"),
}
DOUBTED = _("本院已有同名、同出生日期的服务对象，请社工核对：是同一人的，在其页面登记就诊后再送。")
UNKNOWN = _("本院还没有这个病案号或证件号码：第一次送来要带姓名，以及出生日期或证件号码。")
ELSEWHERE = _("这是另一家医院的数据，不能送到本院。")
# Codes and days may stand in the audit; a doctor's name may not.
AUDITED = frozenset({"visit_type", "ward", "bed", "insurance", "admitted_on", "discharged_on"})


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery: `created`, `changed` or `known`, and of which of its facts."""

    stay: Episode
    outcome: str
    is_new_person: bool
    fates: Mapping[str, Fate]

    def facts(self, fate: Fate) -> list[str]:
        return [name for name, met in self.fates.items() if met == fate]


@command
def episode_deliver(*, values: Mapping[str, Any], by: User) -> Delivered:
    """Hear one delivery, whose `values` are those of the columns of `reading.FEED`.

    Raises:
        DomainError: `episode.*`, `client.*`, `milestone.*` on the field that cannot be taken;
            `episode.other_hospital` (403).
    """
    require(can_deliver_episodes, by, None)
    line = Line(0, dict(values))
    found = Batch([line], by)
    return found.deliver(line)


def deliveries_apply(lines: Lines, by: User) -> None:
    """Hear many deliveries in their order, each in a savepoint of its own: what is refused says so on its line."""
    require(can_deliver_episodes, by, None)
    found = Batch(lines, by)
    for line in lines:
        try:
            with transaction.atomic():
                done = found.deliver(line)
        except IntegrityError as error:
            refusal = explain(error)
            line.refuse(refusal.field or "", refusal.message)
        except DomainError as refusal:
            line.refuse(refusal.field or "", refusal.message)
        else:
            found.keep(done)
            line.outcome = done.outcome


class Batch:
    """What is known of the persons and stays that some deliveries speak of.

    Whoever hears deliveries holds their numbers until the transaction ends, all of them taken at once
    and in one order: two deliveries about one record come one after the other.
    """

    def __init__(self, lines: Lines, by: User):
        self.by, self.house = by, by.house_id
        self._wards = wards_of(self.house)
        own = Organization.objects.get(pk=self.house)
        self._names = {own.name, own.short_name, own.code, own.uscc, str(own.uid)} - {""}
        self._early: dict[int, DomainError] = {}
        for line in lines:
            try:
                self._prepare(line)
            except DomainError as refusal:
                self._early[line.line] = refusal
        ready = [line for line in lines if line.line not in self._early]
        self._hold(ready)
        self._known = known_of(ready, self.house)
        self._visits = self._visits_of(
            {stay.pk for stays in self._known.by_record.values() for stay in stays}
        )

    def _prepare(self, line: Line) -> None:
        values = line.values
        if values.get("hospital") and values["hospital"] not in self._names:
            raise DomainError("episode.other_hospital", ELSEWHERE, "hospital", status=403)
        values["is_bare"] = "birth_date" not in values and not values.get("id_no")
        if values.get("name") or values.get("id_no"):
            if values["is_bare"]:
                values["birth_date"] = ""
            _settle(values)
        else:
            values |= {"id_no": "", "id_type": IdType.NONE}
        if values.get("ward") is not TAKEN_BACK:
            set_ward(line, self._wards)
            _raise_first(line, "episode.ward_unknown")
        number = values.get("visit_no")
        values["visit_key"] = self._visit_key(values["mrn"], number) if number else None

    def _visit_key(self, mrn: str, number: str) -> bytes:
        """The digest of the system's number of a stay, which need only differ within one record."""
        house, text = organization_uid(self.house), f"{bare(mrn)}|{number}"
        return blind_index(text, organization=house, field="episode.visit", kid=first_kid())

    def _hold(self, lines: Lines) -> None:
        keys = [
            key
            for line in lines
            for found in (
                record_keys(line.values, self.house),
                document_keys(line.values, self.house),
            )
            for key in found[:1]
        ]
        numbers = [int.from_bytes(key[:4], "big", signed=True) for key in keys]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, n) FROM "
                "(SELECT DISTINCT n FROM unnest(%s::int[]) AS asked(n) ORDER BY n) AS held",
                [HELD, numbers],
            )

    def _visits_of(self, stays: Iterable[int]) -> dict[int, bytes | None]:
        rows = EpisodeFeed.objects.filter(organization_id=self.house, episode_id__in=stays)
        return {
            stay: bytes(key) if key is not None else None
            for stay, key in rows.values_list("episode_id", "visit_key")
        }

    def deliver(self, line: Line) -> Delivered:
        """Hear one of the lines.

        Raises:
            DomainError: when it cannot be taken; the caller's savepoint undoes what was done for it.
        """
        if line.line in self._early:
            raise self._early[line.line]
        values = line.values
        person = person_of(line, self._known, self.house)
        _raise_first(line, "episode.person_differs", PLAINER)
        is_new_person = person is None
        if person is None:
            person = self._new_person(line)
        told = self._told(values, person, is_new_person)
        told.feed.visit_key = values["visit_key"] or told.feed.visit_key
        before = (dict(told.feed.said), dict(told.feed.days))
        tell_stay(told, values)
        self._save_stay(told, values, person)
        tell_operation(told, values)
        tell_discharge(told)
        if before != (told.feed.said, told.feed.days) or told.is_new:
            told.feed.heard_at = max(values["source_time"], told.feed.heard_at)
            told.feed.episode = told.stay
            told.feed.save()
        return self._delivered(told, person, is_new_person, before[0])

    def _new_person(self, line: Line) -> Client:
        values = line.values
        if not values.get("name") or values["is_bare"]:
            missing = "name" if not values.get("name") else "birth_date"
            raise DomainError("episode.person_unknown", UNKNOWN, missing)
        doubt_likely([line], self.by)
        _raise_first(line, "episode.person_doubted", dict.fromkeys(("id_no", "name"), DOUBTED))
        facts = {name: values[name] for name in PERSON if name in values}
        [pk] = persons_write([Line(line.line, facts)], by=self.by, origin=Episode.Origin.HIS)
        return Client.objects.select_related("root").get(pk=pk)

    def _told(self, values: Mapping[str, Any], person: Client, is_new_person: bool) -> Told:
        stays = [] if is_new_person else self._stays(values, person)
        stay = chosen(stays, values, self._visits)
        if stay is None and not is_new_person:
            stay = self._without_record(values, person)
        at = values["source_time"].isoformat(timespec="microseconds")
        if stay is not None:
            stay.refresh_from_db(from_queryset=Episode.objects.locked())
        is_new = stay is None
        stay = stay or Episode(
            organization_id=self.house,
            client=person,
            visit_type=values.get("visit_type") or VisitType.INPATIENT,
            mrn=values["mrn"],
            origin=Episode.Origin.HIS,
            created_by=self.by,
        )
        feed = None if is_new else EpisodeFeed.objects.filter(episode=stay).first()
        feed = feed or EpisodeFeed(
            organization_id=self.house, heard_at=values["source_time"], created_by=self.by
        )
        return Told(stay, feed, is_new, at, self.by)

    def _stays(self, values: Mapping[str, Any], person: Client) -> list[Episode]:
        found = self._known.by_record
        stays = next((found[key] for key in record_keys(values, self.house) if key in found), [])
        return [stay for stay in stays if stay.client.root_id == person.pk]

    def _without_record(self, values: Mapping[str, Any], person: Client) -> Episode | None:
        """A stay of that day that somebody wrote down without its number."""
        day = values.get("admitted_on")
        if day is None or day is TAKEN_BACK:
            return None
        rows = Episode.objects.filter(
            organization_id=self.house,
            client__root_id=person.pk,
            admitted_on=day,
            mrn_bidx__isnull=True,
            mrn_bidx2__isnull=True,
        )
        return rows.order_by("id").first()

    def _save_stay(self, told: Told, values: Mapping[str, Any], person: Client) -> None:
        stay, moved = told.stay, {"ward": "ward_id"}
        gets_record = not stay.mrn
        if told.is_new:
            stay.save(force_insert=True)
        else:
            stay.mrn = stay.mrn or values["mrn"]
            names = [moved.get(name, name).removesuffix("_id") for name in told.moves]
            names += ["mrn", "mrn_bidx", "mrn_bidx2"] if gets_record else []
            if names:
                stay.save(update_fields=names)
        if told.is_new or gets_record:
            index_client(person)

    def _delivered(
        self, told: Told, person: Client, is_new_person: bool, before: Mapping[str, list]
    ) -> Delivered:
        outcome = CREATED if told.is_new else CHANGED if told.moves else KNOWN
        fresh = [name for name, met in told.fates.items() if met == Fate.KEPT]
        fresh = [name for name in fresh if before.get(name) != told.feed.said[name]]
        if outcome != KNOWN or fresh:
            audit.record(
                "episode.deliver",
                by=self.by,
                on=told.stay,
                client=person.uid,
                outcome=outcome,
                source_time=told.at,
                facts=sorted(told.moves),
                kept=sorted(fresh),
                **{name: pair for name, pair in told.moves.items() if name in AUDITED},
            )
        return Delivered(told.stay, outcome, is_new_person, told.fates)

    def keep(self, done: Delivered) -> None:
        """Know what a line of this batch has written: the next ones may speak of it."""
        stay = done.stay
        person = stay.client
        for index in (person.id_no_bidx, person.id_no_bidx2):
            if index is not None:
                self._known.by_document[bytes(index)] = person.root
        for index in (stay.mrn_bidx, stay.mrn_bidx2):
            stays = self._known.by_record.setdefault(bytes(index), []) if index is not None else []
            if all(one.pk != stay.pk for one in stays):
                stays.append(stay)
        self._visits |= self._visits_of([stay.pk])


def _settle(values: dict[str, Any]) -> None:
    try:
        settle_person(values)
    except DomainError as error:
        # The sentence of the form says the day itself.
        said = PLAINER["birth_date"] if error.rule == "client.birth_differs" else error.message
        raise DomainError(error.rule, said, error.field) from None


def _raise_first(line: Line, rule: str, words: Mapping[str, Any] | None = None) -> None:
    """What was written on the line as a refusal.

    Raises:
        DomainError: when there is one.
    """
    if line.faults:
        name, sentence = line.faults.pop()
        line.faults.clear()
        raise DomainError(rule, (words or {}).get(name, sentence), name or None)
