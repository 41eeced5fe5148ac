"""The limits of an appeal as a dated row: until when it is raised, acknowledged and answered."""

import datetime as dt

from psycopg2.extras import DateRange

from departments.models.organizations import DatedRule
from departments.services.policies import rule_in_force
from departments.services.registers import holidays_between
from departments.services.rule_shapes import is_sound
from donations.models.requests import FundingRequest
from msw_portal.kernel.workdays import add_working_days

KIND = "appeal_limit"
# Working days: to raise it after the decision was told, to acknowledge and to answer it after it was raised.
USUAL = {"raise": 15, "acknowledge": 3, "answer": 15}
# What a programme promises beyond the rule stands in its `sla` under this name.
OF_PROGRAMME = "appeal"


def appeal_rules() -> list[DatedRule]:
    """The row of this edition, unsaved: a convention of the portal, which a house's law may replace by a new row."""
    return [
        DatedRule(
            kind=KIND,
            params=dict(USUAL),
            valid=DateRange(dt.date(2024, 9, 5), None),
            article="第八十一条",
            source="慈善法（2023 年修正）：告知受益人标准、流程和规则；期限为本系统约定",
            evidence="convention",
        )
    ]


def rule_on(day: dt.date) -> DatedRule | None:
    """The rule in force on a day; None where there is none that can be obeyed."""
    rule = rule_in_force(KIND, day)
    return rule if rule is not None and is_sound(rule) else None


def days_of(rule: DatedRule | None, what: str) -> int:
    return int((rule.params if rule else USUAL).get(what, USUAL[what]))


def days_to_raise(request: FundingRequest, rule: DatedRule | None) -> int:
    """The rule's days, or more where the programme promises more; never fewer."""
    own = int(request.programme_version.sla.get(OF_PROGRAMME) or 0)
    return max(days_of(rule, "raise"), own)


def working_day_after(start: dt.date, days: int) -> dt.date:
    """The `days`-th working day after `start`, which is not counted."""
    holidays = holidays_between(start, start + dt.timedelta(days=3 * days + 30))
    return add_working_days(start, days, holidays).on
