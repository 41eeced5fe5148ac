"""Who signs for a person that cannot sign alone: a registered guardian."""

import datetime as dt

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Relation
from cases.models.people import Client, RelatedPerson
from cases.services.capacity import WITH_GUARDIAN
from cases.services.people import folded
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import age_at

SIGNS_FROM, OF_AGE = 14, 18  # PIPL 31; Civil Code 17
OF_ADULT = _("已登记为限制或无民事行为能力，或为其登记了监护人，须由监护人签署。")


def guardians_of(person: Client) -> list[RelatedPerson]:
    """The registered guardians of a person, whichever of the person's records names them."""
    rows = RelatedPerson.objects.filter(
        organization_id=person.organization_id, client__root_id=person.root_id, is_guardian=True
    )
    return list(rows.order_by("id"))


def why_guardian(
    person: Client,
    guardians: list[RelatedPerson],
    on: dt.date,
    *,
    below: int | None = SIGNS_FROM,
) -> str | Promise:
    """Why a guardian signs on that day, as a sentence; empty when the person signs alone.

    Younger than `below` (PIPL 31; None: at any age). Or judged to have limited or no legal capacity
    (Civil Code 21, 22, 24, 28); a judgement of full capacity ends it. Where nobody judged, an adult, or
    somebody of no known birth date, for whom a guardian was registered: a guardian who was registered
    while the person was a minor says nothing of the adult.
    """
    age = None if person.birth_date is None else age_at(person.birth_date, on)
    if age is not None and below is not None and age < below:
        return _("不满 %(age)s 周岁，须由监护人签署。") % {"age": below}
    if person.capacity and person.capacity_judged_on <= on:
        return OF_ADULT if person.capacity in WITH_GUARDIAN else ""
    if age is None:
        return OF_ADULT if guardians else ""
    since_of_age = any(
        age_at(person.birth_date, timezone.localdate(one.created_at)) >= OF_AGE for one in guardians
    )
    return OF_ADULT if age >= OF_AGE and since_of_age else ""


def check_guardian(
    person: Client, *, signer: str, relation: str, on: dt.date, below: int | None = SIGNS_FROM
) -> bool:
    """Refuse a signer who may not sign for the person; whether a guardian had to sign.

    Raises:
        DomainError: `guardian.must_sign` on `signer_relation`, `guardian.not_known` and
            `guardian.is_another` on `signer`.
    """
    guardians = guardians_of(person)
    why = why_guardian(person, guardians, on, below=below)
    if not why:
        return False
    if relation == Relation.SELF:
        raise DomainError("guardian.must_sign", why, "signer_relation")
    if not guardians:
        raise DomainError("guardian.not_known", _("请先登记监护人，再由其签署。"), "signer")
    if folded(signer) not in {folded(one.name) for one in guardians}:
        raise DomainError(
            "guardian.is_another",
            _("签署人和已登记的监护人对不上：请照证件写全名；没有登记的先登记为监护人。"),
            "signer",
        )
    return True
