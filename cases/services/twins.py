"""What makes two records likely one person: the keys by which they meet, and the comparison in clear.

Nobody is compared with everybody. Each record leaves keyed hashes of its document, of its name's sound
with the birth date, and of its name with each ward it lay in; two records meet where they share one.
Hashes may collide and sounds are not names, so every meeting is confirmed after decryption.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cases.models.codes import IdType, Sex
from cases.models.duplicates import Likeness
from cases.models.people import Client, Episode
from cases.services.people import GONE, UNIDENTIFIED_NAME, folded
from departments.services.searching import hold_object, index_object, index_objects
from msw_portal.kernel.crypto import organization_uid
from msw_portal.kernel.grams import Gram, characters_of, gram_hashes, readings_of
from msw_portal.kernel.identifiers import normalise_id_no

NAMELESS = frozenset({folded(UNIDENTIFIED_NAME), folded(GONE)})
SHORTEST_WITH_A_GAP = (
    3  # of two characters one in common is a surname; the surname itself is in common
)
YEARS_APART = 1  # what a mistyped year may differ
SCORES = {
    frozenset({Likeness.NAME, Likeness.BIRTH}): 90,
    frozenset({Likeness.SOUND, Likeness.BIRTH}): 80,
    frozenset({Likeness.NAME, Likeness.WARD}): 70,
    frozenset({Likeness.SOUND, Likeness.WARD}): 60,
    frozenset({Likeness.ONE_CHARACTER, Likeness.WARD}): 50,
}
CERTAIN, PHONE_ADDS = 100, 5


@dataclass(frozen=True)
class Alike:
    """How sure it is (0 to 100) that two records are one person, and why, the strongest first."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """A record with the wards it lay in."""

    client: Client
    wards: frozenset[int]


def records_of(organization_id: int, ids: Collection[int]) -> dict[int, Record]:
    """The records with these ids; two statements."""
    wards: dict[int, set[int]] = {}
    stays = Episode.objects.filter(
        organization_id=organization_id, client_id__in=ids, ward_id__isnull=False
    )
    for pk, ward in stays.values_list("client_id", "ward_id"):
        wards.setdefault(pk, set()).add(ward)
    rows = Client.objects.filter(organization_id=organization_id, pk__in=ids)
    return {one.pk: Record(one, frozenset(wards.get(one.pk, ()))) for one in rows}


def grams_of_record(record: Record) -> set[Gram]:
    """The keys of a record."""
    client, grams = record.client, set()
    if client.id_no:
        grams.add(("id", normalise_id_no(client.id_no)))
    name = folded(client.name)
    if name in NAMELESS:
        return grams
    spelt = {("sound", one) for one in readings_of(client.name)}
    if client.birth_date:
        grams |= {("sound+birth", f"{one}|{client.birth_date:%Y%m%d}") for _how, one in spelt}
    characters = characters_of(client.name)
    if len(characters) >= SHORTEST_WITH_A_GAP:
        spelt |= {("gap", _without(characters, at)) for at in range(1, len(characters))}
    return grams | {(f"{how}+ward", f"{one}|{ward}") for how, one in spelt for ward in record.wards}


def _without(characters: list[str], at: int) -> str:
    return "".join("?" if place == at else one for place, one in enumerate(characters))


def hashes_of(records: Mapping[int, Record]) -> dict[int, set[int]]:
    """The keys of the records, hashed under every live key of their house."""
    return {
        pk: gram_hashes(
            grams_of_record(one), organization=organization_uid(one.client.organization_id)
        )
        for pk, one in records.items()
    }


def alike(one: Record, other: Record) -> Alike | None:
    """Whether the two may be one person, by what is written in clear; None when they are surely two."""
    a, b = one.client, other.client
    if a.id_no and b.id_no and normalise_id_no(a.id_no) == normalise_id_no(b.id_no):
        return Alike(CERTAIN, (Likeness.ID_NO, *_besides(one, other)))
    if a.id_no and b.id_no and a.id_type == b.id_type == IdType.ID:
        return None
    name = _name_alike(a, b)
    if name is None:
        return None
    reasons = (name, *_besides(one, other))
    score = max((points for needs, points in SCORES.items() if needs <= set(reasons)), default=0)
    if not score or _contradict(a, b, reasons):
        return None
    return Alike(score + PHONE_ADDS * (Likeness.PHONE in reasons), reasons)


def _name_alike(a: Client, b: Client) -> str | None:
    mine, theirs = folded(a.name), folded(b.name)
    if mine in NAMELESS or theirs in NAMELESS:
        return None
    if mine == theirs:
        return Likeness.NAME
    if readings_of(a.name) & readings_of(b.name):
        return Likeness.SOUND
    mine, theirs = characters_of(a.name), characters_of(b.name)
    if (
        len(mine) == len(theirs) >= SHORTEST_WITH_A_GAP
        and mine[0] == theirs[0]
        and sum(x != y for x, y in zip(mine, theirs, strict=True)) == 1
    ):
        return Likeness.ONE_CHARACTER
    return None


def _besides(one: Record, other: Record) -> tuple[str, ...]:
    """What supports it: birth, ward, telephone."""
    a, b = one.client, other.client
    found = {
        Likeness.BIRTH: bool(a.birth_date) and a.birth_date == b.birth_date,
        Likeness.WARD: bool(one.wards & other.wards),
        Likeness.PHONE: bool(a.phone) and a.phone == b.phone,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _contradict(a: Client, b: Client, reasons: Iterable[str]) -> bool:
    """A likely name in the same ward is no likeness between an old man and a young woman."""
    if Likeness.BIRTH in reasons and Likeness.NAME in reasons:
        return False
    known = {Sex.MALE, Sex.FEMALE}
    if a.sex in known and b.sex in known and a.sex != b.sex:
        return True
    if Likeness.BIRTH in reasons or a.birth_year is None or b.birth_year is None:
        return False
    return abs(a.birth_year - b.birth_year) > YEARS_APART


def twins_forget(client: Client) -> None:
    """Take the keys of a record away: it tells of nobody any more."""
    hold_object(kind="twin", object_id=client.pk)
    index_object(
        organization_id=client.organization_id, kind="twin", object_id=client.pk, grams=set()
    )


def twins_reindex(*, organization_id: int, after: int, limit: int) -> tuple[int | None, int]:
    """Write the keys of the next `limit` records anew; as clients_reindex."""
    house = Client.objects.filter(organization_id=organization_id, pk__gt=after).order_by("pk")
    ids = list(house.values_list("pk", flat=True)[:limit])
    passed_over = len(ids) - len(twins_index(organization_id, ids))
    return (ids[-1] if len(ids) == limit else None), passed_over


def twins_index(organization_id: int, ids: Iterable[int]) -> dict[int, tuple[Record, set[int]]]:
    """Make the keys of these records equal to what they hold now; those that nobody else is writing."""
    held = [pk for pk in ids if hold_object(kind="twin", object_id=pk, wait=False)]
    # Read after the locks: what the last writer of a record has written is seen.
    records = records_of(organization_id, held)
    hashes = hashes_of(records)
    index_objects(organization_id=organization_id, kind="twin", wanted=hashes)
    return {pk: (records[pk], hashes[pk]) for pk in records}
