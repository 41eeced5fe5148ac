"""Review funding requests over the portal's API: OAuth2, cursors, ETags and idempotency keys, nothing else.

    PORTAL=http://127.0.0.1:8000 CLIENT_ID=... CLIENT_SECRET=... python3 docs/api/review_requests.py

Takes every request that waits for its papers to be checked: what lacks a required paper is asked for it,
what does not fit the programme's conditions is left to a person, the rest is accepted. Standard library only.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

WAITING = ("submitted", "document_check")


class Portal:
    """The API behind one client: `ask` reads, `do` commands."""

    def __init__(self, address: str, client_id: str, secret: str):
        self.api = f"{address.rstrip('/')}/api/v1"
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        answer, _tag = self._send("/oauth/token/", form, {"Authorization": f"Basic {basic}"})
        self.bearer = {"Authorization": f"Bearer {answer['access_token']}"}

    def ask(self, path: str) -> tuple[Any, str]:
        """(body, ETag)."""
        return self._send(path, None, self.bearer)

    def do(self, path: str, given: dict[str, Any], tag: str) -> Any:
        """One command on the version that was read; the key makes a repetition harmless."""
        headers = {
            **self.bearer,
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
            "If-Match": tag,
        }
        return self._send(path, json.dumps(given).encode(), headers)[0]

    def every(self, path: str) -> Iterator[Any]:
        """All rows of a list, page by page."""
        after = ""
        while True:
            page, _tag = self.ask(f"{path}{after}")
            yield from page["items"]
            if page["next"] is None:
                return
            after = "&after=" + urllib.parse.quote(page["next"])

    def _send(self, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[Any, str]:
        request = urllib.request.Request(f"{self.api}{path}", body, headers)  # noqa: S310 - the portal's own address
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer), answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            raise SystemExit(
                f"{path}: {problem.get('title') or problem} {problem.get('detail', '')}"
            ) from None


def review(portal: Portal, uid: str) -> str:
    """Check one request; what was done, in a word."""
    path = f"/funding-requests/{uid}/"
    found, tag = portal.ask(path)
    if found["on_hold"]:
        return "on hold"
    if found["state"] == "submitted":
        portal.do(f"{path}check/", {}, tag)
        found, tag = portal.ask(path)
    missing = [one["type"] for one in found["documents"] if one["required"] and not one["has_copy"]]
    if missing:
        said = {"items": missing, "message": "请补充所列材料。"}
        portal.do(f"{path}request-supplement/", said, tag)
        return f"asked for {', '.join(missing)}"
    advice = found["advice"]
    if advice is None or advice["is_eligible"] is not True:
        return "left to a person"
    return portal.do(f"{path}check/", {"complete": True}, tag)["state"]


def main() -> None:
    portal = Portal(*(os.environ[name] for name in ("PORTAL", "CLIENT_ID", "CLIENT_SECRET")))
    me, _tag = portal.ask("/me/")
    if "verify" not in me["duties"]:
        sys.exit(f"{me['name']} may not check papers: it has the duties {me['duties']}")
    for row in list(portal.every(f"/funding-requests/?state={','.join(WAITING)}")):
        sys.stdout.write(f"{row['number']}: {review(portal, row['uid'])}\n")


if __name__ == "__main__":
    main()
