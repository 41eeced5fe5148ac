"""The whole case as one PDF: cover, contents, every form in order; built by a job that says how far it is."""

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.form_permissions import can_print_case
from cases.form_schemas.registry import WRITTEN
from cases.models.activities import ActivityLine
from cases.models.casework import Case, CaseForm, Referral
from cases.models.codes import FormKind, FormState
from cases.models.consents import Consent
from cases.models.work import Assessment, Contact, Plan
from cases.services.archiving import give_archive_number
from cases.services.calculations import calculation_sheet, newest_calculation
from cases.services.drawings import drawing_sheet
from cases.services.drawn import newest_drawing
from cases.services.form_facts import name_of
from cases.services.paper_rows import REFERRAL_JOINS, activity_form
from cases.services.papers import Sheet, numbers_of
from cases.services.printing import PAPER_LANGUAGE, check_reason, paper_about, sheet_of
from departments import audit
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.models.queues import Job
from departments.services.documents import document_store
from departments.services.entering import member_scope
from departments.services.jobs import Run, job_create, job_publish
from departments.services.tasks import notify
from msw_portal.kernel.access import require
from msw_portal.kernel.burden import CALCULATORS
from msw_portal.kernel.commands import command

KIND = "case_dossier"
SAID_EVERY = 10
DRAWINGS = (FormKind.GENOGRAM, FormKind.ECOMAP)
JOINS = (
    "client",
    "episode__ward",
    "worker",
    "supervisor",
    "department",
    "organization",
    "referral",
)


@command
def case_dossier_ask(*, case: Case, is_named: bool = False, reason: str = "", by: User) -> Job:
    """Queue the whole case for print; it gets its archive number now.

    Raises:
        DomainError: `print.needs_reason`.
    """
    require(can_print_case, by, case)
    reason = check_reason(reason, is_named=is_named)
    case = Case.objects.locked().get(pk=case.pk)
    give_archive_number(case)
    job = job_create(kind=KIND, by=by, args={"case": str(case.uid), "named": is_named})
    audit.record(
        "case.print_whole",
        by=by,
        on=case,
        named=is_named,
        reason=reason,
        archive_number=case.archive_number,
    )
    return job


def dossier_build(run: Run) -> None:
    """The runner of job kind `case_dossier`: reads as its asker, writes one file of the case."""
    run.progress(0, 1)
    is_named = bool(run.job.args["named"])
    with member_scope(run.user, run.membership_uid):
        case = (
            Case.objects.visible_to(run.user).select_related(*JOINS).get(uid=run.job.args["case"])
        )
        wanted = _wanted(case, run.user)
    total, sheets = len(wanted) + 2, []
    for start in range(0, len(wanted), SAID_EVERY):
        run.progress(start, total)
        with member_scope(run.user, run.membership_uid), translation.override(PAPER_LANGUAGE):
            for kind, row in wanted[start : start + SAID_EVERY]:
                sheets.append(_titled(sheet_of(case, kind, row, is_named=is_named), kind, row))
    with member_scope(run.user, run.membership_uid), translation.override(PAPER_LANGUAGE):
        sheets += [
            drawing_sheet(case, one, is_named=is_named)
            for kind in DRAWINGS
            if (one := newest_drawing(case, kind)) is not None
        ]
        sheets += [
            calculation_sheet(case, one, is_named=is_named)
            for kind in CALCULATORS
            if (one := newest_calculation(case, kind)) is not None
        ]
        sheets.append(_scales(case, run.user))
        sheets.append(_files(case, run.user))
        cover = _cover(case, is_named=is_named)
    run.progress(total - 1, total)
    with translation.override(PAPER_LANGUAGE):
        content = paper_about(
            case, sheets, title=" ".join((_("个案档案"), case.number)), by=run.user, cover=cover
        )
    job_publish(run, lambda: _publish(run, case, content, is_named=is_named))


def _publish(run: Run, case: Case, content: bytes, *, is_named: bool) -> Document:
    shown = "" if is_named else "（遮盖）"
    document = document_store(
        name=f"个案档案 {case.archive_number}{shown}.pdf",
        content=content,
        mime="application/pdf",
        pages=None,
        subject=case,
        kind="dossier",
        by=run.user,
        organization_id=case.organization_id,
        compartment_id=case.compartment_id,
    )
    notify(
        users=[run.user.pk],
        organization_id=case.organization_id,
        kind="case.dossier_done",
        subject=case,
        dedup_key=f"case.dossier_done:{run.job.uid}",
    )
    return document


def _wanted(case: Case, user: User) -> list[tuple[str, Any]]:
    """Every row of the case that has a form, in the order of the numbers."""
    forms = CaseForm.objects.visible_to(user).filter(
        case=case, kind__in=WRITTEN, state=FormState.FINAL
    )
    rows: list[tuple[str, Any]] = [
        (one.kind, one) for one in forms.order_by("serial", "version", "id")
    ]
    consents = Consent.objects.visible_to(user).of_person(case.client)
    rows += [
        ("F2", one)
        for one in consents.select_related("template", "recipient").order_by("signed_at", "id")
        if one.case_id in (None, case.pk)
    ]
    plans = Plan.objects.visible_to(user).filter(case=case).select_related("approved_by")
    rows += [("F4", one) for one in plans.order_by("version")]
    contacts = Contact.objects.visible_to(user).filter(case=case).own_entries()
    rows += [("F5", one) for one in contacts.order_by("occurred_on", "id")]
    sent = Referral.objects.visible_to(user).filter(direction="out", case=case)
    rows += [("F6", one) for one in sent.select_related(*REFERRAL_JOINS).order_by("id")]
    lines = ActivityLine.objects.visible_to(user).filter(promoted_case=case)
    rows += [
        (activity_form(one.activity.kind), one.activity)
        for one in lines.select_related("activity__ward", "activity__created_by")
        if activity_form(one.activity.kind)
    ]
    return sorted(rows, key=lambda pair: int(pair[0][1:]))


def _titled(sheet: Sheet, kind: str, row: Any) -> Sheet:
    """In the contents every record is told from the next by its day or version."""
    if kind == "F5":
        sheet.title = f"{sheet.title} {row.occurred_on:%Y-%m-%d}"
    elif kind == "F2":
        sheet.title = f"{sheet.title}：{row.get_kind_display()}"
    elif kind == "F4" or (kind in WRITTEN and row.version > 1):
        version = _("第 %(n)d 版") % {"n": row.version}
        sheet.title = f"{sheet.title} {version}"
    if kind in WRITTEN and WRITTEN[kind].is_repeated:
        time = _("第 %(n)d 次") % {"n": row.serial}
        sheet.title = f"{sheet.title} {time}"
    return sheet


def _scales(case: Case, user: User) -> Sheet:
    """Every finished questionnaire with its result and the worker's reading of it."""
    rows = Assessment.objects.visible_to(user).filter(case=case).final()
    table = [
        [
            one.questionnaire.title,
            f"{timezone.localdate(one.finalized_at):%Y-%m-%d}",
            one.result or "—",
            str((one.score or {}).get("band_zh") or ""),
            one.interpretation or "",
        ]
        for one in rows.select_related("questionnaire").order_by("finalized_at", "id")
    ]
    head = [_("量表"), _("日期"), _("得分"), _("分级"), _("社工的解读")]
    sheet = Sheet("—", _("量表结果"), numbers_of(case), signers=[_("社工")])
    sheet.note = _("量表结果用于筛查，不是诊断。")
    sheet.blocks.append(_table(head, table, [3, 2, 1, 2, 4]))
    return sheet


def _files(case: Case, user: User) -> Sheet:
    """The list of what lies in the file beside the forms."""
    rows = Document.objects.visible_to(user).of(case).filter(derived_from__isnull=True)
    table = [
        [one.title, f"{timezone.localdate(one.created_at):%Y-%m-%d}", str(one.pages or "")]
        for one in rows.exclude(kind="dossier").order_by("id")
    ]
    sheet = Sheet("—", _("文书目录"), numbers_of(case), signers=[_("社工"), _("档案管理")])
    sheet.blocks.append(_table([_("文件"), _("日期"), _("页数")], table, [4, 1, 1]))
    return sheet


def _table(head: list[str], rows: list[list[str]], widths: list[int]) -> dict[str, Any]:
    rows = rows or [[""] * len(head)]
    return {"t": "rows", "label": "", "head": head, "widths": widths, "rows": rows}


def _cover(case: Case, *, is_named: bool) -> dict[str, Any]:
    def day(value: Any) -> str:
        return f"{timezone.localdate(value):%Y-%m-%d}" if value else "—"

    return {
        "pairs": [
            [_("档案号"), case.archive_number],
            [_("个案编号"), case.number or "—"],
            [_("服务对象"), name_of(case, is_named=is_named)],
            [_("部门"), case.department.name],
            [_("主责社工"), case.worker.display_name if case.worker else "—"],
            [_("督导"), case.supervisor.display_name if case.supervisor else "—"],
            [_("开案日期"), day(case.assigned_at)],
            [_("结案日期"), day(case.closed_at)],
            [_("结案原因"), case.get_close_reason_display() or "—"],
        ],
        "note": _("内部档案，未经批准不得复制、外借。"),
    }
