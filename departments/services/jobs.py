"""Long work: a row with progress, a lease and a fence; the file appears once, whatever dies."""

import logging
import os
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from departments.models.people import Membership, User
from departments.models.queues import Job
from departments.services.entering import member_scope
from msw_portal.kernel import bell, leases
from msw_portal.kernel.logs import summary
from msw_portal.kernel.room import is_out_of_room
from msw_portal.kernel.scope import on_behalf_of, request_facts, scope

log = logging.getLogger(__name__)
TABLE = "departments_job"
HEARTBEAT_SECONDS = 2


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
    transaction.on_commit(
        lambda: bell.ring("reports.tasks.run_job", str(job.uid), queue="reports"), robust=True
    )
    return job


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

    def progress(self, done: int, total: int) -> None:
        """Say how far it is, outside the reader's transaction; raises Cancelled when the work is no longer wanted."""
        if self.lost.is_set():
            raise Cancelled
        _note(self.held, done, total)

    def temporary(self, suffix: str) -> Path:
        """Where an unpublished file is written: named by job and fence, swept when the fence is not current."""
        folder = Path(settings.MEDIA_ROOT) / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.job.uid}.{self.held.fence}{suffix}"


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
    with on_behalf_of(job.request_id), leases.beating(TABLE, held, every=HEARTBEAT_SECONDS) as lost:
        try:
            runner: Runner = import_string(runners[job.kind])
            runner(Run(job, held, job.requested_by, membership.uid, lost))
            log.info("job %s %s ended", job.kind, job.uid)
        except Cancelled:
            _close(held, "cancelled")
        except Exception as error:
            log.exception("job %s %s failed", job.kind, job.uid)
            with scope(role="relay"):
                leases.fail(
                    TABLE,
                    held,
                    summary(error),
                    attempts=job.attempts,
                    is_for_room=is_out_of_room(error),
                )
    return True


def job_publish(run: Run, publish: Callable[[], Any]) -> None:
    """In the asker's scope and one transaction: mark done under the fence, then let `publish` write the result.

    `publish` returns the Document of the result (or None). Raises Cancelled when the fence is lost.
    """
    with member_scope(run.user, run.membership_uid):
        if not leases.finish(TABLE, run.held):
            raise Cancelled
        result = publish()
        Job.objects.filter(pk=run.job.pk).update(result=result, done_at=timezone.now())


def _note(held: leases.Claim, done: int, total: int) -> None:
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET progress_done = %s, progress_total = %s "
            f"WHERE id = %s AND fence = %s AND state = 'leased' AND NOT cancel_asked",
            [done, total, held.pk, held.fence],
        )
        if cursor.rowcount != 1:
            raise Cancelled


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
    folder = Path(settings.MEDIA_ROOT) / "tmp"
    if folder.is_dir():
        for path in folder.iterdir():
            if ".".join(path.name.split(".")[:2]) not in current:
                path.unlink(missing_ok=True)
    return returned


def fsync_write(path: Path, content: bytes) -> None:
    """Write a file so that it survives a crash before its row is committed."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
