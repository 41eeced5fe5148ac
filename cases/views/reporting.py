"""强制报告: a place in the case page that says the same to everybody, and the report for those who are named."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_permissions import can_print_blank
from cases.form_schemas.reporting import MANDATORY
from cases.forms.reporting import (
    ReportCloseForm,
    ReportDismissForm,
    ReportFileForm,
    ReportFollowForm,
    ReportNameForm,
    ReportOpenForm,
    ReportSheetForm,
    ReportTellForm,
)
from cases.forms.schema_forms import initial_of_payload
from cases.models.casework import Case
from cases.models.reporting import MandatoryReport, ReportEntry, ReportNotice, ReportRecipient
from cases.report_permissions import (
    can_close_report,
    can_dismiss_report,
    can_name_for_report,
    can_open_report,
    can_write_report,
)
from cases.services.report_course import (
    ASKED,
    EVIDENCE,
    report_close,
    report_dismiss,
    report_evidence_add,
    report_evidence_read,
    report_follow,
    report_seen,
    report_tell,
    report_write,
)
from cases.services.report_paper import report_blank_print, report_print
from cases.services.reporting import ground_for, named_for, report_name, report_open
from cases.services.team import team_mates
from cases.views.documents import attach, attachment
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404
from cases.workflow import ReportState
from departments.models.mechanisms import Document
from departments.views.clashes import Current
from msw_portal.kernel.display import enumerated

BOTH = require_http_methods(["GET", "POST"])


def _report_or_404(request: HttpRequest, uid: uuid.UUID) -> MandatoryReport:
    rows = MandatoryReport.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("department", "organization"), uid=uid)


def _notice_or_404(request: HttpRequest, uid: uuid.UUID) -> ReportNotice:
    rows = ReportNotice.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("report"), uid=uid)


def _at(report: MandatoryReport) -> str:
    return reverse("cases:report", args=[report.uid])


@require_GET
def panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The place in the case page: the reports one is named for, and the button that everybody has."""
    case = case_or_404(request, uid)
    rows = MandatoryReport.objects.visible_to(request.user).filter(case=case).order_by("-id")
    context = {
        "case": case,
        "reports": rows,
        "may_open": can_open_report(request.user, case),
        "may_blank": can_print_blank(request.user),
    }
    return render(request, "cases/_reports.html", context)


@BOTH
def report_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Somebody on the case suspects harm."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/report_new.html",
            form=ReportOpenForm,
            service=report_open,
            given={"case": case},
            initial={"ground": ground_for(case)},
            to=_at,
            done=_("强制报告已发起，督导和主任已得到通知。现在就报告。"),
            draft="cases-report",
            subject=uid,
            context={"case": case, "heading": _("发起强制报告")},
        ),
    )


@require_GET
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The whole report: clock, who was told, facts, follow-up, who sees it."""
    one, user = _report_or_404(request, uid), request.user
    report_seen(report=one, by=user)
    return render(request, "cases/report.html", _page(user, one))


def _page(user: Any, one: MandatoryReport) -> dict[str, Any]:
    missing = MANDATORY.missing(one.facts)
    return {
        "report": one,
        "case": Case.objects.visible_to(user).filter(pk=one.case_id).first(),
        "notices": _notices(user, one),
        "entries": ReportEntry.objects.visible_to(user)
        .filter(report=one)
        .select_related("created_by")
        .order_by("occurred_on", "id"),
        "groups": _groups(one),
        "missing": missing,
        "missing_words": enumerated(str(item.label) for item in missing),
        "named": named_for(one),
        "asked": [str(code.label) for code in ReportRecipient if code in ASKED[one.ground]],
        "is_waiting": one.state == ReportState.OPENED,
        "is_late": one.state == ReportState.OPENED and one.due_at < timezone.now(),
        "may_write": one.is_open and can_write_report(user, one),
        "may_close": one.is_open and one.reported_at is not None and can_close_report(user, one),
        "may_dismiss": one.state == ReportState.OPENED and can_dismiss_report(user, one),
        "may_name": can_name_for_report(user, one),
    }


def _notices(user: Any, one: MandatoryReport) -> list[dict[str, Any]]:
    notices = list(
        ReportNotice.objects.visible_to(user)
        .filter(report=one)
        .select_related("created_by")
        .order_by("sent_at", "id")
    )
    files: dict[int, list[Document]] = {}
    for file in Document.objects.visible_to(user).filter(
        subject_kind=ReportNotice._meta.model_name,
        subject_id__in=[notice.pk for notice in notices],
        kind=EVIDENCE,
        voided_at__isnull=True,
    ):
        files.setdefault(file.subject_id, []).append(file)
    return [{"row": notice, "files": files.get(notice.pk, [])} for notice in notices]


def _groups(one: MandatoryReport) -> list[dict[str, Any]]:
    return [
        {
            "title": group.title,
            "lines": [
                {
                    "label": item.label,
                    "words": item.words(one.facts.get(item.name)),
                    "is_long": item.kind in ("story", "choices"),
                }
                for item in group.items
                if not item.is_blank(one.facts.get(item.name))
            ],
        }
        for group in MANDATORY.groups
    ]


def _filling(one: MandatoryReport, heading: Any, *, save: Any = None, **given: Any) -> Filling:
    values = {
        "page": "cases/report_form.html",
        "given": {"report": one},
        "to": _at(one),
        "context": {"report": one, "heading": heading, "save": save},
        "subject": one.uid,
        **given,
    }
    return Filling(**values)


@BOTH
def report_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The sheet itself."""
    one = _report_or_404(request, uid)

    def current() -> Current:
        now = MandatoryReport.objects.visible_to(request.user).get(pk=one.pk)
        return Current(
            now.row_version, initial_of_payload(MANDATORY, now.facts), "", now.updated_at
        )

    sheet = _filling(
        one,
        _("填写报告表"),
        page="cases/report_edit.html",
        form=ReportSheetForm,
        service=report_write,
        done=_("报告表已保存。"),
        draft="cases-report-sheet",
        current=current,
    )
    return fill_in(request, sheet)


@BOTH
def tell(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """An authority was told; with the receipt if there is one."""
    one = _report_or_404(request, uid)
    now = timezone.localtime()
    sheet = _filling(
        one,
        _("登记向谁报告"),
        page="cases/report_tell.html",
        form=ReportTellForm,
        service=report_tell,
        initial={"sent_on": now.date(), "sent_at": f"{now:%H:%M}", "recipient": "police"},
        done=_("已登记。"),
        draft="cases-report-tell",
    )
    return fill_in(request, sheet)


@BOTH
def follow(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _report_or_404(request, uid)
    sheet = _filling(
        one,
        _("写跟进"),
        form=ReportFollowForm,
        service=report_follow,
        initial={"occurred_on": timezone.localdate()},
        done=_("跟进已保存。"),
        draft="cases-report-follow",
    )
    return fill_in(request, sheet)


@BOTH
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _report_or_404(request, uid)
    sheet = _filling(
        one,
        _("办结强制报告"),
        save=_("办结"),
        form=ReportCloseForm,
        service=report_close,
        done=_("强制报告已办结。"),
    )
    return fill_in(request, sheet)


@BOTH
def dismiss(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A second person finds that there was nothing to report."""
    one = _report_or_404(request, uid)
    sheet = _filling(
        one,
        _("认定不适用强制报告"),
        save=_("认定不适用"),
        form=ReportDismissForm,
        service=report_dismiss,
        done=_("已认定不适用，理由已保存。"),
    )
    return fill_in(request, sheet)


@BOTH
def name(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One more person who must know."""
    one = _report_or_404(request, uid)
    known = [person.pk for person in named_for(one)]
    sheet = _filling(
        one,
        _("增加知情人员"),
        save=_("增加"),
        form=ReportNameForm,
        form_args={"colleagues": team_mates(by=request.user).exclude(pk__in=known)},
        service=report_name,
        done=_("已增加，并已通知。"),
    )
    return fill_in(request, sheet)


@BOTH
def evidence(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A file for one of the authorities that were told."""
    notice = _notice_or_404(request, uid)
    sheet = _filling(
        notice.report,
        _("补传凭证"),
        page="cases/report_file.html",
        form=ReportFileForm,
        service=report_evidence_add,
        given={"notice": notice},
        done=_("凭证已保存。"),
    )
    return fill_in(request, sheet)


@require_GET
def evidence_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file, after its report was found visible."""
    document, notice = evidence_or_404(request, uid)
    content = report_evidence_read(notice=notice, document=document, by=request.user)
    return attachment(document, content)


def evidence_or_404(request: HttpRequest, uid: uuid.UUID) -> tuple[Document, ReportNotice]:
    mine = Document.objects.visible_to(request.user).filter(kind=EVIDENCE, voided_at__isnull=True)
    document = get_object_or_404(mine.select_related("created_by"), uid=uid)
    rows = ReportNotice.objects.visible_to(request.user).select_related("report")
    return document, get_object_or_404(rows, pk=document.subject_id)


@require_GET
def paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The filled sheet as a PDF."""
    one = _report_or_404(request, uid)
    content = report_print(report=one, by=request.user)
    return attach(f"{MANDATORY.title} {one.opened_at:%Y%m%d}.pdf", content, "application/pdf")


@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """The empty sheet."""
    if not can_print_blank(request.user):
        raise Http404
    content = report_blank_print(by=request.user)
    return attach(f"{MANDATORY.title}.pdf", content, "application/pdf")
