"""Calculators of a case: every saving is a version of its own, frozen, like a drawing."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.form_permissions import can_keep_form, can_print_case
from cases.models.casework import Case, CaseForm
from cases.models.codes import FormState
from cases.services.form_facts import name_of
from cases.services.papers import Sheet, numbers_of
from cases.services.printing import PAPER_LANGUAGE, check_reason, paper_about, version_word
from cases.workflow import WORKING_STAGES
from departments import audit
from departments.models.people import User
from departments.services.policies import PovertyLine, poverty_line, region_of
from msw_portal.kernel.access import require
from msw_portal.kernel.burden import CALCULATORS, Calculator, InputError, as_json, from_json
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

LINE, MARGIN = "line", "margin"


def may_calculate(case: Case) -> DomainError | None:
    """Why nothing can be calculated now; None when it can."""
    if case.stage in WORKING_STAGES:
        return None
    return DomainError(
        "calculation.wrong_stage", gettext_lazy("受理之后、结案之前才能计算。"), status=409
    )


def newest_calculation(case: Case, kind: str) -> CaseForm | None:
    rows = CaseForm.objects.filter(case=case, kind=kind, state=FormState.FINAL)
    return rows.select_related("finalized_by").order_by("-version").first()


def line_of(case: Case, kind: str, on: dt.date | None = None) -> PovertyLine | None:
    """The subsistence line that the rule of the person's place says on a day; the house's place when theirs is unknown.

    None where nobody entered one, and for a calculator that asks for no line.
    """
    if not any(one.name == LINE for one in CALCULATORS[kind].inputs):
        return None
    return poverty_line(case.client.region_id or region_of(case.organization_id), on)


def line_said(line: PovertyLine | None) -> str:
    """`南京市 2026-07-01 起每人每月 1,095 元（苏民〔2026〕1 号）`; "" without a line."""
    if line is None:
        return ""
    return _("%(place)s %(since)s 起每人每月 %(yuan)s 元（%(source)s）") % {
        "place": line.place or _("各地"),
        "since": line.since or "",
        "yuan": f"{line.monthly_yuan:,}",
        "source": line.source,
    }


def beginning(line: PovertyLine | None) -> dict[str, str]:
    """What stands in the boxes before anything was calculated: the line that is in force."""
    return {LINE: str(line.monthly_yuan)} if line else {}


@command
def calculation_save(
    *,
    case: Case,
    kind: str,
    inputs: Mapping[str, Decimal],
    basis: str = "",
    base: int | None = None,
    by: User,
) -> CaseForm:
    """Compute and keep the result with its inputs as the next version; `basis` says where the figures are from.

    `base` is the newest version when the page was opened (0 without one, None: do not ask).

    Raises:
        DomainError: `calculation.*` on the field to mend, `form.stale` (409).
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_keep_form, by, case)
    if (refusal := may_calculate(case)) is not None:
        raise refusal
    calculator = CALCULATORS[kind]
    last = newest_calculation(case, kind)
    version = last.version if last else 0
    check_base(base, version)
    given = {name: value for name, value in inputs.items() if value is not None}
    _check(calculator, given)
    line = line_of(case, kind)
    if line is not None and any(one.name == MARGIN for one in calculator.inputs):
        # Left open it is what the place's rule says, and not the usual one and a half.
        given.setdefault(MARGIN, Decimal(line.margin_percent) / 100)
    try:
        result = calculator.compute(given)
    except InputError as error:
        raise DomainError("calculation.contradiction", str(error), error.field) from None
    row = CaseForm(
        organization_id=case.organization_id,
        case=case,
        kind=kind,
        version=version + 1,
        payload={
            "inputs": {name: str(value) for name, value in given.items()},
            "result": as_json(result),
            "basis": basis.strip(),
            **_rule_kept(line),
        },
        state=FormState.FINAL,
        finalized_at=timezone.now(),
        finalized_by=by,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("caseform.calculate", by=by, on=row, case=case.uid, kind=kind, version=row.version)
    return row


def _rule_kept(line: PovertyLine | None) -> dict[str, Any]:
    """The rule that was in force, as it stood: a later one changes nothing that was calculated."""
    if line is None:
        return {}
    return {"line_rule": {"said": line_said(line), "monthly_yuan": str(line.monthly_yuan)}}


def _check(calculator: Calculator, given: Mapping[str, Decimal]) -> None:
    for one in calculator.inputs:
        value = given.get(one.name)
        if value is None:
            if one.is_required:
                raise DomainError(
                    "calculation.input_missing", gettext_lazy("请填写这一项。"), one.name
                )
        elif value < 0:
            raise DomainError("calculation.negative", gettext_lazy("金额不能是负数。"), one.name)
        elif one.kind == "count" and not 1 <= value <= 50:
            raise DomainError(
                "calculation.members", gettext_lazy("请填 1 到 50 之间的人数。"), one.name
            )


def lines_of(row: CaseForm) -> dict[str, list[tuple[str, str]] | list[str]]:
    """A kept calculation in words: inputs, results, verdicts."""
    calculator = CALCULATORS[row.kind]
    result = from_json(row.payload["result"])
    kept = row.payload["inputs"]
    rule = row.payload.get("line_rule")
    verdicts = [str(calculator.verdicts[code]) for code in result.verdicts]
    if rule and Decimal(kept[LINE]) != Decimal(rule["monthly_yuan"]):
        verdicts.append(_("填写的低保标准与当时的规则不同，请在“数字的来源”写明理由"))
    return {
        "inputs": [
            (str(one.label), _shown(one.kind, kept[one.name]))
            for one in calculator.inputs
            if one.name in kept
        ]
        + ([(_("当时规则的低保标准"), rule["said"])] if rule else []),
        "values": [(str(calculator.labels[one.name]), one.shown) for one in result.values],
        "verdicts": verdicts,
    }


def _shown(kind: str, text: str) -> str:
    return f"{Decimal(text):,.2f}" if kind == "money" else f"{Decimal(text).normalize():f}"


def calculation_sheet(case: Case, row: CaseForm, *, is_named: bool) -> Sheet:
    """One version on its sheet: figures, formula, source, result."""
    calculator = CALCULATORS[row.kind]
    lines = lines_of(row)
    sheet = Sheet(
        _("计算"),
        str(calculator.title),
        numbers_of(case),
        version_word(row),
        signers=[_("社工"), _("督导")],
    )
    by = row.finalized_by.display_name if row.finalized_by else "—"
    for title, pairs in (
        (_("服务对象"), [(_("服务对象"), name_of(case, is_named=is_named)), (_("计算人"), by)]),
        (_("填写的数字"), [*lines["inputs"], (_("数字的来源"), row.payload["basis"] or "—")]),
        (_("结果"), [*lines["values"], *((_("说明"), one) for one in lines["verdicts"])]),
        (_("算法"), [(_("公式"), str(calculator.formula)), (_("出处"), str(calculator.source))]),
    ):
        sheet.blocks.append({"t": "head", "title": title})
        sheet.blocks.append({"t": "cells", "cells": [_cell(*pair) for pair in pairs]})
    sheet.note = _("结果供评估参考，不单独决定是否救助。")
    return sheet


def _cell(label: str, text: str) -> dict[str, Any]:
    return {"label": label, "text": text, "ticks": [], "wide": len(text) > 18, "room": 0}


@command
def calculation_print(
    *, case: Case, row: CaseForm, is_named: bool = False, reason: str = "", by: User
) -> bytes:
    """One version as a PDF; masked unless `is_named` with its reason.

    Raises:
        DomainError: `print.needs_reason`.
    """
    require(can_print_case, by, case)
    reason = check_reason(reason, is_named=is_named)
    with translation.override(PAPER_LANGUAGE):
        sheet = calculation_sheet(case, row, is_named=is_named)
        content = paper_about(case, [sheet], by=by)
    audit.record(
        "case.print", by=by, on=case, kind=row.kind, row=row.uid, named=is_named, reason=reason
    )
    return content
