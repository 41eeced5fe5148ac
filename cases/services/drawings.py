"""Family tree and ecomap of a case: every saving is a version of its own, frozen; printed on A4."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.form_permissions import can_draw_family, can_print_case
from cases.models.casework import Case, CaseForm
from cases.models.codes import FormState
from cases.services.drawn import drawing_block, newest_drawing
from cases.services.family_start import SEXES, with_family
from cases.services.form_facts import name_of
from cases.services.papers import Sheet, numbers_of
from cases.services.printing import PAPER_LANGUAGE, check_reason, paper_about, version_word
from cases.workflow import WORKING_STAGES
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.drawings.checking import faults
from msw_portal.kernel.drawings.svg import blank_drawing, described_lines
from msw_portal.kernel.drawings.words import Kind, Sex
from msw_portal.kernel.errors import DomainError


def may_draw(case: Case) -> DomainError | None:
    """Why nothing can be drawn now; None when it can."""
    if case.stage in WORKING_STAGES:
        return None
    return DomainError(
        "drawing.wrong_stage", gettext_lazy("受理之后、结案之前才能画图。"), status=409
    )


def first_drawing(case: Case, kind: str) -> dict[str, Any]:
    """What one starts from: the client and the relatives of the register, under neutral words."""
    blank = blank_drawing(
        kind,
        label=_("服务对象"),
        sex=SEXES.get(case.client.sex, Sex.UNKNOWN),
        birth_year=case.client.birth_year if kind == Kind.GENOGRAM else None,
        as_of=f"{timezone.localdate():%Y-%m-%d}",
    )
    return with_family(blank, case.client)


@command
def drawing_save(
    *, case: Case, kind: str, payload: Mapping[str, Any], base: int | None = None, by: User
) -> CaseForm:
    """Keep a drawing as its next version; the earlier ones stay as they were.

    `base` is the newest version when the page was opened (0 without one, None: do not ask).

    Raises:
        DomainError: `drawing.wrong_stage`, `drawing.faulty`, `form.stale` (409).
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_draw_family, by, case)
    if (refusal := may_draw(case)) is not None:
        raise refusal
    last = newest_drawing(case, kind)
    version = last.version if last else 0
    check_base(base, version)
    wrong = faults(payload)
    if wrong or payload.get("kind") != kind:
        raise DomainError("drawing.faulty", wrong[0].sentence if wrong else _("图的种类不对。"))
    drawing = CaseForm(
        organization_id=case.organization_id,
        case=case,
        kind=kind,
        version=version + 1,
        payload=dict(payload),
        state=FormState.FINAL,
        finalized_at=timezone.now(),
        finalized_by=by,
        created_by=by,
    )
    drawing.save(force_insert=True)
    audit.record(
        "caseform.draw", by=by, on=drawing, case=case.uid, kind=kind, version=drawing.version
    )
    return drawing


def drawing_sheet(case: Case, row: CaseForm, *, is_named: bool) -> Sheet:
    """The drawing on its sheet, with the same in words below it."""
    sheet = Sheet(
        _("图"),
        str(row.get_kind_display()),
        numbers_of(case),
        version_word(row),
        signers=[_("社工")],
    )
    cells = [
        {"label": label, "text": text, "ticks": [], "wide": False, "room": 0}
        for label, text in (
            (_("服务对象"), name_of(case, is_named=is_named)),
            (_("绘图人"), row.finalized_by.display_name if row.finalized_by else "—"),
        )
    ]
    sheet.blocks += [
        {"t": "cells", "cells": cells},
        drawing_block(row.payload),
        {"t": "text", "text": "\n".join(described_lines(row.payload))},
    ]
    return sheet


@command
def drawing_print(
    *, case: Case, row: CaseForm, is_named: bool = False, reason: str = "", by: User
) -> bytes:
    """One drawing as a PDF; the labels in it stand as they were written.

    Raises:
        DomainError: `print.needs_reason`.
    """
    require(can_print_case, by, case)
    reason = check_reason(reason, is_named=is_named)
    with translation.override(PAPER_LANGUAGE):
        sheet = drawing_sheet(case, row, is_named=is_named)
        content = paper_about(case, [sheet], by=by)
    audit.record(
        "case.print", by=by, on=case, kind=row.kind, row=row.uid, named=is_named, reason=reason
    )
    return content
