"""How persons and cases are said on a page: age, risk, stage, bed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.codes import GasLevel, LegalBasis, NeedCategory, NoHelpReason, RiskLevel, Theory
from cases.models.work import Goal
from cases.need_codes import codes_said
from cases.workflow import CaseStage
from departments.services.desk import TASK_WORDS
from msw_portal.kernel import display
from msw_portal.kernel.masking import age_at

register = template.Library()

RISK_RANK = {level: rank for rank, level in enumerate(RiskLevel.values, start=1)}
RISK_SAID = {
    "low": gettext_lazy("低风险"),
    "medium": gettext_lazy("中风险"),
    "high": gettext_lazy("高风险"),
    "crisis": gettext_lazy("危机"),
}
STAGE_RANK = {
    CaseStage.PENDING: 0,
    CaseStage.INTAKE: 1,
    CaseStage.ASSESSMENT: 2,
    CaseStage.PLANNING: 3,
    CaseStage.INTERVENTION: 4,
    CaseStage.EVALUATION: 5,
    CaseStage.CLOSURE: 6,
    CaseStage.CLOSED: 6,
}
NEEDS = dict(NeedCategory.choices)
THEORIES = dict(Theory.choices)
GAS = {-2: "−2", -1: "−1", 0: "0", 1: "+1", 2: "+2"}
PRIORITY_TONE = {"urgent": "danger", "soon": "warn"}
STATE_TONE = {
    "received": "warn",
    "claimed": "accent",
    "accepted": "accent",
    "given": "accent",
    "approved": "accent",
    "submitted": "warn",
    "raised": "danger",
    "handling": "warn",
    "resolved": "accent",
    "answered": "accent",
    "supplement": "warn",
    "granted": "accent",
}
# Clocks of casework that the workbench has no words for.
TASKS = {
    "next_contact": gettext_lazy("下次接触"),
    "co_sign": gettext_lazy("会签"),
    "co_sign_returned": gettext_lazy("修改退回的记录"),
    "consent_withdrawn": gettext_lazy("同意已撤回"),
    "consent_notice": gettext_lazy("事后告知"),
}
GENDERS = {"1": gettext_lazy("男"), "2": gettext_lazy("女")}


@register.filter
def fact(facts: Any, name: str) -> Any:
    """What the system knows under a name; nothing when it was not asked."""
    return (facts or {}).get(name)


@register.filter
def under(cells: Sequence[str], heads: Sequence[str]) -> list[tuple[str, str]]:
    """Each cell of a row with the head of its column, so that a phone can say it."""
    return list(zip(cells, heads, strict=False))


@register.filter
def basis_word(code: str) -> Any:
    """A legal basis in words."""
    return dict(LegalBasis.choices).get(code, code)


@register.filter
def no_help_word(code: str) -> Any:
    """Why a receiver did not help, in words."""
    return dict(NoHelpReason.choices).get(code, code)


@register.filter
def risk_rank(level: str) -> int:
    """1 (low) to 4 (crisis), as the risk component takes it."""
    return RISK_RANK.get(level, 1)


@register.filter
def risk_said(level: str) -> Any:
    """`中风险`: the level where no column says that it is a risk."""
    return RISK_SAID.get(level, "")


@register.filter
def stage_rank(stage: str) -> int:
    """How many of the six stages are reached."""
    return STAGE_RANK.get(stage, 0)


@register.filter
def stage_word(stage: str) -> str:
    """The label of a stage; `get_stage_display` would translate the whole list for every row."""
    return str(CaseStage(stage).label)


@register.filter
def bed_word(bed: str) -> str:
    """`12 床`."""
    return _("%(bed)s 床") % {"bed": bed}


@register.filter
def sex_word(sex: str) -> Any:
    """男, 女, or nothing when it is not known."""
    return GENDERS.get(sex, "")


@register.filter
def age_about(birth_year: int | None) -> str:
    """`58 岁` from the year of birth alone: what a list may show of an age."""
    if not birth_year:
        return ""
    return _("%(age)d 岁") % {"age": max(timezone.localdate().year - birth_year, 0)}


@register.filter
def age_exact(born: dt.date | None) -> str:
    """`6 岁 2 个月` for a child, `58 岁` for an adult, `20 天` for a new-born; nothing when unknown."""
    if born is None:
        return ""
    today = timezone.localdate()
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if months < 1:
        return _("%(days)d 天") % {"days": max((today - born).days, 0)}
    years, months = divmod(months, 12)
    if years >= 18 or (years and not months):
        return _("%(age)d 岁") % {"age": years}
    if not years:
        return _("%(months)d 个月") % {"months": months}
    return _("%(age)d 岁 %(months)d 个月") % {"age": years, "months": months}


@register.filter
def needs_words(codes: list[str] | None) -> str:
    """`情绪心理 · 出院计划 / 转衔` for a list of need codes."""
    return " · ".join(str(NEEDS.get(code, code)) for code in codes or [])


@register.filter
def need_codes(category: str) -> str:
    """`Z59.6–Z59.7 · 经济不稳定、医疗费用负担` of a need; nothing when the lists have none."""
    return codes_said(category)


@register.filter
def gas_rows(goal: Goal) -> list[dict[str, str]]:
    """The levels of attainment that are described for the goal, the worst first."""
    return [
        {"label": f"{GAS[level.value]} {level.label}", "text": text}
        for level in GasLevel
        if (text := (goal.gas_levels or {}).get(str(level.value)))
    ]


@register.filter
def gas_said(goal: Goal) -> str:
    """`+1 高于预期` for a rated goal."""
    return f"{GAS.get(goal.gas, '')} {goal.get_gas_display()}"


@register.filter
def percent(share: Decimal | None) -> str:
    """`75.0%` of a share between 0 and 1."""
    return f"{share * 100:.1f}%" if share is not None else display.NOTHING


@register.filter
def theory_words(codes: list[str] | None) -> str:
    """`任务中心 · 优势视角` for the theories of a plan."""
    return " · ".join(str(THEORIES.get(code, code)) for code in codes or [])


@register.filter
def is_minor(born: dt.date | None) -> bool:
    """Under 18 today."""
    return born is not None and age_at(born, timezone.localdate()) < 18


@register.filter
def last_four(number: str) -> str:
    """`****4471` of an inpatient number."""
    return f"****{number[-4:]}" if len(number) > 4 else "****"


@register.filter
def when_or(at: dt.datetime | None) -> str:
    """The instant as lists write it, or nothing, so that `firstof` goes on."""
    return display.when(at) if at else ""


@register.filter
def priority_tone(priority: str) -> str:
    return PRIORITY_TONE.get(priority, "")


@register.filter
def state_tone(state: str) -> str:
    """The badge's tone for a state of a referral, consent, plan or alert."""
    return STATE_TONE.get(state, "")


GROUP_TONE = {
    "submitted": "warn",
    "review": "warn",
    **dict.fromkeys(("preparation", "forming", "transition", "working", "ending"), "accent"),
    "cancelled": "plain",
}
PRESENCE_TONE = {"present": "accent", "late": "accent", "absent": "warn"}


@register.filter
def group_tone(stage: str) -> str:
    """The badge's tone for the stage of a group."""
    return GROUP_TONE.get(stage, "")


@register.filter
def member_tone(state: str) -> str:
    """The badge's tone for the state of a group's member."""
    return {"registered": "warn", "joined": "accent"}.get(state, "")


@register.filter
def event_tone(state: str) -> str:
    """The badge's tone for the state of an activity."""
    return {"planned": "warn", "held": "accent"}.get(state, "")


@register.filter
def presence_tone(presence: str) -> str:
    """The badge's tone for an attendance."""
    return PRESENCE_TONE.get(presence, "")


@register.filter
def date_of(at: dt.datetime | None) -> str:
    """`11-23`: the local day of an instant."""
    return display.when(timezone.localdate(at)) if at else display.NOTHING


@register.filter
def task_word(kind: str) -> Any:
    """What a task asks for, in the workbench's words."""
    return TASK_WORDS.get(kind) or TASKS.get(kind, "")
