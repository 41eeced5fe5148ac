"""Apply the good rows of a reviewed file: batches, each whole or not at all, whatever dies in between."""

from collections import Counter

from django.db import IntegrityError, transaction

from departments import audit
from departments.models.imports import ImportRow, ImportRun
from departments.permissions import can_import
from departments.services.entering import member_scope
from departments.services.importing.kinds import CREATED, JOINED, KNOWN, Kind, Line, Lines, kinds
from departments.services.importing.lines import kept
from departments.services.importing.reviewing import counted, known_keys, run_locked, tell
from departments.services.importing.runs import run_end
from departments.services.jobs import Run, job_publish
from departments.workflow import ImportState
from msw_portal.kernel.access import require
from msw_portal.kernel.bulk import plans_anew
from msw_portal.kernel.errors import DomainError, explain

BATCH = 500


def apply_run(run: Run) -> None:
    """The runner of job kind `import_apply`.

    A batch marks its rows in the transaction that applies them, under the lock of the run: after a
    kill the next runner goes on with the rows that are not marked, and none is applied twice.
    """
    while True:
        with member_scope(run.user, run.membership_uid):
            brought = run_locked(run, ImportState.APPLYING)
            kind = kinds()[brought.kind]
            require(can_import, run.user, kind)
            rows = list(brought.rows.filter(state=ImportRow.State.VALID).order_by("line")[:BATCH])
            if rows:
                plans_anew()
                _batch(run, brought, kind, rows)
        if not rows:
            break
        run.progress(brought.handled_count, brought.given_count)

    def publish() -> None:
        now = run_locked(run, ImportState.APPLYING)
        run_end(now, "finish", by=run.user)
        tell(run, now, "import.done")
        audit.record(
            "import.finish",
            by=run.user,
            on=now,
            **counted(now),
        )

    job_publish(run, publish)


def _batch(run: Run, brought: ImportRun, kind: Kind, rows: list[ImportRow]) -> None:
    lines = [_line(kind, row) for row in rows]
    known = known_keys(kind, lines, brought.organization_id)
    done = _applied(kind, [line for line in lines if line.key not in known], run)
    for line in lines:
        if line.key in known:
            line.outcome = KNOWN
            done.append(line)
    _mark(rows, done)
    _count(brought, done)


def _line(kind: Kind, row: ImportRow) -> Line:
    said = row.payload
    return Line(row.line, kind.revived(said["values"]), key=bytes(row.key), cells=said["cells"])


def _applied(kind: Kind, lines: Lines, run: Run) -> list[Line]:
    """The batch at once; when the database refuses one of its rows, row by row, so that only that one is refused."""
    tried = [line.again() for line in lines]
    try:
        with transaction.atomic():
            kind.apply(tried, run.user)
    except (IntegrityError, DomainError):
        return [_alone(kind, line.again(), run) for line in lines]
    return tried


def _alone(kind: Kind, line: Line, run: Run) -> Line:
    try:
        with transaction.atomic():
            kind.apply([line], run.user)
    except IntegrityError as error:
        refusal = explain(error)
        line.refuse(refusal.field or "", refusal.message)
    except DomainError as refusal:
        line.refuse(refusal.field or "", refusal.message)
    return line


def _mark(rows: list[ImportRow], lines: Lines) -> None:
    by_line = {row.line: row for row in rows}
    refused = []
    ids: dict[str, list] = {ImportRow.State.APPLIED: [], ImportRow.State.KNOWN: []}
    for line in lines:
        row = by_line[line.line]
        if line.faults:
            row.state, row.payload = ImportRow.State.REFUSED, kept(line)
            refused.append(row)
        else:
            is_known = line.outcome == KNOWN
            ids[ImportRow.State.KNOWN if is_known else ImportRow.State.APPLIED].append(row.pk)
    for state, marked in ids.items():
        ImportRow.objects.filter(pk__in=marked).update(state=state, payload=None)
    for row in refused:
        row.save(update_fields=["state", "payload"])


def _count(brought: ImportRun, lines: Lines) -> None:
    ends = Counter("refused" if line.faults else line.outcome for line in lines)
    faults = Counter(brought.fault_counts)
    for line in lines:
        faults.update({name for name, _sentence in line.faults})
    brought.valid_count -= len(lines)
    brought.created_count += ends[CREATED]
    brought.joined_count += ends[JOINED]
    brought.known_count += ends[KNOWN]
    brought.refused_count += ends["refused"]
    brought.fault_counts = dict(faults)
    brought.save(
        update_fields=[
            *("valid_count", "created_count", "joined_count", "known_count"),
            *("refused_count", "fault_counts"),
        ]
    )
