"""A file on its way in, as its owner steers it: upload, name the columns, confirm, cancel."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.imports import ImportRun
from departments.models.people import User
from departments.permissions import can_import, can_steer_import
from departments.services.documents import (
    document_content,
    document_destroy,
    document_store,
    upload_scan,
)
from departments.services.house_settings import setting_read, setting_write
from departments.services.importing.kinds import Kind, guessed, heading, kinds
from departments.services.importing.lines import Head, head_of
from departments.services.jobs import job_cancel, job_create
from departments.services.moving import move, write_transition
from departments.workflow import IMPORT, ImportState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import clean_name
from msw_portal.kernel.tables.opening import table_open
from msw_portal.kernel.tables.rows import Table

KEPT = dt.timedelta(days=7)
KEPT_SOURCES = 40
MIME_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@command
def import_upload(*, kind: Kind, source: str, file: UploadedFile, by: User) -> ImportRun:
    """Keep a file, encrypted, and look at its columns; nothing of it is data of the house yet.

    `source` says where such files come from: its columns are remembered under that name.

    Raises:
        DomainError: on `file` for what cannot be read (`file.*`, `table.*`, `import.empty`).
    """
    require(can_import, by, kind)
    content, name = file.read(), clean_name(file.name)
    table = table_open(name, content)
    head = head_of(kind, table)
    scanned_at = upload_scan(content)
    source = " ".join(source.split())
    run = ImportRun(
        organization_id=by.house_id,
        kind=kind.code,
        source=source,
        title=name,
        sheet=table.sheets[0],
        head_line=head.line,
        heads=head.titles,
        mapping=guessed(kind, head.titles, _remembered(kind, source, by)),
        expires_at=timezone.now() + KEPT,
        created_by=by,
    )
    run.save(force_insert=True)
    run.file = document_store(
        name=name,
        content=content,
        mime=MIME_XLSX if not table.encoding else "text/csv",
        pages=None,
        subject=run,
        kind="import",
        by=by,
        organization_id=run.organization_id,
        is_care=kind.is_care,
        scanned_at=scanned_at,
    )
    run.save(update_fields=["file"])
    write_transition(run, IMPORT, "upload", before="", by=by)
    audit.record("import.upload", by=by, on=run, content=kind.code, size=len(content))
    return run


def table_of(run: ImportRun) -> Table:
    """The run's file, opened again.

    Raises:
        DomainError: `file.damaged`, `import.no_file` (409) when the run has ended.
    """
    if run.file is None:
        raise DomainError("import.no_file", _("这次导入已经结束，原文件不再保留。"), status=409)
    return table_open(run.title, document_content(run.file))


def sheet_of(run: ImportRun, sheet: str) -> tuple[Table, Head, dict[str, int]]:
    """The file, the head of one of its sheets and which columns are probably which fields."""
    kind, table = kinds()[run.kind], table_of(run)
    head = head_of(kind, table, sheet)
    if sheet in ("", run.sheet) and run.mapping:
        return table, head, dict(run.mapping)
    return table, head, guessed(kind, head.titles, {})


@command
def import_map(*, run: ImportRun, sheet: str, columns: Mapping[str, int], by: User) -> ImportRun:
    """Say which column is which field, {field: column}; the file's rows are then checked by a job.

    Raises:
        DomainError: `import.columns_missing`, `import.column_twice` and `import.column_unknown` on
            the field; `import.map.wrong_state`.
    """
    run = _locked(run, by)
    kind = kinds()[run.kind]
    IMPORT.check(run, "map")
    head = head_of(kind, table_of(run), sheet)
    _check_columns(kind, columns, head)
    run.sheet, run.head_line, run.heads = sheet, head.line, head.titles
    run.mapping = dict(columns)
    run.job = job_create(kind="import_review", by=by, args={"run": run.pk})
    run.save(update_fields=["sheet", "head_line", "heads", "mapping", "job"])
    _remember(kind, run, by)
    move(run, IMPORT, "map", by=by)
    audit.record("import.map", by=by, on=run, count=len(columns))
    return run


def _check_columns(kind: Kind, columns: Mapping[str, int], head: Head) -> None:
    missing = [str(one.label) for one in kind.columns if one.required and one.name not in columns]
    if missing:
        sentence = _("必填的列还没有对应：%(columns)s。") % {"columns": "、".join(missing)}
        raise DomainError("import.columns_missing", sentence)
    used: dict[int, str] = {}
    for name, index in columns.items():
        if not 0 <= index < len(head.titles):
            raise DomainError("import.column_unknown", _("文件里没有这一列。"), name)
        if index in used:
            other = kind.label_of(used[index])
            sentence = _("这一列已经对应了“%(other)s”。") % {"other": other}
            raise DomainError("import.column_twice", sentence, name)
        used[index] = name


@command
def import_confirm(*, run: ImportRun, by: User) -> ImportRun:
    """Import the rows that are good, in batches, by a job; what cannot be imported is left out.

    Raises:
        DomainError: `import.nothing` when no row is good; `import.confirm.wrong_state`.
    """
    run = _locked(run, by)
    IMPORT.check(run, "confirm")
    if run.valid_count == 0:
        raise DomainError("import.nothing", _("没有可以导入的行。"), status=409)
    run.job = job_create(kind="import_apply", by=by, args={"run": run.pk})
    run.confirmed_at = timezone.now()
    move(run, IMPORT, "confirm", by=by, also=("job", "confirmed_at"))
    audit.record("import.confirm", by=by, on=run, kind=run.kind, count=run.valid_count)
    return run


@command
def import_resume(*, run: ImportRun, by: User) -> ImportRun:
    """Go on with a job that gave up: what stands stays, the rest is tried again.

    Raises:
        DomainError: `import.runs` (409) while nothing has given up.
    """
    run = _locked(run, by)
    kind = {ImportState.REVIEWING: "import_review", ImportState.APPLYING: "import_apply"}
    if run.state not in kind or run.job.state not in {"dead", "cancelled"}:
        raise DomainError("import.runs", _("这次导入没有停下来，不用重试。"), status=409)
    run.job = job_create(kind=kind[run.state], by=by, args={"run": run.pk})
    run.save(update_fields=["job"])
    audit.record("import.resume", by=by, on=run, kind=run.kind)
    return run


@command
def import_cancel(*, run: ImportRun, by: User) -> ImportRun:
    """Stop; what was imported by then stays, the file and the rows that were not are removed.

    Raises:
        DomainError: `import.cancel.wrong_state` when it has ended.
    """
    run = _locked(run, by)
    IMPORT.check(run, "cancel")
    if run.job is not None and run.job.state in {"ready", "leased"}:
        job_cancel(job=run.job, by=by)
    run_end(run, "cancel", by=by)
    audit.record("import.cancel", by=by, on=run, kind=run.kind, count=run.accepted_count)
    return run


def run_end(run: ImportRun, step: str, *, by: Any) -> None:
    """Take a locked run to its end: the file goes; rows that were refused are kept to be mended."""
    document, run.file = run.file, None
    run.ended_at = timezone.now()
    run.save(update_fields=["file", "ended_at"])
    move(run, IMPORT, step, by=by)
    if document is not None:
        document_destroy(document=document, by=by)
    if step in ("cancel", "expire"):
        run.rows.filter(payload__isnull=False).update(payload=None)


def _locked(run: ImportRun, by: User) -> ImportRun:
    run = ImportRun.objects.locked().select_related("file", "job").get(pk=run.pk)
    require(can_steer_import, by, run)
    require(can_import, by, kinds()[run.kind])
    return run


# ── columns are remembered by source ─────────────────────────────────────────


def _setting(kind: Kind) -> str:
    return f"import.columns.{kind.code}"


def _remembered(kind: Kind, source: str, by: User) -> dict[str, str]:
    return (setting_read(by.house_id, _setting(kind)) or {}).get(source, {})


def _remember(kind: Kind, run: ImportRun, by: User) -> None:
    known = dict(setting_read(by.house_id, _setting(kind)) or {})
    known.pop(run.source, None)
    titles = {heading(run.heads[index]): name for name, index in run.mapping.items()}
    # The newest last: the one that was not used for longest is forgotten first.
    known[run.source] = {title: name for title, name in titles.items() if title}
    setting_write(key=_setting(kind), value=dict(list(known.items())[-KEPT_SOURCES:]), by=by)


def sources_of(kind: Kind, by: User) -> list[str]:
    """The sources whose columns are remembered, the newest first."""
    return list(setting_read(by.house_id, _setting(kind)) or {})[::-1]
