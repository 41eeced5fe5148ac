"""One row in each table of the course, the family and the work without a case."""

import datetime as dt
from typing import Any

from django.utils import timezone

from cases.models.activities import Activity, ActivityLine
from cases.models.casework import Case
from cases.models.families import CareFlag, Household, HouseholdMember, Milestone, SubjectRequest
from cases.models.people import Episode
from cases.models.team import CaseTransfer
from cases.models.work import Plan, PlanItem
from departments.models.people import User


def _own(by: User, **given: Any) -> dict[str, Any]:
    return {"organization_id": by.house_id, "created_by": by, **given}


def make_milestone(episode: Episode, by: User, kind: str = "operation", **given: Any) -> Milestone:
    given = {"planned_on": timezone.localdate(), **given}
    return Milestone.objects.create(**_own(by, episode=episode, kind=kind, **given))


def make_activity(case: Case, by: User, **given: Any) -> ActivityLine:
    """A ward visit with one line; `given` goes to the line."""
    visit = Activity.objects.create(
        **_own(
            by,
            kind="ward_visit",
            department_id=case.department_id,
            occurred_on=timezone.localdate(),
            minutes=30,
            persons=1,
            person_times=1,
        )
    )
    return ActivityLine.objects.create(
        **_own(by, activity=visit, **{"bed": "12", "action": "support", **given})
    )


def make_plan_item(plan: Plan, by: User, **given: Any) -> PlanItem:
    return PlanItem.objects.create(
        **_own(by, case=plan.case, plan=plan, **{"kind": "task", "what": "联系医保办", **given})
    )


def make_transfer(case: Case, to_user: User, by: User, **given: Any) -> CaseTransfer:
    return CaseTransfer.objects.create(
        **_own(by, case=case, from_user=by, to_user=to_user, **{"reason": "轮岗", **given})
    )


def make_around(case: Case, episode: Episode, plan: Plan, to_user: User, by: User) -> None:
    """A row in each of the tables that hang around a case."""
    today = timezone.localdate()
    make_milestone(episode, by)
    make_activity(case, by)
    make_plan_item(plan, by)
    make_transfer(case, to_user, by)
    home = Household.objects.create(**_own(by))
    HouseholdMember.objects.create(**_own(by, household=home, client=case.client))
    CareFlag.objects.create(
        **_own(by, client=case.client, kind="not_told", text="先告诉儿子", since=today)
    )
    SubjectRequest.objects.create(
        **_own(
            by,
            client=case.client,
            kind="copy",
            requester="演示本人",
            requester_relation="self",
            detail="个案副本",
            received_on=today,
            due_on=today + dt.timedelta(days=21),
        )
    )
