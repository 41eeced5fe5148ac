"""The stamps of a lived year: one per patient and for each of a case's two fates, now or archived."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F

from cases.models.people import Client
from cases.models.work import Goal, Plan
from cases.services.plan_texts import plan_text
from departments.models.organizations import Organization
from donations.models.ledger import DonationLot
from msw_portal.demo.calendar import FIRST
from msw_portal.demo.growth.archive import archived, is_over
from msw_portal.demo.growth.patterns import (
    LEFT_OUT,
    NULL,
    Family,
    Key,
    Row,
    families_of_gifts,
    families_of_patients,
)
from msw_portal.demo.growth.stamps import Cutter, Slot, Slots, Stamp, opened, uid_of
from msw_portal.demo.houses import Hospital
from msw_portal.demo.places import FOUNDATION

PERSON = frozenset({"client", "relatedperson"})
INBOX = 90_000  # the serials of what waits in the inbox begin here
FIXED: dict[tuple[str, str], Slot] = {
    ("client", "birth_year"): ("birth_year",),
    ("client", "name_masked"): ("masked",),
    ("consent", "superseded_at"): ("superseded",),
}
PLACES = frozenset({"organization", "department", "user", "consenttemplate", "questionnaire"})


@dataclass(frozen=True)
class Pattern:
    """One patient of the lived year: what is drawn anew, and the stamps."""

    sex: str
    born: str
    relatives: tuple[str, ...]  # their sex, "" where it cannot be told
    person: Stamp
    now: Stamp
    then: Stamp | None
    case: Mapping[str, str]
    requests: tuple[Mapping[str, str], ...]
    payments: tuple[Mapping[str, str], ...]

    @property
    def is_asking(self) -> bool:
        return bool(self.requests)


@dataclass
class Stock:
    """Everything that can be stamped."""

    patterns: list[Pattern]
    gifts: list[tuple[Stamp, Row]]
    lots: tuple[str, ...]  # ids of the pattern's lots, in the order of the gifts
    base: Slots

    @property
    def models(self) -> set[Any]:
        found = {
            model
            for pattern in self.patterns
            for stamp in (pattern.person, pattern.now)
            for model in stamp.counts()
        }
        return found | {model for stamp, _row in self.gifts for model in stamp.counts()}


@dataclass
class _Maker:
    hospital: Hospital
    lots: tuple[str, ...]
    base: Slots = field(default_factory=Slots)

    def __post_init__(self) -> None:
        """The slots every print of a house shares, filled once per house."""
        hospital = self.hospital
        self.people = [
            *hospital.workers,
            *hospital.supervisors,
            hospital.head,
            *(
                person
                for person in (hospital.assistant, hospital.intern, hospital.clinician)
                if person
            ),
        ]
        house = hospital.organization
        self.words: dict[str, Slot] = {
            house.name: ("house", "name"),
            house.short_name: ("house", "short"),
            str(house.uid): ("house", "uid"),
        }
        for word in self.words.values():
            self.base.of(*word)
        for person in self.people:
            self.words[str(person.uid)] = ("person", str(person.uid))
            self.base.of("person", str(person.uid))
        places = [("organization", house.pk)]
        places += [("department", room.pk) for room in hospital.wards.values()]
        places += [("user", person.pk) for person in self.people]
        places += [("consenttemplate", row.pk) for row in hospital.templates.values()]
        places += [("questionnaire", row.pk) for row in hospital.questionnaires.values()]
        for table, pk in places:
            self.base.of("place", table, str(pk))

    def mapped(self, key: Key) -> Slot | None:
        """The slot of a row outside the family, () when it stays the same row, None when there is none."""
        name = key[0]._meta.model_name
        if ("place", name, key[1]) in self.base.places:
            return ("place", name, key[1])
        if key[0] is DonationLot:
            return ("lot", key[1])
        if name in LEFT_OUT or key in self.family:
            return None
        return ()

    def pattern(self, family: Family) -> Pattern:
        self.family = {row.key for row in family.rows}
        client = family.head.cells
        words, relatives = self._person_words(family)
        person_rows = [row for row in family.rows if _is_person(row)]
        slots = Slots(dict(self.base.places))
        for fact in words.values():
            slots.of(*fact)
        for fact in (("masked",), ("birth_year",)):
            slots.of(*fact)
        person = self._cut(slots, person_rows, self.words | words, begins=len(self.base.places))
        visit_rows = [row for row in family.rows if not _is_person(row)]
        known = self.words | words | self._visit_words(family)
        then = self._visit(slots, archived(visit_rows), known) if is_over(family) else None
        return Pattern(
            sex=client["sex"],
            born=self._open(family.head, "birth_date"),
            relatives=relatives,
            person=person,
            now=self._visit(slots, visit_rows, known),
            then=then,
            case=family.of("case")[0].cells,
            requests=tuple(row.cells for row in family.of("fundingrequest")),
            payments=tuple(row.cells for row in family.of("disbursement")),
        )

    def _visit(self, person: Slots, rows: Sequence[Row], known: Mapping[str, Slot]) -> Stamp:
        slots = Slots(dict(person.places))
        slots.of("superseded")
        for fact in known.values():
            slots.of(*fact)
        return self._cut(slots, rows, known, begins=len(person.places))

    def _cut(
        self, slots: Slots, rows: Sequence[Row], known: Mapping[str, Slot], *, begins: int
    ) -> Stamp:
        cutter = Cutter(
            slots=slots,
            house=self.hospital.organization.uid,
            known=known,
            mapped=self.mapped,
            here={row.key for row in rows},
            fixed=FIXED,
            signed=signed_plan,
            begins=begins,
        )
        return cutter.cut(rows)

    def _person_words(self, family: Family) -> tuple[dict[str, Slot], tuple[str, ...]]:
        head = family.head
        words: dict[str, Slot] = {
            self._open(head, "name"): ("name", 0),
            self._open(head, "id_no"): ("id_no",),
            self._open(head, "birth_date"): ("birth",),
        }
        words |= {
            uid: ("uid", uid) for row in family.rows if _is_person(row) and (uid := uid_of(row))
        }
        if head.cells["phone"] != NULL:
            words[self._open(head, "phone")] = ("phone", 0)
        relatives = []
        for place, row in enumerate(family.of("relatedperson"), start=1):
            words.setdefault(self._open(row, "name"), ("name", place))
            words.setdefault(self._open(row, "phone"), ("phone", place))
            relatives.append({"mother": "2", "father": "1"}.get(row.cells["relation"], ""))
        problem = self._open(family.of("case")[0], "presenting_problem")
        words[canary_in(problem)] = ("canary",)
        return words, tuple(relatives)

    def _visit_words(self, family: Family) -> dict[str, Slot]:
        words: dict[str, Slot] = {uid: ("uid", uid) for row in family.rows if (uid := uid_of(row))}
        for row in family.of("episode"):
            words[self._open(row, "mrn")] = ("mrn",)
        for row in family.of("case"):
            words[row.cells["number"]] = ("case_number",)
        for row in family.of("fundingrequest"):
            words[row.cells["number"]] = ("request_number",)
            words[row.cells["subject_code"]] = ("code",)
        for row in family.of("disbursement"):
            words[row.cells["voucher_no"]] = ("voucher",)
        words.pop("", None)
        words.pop(NULL, None)
        return words

    def _open(self, row: Row, column: str) -> str:
        return opened(row, column, house=self.hospital.organization.uid)


def signed_plan(row: Row) -> str | None:
    """What stands above the signature of a plan, None for another or an earlier text."""
    if row.subject[0] != "plan":
        return None
    plan = Plan.objects.get(pk=row.subject[1])
    said = plan_text(plan, Goal.objects.filter(plan=plan).order_by("rank", "id"))
    is_this = row.cells["text_hash"] == r"\\x" + hashlib.sha256(said.encode()).hexdigest()
    return said if is_this else None


def _is_person(row: Row) -> bool:
    return row.model._meta.model_name in PERSON or row.subject[0] in PERSON


def canary_in(text: str) -> str:
    """`档号 A-20042` of a text that ends in it, in brackets."""
    return text.rpartition("（")[2].rstrip("）")


def gather(hospital: Hospital) -> Stock:
    """Cut the stamps of the hospital's cases that were written in bulk, and of the foundation's gifts."""
    # The hospitals' own gifts are few, and their numbers are a row of their own.
    gifts = families_of_gifts(Organization.objects.get(name=FOUNDATION).pk)
    lots = tuple(row.pk for gift in gifts for row in gift.of("donationlot"))
    maker = _Maker(hospital, lots)
    clients = (
        # Records that were merged are one person: a copy of one would be a third record of the same.
        Client.objects.filter(organization_id=hospital.id, root=F("id"))
        .exclude(merged__merged_at__isnull=False)
        .order_by("id")
        .values_list("pk", flat=True)
    )
    families = [family for family in families_of_patients(clients) if _is_fit(family, maker)]
    patterns = [maker.pattern(family) for family in families]
    return Stock(patterns, [_gift(gift) for gift in gifts], lots, maker.base)


def _is_fit(family: Family, maker: _Maker) -> bool:
    cases = family.of("case")
    if (
        len(cases) != 1
        or len(family.of("fundingrequest")) > 1
        or cases[0].cells["presenting_problem"] == NULL
    ):
        return False
    serial = canary_in(
        opened(cases[0], "presenting_problem", house=maker.hospital.organization.uid)
    ).rpartition("-")[2]
    return serial.isdigit() and FIRST <= int(serial) < INBOX


def _gift(family: Family) -> tuple[Stamp, Row]:
    """The stamp of a gift; houses and accounts stay, so only its own rows change."""
    slots = Slots()
    known: dict[str, Slot] = {uid: ("uid", uid) for row in family.rows if (uid := uid_of(row))}
    known[family.head.cells["number"]] = ("number",)
    for fact in known.values():
        slots.of(*fact)
    here = {row.key for row in family.rows}
    cutter = Cutter(
        slots=slots, house=UUID(int=0), known=known, mapped=lambda key: (), here=here, fixed={}
    )
    return cutter.cut(family.rows), family.head
