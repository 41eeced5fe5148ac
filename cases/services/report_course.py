"""A mandatory report runs its course: written, told to the authorities, followed, ended."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.reporting import MANDATORY
from cases.models.reporting import (
    MandatoryReport,
    ReportEntry,
    ReportGround,
    ReportNotice,
    ReportRecipient,
    ReportWay,
)
from cases.report_permissions import (
    can_close_report,
    can_dismiss_report,
    can_view_report,
    can_write_report,
)
from cases.services.case_forms import plain
from cases.services.clocks import end_of_day
from cases.services.reporting import FOLLOW_TASK, TASK
from cases.workflow import REPORT, ReportState
from departments import audit
from departments.models.mechanisms import Document, Task
from departments.models.people import User
from departments.services.documents import document_read, document_upload
from departments.services.moving import move
from departments.services.tasks import task_open, tasks_close
from departments.services.viewing import document_page
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

EVIDENCE = "report_evidence"
FOLLOW_AFTER = dt.timedelta(days=7)
LEAST_REASON = 10
R = ReportRecipient
# Whom the law names; one of them suffices (未成年人保护法 11: 公安、民政、教育等; 反家庭暴力法 14: 公安机关).
ASKED = {
    ReportGround.MINOR_HARM: frozenset(
        {R.POLICE, R.CIVIL_AFFAIRS, R.EDUCATION, R.HEALTH, R.PROCURATORATE}
    ),
    ReportGround.VIOLENCE: frozenset({R.POLICE}),
}


def _locked(report: MandatoryReport) -> MandatoryReport:
    return MandatoryReport.objects.locked().get(pk=report.pk)


def _check_open(report: MandatoryReport) -> None:
    if not report.is_open:
        raise DomainError(
            "mandatory_report.is_ended", _("这份强制报告已经结束，不能再改。"), status=409
        )


def report_seen(*, report: MandatoryReport, by: User) -> None:
    """Every opening of the page is an event."""
    require(can_view_report, by, report)
    audit.record("mandatory_report.read", by=by, on=report)


@command
def report_write(
    *, report: MandatoryReport, base: int | None = None, by: User, **facts: Any
) -> MandatoryReport:
    """Write the sheet; until an authority has been told it may be written anew, later only added to.

    `base` is the report's row_version when the page was opened.

    Raises:
        DomainError: `form.stale`, `mandatory_report.is_told`, `mandatory_report.is_ended`.
    """
    report = _locked(report)
    require(can_write_report, by, report)
    _check_open(report)
    check_base(base, report.row_version)
    before = report.facts
    if report.state != ReportState.OPENED and _takes_away(before, facts):
        raise DomainError(
            "mandatory_report.is_told",
            _("已经报告过，原来写的不能删改；补充请写在跟进里，空着的项目可以补填。"),
            status=409,
        )
    report.facts = {**before, **plain(facts)}
    report.save(update_fields=["facts"])
    changed = sorted(name for name, value in report.facts.items() if before.get(name) != value)
    audit.record("mandatory_report.write", by=by, on=report, fields=changed)
    return report


def _takes_away(before: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether something that stood there is written otherwise."""
    return any(
        item.name in facts
        and not item.is_blank(before.get(item.name))
        and item.words(before.get(item.name)) != item.words(plain(facts).get(item.name))
        for item in MANDATORY.items
    )


@command
def report_tell(
    *,
    report: MandatoryReport,
    recipient: str,
    office: str,
    way: str,
    sent_at: dt.datetime,
    officer: str = "",
    receipt_number: str = "",
    file: UploadedFile | None = None,
    by: User,
) -> ReportNotice:
    """Write down that an authority was told; the first that the law names stops the clock.

    Raises:
        DomainError: `report_notice.*` on its field, `mandatory_report.is_ended`, `file.*`.
    """
    report = _locked(report)
    require(can_write_report, by, report)
    _check_open(report)
    if recipient not in ReportRecipient.values:
        raise DomainError("report_notice_recipient_known", _("请从列表中选择。"), "recipient")
    if way not in ReportWay.values:
        raise DomainError("report_notice_way_known", _("请从列表中选择。"), "way")
    if not office.strip():
        raise DomainError("report_notice.needs_office", _("请写单位名称。"), "office")
    if sent_at > timezone.now():
        raise DomainError("report_notice.in_future", _("报告时间还没有到。"), "sent_at")
    found = (
        dt.date.fromisoformat(report.facts["found_on"]) if report.facts.get("found_on") else None
    )
    if found is not None and timezone.localdate(sent_at) < found:
        raise DomainError("report_notice.too_early", _("报告不能早于发现日期。"), "sent_on")
    notice = ReportNotice(
        organization_id=report.organization_id,
        report=report,
        compartment_id=report.compartment_id,
        recipient=recipient,
        office=office.strip(),
        officer=officer.strip() or None,
        sent_at=sent_at,
        way=way,
        receipt_number=receipt_number.strip(),
        created_by=by,
    )
    notice.save(force_insert=True)
    if file is not None:
        document_upload(subject=notice, kind=EVIDENCE, file=file, by=by)
    audit.record(
        "mandatory_report.tell", by=by, on=report, recipient=recipient, way=way, sent_at=sent_at
    )
    if report.state == ReportState.OPENED and recipient in ASKED[report.ground]:
        report.reported_at = sent_at
        move(report, REPORT, "tell", by=by, also=("reported_at",))
        tasks_close(kind=TASK, subject=report)
        _follow_later(report, by=by)
    return notice


def _follow_later(report: MandatoryReport, *, by: User) -> None:
    """In a week somebody asks what the authority has done; one open task, of who works on it."""
    tasks_close(kind=FOLLOW_TASK, subject=report)
    task_open(
        kind=FOLLOW_TASK,
        organization_id=report.organization_id,
        subject=report,
        due_at=end_of_day(timezone.localdate() + FOLLOW_AFTER),
        assignee=by,
        dedup_key=f"{FOLLOW_TASK}:{report.uid}:{report.row_version}:{timezone.now():%Y%m%d%H%M%S%f}",
        by=by,
    )


@command
def report_evidence_add(*, notice: ReportNotice, file: UploadedFile, by: User) -> Document:
    """A receipt, a photograph of the letter, a record of the call: kept in the report's compartment.

    Raises:
        DomainError: `file.*`, `mandatory_report.is_ended`.
    """
    report = _locked(notice.report)
    require(can_write_report, by, report)
    _check_open(report)
    document = document_upload(subject=notice, kind=EVIDENCE, file=file, by=by)
    audit.record("mandatory_report.attach", by=by, on=report, size=document.size)
    return document


def report_evidence_read(*, notice: ReportNotice, document: Document, by: User) -> bytes:
    """The content of a piece of evidence; the reading is audited."""
    require(can_view_report, by, notice.report)
    return document_read(document=document, by=by)


def report_evidence_page(
    *, notice: ReportNotice, document: Document, number: int, key: str, by: User
) -> tuple[bytes, str]:
    """One page of an opened piece of evidence, (picture, MIME type); the opening was audited.

    Raises:
        DomainError: `file.not_opened`, `file.no_page` (404), `file.locked`.
    """
    require(can_view_report, by, notice.report)
    return document_page(document=document, number=number, key=key, by=by)


@command
def report_follow(
    *, report: MandatoryReport, occurred_on: dt.date, text: str, by: User
) -> ReportEntry:
    """What came of it; before anybody was told, an addition to the facts.

    Raises:
        DomainError: `report_entry.*` on its field, `mandatory_report.is_ended`.
    """
    report = _locked(report)
    require(can_write_report, by, report)
    _check_open(report)
    if not text.strip():
        raise DomainError("report_entry.needs_text", _("请写跟进的内容。"), "text")
    if occurred_on > timezone.localdate():
        raise DomainError("report_entry.in_future", _("不能晚于今天。"), "occurred_on")
    entry = ReportEntry(
        organization_id=report.organization_id,
        report=report,
        compartment_id=report.compartment_id,
        occurred_on=occurred_on,
        text=text.strip(),
        created_by=by,
    )
    entry.save(force_insert=True)
    audit.record("mandatory_report.follow", by=by, on=report, occurred_on=occurred_on)
    if report.state != ReportState.OPENED:
        move(report, REPORT, "follow", by=by)
        _follow_later(report, by=by)
    return entry


@command
def report_close(*, report: MandatoryReport, ending: str, by: User) -> MandatoryReport:
    """The authority has taken it over or answered: supervisor or head ends it.

    Raises:
        DomainError: `mandatory_report.close.wrong_state`, `.needs_facts`, `.needs_ending`.
    """
    report = _locked(report)
    require(can_close_report, by, report)
    REPORT.check(report, "close")
    if missing := MANDATORY.missing(report.facts):
        raise DomainError(
            "mandatory_report.needs_facts",
            _("报告表还没有填完：%(items)s。")
            % {"items": "、".join(str(item.label) for item in missing)},
            status=409,
        )
    if len(ending.strip()) < LEAST_REASON:
        raise DomainError(
            "mandatory_report.needs_ending", _("请写明办结情况，至少 10 个字。"), "ending"
        )
    return _end(report, "close", ending.strip(), by=by)


@command
def report_dismiss(*, report: MandatoryReport, reason: str, by: User) -> MandatoryReport:
    """A second person finds that there was nothing to report, and says why.

    Raises:
        DomainError: `mandatory_report.dismiss.wrong_state` once somebody was told, `.own` for who
            opened it, `.needs_reason`.
    """
    report = _locked(report)
    if report.created_by_id == by.pk and can_close_report(by, report):
        raise DomainError(
            "mandatory_report.own",
            _("不适用须由另一人（督导或主任）认定，不能由发起人自己认定。"),
            status=403,
        )
    require(can_dismiss_report, by, report)
    REPORT.check(report, "dismiss", reason)
    if len(reason.strip()) < LEAST_REASON:
        raise DomainError(
            "mandatory_report.needs_reason", _("请写明理由，至少 10 个字。"), "reason"
        )
    return _end(report, "dismiss", reason.strip(), by=by)


def _end(report: MandatoryReport, step: str, ending: str, *, by: User) -> MandatoryReport:
    report.ending, report.ended_by, report.ended_at = ending, by, timezone.now()
    move(report, REPORT, step, by=by, reason=ending, also=("ending", "ended_by", "ended_at"))
    tasks_close(kind=TASK, subject=report, state=Task.State.CANCELLED)
    tasks_close(kind=FOLLOW_TASK, subject=report)
    audit.record(f"mandatory_report.{step}", by=by, on=report, state=report.state)
    return report
