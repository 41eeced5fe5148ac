"""Claim, heartbeat, fence and reaper over any table with the Leased columns; Redis is only the bell."""

import datetime as dt
import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from msw_portal.kernel.scope import scope

log = logging.getLogger(__name__)
LEASE_SECONDS = 10
MAX_ATTEMPTS = 8
# What waits for room on a disk looks so often, and as long as it takes.
ROOM_SECONDS = 20


@dataclass(frozen=True)
class Claim:
    """One claimed row: its primary key and the fence every later write must carry."""

    pk: Any
    fence: int


def claim(
    table: str, *, limit: int = 50, where: str = "true", params: tuple = (), pk: str = "id"
) -> list[Claim]:
    """Take up to `limit` ready rows whose time has come, oldest first; commits with the caller's transaction.

    `table`, `where` and `pk` are the house's own literals, never input.
    """
    # An array is found once. A subquery behind IN may be asked again for every row of a nested
    # loop, and each time it would take LIMIT rows more: leased, and in nobody's hands.
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET state = 'leased', lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds',
                       fence = fence + 1, attempts = attempts + 1
                 WHERE {pk} = ANY (ARRAY(SELECT {pk} FROM {table} WHERE state = 'ready' AND not_before <= clock_timestamp() AND {where}
                                         ORDER BY not_before, {pk} LIMIT %s FOR NO KEY UPDATE SKIP LOCKED))
             RETURNING {pk}, fence""",
            [*params, limit],
        )
        return [Claim(*row) for row in cursor.fetchall()]


def heartbeat(table: str, held: Claim, *, pk: str = "id") -> bool:
    """Extend the lease; False means somebody else owns the row: stop at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
                 WHERE {pk} = %s AND fence = %s AND state = 'leased'""",
            [held.pk, held.fence],
        )
        return cursor.rowcount == 1


def extend(table: str, held: Sequence[Claim], *, pk: str = "id") -> list[Claim]:
    """Extend the leases of several rows by one statement; those that are still held."""
    if not held:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
                 WHERE ({pk}, fence) IN %s AND state = 'leased' RETURNING {pk}""",
            [tuple((one.pk, one.fence) for one in held)],
        )
        kept = {row[0] for row in cursor.fetchall()}
    return [one for one in held if one.pk in kept]


def finish(table: str, held: Claim, *, pk: str = "id") -> bool:
    """Mark done under the fence; False means the effect must be rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET state = 'done', lease_until = NULL, error = '' "
            f"WHERE {pk} = %s AND fence = %s AND state = 'leased'",
            [held.pk, held.fence],
        )
        return cursor.rowcount == 1


@dataclass(frozen=True)
class Patience:
    """How often something is tried, and how many seconds the first wait is a half of."""

    attempts: int = MAX_ATTEMPTS
    unit: int = 1


USUAL = Patience()


def backoff(attempts: int, patience: Patience = USUAL) -> dt.timedelta:
    """min(unit x 2^attempts, 3600) seconds, +-20 % so that a burst of failures spreads out."""
    return dt.timedelta(
        seconds=min(patience.unit * 2**attempts, 3600) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
    )


def fail(
    table: str,
    held: Claim,
    error: str,
    *,
    attempts: int,
    pk: str = "id",
    patience: Patience = USUAL,
    is_for_room: bool = False,
) -> bool:
    """Back to ready after a back-off, or `dead` once its attempts are used up; True when it died.

    With `is_for_room` a full disk was in the way: that passes, so it never dies of it.
    """
    is_dead = not is_for_room and attempts >= patience.attempts
    wait = backoff(attempts, patience)
    if is_for_room:
        wait = min(wait, dt.timedelta(seconds=ROOM_SECONDS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET state = %s, not_before = clock_timestamp() + %s, lease_until = NULL, error = %s
                 WHERE {pk} = %s AND fence = %s AND state = 'leased'""",
            [
                "dead" if is_dead else "ready",
                wait,
                error[:2000],
                held.pk,
                held.fence,
            ],
        )
        return is_dead and cursor.rowcount == 1


def reap(table: str) -> int:
    """Return rows whose holder fell silent to the queue; the number of rows returned."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET state = 'ready', lease_until = NULL WHERE state = 'leased' AND lease_until < clock_timestamp()"
        )
        return cursor.rowcount


@contextmanager
def beating(
    table: str, held: Claim, *, every: float, said: Callable[[], bool] | None = None
) -> Iterator[threading.Event]:
    """Extend the lease every so many seconds from a thread with its own connection; the event says it is lost.

    `said` runs beside every beat, as the relay, and answers whether to go on.
    """
    lost, stop = threading.Event(), threading.Event()

    def beat() -> None:
        while not stop.wait(every):
            try:
                with scope(role="relay"):
                    if not heartbeat(table, held) or (said and not said()):
                        lost.set()
                        return
            except Exception:
                log.warning("heartbeat of %s %s missed", table, held.pk)
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        stop.set()
        thread.join(timeout=every + 5)
