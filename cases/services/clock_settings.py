"""The deadlines of the door, as the head of the department sets them."""

from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_set_clocks
from cases.services.clocks import DEFAULT_HOURS
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

KEYS = ("triage_hours", "crisis_hours", "mandatory_report_hours")
LONGEST = {"triage_hours": 168, "crisis_hours": 24, "mandatory_report_hours": 24}


def clocks_of(department: Department) -> dict[str, int]:
    """The hours in force: the department's own, or the usual ones."""
    return {key: department.settings.get(key, DEFAULT_HOURS[key]) for key in KEYS}


@command
def clocks_set(
    *,
    department: Department,
    triage_hours: int,
    crisis_hours: int,
    mandatory_report_hours: int | None = None,
    by: User,
) -> Department:
    """Set by when a request must be answered and harm be reported; what waits keeps its deadline.

    Raises:
        DomainError: `clocks.*` on its field.
    """
    department = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    require(can_set_clocks, by, department)
    hours = {"triage_hours": triage_hours, "crisis_hours": crisis_hours}
    if mandatory_report_hours is not None:
        hours["mandatory_report_hours"] = mandatory_report_hours
    for key, value in hours.items():
        if not 1 <= value <= LONGEST[key]:
            raise DomainError(
                "clocks.out_of_range",
                _("请填 1 到 %(most)s 小时。") % {"most": LONGEST[key]},
                key,
            )
    if crisis_hours > triage_hours:
        raise DomainError(
            "clocks.crisis_is_longer", _("危机的时限不能比一般的长。"), "crisis_hours"
        )
    before = clocks_of(department)
    department.settings = department.settings | hours
    department.save(update_fields=["settings"])
    audit.record(
        "department.clocks",
        by=by,
        on=department,
        **{key: [before[key], value] for key, value in hours.items()},
    )
    return department
