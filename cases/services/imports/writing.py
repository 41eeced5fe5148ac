"""Many new persons and their stays at once: the rows, the postings and the audit that one by one would make."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cases.models.casework import Case
from cases.models.people import Client, Episode
from cases.permissions import can_record_stay
from cases.services.imports.twins import document_of
from cases.services.reporting import report_by_diagnosis
from departments import audit
from departments.models.people import User
from departments.services.importing.kinds import CREATED, JOINED, Line, Lines
from departments.services.searching import postings_add
from msw_portal.kernel.access import require
from msw_portal.kernel.bulk import Sealing, rows_insert
from msw_portal.kernel.crypto import organization_uid
from msw_portal.kernel.grams import GramHashes, grams_of_name, grams_of_numbers
from msw_portal.kernel.identifiers import bare
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.masking import mask_name

ROW = ("uid", "row_version", "created_at", "updated_at", "created_by", "organization")
CLIENT = (
    *ROW,
    *("name", "name_masked", "sex", "birth_date", "birth_year", "birth_unknown"),
    *("id_type", "id_no", "id_no_bidx", "id_no_bidx2", "phone", "phone_bidx", "phone_bidx2"),
    *("address", "household", "is_unidentified", "legal_hold"),
)
EPISODE = (
    *ROW,
    *("client", "visit_type", "mrn", "mrn_bidx", "mrn_bidx2", "ward", "bed", "doctor"),
    *("diagnosis", "diagnosis_codes", "disease_group", "treatment_stage", "insurance"),
    *("admitted_on", "discharged_on", "origin", "taken_over_text"),
)


@dataclass
class Person:
    """A person in the making, with the stays of the same batch."""

    uid: uuid.UUID
    row: tuple[Any, ...]
    said: dict[str, Any]
    grams: set[tuple[str, str]]
    pk: int = 0
    stays: list[tuple[Line, uuid.UUID]] = field(default_factory=list)


def persons_write(lines: Lines, *, by: User, origin: str = Episode.Origin.IMPORT) -> list[int]:
    """Register the persons of checked lines and record their stays, in the running transaction; the new ids.

    Lines of one document or hospital record are one person: the first makes it, the others join.
    Audited as one act per person, which names its stays.
    """
    sealing, now = Sealing(Client, by.house_id), timezone.now()
    people: dict[str, Person] = {}
    made: list[Person] = []
    for line in lines:
        names = _names_of(line)
        person = next((people[name] for name in names if name in people), None)
        line.outcome = CREATED if person is None else JOINED
        if person is None:
            person = _person(line, sealing, now, by, origin)
            made.append(person)
        people |= dict.fromkeys(names, person)
        if "visit_type" in line.values:
            person.stays.append((line, uuid7()))
            person.grams |= grams_of_numbers(mrn=line.values.get("mrn", ""))
    ids = rows_insert(Client, CLIENT, (person.row for person in made), returning="id")
    for person, pk in zip(made, ids, strict=True):
        person.pk = pk
    rows_insert(Episode, EPISODE, _stays(made, now, by))
    hashed = GramHashes(organization_uid(by.house_id))
    postings_add(
        organization_id=by.house_id,
        kind="client",
        grams={one.pk: hashed(one.grams) for one in made},
    )
    _audit(made, by)
    return ids


def _names_of(line: Line) -> list[str]:
    """What a line of this batch calls its person by: the document, the hospital record."""
    record = bare(line.values.get("mrn", ""))
    return [name for name in (document_of(line.values), record and f"mrn:{record}") if name]


def _person(line: Line, sealing: Sealing, now: Any, by: User, origin: str) -> Person:
    values, uid = line.values, uuid7()
    born, number = values["birth_date"] or None, values["id_no"] or None
    phone, kind = values.get("phone") or None, values["id_type"]
    row = (
        *(uid, 1, now, now, by.pk, by.house_id),
        sealing.sealed("name", values["name"], uid),
        mask_name(values["name"]),
        values["sex"],
        sealing.sealed("birth_date", born, uid),
        born.year if born else None,
        values["birth_unknown"],
        kind,
        sealing.sealed("id_no", number, uid),
        sealing.index("id_no_bidx", number, kind),
        sealing.index("id_no_bidx2", number, kind),
        sealing.sealed("phone", phone, uid),
        sealing.index("phone_bidx", phone),
        sealing.index("phone_bidx2", phone),
        sealing.sealed("address", values.get("address") or None, uid),
        *("{}", False, False),
    )
    said = {
        "id_type": kind,
        "has_id_no": number is not None,
        "birth_unknown": values["birth_unknown"],
        "origin": str(origin),
    }
    grams = grams_of_name(values["name"])
    grams |= grams_of_numbers(id_no=number or "", phone=phone or "")
    return Person(uid, row, said, grams)


def _stays(made: list[Person], now: Any, by: User) -> list[tuple[Any, ...]]:
    sealing = Sealing(Episode, by.house_id)
    return [
        _stay(line, uid, person.pk, sealing, now, by)
        for person in made
        for line, uid in person.stays
    ]


def _stay(
    line: Line, uid: uuid.UUID, person: int, sealing: Sealing, now: Any, by: User
) -> tuple[Any, ...]:
    values = line.values
    mrn = values.get("mrn") or None
    return (
        *(uid, 1, now, now, by.pk, by.house_id),
        *(person, values["visit_type"]),
        sealing.sealed("mrn", mrn, uid),
        sealing.index("mrn_bidx", mrn),
        sealing.index("mrn_bidx2", mrn),
        values.get("ward_id"),
        *(values.get("bed", ""), values.get("doctor", "")),
        sealing.sealed("diagnosis", values.get("diagnosis") or None, uid),
        sealing.sealed("diagnosis_codes", values.get("diagnosis_codes") or None, uid),
        *("", "", values.get("insurance", "")),
        *(values.get("admitted_on"), values.get("discharged_on")),
        *(Episode.Origin.IMPORT.value, ""),
    )


def stays_write(pairs: Sequence[tuple[Line, Client]], *, by: User) -> None:
    """Record further stays of persons who are known (roots), in the running transaction.

    What `episode_record` does for one: row, postings of its record, audit, and a report where the diagnosis
    of somebody with an open case names maltreatment.
    """
    if not pairs:
        return
    for _line, person in pairs:
        require(can_record_stay, by, person)
    sealing, now, house = Sealing(Episode, by.house_id), timezone.now(), by.house_id
    uids = [uuid7() for _pair in pairs]
    rows = (
        _stay(line, uid, person.pk, sealing, now, by)
        for (line, person), uid in zip(pairs, uids, strict=True)
    )
    ids = rows_insert(Episode, EPISODE, rows, returning="id")
    grams: dict[int, set[int]] = {}
    hashed = GramHashes(organization_uid(house))
    for line, person in pairs:
        found = grams_of_numbers(mrn=line.values.get("mrn", ""))
        grams.setdefault(person.pk, set()).update(hashed(found))
    postings_add(organization_id=house, kind="client", grams=grams, are_new=False)
    audit.record_all("episode.record", by=by, kind="episode", on=_records(pairs, ids, uids))
    _tell_harm(pairs, by)
    for line, _person in pairs:
        line.outcome = JOINED


def _records(
    pairs: Sequence[tuple[Line, Client]], ids: list[int], uids: list[uuid.UUID]
) -> Iterator[tuple[int, uuid.UUID, dict[str, Any]]]:
    return (
        (
            pk,
            uid,
            {
                "client": person.uid,
                "visit_type": line.values["visit_type"],
                "admitted_on": line.values.get("admitted_on"),
                "discharged_on": line.values.get("discharged_on"),
            },
        )
        for (line, person), pk, uid in zip(pairs, ids, uids, strict=True)
    )


def _tell_harm(pairs: Sequence[tuple[Line, Client]], by: User) -> None:
    said: dict[int, list[str]] = {}
    for line, person in pairs:
        words, codes = line.values.get("diagnosis"), line.values.get("diagnosis_codes")
        if words or codes:
            stay = Episode(diagnosis=words or None, diagnosis_codes=codes or None)
            said.setdefault(person.pk, []).append(stay.diagnosis_said)
    cases = Case.objects.filter(organization_id=by.house_id, client__root_id__in=list(said))
    for case in cases.open().select_related("client", "episode__ward"):
        for diagnosis in said[case.client.root_id]:
            report_by_diagnosis(case, diagnosis, by=by)


def _audit(made: list[Person], by: User) -> None:
    entries = (
        (
            person.pk,
            person.uid,
            {
                **person.said,
                "stays": [
                    {
                        "episode": uid,
                        "visit_type": line.values["visit_type"],
                        "admitted_on": line.values.get("admitted_on"),
                        "discharged_on": line.values.get("discharged_on"),
                    }
                    for line, uid in person.stays
                ],
            },
        )
        for person in made
    )
    audit.record_all("client.import", by=by, kind="client", on=entries)
