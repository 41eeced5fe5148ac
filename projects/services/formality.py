"""The formality check: yes or no to every point of the call's list; accepted, sent back once more, or refused."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services import outbox
from departments.services.moving import move
from departments.services.registers import holidays_between
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.workdays import add_working_days
from projects.models.applications import Application
from projects.permissions.experts import can_run_review_of
from projects.querysets.experts import conflicted_ids
from projects.services.review_plans import plan_needed
from projects.workflow.calls import APPLICATION

TOLD = "application.moved"
OUTCOMES = ("accept_formal", "request_supplement", "refuse_formal")


def issued_locked(application: Application, *, by: User) -> Application:
    """The application under lock, for the desk of its issuer that has no part in it.

    Raises:
        DomainError: `permission.can_run_review_of` (403) or `application.own_part` (403).
    """
    held = Application.objects.locked().select_related("call").get(pk=application.pk)
    require(can_run_review_of, by, held.call)
    if held.counterparty_id != by.house_id or held.pk in set(conflicted_ids(Application, by)):
        raise DomainError(
            "application.own_part", _("您与这项申报有利益关系，不能办理。"), status=403
        )
    return held


@command
def formality_check(
    *,
    application: Application,
    outcome: str,
    answers: Mapping[str, bool | None],
    notes: Mapping[str, str] | None = None,
    reason: str = "",
    by: User,
) -> Application:
    """Answer every point; `outcome` is accept_formal, request_supplement or refuse_formal.

    Accepting needs yes to all; a supplement names the points answered no and gives the plan's working
    days; a refusal says the rule.

    Raises:
        DomainError: `formality.open` on `answers`, `formality.not_all_yes` or `formality.nothing_lacking`
            on `outcome`, `formality.needs_rule` on `reason`, `application.<step>.wrong_state` (409).
    """
    held = issued_locked(application, by=by)
    plan = plan_needed(held.call)
    if outcome not in OUTCOMES:
        raise DomainError("formality.outcome", _("请从列表中选择。"), "outcome")
    items = _answered(plan.checklist, answers, notes or {})
    lacking = [one for one in items if not one["yes"]]
    if outcome == "accept_formal" and lacking:
        raise DomainError(
            "formality.not_all_yes",
            _("还有 %(n)d 项为否：可以要求补正，或写明依据不予通过。") % {"n": len(lacking)},
            "outcome",
        )
    if outcome != "accept_formal" and not lacking:
        raise DomainError(
            "formality.nothing_lacking", _("各项都为是，没有要补正或拒绝的地方。"), "outcome"
        )
    if outcome != "accept_formal" and len(reason.strip()) < 4:
        raise DomainError("formality.needs_rule", _("请写明依据公告的哪一条、缺什么。"), "reason")
    APPLICATION.check(held, outcome, reason)
    rounds = [*((held.formality or {}).get("rounds", ())), _round(items, outcome, reason, by)]
    held.formality = {"rounds": rounds}
    also: tuple[str, ...] = ("formality",)
    if outcome == "request_supplement":
        held.supplement_items = [
            {"code": one["code"], "text": one["text"], "note": one["note"]} for one in lacking
        ]
        held.supplement_due_at = supplement_end(held.call.supplement_days)
        also += ("supplement_items", "supplement_due_at")
    move(held, APPLICATION, outcome, by=by, reason=reason, also=also)
    tell_unit(held, outcome)
    audit.record(f"application.{outcome}", by=by, on=held, lacking=[one["code"] for one in lacking])
    return held


def supplement_end(days: int) -> dt.datetime:
    """Midnight after the last of so many working days, today not counted."""
    return end_of_working_days(timezone.localdate(), days)


def end_of_working_days(today: dt.date, days: int) -> dt.datetime:
    holidays = holidays_between(today, today + dt.timedelta(days=3 * days + 30))
    last = add_working_days(today, days, holidays).on
    return timezone.make_aware(dt.datetime.combine(last + dt.timedelta(days=1), dt.time()))


def tell_unit(application: Application, step: str) -> None:
    """The unit hears of a move from the relay, in its own house."""
    outbox.put(
        TOLD,
        organization_id=application.counterparty_id,
        subject=application,
        unit_id=application.organization_id,
        application_id=application.pk,
        step=step,
    )


def _answered(
    checklist: list[dict[str, str]], answers: Mapping[str, bool | None], notes: Mapping[str, str]
) -> list[dict[str, Any]]:
    unanswered = [one["text"] for one in checklist if answers.get(one["code"]) is None]
    if unanswered:
        raise DomainError(
            "formality.open",
            _("还有没回答的：%(points)s。") % {"points": "、".join(unanswered)},
            "answers",
        )
    return [
        {
            "code": one["code"],
            "text": one["text"],
            "yes": bool(answers[one["code"]]),
            "note": str(notes.get(one["code"], "")).strip()[:200],
        }
        for one in checklist
    ]


def _round(items: list[dict[str, Any]], outcome: str, reason: str, by: User) -> dict[str, Any]:
    return {
        "items": items,
        "outcome": outcome,
        "reason": reason.strip(),
        "by": by.display_name,
        "at": timezone.now().isoformat(timespec="seconds"),
    }
