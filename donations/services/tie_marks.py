"""The keyed marks by which a request meets the foundation's register of related parties without a name.

Charity Law 40 and 59: who is tied to the charity's people, or to a donor whose gift would pay, is no
beneficiary. The hospital leaves marks of the patient and the people around her; the foundation makes the
marks of its register and asks app.ties_hit, which answers yes or no.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.people import Client, RelatedPerson
from donations.models.agreements import RelatedParty
from donations.models.ledger import DonationLot
from donations.models.requests import FundingRequest, RequestSheet
from msw_portal.kernel.crypto import derive, first_kid
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.identifiers import index_text

USE = "related-party"
# What a mark is of: a number; a name whose number is known; a name alone. Two of one name who both have
# numbers are told apart by them.
NUMBER, NAMED, NAME_ALONE = "i", "m", "n"


def _mark(kind: str, text: str) -> str:
    """The same in every house, under the installation's oldest key for good; `text` is indexed already."""
    return hmac.digest(derive(USE, kid=first_kid()), text.encode(), hashlib.sha256)[:16].hex()


def person_marks(name: str | None, id_no: str | None) -> set[str]:
    """How the hospital writes a person down."""
    found = set()
    if id_no:
        found.add(NUMBER + _mark(NUMBER, index_text("id", id_no)))
    if name and name.strip():
        found.add((NAMED if id_no else NAME_ALONE) + _mark(NAMED, index_text("name", name.strip())))
    return found


def party_marks(parties: Iterable[RelatedParty]) -> set[str]:
    """Which marks of a person meet one of the register: the number, or the name unless both have numbers."""
    found = set()
    for party in parties:
        named = _mark(NAMED, index_text("name", party.name))
        found.add(NAME_ALONE + named)
        if party.id_no:
            found.add(NUMBER + _mark(NUMBER, index_text("id", party.id_no)))
        else:
            found.add(NAMED + named)
    return found


def ties_write(request: FundingRequest) -> None:
    """The hospital leaves the marks of the patient, the guardians and the household; of a project none."""
    person = request.case.client.person
    marks = person_marks(person.name, person.id_no)
    around = RelatedPerson.objects.filter(client__in=Client.objects.same_person(person))
    for one in around.order_by("pk"):
        marks |= person_marks(one.name, one.id_no)
    RequestSheet.objects.filter(request=request).update(tie_marks=sorted(marks))


def ties_fill(request: FundingRequest) -> None:
    """A request that was sent before there were marks gets them; of a case that may not be entered, none."""
    lacks = RequestSheet.objects.filter(request=request, tie_marks__isnull=True).exists()
    if lacks and request.case_id and Case.objects.filter(pk=request.case_id).exists():
        ties_write(request)


def ties_forget(request: FundingRequest) -> None:
    """With the consent go the marks."""
    RequestSheet.objects.filter(request=request).update(tie_marks=None)


def is_tied(request: FundingRequest, donors: Collection[int] | None = None) -> bool:
    """Whether one of the family stands in the deciding house's register today; in that house's scope.

    Without `donors` the ties of the house itself count, with them the ties of these donors.
    """
    whose = Q(donor__isnull=True) if donors is None else Q(donor_id__in=sorted(donors))
    parties = RelatedParty.objects.filter(whose, organization_id=request.counterparty_id)
    return _hit(request, party_marks(parties.in_force(timezone.localdate())))


def is_of_family(request: FundingRequest, name: str) -> bool:
    """Whether somebody of this name is the patient or one of the people the hospital has written down around her."""
    mark = _mark(NAMED, index_text("name", name.strip()))
    return _hit(request, {NAMED + mark, NAME_ALONE + mark})


def _hit(request: FundingRequest, marks: Collection[str]) -> bool:
    if not marks:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.ties_hit(%s, %s::text[])", [request.pk, sorted(marks)])
        return cursor.fetchone()[0]


def refuse_tied(request: FundingRequest, *, lots: Collection[int] | None = None) -> None:
    """Nobody tied to the house, or with `lots` to the donors who would pay, is helped with this money.

    Raises:
        DomainError: `funding_request.related_party` (409); the sentence names nobody.
    """
    donors: Any = None
    if lots is not None:
        given = DonationLot.objects.filter(pk__in=sorted(lots), donation__isnull=False)
        donors = set(given.values_list("donation__donor_id", flat=True)) - {None}
        if not donors:
            return
    if is_tied(request, donors):
        raise DomainError(
            "funding_request.related_party",
            _(
                "申请人家庭与本机构或出资捐赠人登记的利害关系人相符，不能批准或拨付（《慈善法》第四十条、第五十九条）。请核对利害关系人登记，同名的请补登证件号码。"
            ),
            status=409,
        )
