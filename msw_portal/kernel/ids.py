"""Public ids: UUIDv7 made in Python, so that a row has its uid before it is saved."""

import os
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_last = 0
_source: Callable[[], uuid.UUID] | None = None


def _begin_again() -> None:
    global _lock, _last
    # Another thread of the parent may have held the lock at the fork: the child needs its own.
    _lock, _last = threading.Lock(), 0


os.register_at_fork(after_in_child=_begin_again)


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, 12 of counter, 62 of randomness.

    Monotonic within a process, also within one millisecond and when the clock is set back; safe in
    threads and after a fork.
    """
    global _last
    if _source is not None:
        return _source()
    with _lock:
        # The counter begins low at random, so that 3,800 more fit before it borrows a millisecond.
        tick = (time.time_ns() // 1_000_000) << 12 | secrets.randbits(8)
        _last = tick = tick if tick > _last else _last + 1
    value = (tick >> 12 & (1 << 48) - 1) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | secrets.randbits(62))


@contextmanager
def drawn_from(source: Callable[[], uuid.UUID]) -> Iterator[None]:
    """Let `uuid7` answer what `source` gives; for the demo world, whose addresses never move."""
    global _source
    _source = source
    try:
        yield
    finally:
        _source = None
