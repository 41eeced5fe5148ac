"""Who signs for a person that cannot sign alone: a registered guardian."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Relation
from cases.models.people import Client, RelatedPerson
from cases.services.people import folded
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import age_at

SIGNS_FROM, OF_AGE = 14, 18  # PIPL 31; Civil Code 17


def guardians_of(person: Client) -> list[RelatedPerson]:
    """The registered guardians of a person, whichever of the person's records names them."""
    rows = RelatedPerson.objects.filter(
        organization_id=person.organization_id, client__root_id=person.root_id, is_guardian=True
    )
    return list(rows.order_by("id"))


def needs_guardian(person: Client, guardians: list[RelatedPerson], on: dt.date) -> bool:
    """Whether a guardian signs on that day: below 14; or somebody of age, or of no known birth date, for
    whom a guardian was registered: no or limited capacity (Civil Code 21, 22, 28).

    A guardian who was registered while the person was a minor says nothing of the adult.
    """
    if person.birth_date is None:
        return bool(guardians)
    if age_at(person.birth_date, on) < SIGNS_FROM:
        return True
    return age_at(person.birth_date, on) >= OF_AGE and any(
        age_at(person.birth_date, timezone.localdate(one.created_at)) >= OF_AGE for one in guardians
    )


def check_guardian(person: Client, *, signer: str, relation: str, on: dt.date) -> bool:
    """Refuse a signer who may not sign for the person; whether a guardian had to sign.

    Raises:
        DomainError: `guardian.must_sign` on `signer_relation`, `guardian.not_known` and
            `guardian.is_another` on `signer`.
    """
    guardians = guardians_of(person)
    if not needs_guardian(person, guardians, on):
        return False
    if relation == Relation.SELF:
        raise DomainError(
            "guardian.must_sign",
            _("不满 14 周岁或已登记监护人的成年人，须由监护人签署。"),
            "signer_relation",
        )
    if not guardians:
        raise DomainError("guardian.not_known", _("请先登记监护人，再由其签署。"), "signer")
    if folded(signer) not in {folded(one.name) for one in guardians}:
        raise DomainError("guardian.is_another", _("签署人不是已登记的监护人。"), "signer")
    return True
