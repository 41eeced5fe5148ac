"""Build a report as its asker: figures first, then the files, then one transaction that publishes both."""

import datetime as dt
import hashlib

from django.utils import timezone

from departments import audit
from departments.services.documents import document_store
from departments.services.entering import member_scope
from departments.services.jobs import Run, job_publish
from departments.services.tasks import notify
from reports.models import ReportRun
from reports.services.monthly import month_read
from reports.services.sheets import month_print, month_workbook

STEPS = 4
KEPT = dt.timedelta(hours=72)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_build(run: Run) -> None:
    """The runner of job kind `report`.

    Figures are read in the asker's scope, rebuilt from the membership as it is now; files are written
    only when the job's fence still holds, in the transaction that marks it done.
    """
    run.progress(0, STEPS)
    with member_scope(run.user, run.membership_uid) as acting:
        report = ReportRun.objects.get(job_id=run.job.pk)
        month = month_read(first=dt.date.fromisoformat(report.params["month"]), by=run.user)
        words = {
            "house": acting.organization_name,
            "department": acting.department_name or acting.organization_name,
            "asked_by": run.user.display_name,
        }
    run.progress(1, STEPS)
    sheet = month_workbook(month, **words)
    run.progress(2, STEPS)
    paper = month_print(month, **words)
    run.progress(3, STEPS)
    name = f"月报 {month.first:%Y-%m}"

    def publish():
        made = {
            suffix: document_store(
                name=f"{name}.{suffix}",
                content=content,
                mime=mime,
                pages=None,
                subject=report,
                kind="report",
                by=run.user,
                organization_id=report.organization_id,
                is_care=False,
            )
            for suffix, content, mime in (("xlsx", sheet, XLSX), ("pdf", paper, "application/pdf"))
        }
        locked = ReportRun.objects.locked().get(pk=report.pk)
        locked.as_of, locked.expires_at = month.as_of, timezone.now() + KEPT
        locked.content_hash = hashlib.sha256(sheet + paper).digest()
        locked.sheet, locked.print = made["xlsx"], made["pdf"]
        locked.save(update_fields=["as_of", "expires_at", "content_hash", "sheet", "print"])
        notify(
            users=[run.user.pk],
            organization_id=report.organization_id,
            kind="report.done",
            subject=report,
            dedup_key=f"report.done:{report.uid}",
        )
        audit.record(
            "report.build",
            by=run.user,
            on=report,
            month=report.params["month"],
            frozen=month.is_frozen,
        )
        return made["xlsx"]

    job_publish(run, publish)
    run.job.progress_done = STEPS
