"""The hospital's installation without an engine: each service's own command from docker-compose.yml,
the settings it is given there, and Debian's nginx with the repository's configuration in front."""

import contextlib
import datetime as dt
import http.client
import ipaddress
import json
import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from msw_portal.embedded.installing import PYTHON, proxy_program
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "portal.hospital.example"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
NGINX = proxy_program()


def image_command() -> list[str]:
    """The CMD of the Dockerfile: what `web` and `web2` run."""
    text = (ROOT / "Dockerfile").read_text()
    return json.loads(re.findall(r"^CMD (\[.*\])$", text, re.M)[-1])


@dataclass
class Installation:
    """Processes by the names of their services; stopped when the test ends."""

    folder: Path
    values: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        """What compose gives the service, with the addresses of the throw-away servers."""
        given = {
            name: re.sub(r"\$\{(\w+):[?-][^}]*\}", lambda found: self.values.get(found[1], ""), str(value))
            for name, value in COMPOSE["services"][service]["environment"].items()
            if value is not None
        }  # fmt: skip
        names = COMPOSE["services"][service]["environment"]
        given |= {name: self.values[name] for name in names if name in self.values}
        image = {name: self.values[name] for name in ("PATH", "HOME", "TMPDIR", "MSW_MEDIA", "MSW_STATIC_ROOT")}  # fmt: skip
        if service in self.ports:
            image["PORT"] = str(self.ports[service])
        return image | given

    def command(self, service: str) -> list[str]:
        words = COMPOSE["services"][service].get("command") or image_command()
        # Celery's names of two installations on one broker must not meet.
        return [word.replace("$$", "$") for word in words]

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def start(self, service: str, **changed: str) -> subprocess.Popen:
        """Start one service; its output goes to its log."""
        with open(self.log(service), "ab") as log:
            self.running[service] = subprocess.Popen(
                self.command(service), cwd=ROOT, env=self.environment(service) | changed,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.running[service]

    def is_healthy(self, service: str) -> bool:
        """Run the health check that compose runs."""
        test = COMPOSE["services"][service]["healthcheck"]["test"]
        words = test[1:] if test[0] == "CMD" else ["sh", "-c", test[1].replace("$$", "$")]
        return subprocess.run(words, cwd=ROOT, env=self.environment(service), capture_output=True, check=False).returncode == 0  # fmt: skip

    def wait_healthy(self, service: str, seconds: float = 240) -> None:
        until = time.monotonic() + seconds
        # The health check is a Python of its own: it would take from the server what that starts with.
        while service in self.ports and not _listens(self.ports[service]):
            assert self.running[service].poll() is None, self.log(service).read_text()
            assert time.monotonic() < until, self.log(service).read_text()
            time.sleep(0.1)
        while not self.is_healthy(service):
            assert self.running[service].poll() is None, self.log(service).read_text()
            assert time.monotonic() < until, self.log(service).read_text()
            time.sleep(0.2)

    def stop(self, service: str) -> int:
        """Ask it to end as the engine does; its exit code. Killed after its own grace period."""
        process = self.running.pop(service)
        grace = COMPOSE["services"][service].get("stop_grace_period", "10s")
        process.terminate()
        try:
            return process.wait(int(grace.removesuffix("s")))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()

    def refuses(self, service: str, **changed: str | None) -> str:
        """Start with a changed environment (None removes) and wait for its end; what it says."""
        env = self.environment(service) | changed
        env = {name: value for name, value in env.items() if value is not None}
        done = subprocess.run(self.command(service), cwd=ROOT, env=env, capture_output=True, text=True, timeout=90, check=False)  # fmt: skip
        assert done.returncode != 0, done.stderr
        return done.stderr

    def end(self) -> None:
        for service in list(self.running):
            self.stop(service)

    # ── the proxy ──

    def start_proxy(self) -> None:
        """nginx with deploy/nginx/portal.conf.template and a certificate of its own."""
        tls = self.folder / "tls"
        tls.mkdir()
        certificate(tls)
        self.ports |= {"http": free_port(), "https": free_port(), "health": free_port()}
        text = (ROOT / "deploy/nginx/portal.conf.template").read_text()
        for old, new in (
            ("${MSW_HOST}", HOST),
            ("127.0.0.1:8080", f"127.0.0.1:{self.ports['health']}"),
            ("listen 80", f"listen 127.0.0.1:{self.ports['http']}"),
            ("listen 443", f"listen 127.0.0.1:{self.ports['https']}"),
            ("server web:8000", f"server 127.0.0.1:{self.ports['web']}"),
            ("server web2:8000", f"server 127.0.0.1:{self.ports['web2']}"),
            ("http://web:8000", f"http://127.0.0.1:{self.ports['web']}"),
            ("http://web2:8000", f"http://127.0.0.1:{self.ports['web2']}"),
            ("/etc/nginx/tls", str(tls)),
            ("/var/log/nginx", str(self.folder)),
        ):
            assert old in text, old
            text = text.replace(old, new)
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        conf = self.folder / "nginx.conf"
        conf.write_text(
            f"{user}daemon off;\nworker_processes 1;\npid {self.folder}/nginx.pid;\n"
            f"events {{ worker_connections 512; }}\nhttp {{\n{temporary}{text}\n}}\n"
        )
        with open(self.folder / "nginx.out", "ab") as log:
            self.running["proxy"] = subprocess.Popen(
                [NGINX, "-e", str(self.folder / "nginx.out"), "-c", str(conf)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports["https"]), 1):  # fmt: skip
                return
            assert self.running["proxy"].poll() is None, (self.folder / "nginx.out").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)

    def open(self) -> http.client.HTTPSConnection:
        """A connection to the TLS door that checks the certificate."""
        trust = ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))
        link = http.client.HTTPSConnection(HOST, self.ports["https"], timeout=30, context=trust)
        link.sock = trust.wrap_socket(
            socket.create_connection(("127.0.0.1", self.ports["https"]), 30), server_hostname=HOST
        )
        return link

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> "Answer":
        """One request through the TLS door."""
        with contextlib.closing(self.open()) as link:
            return ask_on(link, path, method, body, headers)

    def ask_plainly(
        self, port: int, path: str, source: str = "127.0.0.1", **headers: str
    ) -> "Answer":
        """One request without TLS to a port of this machine, from an address of this machine."""
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
        with contextlib.closing(link):
            return ask_on(link, path, "GET", None, headers)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case (the last of equal ones), cookies as they were set, text."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str


def ask_on(link: http.client.HTTPConnection, path: str, method: str, body: str | None, headers: Mapping[str, str]) -> Answer:  # fmt: skip
    given = {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    link.request(method, path, body=body, headers=given)
    answer = link.getresponse()
    text = answer.read().decode("utf-8", "replace")
    return Answer(
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        answer.headers.get_all("Set-Cookie") or [],
        text,
    )


def certificate(folder: Path) -> None:
    """A key and a self-signed certificate of HOST, valid for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "privkey.pem").write_bytes(secret)


@contextlib.contextmanager
def installation(folder: Path, env: Mapping[str, str]) -> Iterator[Installation]:
    """Static files collected as the image does it, both web servers healthy, nginx in front."""
    values = {
        **{name: env[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "MSW_KEYS", "MSW_MEDIA")},
        "MSW_HOST": HOST,
        "MSW_PROXY_ADDRESSES": "127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "MSW_FROM": f"portal@{HOST}",
        "PATH": os.pathsep.join([str(PYTHON.parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MSW_STATIC_ROOT": str(folder / "static"),
    }  # fmt: skip
    made = Installation(folder, values, {"web": free_port(), "web2": free_port()})
    collect = shlex.split("python manage.py collectstatic --noinput -v0")
    subprocess.run(collect, cwd=ROOT, env=made.environment("web"), check=True, capture_output=True)
    try:
        made.start("web")
        made.start("web2")
        made.wait_healthy("web")
        made.wait_healthy("web2")
        made.start_proxy()
        yield made
    finally:
        made.end()
