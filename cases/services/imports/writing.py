"""Many new persons and their stays at once: the rows, the postings and the audit that one by one would make."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from cases.models.people import Client, Episode
from cases.services.imports.twins import document_of
from cases.services.people import grams_of_client, set_name
from departments import audit
from departments.models.people import User
from departments.services.importing.kinds import CREATED, JOINED, Line, Lines
from departments.services.searching import postings_add
from msw_portal.kernel.identifiers import bare


def persons_write(lines: Lines, *, by: User) -> None:
    """Register the persons of checked lines and record their stays, in the running transaction.

    Lines of one document or hospital record are one person: the first makes it, the others join.
    """
    people: dict[str, Client] = {}
    made: list[Client] = []
    stays: list[Episode] = []
    mrns: dict[uuid.UUID, list[str]] = {}
    for line in lines:
        names = _names_of(line)
        person = next((people[name] for name in names if name in people), None)
        line.outcome = CREATED if person is None else JOINED
        if person is None:
            person = _person(line, by)
            made.append(person)
            mrns[person.uid] = []
        people |= dict.fromkeys(names, person)
        if "visit_type" in line.values:
            stays.append(_stay(line, person, by))
            mrns[person.uid].append(stays[-1].mrn or "")
    Client.objects.bulk_create(made)
    for person in made:
        person.root_id = person.pk
    for stay in stays:
        # Given again now that it has its key.
        stay.client = stay.client
    Episode.objects.bulk_create(stays)
    postings_add(
        organization_id=by.house_id,
        kind="client",
        grams={person.pk: grams_of_client(person, mrns[person.uid]) for person in made},
    )
    _audit(made, stays, by)


def _names_of(line: Line) -> list[str]:
    """What a line of this batch calls its person by: the document, the hospital record."""
    record = bare(line.values.get("mrn", ""))
    return [name for name in (document_of(line.values), record and f"mrn:{record}") if name]


def _person(line: Line, by: User) -> Client:
    values = line.values
    person = Client(
        organization_id=by.house_id,
        sex=values["sex"],
        birth_date=values["birth_date"] or None,
        birth_year=values["birth_date"].year if values["birth_date"] else None,
        birth_unknown=values["birth_unknown"],
        id_type=values["id_type"],
        id_no=values["id_no"] or None,
        phone=values.get("phone") or None,
        address=values.get("address") or None,
        created_by=by,
    )
    set_name(person, values["name"])
    return person


def _stay(line: Line, person: Client, by: User) -> Episode:
    values = line.values
    return Episode(
        organization_id=by.house_id,
        client=person,
        visit_type=values["visit_type"],
        mrn=values.get("mrn") or None,
        ward_id=values.get("ward_id"),
        bed=values.get("bed", ""),
        doctor=values.get("doctor", ""),
        diagnosis=values.get("diagnosis") or None,
        insurance=values.get("insurance", ""),
        admitted_on=values.get("admitted_on"),
        discharged_on=values.get("discharged_on"),
        origin=Episode.Origin.IMPORT,
        created_by=by,
    )


def _audit(made: Iterable[Client], stays: Iterable[Episode], by: User) -> None:
    def registered(person: Client) -> Mapping[str, Any]:
        return {
            "id_type": person.id_type,
            "has_id_no": bool(person.id_no),
            "is_unidentified": False,
            "birth_unknown": person.birth_unknown,
            "origin": "import",
        }

    audit.record_all("client.register", by=by, on=[(one, registered(one)) for one in made])
    recorded = [
        (
            stay,
            {
                "client": stay.client.uid,
                "visit_type": stay.visit_type,
                "admitted_on": stay.admitted_on,
                "discharged_on": stay.discharged_on,
                "origin": "import",
            },
        )
        for stay in stays
    ]
    audit.record_all("episode.record", by=by, on=recorded)
