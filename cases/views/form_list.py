"""The forms of a case, F1 to F14: what state each is in, its last version, what may be written and printed."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases import form_permissions as may
from cases.form_schemas.registry import ALL, BY_STEP, WRITTEN
from cases.models.casework import Case, CaseForm
from cases.models.codes import FormState
from cases.services.case_forms import may_begin
from cases.services.paper_rows import activity_form
from cases.services.referral_targets import receiver_of
from cases.views.case_file import CaseFile
from cases.views.finding import address_of
from msw_portal.kernel.burden import CALCULATORS
from msw_portal.kernel.drawings.words import Kind

RECORDS_SHOWN = 6


@dataclass
class Record:
    """One record of a form: what it is called, where it is read and printed."""

    label: str
    note: str = ""
    url: str = ""
    print_url: str = ""


@dataclass
class FormLine:
    """One form of the list."""

    kind: str
    title: Any
    state: str = ""
    tone: str = ""
    records: list[Record] = field(default_factory=list)
    count: int = 0
    write_url: str = ""
    write_label: str = ""
    print_url: str = ""
    blank_url: str = ""


def forms_of(file: CaseFile) -> dict[str, Any]:
    """All fourteen, in order."""
    user, case = file.user, file.case
    gathered: dict[str, list[Record]] = defaultdict(list)
    drafts: dict[str, CaseForm] = {}
    _written(file, gathered, drafts)
    _elsewhere(file, gathered)
    keeps = may.can_keep_form(user, case)
    lines = [_line(kind, case, gathered[kind], drafts.get(kind), keeps=keeps) for kind in ALL]
    return {
        "form_lines": lines,
        "whole_url": reverse("cases:print_case", args=[case.uid]),
        "may_print": may.can_print_case(user, case),
        "drawing_kinds": Kind.choices,
        "calculator_kinds": [(one.code, one.title) for one in CALCULATORS.values()],
    }


def _print_url(case: Case, kind: str, row: Any = None) -> str:
    url = reverse("cases:print", args=[case.uid, kind])
    return f"{url}?row={row.uid}" if row is not None else url


def _written(
    file: CaseFile, gathered: dict[str, list[Record]], drafts: dict[str, CaseForm]
) -> None:
    newest: dict[tuple[str, int], CaseForm] = {}
    versions: dict[tuple[str, int], int] = defaultdict(int)
    for row in file.written_forms:
        if row.kind not in WRITTEN:
            continue
        if row.state == FormState.DRAFT:
            drafts[row.kind] = row
            continue
        newest.setdefault((row.kind, row.serial), row)
        versions[row.kind, row.serial] += 1
    for (kind, serial), row in newest.items():
        many = versions[kind, serial]
        label = (
            _("第 %(n)d 次") % {"n": serial}
            if WRITTEN[kind].is_repeated
            else _("第 %(n)d 版") % {"n": row.version}
        )
        if many > 1:
            in_all = _("共 %(n)d 版") % {"n": many}
            label = f"{label} · {in_all}"
        by = row.finalized_by.display_name if row.finalized_by else ""
        gathered[kind].append(
            Record(
                label,
                f"{by} {row.finalized_at:%Y-%m-%d}".strip(),
                reverse("cases:form", args=[row.uid]),
                _print_url(file.case, kind, row),
            )
        )


def _elsewhere(file: CaseFile, gathered: dict[str, list[Record]]) -> None:
    """Consents, plans, contacts, outgoing referrals and the visit a case came from."""
    case = file.case
    for one in file.consents:
        if one.case_id in (None, case.pk):
            note = f"{one.get_state_display()} {one.signed_at:%Y-%m-%d}"
            gathered["F2"].append(
                Record(one.get_kind_display(), note, "", _print_url(case, "F2", one))
            )
    for plan in file.plans:
        gathered["F4"].append(
            Record(
                _("第 %(n)d 版") % {"n": plan.version},
                plan.get_state_display(),
                reverse("cases:plan", args=[plan.uid]),
                _print_url(case, "F4", plan),
            )
        )
    for one in file.contacts:
        by = one.created_by.display_name if one.created_by else ""
        gathered["F5"].append(
            Record(
                f"{one.occurred_on:%Y-%m-%d} {one.get_mode_display()}",
                by,
                reverse("cases:contact", args=[one.uid]),
                _print_url(case, "F5", one),
            )
        )
    for one in file.outgoing:
        page, print_url = reverse("cases:outgoing", args=[one.uid]), _print_url(case, "F6", one)
        gathered["F6"].append(Record(receiver_of(one), one.get_state_display(), page, print_url))
    for one in file.activity_lines:
        if not (kind := activity_form(one.activity.kind)):
            continue
        label = f"{one.activity.get_kind_display()} {one.activity.occurred_on:%Y-%m-%d}"
        gathered[kind].append(Record(label, "", "", _print_url(case, kind, one.activity)))


def _line(
    kind: str, case: Case, records: list[Record], draft: CaseForm | None, *, keeps: bool
) -> FormLine:
    line = FormLine(
        kind,
        ALL[kind].title,
        records=records[:RECORDS_SHOWN],
        count=len(records),
        blank_url=reverse("cases:print_blank", args=[kind]),
    )
    if draft is not None:
        line.state, line.tone = _("草稿"), "warn"
    elif records:
        line.state, line.tone = _("已有"), "accent"
    else:
        line.state = _("未写")
    is_here = kind in WRITTEN and kind not in BY_STEP
    is_open = WRITTEN[kind].is_repeated or not records if is_here else False
    if keeps and is_here and is_open and may_begin(case, kind) is None:
        line.write_url = reverse("cases:form_write", args=[case.uid, kind])
        line.write_label = _("接着写") if draft is not None else _("新写")
    if kind == "F5" and len(records) > RECORDS_SHOWN:
        line.write_url, line.write_label = address_of(case, "contacts"), _("全部")
    return line
