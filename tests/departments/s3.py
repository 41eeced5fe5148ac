"""A small S3: objects of one bucket over HTTP, as boto3 speaks it (PUT, GET, HEAD, DELETE, ListObjects)."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket:
    """`objects` by key; while `is_broken` every answer is 500; `secrets` are the keys it was asked with."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.is_broken = False
        self.signed: set[str] = set()


def _handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Nothing is printed."""

        def _say(self, status: int, body: bytes = b"", **heads: str) -> None:
            self.send_response(status)
            for name, value in heads.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", heads.get("length", str(len(body))))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _key(self) -> str:
            bucket.signed.add(self.headers.get("Authorization", "")[:38])
            return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

        def do_PUT(self) -> None:  # noqa: N802  the name is the method's
            key = self._key()
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if bucket.is_broken:
                return self._say(500)
            bucket.objects[key] = (content, datetime.now(UTC))
            return self._say(200, ETag='"x"')

        def do_GET(self) -> None:  # noqa: N802
            key = self._key()
            if bucket.is_broken:
                return self._say(500)
            if not key:
                return self._list() if self.command == "GET" else self._say(200)
            if key not in bucket.objects:
                return self._say(404)
            content, at = bucket.objects[key]
            return self._say(
                200, content, ETag='"x"', Last_Modified=format_datetime(at, usegmt=True)
            )

        do_HEAD = do_GET  # noqa: N815

        def do_DELETE(self) -> None:  # noqa: N802
            if bucket.is_broken:
                return self._say(500)
            bucket.objects.pop(self._key(), None)
            return self._say(204)

        def _list(self) -> None:
            prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
            rows = "".join(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
                f"<LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
                for key, (content, at) in sorted(bucket.objects.items())
                if key.startswith(prefix)
            )
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
            self._say(200, body.encode(), Content_Type="application/xml")

    return Handler


@contextlib.contextmanager
def running() -> Iterator[tuple[Bucket, str]]:
    """The store on a free port of this machine, and its address."""
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bucket))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield bucket, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
