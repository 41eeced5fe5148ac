"""Ask for a report: a row and a job; what it may show is decided when it runs, by the asker's membership."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.models.queues import Job
from departments.services.documents import document_read
from departments.services.jobs import job_cancel, job_create, job_retry
from msw_portal.kernel.access import require
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from reports.models import ReportRun, ReportSchedule
from reports.permissions import can_ask_report, can_cancel_run, can_download_run, can_retry_run
from reports.services.kinds import KINDS, ReportKind
from reports.services.periods import period_first, period_last, period_name

FIRST_DAY = dt.date(2000, 1, 1)


@command
def report_ask(
    *,
    kind: str,
    day: dt.date,
    by: User,
    span: str = "",
    formats: Sequence[str] = (),
    params: Mapping[str, Any] | None = None,
) -> ReportRun:
    """Queue a report of the asker's for the period of length `span` (else the kind's first) that holds `day`.

    Without `formats` it is made in every format of its kind.

    Raises:
        DomainError: `report.unknown_kind` on `kind`; `report.not_this_span`, `report.future` and
            `report.too_early` on `period`; `report.no_format` on `formats`; `permission.can_ask_report`;
            as params_checked.
    """
    known = kind_known(kind)
    require(can_ask_report, by, known)
    span = span or known.spans[0]
    job = job_create(kind="report", by=by, args={})
    run = run_new(
        kind=known,
        params={
            **params_checked(known, params or {}, by),
            **period_checked(known, span, day),
            "formats": formats_checked(known, formats),
            "department": by.acting.department_id,
        },
        job=job,
        scope={"role": by.role, "membership": str(by.acting.membership_uid)},
    )
    audit.record("report.ask", by=by, on=run, kind=run.kind, period=run.params["first"], span=span)
    return run


def kind_known(code: str) -> ReportKind:
    """The kind of this code.

    Raises:
        DomainError: `report.unknown_kind` on field `kind`.
    """
    if code not in KINDS:
        raise DomainError("report.unknown_kind", _("没有这种报表。"), "kind")
    return KINDS[code]


def params_checked(kind: ReportKind, params: Mapping[str, Any], by: User) -> dict[str, str]:
    """What a run keeps of the row it is made of: its uid, and its name as the title; nothing for other kinds.

    Raises:
        DomainError: on field `subject`: `report.no_subject` where one is needed, `report.unknown_subject` for
            one that this person may not choose.
    """
    subjects = kind.subjects
    uid = params.get(subjects.param) if subjects else None
    if not uid:
        if subjects and subjects.is_needed:
            raise DomainError("report.no_subject", _("请选择哪一张。"), "subject")
        return {}
    row = subjects.model.objects.visible_to(by).filter(uid=uid).first()
    if row is None:
        raise DomainError("report.unknown_subject", _("这一张已停用，或不归您用。"), "subject")
    return {subjects.param: str(row.uid), "title": str(row)}


def period_checked(kind: ReportKind, span: str, day: dt.date) -> dict[str, str]:
    """`span`, `first` and `last` of the period of a report, as its row keeps them.

    Raises:
        DomainError: on field `period`.
    """
    if span not in kind.spans:
        raise DomainError("report.not_this_span", _("这种报表没有这样长的期间。"), "period")
    first = period_first(span, day)
    if first > timezone.localdate():
        raise DomainError("report.future", _("不能生成未来的报表。"), "period")
    if first < FIRST_DAY:
        raise DomainError("report.too_early", _("期间早于 2000 年，请核对。"), "period")
    last = period_last(span, first)
    return {"span": span, "first": first.isoformat(), "last": last.isoformat()}


def formats_checked(kind: ReportKind, formats: Iterable[str]) -> list[str]:
    """The formats asked for in the kind's own order; all of them where none is named.

    Raises:
        DomainError: `report.no_format` on field `formats` for one that the kind does not have.
    """
    asked = set(formats) or set(kind.formats)
    if asked - set(kind.formats):
        raise DomainError("report.no_format", _("这种报表没有这种格式。"), "formats")
    return [one for one in kind.formats if one in asked]


def run_new(
    *,
    kind: ReportKind,
    params: dict[str, Any],
    job: Job,
    scope: Mapping[str, str],
    slot: str | None = None,
    schedule: ReportSchedule | None = None,
) -> ReportRun:
    """The row of one run, beside its job; once per slot."""
    run = ReportRun(
        organization_id=job.organization_id,
        kind=kind.code,
        params=params,
        params_hash=hashlib.sha256(canonical(params).encode()).digest(),
        slot=slot,
        schedule=schedule,
        requested_by_id=job.requested_by_id,
        created_by_id=job.created_by_id,
        job=job,
        scope=dict(scope),
    )
    run.save(force_insert=True)
    return run


@command
def report_cancel(*, run: ReportRun, by: User) -> ReportRun:
    """Stop a report that is no longer wanted.

    Raises:
        DomainError: `report.is_done` when there is nothing to stop.
    """
    require(can_cancel_run, by, run)
    if run.job.state not in {"ready", "leased"}:
        raise DomainError("report.is_done", _("报表已经结束，不能取消。"), status=409)
    job_cancel(job=run.job, by=by)
    audit.record("report.cancel", by=by, on=run)
    return run


@command
def report_retry(*, run: ReportRun, by: User) -> ReportRun:
    """Try a report again that failed or was cancelled, for what its asker may see now.

    Raises:
        DomainError: `report.not_over` (409) while it still runs, or has its files.
    """
    require(can_retry_run, by, run)
    if not job_retry(job=run.job):
        raise DomainError("report.not_over", _("报表正在生成或已经完成，不用重试。"), status=409)
    audit.record("report.retry", by=by, on=run)
    return run


def run_title(run: ReportRun) -> str:
    """`月报 2026-11`: the kind, or the name of the row it is made of, and its period."""
    kind = KINDS.get(run.kind)
    name = run.params.get("title") or (str(kind.name) if kind else run.kind)
    first = dt.date.fromisoformat(run.params["first"])
    return f"{name} {period_name(run.params['span'], first)}"


def run_files(run: ReportRun) -> list[str]:
    """The formats that can be taken away now; none once their time is over."""
    if run.expires_at is None or run.expires_at <= timezone.now():
        return []
    made = {file.format for file in run.files.all()}
    return [one for one in run.params["formats"] if one in made]


@command
def run_file_take(*, run: ReportRun, file_format: str, by: User) -> tuple[Document, bytes] | None:
    """A file of a finished run while it is kept, its asker still in the role it was made for; None otherwise."""
    if not can_download_run(by, run) or file_format not in run_files(run):
        return None
    document = run.files.select_related("document").get(format=file_format).document
    return document, document_read(document=document, by=by)
