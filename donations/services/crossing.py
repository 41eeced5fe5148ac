"""A fund gives to another charity's fund: the giver's books end there, the receiver's desk gets a line.

The tenant line is crossed by a copy that the relay writes: names and numbers as text, no foreign row.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from departments.services.moving import write_transition
from donations.books_workflow import STATEMENT_LINE, OrderState
from donations.models.orders import LedgerOrder
from donations.models.statements import StatementLine


@dataclass(frozen=True)
class Grant:
    """What the receiver's house is told of a booked grant."""

    payee_id: int
    journal: uuid.UUID
    giver: str
    giver_fund: str
    fund: str
    purpose: str
    amount: Any
    on: Any


def grant_find(*, house: int, order_id: int) -> Grant | None:
    """The booked grant, in the giver's scope; None when it is none any more."""
    order = (
        LedgerOrder.objects.filter(pk=order_id, organization_id=house, state=OrderState.BOOKED)
        .select_related("organization", "journal", "fund")
        .first()
    )
    if order is None or order.kind != LedgerOrder.Kind.GRANT:
        return None
    return Grant(
        payee_id=order.payee_id,
        journal=order.journal.uid,
        giver=order.organization.name,
        giver_fund=order.fund.name,
        fund=order.payee_fund,
        purpose=order.payee_purpose,
        amount=order.amount,
        on=timezone.localdate(order.booked_at),
    )


def grant_arrive(grant: Grant) -> StatementLine:
    """A line on the receiver's desk, once, in its scope; its people record and confirm the gift as any other."""
    same = {
        "organization_id": grant.payee_id,
        "source": StatementLine.Source.TRANSFER,
        "account": "",
        "external_no": str(grant.journal),
    }
    known = StatementLine.objects.filter(**same).first()
    if known is not None:
        return known
    line = StatementLine(
        **same,
        on=grant.on,
        amount=grant.amount,
        counter_name=grant.giver,
        remark=" · ".join(one for one in (grant.fund, grant.purpose) if one),
        origin={
            "giver": grant.giver,
            "giver_fund": grant.giver_fund,
            "journal": str(grant.journal),
            "fund": grant.fund,
            "purpose": grant.purpose,
        },
    )
    line.save(force_insert=True)
    write_transition(line, STATEMENT_LINE, "bring", before="", by=None)
    return line
