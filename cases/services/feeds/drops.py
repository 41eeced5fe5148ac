"""Files that the hospital's system drops: found by a sweep, read by a job, put away with what was refused.

A folder of its own for each API client with the scope, named by the client's uid below
`EPISODE_DROPS`: who may drop is who may deliver, and in whose name it is done is never a question.
"""

import hashlib
import logging
import os
import stat
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.feeds import EpisodeDrop
from cases.permissions import EPISODES_SCOPE, can_deliver_episodes
from cases.services.feeds.delivering import CHANGED, deliveries_apply
from cases.services.feeds.reading import FEED
from cases.services.feeds.shelving import put_away, shelve_old
from cases.workflow import DROP, DropState
from departments import audit
from departments.models.people import ApiClient, Membership, User
from departments.services import outbox
from departments.services.api_clients import clients_with
from departments.services.entering import member_scope
from departments.services.importing.kinds import CREATED, KNOWN, Line, guessed
from departments.services.importing.lines import head_of, read
from departments.services.jobs import Cancelled, Run, job_create, job_publish
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.bulk import plans_anew
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from msw_portal.kernel.tables.opening import table_open
from msw_portal.kernel.tables.rows import Table

log = logging.getLogger(__name__)
BATCH = 200
# A file is taken when nobody has written to it for so long.
SETTLED_SECONDS = 30
MOST_AT_ONCE = 20
MOST_FAULTS = 1000
ENDED = "episode_drop.ended"


def drops_sweep() -> int:
    """Queue a job for every file that lies ready, put away what was read; how many were queued."""
    if settings.EPISODE_DROPS is None:
        return 0
    with scope(role="system"):
        clients = clients_with(EPISODES_SCOPE)
    queued = 0
    for client in clients:
        folder = folder_of(client.uid)
        if not folder.is_dir():
            continue
        try:
            queued += _sweep(client, folder)
        except OSError:
            log.exception("the drops of client %s cannot be read", client.uid)
    return queued


def folder_of(client_uid: object) -> Path:
    """Where a client drops its files."""
    return Path(settings.EPISODE_DROPS) / str(client_uid)


def _sweep(client: ApiClient, folder: Path) -> int:
    by = client.user
    with scope(user=by.pk):
        membership = Membership.objects.get(pk=client.membership_id).uid
    with member_scope(by, membership):
        waiting = list(
            EpisodeDrop.objects.visible_to(by).filter(created_by=by, put_away_at__isnull=True)
        )
    for drop in waiting:
        if drop.state in DROP.final:
            _put_away(drop, by, membership, folder)
    known = {drop.name for drop in waiting}
    queued = 0
    for path in islice(_ready(folder), MOST_AT_ONCE):
        if path.name in known:
            continue
        with member_scope(by, membership), suppress(DomainError):
            episode_drop_take(name=path.name, digest=_digest(path), by=by)
            queued += 1
    shelve_old(folder)
    return queued


def _ready(folder: Path) -> Iterator[Path]:
    """The files that are whole, by name; a link is no file."""
    before = time.time() - SETTLED_SECONDS
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ".csv" or path.name.startswith(".") or len(path.name) > 150:
            continue
        facts = path.lstat()
        if stat.S_ISREG(facts.st_mode) and facts.st_mtime <= before:
            yield path


def _digest(path: Path) -> bytes:
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").digest()


def _opened(path: Path):
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


@command
def episode_drop_take(*, name: str, digest: bytes, by: User) -> EpisodeDrop:
    """Queue the reading of a file of the client's folder.

    Raises:
        DomainError: `episode_drop_once` when another sweep was first.
    """
    require(can_deliver_episodes, by, None)
    drop = EpisodeDrop(organization_id=by.house_id, name=name, digest=digest, created_by=by)
    drop.save(force_insert=True)
    drop.job = job_create(kind="episode_drop", by=by, args={"drop": drop.pk})
    drop.save(update_fields=["job"])
    write_transition(drop, DROP, "take", before="", by=by)
    audit.record("episode_drop.take", by=by, on=drop)
    return drop


def drop_run(run: Run) -> None:
    """The runner of job kind `episode_drop`.

    The lines of a batch are heard and counted in one transaction: after a kill the next runner goes on
    behind the last line that was.
    """
    client = _client_of(run.user)
    with member_scope(run.user, run.membership_uid):
        drop = _locked(run)
    folder = folder_of(client.uid)
    try:
        table = _table(folder / drop.name, bytes(drop.digest))
        _read(run, drop, table)
    except DomainError as refusal:
        _end(run, "refuse", refusal=str(refusal.message)[:300])
    else:
        _end(run, "finish")
    with member_scope(run.user, run.membership_uid):
        drop = EpisodeDrop.objects.get(pk=drop.pk)
    _put_away(drop, run.user, run.membership_uid, folder)


def _client_of(user: User) -> ApiClient:
    with scope(role="system"):
        found = [one for one in clients_with(EPISODES_SCOPE) if one.user_id == user.pk]
    if not found:
        # Its client was ended meanwhile: the file stays where it is.
        raise Cancelled
    return found[0]


def _locked(run: Run) -> EpisodeDrop:
    drop = EpisodeDrop.objects.locked().get(pk=run.job.args["drop"])
    if drop.state != DropState.READING or run.lost.is_set():
        raise Cancelled
    return drop


def _table(path: Path, digest: bytes) -> Table:
    try:
        with _opened(path) as file:
            content = file.read(settings.MAX_UPLOAD_BYTES + 1)
    except OSError:
        raise DomainError("drop.gone", _("文件已不在文件夹里，或不允许读取。"), "file") from None
    if len(content) <= settings.MAX_UPLOAD_BYTES and hashlib.sha256(content).digest() != digest:
        raise DomainError(
            "drop.altered", _("文件在等待读取时被改动，请写完后再改成 .csv。"), "file"
        )
    return table_open(path.name, content)


def _read(run: Run, drop: EpisodeDrop, table: Table) -> None:
    rows = list(table.rows())
    head = head_of(FEED, table)
    mapping = guessed(FEED, head.titles, {})
    missing = [str(one.label) for one in FEED.columns if one.required and one.name not in mapping]
    if missing:
        raise DomainError(
            "drop.columns",
            _("缺少必填的列：%(columns)s。") % {"columns": "、".join(missing)},
            "file",
        )
    body = [row for row in rows if row.line > head.line]
    ahead = read(
        FEED,
        mapping,
        (row for row in body if row.line > drop.read_through),
        house=drop.organization_id,
    )
    done = sum(row.line <= drop.read_through for row in body)
    while batch := list(islice(ahead, BATCH)):
        with member_scope(run.user, run.membership_uid):
            drop = _locked(run)
            plans_anew()
            deliveries_apply([line for line in batch if not line.faults], run.user)
            _count(drop, batch)
        done += len(batch)
        run.progress(done, len(body))


def _count(drop: EpisodeDrop, lines: list[Line]) -> None:
    ends = Counter("refused" if line.faults else line.outcome for line in lines)
    drop.given_count += len(lines)
    drop.created_count += ends[CREATED]
    drop.changed_count += ends[CHANGED]
    drop.same_count += ends[KNOWN]
    drop.refused_count += ends["refused"]
    drop.read_through = lines[-1].line
    faults = [[line.line, name, text] for line in lines for name, text in line.faults]
    drop.faults = [*drop.faults, *faults][:MOST_FAULTS]
    drop.save(
        update_fields=[
            *("given_count", "created_count", "changed_count", "same_count", "refused_count"),
            *("read_through", "faults"),
        ]
    )


def _end(run: Run, step: str, *, refusal: str = "") -> None:
    def publish() -> None:
        drop = _locked(run)
        drop.refusal, drop.ended_at = refusal, timezone.now()
        move(drop, DROP, step, by=run.user, also=("refusal", "ended_at"))
        audit.record(
            f"episode_drop.{step}",
            by=run.user,
            on=drop,
            rows_given=drop.given_count,
            rows_created=drop.created_count,
            rows_changed=drop.changed_count,
            rows_known=drop.same_count,
            rows_refused=drop.refused_count,
        )
        outbox.put(
            ENDED,
            organization_id=drop.organization_id,
            subject=drop,
            is_clean=step == "finish" and drop.refused_count == 0,
        )

    job_publish(run, publish)


def _put_away(drop: EpisodeDrop, by: User, membership: object, folder: Path) -> None:
    """After the commit: a file that was read moves; a sweep moves what a kill left."""
    try:
        put_away(drop, folder)
    except OSError:
        log.exception("drop %s cannot be put away", drop.uid)
        return
    with member_scope(by, membership):
        row = EpisodeDrop.objects.locked().get(pk=drop.pk)
        row.put_away_at = timezone.now()
        row.save(update_fields=["put_away_at"])
