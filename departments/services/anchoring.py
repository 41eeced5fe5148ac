"""Anchors of the audit chains, in a file outside the database: what was the head, and when.

A chain proves itself only as far as it still goes: a cut-off tail and a chain written anew from its
first link are found by what was noted elsewhere. Every line is JSON and carries an HMAC over itself
and the line before it; copy the file to another machine, then its own tail is safe too.
"""

import fcntl
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.verifying import Break, houses_with_entries
from msw_portal.kernel.crypto import active_kid, derive
from msw_portal.kernel.keyring import CryptoError

HEADS = """
    SELECT DISTINCT ON (lane) lane, seq, encode(hash, 'hex') FROM departments_auditlink
     WHERE organization_id = %s ORDER BY lane, seq DESC
"""
LINKS = "SELECT lane, seq, entry_id, encode(hash, 'hex') FROM departments_auditlink WHERE organization_id = %s AND seq = ANY(%s)"


class AnchorError(RuntimeError):
    """The anchor file was changed by somebody without the key, or cannot be written."""


@dataclass(frozen=True)
class Anchor:
    """The head of one lane of a house's chain at an instant."""

    at: str
    organization: str
    lane: int
    seq: int
    hash: str


def audit_anchor() -> int:
    """Append the head of every chain that has grown; how many lines.

    Raises:
        AnchorError: when the file cannot be written; what was there before stays.
    """
    heads = []
    for house, _name in houses_with_entries():
        uid = str(Organization.objects.values_list("uid", flat=True).get(pk=house))
        with house_scope(house), connection.cursor() as cursor:
            cursor.execute(HEADS, [house])
            heads += [(uid, *row) for row in cursor.fetchall()]
    path = Path(settings.MSW_ANCHORS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(path.with_suffix(".lock"), "a", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            return _append(path, heads)
    except OSError as error:
        raise AnchorError(f"{path} cannot be written: {error.strerror}.") from error


def anchors() -> list[Anchor]:
    """Every line of the file, proven; empty when there is no file yet.

    Raises:
        AnchorError: for a line that was changed, removed or put in.
    """
    return [anchor for anchor, _mac in _read(Path(settings.MSW_ANCHORS))]


def anchors_check(*, organization_id: int) -> Break | None:
    """The first anchored link that is gone (`cut`) or another (`rewritten`); in an open scope of the house."""
    uid = str(Organization.objects.values_list("uid", flat=True).get(pk=organization_id))
    noted = {(one.lane, one.seq): one.hash for one in anchors() if one.organization == uid}
    with connection.cursor() as cursor:
        cursor.execute(LINKS, [organization_id, sorted({seq for _lane, seq in noted})])
        found = {(lane, seq): (entry, made) for lane, seq, entry, made in cursor.fetchall()}
    for (lane, seq), made in sorted(noted.items()):
        if (lane, seq) not in found:
            return Break(lane, seq, None, "cut")
        if found[lane, seq][1] != made:
            return Break(lane, seq, found[lane, seq][0], "rewritten")
    return None


def _append(path: Path, heads: list[tuple[str, int, int, str]]) -> int:
    known = _read(path)
    last = {(one.organization, one.lane): (one.seq, one.hash) for one, _mac in known}
    before, lines, now = (known[-1][1] if known else ""), [], timezone.now().isoformat()
    for uid, lane, seq, made in heads:
        if last.get((uid, lane)) == (seq, made):
            continue
        line: dict[str, Any] = {
            "at": now,
            "organization": uid,
            "lane": lane,
            "seq": seq,
            "hash": made,
            "kid": active_kid(),
        }
        line["mac"] = before = _mac(line, before)
        lines.append(json.dumps(line) + "\n")
    text = "".join(lines).encode()
    with open(path, "ab", buffering=0) as file:
        start = _whole_lines(path)
        file.truncate(start)
        try:
            while text:
                text = text[file.write(text) :]
            os.fsync(file.fileno())
        except OSError:
            # A disk that is full keeps no half line.
            os.truncate(path, start)
            raise
    return len(lines)


def _whole_lines(path: Path) -> int:
    """Bytes up to the end of the last whole line."""
    return path.read_bytes().rfind(b"\n") + 1


def _read(path: Path) -> list[tuple[Anchor, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    found: list[tuple[Anchor, str]] = []
    before = ""
    # After a crash the last line may lack its end: it was never an anchor.
    whole, _newline, _half = text.rpartition("\n")
    for number, words in enumerate(whole.splitlines(), start=1):
        try:
            line = json.loads(words)
            mac = line.pop("mac")
            is_ours = hmac.compare_digest(mac, _mac(line, before))
            anchor = Anchor(*(line[name] for name in ("at", "organization", "lane", "seq", "hash")))
        except (ValueError, KeyError, TypeError, CryptoError):
            is_ours = False
        if not is_ours:
            raise AnchorError(f"Line {number} of {path} was changed, or a line before it removed.")
        found.append((anchor, mac))
        before = mac
    return found


def _mac(line: dict[str, Any], before: str) -> str:
    text = json.dumps([before, line], sort_keys=True, separators=(",", ":"))
    return hmac.digest(derive("audit-anchor", kid=line["kid"]), text.encode(), hashlib.sha256).hex()
