"""The demo world's own time and its own ids, so that a year of work can be written in a minute, twice alike."""

import datetime as dt
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.apps import apps
from django.utils import timezone

from departments.services.demo_access import totp_secret_of
from msw_portal.kernel import ids

_real_now = timezone.now


class Clock:
    """What `timezone.now()`, the columns that default to it and the codes of the second factor go by
    inside `running()`; moves forward only."""

    def __init__(self, start: dt.datetime, seed: int):
        self.now = start
        self._is_aside = False
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

    def code_of(self, username: str) -> str:
        """The code that the demo person's authenticator app shows now; a step later than the one before,
        as every code is good for one use."""
        self.pass_minutes(0.5)
        step = int(self.now.timestamp()) // 30
        return totp.format_hotp_value(totp.hotp_value(totp_secret_of(username), step))

    @contextmanager
    def running(self) -> Iterator["Clock"]:
        """Let services see this time and draw these ids."""
        columns = [
            field
            for model in apps.get_models()
            for field in model._meta.local_fields
            if field.default is _real_now
        ]
        timezone.now = self._tell
        _default_to(columns, self._tell)
        # The library asks the operating system; the check itself stays the library's.
        totp.time = SimpleNamespace(time=lambda: self.now.timestamp())
        try:
            with ids.drawn_from(self.next_id):
                yield self
        finally:
            timezone.now, totp.time = _real_now, time
            _default_to(columns, _real_now)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let services see the real time: a search proves itself to the database for half an hour only."""
        self._is_aside = True
        try:
            yield
        finally:
            self._is_aside = False

    def _tell(self) -> dt.datetime:
        return _real_now() if self._is_aside else self.now


def _default_to(columns: list[Any], source: Any) -> None:
    for column in columns:
        column.default = source
        # Django keeps the callable it found first.
        column.__dict__.pop("_get_default", None)
