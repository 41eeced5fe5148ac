"""Who may do what with goods and receipts: one predicate per verb, the same for services and buttons."""

from typing import Any

from donations.models.goods import Distribution, GoodsIntake, StockLoss
from donations.models.receipts import Receipt
from donations.querysets import FOUNDATION_ROLES

HANDLERS = frozenset({"foundation_officer", "foundation_cashier"})
SECONDS = frozenset({"foundation_cashier", "foundation_approver"})


def _is_of(user: Any, house_id: int | None, roles: frozenset[str] = FOUNDATION_ROLES) -> bool:
    return (
        user.role in roles
        and house_id is not None
        and user.house_id == house_id
        and user.acting.client is None
    )


def can_view_goods(user: Any, row: Any) -> bool:
    """Agrees with the visible_to of everything goods and receipts hold."""
    return user.role in FOUNDATION_ROLES and user.house_id == row.organization_id


def can_keep_goods(user: Any, row: Any = None) -> bool:
    """Take in, value, move, report a loss, write a sheet: whoever handles goods."""
    return _is_of(user, row.organization_id if row is not None else user.house_id, HANDLERS)


def can_accept_intake(user: Any, intake: GoodsIntake) -> bool:
    """Another person than who counted stands beside the goods."""
    return _is_of(user, intake.organization_id) and user.pk != intake.counted_by_id


def can_book_intake(user: Any, intake: GoodsIntake) -> bool:
    """As with money: who recorded does not confirm."""
    return _is_of(user, intake.organization_id, SECONDS) and user.pk != intake.counted_by_id


def can_count_distribution(user: Any, distribution: Distribution) -> bool:
    return _is_of(user, distribution.organization_id) and user.pk != distribution.handler_id


def can_settle_loss(user: Any, loss: StockLoss) -> bool:
    return _is_of(user, loss.organization_id) and user.pk != loss.reported_by_id


def can_issue_receipt(user: Any, row: Any = None) -> bool:
    """A receipt, a range of numbers, a waiver: whoever keeps the receipts."""
    return _is_of(user, row.organization_id if row is not None else user.house_id, HANDLERS)


def can_end_receipt(user: Any, receipt: Receipt) -> bool:
    """Void or reverse: not a red one, which stands as it is."""
    return (
        _is_of(user, receipt.organization_id, HANDLERS | SECONDS)
        and receipt.red_of_id is None
        and receipt.state == "issued"
    )
