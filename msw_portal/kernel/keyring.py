"""The key file: master keys outside database and backups, and the keys derived from them.

`{"active": 1, "keys": {"1": "<64 hex digits>"}, "installation": "<uuid>"}`, named by the setting
MSW_KEYS. A use's key is HKDF-SHA-256(master, salt = installation, info = the use). Replace the file
by renaming: it is read again within a second. `"retired": [1]` names keys that nothing is written or
looked up with any more; they stay in the file, because older backups need them.
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CryptoError(Exception):
    """A sealed value does not open, or the key file is unusable; never says what it was about."""


@dataclass(frozen=True)
class Keys:
    active: int
    masters: dict[int, bytes] = field(repr=False)
    salt: bytes = field(repr=False)
    stamp: tuple[str, int, int, int]
    retired: frozenset[int] = frozenset()
    derived: dict[tuple[int, str], bytes] = field(default_factory=dict, repr=False)
    ciphers: dict[tuple[int, UUID], AESGCM] = field(default_factory=dict, repr=False)

    @property
    def live(self) -> list[int]:
        """The keys that rows may stand under: the active one, and during a rotation the one before it."""
        return sorted(self.masters.keys() - self.retired)

    def derive(self, use: str, kid: int | None) -> bytes:
        kid = self.active if kid is None else kid
        if (kid, use) not in self.derived:
            if kid not in self.masters:
                raise CryptoError(f"the key file has no key {kid}")
            function = HKDF(algorithm=SHA256(), length=32, salt=self.salt, info=use.encode())
            self.derived[kid, use] = function.derive(self.masters[kid])
        return self.derived[kid, use]

    def cipher(self, organization: UUID, kid: int) -> AESGCM:
        if (kid, organization) not in self.ciphers:
            self.ciphers[kid, organization] = AESGCM(self.derive(f"enc|{organization}", kid))
        return self.ciphers[kid, organization]


# Looking costs a system call, and a page opens hundreds of values.
LOOK_SECONDS = 1.0

_loaded: Keys | None = None
_looked_at = 0.0


def _stamp(path: str) -> tuple[str, int, int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise CryptoError(f"the key file cannot be read: {error.strerror}") from None
    return path, status.st_ino, status.st_mtime_ns, status.st_size


def keys(kid: int | None = None) -> Keys:
    """The key file's content, read again within a second of its change.

    Asked for a `kid` that it does not know, it looks at once: another process may be ahead.
    """
    global _loaded, _looked_at
    path, ring, now = str(settings.MSW_KEYS), _loaded, time.monotonic()
    is_known = ring is not None and ring.stamp[0] == path and (kid is None or kid in ring.masters)
    if is_known and now < _looked_at + LOOK_SECONDS:
        return ring
    # No lock: two threads that read the file at once read the same.
    stamp = _stamp(path)
    if ring is None or ring.stamp != stamp:
        _loaded = ring = _read_keys(stamp)
    _looked_at = now
    return ring


def make_key_file() -> bool:
    """Make the file with a first key of its own for a new installation; False when it is there already.

    Written whole or not at all, readable by its owner alone; of two that make it at once one does.

    Raises:
        CryptoError: when it cannot be written.
    """
    path = Path(str(settings.MSW_KEYS))
    made = {
        "active": 1,
        "keys": {"1": secrets.token_hex(32)},
        "installation": str(uuid4()),
    }
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.exists():
            return False
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(half, flags, 0o600), "w", encoding="utf-8") as out:
            out.write(json.dumps(made, indent=1))
            out.flush()
            os.fsync(out.fileno())
        try:
            # A link is refused where a file stands: no key is ever written over.
            os.link(half, path)
        finally:
            half.unlink()
    except FileExistsError:
        return False
    except OSError as error:
        raise CryptoError(f"the key file cannot be written: {error.strerror}") from None
    return True


def add_key() -> int:
    """Put a new key into the file and make it the active one; its number.

    The number is odd after an even one and even after an odd one: an index has a column for each.

    Raises:
        CryptoError: when two keys are live already, or the file cannot be written.
    """
    ring = keys()
    if len(ring.live) > 1:
        raise CryptoError("a rotation is under way: finish it first (rotate_keys resume)")
    kid = max(ring.masters) + 1
    kid += kid % 2 == ring.active % 2

    def added(content: dict[str, Any]) -> dict[str, Any]:
        masters = {**content["keys"], str(kid): secrets.token_hex(32)}
        return {**content, "active": kid, "keys": masters}

    _rewrite(added)
    return kid


def retire_keys(retired: Iterable[int]) -> None:
    """Say in the file which keys nothing stands under any more; they stay in it for older backups.

    Raises:
        CryptoError: when the file cannot be written.
    """
    named = sorted(retired)
    _rewrite(lambda content: {**content, "retired": named})


def _rewrite(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Replace the file at once, with the owner and the mode it has."""
    global _looked_at
    path = Path(str(settings.MSW_KEYS))
    half = path.with_name(f".{path.name}.half")
    try:
        facts = path.stat()
        text = json.dumps(change(json.loads(path.read_text(encoding="utf-8"))), indent=1)
        half.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(half, flags, 0o600), "w", encoding="utf-8") as out:
            if os.geteuid() == 0:
                os.fchown(out.fileno(), facts.st_uid, facts.st_gid)
            os.fchmod(out.fileno(), facts.st_mode & 0o777)
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise CryptoError(f"the key file cannot be written: {error.strerror}") from None
    _looked_at = -LOOK_SECONDS
    keys()


def _read_keys(stamp: tuple[str, int, int, int]) -> Keys:
    try:
        content = json.loads(Path(stamp[0]).read_text(encoding="utf-8"))
        masters = {int(kid): bytes.fromhex(text) for kid, text in content["keys"].items()}
        active, salt = int(content["active"]), UUID(content["installation"]).bytes
        retired = frozenset(map(int, content.get("retired", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # `from None`: the cause's message could quote the file.
        raise CryptoError("the key file is not of the form {active, keys, installation}") from None
    if active not in masters:
        raise CryptoError("the active key is not among the keys of the key file")
    if active in retired:
        raise CryptoError("the active key of the key file is named among the retired ones")
    if any(not 0 < kid < 1 << 16 or len(master) != 32 for kid, master in masters.items()):
        raise CryptoError("a key of the key file is not 32 bytes under an id from 1 to 65535")
    return Keys(active, masters, salt, stamp, retired)
