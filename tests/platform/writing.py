"""Several people who write contacts at once through a real web server, and what each of them was answered."""

import http.client
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from msw_portal.kernel.ids import uuid7
from tests.conftest import sign_in

LENGTH = 4_000  # characters of one contact


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Writers:
    """`people` threads send contacts of `case` until told to stop; every form and its answer is kept."""

    portal: str
    user: object
    case: object
    people: int = 4
    answered: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._address = urlsplit(self.portal).netloc
        self._session = sign_in(Client(), self.user).cookies["session"].value
        self._path = reverse("cases:contact_new", args=[self.case.uid])
        page = self.ask("GET", self._path)
        assert page.status == 200, page.text[:500]
        self._csrf = page.headers["set-cookie"].partition("csrf=")[2].partition(";")[0]
        self._stop = threading.Event()

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        link = http.client.HTTPConnection(self._address, timeout=60)
        cookies = f"session={self._session}" + (
            f"; csrf={self._csrf}" if hasattr(self, "_csrf") else ""
        )
        given = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        try:
            link.request(method, path, body.encode(), given)
            answer = link.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            link.close()
        return Answer(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, text
        )

    def send(self, once: str) -> Answer:
        """The form with this key; its text begins with the key, so that it can be found again."""
        typed = {
            "mode": "interview",
            "target": "client",
            "quick": "30",
            "occurred_on": timezone.localdate().isoformat(),
            "facts": (once + "谈" * LENGTH)[:LENGTH],
            "once": once,
        }
        return self.ask("POST", self._path, urlencode(typed), X_CSRFToken=self._csrf)

    def _write(self) -> None:
        while not self._stop.is_set():
            once = str(uuid7())
            self.answered[once] = self.send(once)

    def until(self, holds, seconds: float) -> None:
        """Write until `holds(self)`."""
        self._stop.clear()
        threads = [threading.Thread(target=self._write, daemon=True) for _n in range(self.people)]
        for thread in threads:
            thread.start()
        end = timezone.now().timestamp() + seconds
        try:
            while not holds(self):
                assert timezone.now().timestamp() < end, self.counted()
                self._stop.wait(0.05)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def counted(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answered.values())

    def of(self, *statuses: int) -> list[str]:
        return [once for once, answer in self.answered.items() if answer.status in statuses]


def keys_of(texts: list[str]) -> list[str]:
    """The keys at the beginnings of the texts."""
    return sorted(str(uuid.UUID(text[:36])) for text in texts)
