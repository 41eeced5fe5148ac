"""Rotation of the keys, while the portal serves: page by page, with a checkpoint, resumable after any kill.

A rotation has two phases. `fill` brings every value, index and posting under the new key, while look-ups
ask both; then the old key is retired in the key file, and `clear` removes its indexes and postings.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from departments import audit
from departments.models.keys import KeyVersion, RekeyPart
from departments.models.organizations import Organization
from departments.services import sealed_tables
from departments.services.sealed_tables import SealedTable
from msw_portal.kernel import keyring
from msw_portal.kernel.keyring import CryptoError, keys
from msw_portal.kernel.scope import INSTALLATION, scope

PAGE = 500
# First number of the advisory lock: the kernel gives it back when the process dies.
LOCK = 5501
WAIT_SECONDS = 120
FILL, CLEAR = RekeyPart.Phase.FILL, RekeyPart.Phase.CLEAR
AUTHENTICATORS = "mfa_authenticator"
POSTINGS = "departments_searchposting"

Say = Callable[[str], None]


class RotationRuns(RuntimeError):
    """Another process rotates at this moment."""


class OutOfTime(RuntimeError):
    """The time given is over; the checkpoint stands."""


@dataclass
class Rotating:
    """One run: towards which key, how it speaks, when it must stop, how long it rests between pages."""

    kid: int
    say: Say
    until: float | None
    pause: float

    def rest(self) -> None:
        if self.until is not None and time.monotonic() > self.until:
            raise OutOfTime
        if self.pause:
            time.sleep(self.pause)


@dataclass(frozen=True)
class RotationStatus:
    """What the key file says, what stands under which key, and which parts are done of how many."""

    active: int
    live: list[int]
    retired: list[int]
    in_use: dict[str, set[int]]
    parts_done: int
    parts: int

    @property
    def is_finished(self) -> bool:
        used = set().union(*self.in_use.values()) if self.in_use else set()
        return (
            self.live == [self.active] and used <= {self.active} and self.parts_done == self.parts
        )


def rotation_start(*, say: Say, pause: float = 0.0) -> None:
    """Make a new key, put it into the key file as the active one, and bring everything under it.

    Raises:
        CryptoError: when a rotation is under way already or the key file cannot be written.
        RotationRuns: when another process rotates.
    """
    with _alone():
        if _unfinished():
            raise CryptoError("a rotation is under way: finish it first (rotate_keys resume)")
        kid = keyring.add_key()
        say(
            f"Key {kid} is active. The key file has changed: back it up now, apart from the database."
        )
        _rotate(Rotating(kid, say, None, pause))


def rotation_resume(*, say: Say, seconds: float | None = None, pause: float = 0.0) -> bool:
    """Go on with a rotation from its checkpoints, for so many seconds at most; True when all is done.

    Rows under a retired key (an older backup was restored) bring that key back into the rotation.

    Raises:
        CryptoError: when a value does not open.
        RotationRuns: when another process rotates.
    """
    with _alone():
        until = None if seconds is None else time.monotonic() + seconds
        try:
            _take_back_restored(say)
            if not _unfinished():
                say(f"Everything stands under key {keys().active}; nothing to do.")
                return True
            _rotate(Rotating(keys().active, say, until, pause))
        except OutOfTime:
            return False
        return True


def rotation_is_open() -> bool:
    """Whether a rotation was begun and not finished, by the database's own notes."""
    return KeyVersion.objects.filter(state=KeyVersion.State.DECRYPT_ONLY).exists()


def rotation_status() -> RotationStatus:
    """Look at every table: which keys its values stand under."""
    ring = keys()
    in_use = _kids_in_use()
    done, parts = 0, 0
    for house in _houses():
        with scope(org=house, role="rekey"):
            rows = list(RekeyPart.objects.filter(kid=ring.active).values_list("done_at", flat=True))
        done, parts = done + sum(at is not None for at in rows), parts + len(rows)
    return RotationStatus(ring.active, ring.live, sorted(ring.retired), in_use, done, parts)


# ── the run ──────────────────────────────────────────────────────────────────


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 1)", [LOCK])
        if not cursor.fetchone()[0]:
            raise RotationRuns("another process rotates the keys at this moment")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, 1)", [LOCK])


def _unfinished() -> bool:
    return len(keys().live) > 1 or rotation_is_open()


def _rotate(run: Rotating) -> None:
    if len(keys().live) > 2:
        raise CryptoError(
            "more than two keys of the key file are live: name the older ones retired"
        )
    _note(run.kid)
    if len(keys().live) > 1:
        _await_everybody(run)
        _phase(run, FILL)
        if left := {kid for kids in _kids_in_use().values() for kid in kids} - {run.kid}:
            raise CryptoError(f"values still stand under key {min(left)}: run it again")
        older = sorted(keys().masters.keys() - {run.kid})
        try:
            keyring.retire_keys(older)
        except CryptoError as error:
            raise CryptoError(f'{error}: write "retired": {older} into it, then resume') from error
        run.say(f"Everything stands under key {run.kid}; the older key is retired in the key file.")
    _await_everybody(run)
    _phase(run, CLEAR)
    with scope(org=INSTALLATION, role="system"):
        KeyVersion.objects.exclude(kid=run.kid).update(state=KeyVersion.State.RETIRED)
        audit.record("keys.finish", by=None, kid=run.kid)
    run.say(f"Indexes and search postings of the older key are removed. Key {run.kid} is alone.")


def _note(kid: int) -> None:
    """Write down what the key file says; the first time, that the rotation began."""
    with scope(org=INSTALLATION, role="system"):
        older = KeyVersion.objects.exclude(kid=kid)
        older.filter(state=KeyVersion.State.ACTIVE).update(state=KeyVersion.State.DECRYPT_ONLY)
        for known in keys().masters.keys() - {kid}:
            KeyVersion.objects.get_or_create(
                kid=known, defaults={"state": KeyVersion.State.DECRYPT_ONLY}
            )
        _version, is_new = KeyVersion.objects.update_or_create(
            kid=kid, defaults={"state": KeyVersion.State.ACTIVE}
        )
        if is_new:
            audit.record("keys.begin", by=None, kid=kid)


def _take_back_restored(say: Say) -> None:
    ring = keys()
    used = {kid for kids in _kids_in_use().values() for kid in kids}
    if lost := used - ring.masters.keys():
        raise CryptoError(f"the key file has no key {min(lost)}, and values stand under it")
    if back := used & ring.retired:
        say(
            f"Values stand under the retired key {min(back)}: it takes part again until they do not."
        )
        keyring.retire_keys(ring.retired - back)
        for house in _houses():
            with scope(org=house, role="rekey"):
                RekeyPart.objects.filter(kid=ring.active).delete()


def _await_everybody(run: Rotating) -> None:
    """Until every process has read the key file, and what was begun before has ended.

    A writer that does not know the new key yet would leave rows behind the checkpoint.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() + make_interval(secs => %s)", [keyring.LOOK_SECONDS]
        )
        since = cursor.fetchone()[0]
        time.sleep(keyring.LOOK_SECONDS + 0.1)
        began = time.monotonic()
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND usename = current_user AND pid <> pg_backend_pid() AND xact_start < %s",
                [since],
            )
            if cursor.fetchone()[0] == 0:
                return
            if time.monotonic() - began > WAIT_SECONDS:
                raise CryptoError("a transaction is open for minutes: end it, then resume")
            time.sleep(0.2)
            run.rest()


def _phase(run: Rotating, phase: str) -> None:
    for house in _houses():
        for table in sealed_tables.sealed_tables():
            if phase == FILL or table.indexes:
                _walk_table(run, phase, house, table)
        for kind, reindex in _reindexers().items():
            _walk_postings(run, phase, house, kind, reindex)
    if phase == FILL:
        _walk_authenticators(run)


def _walk_table(run: Rotating, phase: str, house: int, table: SealedTable) -> None:
    """Rounds over the house's rows of one table until none is left; usually one."""
    part = _part(run, phase, house, table.name)
    while part.done_at is None:
        hopeless = 0
        while True:
            run.rest()
            with scope(org=house, role="rekey"):
                rows = sealed_tables.page(
                    table, kid=run.kid, fill=phase == FILL, after=part.after, limit=PAGE
                )
                if not rows:
                    break
                if phase == FILL:
                    made = [
                        sealed_tables.changed(table, row, house=house, kid=run.kid) for row in rows
                    ]
                else:
                    gone = dict.fromkeys(
                        (index.column for index in table.indexes_of(run.kid + 1)), None
                    )
                    made = [{"id": row["id"], **gone} for row in rows]
                hopeless += sum(len(row) == 1 for row in made)
                part.row_count += sealed_tables.store(table, [row for row in made if len(row) > 1])
                part.after = rows[-1]["id"]
                part.save(update_fields=["after", "row_count"])
        with scope(org=house, role="rekey"):
            # A row that was locked, or an empty value that has no index; the first is met again.
            left = sealed_tables.count_left(table, kid=run.kid, fill=phase == FILL)
            part.after = ""
            if left <= hopeless:
                part.done_at = timezone.now()
            part.save(update_fields=["after", "done_at"])
        if part.done_at is None:
            time.sleep(0.1)
    if part.row_count:
        run.say(f"house {house}, {table.name}, {phase}: {part.row_count} rows")


def _walk_postings(
    run: Rotating, phase: str, house: int, kind: str, reindex: Callable[..., tuple[int | None, int]]
) -> None:
    part = _part(run, phase, house, f"{POSTINGS}:{kind}")
    skipped = int(part.row_count)
    while part.done_at is None:
        run.rest()
        with scope(org=house, role="rekey", care=house):
            after, passed_over = reindex(
                organization_id=house, after=int(part.after or 0), limit=PAGE
            )
            # `row_count` counts here what was passed over in this round, so that a kill forgets none.
            skipped += passed_over
            part.row_count, part.after = skipped, str(after or "")
            if after is None and skipped == 0:
                part.done_at = timezone.now()
            elif after is None:
                part.row_count = skipped = 0
            part.save(update_fields=["after", "row_count", "done_at"])


def _walk_authenticators(run: Rotating) -> None:
    part = _part(run, FILL, INSTALLATION, AUTHENTICATORS)
    while part.done_at is None:
        run.rest()
        with scope(org=INSTALLATION, role="rekey"):
            after = sealed_tables.authenticators_rekey(after=int(part.after or 0), limit=PAGE)
            part.after = str(after or "")
            if after is None:
                part.done_at = timezone.now()
            part.save(update_fields=["after", "done_at"])


def _part(run: Rotating, phase: str, house: int, table: str) -> RekeyPart:
    with scope(org=house, role="rekey"):
        return RekeyPart.objects.get_or_create(
            organization_id=house, kid=run.kid, phase=phase, table_name=table
        )[0]


def _houses() -> list[int]:
    houses = Organization.objects.filter(is_tenant=True)
    return sorted({INSTALLATION, *houses.values_list("pk", flat=True)})


def _kids_in_use() -> dict[str, set[int]]:
    used = {table.name: sealed_tables.kids_of(table) for table in sealed_tables.sealed_tables()}
    used[AUTHENTICATORS] = sealed_tables.authenticator_kids()
    return used


def _reindexers() -> Mapping[str, Callable[..., tuple[int | None, int]]]:
    named: Mapping[str, str] = import_string(settings.REINDEXERS)
    return {kind: import_string(path) for kind, path in named.items()}
