"""When a supervisor leaves: the open cases get another one, with what waits for a decision there."""

from collections.abc import Sequence

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models.casework import Case
from cases.permissions import can_hand_over_cases
from cases.services.clocks import case_tell
from cases.services.intake import holds_role
from cases.services.leaving import supervision_passed
from cases.services.secrecy import end_grants, grant
from cases.services.team import Holder, colleagues
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

NAMED_FOR = gettext_noop("接手这个个案的督导，需要查阅")


@command
def cases_pass_supervision(
    *, from_user: User, cases: Sequence[Case], to_user: User, reason: str, by: User
) -> list[Case]:
    """The head names another supervisor for open cases of one who leaves; their open tasks go along.

    All of them or none. Raises:
        DomainError: `hand_over.nothing` and `hand_over.not_the_supervisors` (409) on `cases`,
            `case.supervisor_not_here` and `case.supervisor_is_worker` on `to_user`.
    """
    if not cases:
        raise DomainError("hand_over.nothing", _("请至少勾选一个个案。"), "cases")
    if not holds_role(to_user, "supervisor", organization_id=by.house_id):
        raise DomainError(
            "case.supervisor_not_here", _("所选人员现在不是本机构的督导。"), "to_user"
        )
    rows = Case.objects.locked().filter(pk__in=[case.pk for case in cases])
    passed = []
    for case in rows.order_by("pk"):
        require(can_hand_over_cases, by, case)
        _check(case, from_user, to_user)
        case.supervisor = to_user
        case.save(update_fields=["supervisor"])
        _tasks_pass(case, from_user, to_user)
        if case.compartment_id is not None:
            grant(case, [to_user], reason=NAMED_FOR, by=by)
            end_grants(case, at=timezone.now(), user=from_user)
        case_tell(
            case, "case.supervised", users=[to_user.pk], once=f"{case.uid}:{to_user.uid}", by=by
        )
        people = [from_user.uid, to_user.uid]
        audit.record("case.pass_supervision", by=by, on=case, supervisor=people, reason=reason)
        passed.append(case)
    supervision_passed(organization_id=by.house_id, user=from_user)
    return passed


def _check(case: Case, from_user: User, to_user: User) -> None:
    if case.supervisor_id != from_user.pk or not case.is_open:
        raise DomainError(
            "hand_over.not_the_supervisors",
            _("勾选的个案里有已结束或换了督导的，请刷新后再选。"),
            "cases",
            status=409,
        )
    if case.worker_id == to_user.pk:
        raise DomainError("case.supervisor_is_worker", _("督导不能是主责社工本人。"), "to_user")


def _tasks_pass(case: Case, before: User, after: User) -> None:
    Task.objects.filter(
        organization_id=case.organization_id,
        subject_kind=case._meta.model_name,
        subject_id=case.pk,
        state=Task.State.OPEN,
        assignee=before,
    ).update(assignee=after)


def supervision_holders(*, by: User) -> list[Holder]:
    """The supervisors of today and everybody else who still supervises an open case, who has left first."""
    rows = Case.objects.visible_to(by).open().exclude(supervisor=None).order_by()
    counts = dict(rows.values_list("supervisor").annotate(n=Count("pk")))
    here = {one.pk: one for one in colleagues(role="supervisor", by=by)}
    gone = User.objects.filter(pk__in=counts.keys() - here.keys()).order_by("display_name", "pk")
    return [
        *(Holder(one, counts[one.pk], True) for one in gone),
        *(Holder(one, counts.get(one.pk, 0), False) for one in here.values()),
    ]
