"""A command runs once per key: claimed before, its answer stored in its own transaction, replayed after."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import timezone

from departments.models.people import User
from departments.models.queues import IdempotencyKey
from msw_portal.kernel.crypto import as_sealed
from msw_portal.kernel.scope import INSTALLATION

LEASE = dt.timedelta(seconds=30)
KEPT = dt.timedelta(hours=24)
KEPT_MONEY = dt.timedelta(days=30)
STORED_HEADERS = ("Content-Type", "Location", "ETag", "HX-Redirect")
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
MAX_KEY = 120
DRAFTS = "/drafts/"
# A stay is delivered under its record's number, which must not be kept here; the delivery is
# idempotent by its own time.
STAYS = "/api/v1/episodes/"


_money: set[str] = set()


def keep_long(names: Iterable[str]) -> None:
    """The keys of these addresses, by their names, are kept as long as a payment may be asked about."""
    _money.update(names)


@dataclass(frozen=True)
class Held:
    """A claimed key: this request runs the command."""

    id: int
    fence: int
    uid: UUID
    organization_id: int


@dataclass(frozen=True)
class Refused:
    """Why the command does not run now: `busy` (409), `other_body` (422) or a `stored` answer."""

    reason: str
    stored: HttpResponse | None = None


def key_of(request: HttpRequest) -> str:
    """The key of an unsafe request: the header of an API call or the hidden field of a form; "" without one."""
    if request.method in SAFE:
        return ""
    if request.path_info.startswith(STAYS):
        return ""
    if request.path_info.startswith("/api/"):
        return request.headers.get("Idempotency-Key", "")[: MAX_KEY + 1]
    if request.path_info.startswith(DRAFTS):
        # A draft carries the key of the form it keeps: saving it must not use the key up.
        return ""
    return request.POST.get("once", "")[:MAX_KEY]


def _body_hash(request: HttpRequest) -> bytes:
    if request.path_info.startswith("/api/"):
        return hashlib.sha256(request.body).digest()
    digest = hashlib.sha256()
    for name in sorted(request.POST):
        if name not in {"once", "csrfmiddlewaretoken", "totp_code"}:
            digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest.update(repr((name, file.name, file.size)).encode())
            # Two scans of one name and size are two papers.
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.digest()


def claim(request: HttpRequest, key: str, user: User) -> Held | Refused:
    """Take the key in the running (short) transaction, or say what became of it."""
    now, body_hash = timezone.now(), _body_hash(request)
    path = f"{request.method} {request.path_info}"[:300]
    kept = KEPT_MONEY if resolve(request.path_info).view_name in _money else KEPT
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO departments_idempotencykey
                 (uid, organization_id, user_id, key, method_path, body_hash, state, lease_until, fence, headers, expires_at)
               VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, 'running', %s, 1, '{}', %s)
               ON CONFLICT (user_id, key) DO UPDATE
                  SET lease_until = excluded.lease_until, fence = departments_idempotencykey.fence + 1,
                      body_hash = excluded.body_hash, method_path = excluded.method_path,
                      state = 'running', status = NULL, headers = '{}', body = NULL, expires_at = excluded.expires_at
                WHERE departments_idempotencykey.expires_at < now()
                   OR (departments_idempotencykey.state = 'running' AND departments_idempotencykey.lease_until < now()
                       AND departments_idempotencykey.body_hash = excluded.body_hash)
               RETURNING id, fence, uid, organization_id""",
            [user.house_id or INSTALLATION, user.pk, key, path, body_hash, now + LEASE, now + kept],
        )
        row = cursor.fetchone()
    if row is not None:
        return Held(*row)
    known = IdempotencyKey.objects.get(user_id=user.pk, key=key)
    if bytes(known.body_hash) != body_hash or known.method_path != path:
        return Refused("other_body", _answer(known))
    if known.state == "running":
        return Refused("busy")
    return Refused("stored", _answer(known))


def key_is_taken(*, key: str, by: User) -> bool:
    """Whether a command of this person runs or ran under the key."""
    return IdempotencyKey.objects.filter(user_id=by.pk, key=key).exists()


def _answer(known: IdempotencyKey) -> HttpResponse | None:
    if known.state != "done":
        return None
    response = HttpResponse(known.body or b"", status=known.status)
    for name, value in known.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def finish(held: Held, response: HttpResponse) -> bool:
    """Store the answer in the command's transaction; False when a retry has taken the key over.

    What is sent piece by piece is not stored: the key is given back and who asks again gets it made again.
    """
    mine = IdempotencyKey.objects.filter(pk=held.id, fence=held.fence)
    if response.streaming:
        return bool(mine.delete()[0])
    # Sealed for the row as it was claimed: reading it again would be a statement for what is known.
    known = IdempotencyKey(
        pk=held.id, uid=held.uid, organization_id=held.organization_id, body=response.content
    )
    with as_sealed([known], ["body"]):
        stored = mine.update(
            state="done",
            status=response.status_code,
            headers={name: response[name] for name in STORED_HEADERS if name in response},
            body=known.body,
        )
    return bool(stored)


def release(held: Held) -> None:
    """After a refusal nothing has happened: the same key may come again, corrected."""
    IdempotencyKey.objects.filter(pk=held.id, fence=held.fence, state="running").delete()


def sweep() -> int:
    """Delete keys and rate windows past their time, of everybody; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.sweep_expired()")
        return cursor.fetchone()[0]
