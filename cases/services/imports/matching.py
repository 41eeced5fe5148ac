"""Whom a line of a file means: found by document and hospital record, doubted by name and birth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from cases.models.people import Client, Episode
from cases.services.people import folded
from departments.models.people import User
from departments.services.importing.kinds import Line, Lines
from departments.services.searching import KINDS, asked_hashes
from msw_portal.kernel.crypto import blind_index, organization_uid
from msw_portal.kernel.grams import grams_of_query
from msw_portal.kernel.identifiers import bare, index_text
from msw_portal.kernel.keyring import keys

# One look into the index for each name that is asked, whatever the planner believes of the table.
LIKELY = """
    SELECT asked.n, c.id
      FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::int[]) AS asked(n, one, two, year)
     CROSS JOIN LATERAL (
           SELECT p.object_id FROM departments_searchposting p
            WHERE p.organization_id = %s AND p.kind = %s AND p.gram = asked.one
              AND EXISTS (SELECT FROM departments_searchposting q WHERE q.organization_id = %s
                             AND q.kind = %s AND q.gram = asked.two AND q.object_id = p.object_id)
           OFFSET 0) AS held
      JOIN cases_client c ON c.id = held.object_id AND c.birth_year = asked.year
"""
MOST_ALIKE = 2000


@dataclass
class Known:
    """What the house knows of the persons of some lines, by the digests of their numbers."""

    by_document: dict[bytes, Client] = field(default_factory=dict)
    by_record: dict[bytes, list[Episode]] = field(default_factory=dict)
    # The digests of each line by its number, made once: (of its document, of its record).
    keys: dict[int, tuple[list[bytes], list[bytes]]] = field(default_factory=dict)

    def keys_of(self, line: Line, house: int) -> tuple[list[bytes], list[bytes]]:
        """The digests of the document and of the hospital record a line names."""
        found = self.keys.get(line.line)
        if found is None:
            found = document_keys(line.values, house), record_keys(line.values, house)
            self.keys[line.line] = found
        return found


def document_keys(values: Mapping[str, Any], house: int) -> list[bytes]:
    """The indexes of a line's document under every live key; none without a document."""
    if not values.get("id_no"):
        return []
    return _keys(values["id_type"], values["id_no"], "person.id_no", house)


def record_keys(values: Mapping[str, Any], house: int) -> list[bytes]:
    """The indexes of a line's hospital record under every live key."""
    mrn = values.get("mrn", "")
    return _keys("mrn", mrn, "episode.mrn", house) if mrn else []


def _keys(kind: str, value: str, fact: str, house: int) -> list[bytes]:
    text, uid = index_text(kind, value), organization_uid(house)
    return [blind_index(text, organization=uid, field=fact, kid=kid) for kid in keys().live]


def known_of(lines: Lines, house: int) -> Known:
    """The persons and stays that the documents and records of these lines point to: two statements."""
    found = Known()
    named = [found.keys_of(line, house) for line in lines]
    documents = {key for of_document, _of_record in named for key in of_document}
    records = {key for _of_document, of_record in named for key in of_record}
    if documents:
        held = _held(Client, ("id_no_bidx", "id_no_bidx2"), documents)
        for person in Client.objects.filter(held, organization_id=house).select_related("root"):
            for index in (person.id_no_bidx, person.id_no_bidx2):
                if index is not None:
                    found.by_document[index] = person.root
    if records:
        stays = _held(Episode, ("mrn_bidx", "mrn_bidx2"), records)
        rows = Episode.objects.filter(stays, organization_id=house)
        for stay in rows.select_related("client__root"):
            for index in (stay.mrn_bidx, stay.mrn_bidx2):
                if index is not None:
                    found.by_record.setdefault(index, []).append(stay)
    return found


def _held(model: type[Model], names: Sequence[str], digests: set[bytes]) -> Q:
    """Rows under one of the digests, in the columns that a live key writes to."""
    live = keys().live
    asked = Q()
    for name in names:
        field_of = model._meta.get_field(name)
        if any(kid % 2 == (not field_of.is_for_even_keys) for kid in live):
            asked |= Q(**{f"{name}__in": digests})
    return asked


def person_of_record(mrn: str, name: str, house: int) -> Client | None:
    """The one person of the house with this hospital record; None for nobody, for several, and for another surname.

    `name` may be the surname alone, as wards write it, or "".
    """
    asked = set(record_keys({"mrn": mrn}, house))
    if not asked:
        return None
    stays = Episode.objects.filter(
        _held(Episode, ("mrn_bidx", "mrn_bidx2"), asked), organization_id=house
    ).select_related("client__root")
    people = {stay.client.root_id: stay.client.root for stay in stays}
    if len(people) != 1:
        return None
    [person] = people.values()
    return person if not name or folded(person.name)[:1] == folded(name)[:1] else None


def person_of(line: Line, known: Known, house: int) -> Client | None:
    """The person a line means, None for somebody new; refuses the line when its facts contradict what is known."""
    values = line.values
    documents, records = known.keys_of(line, house)
    by_document = _first(known.by_document, documents)
    stays = _first(known.by_record, records) or []
    if by_document is not None:
        if not _is_named(by_document, values):
            line.refuse(
                "id_no",
                _("这个证件号码已登记在“%(name)s”名下，与本行姓名不同，请核对。")
                % {"name": by_document.name_masked},
            )
        elif any(stay.client.root_id != by_document.pk for stay in stays):
            line.refuse("mrn", _("这个病案号已登记在另一位服务对象名下，请核对。"))
        return by_document
    if not stays:
        return None
    person = stays[0].client.root
    if not _may_be(person, values):
        line.refuse(
            "mrn",
            _("这个病案号已登记在“%(name)s”名下，与本行的姓名、出生日期或证件不符，请核对。")
            % {"name": person.name_masked},
        )
    return person


def _is_named(person: Client, values: Mapping[str, Any]) -> bool:
    """A delivery of the hospital's system may leave the name out; a line of a file has one."""
    return not values.get("name") or folded(person.name) == folded(values["name"])


def _may_be(person: Client, values: Mapping[str, Any]) -> bool:
    if not _is_named(person, values):
        return False
    if values.get("id_no") and person.id_no and person.id_type == values["id_type"]:
        return False
    return not (values.get("birth_date") and person.birth_date) or (
        values["birth_date"] == person.birth_date
    )


def stay_is_known(line: Line, known: Known, house: int) -> bool:
    """Whether the stay of a line is recorded already: same record, same day of admission."""
    stays = _first(known.by_record, known.keys_of(line, house)[1]) or []
    return any(stay.admitted_on == line.values.get("admitted_on") for stay in stays)


def _first(found: Mapping[bytes, Any], wanted: Iterable[bytes]) -> Any:
    return next((found[key] for key in wanted if key in found), None)


def doubt_likely(lines: Lines, by: User) -> None:
    """Refuse what is probably somebody known: the same name and birth date, and no document that tells them apart.

    Asked when a file is reviewed, in one statement for many lines; the file has to be mended with a
    document, or the stay is written on the person who is there.
    """
    asked = [line for line in lines if line.values.get("birth_date")]
    pairs = _pairs(asked, by.house_id)
    if not pairs:
        return
    alike = {person.pk: person for person in _candidates([pk for _n, pk in pairs], by)}
    for number, pk in pairs:
        line, person = asked[number], alike.get(pk)
        if person is not None and not line.faults and _is_likely(person, line.values):
            line.refuse(
                "id_no" if not line.values.get("id_no") else "name",
                _(
                    "本院已有同名、同出生日期的服务对象（%(name)s），请核对是否同一人；是同一人请在其页面登记就诊。"
                )
                % {"name": person.name_masked},
            )


def _pairs(asked: list[Line], house: int) -> list[tuple[int, int]]:
    rows = []
    for number, line in enumerate(asked):
        grams = grams_of_query(line.values["name"])[:1]
        for hashes in asked_hashes(grams, organization_id=house):
            rows.append((number, min(hashes), max(hashes), line.values["birth_date"].year))
    if not rows:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    kind = KINDS["client"]
    with connection.cursor() as cursor:
        cursor.execute(f"{LIKELY} LIMIT {MOST_ALIKE}", [*columns, house, kind, house, kind])
        return list(dict.fromkeys(cursor.fetchall()))


def _candidates(ids: list[int], by: User) -> Iterable[Client]:
    return Client.objects.visible_to(by).filter(pk__in=set(ids))


def _is_likely(person: Client, values: Mapping[str, Any]) -> bool:
    if person.birth_date != values["birth_date"] or folded(person.name) != folded(values["name"]):
        return False
    has_other = person.id_no and values.get("id_no") and person.id_type == values["id_type"]
    return not has_other


def key_text(values: Mapping[str, Any]) -> str:
    """What makes a line about a person and a stay the same line again."""
    if values.get("id_no"):
        who = index_text(values["id_type"], values["id_no"])
    else:
        who = f"{folded(values['name'])}|{values.get('birth_date') or ''}|{values.get('phone', '')}"
    stay = (
        bare(values.get("mrn", "")),
        values.get("admitted_on") or "",
        values.get("visit_type", ""),
    )
    return "|".join(map(str, (who, *stay)))
