"""Build a report as its asker: values first, then the files, then one transaction that publishes them all."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils import timezone

from departments import audit
from departments.models.mechanisms import Document
from departments.models.queues import Job
from departments.services.documents import document_store
from departments.services.entering import house_scope, member_scope
from departments.services.jobs import Run, job_publish
from departments.services.notices import people_tell
from departments.services.tasks import notify
from msw_portal.kernel import faults
from reports.models import ReportFile, ReportRun
from reports.permissions import can_ask_report
from reports.services.asking import Asked, ReportKind
from reports.services.kinds import KINDS
from reports.services.paper import Filled, Paper
from reports.services.rendering import MIMES, render, suffix_of
from reports.services.runs import run_title

KEPT = dt.timedelta(hours=72)
DONE, FAILED = "report.done", "report.failed"


def report_failed(job: Job) -> None:
    """The asker hears that nothing will come of it, once for every time it was begun in vain."""
    with house_scope(job.organization_id):
        report = ReportRun.objects.get(job_id=job.pk)
        people_tell(
            kind=FAILED,
            organization_id=job.organization_id,
            subject=report,
            users=[job.requested_by_id],
            once=f"{report.uid}:{job.fence}",
        )


class NotTheirs(LookupError):
    """The asker may not ask for this any more: no permission, no run."""


def report_build(run: Run) -> None:
    """The runner of job kind `report`.

    Values are read in the asker's scope, rebuilt from the membership as it is now, in one transaction with one
    snapshot; files are written only when the job's fence still holds, in the transaction that marks it done.
    """
    rows = _Rows(run)
    with _asked(run, rows) as (report, kind, asked):
        if kind.prepare:
            kind.prepare(asked)
    with _asked(run, rows, snapshot=True) as (report, kind, asked):
        paper = kind.make(asked)
    made: dict[str, bytes] = {}
    for file_format in report.params["formats"]:
        made[file_format] = render(paper, file_format)
        rows.rendered()
    faults.at("after_render")
    names = dict(zip(made, run.names(len(made)), strict=True))
    job_publish(run, lambda: _publish(run, report, paper, made, names))


class _Rows:
    """Progress in rows: read once, then written once for every format."""

    def __init__(self, run: Run) -> None:
        self._run, self._rows, self._files = run, 0, 0
        self.formats = 1

    def read(self, done: int, total: int) -> None:
        self._rows = total
        self._run.progress(done, total * (1 + self.formats))
        faults.at(f"after_row:{done}")

    def rendered(self) -> None:
        self._files += 1
        rows = max(self._rows, 1)
        self._run.progress(rows * (1 + self._files), rows * (1 + self.formats))


@contextmanager
def _asked(
    run: Run, rows: _Rows, *, snapshot: bool = False
) -> Iterator[tuple[ReportRun, ReportKind, Asked]]:
    """A transaction as the asker, who must still be one of those the kind is for."""
    with member_scope(run.user, run.membership_uid, snapshot=snapshot):
        report = ReportRun.objects.get(job_id=run.job.pk)
        kind = KINDS[report.kind]
        if not can_ask_report(run.user, kind):
            raise NotTheirs(f"{report.kind} is not for a {run.user.role}")
        rows.formats = len(report.params["formats"])
        asked = Asked(
            first=dt.date.fromisoformat(report.params["first"]),
            last=dt.date.fromisoformat(report.params["last"]),
            by=run.user,
            as_of=timezone.now(),
            params=report.params,
            progress=rows.read,
        )
        yield report, kind, asked


def _publish(
    run: Run,
    report: ReportRun,
    paper: Paper | Filled,
    made: Mapping[str, bytes],
    names: Mapping[str, str],
) -> Document:
    """Every file of the run, its row and its notice, in the open transaction; the first file."""
    title = run_title(report)
    documents = {
        file_format: document_store(
            name=f"{title}.{suffix_of(paper, file_format)}",
            content=content,
            mime=MIMES[suffix_of(paper, file_format)],
            pages=None,
            subject=report,
            kind="report",
            by=run.user,
            organization_id=report.organization_id,
            is_care=False,
            file_name=names[file_format],
        )
        for file_format, content in made.items()
    }
    ReportFile.objects.bulk_create(
        ReportFile(
            organization_id=report.organization_id,
            run=report,
            format=file_format,
            document=document,
            created_by=run.user,
        )
        for file_format, document in documents.items()
    )
    locked = ReportRun.objects.locked().get(pk=report.pk)
    locked.as_of, locked.expires_at = paper.as_of, timezone.now() + KEPT
    locked.content_hash = content_hash(made)
    locked.save(update_fields=["as_of", "expires_at", "content_hash"])
    notify(
        users=[run.user.pk],
        organization_id=report.organization_id,
        kind=DONE,
        subject=report,
        dedup_key=f"{DONE}:{report.uid}",
    )
    audit.record("report.build", by=run.user, on=report, kind=report.kind, formats=list(made))
    return next(iter(documents.values()))


def content_hash(made: Mapping[str, bytes]) -> bytes:
    """One hash of a set of files, whatever the order they were made in."""
    parts = (f"{one}:{hashlib.sha256(made[one]).hexdigest()}" for one in sorted(made))
    return hashlib.sha256("\n".join(parts).encode()).digest()
