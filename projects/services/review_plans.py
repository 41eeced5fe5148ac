"""How a call is checked and marked: set by its desk, fixed with the first review that is given out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.calls import Call
from projects.models.reviews import Review, ReviewPlan
from projects.permissions.experts import can_run_review_of
from projects.services.score_sheets import SHIPPED, weights_check
from projects.services.score_sheets import rows_of as criteria_of
from projects.workflow.calls import CallState

MOST_POINTS = 40
# Yes-or-no questions of the formality check where a call names none of its own.
CHECKLIST = (
    ("unit", _("申报单位符合征集范围")),
    ("complete", _("申报书各部分填写完整")),
    ("stamp", _("单位意见已签署盖章")),
    ("budget", _("预算合计无误，管理费在规定比例内")),
    ("documents", _("要求的附件齐全、清晰")),
    ("ethics", _("写明隐私保护与知情同意")),
)
FIXED_FROM = frozenset(
    {CallState.NOTICED, CallState.DECIDED, CallState.ARCHIVED, CallState.CANCELLED}
)


def checklist_default() -> list[dict[str, str]]:
    return [{"code": code, "text": str(text)} for code, text in CHECKLIST]


def plan_of(call: Call) -> ReviewPlan | None:
    return ReviewPlan.objects.filter(call=call).select_related("sheet").first()


def plan_needed(call: Call) -> ReviewPlan:
    """The call's plan.

    Raises:
        DomainError: `review_plan.missing` (409) while there is none.
    """
    plan = plan_of(call)
    if plan is None:
        raise DomainError("review_plan.missing", _("请先填写评审规则。"), status=409)
    return plan


def tie_order_of(sheet: Questionnaire) -> list[str]:
    """Innovation before need where the sheet has them: the order of a shipped sheet, as far as its items are there."""
    codes = [row["code"] for row in criteria_of(sheet)]
    shipped = SHIPPED.get(sheet.code.removeprefix("sheet_"))
    return [code for code in (shipped[2] if shipped else ()) if code in codes]


@command
def plan_set(
    *,
    call: Call,
    sheet: Questionnaire,
    experts_each: int,
    most_per_expert: int,
    is_blind: bool,
    opens_on: dt.date,
    closes_on: dt.date,
    trim_from: int,
    spread_alarm: Decimal,
    shows_normalised: bool,
    reserve_places: int,
    checklist: Iterable[Mapping[str, str]],
    tie_order: list[str] | None = None,
    base: int | None = None,
    by: User,
) -> ReviewPlan:
    """Set or change the plan; sheet, number of experts and blinding stay once reviews are given out.

    Raises:
        DomainError: `review_plan.*` on the field, `form.stale` (409).
    """
    require(can_run_review_of, by, call)
    call = Call.objects.locked().get(pk=call.pk, organization_id=by.house_id)
    if call.state in FIXED_FROM:
        raise DomainError("review_plan.is_fixed", _("结果已经公示，规则不能再改。"), status=409)
    plan = ReviewPlan.objects.locked().filter(call=call).first()
    check_base(base, plan.row_version if plan else 0)
    if sheet.published_at is None or sheet.kind != Questionnaire.Kind.SCORE_SHEET:
        raise DomainError("review_plan.sheet", _("请选择已发布的评分表。"), "sheet")
    weights_check(criteria_of(sheet))
    if experts_each < 3 or experts_each % 2 == 0:
        raise DomainError(
            "review_plan_experts_odd",
            _("每项的专家须为单数，至少 3 位，最多 9 位。"),
            "experts_each",
        )
    points = _points(checklist)
    values = {
        "sheet": sheet,
        "experts_each": experts_each,
        "most_per_expert": most_per_expert,
        "is_blind": is_blind,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "trim_from": trim_from,
        "spread_alarm": spread_alarm,
        "shows_normalised": shows_normalised,
        "reserve_places": reserve_places,
        "checklist": points,
        "tie_order": tie_order_of(sheet) if tie_order is None else tie_order,
    }
    if plan is None:
        plan = ReviewPlan(organization_id=by.house_id, call=call, created_by=by, **values)
        plan.save(force_insert=True)
    else:
        _keep_what_is_given_out(plan, values)
        _keep_what_ranked(call, plan, values)
        for name, value in values.items():
            setattr(plan, name, value)
        plan.save(update_fields=sorted(values))
    audit.record("review_plan.set", by=by, on=plan, call=call.uid, experts_each=experts_each)
    return plan


def _keep_what_is_given_out(plan: ReviewPlan, values: Mapping[str, Any]) -> None:
    fixed = ("sheet", "experts_each", "is_blind")
    if all(getattr(plan, name) == values[name] for name in fixed):
        return
    if Review.objects.filter(call_id=plan.call_id).exists():
        raise DomainError(
            "review_plan.given_out",
            _("已经分配评审，评分表、专家人数和是否匿名不能再改。"),
            "sheet",
            status=409,
        )


def _keep_what_ranked(call: Call, plan: ReviewPlan, values: Mapping[str, Any]) -> None:
    """Whoever has seen the ranks does not choose the rules that made them."""
    rules = ("trim_from", "spread_alarm", "tie_order")
    if call.state == CallState.RANKED and any(getattr(plan, one) != values[one] for one in rules):
        raise DomainError(
            "review_plan.is_ranked",
            _("已经排名，去高低分、分差警示和并列次序不能再改。"),
            "trim_from",
            status=409,
        )


def _points(checklist: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    kept: list[dict[str, str]] = []
    for row in checklist:
        text = str(row.get("text", "")).strip()
        if text:
            code = str(row.get("code") or f"p{len(kept) + 1}")
            kept.append({"code": code, "text": text[:120]})
    if not kept:
        raise DomainError("review_plan.no_checklist", _("形式审查清单至少要有一项。"), "checklist")
    if len(kept) > MOST_POINTS:
        raise DomainError(
            "review_plan.long_checklist",
            _("形式审查清单最多 %(n)d 项。") % {"n": MOST_POINTS},
            "checklist",
        )
    return kept
