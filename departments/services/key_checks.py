"""Does the key file open what the database holds: a check value per key, compared when a process starts."""

import hmac
from typing import Any

from msw_portal.kernel import crypto
from msw_portal.kernel.keyring import CryptoError, keys

KNOWN = "SELECT kid, value FROM departments_keycheck ORDER BY kid"
NOTE = "INSERT INTO departments_keycheck (kid, value, first_seen_at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING"


def check_value(kid: int) -> bytes:
    """32 bytes that say nothing about the key and that no other key, and no other installation, gives."""
    return crypto.derive("check", kid=kid)


def key_file_shortcoming(cursor: Any) -> str:
    """Why the key file does not fit the database, as one sentence; "" when it does.

    A key that is active for the first time is noted: from then on no other file of that number fits.
    """
    try:
        ring = keys()
    except CryptoError as error:
        return f"MSW_KEYS is unusable: {error}."
    cursor.execute(KNOWN)
    known = {kid: bytes(value) for kid, value in cursor.fetchall()}
    for kid, value in known.items():
        if kid not in ring.masters:
            return (
                f"The key file has no key {kid}, with which the database was written: "
                "MSW_KEYS must name the file that belongs to this database."
            )
        if not hmac.compare_digest(check_value(kid), value):
            return (
                f"The key file does not open what the database holds (key {kid} is another one): "
                "MSW_KEYS must name the file that belongs to this database."
            )
    if ring.active not in known:
        cursor.execute(NOTE, [ring.active, check_value(ring.active)])
    return ""
