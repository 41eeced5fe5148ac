"""Encrypted model fields and the blind index; keys in keyring.py, the sealed form in sealing.py.

No message of these modules contains plaintext or key.
"""

import contextlib
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.expressions import Col
from django.db.models.query_utils import DeferredAttribute

from msw_portal.kernel.identifiers import index_text
from msw_portal.kernel.keyring import CryptoError, keys
from msw_portal.kernel.sealing import Ciphertext, seal, unseal

USES = frozenset({"cursor", "idempotency", "audit-anchor", "check", "aid-match", "related-party"})
# Followed by whose: an organization's or a person's uid, or a demo account's or client's name.
USES_OF = ("search|", "demo-totp|", "demo-client|", "phone-queue|")


def active_kid() -> int:
    """The id of the key that new values are sealed with."""
    return keys().active


def first_kid() -> int:
    """The installation's oldest key, for what must not change when keys are rotated."""
    return min(keys().masters)


def derive(use: str, *, kid: int | None = None) -> bytes:
    """The 32-byte key of one use: one of USES, or of USES_OF with whose it is (`search|<organization uid>`).

    Raises:
        ValueError: for another use.
        CryptoError: when the key file lacks `kid` (default: the active key).
    """
    if use not in USES and not use.startswith(USES_OF):
        raise ValueError(f"no such use of a key: {use!r}")
    return keys(kid).derive(use, kid)


def blind_index(text: str, *, organization: UUID, field: str, kid: int | None = None) -> bytes:
    """16 bytes that are equal exactly for equal texts of the same organization and field.

    `text` comes from `identifiers.index_text`; `field` is `<model>.<field>`, one name for all
    tables that must find each other. Never index a birth date or a name alone: they can be guessed.
    """
    key = keys(kid).derive(f"bidx|{organization}|{field}", kid)
    return hmac.digest(key, text.encode(), hashlib.sha256)[:16]


_uid_loader: Callable[[int], UUID] | None = None


def use_organization_uids(loader: Callable[[int], UUID]) -> None:
    """Register how an organization's uid is found by its id; called once, from AppConfig.ready."""
    global _uid_loader
    _uid_loader = loader
    forget_organization_uids()


@cache
def organization_uid(organization_id: int) -> UUID:
    """The uid of an organization, kept for the life of the process: it never changes.

    Raises:
        LookupError: when there is no such organization (from the loader), or no loader.
    """
    if _uid_loader is None:
        raise LookupError("nobody registered where organization uids come from")
    return _uid_loader(organization_id)


def forget_organization_uids() -> None:
    """Empty the cache; for tests that go on with another database."""
    organization_uid.cache_clear()


@dataclass(frozen=True)
class _Held:
    """What an instance holds: ciphertext, an opened or assigned value, or both."""

    sealed: Ciphertext | None = None
    value: Any = field(default=None, repr=False)
    is_open: bool = True


class SealedAttribute(DeferredAttribute):
    """Opens the ciphertext when the attribute is first read and keeps what it found."""

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        held = self.held(instance)
        if not held.is_open:
            held = _Held(held.sealed, self.field.open(instance, held.sealed))
            instance.__dict__[self.field.attname] = held
        return held.value

    def __set__(self, instance: models.Model, value: Any) -> None:
        name = self.field.attname
        if isinstance(value, Ciphertext):
            held = _Held(value, is_open=False)
        else:
            # The old ciphertext stays until saving: an equal value is not encrypted again.
            before = instance.__dict__.get(name)
            held = _Held(before.sealed if before else None, value)
        instance.__dict__[name] = held

    def held(self, instance: models.Model) -> _Held:
        name = self.field.attname
        if name not in instance.__dict__:
            # Not refresh_from_db: it would hand over plaintext, to be encrypted anew at a save.
            rows = type(instance)._base_manager.using(instance._state.db).filter(pk=instance.pk)
            setattr(instance, name, rows.values_list(name, flat=True).get())
        return instance.__dict__[name]


class Sealed(models.BinaryField):
    """A bytea column of sealed values.

    The model needs `organization_id` and either `uid` or a UUID primary key before the first save;
    a row never changes organization. `values()` gives ciphertext; `update()` and `bulk_update()`
    refuse plaintext (`as_sealed` lets bulk_update work). Only `isnull` may be asked of the column.
    """

    descriptor_class = SealedAttribute
    empty_strings_allowed = False
    empty_values = [None, "", b""]
    pad = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("unique") or kwargs.get("db_index") or kwargs.get("primary_key"):
            raise TypeError("a sealed column is never unique or indexed; use a BlindIndex")
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.editable:
            del kwargs["editable"]
        else:
            kwargs["editable"] = False
        return name, path, args, kwargs

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    # The two directions; a subclass says how its values become bytes.
    def encode(self, value: Any) -> bytes:
        raise TypeError(f"{type(self).__name__} does not say how a value becomes bytes")

    def decode(self, plain: bytes) -> Any:
        raise TypeError(f"{type(self).__name__} does not say how bytes become a value")

    def place(self, instance: models.Model) -> dict[str, Any]:
        """The associated data and the owner of an instance's value.

        Raises:
            TypeError: when the instance has no organization or no uid.
        """
        organization_id = getattr(instance, "organization_id", None)
        row = getattr(instance, "uid", None) or instance.pk
        if organization_id is None or not isinstance(row, UUID):
            lacking = "organization" if organization_id is None else "uid"
            raise TypeError(f"{self} is sealed: the row needs its {lacking} first")
        return {
            "organization": organization_uid(organization_id),
            "table": self.model._meta.db_table,
            "column": self.column,
            "row": row,
        }

    def open(self, instance: models.Model, sealed: bytes) -> Any:
        return self.decode(unseal(sealed, pad=self.pad, **self.place(instance)))

    def pre_save(self, instance: models.Model, add: bool) -> Ciphertext | None:
        held = getattr(type(instance), self.attname).held(instance)
        if not held.is_open:
            if instance._state.adding:
                self.open(instance, held.sealed)  # a copied row must not keep what it cannot open
            return held.sealed
        sealed = None
        if held.value is not None:
            sealed = self._sealed(instance, self.encode(held.value), held.sealed)
        instance.__dict__[self.attname] = _Held(sealed, held.value)
        return sealed

    def _sealed(
        self, instance: models.Model, plain: bytes, before: Ciphertext | None
    ) -> Ciphertext:
        place = self.place(instance)
        with contextlib.suppress(CryptoError):
            if before is not None and unseal(before, pad=self.pad, **place) == plain:
                return before
        return seal(plain, pad=self.pad, **place)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise TypeError(f"{self} is sealed: it is written by saving an instance")
        return super().get_db_prep_value(value, connection, prepared)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        parts = value.flatten() if hasattr(value, "flatten") else ()
        for part in parts:
            plain = isinstance(part, models.Value) and not isinstance(part.value, Ciphertext | None)
            if plain or isinstance(part, Col):
                raise TypeError(f"{self} is sealed: it is written by saving an instance")
        return super().get_placeholder(value, compiler, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self} is sealed: only isnull can be asked, not {lookup_name}")
        return super().get_lookup(lookup_name)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self} is sealed: it is not serialized")


class SealedText(Sealed):
    """Text; "" is not NULL. `pad=True`, for names and short codes, hides the length."""

    def __init__(self, *args: Any, pad: bool = False, **kwargs: Any) -> None:
        self.pad = pad
        if kwargs.get("default") == "":
            del kwargs["default"]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "pad": True} if self.pad else kwargs

    def get_default(self) -> Any:
        return super().get_default() if self.has_default() or self.null else ""

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{self} takes text, not {type(value).__name__}")
        return value.encode()

    def decode(self, plain: bytes) -> str:
        return plain.decode()

    def formfield(self, **kwargs: Any) -> forms.Field:
        given = {"form_class": forms.CharField, "max_length": self.max_length, **kwargs}
        return super().formfield(**given)


class SealedJSON(Sealed):
    """A JSON value, kept as canonical JSON; dates, decimals and UUIDs inside become strings."""

    def encode(self, value: Any) -> bytes:
        text = json.dumps(
            value,
            cls=DjangoJSONEncoder,
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
        )
        return text.encode()

    def decode(self, plain: bytes) -> Any:
        return json.loads(plain)

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


class SealedDate(Sealed):
    """A calendar date."""

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise TypeError(f"{self} takes a date, not {type(value).__name__}")
        return value.isoformat().encode()

    def decode(self, plain: bytes) -> dt.date:
        return dt.date.fromisoformat(plain.decode())

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": forms.DateField, **kwargs})


class SealedBytes(Sealed):
    """Bytes as they are."""

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError(f"{self} takes bytes, not {type(value).__name__}")
        return bytes(value)

    def decode(self, plain: bytes) -> bytes:
        return plain


@contextlib.contextmanager
def as_sealed(objs: Iterable[models.Model], names: Sequence[str]) -> Iterator[None]:
    """Within it the named sealed attributes of `objs` read as ciphertext, as bulk_update needs."""
    objs = list(objs)
    for obj in objs:
        for name in names:
            obj.__dict__[name] = _Held(None, obj._meta.get_field(name).pre_save(obj, add=False))
    try:
        yield
    finally:
        for obj in objs:
            for name in names:
                setattr(obj, name, obj.__dict__[name].value)


class BlindIndex(models.BinaryField):
    """16 bytes of `blind_index`, or NULL; found by equality (`found_by`); the model indexes it.

    `of` names the sealed field it is made from at every save, `kind` the type of document or `kind_in`
    the field that holds it, `fact` the name shared by all tables that must find each other. An index is
    two columns, `x` for keys of odd and `x2` for keys of even number: while keys are rotated both are
    filled, so that uniqueness holds under either.
    """

    DEFAULTS = {"null": True, "blank": True, "max_length": 16}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = {name: kwargs.pop(name, "") for name in ("of", "kind", "kind_in", "fact")}
        self.__dict__.update(given)
        super().__init__(*args, **{**self.DEFAULTS, **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs = {key: value for key, value in kwargs.items() if key not in self.DEFAULTS}
        if not self.null:
            kwargs |= {"null": False, "blank": self.blank}
        return name, path, args, kwargs

    @property
    def is_for_even_keys(self) -> bool:
        return self.name.endswith("2")

    def made(self, instance: models.Model, kid: int | None = None) -> bytes | None:
        """The index of the instance's value under `kid`, or under the live key this column is for."""
        if kid is None:
            kid = next((k for k in keys().live if k % 2 == (not self.is_for_even_keys)), None)
        value = getattr(instance, self.of)
        if not value or kid is None:
            return None
        kind = getattr(instance, self.kind_in) if self.kind_in else self.kind
        house = organization_uid(instance.organization_id)
        return blind_index(index_text(kind, value), organization=house, field=self.fact, kid=kid)

    def pre_save(self, instance: models.Model, add: bool) -> bytes | None:
        if self.of:
            setattr(instance, self.attname, self.made(instance))
        return getattr(instance, self.attname)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and (not isinstance(value, bytes) or len(value) != 16):
            raise TypeError(f"{self} takes the 16 bytes of blind_index")
        return super().get_db_prep_value(value, connection, prepared)


def found_by(
    model: type[models.Model], name: str, kind: str, value: str, *, organization_id: int
) -> models.Q:
    """The condition under which a row's index `name` stands for `value`, under every live key."""
    fact, house = model._meta.get_field(name).fact, organization_uid(organization_id)
    text, asked = index_text(kind, value), models.Q(pk__in=[])
    for kid in keys().live:
        column = name if kid % 2 else f"{name}2"
        key = blind_index(text, organization=house, field=fact, kid=kid)
        asked |= models.Q(**{column: key})
    return asked
