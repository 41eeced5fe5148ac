"""The privacy registers: lists with their clocks, one record with its course, forms, steps and papers."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import privacy_permissions as may
from departments.forms.privacy import NecessityForm, ReasonForm, RecordForm
from departments.models.compliance import ComplianceRecord
from departments.services import necessity, privacy_papers
from departments.services import privacy_registers as registers
from departments.services.history import history_lines
from departments.services.privacy_schemas import BY_SLUG, REGISTERS, Register
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from departments.views.privacy.gate import pdf, privacy
from departments.workflow import INCIDENT, IncidentStep

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20
SHOWS = (("", _("在用")), ("due", _("已到期")), ("closed", _("已办结")))
ours = privacy(may.can_keep_privacy)


def register_or_404(slug: str) -> Register:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def record_or_404(request: HttpRequest, uid: uuid.UUID) -> ComplianceRecord:
    rows = ComplianceRecord.objects.visible_to(request.user).filter(kind__in=REGISTERS)
    return get_object_or_404(rows.select_related("created_by", "signer_1"), uid=uid)


@require_safe
@ours
def home(request: HttpRequest) -> HttpResponse:
    """The office opens on what can be late first."""
    return redirect("privacy:list", "incidents")


@require_safe
@ours
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """One register, the next to fall due first; what is closed behind a tab."""
    register = register_or_404(slug)
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    rows, order = registers.records_of(register.kind, by=request.user), ("due_on", "id")
    if show == "closed":
        rows, order = rows.filter(state="closed"), ("-id",)
    else:
        rows = rows.filter(state="open")
    if show == "due":
        rows = rows.filter(due_on__lt=timezone.localdate())
    here = reverse("privacy:list", args=[slug])
    tabs = [
        {"label": label, "url": f"{here}?show={key}" if key else here, "is_now": key == show}
        for key, label in SHOWS
    ]
    page = page_of(request, rows, order=order, size=PAGE)
    context = {**page, "register": register, "show": show, "tabs": tabs, "area": slug}
    return render(request, "departments/privacy/list.html", context)


def address_of(record: ComplianceRecord) -> str:
    return reverse("privacy:record", args=[record.uid])


@BOTH
@ours
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a record down."""
    register = register_or_404(slug)
    here = reverse("privacy:list", args=[slug])
    initial = {"assessed_on": timezone.localdate(), "again_years": 3, "found_at": timezone.now()}
    sheet = Filling(
        page="departments/form_page.html",
        form=RecordForm,
        form_args={"register": register},
        service=registers.privacy_record_add,
        given={"kind": register.kind},
        initial=initial,
        to=address_of,
        done=_("已登记。"),
        draft=f"privacy-record-{slug}",
        context={
            "heading": register.one,
            "lead": register.law,
            "crumbs": [(here, register.title)],
            "cancel": here,
        },
    )
    return fill_in(request, sheet)


@BOTH
@ours
def edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Amend it, or assess anew; what stood before stays as a version."""
    record = record_or_404(request, uid)
    register = registers.register_of(record)

    def current() -> Current:
        now = record_or_404(request, uid)
        return Current(now.row_version, registers.values_of(now), at=now.updated_at)

    sheet = _step(
        record,
        form=RecordForm,
        form_args={"register": register},
        service=registers.privacy_record_amend,
        done=_("已保存，原来的内容留作旧版本。"),
        draft="privacy-record_edit",
        current=current,
        heading=_("修改或重新评估"),
    )
    return fill_in(request, sheet)


def _step(record: ComplianceRecord, *, heading: Any, lead: Any = "", **given: Any) -> Filling:
    """A form about one record, back to its page."""
    to = address_of(record)
    return Filling(
        page="departments/form_page.html",
        given={"record": record},
        to=to,
        subject=record.uid,
        context={
            "heading": heading,
            "lead": lead,
            "crumbs": [(to, record.payload.get("number", ""))],
            "cancel": to,
        },
        **given,
    )


@BOTH
@ours
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The processing, the agreement or the incident is over."""
    sheet = _step(
        record_or_404(request, uid),
        form=ReasonForm,
        service=registers.privacy_record_close,
        done=_("已办结，保存期限从今天起算。"),
        heading=_("办结"),
        lead=_("办结后不能再改。"),
    )
    return fill_in(request, sheet)


@require_safe
@ours
def record(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One record: its fields, its clock, what is done next, versions and history."""
    row = record_or_404(request, uid)
    register, is_open = registers.register_of(row), row.state == "open"
    is_incident = row.kind == ComplianceRecord.Kind.INCIDENT and bool(row.payload)
    values = registers.values_of(row)
    context = {
        "record": row,
        "register": register,
        "rows": registers.rows_shown(row),
        "is_open": is_open,
        "is_incident": is_incident,
        "due_at": registers.due_at(row.kind, values) if is_open else None,
        "is_told": row.step == IncidentStep.TOLD,
        "missing": registers.missing_of(row) if is_incident else [],
        "steps": [one for one in INCIDENT.open_steps(row) if one.name != "close"]
        if is_incident and is_open
        else [],
        "may_close": is_open and (not is_incident or row.step != IncidentStep.FOUND),
        "history": history_lines(row),
        "area": register.slug,
    }
    return render(request, "departments/privacy/record.html", context)


@require_POST
@ours
def incident_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """Contained, or told."""
    row = record_or_404(request, uid)
    if row.kind != ComplianceRecord.Kind.INCIDENT or step not in ("contain", "tell"):
        raise Http404
    registers.incident_move(record=row, step=step, by=request.user)
    return redirect(address_of(row))


@require_POST
@ours
def record_print(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = record_or_404(request, uid)
    content = privacy_papers.privacy_record_print(record=row, by=request.user)
    return pdf(f"{row.payload.get('number', '')}", content)


@require_POST
@ours
def notice_print(request: HttpRequest, uid: uuid.UUID, to: str) -> HttpResponse:
    """The draft of a notice to the authority or to the persons."""
    row = record_or_404(request, uid)
    if row.kind != ComplianceRecord.Kind.INCIDENT or to not in privacy_papers.NOTICES:
        raise Http404
    content = privacy_papers.incident_notice_print(record=row, to=to, by=request.user)
    return pdf(f"{row.payload.get('number', '')} {privacy_papers.NOTICES[to]}", content)


@require_safe
@ours
def necessity_list(request: HttpRequest) -> HttpResponse:
    """Every personal field the portal collects, table by table, with what the officer said."""
    words = necessity.words_kept(by=request.user)
    app = request.GET.get("app", "")
    app = app if app in necessity.APPS else "cases"
    here = reverse("privacy:necessity")
    found = [one for one in necessity.facts() if one.key.startswith(f"{app}.")]
    context = {
        "rows": [
            {"fact": one, "said": said, "verdict": necessity.VERDICTS.get(said.get("verdict"), "")}
            for one in found
            for said in [words.get(one.key, {})]
        ],
        "tabs": [
            {"label": label, "url": f"{here}?app={key}", "is_now": key == app}
            for key, label in necessity.APPS.items()
        ],
        "area": "necessity",
    }
    return render(request, "departments/privacy/necessity.html", context)


@BOTH
@ours
def necessity_word(request: HttpRequest, key: str) -> HttpResponse:
    """The officer's word on one field."""
    fact = next((one for one in necessity.facts() if one.key == key), None)
    if fact is None:
        raise Http404
    here = reverse("privacy:necessity")
    sheet = Filling(
        page="departments/form_page.html",
        form=NecessityForm,
        service=necessity.necessity_say,
        given={"key": key},
        initial=necessity.words_kept(by=request.user).get(key, {}),
        to=f"{here}?app={key.partition('.')[0]}",
        done=_("已登记。"),
        context={
            "heading": f"{fact.table} · {fact.label}",
            "lead": fact.purpose,
            "crumbs": [(here, _("字段必要性"))],
            "cancel": here,
        },
    )
    return fill_in(request, sheet)
