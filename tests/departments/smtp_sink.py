"""A mail server on loopback for tests: keeps what it takes, and can refuse or dawdle as told."""

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Sink:
    """What arrived; `refuse` answers RCPT with that line, `seconds` is how long DATA takes."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    seconds: float = 0.0
    calls: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def wait(self, count: int, seconds: float = 20) -> list[EmailMessage]:
        """The letters, once there are so many."""
        until = time.monotonic() + seconds
        while len(self.letters) < count and time.monotonic() < until:
            time.sleep(0.05)
        return self.letters


@contextmanager
def smtp_sink(port: int = 0) -> Iterator[Sink]:
    """Serve on a free port, or on the one given."""
    sink = Sink()

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            sink.calls += 1
            self.say("220 sink")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                if verb == "RCPT" and sink.refuse:
                    self.say(sink.refuse)
                elif verb == "DATA":
                    self.take()
                else:
                    self.say("250 ok")

        def take(self) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            time.sleep(sink.seconds)
            sink.letters.append(
                email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            )
            self.say("250 taken")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), Session) as server:
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join(5)
