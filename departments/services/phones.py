"""Whose a phone's offline entries are, and the keys they are sealed with."""

import base64
import hashlib

from departments.models.people import User
from msw_portal.kernel import crypto
from msw_portal.kernel.keyring import keys


def owner_mark(user: User) -> str:
    """An opaque word for the person, the same on every phone and in every session."""
    return hashlib.sha256(b"phone|" + user.uid.bytes).hexdigest()[:32]


def queue_keys(user: User) -> list[tuple[int, str]]:
    """Key ids and AES-256 keys (base64) of the person's unsent entries, the one to seal with first.

    Only who is signed in is given them: what waits on a phone stays closed after a session's end
    and opens again when the same person signs in.
    """
    live = sorted(keys().live, key=lambda kid: kid != crypto.active_kid())
    return [
        (kid, base64.b64encode(crypto.derive(f"phone-queue|{user.uid}", kid=kid)).decode())
        for kid in live
    ]
