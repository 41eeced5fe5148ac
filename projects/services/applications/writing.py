"""An application as it is written: begun, its sections and rows saved, and what follows from each save."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services.moving import write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call
from projects.models.cultivation import BudgetLine, ProjectIndicator
from projects.permissions.calls import can_begin_application, can_write_application
from projects.services.applications.completeness import meter
from projects.services.applications.content import (
    Whole,
    section_stamp,
    sections_text,
    whole_of,
)
from projects.services.calls import shapes
from projects.services.calls.eligibility import advise
from projects.services.calls.public import is_taking
from projects.workflow.calls import APPLICATION

CENT = Decimal("0.01")
MOST_ROWS = 60


def title_key(title: str) -> str:
    """A title without its spaces and in lower case: two spellings of one are one."""
    return "".join(title.split()).casefold()[:120]


def require_taking(call: Call) -> None:
    """Raises:
    DomainError: `call.not_open` (409) with its time.
    """
    if not is_taking(call):
        raise DomainError(
            "call.not_open",
            _("“%(title)s”现在不在申报时间内，不能开始填写。") % {"title": call.title},
            status=409,
        )


@command
def application_begin(
    *,
    call: Call,
    title: str,
    track: str = "",
    self_test: Mapping[str, Any] | None = None,
    by: Any,
) -> Application:
    """Begin a draft of the own house; the issuer does not see it before it is handed in.

    `self_test` holds the answers of the self-test, kept with the advice they led to.

    Raises:
        DomainError: `permission.can_begin_application` (403), `call.not_open` (409),
            `application_title_once` on `title`, `application.track` on `track`.
    """
    require(can_begin_application, by, call)
    require_taking(call)
    _check_track(call, track)
    unit = Organization.objects.get(pk=by.house_id)
    answers = dict(self_test or {})
    row = Application(
        organization=unit,
        call=call,
        department_id=by.acting.department_id,
        unit_name=unit.name,
        region_code=unit.region_id,
        title=title.strip(),
        title_key=title_key(title),
        track=track,
        leader=by,
        told_version=call.version,
        self_test={
            "answers": answers,
            "advice": advise(call=call, unit=unit, answers=answers).plain(),
        },
        created_by=by,
    )
    row.save(force_insert=True)
    write_transition(row, APPLICATION, "begin", before="", by=by)
    settle(row, by=by)
    audit.record("application.begin", by=by, on=row, call=call.uid)
    return row


def _check_track(call: Call, track: str) -> None:
    if track and track not in shapes.named(call.tracks):
        raise DomainError("application.track", _("请从列表中选择。"), "track")


def locked(application: Application, by: Any) -> Application:
    """The row under its lock, still this person's to write."""
    require(can_write_application, by, application)
    row = Application.objects.locked().get(pk=application.pk)
    row.call = Call.objects.select_related("partner").get(pk=row.call_id)
    require(can_write_application, by, row)
    return row


@command
def application_write(
    *,
    application: Application,
    section: str,
    columns: Mapping[str, Any],
    answers: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]] | None = None,
    base: int | None = None,
    by: Any,
) -> Application:
    """Save one section: its columns, its answers, and its table whole (None: leave the table).

    Raises:
        DomainError: `application_title_once` on `title`, `application_ends_after_start` on `ends_on`,
            `application.rows` for too many; `form.stale` (409).
    """
    row = locked(application, by)
    found = shapes.section_of(row.call.form, section)
    if found is None:
        raise DomainError("application.section", _("申报书没有这个部分。"))
    if base is not None:
        check_base(base, section_stamp(whole_of(row), section))
    for name, value in columns.items():
        setattr(row, name, value)
    row.title_key = title_key(row.title)
    _check_dates(row)
    row.answers = row.answers | {code: _plain(value) for code, value in answers.items()}
    if rows is not None and found.get("table"):
        if len(rows) > MOST_ROWS:
            raise DomainError(
                "application.rows", _("一张表最多 %(most)s 行。") % {"most": MOST_ROWS}
            )
        WRITERS[found["table"]](row, rows, by)
    row.save()
    settle(row, by=by)
    audit.record("application.write", by=by, on=row, section=section)
    return row


def _check_dates(row: Application) -> None:
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise DomainError(
            "application_ends_after_start", _("结束日期不能早于开始日期。"), "ends_on"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


# ── rows ─────────────────────────────────────────────────────────────────────


def _milestones(row: Application, rows: Sequence[Mapping[str, Any]], by: Any) -> None:
    row.answers["milestones"] = [
        {name: str(_plain(one.get(name)) or "") for name in ("on", "what", "result")}
        for one in rows
    ]


def _budget(row: Application, rows: Sequence[Mapping[str, Any]], by: Any) -> None:
    BudgetLine.objects.filter(application=row).delete()
    for rank, one in enumerate(rows, start=1):
        product = (one["unit_price"] * one["quantity"]).quantize(CENT, ROUND_HALF_UP)
        stated = one.get("amount")
        if stated is not None and stated != product:
            raise DomainError(
                "budget_line_amount_is_product",
                _("第 %(n)s 行的金额应是 %(product)s 元（单价 × 数量），填的是 %(stated)s 元。")
                % {"n": rank, "product": f"{product:.2f}", "stated": f"{stated:.2f}"},
                f"{rank - 1}-amount",
            )
        line = BudgetLine(
            organization_id=row.organization_id,
            application=row,
            rank=rank,
            line=one["line"],
            unit_price=one["unit_price"],
            quantity=one["quantity"],
            amount=product,
            source=one["source"],
            is_management=bool(one.get("is_management")),
            note=one.get("note", ""),
            created_by=by,
        )
        line.save(force_insert=True)


def _indicators(row: Application, rows: Sequence[Mapping[str, Any]], by: Any) -> None:
    ProjectIndicator.objects.filter(application=row).delete()
    for rank, one in enumerate(rows, start=1):
        indicator = ProjectIndicator(
            organization_id=row.organization_id,
            application=row,
            rank=rank,
            name=one["name"],
            unit=one["unit"],
            weight=one.get("weight") or Decimal(0),
            baseline=one.get("baseline"),
            target=one["target"],
            source=one["source"],
            evidence=one.get("evidence", ""),
            created_by=by,
        )
        indicator.save(force_insert=True)


def _people(role: str) -> Any:
    def write(row: Application, rows: Sequence[Mapping[str, Any]], by: Any) -> None:
        ApplicationParty.objects.filter(application=row, role=role).delete()
        for rank, one in enumerate(rows, start=1):
            party = ApplicationParty(
                organization_id=row.organization_id,
                application=row,
                role=role,
                rank=rank,
                application_state=row.state,
                created_by=by,
                **one,
            )
            party.save(force_insert=True)

    return write


WRITERS = {
    "milestones": _milestones,
    "budget": _budget,
    "indicators": _indicators,
    "leader": _people("leader"),
    "team": _people("member"),
    "partners": _people("partner"),
    "five": _people("five"),
}


# ── what follows ─────────────────────────────────────────────────────────────


def settle(row: Application, *, by: Any) -> Whole:
    """Sums, the meter and the co-applicants' copies after a change; in the same transaction."""
    whole = whole_of(row)
    row.budget_total, row.budget_asked = whole.total, whole.asked
    row.completeness = meter(whole).percent
    row.save(update_fields=["budget_total", "budget_asked", "completeness"])
    row.refresh_from_db(fields=["row_version", "updated_at"])
    copies_renew(whole)
    return whole


def copies_renew(whole: Whole) -> None:
    """Give accepted co-applicants the text as it stands, and those who are asked its outline."""
    live = [row for row in whole.of("co_applicant") if row.state in {"asked", "accepted"}]
    if not live:
        return
    text = sections_text(whole)
    for party in live:
        shown = outline(whole)
        if party.state == ApplicationParty.State.ACCEPTED:
            shown |= {"sections": text}
        if party.shown != shown:
            party.shown = shown
            party.save(update_fields=["shown"])


def outline(whole: Whole) -> dict[str, Any]:
    """What a unit reads before it has agreed: whose, for which call, by which name and sum."""
    row = whole.application
    return {
        "title": row.title,
        "unit": row.unit_name,
        "call": row.call.title,
        "call_slug": row.call.slug,
        "budget_total": f"{whole.total:.2f}",
    }
