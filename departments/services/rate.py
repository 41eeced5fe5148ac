"""Limits that hold exactly under parallel attempts: counted before anything is compared, never rolled back."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.crypto import salted_hmac

COUNT = """
    INSERT INTO departments_ratewindow (key_hash, window_start, count) VALUES (%s, %s, 1)
    ON CONFLICT (key_hash, window_start) DO UPDATE SET count = departments_ratewindow.count + 1
    RETURNING count
"""


@dataclass(frozen=True)
class Hit:
    """The attempt just counted; true while it is within the limit."""

    count: int
    limit: int
    seconds_left: int

    def __bool__(self) -> bool:
        return self.count <= self.limit

    @property
    def attempts_left(self) -> int:
        return max(0, self.limit - self.count)


def hit(key: str, *, limit: int, window: int, is_aside: bool = True) -> Hit:
    """Count one attempt under `key` in the running window of `window` seconds, committed at once.

    The key (an account, an address) is stored as a keyed hash only. Without `is_aside` it is counted in the
    running transaction, which spares a connection where no refusal needs to be remembered: for what is
    asked many times a minute, each of one person's waiting for the one before.
    """
    with _autocommit() if is_aside else connection.cursor() as cursor:
        cursor.execute(COUNT, [_key_hash(key), _window_start(window)])
        count = cursor.fetchone()[0]
    return Hit(count, limit, window - int(time.time()) % window)


def hit_today(key: str, *, limit: int) -> Hit:
    """Count one attempt in the running transaction against what a calendar day of the installation allows.

    A window of the clock (`hit`) would end within the day, at eight in the morning in China.
    """
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_key_hash(key), start])
        count = cursor.fetchone()[0]
    end = start + dt.timedelta(days=1)
    return Hit(count, limit, int((end - timezone.now()).total_seconds()))


def clear(key: str, *, window: int) -> None:
    """Forget the attempts of the running window: the owner has proved who it is."""
    _change(
        "DELETE FROM departments_ratewindow WHERE key_hash = %s AND window_start = %s", key, window
    )


def standing(keys: Sequence[str], *, window: int) -> dict[str, int]:
    """How many attempts the running window holds under each key; what has none is left out."""
    hashes = {_key_hash(key): key for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key_hash, count FROM departments_ratewindow WHERE window_start = %s AND key_hash = ANY(%s)",
            [_window_start(window), list(hashes)],
        )
        return {hashes[bytes(key_hash)]: count for key_hash, count in cursor.fetchall()}


def window_end(window: int) -> dt.datetime:
    """When the running window is over and its counts with it."""
    return _window_start(window) + dt.timedelta(seconds=window)


def forgive(key: str, *, window: int) -> None:
    """Take back the attempt just counted: many people share one address and succeed."""
    _change(
        "UPDATE departments_ratewindow SET count = count - 1 WHERE key_hash = %s AND window_start = %s AND count > 0",
        key,
        window,
    )


def _change(sql: str, key: str, window: int) -> None:
    with _autocommit() as cursor:
        cursor.execute(sql, [_key_hash(key), _window_start(window)])


def _key_hash(key: str) -> bytes:
    return salted_hmac("departments.rate", key, algorithm="sha256").digest()


def _window_start(window: int) -> dt.datetime:
    now = int(time.time())
    return dt.datetime.fromtimestamp(now - now % window, dt.UTC)


@contextmanager
def _autocommit() -> Iterator[CursorWrapper]:
    """A cursor outside the request's transaction: a refusal that rolls back must not give the attempt back."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield cursor
        return
    aside = connection.copy()
    try:
        with aside.cursor() as cursor:
            yield cursor
    finally:
        aside.close()
