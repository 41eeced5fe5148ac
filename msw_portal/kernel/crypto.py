"""Encrypted fields and their blind index; the keys stand in a file outside database and backups.

A field is `0x01 || kid (2 bytes) || nonce (12) || ciphertext || tag (16)`, AES-256-GCM, with
`organization uid|table|column|row uid` as associated data: a ciphertext copied to another row,
column or house does not open.
"""

import datetime as dt
import functools
import hmac
import json
import os
import re
import secrets
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

VERSION = 1
BLOCK = 32


class CryptoError(Exception):
    """The text does not open: another key, another row, or tampered bytes. Says nothing of the content."""


# ── keys ─────────────────────────────────────────────────────────────────────


@functools.lru_cache(maxsize=2)
def _key_file(path: str, _changed: int) -> tuple[int, dict[int, bytes], bytes]:
    with open(path, encoding="utf-8") as file:
        stored = json.load(file)
    keys = {int(kid): bytes.fromhex(text) for kid, text in stored["keys"].items()}
    return int(stored["active"]), keys, uuid.UUID(stored["installation"]).bytes


def _keys() -> tuple[int, dict[int, bytes], bytes]:
    path = str(settings.MSW_KEYS)
    return _key_file(path, os.stat(path).st_mtime_ns)


@functools.lru_cache(maxsize=4096)
def _derived(master: bytes, salt: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=use.encode()).derive(master)


def derive(use: str, kid: int | None = None) -> bytes:
    """The 32-byte key for a use (`cursor`, `audit-anchor`, `search|<organization uid>` ...)."""
    active, keys, salt = _keys()
    try:
        return _derived(keys[kid or active], salt, use)
    except KeyError:
        raise CryptoError(f"no key {kid}") from None


# ── sealing ──────────────────────────────────────────────────────────────────


def _associated(organization: uuid.UUID, table: str, column: str, row: uuid.UUID) -> bytes:
    return f"{organization}|{table}|{column}|{row}".encode()


def seal(plain: bytes, *, organization: uuid.UUID, table: str, column: str, row: uuid.UUID) -> bytes:
    """Encrypt for one cell of one row of one house."""
    kid = _keys()[0]
    nonce = secrets.token_bytes(12)
    key = derive(f"enc|{organization}", kid)
    cipher = AESGCM(key).encrypt(nonce, plain, _associated(organization, table, column, row))
    return bytes([VERSION]) + kid.to_bytes(2, "big") + nonce + cipher


def unseal(sealed: bytes, *, organization: uuid.UUID, table: str, column: str, row: uuid.UUID) -> bytes:
    """Decrypt a cell.

    Raises:
        CryptoError: when it is not this cell's text, or the key is gone.
    """
    if len(sealed) < 31 or sealed[0] != VERSION:
        raise CryptoError("not a sealed text")
    key = derive(f"enc|{organization}", int.from_bytes(sealed[1:3], "big"))
    try:
        return AESGCM(key).decrypt(sealed[3:15], sealed[15:], _associated(organization, table, column, row))
    except InvalidTag:
        raise CryptoError("the text does not open") from None


def blind_index(text: str, *, organization: uuid.UUID, field: str) -> bytes:
    """16 bytes by which equal texts of one house find each other; the text carries its type (`id:...`)."""
    return hmac.digest(derive(f"bidx|{organization}|{field}"), text.encode(), "sha256")[:16]


_loader: Callable[[int], uuid.UUID] | None = None


def use_organization_uids(loader: Callable[[int], uuid.UUID]) -> None:
    """Register how a house's uid is found; called once, by departments."""
    global _loader
    _loader = loader


def organization_uid(organization_id: int) -> uuid.UUID:
    """The uid of a house, by which its keys are named."""
    if _loader is None:
        raise RuntimeError("no loader of organization uids is registered")
    return _loader(organization_id)


# ── normal forms ─────────────────────────────────────────────────────────────

_DROPPED = re.compile(r"[\s.\-·・()（）]+")


def _folded(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()


def normalise_id_no(text: str) -> str:
    """An identity number as it is compared: no spaces, X upper, 15 digits made 18 (GB 11643)."""
    number = _folded(text)
    if re.fullmatch(r"\d{15}", number):
        number = f"{number[:6]}19{number[6:]}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        number += "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11]
    return number


def normalise_phone(text: str) -> str:
    """A telephone number as it is compared: no separators, no +86."""
    return re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", _folded(text))


def normalise_uscc(text: str) -> str:
    """A unified social credit code as it is compared."""
    return _folded(text)


# ── model fields ─────────────────────────────────────────────────────────────


class _Cell:
    """The descriptor: keeps the ciphertext until somebody reads the attribute."""

    def __init__(self, field: "_Sealed"):
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, _Ciphertext):
            if value.plain is _UNREAD:
                value.plain = self.field.open(instance, value.sealed)
            return value.plain
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


_UNREAD = object()


class _Ciphertext:
    """What came from the database, and its plain text once read."""

    __slots__ = ("plain", "sealed")

    def __init__(self, sealed: bytes):
        self.sealed, self.plain = sealed, _UNREAD


class _Sealed(models.BinaryField):
    """A bytea column whose attribute is plain; needs `uid` (or a UUID key) and `organization_id` to save."""

    def __init__(self, *args: Any, pad: bool = False, **kwargs: Any):
        self.pad = pad
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        if self.pad:
            kwargs["pad"] = True
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Cell(self))

    def dump(self, value: Any) -> bytes:
        raise TypeError(f"{type(self).__name__} does not say how it is written")

    def load(self, plain: bytes) -> Any:
        raise TypeError(f"{type(self).__name__} does not say how it is read")

    def _place(self, instance: models.Model) -> dict[str, Any]:
        row = getattr(instance, "uid", None) or instance.pk
        house = getattr(instance, "organization_id", None)
        if not isinstance(row, uuid.UUID) or house is None:
            raise TypeError(f"{type(instance).__name__}.{self.name} needs uid and organization before it is sealed")
        return {"organization": organization_uid(house), "table": instance._meta.db_table, "column": self.column, "row": row}

    def open(self, instance: models.Model, sealed: bytes) -> Any:
        """The plain value of a stored cell."""
        plain = unseal(sealed, **self._place(instance))
        if self.pad:
            plain = plain[4 : 4 + int.from_bytes(plain[:4], "big")]
        return self.load(plain)

    def pre_save(self, instance: models.Model, add: bool) -> bytes | None:
        value = instance.__dict__.get(self.attname)
        if value is None:
            return None
        if isinstance(value, _Ciphertext):
            # A container may have been changed in place; a text cannot.
            if not isinstance(value.plain, dict | list):
                return value.sealed
            value = value.plain
        plain = self.dump(value)
        if self.pad:
            plain = len(plain).to_bytes(4, "big") + plain
            plain += b"\0" * (-len(plain) % BLOCK)
        sealed = _Ciphertext(seal(plain, **self._place(instance)))
        sealed.plain = value
        instance.__dict__[self.attname] = sealed
        return sealed.sealed

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> _Ciphertext | None:
        return None if value is None else _Ciphertext(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not isinstance(value, bytes | _Ciphertext):
            raise TypeError(f"{self.name} is sealed: assign it on a row and save the row")
        return value.sealed if isinstance(value, _Ciphertext) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)

    def get_lookup(self, lookup_name: str):
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is sealed: it cannot be searched by {lookup_name}")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is sealed and is not serialised")


class SealedText(_Sealed):
    """Text, UTF-8. Empty and NULL differ."""

    def dump(self, value: Any) -> bytes:
        return str(value).encode()

    def load(self, plain: bytes) -> str:
        return plain.decode()


class SealedJSON(_Sealed):
    """Canonical JSON."""

    def dump(self, value: Any) -> bytes:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    def load(self, plain: bytes) -> Any:
        return json.loads(plain)


class SealedDate(_Sealed):
    """A date."""

    def dump(self, value: Any) -> bytes:
        return (value if isinstance(value, str) else value.isoformat()).encode()

    def load(self, plain: bytes) -> dt.date:
        return dt.date.fromisoformat(plain.decode())


class SealedBytes(_Sealed):
    """Bytes as they are."""

    def dump(self, value: Any) -> bytes:
        return bytes(value)

    def load(self, plain: bytes) -> bytes:
        return plain


class BlindIndex(models.BinaryField):
    """16 bytes found by equality; NULL when there is nothing to find."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.update(max_length=16, null=True, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_length", "null", "editable"):
            kwargs.pop(implied, None)
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)
