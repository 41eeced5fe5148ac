"""Whose turn an order to the books is: one open task for the role that does the next step."""

from typing import Any

from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.people import Role
from departments.services.tasks import task_open
from donations.books_workflow import OrderState
from donations.models.orders import LedgerOrder

AGREE, APPROVE, BOOK = "order_agree", "order_approve", "order_book"
KINDS = (AGREE, APPROVE, BOOK)
NEEDS_BASIS = frozenset({LedgerOrder.Kind.PURPOSE_CHANGE, LedgerOrder.Kind.LEFTOVER})
TURN = {
    OrderState.ASKED: (APPROVE, Role.FOUNDATION_APPROVER),
    OrderState.AGREED: (APPROVE, Role.FOUNDATION_APPROVER),
    OrderState.COUNTERSIGNING: (APPROVE, Role.FOUNDATION_APPROVER),
    OrderState.APPROVED: (BOOK, Role.FOUNDATION_CASHIER),
}


def turn_open(order: LedgerOrder, *, by: Any) -> Task | None:
    """Close what was open and open the task of the present state; None when nothing is left to do."""
    Task.objects.filter(
        organization_id=order.organization_id,
        kind__in=KINDS,
        subject_kind=order._meta.model_name,
        subject_id=order.pk,
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
    kind, role = TURN.get(OrderState(order.state), ("", ""))
    if order.state == OrderState.ASKED and order.kind in NEEDS_BASIS:
        kind, role = AGREE, Role.FOUNDATION_OFFICER
    if not kind:
        return None
    return task_open(
        kind=kind,
        organization_id=order.organization_id,
        subject=order,
        role=role,
        dedup_key=f"{kind}:{order.uid}:{order.state}",
        by=by,
    )
