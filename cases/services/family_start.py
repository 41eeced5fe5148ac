"""The family tree and ecomap one starts from: the person and the relatives already written down.

Nobody is named: every symbol carries the relation. Only what the register says is drawn; a marriage of
the parents, or which side a grandparent belongs to, is not known and stays for the worker to draw.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from cases.models.codes import Relation
from cases.models.people import Client, RelatedPerson
from cases.services.people import SEXES as SEX_OF_NUMBER
from msw_portal.kernel.drawings.checking import LABEL, MOST_PERSONS
from msw_portal.kernel.drawings.words import Kind, Sex
from msw_portal.kernel.drawings.words import Relation as Line
from msw_portal.kernel.validators import parse_id_no

SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}
SEX_OF_RELATION = {
    Relation.FATHER: Sex.MALE,
    Relation.MOTHER: Sex.FEMALE,
    Relation.SON: Sex.MALE,
    Relation.DAUGHTER: Sex.FEMALE,
}
# Agents and whoever stands under "other" may be no family at all.
NOT_FAMILY = frozenset({Relation.AGENT, Relation.OTHER})
PARENTS = (Relation.FATHER, Relation.MOTHER)
CHILDREN = (Relation.SON, Relation.DAUGHTER)
INDEX = "p1"


def relatives_drawn(client: Client) -> list[RelatedPerson]:
    """The family of the person, whichever merged record it hangs on, as it was written down."""
    rows = RelatedPerson.objects.filter(
        organization_id=client.organization_id, client__root_id=client.root_id
    )
    return list(rows.exclude(relation__in=NOT_FAMILY).order_by("id")[: MOST_PERSONS - 1])


def with_family(payload: dict[str, Any], client: Client) -> dict[str, Any]:
    """A blank drawing with the relatives in it; of an ecomap only who lives together."""
    people = relatives_drawn(client)
    if payload["kind"] == Kind.ECOMAP:
        people = [one for one in people if one.is_cohabiting]
    rows = dict(zip(_codes(len(people)), zip(people, _labels(people), strict=True), strict=True))
    persons = [_person(code, one, label) for code, (one, label) in rows.items()]
    if payload["kind"] == Kind.ECOMAP:
        persons = [{name: row[name] for name in ("id", "label", "sex")} for row in persons]
        return payload | {"persons": payload["persons"] + persons}
    relations = _lines({code: one for code, (one, _label) in rows.items()})
    _drop_impossible_years(payload["persons"] + persons, relations)
    return payload | {"persons": payload["persons"] + persons, "relations": relations}


def _codes(count: int) -> list[str]:
    return [f"p{number}" for number in range(2, count + 2)]


def _labels(people: list[RelatedPerson]) -> list[str]:
    """The relation; with a number where there are several."""
    words = [str(one.get_relation_display()) for one in people]
    many, seen, labels = Counter(words), Counter(), []
    for word in words:
        seen[word] += 1
        labels.append(f"{word[: LABEL - 2]}{seen[word]}" if many[word] > 1 else word[:LABEL])
    return labels


def _person(code: str, one: RelatedPerson, label: str) -> dict[str, Any]:
    sex, year = SEX_OF_RELATION.get(Relation(one.relation), Sex.UNKNOWN), None
    if one.id_no:
        try:
            card = parse_id_no(one.id_no)
        except ValidationError:
            card = None
        if card is not None:
            sex, year = SEXES[SEX_OF_NUMBER[card.sex]], card.birth_on.year
    row = {"id": code, "label": label, "sex": sex, "is_co_living": one.is_cohabiting}
    return row | ({"birth_year": year} if year else {})


def _lines(people: dict[str, RelatedPerson]) -> list[dict[str, str]]:
    lines, taken = [], set()
    for code, one in people.items():
        if one.relation in PARENTS and one.relation not in taken:
            taken.add(one.relation)  # a second father or mother is no parent by birth
            lines.append({"from": code, "kind": Line.PARENT, "to": INDEX})
        elif one.relation in CHILDREN:
            lines.append({"from": INDEX, "kind": Line.PARENT, "to": code})
        elif one.relation == Relation.SPOUSE:
            lines.append({"from": INDEX, "kind": Line.MARRIAGE, "to": code})
        elif one.relation == Relation.SIBLING:
            lines.append({"from": INDEX, "kind": Line.SIBLING, "to": code})
    return [{key: str(value) for key, value in row.items()} for row in lines]


def _drop_impossible_years(persons: Iterable[dict[str, Any]], relations: list[dict]) -> None:
    """A wrong number must not make the first drawing one that cannot be kept."""
    by_code = {row["id"]: row for row in persons}
    for line in relations:
        older, younger = by_code[line["from"]], by_code[line["to"]]
        years = older.get("birth_year"), younger.get("birth_year")
        if line["kind"] == Line.PARENT and None not in years and years[0] >= years[1]:
            (older if younger.get("is_index") else younger).pop("birth_year")
