"""Long work: a row with progress, a lease and a fence; the file appears once, whatever dies."""

import contextlib
import logging
import os
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from departments.models.people import Membership, User
from departments.models.queues import Job
from departments.services.documents import file_forget
from departments.services.entering import member_scope
from msw_portal.kernel import bell, faults, file_store, leases
from msw_portal.kernel.logs import summary
from msw_portal.kernel.room import is_out_of_room
from msw_portal.kernel.scope import on_behalf_of, request_facts, scope, scope_is_open

log = logging.getLogger(__name__)
TABLE = "departments_job"
HEARTBEAT_SECONDS = 2
NAMES = ".names"


class Cancelled(RuntimeError):
    """The asker wants it stopped, or somebody else owns the row."""


def job_create(
    *, kind: str, by: User, args: Mapping[str, Any], dedup_key: str | None = None
) -> Job:
    """Queue a job asked by a person in the active role; the caller's edge hears of it after commit."""
    job = Job(
        kind=kind,
        organization_id=by.acting.organization_id,
        requested_by=by,
        created_by=by,
        membership_id=by.acting.membership_id,
        args=dict(args),
        dedup_key=dedup_key,
        request_id=request_facts.get().request_id,
    )
    job.save(force_insert=True)
    _ring_after(job)
    return job


def _ring_after(job: Job) -> None:
    transaction.on_commit(
        lambda: bell.ring("reports.tasks.run_job", str(job.uid), queue="reports"), robust=True
    )


def job_create_for(
    *, membership: Membership, kind: str, args: Mapping[str, Any], dedup_key: str
) -> Job | None:
    """Queue a job for a member who does not act now, from a scope of the house; None where its key is taken."""
    taken = Job.objects.filter(
        organization_id=membership.organization_id, kind=kind, dedup_key=dedup_key
    )
    if taken.exists():
        return None
    job = Job(
        kind=kind,
        organization_id=membership.organization_id,
        requested_by_id=membership.user_id,
        created_by_id=membership.user_id,
        membership=membership,
        args=dict(args),
        dedup_key=dedup_key,
        request_id=request_facts.get().request_id,
    )
    job.save(force_insert=True)
    _ring_after(job)
    return job


def job_retry(*, job: Job) -> bool:
    """Let a dead or cancelled job run again from the start; False when it is neither."""
    job = Job.objects.locked().get(pk=job.pk)
    if job.state not in ("dead", "cancelled"):
        return False
    job.state, job.attempts, job.cancel_asked, job.error = "ready", 0, False, ""
    job.progress_done = job.progress_total = 0
    job.not_before, job.done_at = timezone.now(), None
    job.save(
        update_fields=[
            *("state", "attempts", "cancel_asked", "error", "progress_done", "progress_total"),
            *("not_before", "done_at"),
        ]
    )
    _ring_after(job)
    return True


def job_cancel(*, job: Job, by: User) -> Job:
    """Ask a job to stop; a waiting one stops at once, a running one at its next heartbeat."""
    job = Job.objects.locked().get(pk=job.pk)
    job.cancel_asked = True
    if job.state == "ready":
        job.state, job.done_at = "cancelled", timezone.now()
    job.save(update_fields=["cancel_asked", "state", "done_at"])
    return job


@dataclass
class Run:
    """A claimed job in the hands of its runner."""

    job: Job
    held: leases.Claim
    user: User
    membership_uid: uuid.UUID
    lost: threading.Event
    said: list[tuple[int, int]] = field(default_factory=list)

    def progress(self, done: int, total: int) -> None:
        """Say how far it is; raises Cancelled when the work is no longer wanted.

        While a transaction is open the heartbeat says it, from its own connection: what is read from a
        snapshot writes nothing in between.
        """
        if self.lost.is_set():
            raise Cancelled
        self.said[:] = [(done, total)]
        if not scope_is_open():
            _note(self.held, done, total)

    def temporary(self, suffix: str) -> Path:
        """Where an unpublished file is written: named by job and fence, swept when the fence is not current."""
        folder = Path(settings.MEDIA_ROOT) / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.job.uid}.{self.held.fence}{suffix}"

    def names(self, count: int) -> list[str]:
        """Names for files that are about to be published, written down first: whatever dies before their rows
        are committed, the sweep knows which files nobody speaks of."""
        made = [secrets.token_hex(32) for _n in range(count)]
        fsync_write(self.temporary(NAMES), "\n".join(made).encode())
        return made


Runner = Callable[[Run], None]


def job_claim(uid: uuid.UUID | str | None = None) -> leases.Claim | None:
    """Take the named job, or the oldest waiting one; None when there is nothing to take."""
    where, params = ("uid = %s", (str(uid),)) if uid else ("true", ())
    with scope(role="relay"):
        claims = leases.claim(TABLE, limit=1, where=where, params=params)
    return claims[0] if claims else None


def job_run(uid: uuid.UUID | str | None = None) -> bool:
    """Claim and run one job as its asker; False when there was nothing to claim.

    The asker's membership is read again now: no membership, no run.
    """
    held = job_claim(uid)
    if held is None:
        return False
    with scope(role="relay"):
        job = Job.objects.select_related("requested_by").get(pk=held.pk)
    with scope(user=job.requested_by_id):
        membership = Membership.objects.get(pk=job.membership_id)
    runners: Mapping[str, str] = import_string(settings.JOB_RUNNERS)
    said: list[tuple[int, int]] = []
    with (
        on_behalf_of(job.request_id),
        leases.beating(
            TABLE, held, every=HEARTBEAT_SECONDS, said=lambda: not said or _noted(held, *said[0])
        ) as lost,
    ):
        try:
            _forget_strays(
                only=f"{job.uid}."
            )  # of earlier fences: this one has written nothing yet
            runner: Runner = import_string(runners[job.kind])
            runner(Run(job, held, job.requested_by, membership.uid, lost, said))
            log.info("job %s %s ended", job.kind, job.uid)
        except Cancelled:
            _close(held, "cancelled")
            _forget_strays(only=f"{job.uid}.{held.fence}.")
        except Exception as error:
            log.exception("job %s %s failed", job.kind, job.uid)
            with scope(role="relay"):
                is_dead = leases.fail(
                    TABLE,
                    held,
                    summary(error),
                    attempts=job.attempts,
                    is_for_room=is_out_of_room(error),
                )
            _forget_strays(only=f"{job.uid}.{held.fence}.")
            if is_dead:
                _died(job)
    return True


def _died(job: Job) -> None:
    """Who waits for it hears of it; that it failed stands in its row whatever comes of the telling."""
    tellers: Mapping[str, str] = import_string(settings.JOB_DEATHS)
    if teller := tellers.get(job.kind):
        try:
            import_string(teller)(job)
        except Exception:
            log.exception("nobody was told of the end of job %s", job.uid)


def job_publish(run: Run, publish: Callable[[], Any]) -> None:
    """In the asker's scope and one transaction: mark done under the fence, then let `publish` write the result.

    `publish` returns the Document of the result (or None). Raises Cancelled when the fence is lost.
    """
    with member_scope(run.user, run.membership_uid):
        if not leases.finish(TABLE, run.held):
            raise Cancelled
        result = publish()
        Job.objects.filter(pk=run.job.pk).update(result=result, done_at=timezone.now())
        faults.at("after_publish_before_commit")
    faults.at("after_commit_before_ack")
    run.temporary(NAMES).unlink(missing_ok=True)


def _note(held: leases.Claim, done: int, total: int) -> None:
    with scope(role="relay"):
        if not _noted(held, done, total):
            raise Cancelled


def _noted(held: leases.Claim, done: int, total: int) -> bool:
    """In an open scope of the relay; False: it is cancelled, or somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET progress_done = %s, progress_total = %s "
            f"WHERE id = %s AND fence = %s AND state = 'leased' AND NOT cancel_asked",
            [done, total, held.pk, held.fence],
        )
        return cursor.rowcount == 1


def _close(held: leases.Claim, state: str) -> None:
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET state = %s, done_at = now(), lease_until = NULL WHERE id = %s AND fence = %s AND state = 'leased'",
            [state, held.pk, held.fence],
        )


def sweep_jobs() -> int:
    """Return silent jobs to the queue, ring for waiting ones, delete temporary files of old fences."""
    with scope(role="relay"):
        returned = leases.reap(TABLE)
        waiting = list(
            Job.objects.filter(state="ready", not_before__lte=timezone.now()).values_list(
                "uid", flat=True
            )[:50]
        )
        current = {
            f"{uid}.{fence}"
            for uid, fence in Job.objects.filter(state="leased").values_list("uid", "fence")
        }
    for uid in waiting:
        bell.ring("reports.tasks.run_job", str(uid), queue="reports")
    # What is younger may be of a job that was claimed since.
    _forget_strays(current, seconds=leases.LEASE_SECONDS)
    return returned


def _forget_strays(current: Iterable[str] = (), *, only: str = "", seconds: float = 0) -> None:
    """Delete what runs that are no longer current have left behind, and the files they named but never published."""
    folder, current = Path(settings.MEDIA_ROOT) / "tmp", set(current)
    for path in folder.glob(f"{only}*"):
        if ".".join(path.name.split(".")[:2]) in current:
            continue
        with contextlib.suppress(FileNotFoundError):  # somebody else sweeps too
            if time.time() - path.stat().st_mtime < seconds:
                continue
            if path.suffix == NAMES:
                _forget_unpublished(path.read_text().split())
            path.unlink()


def _forget_unpublished(names: list[str]) -> None:
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.files_known(%s, now())", [names])
        known = {key for (key,) in cursor.fetchall()}
    for name in names:
        if name not in known:
            file_forget(name)
            file_forget(name + file_store.PART)


def fsync_write(path: Path, content: bytes) -> None:
    """Write a file so that it survives a crash before its row is committed."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
