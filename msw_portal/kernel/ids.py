"""Public ids: UUIDv7 made in Python, so that a row has its uid before it is saved."""

import os
import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0
_pid = os.getpid()


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then a counter and randomness.

    Monotonic within a process: a later call is always greater, also within one millisecond.
    """
    global _last, _pid
    with _lock:
        # 48 bits of milliseconds, 12 of sub-millisecond counter; a forked child starts its own line.
        tick = (time.time_ns() // 1_000_000) << 12 | secrets.randbits(8)
        if _pid != os.getpid():
            _last, _pid = 0, os.getpid()
        _last = tick if tick > _last else _last + 1
        tick = _last
    value = (tick >> 12 & (1 << 48) - 1) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | secrets.randbits(62))
