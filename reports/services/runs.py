"""Ask for a report: a row and a job; what it may show is decided when it runs, by the asker's membership."""

import datetime as dt
import hashlib

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.jobs import job_cancel, job_create
from msw_portal.kernel.access import require
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from reports.models import ReportRun
from reports.permissions import can_ask_report, can_cancel_run

FIRST_MONTH = dt.date(2000, 1, 1)


@command
def report_ask(*, month: dt.date, by: User) -> ReportRun:
    """Queue the monthly report of the asker's department for the month holding `month`.

    Raises:
        DomainError: `report.future_month` on field `month`; `permission.can_ask_report`.
    """
    require(can_ask_report, by, None)
    month = month.replace(day=1)
    if month > timezone.localdate():
        raise DomainError("report.future_month", _("不能生成未来月份的报表。"), "month")
    if month < FIRST_MONTH:
        raise DomainError("report.too_early", _("月份早于 2000 年，请核对。"), "month")
    params = {"month": month.isoformat(), "department": by.acting.department_id}
    job = job_create(kind="report", by=by, args={})
    run = ReportRun(
        organization_id=by.acting.organization_id,
        kind=ReportRun.Kind.MONTHLY,
        params=params,
        params_hash=hashlib.sha256(canonical(params).encode()).digest(),
        requested_by=by,
        created_by=by,
        job=job,
        scope={"role": by.role, "membership": str(by.acting.membership_uid)},
    )
    run.save(force_insert=True)
    audit.record("report.ask", by=by, on=run, kind=run.kind, month=params["month"])
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


def run_file(*, run: ReportRun, kind: str) -> Document | None:
    """The file of a finished run while it is kept: `xlsx` or `pdf`; None otherwise."""
    if run.expires_at is None or run.expires_at <= timezone.now():
        return None
    return {"xlsx": run.sheet, "pdf": run.print}.get(kind)
