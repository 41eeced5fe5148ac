"""Look at every row of a file and say what would become of it; a job, and nothing of the house changes."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from departments import audit
from departments.models.imports import ImportRow, ImportRun
from departments.services.entering import member_scope
from departments.services.importing.kinds import KNOWN, Kind, Line, Lines, kinds
from departments.services.importing.lines import kept, read
from departments.services.importing.runs import run_end, table_of
from departments.services.jobs import Cancelled, Run, job_publish
from departments.services.moving import move
from departments.services.tasks import notify
from departments.workflow import IMPORT, ImportState
from msw_portal.kernel.bulk import plans_anew, settled_memory
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables.rows import TableRow

BATCH = 500
MOST_FIELDS = 60


def review_run(run: Run) -> None:
    """The runner of job kind `import_review`; run again after a kill it begins anew."""
    with member_scope(run.user, run.membership_uid):
        brought = run_locked(run, ImportState.REVIEWING)
        kind = kinds()[brought.kind]
        ImportRow.objects.filter(run=brought).delete()
        _count(brought, Counter(), Counter())
        table = table_of(brought)
    try:
        # The whole file: what cannot be read at its end refuses it before anybody confirms.
        rows = list(_below(table.rows(brought.sheet), brought.head_line))
        lines = read(kind, brought.mapping, rows, house=brought.organization_id)
        with settled_memory():
            _review(run, brought, kind, lines, len(rows))
    except DomainError as refusal:
        _refuse(run, brought, refusal)


def _below(rows: Iterator[TableRow], head_line: int) -> Iterator[TableRow]:
    return (row for row in rows if row.line > head_line)


def _review(run: Run, brought: ImportRun, kind: Kind, lines: Iterator[Line], total: int) -> None:
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    run.progress(0, total)
    while batch := list(islice(lines, BATCH)):
        with member_scope(run.user, run.membership_uid):
            run_locked(run, ImportState.REVIEWING)
            plans_anew()
            checked(kind, batch, run)
            _write(brought, kind, batch, counts, faults)
        run.progress(sum(counts.values()), total)

    def publish() -> None:
        now = run_locked(run, ImportState.REVIEWING)
        _count(now, counts, faults)
        move(now, IMPORT, "review", by=run.user)
        tell(run, now, "import.reviewed")
        audit.record("import.review", by=run.user, on=now, **counted(now))

    job_publish(run, publish)


def run_locked(run: Run, state: str) -> ImportRun:
    """The run in the hands of this job, locked; in a scope of its owner.

    Raises:
        Cancelled: when it was stopped, or belongs to another job by now.
    """
    found = ImportRun.objects.locked().select_related("file").get(pk=run.job.args["run"])
    if found.state != state or found.job_id != run.job.pk or run.lost.is_set():
        raise Cancelled
    return found


def checked(kind: Kind, lines: Lines, run: Run) -> None:
    """Name what is known already, and let the kind ask the database about the rest."""
    good = [line for line in lines if not line.faults]
    known = known_keys(kind, good, run.user.house_id)
    for line in good:
        line.outcome = KNOWN if line.key in known else ""
    kind.check([line for line in good if not line.outcome], run.user)


def known_keys(kind: Kind, lines: Lines, house: int) -> set[bytes]:
    """The digests among these lines that were applied before."""
    rows = ImportRow.objects.filter(
        organization_id=house,
        kind=kind.code,
        state=ImportRow.State.APPLIED,
        key__in=[line.key for line in lines],
    )
    return {bytes(key) for key in rows.values_list("key", flat=True)}


def _write(
    brought: ImportRun, kind: Kind, lines: Lines, counts: Counter[str], faults: Counter[str]
) -> None:
    rows = []
    for line in lines:
        state = state_of(line)
        counts[state] += 1
        faults.update({name for name, _sentence in line.faults})
        rows.append(
            ImportRow(
                run=brought,
                organization_id=brought.organization_id,
                kind=kind.code,
                line=line.line,
                state=state,
                key=line.key,
                payload=None if state == ImportRow.State.KNOWN else kept(line),
            )
        )
    ImportRow.objects.bulk_create(rows)


def state_of(line: Line) -> str:
    if line.faults:
        return ImportRow.State.REFUSED
    return ImportRow.State.KNOWN if line.outcome == KNOWN else ImportRow.State.VALID


def _count(brought: ImportRun, counts: Counter[str], faults: Counter[str]) -> None:
    brought.given_count = sum(counts.values())
    brought.valid_count = counts[ImportRow.State.VALID]
    brought.known_count = counts[ImportRow.State.KNOWN]
    brought.refused_count = counts[ImportRow.State.REFUSED]
    brought.created_count = brought.joined_count = 0
    brought.fault_counts = dict(faults.most_common(MOST_FIELDS))
    brought.save(
        update_fields=[
            *("given_count", "valid_count", "known_count", "refused_count"),
            *("created_count", "joined_count", "fault_counts"),
        ]
    )


def counted(brought: ImportRun) -> dict[str, int]:
    """The counts of a run as the audit keeps them."""
    return {
        "rows_given": brought.given_count,
        "rows_valid": brought.valid_count,
        "rows_imported": brought.imported_count,
        "rows_known": brought.known_count,
        "rows_refused": brought.refused_count,
    }


def _refuse(run: Run, brought: ImportRun, refusal: DomainError) -> None:
    def publish() -> None:
        now = run_locked(run, ImportState.REVIEWING)
        ImportRow.objects.filter(run=now).delete()
        _count(now, Counter(), Counter())
        now.refusal = str(refusal.message)[:300]
        now.save(update_fields=["refusal"])
        run_end(now, "refuse", by=run.user)
        tell(run, now, "import.reviewed")
        audit.record("import.refuse", by=run.user, on=now, kind=now.kind, rule=refusal.rule)

    job_publish(run, publish)


def tell(run: Run, brought: ImportRun, kind: str) -> None:
    """Tell the owner, in the owner's scope."""
    notify(
        users=[run.user.pk],
        organization_id=brought.organization_id,
        kind=kind,
        subject=brought,
        dedup_key=f"{kind}:{run.job.uid}",
    )
