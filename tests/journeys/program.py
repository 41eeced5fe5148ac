"""A foundation's program as the API meets it: HTTP, a token of its own, keys and versions."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

SECRET = "s" * 50  # what tests/factories/donations.make_api_client gives every client


@dataclass
class Program:
    """A client of the API over HTTP, with its own token."""

    portal: str
    client_id: str
    token: str = field(init=False)

    def __post_init__(self) -> None:
        basic = base64.b64encode(f"{self.client_id}:{SECRET}".encode()).decode()
        body = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        request = urllib.request.Request(
            f"{self.portal}/api/v1/oauth/token/", body, headers={"Authorization": f"Basic {basic}"}
        )
        with urllib.request.urlopen(request) as answer:
            self.token = json.load(answer)["access_token"]

    def ask(self, path: str, body: dict | None = None, **headers: str) -> tuple[int, dict, Any]:
        """(status, body, headers); a POST when there is a body, with a key of its own unless given."""
        data = None if body is None else json.dumps(body).encode()
        keys = {"Idempotency-Key": str(uuid.uuid4())} if body is not None else {}
        request = urllib.request.Request(
            f"{self.portal}/api/v1/funding-requests/{path}",
            data,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                **keys,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, json.load(error), error.headers

    def do(self, uid: str, step: str, body: dict) -> dict:
        """A step on the newest version; it must succeed."""
        tag = self.ask(f"{uid}/")[2]["ETag"]
        status, answer, _headers = self.ask(f"{uid}/{step}/", body, If_Match=tag)
        assert status == 200, answer
        return answer
