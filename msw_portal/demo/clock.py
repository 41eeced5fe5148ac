"""The demo world's own time and its own ids, so that a year of work can be written in a minute, twice alike."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from msw_portal.kernel import ids

_real_now = timezone.now


class Clock:
    """What `timezone.now()` says inside `running()`; moves forward only."""

    def __init__(self, start: dt.datetime, seed: int):
        self.now = start
        self._dice = random.Random(f"ids {seed}")
        self._count = 0

    def to(self, moment: dt.datetime) -> None:
        """Go to a moment; never back."""
        self.now = max(self.now, moment)

    def pass_minutes(self, minutes: float) -> dt.datetime:
        self.now += dt.timedelta(minutes=minutes)
        return self.now

    def next_id(self) -> uuid.UUID:
        """A UUIDv7 of the demo time with dice instead of chance."""
        self._count += 1
        stamp = int(self.now.timestamp() * 1000)
        value = (stamp << 80) | (0x7 << 76) | ((self._count & 0xFFF) << 64)
        return uuid.UUID(int=value | 0b10 << 62 | self._dice.getrandbits(62))

    @contextmanager
    def running(self) -> Iterator["Clock"]:
        """Let services see this time and draw these ids."""
        timezone.now = lambda: self.now
        try:
            with ids.drawn_from(self.next_id):
                yield self
        finally:
            timezone.now = _real_now
