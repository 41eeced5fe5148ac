"""A donor asks where the gift went: by a code, without an account (Charity Law 42)."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.crypto import salted_hmac

from cases.services.receipts import ALPHABET
from departments import audit
from departments.models.mechanisms import AccessLink
from departments.services.entering import token_scope
from donations.models.giving import Donation
from donations.models.statements import StatementLine
from donations.permissions import can_give_trace_code
from donations.services.trails import MOVED, PLACE, Hop, Trail, trail_of
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.scope import scope

LENGTH = 12  # 60 bits, behind an exact limit on wrong codes
NOT_BOOKED = frozenset({DonationState.PLEDGED, DonationState.RECEIVED})


def code_of(donation: Donation) -> str:
    """The code of a gift: not to be guessed without our key, so it need not be kept to be said again."""
    digest = salted_hmac("donations.trace", str(donation.uid), algorithm="sha256").digest()
    number, letters = int.from_bytes(digest[:8]), ""
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


def code_shown(code: str) -> str:
    """`K7QX4M2PH8WT` as `K7QX-4M2P-H8WT`."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def _hash(code: str) -> bytes:
    return hashlib.sha256(f"trace:{code}".encode()).digest()


@command
def trace_code_give(*, donation: Donation, by: Any) -> str:
    """Open the look-up of a gift, once, and say its code; only the code's hash is kept.

    Raises:
        DomainError: `permission.can_give_trace_code` (403).
    """
    require(can_give_trace_code, by, donation)
    code = code_of(donation)
    found = AccessLink.objects.filter(
        organization_id=donation.organization_id, kind=AccessLink.Kind.DONOR_TRACE
    )
    if not found.filter(token_hash=_hash(code)).exists():
        AccessLink(
            organization_id=donation.organization_id,
            kind=AccessLink.Kind.DONOR_TRACE,
            token_hash=_hash(code),
            subject_kind=donation._meta.model_name,
            subject_id=donation.pk,
            subject_uid=donation.uid,
            created_by=by,
        ).save(force_insert=True)
        audit.record("donation.trace_code", by=by, on=donation)
    return code


@dataclass(frozen=True)
class Looked:
    """What the donor reads: the own gift as the record says, and its trail without any request."""

    charity: str
    number: str
    donor: str
    amount: Decimal | None
    received_on: Any
    fund: str
    purpose: str
    is_booked: bool
    trail: Trail


def gift_look_up(code: str) -> Looked | None:
    """The gift behind a code; None for a wrong one, in the same time.

    The named service of links of kind `donor_trace`: runs in a scope of its own.
    """
    token = _hash(code)
    with token_scope(token):
        link = AccessLink.objects.filter(
            token_hash=token, kind=AccessLink.Kind.DONOR_TRACE, revoked_at__isnull=True
        ).first()
    with scope(org=link.organization_id if link else None, role="link"):
        donation = (
            Donation.objects.filter(
                pk=link.subject_id if link else 0,
                organization_id=link.organization_id if link else 0,
            )
            .select_related("organization", "donor", "fund", "purpose")
            .prefetch_related(Prefetch("statement_lines", StatementLine.objects.exclude(origin={})))
            .first()
        )
        if donation is None:
            return None
        return Looked(
            charity=donation.organization.name,
            number=donation.number,
            donor=donation.donor.name_masked,
            amount=donation.amount or donation.pledged,
            received_on=donation.received_on,
            fund=donation.fund.name,
            purpose=donation.purpose.text if donation.purpose else "",
            is_booked=donation.state not in NOT_BOOKED,
            trail=_public(trail_of(donation)),
        )


def _public(trail: Trail) -> Trail:
    """Without what names a request or a person: hospital, programme, class of beneficiaries and month stay."""
    kept = tuple(
        Hop(
            kind=hop.kind,
            at=hop.at,
            amount=hop.amount,
            fund=hop.fund,
            purpose=hop.purpose,
            hospital=hop.hospital,
            programme=hop.programme,
            group=hop.group,
            other=hop.other,
            basis=hop.basis if hop.kind == MOVED else "",
        )
        for hop in trail.hops
        if hop.amount > 0 or hop.kind == PLACE
    )
    return Trail(trail.given, kept, trail.origin)
