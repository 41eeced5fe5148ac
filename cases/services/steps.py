"""What a case may do next: every arrow that leaves its stage, and what each still lacks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import permissions as may
from cases.models.casework import Case
from cases.services.guards import Evidence, Missing, missing_for
from cases.workflow import CASE, STEP_BACK
from departments.models.people import User
from msw_portal.kernel.workflow import Step

NOT_YOURS = _("这一步不由您的岗位操作。")


@dataclass(frozen=True)
class StepOffer:
    """An arrow as a button: open, or closed with the reasons in Chinese.

    `missing` is what the case lacks for it, also where `why` says that the step is somebody else's.
    """

    name: str
    label: str | Promise
    url_name: str
    is_open: bool
    why: list[str] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


@dataclass(frozen=True)
class _Arrow:
    url_name: str
    rule: Callable[[User, Case], bool]


ARROWS = {
    "assign": _Arrow("cases:assign", may.can_assign_case),
    "decline": _Arrow("cases:decline", may.can_decline_case),
    "accept": _Arrow("cases:accept", may.can_accept_case),
    "assess": _Arrow("cases:assess", may.can_assess_case),
    "start": _Arrow("cases:start", may.can_start_case),
    "evaluate": _Arrow("cases:evaluate", may.can_evaluate_case),
    "propose_closing": _Arrow("cases:propose_closing", may.can_propose_closing_case),
    "close": _Arrow("cases:close", may.can_close_case),
    "return": _Arrow("cases:return", may.can_return_case),
    "suspend": _Arrow("cases:suspend", may.can_suspend_case),
    "resume": _Arrow("cases:resume", may.can_resume_case),
    "void": _Arrow("cases:void", may.can_void_case),
}
# The main line first: the page draws the first open one as its primary button.
MAIN_LINE = ("assign", "accept", "assess", "start", "evaluate", "propose_closing", "close")
# Arrows of the diagram that this page does not draw yet, or draws elsewhere.
NOT_DRAWN = frozenset({"refer_out", "reopen", *(f"step_back_{stage}" for stage in STEP_BACK)})


def _drawn(case: Case) -> list[Step]:
    """The arrows that leave the present stage and have a button."""
    other = "suspend" if case.suspended_at else "resume"
    return [
        step for step in CASE.open_steps(case) if step.name not in NOT_DRAWN and step.name != other
    ]


def asked_steps(user: User, case: Case) -> list[str]:
    """The steps whose guards a page asks: the user's own, and the next one of the line whosever it is."""
    return [
        step.name
        for step in _drawn(case)
        if step.name in MAIN_LINE or ARROWS[step.name].rule(user, case)
    ]


def case_steps(user: User, case: Case, *, seen: Evidence | None = None) -> list[StepOffer]:
    """The steps of the present stage in the order of the line, each with what it still lacks.

    Steps of other people are offered closed; a step back, a reopening and a referral out are not
    among them. `seen` is evidence that the page has fetched already.
    """
    seen = seen or Evidence(case)
    asked = asked_steps(user, case)
    offers = []
    for step in _drawn(case):
        if step.name not in asked:
            continue
        arrow = ARROWS[step.name]
        missing = missing_for(step.name, case, seen=seen)
        is_own = arrow.rule(user, case)
        why = [str(one.message) for one in missing] if is_own else [str(NOT_YOURS)]
        offers.append(StepOffer(step.name, step.label, arrow.url_name, not why, why, missing))
    return offers
