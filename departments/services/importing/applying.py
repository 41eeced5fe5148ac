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
from msw_portal.kernel.bulk import Sealing, plans_anew, settled_memory
from msw_portal.kernel.errors import DomainError, explain

BATCH = 1000


def apply_run(run: Run) -> None:
    """The runner of job kind `import_apply`.

    A batch marks its rows in the transaction that applies them, under the lock of the run: after a
    kill the next runner goes on with the rows that are not marked, and none is applied twice.
    """
    with settled_memory():
        while _next_batch(run):
            pass

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


def _next_batch(run: Run) -> bool:
    """Apply the next rows in a transaction of their own; False when none is left."""
    with member_scope(run.user, run.membership_uid):
        brought = run_locked(run, ImportState.APPLYING)
        kind = kinds()[brought.kind]
        require(can_import, run.user, kind)
        lines = _lines(brought, kind)
        if lines:
            plans_anew()
            _batch(run, brought, kind, lines)
    if lines:
        run.progress(brought.handled_count, brought.given_count)
    return bool(lines)


def _lines(brought: ImportRun, kind: Kind) -> list[Line]:
    """The next good rows; opened under one key, not as a model each."""
    rows = brought.rows.filter(state=ImportRow.State.VALID).order_by("line")
    found = rows.values_list("pk", "line", "key", "payload")[:BATCH]
    opened = Sealing(ImportRow, brought.organization_id).opened
    lines = []
    for pk, number, key, payload in found:
        said = opened("payload", payload, pk)
        values = kind.revived(said["values"])
        lines.append(Line(number, values, key=bytes(key) if key else None, cells=said["cells"]))
    return lines


def _batch(run: Run, brought: ImportRun, kind: Kind, lines: list[Line]) -> None:
    known = known_keys(kind, lines, brought.organization_id)
    done = _applied(kind, [line for line in lines if line.key not in known], run)
    for line in lines:
        if line.key in known:
            line.outcome = KNOWN
            done.append(line)
    _mark(brought, done)
    _count(brought, done)


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


def _mark(brought: ImportRun, lines: Lines) -> None:
    refused: dict[int, Line] = {}
    numbers: dict[str, list[int]] = {ImportRow.State.APPLIED: [], ImportRow.State.KNOWN: []}
    for line in lines:
        if line.faults:
            refused[line.line] = line
        else:
            is_known = line.outcome == KNOWN
            state = ImportRow.State.KNOWN if is_known else ImportRow.State.APPLIED
            numbers[state].append(line.line)
    for state, marked in numbers.items():
        brought.rows.filter(line__in=marked).update(state=state, payload=None)
    for row in brought.rows.filter(line__in=list(refused)):
        row.state, row.payload = ImportRow.State.REFUSED, kept(refused[row.line])
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
