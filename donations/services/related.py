"""The register of related parties, and the question whether somebody stands in it."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from departments import audit
from donations.models.agreements import RelatedParty
from donations.models.giving import Donor
from donations.permissions import can_keep_related_party
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.errors import DomainError

Relation = RelatedParty.Relation


def is_related(
    *,
    organization_id: int,
    name: str = "",
    id_no: str = "",
    donor: Donor | None = None,
    on: dt.date | None = None,
) -> bool:
    """Whether a person or organization may be no beneficiary on the day (default: today).

    Tied to the house itself (Charity Law 59), or to `donor` where one is given (40). Compared by the
    exact name or number, through the blind indexes; an identity number outweighs nothing: either hits.
    """
    return bool(related_to(organization_id, name=name, id_no=id_no, donor=donor, on=on))


def related_to(
    organization_id: int,
    *,
    name: str = "",
    id_no: str = "",
    donor: Donor | None = None,
    on: dt.date | None = None,
) -> list[RelatedParty]:
    """The ties that stand in the way, for a sentence that names them."""
    same = Q(pk__in=[])
    if name.strip():
        same |= found_by(
            RelatedParty, "name_bidx", "name", name.strip(), organization_id=organization_id
        )
    if id_no.strip():
        same |= found_by(RelatedParty, "id_no_bidx", "id", id_no, organization_id=organization_id)
    whose = Q(donor__isnull=True) | (Q(donor=donor) if donor else Q(pk__in=[]))
    ties = RelatedParty.objects.filter(same, whose, organization_id=organization_id)
    return list(ties.in_force(on or timezone.localdate()).order_by("id"))


@command
def related_party_register(
    *,
    name: str,
    relation: str,
    since: dt.date,
    until: dt.date | None = None,
    id_no: str = "",
    is_organization: bool = False,
    donor: Donor | None = None,
    note: str = "",
    by: Any,
) -> RelatedParty:
    """Add a tie to the register; `until` is its last day.

    Raises:
        DomainError: `related_party.dates` on `until`, `related_party.needs_donor` on `donor`,
            `related_party.twice` on `name`.
    """
    require(can_keep_related_party, by, None)
    if until is not None and until < since:
        raise DomainError("related_party.dates", _("有效期的结束不能早于开始。"), "until")
    if relation in {Relation.DONOR_KIN, Relation.DONOR_TIE} and donor is None:
        raise DomainError(
            "related_party.needs_donor", _("捐赠人的利害关系人要写明是哪个捐赠人的。"), "donor"
        )
    if related_to(by.house_id, name=name, donor=donor, on=since):
        raise DomainError("related_party.twice", _("这个利害关系人已经登记。"), "name")
    party = RelatedParty(
        organization_id=by.house_id,
        name=name.strip(),
        id_no=id_no.strip() or None,
        relation=relation,
        donor=donor,
        is_organization=is_organization,
        note=note,
        valid=DateRange(since, until + dt.timedelta(days=1) if until else None),
        created_by=by,
    )
    party.save(force_insert=True)
    audit.record("related_party.register", by=by, on=party, relation=relation)
    return party


@command
def related_party_end(*, party: RelatedParty, until: dt.date, by: Any) -> RelatedParty:
    """A tie that holds no longer; `until` is its last day.

    Raises:
        DomainError: `related_party.dates` on `until`.
    """
    party = RelatedParty.objects.locked().get(pk=party.pk)
    require(can_keep_related_party, by, party)
    if until < party.valid.lower:
        raise DomainError("related_party.dates", _("有效期的结束不能早于开始。"), "until")
    party.valid = DateRange(party.valid.lower, until + dt.timedelta(days=1))
    party.save(update_fields=["valid"])
    audit.record("related_party.end", by=by, on=party, until=until)
    return party
