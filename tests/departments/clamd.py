"""A clamd that knows one virus: PING and INSTREAM of its protocol over a real socket."""

import base64
import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from msw_portal.kernel.scanning import Address

# The EICAR test file, kept from the virus scanners of those who read this.
EICAR = base64.b64decode(
    "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
)
MOST = 200_000


class Clamd:
    """`seen` are the streams it was shown; `silent` makes it hang up, `answer` say something else."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.silent, self.answer = False, b""


def _handler(clamd: Clamd) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = b""
            while not command.endswith(b"\0"):
                command += self.rfile.read(1)
            if command == b"zPING\0":
                self.wfile.write(b"PONG\0")
                return
            assert command == b"zINSTREAM\0", command
            content = b""
            while size := struct.unpack("!I", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
                if len(content) > MOST:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            clamd.seen.append(content)
            if not clamd.silent:
                found = b"stream: Eicar-Test-Signature FOUND\0"
                said = clamd.answer or (found if EICAR in content else b"stream: OK\0")
                self.wfile.write(said)

    return Handler


@contextlib.contextmanager
def running(socket_path: Path | None = None) -> Iterator[tuple[Clamd, Address]]:
    """The scanner on a socket file, or on a free port of this machine, and where it is."""
    clamd = Clamd()
    if socket_path:
        server = socketserver.ThreadingUnixStreamServer(str(socket_path), _handler(clamd))
        address = Address.of(f"unix:{socket_path}")
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(clamd))
        address = Address.of(f"tcp://127.0.0.1:{server.server_address[1]}")
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield clamd, address
    finally:
        server.shutdown()
        server.server_close()
