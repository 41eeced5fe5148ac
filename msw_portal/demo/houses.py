"""What the writers of the demo world need of a hospital at hand, read once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.models.consents import ConsentTemplate
from cases.services.assessment import instruments_install
from cases.services.consent_publishing import consent_templates_install
from departments.models.mechanisms import Questionnaire
from departments.models.organizations import Department, Organization
from departments.models.people import User
from departments.services.entering import house_scope
from msw_portal.demo.lives import REVIEWED_AFTER, Life
from msw_portal.demo.places import HOSPITAL_A, HOSPITAL_B

LETTERS = {"A": HOSPITAL_A, "B": HOSPITAL_B}


@dataclass(frozen=True)
class Hospital:
    """A demo hospital with its people and texts."""

    letter: str
    organization: Organization
    msw: Department
    wards: Mapping[str, Department]
    workers: tuple[User, ...]
    supervisors: tuple[User, ...]
    head: User
    assistant: User | None
    intern: User | None
    clinician: User | None
    templates: Mapping[str, ConsentTemplate]
    questionnaires: Mapping[str, Questionnaire]

    @property
    def id(self) -> int:
        return self.organization.pk

    def worker_of(self, life: Life) -> User:
        """Who has the case: the first workers have more of them than the last."""
        share = (7, 5, 4, 3, 2)[: len(self.workers)]
        place = life.serial * 7 % sum(share)
        for worker, weight in zip(self.workers, share, strict=True):
            place -= weight
            if place < 0:
                return worker
        return self.workers[0]

    def supervisor_of(self, life: Life) -> User:
        return self.supervisors[life.serial % len(self.supervisors)]


def build(made: Mapping[str, Organization], people: Mapping[str, User]) -> dict[str, Hospital]:
    """Publish each hospital's consent texts and questionnaires; the hospitals by letter."""
    return {letter: opened(letter, made[name], people) for letter, name in LETTERS.items()}


def opened(letter: str, house: Organization, people: Mapping[str, User]) -> Hospital:
    """Publish the texts and questionnaires of one hospital."""
    with house_scope(house.pk, care=True):
        consent_templates_install(organization_id=house.pk)
        instruments_install(organization_id=house.pk)
    return hospital(letter, house, people)


def hospital(letter: str, house: Organization, people: Mapping[str, User]) -> Hospital:
    """A hospital that has its texts, as it stands."""
    prefix = letter.lower()

    def of(role: str) -> tuple[User, ...]:
        logins = [f"{prefix}.{role}", *(f"{prefix}.{role}{n}" for n in range(2, 6))]
        return tuple(people[login] for login in logins if login in people)

    with house_scope(house.pk, care=True):
        departments = {row.name: row for row in house.departments.all()}
        return Hospital(
            letter=letter,
            organization=house,
            msw=departments["医务社会工作部"],
            wards=departments,
            workers=of("worker"),
            supervisors=of("supervisor"),
            head=of("head")[0],
            assistant=next(iter(of("assistant")), None),
            intern=next(iter(of("intern")), None),
            clinician=next(iter(of("clinician")), None),
            templates={row.kind: row for row in ConsentTemplate.objects.filter(organization=house)},
            questionnaires={
                row.code: row for row in Questionnaire.objects.filter(organization=house)
            },
        )


def quick_answers(life: Life) -> dict[str, Any]:
    """The quick screen as the life answers it."""
    asked = {
        "cost": "financial",
        "insurance": "policy_consult",
        "care": "discharge_planning",
        "family": "family_caregiver",
        "caregiver": "family_caregiver",
        "lodging": "basic_living",
        "supplies": "basic_living",
        "school_work": "child_education",
        "communication": "communication",
        "discharge": "discharge_planning",
    }
    needs = {aim.need for aim in life.aims}
    answers: dict[str, Any] = {
        item: "yes" if need in needs else "no" for item, need in asked.items()
    }
    return answers | {"distress": 3 + life.serial % 5, "harm": "no"}


def review_day(life: Life) -> dt.date:
    """When the plan is looked at again."""
    return (life.approved + REVIEWED_AFTER).date()


def signer_of(life: Life) -> tuple[str, str]:
    """(name, relation) of who signs: a guardian for a child."""
    if life.is_child:
        guardian = life.person.relatives[0]
        return guardian.name, guardian.relation
    return life.person.name, "self"
