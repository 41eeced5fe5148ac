"""A small OpenID provider on loopback: real HTTP, a real key pair, and the ways one can misbehave."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "portal", "a-secret-of-the-client-32-characters"


class Provider(ThreadingHTTPServer):
    """`person` signs in next; `claims` are put over the ID token's own, `forged` signs with another key."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key, self.other_key = (rsa.generate_private_key(65537, 2048) for _n in range(2))
        self.person = {"sub": "s-1", "preferred_username": "worker"}
        self.claims: dict = {}
        self.described: dict = {}
        self.is_forged = False
        self.algorithm = "RS256"
        self.codes: dict[str, dict] = {}
        self.asked: list[dict] = []

    def description(self) -> dict:
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "userinfo_endpoint": f"{at}/userinfo",
            **self.described,
        }

    def authorize(self, address: str) -> str:
        """What a browser gets after the person has proved it: the portal's address with code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict) -> dict | None:
        asked = self.codes.pop(given["code"], None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or given.get("client_secret") != CLIENT_SECRET
            or given["redirect_uri"] != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return None
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            **self.person,
            **self.claims,
        }
        if self.algorithm == "HS256":
            key = CLIENT_SECRET
        elif self.algorithm == "none":
            key = ""
        else:
            key = self.other_key if self.is_forged else self.key
        signed = jwt.encode(said, key, algorithm=self.algorithm, headers={"kid": "one"})
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self._say(self.server.description())
        elif path == "/keys":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key(), as_dict=True)
            self._say({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer opaque":
            self._say({"sub": "s-1", "preferred_username": "worker"})
        elif path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.authorize(self.path))
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        said = self.server.token(given)
        if said is None:
            self.send_error(400)
        else:
            self._say(said)

    def _say(self, what: dict) -> None:
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
