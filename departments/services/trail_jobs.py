"""The auditor's long work: the whole chain checked, and the trail exported, as jobs with progress."""

import datetime as dt
import mmap
import uuid
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.queues import Job
from departments.models.trail import AuditEntry
from departments.permissions import can_view_audit
from departments.services import trail
from departments.services.documents import document_store
from departments.services.entering import member_scope
from departments.services.export_columns import Column
from departments.services.export_limits import export_count
from departments.services.exporting import (
    MIMES,
    cells,
    export_check,
    export_note,
    table_made,
)
from departments.services.jobs import Run, job_create, job_publish
from departments.services.verifying import Break, chain_length, chain_part, unlinked
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

CHECK, EXPORT = "audit_check", "audit_export"
LINKS_AT_ONCE = 20_000
ROWS_AT_ONCE = 2_000
MOST_ROWS = 100_000
KEPT = dt.timedelta(hours=72)


def _local(entry: Any) -> str:
    return f"{timezone.localtime(entry.line.at):%Y-%m-%d %H:%M:%S}"


def _details(entry: Any) -> str:
    return "；".join(f"{one.label}：{one.text}" for one in entry.line.details)


COLUMNS = (
    Column(_("时间"), AuditEntry, "at", _local),
    Column(_("登录名"), AuditEntry, "actor", lambda entry: entry.login),
    Column(_("谁"), AuditEntry, "actor", lambda entry: entry.line.who),
    Column(_("角色"), AuditEntry, "role", lambda entry: entry.line.role),
    Column(_("做了什么"), AuditEntry, "action", lambda entry: entry.line.what),
    Column(_("结果"), AuditEntry, "result", lambda entry: entry.result),
    Column(_("对象"), AuditEntry, "subject_kind", lambda entry: entry.subject),
    Column(_("记录编号"), AuditEntry, "subject_uid", lambda entry: entry.subject_uid),
    Column(_("内容"), AuditEntry, "body", _details),
    Column(_("地址"), AuditEntry, "ip", lambda entry: entry.ip),
    Column(_("请求编号"), AuditEntry, "request_id", lambda entry: entry.request_id),
)


@command
def audit_check_ask(*, by: User) -> Job:
    """Queue a walk along the whole chain of the house.

    Raises:
        DomainError: `audit.check_runs` (409) while one is under way.
    """
    require(can_view_audit, by, None)
    if jobs_of(by=by, kind=CHECK).filter(state__in=["ready", "leased"]).exists():
        raise DomainError("audit.check_runs", _("核验正在进行，请等它完成。"), status=409)
    job = job_create(kind=CHECK, by=by, args={})
    audit.record("audit.check", by=by, on=job)
    return job


@command
def audit_export_ask(*, conditions: Mapping[str, Any], suffix: str, by: User) -> Job:
    """Queue an export of what the list's conditions find; at most MOST_ROWS entries, the newest.

    Raises:
        DomainError: `export.format` on `suffix` for anything but csv and xlsx.
    """
    require(can_view_audit, by, None)
    if suffix not in MIMES:
        raise DomainError("export.format", _("只能导出 CSV 或 XLSX。"), "suffix")
    export_check(COLUMNS, in_clear=False, reason="", by=by)
    export_count(in_clear=False, by=by)
    args = {
        "suffix": suffix,
        "conditions": {name: str(value) for name, value in conditions.items()},
    }
    job = job_create(kind=EXPORT, by=by, args=args)
    audit.record("audit.export", by=by, on=job, conditions=args["conditions"], format=suffix)
    return job


def jobs_of(*, by: User, kind: str = ""):
    """The auditor's own checks and exports, newest first."""
    kinds = [kind] if kind else [CHECK, EXPORT]
    rows = Job.objects.visible_to(by).filter(kind__in=kinds).select_related("result")
    return rows.order_by("-id")


def export_is_kept(job: Job) -> bool:
    """Whether the file of a finished export may still be had."""
    return (
        job.result_id is not None
        and job.done_at is not None
        and (timezone.now() < job.done_at + KEPT)
    )


def audit_check_run(run: Run) -> None:
    """The runner of `audit_check`: part by part, each a transaction as the asker."""
    house, membership = run.job.organization_id, run.membership_uid
    with member_scope(run.user, membership):
        length = chain_length(organization_id=house)
    found: Break | None = None
    backwards, walked = 0, 0
    run.progress(0, length.links)
    for start in range(1, length.last + 1, LINKS_AT_ONCE):
        end = min(start + LINKS_AT_ONCE - 1, length.last)
        with member_scope(run.user, membership):
            found, turned = chain_part(organization_id=house, start=start, end=end)
        backwards += turned
        walked = end
        run.progress(min(end, length.links), length.links)
        if found is not None:
            break
    if found is None:
        with member_scope(run.user, membership):
            found = unlinked(organization_id=house)

    def publish() -> None:
        result = {
            "entries": length.entries,
            "links": length.links,
            "walked": walked,
            "backwards": backwards,
            "break": _break(found),
        }
        Job.objects.filter(pk=run.job.pk).update(args=result)
        first = found.entry_id if found else None
        audit.record(
            "audit.verify",
            by=run.user,
            on=run.job,
            entries=length.entries,
            links=length.links,
            first_break=first,
            backwards=backwards,
        )

    job_publish(run, publish)


def audit_export_run(run: Run) -> None:
    """The runner of `audit_export`: pages of the list, then one file of the house."""
    conditions, suffix = _typed(run.job.args["conditions"]), run.job.args["suffix"]
    with member_scope(run.user, run.membership_uid):
        visible = AuditEntry.objects.visible_to(run.user)
        total = min(trail.narrowed(visible, conditions).count(), MOST_ROWS)
    run.progress(0, total)
    count = 0

    def lines() -> Iterator[list[str]]:
        nonlocal count
        last: tuple[dt.datetime, uuid.UUID] | None = None
        while count < total:
            with member_scope(run.user, run.membership_uid):
                page = trail.page_after(run.user, conditions, last, ROWS_AT_ONCE)
                page = page[: total - count]
                made = [cells(COLUMNS, entry, in_clear=False) for entry in trail.lines(page)]
            if not page:
                break
            yield from made
            count += len(made)
            last = (page[-1].at, page[-1].pk)
            run.progress(count, total)

    def publish(content: mmap.mmap) -> Document:
        house = Organization.objects.get(pk=run.job.organization_id)
        document = document_store(
            name=f"审计记录 {timezone.localdate():%Y-%m-%d}.{suffix}",
            content=content,
            mime=MIMES[suffix],
            pages=None,
            subject=house,
            kind="audit_export",
            by=run.user,
            organization_id=house.pk,
            is_care=False,
        )
        level, _reason = export_check(COLUMNS, in_clear=False, reason="", by=run.user)
        export_note(
            kind="audit",
            suffix=suffix,
            columns=COLUMNS,
            count=count,
            level=level,
            reason="",
            by=run.user,
        )
        return document

    # Mapped and not read: a hundred thousand entries are 28 MB.
    with (
        table_made(suffix, COLUMNS, lines()) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        job_publish(run, partial(publish, content))


def _typed(conditions: Mapping[str, str]) -> dict[str, Any]:
    kinds: Mapping[str, Any] = {
        "since": dt.date.fromisoformat,
        "until": dt.date.fromisoformat,
        "subject": uuid.UUID,
    }
    return {name: kinds.get(name, str)(value) for name, value in conditions.items()}


def _break(found: Break | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"seq": found.seq, "entry": str(found.entry_id or ""), "reason": found.reason}
