"""A foundation's own system as webhooks meet it: it keeps what it gets and verifies with code of its own."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sink:
    """`url` takes posts; `answers` are given in turn, the last one for ever; `got` is (headers, body)."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], bytes]] = field(
        default_factory=lambda: [(204, {}, b"")]
    )
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.got]


def signatures_of(secret: str, headers: dict[str, str], body: bytes) -> list[bool]:
    """Which of the signatures of a message were made with the secret (Standard Webhooks, symmetric)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return [one == f"v1,{right}" for one in headers["webhook-signature"].split(" ")]


@contextmanager
def serving() -> Iterator[Sink]:
    sink = Sink()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.got.append(({name.lower(): text for name, text in self.headers.items()}, body))
            status, more, text = sink.answers.pop(0) if len(sink.answers) > 1 else sink.answers[0]
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_words):
            return

    class Server(ThreadingHTTPServer):
        def get_request(self):
            sink.connections += 1
            return super().get_request()

    server = Server(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    sink.url = f"http://127.0.0.1:{server.server_address[1]}/msw"
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
