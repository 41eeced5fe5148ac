"""People and a program who write different things at once over HTTP, every write under a key of its own.

A lane sends one write after another. What is answered 503, "the same form is being worked on" or not at all is
sent again under the same key until it is answered for good, as a browser's retry and a program of a foundation do.
"""

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

from msw_portal.kernel.ids import uuid7
from tests.conftest import sign_in

PATIENCE = 90.0  # a key that a dying server held is free again after thirty seconds


@dataclass(frozen=True)
class Sent:
    """One answer; status 0 for a connection that broke."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Desk:
    """A person with a session, or (with `token`) a program."""

    portal: str
    user: Any = None
    token: str = ""
    _cookies: str = ""
    _csrf: str = ""

    def __post_init__(self) -> None:
        self._address = urlsplit(self.portal).netloc
        if self.user is not None:
            session = sign_in(Client(), self.user).cookies["session"].value
            self._cookies = f"session={session}"

    def open(self, path: str) -> None:
        """Read a page, which brings the cookie against forged forms."""
        page = self.ask("GET", path)
        assert page.status == 200, (path, page.text[:500])
        if not self._csrf:
            self._csrf = re.search(r"\bcsrf=([^;\s]+)", page.headers["set-cookie"])[1]
            self._cookies += f"; csrf={self._csrf}"

    def post(self, path: str, body: dict[str, Any], key: str) -> Sent:
        if self.token:
            return self.ask(
                "POST",
                path,
                json.dumps(body).encode(),
                {
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                    "If-Match": "*",
                },
            )
        typed = urlencode({**body, "once": key}, doseq=True).encode()
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, typed, {"Content-Type": kind, "X-CSRFToken": self._csrf})

    def ask(
        self, method: str, path: str, body: bytes = b"", given: dict[str, str] | None = None
    ) -> Sent:
        link = http.client.HTTPConnection(self._address, timeout=60)
        headers = {**(given or {}), **({"Cookie": self._cookies} if self._cookies else {})}
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return Sent(0, {}, repr(error))
        finally:
            link.close()
        told: dict[str, str] = {}
        for name, value in answer.getheaders():  # a page may set several cookies
            told[name.lower()] = f"{told[name.lower()]}\n{value}" if name.lower() in told else value
        return Sent(answer.status, told, text)


def _words(page: str) -> str:
    """What a page says beneath its frame."""
    plain = re.sub(r"<[^>]*>|\s+", " ", page[max(page.find("<main"), 0) :])
    return " ".join(plain.split())[:1500]


Write = tuple[str, dict[str, Any]]  # address and body


@dataclass
class Lane:
    """`next_write(key)` gives the next write, None when there is none left; `good` is the answer of one that is done."""

    name: str
    desk: Desk
    next_write: Callable[[str], Write | None]
    good: int = 302
    pause: float = 0.0
    done: dict[str, Write] = field(default_factory=dict)
    seen: Counter[int] = field(default_factory=Counter)
    again: int = 0
    wrong: list[str] = field(default_factory=list)
    last_good: float = 0.0

    def write(self, dice: random.Random) -> bool:
        """One write to its end; False when none is left."""
        key = str(uuid7())
        asked = self.next_write(key)
        if asked is None:
            return False
        until = time.monotonic() + PATIENCE
        while (sent := self._send(asked, key)).status in (0, 409, 503):
            if time.monotonic() > until:
                break
            self.again += 1
            time.sleep(0.2)
        if sent.status != self.good:
            self.wrong.append(f"{self.name} {sent.status} {asked[0]}: {_words(sent.text)}")
            return True
        self.done[key] = asked
        if dice.random() < 0.2:  # the answer was lost on its way: the same form comes once more
            self._replay(asked, key)
        return True

    def _replay(self, asked: Write, key: str) -> None:
        until = time.monotonic() + PATIENCE
        while (sent := self._send(asked, key)).status in (0, 503) and time.monotonic() < until:
            time.sleep(0.2)
        if (sent.status, sent.headers.get("idempotency-replayed")) != (self.good, "true"):
            self.wrong.append(f"{self.name} was done anew: {sent.status} {sent.text[:300]}")

    def _send(self, asked: Write, key: str) -> Sent:
        sent = self.desk.post(*asked, key)
        self.seen[sent.status] += 1
        if sent.status == self.good:
            self.last_good = time.monotonic()
        if sent.status == 503 and "retry-after" not in sent.headers:
            self.wrong.append(f"{self.name}: 503 without Retry-After")
        return sent


@dataclass
class Traffic:
    """All lanes in threads of their own, between `start` and `stop`."""

    lanes: list[Lane]
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def _run(self, lane: Lane, number: int) -> None:
        dice = random.Random(number)  # noqa: S311 - the same choices every time
        while not self._stop.is_set():
            try:
                if not lane.write(dice):
                    return
            except Exception as error:
                lane.wrong.append(repr(error))
                return
            self._stop.wait(lane.pause)

    def __enter__(self) -> "Traffic":
        for number, lane in enumerate(self.lanes):
            thread = threading.Thread(target=self._run, args=(lane, number), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """What has been begun is brought to its end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE + 60)
            assert not thread.is_alive()

    def first_good_since(self, moment: float, patience: float = 30.0) -> float:
        """Seconds until any lane is answered well again."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if (newest := max(lane.last_good for lane in self.lanes)) > moment:
                return newest - moment
            time.sleep(0.02)
        raise AssertionError([lane.seen for lane in self.lanes])

    @property
    def wrong(self) -> list[str]:
        return [words for lane in self.lanes for words in lane.wrong]

    def said(self) -> Iterator[str]:
        for lane in self.lanes:
            yield f"{lane.name}: {len(lane.done)} done, {lane.again} sent again, answers {dict(lane.seen)}"
