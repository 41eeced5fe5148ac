"""A donor asks where the gift went: by a code, without an account (Charity Law 42)."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.services.receipts import ALPHABET
from departments import audit
from departments.models.mechanisms import AccessLink
from departments.services import outbox
from departments.services.entering import token_scope
from departments.services.mailing import mail_send
from donations.models.giving import Donation, Donor
from donations.models.statements import StatementLine
from donations.permissions import can_give_trace_code
from donations.services.trails import MOVED, PLACE, Hop, Trail, trail_of
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.scope import scope

MAIL = "donation.trace_mail"
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
    _open(donation, by=by)
    return code_of(donation)


def _open(donation: Donation, *, by: Any, is_mailed: bool = False) -> bool:
    """Make the gift's link; False when it was open already."""
    token = _hash(code_of(donation))
    found = AccessLink.objects.filter(
        organization_id=donation.organization_id, kind=AccessLink.Kind.DONOR_TRACE
    )
    if found.filter(token_hash=token).exists():
        return False
    AccessLink(
        organization_id=donation.organization_id,
        kind=AccessLink.Kind.DONOR_TRACE,
        token_hash=token,
        subject_kind=donation._meta.model_name,
        subject_id=donation.pk,
        subject_uid=donation.uid,
        created_by=by,
    ).save(force_insert=True)
    audit.record("donation.trace_code", by=by, on=donation, is_mailed=is_mailed)
    return True


def trace_open_at_booking(*, donation: Donation, by: Any) -> None:
    """With the booking the donor may look (Charity Law 42): the code goes by mail where there is an address.

    Runs in the transaction of the booking, whose permission has been checked. Without an address who
    books reads the code (`code_to_hand`) and writes it on the slip.
    """
    is_mailed = bool(donor_mail(donation.donor))
    if _open(donation, by=by, is_mailed=is_mailed) and is_mailed:
        outbox.put(MAIL, organization_id=donation.organization_id, subject=donation)


def donor_mail(donor: Donor) -> str:
    """Where a donor reads mail: its own contact, else that of the first person one talks to; "" for none.

    Also "" where no mail server is set, and in a training house, whose mail goes nowhere.
    """
    if not settings.MAIL_IS_ON or donor.organization.is_training:
        return ""
    people = donor.contacts.filter(ended_on__isnull=True).order_by("id")
    typed = [donor.contact, *(one.email for one in people)]
    return next((one.strip() for one in typed if one and _is_mail(one.strip())), "")


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def code_given(donation: Donation, *, by: Any) -> str:
    """The code of a gift whose look-up is open, for whoever may give it; "" else, and where it goes by mail."""
    if not can_give_trace_code(by, donation) or donor_mail(donation.donor):
        return ""
    is_open = AccessLink.objects.filter(
        organization_id=donation.organization_id,
        kind=AccessLink.Kind.DONOR_TRACE,
        token_hash=_hash(code_of(donation)),
        revoked_at__isnull=True,
    ).exists()
    return code_shown(code_of(donation)) if is_open else ""


def code_to_hand(donation: Donation) -> str:
    """The code that who books hands over, as it is shown; "" when it goes by mail."""
    return "" if donor_mail(donation.donor) else code_shown(code_of(donation))


def trace_mail(*, organization_id: int, donation_uid: Any, message_id: str) -> None:
    """Write to the donor where to look and with which code: nothing of anybody who is helped.

    Raises:
        OSError, smtplib.SMTPException: the row of the outbox is tried again.
    """
    gift = Donation.objects.select_related("donor__organization", "organization").get(
        uid=donation_uid, organization_id=organization_id
    )
    to = donor_mail(gift.donor)
    if not to:
        return
    address = f"{settings.PORTAL_ADDRESS}{reverse('gifts:look_up')}"
    facts = {"gift": gift, "code": code_shown(code_of(gift)), "address": address}
    with override(settings.LANGUAGE_CODE):
        mail_send(
            to=[to],
            subject=_("%(charity)s：您的捐赠查询码") % {"charity": gift.organization.name},
            body=render_to_string("mail/trace_code.txt", facts),
            message_id=message_id,
        )


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
