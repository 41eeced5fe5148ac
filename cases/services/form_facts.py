"""What the system knows already and fills into a form: read from the file, never asked again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.form_schemas.parts import Schema
from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm
from cases.models.codes import FormState, NeedCategory
from cases.models.people import RelatedPerson
from cases.models.work import Assessment, Contact, Goal, Need, Plan
from cases.need_codes import icd10_said
from cases.services.capacity import capacity_said
from cases.workflow import PlanState
from msw_portal.kernel.masking import (
    age_at,
    mask_account,
    mask_address,
    mask_id_no,
    mask_name,
    mask_phone,
)

NOTHING = "—"
KEPT_IN = "zh-hans"
# Identity is read anew at every print, masked or not; it is never frozen into a form.
CLOSED_ON = "service"  # its second pair is the day of closing
LIVE = frozenset({"case", "person", "relatives", "family", "ecomap"})


@dataclass
class Known:
    """Facts of one group: labelled values, and a table when there are many of a kind."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def frozen(self) -> dict[str, Any]:
        """As it is kept in a payload."""
        return {"pairs": [list(pair) for pair in self.pairs], "head": self.head, "rows": self.rows}

    @classmethod
    def thawed(cls, kept: Any) -> "Known":
        return cls([tuple(pair) for pair in kept["pairs"]], kept["head"], kept["rows"])


def known_of(case: Case, schema: Schema, *, is_named: bool = False) -> dict[str, Known]:
    """Everything the groups of `schema` want to know, by its name; identity masked unless `is_named`."""
    wanted = [group.known for group in schema.groups if group.known]
    return {name: FACTS[name](case, is_named) for name in wanted if name in FACTS}


def frozen_facts(case: Case, schema: Schema) -> dict[str, Any]:
    """What a finished form keeps of the facts as they were, in the language of the file."""
    wanted = [group.known for group in schema.groups if group.known and group.known not in LIVE]
    with translation.override(KEPT_IN):
        return {name: FACTS[name](case, False).frozen() for name in wanted if name in FACTS}


def _day(value: Any) -> str:
    if value is None:
        return NOTHING
    return f"{timezone.localdate(value) if hasattr(value, 'hour') else value:%Y-%m-%d}"


def name_of(case: Case, *, is_named: bool) -> str:
    person = case.client.person
    return person.name if is_named else person.name_masked


def _hidden(value: str | None, mask: Callable[[str], str], is_named: bool) -> str:
    if not value:
        return NOTHING
    return value if is_named else mask(value)


def _case(case: Case, is_named: bool) -> Known:
    earlier = Case.objects.filter(
        organization_id=case.organization_id, client__root_id=case.client.root_id
    ).exclude(pk=case.pk)
    numbers = [number for number in earlier.values_list("number", flat=True) if number]
    return Known(
        [
            (_("个案编号"), case.number or NOTHING),
            (_("以往个案"), "、".join(sorted(numbers)) or NOTHING),
            (_("登记日期"), _day(case.opened_at)),
            (_("受理日期"), _day(case.assigned_at)),
            (_("接案社工"), case.worker.display_name if case.worker else NOTHING),
        ]
    )


def _person(case: Case, is_named: bool) -> Known:
    person = case.client.person
    born = person.birth_date
    return Known(
        [
            (_("姓名"), name_of(case, is_named=is_named)),
            (_("性别"), person.get_sex_display()),
            (_("出生日期"), _born(person, is_named)),
            (
                _("年龄"),
                _("%(age)d 岁") % {"age": age_at(born, timezone.localdate())} if born else NOTHING,
            ),
            (_("证件类型"), person.get_id_type_display()),
            (_("证件号码"), _hidden(person.id_no, mask_id_no, is_named)),
            (_("联系电话"), _hidden(person.phone, mask_phone, is_named)),
            (_("现住址"), _hidden(person.address, mask_address, is_named)),
            (_("民事行为能力"), capacity_said(person) or _("未认定，按年龄")),
        ]
    )


def _born(person: Any, is_named: bool) -> str:
    if person.birth_date is None:
        return _("不详")
    return _day(person.birth_date) if is_named else f"{person.birth_date:%Y}-**-**"


FLAGS = (
    ("is_guardian", gettext_lazy("监护人")),
    ("is_primary_caregiver", gettext_lazy("主要照顾者")),
    ("is_primary_contact", gettext_lazy("首要联系人")),
    ("is_legal_agent", gettext_lazy("法定代理人")),
    ("is_cohabiting", gettext_lazy("同住")),
    ("is_payer", gettext_lazy("承担费用")),
    ("is_decider", gettext_lazy("作医疗决定")),
)


def _relatives(case: Case, is_named: bool) -> Known:
    """Who must not be told stands nowhere on paper: the warning comes before the print."""
    rows = RelatedPerson.objects.filter(
        organization_id=case.organization_id, client__root_id=case.client.root_id
    ).order_by("id")
    words = {name: str(word) for name, word in FLAGS}
    return Known(
        head=[_("姓名"), _("关系"), _("电话"), _("身份")],
        rows=[
            [
                one.name if is_named else mask_name(one.name),
                one.get_relation_display(),
                _hidden(one.phone, mask_phone, is_named),
                "、".join(word for name, word in words.items() if getattr(one, name)) or NOTHING,
            ]
            for one in rows
        ],
    )


def _stay(case: Case, is_named: bool) -> Known:
    stay = case.episode
    if stay is None:
        return Known([(_("就诊"), _("没有登记就诊"))])
    return Known(
        [
            (_("就诊类型"), stay.get_visit_type_display()),
            (_("病案号"), _hidden(stay.mrn, mask_account, is_named)),
            (_("病区"), stay.ward.name if stay.ward else NOTHING),
            (_("床号"), stay.bed or NOTHING),
            (_("主管医生"), stay.doctor or NOTHING),
            (_("入院日期"), _day(stay.admitted_on)),
            (_("出院日期"), _day(stay.discharged_on)),
            (_("诊断"), stay.diagnosis_said or NOTHING),
            (_("疾病类别"), stay.disease_group or NOTHING),
            (_("治疗阶段"), stay.get_treatment_stage_display() or NOTHING),
            (_("医保类型"), stay.get_insurance_display() or NOTHING),
        ]
    )


def _source(case: Case, is_named: bool) -> Known:
    referral = case.referral
    pairs = [(_("来源"), case.get_source_display())]
    if referral is not None:
        came_from = referral.from_department.name if referral.from_department else ""
        pairs += [
            (_("转介来源"), came_from or referral.from_text or NOTHING),
            (_("转介日期"), _day(referral.received_at)),
            (_("转介原因"), referral.reason),
        ]
    return Known(pairs)


def _problem(case: Case, is_named: bool) -> Known:
    return Known([(_("求助问题（服务对象的原话）"), case.presenting_problem)])


def _assigned(case: Case, is_named: bool) -> Known:
    return Known(
        [
            (_("主责社工"), case.worker.display_name if case.worker else NOTHING),
            (_("督导"), case.supervisor.display_name if case.supervisor else NOTHING),
        ]
    )


def _service(case: Case, is_named: bool) -> Known:
    total = (
        Contact.objects.filter(case=case)
        .own_entries()
        .aggregate(n=Count("pk"), minutes=Sum("minutes"))
    )
    hours = Decimal(total["minutes"] or 0) / 60
    return Known(
        [
            (_("开案日期"), _day(case.assigned_at)),
            (_("结案日期"), _day(case.closed_at) if case.closed_at else _("待批准")),
            (_("接触次数"), _("%(n)d 次") % {"n": total["n"]}),
            (_("总时数"), _("%(hours)s 小时") % {"hours": f"{hours:.1f}"}),
            (_("服务类型"), case.get_service_kind_display()),
            (_("主责社工"), case.worker.display_name if case.worker else NOTHING),
        ]
    )


def plan_goals(case: Case) -> list[Goal]:
    """The goals of the approved plan, else of the newest one that was not replaced."""
    plans = list(
        Plan.objects.filter(case=case).exclude(state=PlanState.REPLACED).order_by("-version")
    )
    plans.sort(key=lambda plan: plan.state != PlanState.APPROVED)
    if not plans:
        return []
    return list(Goal.objects.filter(plan=plans[0]).order_by("rank", "id"))


def gas_words(goal: Goal) -> str:
    """`+1 高于预期`, or that it is not rated."""
    return _("未评") if goal.gas is None else f"{goal.gas:+d} {goal.get_gas_display()}"


def _goals(case: Case, is_named: bool) -> Known:
    goals = plan_goals(case)
    rate = NOTHING if case.goal_rate is None else f"{case.goal_rate:.0%}"
    return Known(
        [(_("目标达成率"), rate), (_("达成 T 分"), str(case.gas_t or NOTHING))],
        [_("目标"), _("指标"), _("现状"), _("目标值"), _("结果")],
        [
            [
                one.statement,
                one.indicator,
                one.baseline or NOTHING,
                one.target or NOTHING,
                gas_words(one),
            ]
            for one in goals
        ],
    )


def _scales(case: Case, is_named: bool) -> Known:
    """The first and the last finished result of each questionnaire."""
    rows = Assessment.objects.filter(case=case).final().select_related("questionnaire")
    found: dict[str, list[Assessment]] = {}
    for one in rows.order_by("finalized_at", "id"):
        found.setdefault(one.questionnaire.title, []).append(one)
    return Known(
        head=[_("量表"), _("最初"), _("日期"), _("最近"), _("日期")],
        rows=[
            [title, _score(all_of[0]), _day(all_of[0].finalized_at)]
            + (
                [_score(all_of[-1]), _day(all_of[-1].finalized_at)]
                if len(all_of) > 1
                else [NOTHING] * 2
            )
            for title, all_of in found.items()
        ],
    )


def _score(one: Assessment) -> str:
    score = one.score or {}
    return f"{score.get('total', NOTHING)} {score.get('band_zh') or ''}".strip()


def _needs(case: Case, is_named: bool) -> Known:
    rows = Need.objects.filter(case=case).order_by("rank", "id")
    return Known(
        head=[
            _("次序"),
            _("需求"),
            _("编码"),
            _("描述"),
            _("由谁提出"),
            _("严重程度"),
            _("满足情况"),
        ],
        rows=[
            [
                str(place),
                str(NeedCategory(one.category).label),
                icd10_said(one.category) or NOTHING,
                one.statement,
                one.get_voice_display(),
                f"{one.severity} / 5",
                one.get_met_display() or NOTHING,
            ]
            for place, one in enumerate(rows, start=1)
        ],
    )


def _closed(case: Case, is_named: bool) -> Known:
    done = CaseForm.objects.filter(case=case, kind="F8", state=FormState.FINAL).count()
    return Known(
        [
            (_("结案日期"), _day(case.closed_at)),
            (_("结案原因"), case.get_close_reason_display() or NOTHING),
            (_("已跟进"), _("%(n)d 次") % {"n": done}),
        ]
    )


def _alert(case: Case, is_named: bool) -> Known:
    rows = RiskAlert.objects.filter(case=case).order_by("-raised_at")[:3]
    return Known(
        head=[_("触发"), _("程度"), _("发起时间"), _("状态")],
        rows=[
            [
                one.get_trigger_display(),
                one.get_severity_display(),
                f"{timezone.localtime(one.raised_at):%Y-%m-%d %H:%M}",
                one.get_state_display(),
            ]
            for one in rows
        ],
    )


FACTS: dict[str, Callable[[Case, bool], Known]] = {
    "case": _case,
    "person": _person,
    "relatives": _relatives,
    "stay": _stay,
    "source": _source,
    "problem": _problem,
    "assigned": _assigned,
    "service": _service,
    "goals": _goals,
    "scales": _scales,
    "needs": _needs,
    "closed": _closed,
    "alert": _alert,
}


def facts_shown(facts: dict[str, Known], payload: Any) -> dict[str, Known]:
    """The frozen facts of a finished form in place of today's; identity always as given."""
    kept = (payload or {}).get("known") or {}
    shown = {name: Known.thawed(one) for name, one in kept.items() if name not in LIVE}
    if CLOSED_ON in facts and shown.get(CLOSED_ON):
        # The report is signed before the closing is approved: the day is known afterwards only.
        shown[CLOSED_ON].pairs[1] = facts[CLOSED_ON].pairs[1]
    return facts | shown
