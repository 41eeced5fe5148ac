"""The sealed form of a value: AES-256-GCM under a house's key, bound to the place where it stands.

`0x01 || key id (2 bytes) || nonce (12) || ciphertext || tag (16)`; the associated data are
`organization uid|table|column|row uid`: moved to another row, column or house it does not open.
"""

import os
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag

from msw_portal.kernel.keyring import CryptoError, keys

VERSION = b"\x01"
NONCE, TAG, PREFIX = 12, 16, 3
LENGTH_CLASS = 32


class Ciphertext(bytes):
    """Sealed bytes as they stand in the database; lets a field tell them from plaintext."""

    def __repr__(self) -> str:
        return f"<sealed, {len(self)} bytes>"


def _bound_to(organization: UUID, table: str, column: str, row: UUID) -> bytes:
    return f"{organization}|{table}|{column}|{row}".encode()


def _padded(plain: bytes) -> bytes:
    # ISO/IEC 7816-4: one 0x80, then zeros, so that undoing it is never ambiguous.
    return plain + b"\x80" + bytes(-(len(plain) + 1) % LENGTH_CLASS)


def _unpadded(plain: bytes) -> bytes:
    bare = plain.rstrip(b"\x00")
    zeros = len(plain) - len(bare)
    if not bare.endswith(b"\x80") or len(plain) % LENGTH_CLASS or zeros >= LENGTH_CLASS:
        raise CryptoError("the sealed value is not of a length class")
    return bare[:-1]


def seal(
    plain: bytes, *, organization: UUID, table: str, column: str, row: UUID, pad: bool = False
) -> Ciphertext:
    """Encrypt with the house's active key; `pad` hides the length up to the next 32 bytes."""
    ring, nonce = keys(), os.urandom(NONCE)
    cipher = ring.cipher(organization, ring.active)
    bound = _bound_to(organization, table, column, row)
    body = cipher.encrypt(nonce, _padded(plain) if pad else bytes(plain), bound)
    return Ciphertext(VERSION + ring.active.to_bytes(2, "big") + nonce + body)


def unseal(
    sealed: bytes, *, organization: UUID, table: str, column: str, row: UUID, pad: bool = False
) -> bytes:
    """What was sealed for exactly this organization, table, column and row.

    Raises:
        CryptoError: for another key or place, or a value that was tampered with.
    """
    sealed = bytes(sealed)
    if len(sealed) < PREFIX + NONCE + TAG or sealed[:1] != VERSION:
        raise CryptoError(f"{table}.{column} does not hold a sealed value")
    kid = kid_of(sealed)
    cipher = keys(kid).cipher(organization, kid)
    nonce, body = sealed[PREFIX : PREFIX + NONCE], sealed[PREFIX + NONCE :]
    try:
        plain = cipher.decrypt(nonce, body, _bound_to(organization, table, column, row))
    except InvalidTag:
        raise CryptoError(f"the sealed value of {table}.{column} does not open here") from None
    return _unpadded(plain) if pad else plain


def is_sealed(value: bytes) -> bool:
    """Whether the bytes have the sealed form, under a key of the key file."""
    is_long = len(value) >= PREFIX + NONCE + TAG and value[:1] == VERSION
    return is_long and kid_of(value) in keys().masters


def kid_of(sealed: bytes) -> int:
    """The id of the key a value was sealed with."""
    return int.from_bytes(sealed[1:PREFIX], "big")


def reseal(sealed: bytes, *, organization: UUID, table: str, column: str, row: UUID) -> Ciphertext:
    """The same value under the active key, for re-keying; padded or not, it stays as it is.

    Raises:
        CryptoError: as `unseal`.
    """
    place = {"organization": organization, "table": table, "column": column, "row": row}
    return seal(unseal(sealed, **place), **place)


def sealer(organization: UUID) -> Callable[[bytes, str], bytes]:
    """`seal` for millions of values of one house: (plain, `table|column|row uid`) -> sealed.

    The key is looked up once: for a bulk load, which ends before a key is changed.
    """
    ring = keys()
    encrypt = ring.cipher(organization, ring.active).encrypt
    head, owner = VERSION + ring.active.to_bytes(2, "big"), f"{organization}|"

    def sealed(plain: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE)
        return head + nonce + encrypt(nonce, plain, (owner + place).encode())

    return sealed


def padded(plain: bytes) -> bytes:
    """The plaintext as `seal(pad=True)` encrypts it."""
    return _padded(plain)
