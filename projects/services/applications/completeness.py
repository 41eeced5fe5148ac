"""How much of an application is filled in, and what is still missing, each with the place to write it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError
from projects.models.applications import ApplicationParty, FiveParty
from projects.services.applications.content import Whole, is_filled, milestones, value_of
from projects.services.calls import shapes


@dataclass(frozen=True)
class Missing:
    """A thing that is not there or not right, and the section in which it is written."""

    section: str
    title: str
    label: Any


@dataclass(frozen=True)
class Meter:
    """`done` of `asked` required things; `missing` in the order of the form; `counts` per section."""

    asked: int
    done: int
    missing: tuple[Missing, ...]
    counts: dict[str, tuple[int, int]]

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 says whole."""
        return self.done * 100 // self.asked if self.asked else 100

    @property
    def is_whole(self) -> bool:
        return not self.missing


def meter(whole: Whole) -> Meter:
    """Count every required field and every table that must have rows."""
    missing: list[Missing] = []
    counts: dict[str, tuple[int, int]] = {}
    asked = done = 0
    for section in shapes.sections_of(whole.application.call.form):
        needs = list(_needs(section, whole))
        gaps = [label for label, is_met in needs if not is_met]
        missing += [Missing(section["code"], section["title"], label) for label in gaps]
        counts[section["code"]] = (len(needs) - len(gaps), len(needs))
        asked, done = asked + len(needs), done + len(needs) - len(gaps)
    return Meter(asked, done, tuple(missing), counts)


def _needs(section: dict[str, Any], whole: Whole):
    """(what is asked, whether it is met) of one section."""
    for field in section.get("fields", []):
        if field.get("is_required") and not _is_idle(field, whole):
            yield shapes.label_of(field), is_filled(value_of(whole.application, field))
    table, least = section.get("table", ""), int(section.get("least") or 0)
    if table == "five" and least:
        told = {row.five for row in whole.of("five")}
        for party in FiveParty:
            yield _("五社联动：%(name)s") % {"name": party.label}, party.value in told
    elif table and least:
        label = _("%(name)s，至少 %(least)s 行") % {"name": shapes.TABLES[table], "least": least}
        yield label, _rows(table, whole) >= least
    if table == "indicators" and whole.indicators:
        weights = sum((row.weight for row in whole.indicators), Decimal(0))
        yield _("指标权重合计 100（现在 %(n)s）") % {"n": f"{weights:g}"}, weights == 100


def _is_idle(field: dict[str, Any], whole: Whole) -> bool:
    """A list without entries cannot be chosen from."""
    call = whole.application.call
    return (field["code"] == "track" and not call.tracks) or (
        field["code"] == "theme" and not call.themes
    )


def _rows(table: str, whole: Whole) -> int:
    if table == "milestones":
        return len(milestones(whole.application))
    if table == "indicators":
        return len(whole.indicators)
    if table == "budget":
        return len(whole.budget)
    role = {"leader": "leader", "team": "member", "partners": "partner"}[table]
    return len(whole.of(role))


def check_budget(whole: Whole) -> None:
    """The sums keep to the call: what is asked within the ceiling, management within its share.

    Raises:
        DomainError: `budget.over_ceiling`, `budget.management` on `budget`, with both figures.
    """
    call = whole.application.call
    if call.funding_ceiling is not None and whole.asked > call.funding_ceiling:
        raise DomainError(
            "budget.over_ceiling",
            _("申请资助合计 %(asked)s 元，超过每项上限 %(limit)s 元。")
            % {"asked": f"{whole.asked:.2f}", "limit": f"{call.funding_ceiling:.2f}"},
            "budget",
        )
    limit = call.management_limit
    if limit is not None and whole.management * 100 > whole.total * limit:
        share = (whole.management * 100 / whole.total).quantize(Decimal("0.1"))
        raise DomainError(
            "budget.management",
            _("管理费占预算的 %(share)s%%，超过上限 %(limit)s%%。")
            % {"share": share, "limit": f"{limit:g}"},
            "budget",
        )


def require_whole(whole: Whole) -> None:
    """Refuse to hand in what is not whole.

    Raises:
        DomainError: `application.incomplete` with what is missing, `application.co_applicant_open`;
            as check_budget.
    """
    found = meter(whole)
    if found.missing:
        named = "、".join(str(one.label) for one in found.missing[:5])
        more = _("等") if len(found.missing) > 5 else ""
        raise DomainError(
            "application.incomplete",
            _("还差 %(n)s 项没有填：%(what)s%(more)s。")
            % {"n": len(found.missing), "what": named, "more": more},
        )
    waiting = [
        row
        for row in whole.of("co_applicant")
        if row.state == ApplicationParty.State.ASKED and row.partner
    ]
    if waiting:
        raise DomainError(
            "application.co_applicant_open",
            _("联合申报单位“%(name)s”还没有答复，请等答复或撤销邀请。")
            % {"name": waiting[0].partner.name},
        )
    check_budget(whole)
