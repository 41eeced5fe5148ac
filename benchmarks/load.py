"""The load: keep-alive GETs over a few connections, every answer looked at, CPU seconds beside the clock."""

import os
import re
import socket
import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CONNECTIONS = 4


class WrongAnswer(RuntimeError):
    """A fast wrong answer is a failure."""


@dataclass(frozen=True)
class Arm:
    """What is asked, and by what a right answer is known."""

    name: str
    path: str
    headers: dict[str, str]
    marks: tuple[tuple[str, int], ...] = ()
    status: int = 200
    form: str = ""  # a body to POST, as a form; an arm without one is a GET


@dataclass(frozen=True)
class Taken:
    """One arm in one round."""

    rps: float
    p50: float
    p95: float
    p99: float
    size: int
    cpu_ms: float  # of server and database, per request

    def as_json(self) -> dict[str, float]:
        return {name: round(value, 3) for name, value in vars(self).items()}


class _Link:
    """One keep-alive connection; plain sockets, because the generator shares the cores."""

    def __init__(self, port: int, arm: Arm):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers, body = dict(arm.headers), arm.form.encode()
        if body:
            # One secret as cookie and as header is what the page's own script sends.
            secret = "b" * 32
            headers["Cookie"] = f"{headers.get('Cookie', '')}; csrf={secret}"
            headers |= {
                "X-CSRFToken": secret,
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        lines = [
            f"{'POST' if body else 'GET'} {arm.path} HTTP/1.1",
            "Host: 127.0.0.1",
            *(f"{k}: {v}" for k, v in headers.items()),
        ]
        self.asked = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        self.arm, self.marks = arm, [(mark.encode(), least) for mark, least in arm.marks]

    def once(self) -> int:
        """Ask once and look at the answer; its length."""
        self.socket.sendall(self.asked)
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += self._more()
        head, body = raw.split(b"\r\n\r\n", 1)
        length = LENGTH.search(head)
        if length is None:
            raise WrongAnswer(f"{self.arm.name}: an answer without a length: {head[:300]!r}")
        parts, missing = [body], int(length[1]) - len(body)
        while missing > 0:
            parts.append(part := self._more())
            missing -= len(part)
        body = b"".join(parts)
        if int(head.split(b" ", 2)[1]) != self.arm.status:
            raise WrongAnswer(f"{self.arm.name}: {head[:80]!r} {body[:300]!r}")
        for mark, least in self.marks:
            if body.count(mark) < least:
                raise WrongAnswer(
                    f"{self.arm.name}: {mark!r} stands {body.count(mark)} times, not {least}"
                )
        return len(body)

    def _more(self) -> bytes:
        part = self.socket.recv(262_144)
        if not part:
            raise WrongAnswer(f"{self.arm.name}: the server closed the connection")
        return part


def _cpu_of(pids: list[int]) -> float:
    """User and system seconds of processes and of their children that have ended."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


def children_of(pid: int) -> list[int]:
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def measure(
    port: int, arm: Arm, *, seconds: float, trees: list[int], connections: int = CONNECTIONS
) -> Taken:
    """Ask an arm for so long; `trees` are the processes whose CPU (with their children's) is counted."""
    times: list[list[float]] = [[] for _n in range(connections)]
    sizes: list[int] = []
    failures: list[BaseException] = []

    def work(mine: list[float]) -> None:
        try:
            link = _Link(port, arm)
            while time.perf_counter() < stop:
                began = time.perf_counter()
                sizes.append(link.once())
                mine.append((time.perf_counter() - began) * 1000)
        except BaseException as error:  # told to the caller's thread
            failures.append(error)

    pids = [pid for tree in trees for pid in children_of(tree)]
    cpu, began = _cpu_of(pids), time.perf_counter()
    stop = began + seconds
    workers = [threading.Thread(target=work, args=(mine,)) for mine in times]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    lasted, spent = time.perf_counter() - began, _cpu_of(pids) - cpu
    taken = sorted(ms for mine in times for ms in mine)
    return Taken(
        rps=len(taken) / lasted,
        p50=_quantile(taken, 0.5),
        p95=_quantile(taken, 0.95),
        p99=_quantile(taken, 0.99),
        size=statistics.mode(sizes),
        cpu_ms=spent * 1000 / len(taken),
    )


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]
