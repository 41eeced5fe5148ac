"""Printing: what must be minded first, one form or an activity as a PDF, each print in the audit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.form_permissions import can_print_blank, can_print_case
from cases.form_schemas.registry import ALL, WRITTEN
from cases.models.activities import Activity
from cases.models.casework import Case, CaseForm
from cases.models.codes import FormKind
from cases.models.consents import Consent
from cases.models.work import Contact, Plan
from cases.services.drawn import drawing_blocks
from cases.services.form_blanks import rights_word
from cases.services.form_facts import facts_shown, known_of
from cases.services.minding import minded_of
from cases.services.paper_rows import (
    activity_values,
    consent_values,
    contact_values,
    plan_values,
    referral_values,
)
from cases.services.papers import Sheet, blank_sheet, filled_sheet
from cases.services.plan_texts import signing_blocks
from cases.services.signing import consent_blocks
from cases.workflow import ReferralState
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.typesetting import typeset, undrawn

LEAST_REASON = 4
PICTURES = frozenset({"svg", "pdf"})
PAPER_LANGUAGE = "zh-hans"


def warnings_of(case: Case) -> list[str]:
    """What has to be minded before anything of this person leaves the screen; never printed itself."""
    return minded_of(case.client)


def stamp_of(by: User, at: dt.datetime) -> str:
    """`打印人 … 时间 …` at the foot of every page."""
    return _("打印人 %(who)s　%(at)s") % {
        "who": by.display_name,
        "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
    }


def paper(
    sheets: list[Sheet],
    *,
    title: str,
    house: str,
    department: str,
    is_training: bool,
    by: User,
    cover: Mapping[str, Any] | None = None,
) -> bytes:
    """The PDF of the sheets; letters the font cannot draw are named at the foot of their sheet."""
    at = timezone.now()
    pages = [sheet.as_json() for sheet in sheets]
    for page in pages:
        if missing := undrawn("".join(_texts(page))):
            codes = "、".join(f"U+{ord(letter):04X}" for letter in missing[:20])
            said = _("字库未收的生僻字：%(codes)s，以证件为准") % {"codes": codes}
            page["note"] = "　".join(filter(None, (page["note"], said)))
    content = {
        "title": title,
        "house": house,
        "training": is_training,
        "department": department,
        "stamp": stamp_of(by, at),
        "cover": cover,
        "sheets": pages,
    }
    return typeset("case_forms.typ", content, at=at)


def paper_about(
    row: Any,
    sheets: list[Sheet],
    *,
    title: str = "",
    by: User,
    cover: Mapping[str, Any] | None = None,
) -> bytes:
    """Sheets under the head of the house and the department that `row` belongs to."""
    return paper(
        sheets,
        title=title or sheets[0].title,
        house=row.organization.name,
        is_training=row.organization.is_training,
        department=row.department.name,
        by=by,
        cover=cover,
    )


def own_paper(sheet: Sheet, *, by: User) -> bytes:
    """An empty sheet under the head of the acting person's house and department."""
    return paper(
        [sheet],
        title=sheet.title,
        house=by.acting.organization_name,
        is_training=by.acting.is_training,
        department=by.acting.department_name or "",
        by=by,
    )


def version_word(row: CaseForm) -> str:
    """`第 2 版 · 2026-11-23`: which version of a drawing or a calculation, and of which day."""
    day = timezone.localdate(row.finalized_at)
    return " · ".join((_("第 %(n)d 版") % {"n": row.version}, f"{day:%Y-%m-%d}"))


def _texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    if isinstance(part, Mapping):
        return [text for name, one in part.items() if name not in PICTURES for text in _texts(one)]
    return [text for one in part for text in _texts(one)] if isinstance(part, list) else []


@command
def blank_print(*, kind: str, by: User) -> bytes:
    """An empty form of the house; no person in it."""
    require(can_print_blank, by, None)
    with translation.override(PAPER_LANGUAGE):
        sheet = blank_sheet(kind)
        sheet.note = rights_word()
        return own_paper(sheet, by=by)


def sheet_of(case: Case, kind: str, row: Any, *, is_named: bool) -> Sheet:
    """The sheet of one row of the case; without a row the form with what the system knows filled in."""
    schema = ALL[kind]
    facts = known_of(case, schema, is_named=is_named)
    values, version = _values(case, kind, row, is_named=is_named)
    if kind in WRITTEN and row is not None:
        facts = facts_shown(facts, row.payload)
    drawings = drawing_blocks(case) if kind == FormKind.F3 else ()
    sheet = filled_sheet(
        schema, case, values, facts, is_named=is_named, version=version, drawings=drawings
    )
    if isinstance(row, Consent):
        sheet.blocks += consent_blocks(row, is_named=is_named)
    if isinstance(row, Plan):
        sheet.blocks += signing_blocks(row, is_named=is_named)
    return sheet


def _values(case: Case, kind: str, row: Any, *, is_named: bool) -> tuple[Mapping[str, Any], str]:
    if row is None:
        return {}, ""
    if isinstance(row, CaseForm):
        state = "" if row.is_final else _("草稿")
        number = _("第 %(n)d 版") % {"n": row.version}
        return row.payload, " · ".join(filter(None, (row.form_no, number, state)))
    if kind == "F2":
        return consent_values(row, is_named=is_named), _("第 %(n)d 版") % {
            "n": row.template.version
        }
    if kind == "F4":
        return plan_values(row), _("第 %(n)d 版") % {"n": row.version}
    if kind == "F5":
        return _contact(case, row), ""
    if kind == "F6":
        return referral_values(row), _("草稿") if row.state == ReferralState.DRAFT else ""
    return activity_values(row), ""


def _contact(case: Case, row: Contact) -> Mapping[str, Any]:
    earlier = Contact.objects.filter(case=case).own_entries()
    before = earlier.filter(occurred_on__lt=row.occurred_on).count()
    same_day = earlier.filter(occurred_on=row.occurred_on, pk__lte=row.pk).count()
    addenda = Contact.objects.filter(addendum_to=row).select_related("created_by").order_by("id")
    return contact_values(row, session_no=before + same_day, addenda=list(addenda))


def check_reason(reason: str, *, is_named: bool) -> str:
    """The reason to keep; a print with the full identity needs one.

    Raises:
        DomainError: `print.needs_reason` on `reason`.
    """
    reason = reason.strip()
    if is_named and len(reason) < LEAST_REASON:
        raise DomainError(
            "print.needs_reason", gettext_lazy("打印完整身份信息要写明理由。"), "reason"
        )
    return reason[:200]


@command
def case_print(
    *,
    case: Case,
    kind: str,
    row: Any = None,
    is_named: bool = False,
    reason: str = "",
    by: User,
) -> bytes:
    """One form of the case as a PDF; masked unless `is_named` with its reason.

    Raises:
        DomainError: `print.needs_reason`.
    """
    require(can_print_case, by, case)
    reason = check_reason(reason, is_named=is_named)
    with translation.override(PAPER_LANGUAGE):
        sheet = sheet_of(case, kind, row, is_named=is_named)
        content = paper_about(case, [sheet], by=by)
    audit.record(
        "case.print",
        by=by,
        on=case,
        kind=kind,
        row=getattr(row, "uid", None),
        named=is_named,
        reason=reason,
    )
    return content


@command
def activity_print(*, activity: Activity, kind: str, by: User) -> bytes:
    """A ward visit (F9) or a consultation (F10): counted work, without a person."""
    require(can_print_blank, by, activity)
    with translation.override(PAPER_LANGUAGE):
        sheet = filled_sheet(ALL[kind], None, activity_values(activity), {}, is_named=False)
        content = paper_about(activity, [sheet], by=by)
    audit.record("activity.print", by=by, on=activity, kind=kind)
    return content
