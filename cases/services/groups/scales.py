"""Scales before and after: answers hang on the member, scored by the engine that scores assessments."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.group_permissions import can_keep_group
from cases.group_workflow import MemberState
from cases.models.casework import Case
from cases.models.group_codes import Moment
from cases.models.groups import Group, GroupMember, MemberAnswers
from cases.permissions import can_record_contact
from cases.services.alerts import raise_on
from cases.services.groups.members import check_running
from cases.services.groups.planning import group_locked
from cases.services.screening import obeying, trigger_of
from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.people import User
from departments.services.notices import people_tell
from departments.services.tasks import task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.questionnaire.answering import items_said
from msw_portal.kernel.questionnaire.definition import AnswerError, Score
from msw_portal.kernel.questionnaire.scoring import score

ALARM = "group_alarm"


def _score(sheet: Questionnaire, answers: Mapping[str, Any]) -> Score:
    try:
        result = score(obeying(sheet.definition, sheet.organization_id), answers)
    except AnswerError as error:
        raise DomainError("assessment.answer_unknown", str(error), error.item) from None
    if not result.is_scored:
        raise DomainError(
            "assessment.too_much_missing",
            _("还有 %(n)s 题没有回答（%(which)s），不能计分，请补答。")
            % {"n": len(result.missing), "which": items_said(sheet.definition, result.missing)},
            status=409,
        )
    return result


def _check_sheet(sheet: Questionnaire, by: User) -> None:
    if sheet.organization_id != by.house_id or not sheet.is_in_use:
        raise DomainError(
            "assessment.not_published", _("请选择本机构已发布的量表。"), "questionnaire"
        )
    if not sheet.definition.get("items"):
        raise DomainError("assessment.no_items", _("没有授权的量表不能在线作答。"), "questionnaire")


def _alarm(member: GroupMember, row: MemberAnswers, result: Score, by: User) -> None:
    """Danger is told at once: the supervisor gets a task, and an open case of the person its alert.

    Only a case that `by` works on: nothing is said of one that is not theirs to know.
    """
    if not result.alerts:
        return
    task = task_open(
        kind=ALARM,
        organization_id=member.organization_id,
        subject=member,
        due_at=timezone.now(),
        role="supervisor",
        department_id=member.group.department_id,
        dedup_key=f"{ALARM}:{row.uid}",
        by=by,
    )
    if task is not None:
        people_tell(
            kind="group.alarm",
            organization_id=member.organization_id,
            subject=member,
            role="supervisor",
            department_id=member.group.department_id,
            once=str(task.uid),
            by=by,
        )
    if member.client_id is None:
        return
    cases = Case.objects.visible_to(by).of_person(member.client).open().order_by("pk")
    for case in cases:
        if not can_record_contact(by, case):
            continue
        held = Case.objects.locked().get(pk=case.pk)
        for alert in result.alerts:
            raise_on(held, trigger=trigger_of(alert), severity=alert["severity"], by=by)
        return


@command
def member_answer(
    *,
    member: GroupMember,
    questionnaire: Questionnaire,
    moment: str,
    answers: Mapping[str, Any],
    by: User,
) -> MemberAnswers:
    """Keep a member's answers (item code -> chosen value), final at once.

    The same sheet at the same moment again puts the earlier one aside, which stays as it was. What the
    answers alarm about is told at once.

    Raises:
        DomainError: `group.member_not_joined` (409), `assessment.*`; `assessment.answer_unknown` has the
            item's code as its field.
    """
    group = group_locked(member.group)
    member = GroupMember.objects.locked().get(pk=member.pk)
    member.group = group
    require(can_keep_group, by, group)
    check_running(group)
    if member.state not in (MemberState.JOINED, MemberState.LEFT):
        raise DomainError("group.member_not_joined", _("入组之后才能登记量表。"), status=409)
    if moment not in Moment.values:
        raise DomainError("member_answers_moment_known", _("请选前测或后测。"), "moment")
    _check_sheet(questionnaire, by)
    given = {code: value for code, value in answers.items() if value not in (None, "")}
    if not given:
        raise DomainError("assessment.needs_answers", _("请至少回答一题。"))
    result, now = _score(questionnaire, given), timezone.now()
    earlier = MemberAnswers.objects.filter(
        member=member, questionnaire=questionnaire, moment=moment, superseded_at__isnull=True
    )
    replaced = earlier.update(superseded_at=now)
    row = MemberAnswers(
        organization_id=member.organization_id,
        member=member,
        questionnaire=questionnaire,
        moment=moment,
        answers=given,
        score=result.as_json(),
        band=result.band,
        is_final=True,
        finalized_at=now,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record(
        "group_member.answer",
        by=by,
        on=member,
        group=group.uid,
        questionnaire=questionnaire.code,
        moment=moment,
        is_replaced=bool(replaced),
        alerts=[alert["code"] for alert in result.alerts],
    )
    _alarm(member, row, result, by)
    return row


@dataclass(frozen=True)
class Difference:
    """One sheet of a group: the mean of who answered both times, and how many that were.

    `change` is after minus before; whether less is better says the sheet, not the number.
    """

    sheet: Questionnaire
    both: int
    before: Decimal | None
    after: Decimal | None
    before_count: int
    after_count: int

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


def scales_of(group: Group) -> list[MemberAnswers]:
    """The answers that hold, sheet by sheet."""
    rows = MemberAnswers.objects.filter(member__group=group, superseded_at__isnull=True)
    rows = rows.select_related("questionnaire").defer("answers")
    return list(rows.order_by("questionnaire__title", "questionnaire_id", "member_id"))


def total_of(row: MemberAnswers) -> Decimal | None:
    total = (row.score or {}).get("total")
    return None if total is None else Decimal(str(total))


def differences(rows: list[MemberAnswers]) -> list[Difference]:
    """Before and after by sheet: means over the members who answered at both moments, to one decimal."""
    sheets: dict[int, Questionnaire] = {}
    totals: dict[int, dict[str, dict[int, Decimal]]] = {}
    for row in rows:
        total = total_of(row)
        if total is None:
            continue
        sheets[row.questionnaire_id] = row.questionnaire
        at = totals.setdefault(row.questionnaire_id, {moment: {} for moment in Moment.values})
        at[row.moment][row.member_id] = total
    found = []
    for pk, at in totals.items():
        before, after = at[Moment.BEFORE], at[Moment.AFTER]
        both = sorted(set(before) & set(after))
        found.append(
            Difference(
                sheets[pk],
                len(both),
                _mean([before[one] for one in both]),
                _mean([after[one] for one in both]),
                len(before),
                len(after),
            )
        )
    return found


def _mean(numbers: list[Decimal]) -> Decimal | None:
    if not numbers:
        return None
    return (sum(numbers, Decimal(0)) / len(numbers)).quantize(Decimal("0.1"), ROUND_HALF_UP)
