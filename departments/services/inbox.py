"""What comes in by a door without an account: kept once behind its wall, and what a dead process left is found again."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models.doors import InboxItem
from departments.models.organizations import Organization
from departments.services.entering import hold_token, house_scope
from msw_portal.kernel.scope import scope

log = logging.getLogger(__name__)
STRAY_SECONDS = 30
STRAYS_AT_ONCE = 200


def item_keep(item: InboxItem) -> InboxItem | None:
    """Insert behind the door's wall; None for what is there already."""
    hold_token(bytes(item.receipt_hash))
    if InboxItem.objects.filter(receipt_hash=item.receipt_hash).exists():
        return None
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", "") != "23505":
            raise
        return None  # the other half of a double click was faster
    return item


def items_sweep(kinds: Sequence[str], promote: Callable[[int, int], None]) -> int:
    """Promote what a dead process left behind, house by house; how many there were.

    `promote` takes the house and the item, and opens a scope of its own.
    """
    with scope(role="system"):
        houses = list(Organization.objects.tenants().values_list("pk", flat=True))
    before = timezone.now() - dt.timedelta(seconds=STRAY_SECONDS)
    done = 0
    for house in houses:
        with house_scope(house):
            waiting = InboxItem.objects.filter(
                organization_id=house,
                state=InboxItem.State.NEW,
                kind__in=kinds,
                created_at__lt=before,
            )
            waiting = list(
                waiting.order_by("created_at").values_list("pk", flat=True)[:STRAYS_AT_ONCE]
            )
        for pk in waiting:
            try:
                promote(house, pk)
                done += 1
            except Exception:
                log.exception("inbox item %s of house %s cannot be promoted", pk, house)
    return done
