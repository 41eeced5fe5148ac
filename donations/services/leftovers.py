"""A leftover that went to another purpose (Charity Law 58): in words for the public, and where it was published."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from donations.models.disclosure import DisclosureItem
from donations.models.orders import LedgerOrder


def leftover_text(order: LedgerOrder) -> str:
    """The sentence that the draft of its disclosure starts from, in Chinese."""
    return (
        f"{_place(order.fund, order.purpose)}的剩余财产 {order.amount:,.2f} 元，"
        f"{order.get_basis_display()}，转用于{_place(order.to_fund, order.to_purpose)}。"
    )


def leftover_facts(order: LedgerOrder) -> list[tuple[str, str]]:
    """Label and text of what was moved, from where to where and on what it rests."""
    basis = "，".join(
        part
        for part in (str(order.get_basis_display()), order.basis_no, f"{order.basis_on}")
        if part
    )
    return [
        ("剩余财产", f"{order.amount:,.2f} 元"),
        ("原用途", _place(order.fund, order.purpose)),
        ("转用于", _place(order.to_fund, order.to_purpose)),
        ("依据", basis),
        ("记账日期", f"{order.booked_at:%Y-%m-%d}" if order.booked_at else ""),
    ]


def leftover_named(order: LedgerOrder) -> str:
    """How the calendar calls it: its number and the fund it was left over in."""
    return f"{order.number} {order.fund.name}"


def _place(fund: Any, purpose: Any) -> str:
    return f"{fund.name}（{purpose.text if purpose else '不限定用途'}）"


def leftover_published(item: DisclosureItem) -> None:
    """The order says where it was made public once its disclosure is published."""
    LedgerOrder.objects.filter(
        pk=item.subject_id, organization_id=item.organization_id, disclosed_on__isnull=True
    ).update(
        disclosed_on=timezone.localdate(item.published_at),
        disclosed_at=reverse("public:entry", args=[item.public_entry.slug]),
    )
