"""What the head of a department sets: deadlines, when a record locks, and how the house numbers its cases."""

from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_keep_settings
from cases.services.caseloads import MOST, SETTING, limit_of
from cases.services.clocks import DEFAULT_HOURS
from cases.services.number_patterns import patterns_keep
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

# Hours a department may set, and the most of each: a week, a day, two weeks, thirty days, a week, a day.
LONGEST = {
    "triage_hours": 168,
    "crisis_hours": 24,
    "intake_hours": 336,
    "assessment_hours": 720,
    "contact_lock_hours": 168,
    "mandatory_report_hours": 24,
}
KEYS = tuple(LONGEST)


def clocks_of(department: Department) -> dict[str, int]:
    """The hours in force: the department's own, or the usual ones."""
    return {key: department.settings.get(key, DEFAULT_HOURS[key]) for key in KEYS}


def _check_hours(asked: dict[str, int]) -> None:
    for key, value in asked.items():
        if not 1 <= value <= LONGEST[key]:
            raise DomainError(
                "clocks.out_of_range",
                _("请填 1 到 %(most)s 小时。") % {"most": LONGEST[key]},
                key,
            )
    if asked["crisis_hours"] > asked["triage_hours"]:
        raise DomainError(
            "clocks.crisis_is_longer", _("危机的时限不能比一般的长。"), "crisis_hours"
        )


@command
def settings_set(
    *,
    department: Department,
    triage_hours: int,
    crisis_hours: int,
    intake_hours: int,
    assessment_hours: int,
    contact_lock_hours: int,
    mandatory_report_hours: int,
    caseload_limit: int | None = None,
    case_pattern: str,
    archive_pattern: str,
    base: int | None = None,
    by: User,
) -> Department:
    """Set hours of the department and patterns of its house, for what comes from now on.

    `caseload_limit` is the most open cases of one worker, none or 0 for no limit. What waits already keeps its deadline, what is written its lock, what is numbered its number.

    `base` is the department's row_version when the page was opened (None: do not ask).

    Raises:
        DomainError: `form.stale` (409), `clocks.*`, `caseload.*` or `number_pattern.*` on its field.
    """
    rows = Department.objects.select_for_update(no_key=True, of=("self",))
    department = rows.select_related("organization").get(pk=department.pk)
    require(can_keep_settings, by, department)
    check_base(base, department.row_version)
    hours = {
        "triage_hours": triage_hours,
        "crisis_hours": crisis_hours,
        "intake_hours": intake_hours,
        "assessment_hours": assessment_hours,
        "contact_lock_hours": contact_lock_hours,
        "mandatory_report_hours": mandatory_report_hours,
    }
    _check_hours(hours)
    limit = caseload_limit or 0
    if not 0 <= limit <= MOST:
        raise DomainError(
            "caseload.out_of_range", _("请填 0 到 %(most)s 件。") % {"most": MOST}, "caseload_limit"
        )
    before, limit_before = clocks_of(department), limit_of(department) or 0
    patterns = {"case": case_pattern, "archive": archive_pattern}
    renamed = patterns_keep(patterns, organization=department.organization, by=by)
    department.settings = department.settings | hours | {SETTING: limit}
    department.save(update_fields=["settings"])
    changed = {key: [before[key], hours[key]] for key in KEYS if before[key] != hours[key]}
    if limit != limit_before:
        changed[SETTING] = [limit_before, limit]
    audit.record("department.clocks", by=by, on=department, **changed)
    if renamed:
        said = {f"{kind}_pattern": pair for kind, pair in renamed.items()}
        audit.record("department.number_patterns", by=by, on=department, **said)
    return department
