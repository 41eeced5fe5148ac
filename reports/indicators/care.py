"""How well a case is worked: scales, plans, alerts, consents, aid of the state."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.definition import (
    Fact,
    Indicator,
    Measure,
    day_of,
    during,
    indicator,
)
from reports.indicators.service import (
    CASES,
    LINE_DIMS,
    OF_LINE,
    at_instant,
    of_case,
    on_its_day,
)

M = Measure
PERSONS = "persons"
# A lower score is better but for the well-being index; the least difference that matters to a person.
BETTER = (
    "case x.code when 'phq9' then x.first_total - x.last_total >= 5 "
    "when 'gad7' then x.first_total - x.last_total >= 4 else x.last_total - x.first_total >= 10 end"
)
SCALES = Fact(
    "scale_pair",
    f"select {day_of('x.at')} as day, p.root_id as who, 1 as n, ({BETTER})::int as n2, x.code as scale, "
    f"{OF_LINE} from (select r.case_id, q.code, max(r.finalized_at) as at, "
    "(array_agg((r.score ->> 'total')::numeric order by r.finalized_at, r.id))[1] as first_total, "
    "(array_agg((r.score ->> 'total')::numeric order by r.finalized_at desc, r.id desc))[1] as last_total "
    "from cases_assessment r join departments_questionnaire q on q.id = r.questionnaire_id "
    "where r.organization_id = %(house)s and r.is_final and q.code in ('phq9', 'gad7', 'who5') "
    "and not exists (select 1 from cases_assessment l where l.corrects_id = r.id and l.is_final) "
    "group by r.case_id, q.code having count(*) > 1) x join cases_case c on c.id = x.case_id "
    f"join cases_client p on p.id = c.client_id where {during('x.at')}",
    ("scale", *LINE_DIMS),
    _("同一个案同一量表有前后两次定稿的"),
    _("后测定稿日"),
    drifting=("worker",),
)
PLANNED = Fact(
    "plan_item",
    of_case(
        *on_its_day("r.ends_on"),
        "cases_planitem",
        "coalesce(r.done_on <= r.ends_on, false)::int as n2, r.kind as item",
        "r.state <> 'cancelled' and exists (select 1 from cases_plan l where l.id = r.plan_id and l.state = 'approved')",
    ),
    ("item", *LINE_DIMS),
    _("已批准计划中到期的任务，取消的不计"),
    _("到期日"),
    drifting=("worker",),
)
SIGNED_OFF = Fact(
    "plan_signed_off",
    of_case(
        *at_instant("r.submitted_at"),
        "cases_plan",
        "(r.approved_at is not null)::int as n2, extract(epoch from r.approved_at - r.submitted_at) / 3600 as hours",
        "r.state <> 'draft'",
    ),
    LINE_DIMS,
    _("交督导审核的服务计划"),
    _("提交日"),
    drifting=("worker",),
)
ALERTS = Fact(
    "risk_alert",
    of_case(
        *at_instant("r.raised_at"),
        "cases_riskalert",
        "(r.handled_at is not null and r.handled_at <= r.report_due_at)::int as n2, r.trigger, r.severity",
    ),
    ("trigger", "severity", *LINE_DIMS),
    _("本部门个案上的全部预警"),
    _("预警日"),
    drifting=("worker",),
)
MANDATED = Fact(
    "mandatory_report",
    f"select {day_of('r.opened_at')} as day, c.client_id as who, 1 as n, "
    "(r.reported_at is not null and r.reported_at <= r.due_at)::int as n2, r.ground, r.state, "
    "r.department_id as department from cases_mandatoryreport r join cases_case c on c.id = r.case_id "
    f"where r.organization_id = %(house)s and {during('r.opened_at')}",
    ("department", "ground"),
    _("登记的强制报告事项"),
    _("登记日"),
)
CONSENTED = Fact(
    "consent_signed",
    f"select {day_of('r.signed_at')} as day, p.root_id as who, 1 as n, (r.withdrawn_at is not null)::int as n2, "
    "r.kind as consent, c.department_id as department from cases_consent r join cases_client p on p.id = r.client_id "
    f"left join cases_case c on c.id = r.case_id where r.organization_id = %(house)s and {during('r.signed_at')}",
    ("department", "consent"),
    _("签署的知情同意书"),
    _("签署日"),
)
STATE_AID = Fact(
    "state_aid",
    of_case(
        *on_its_day("r.filed_on"),
        "cases_stateaid",
        "coalesce(r.granted, 0) as n2, r.kind as scheme, r.state as answer, (r.granted > 0 or r.state in "
        "('granted', 'received'))::int as is_granted, coalesce(r.received, 0) as received",
    ),
    ("scheme", *LINE_DIMS),
    _("协助申请的政府救助"),
    _("递交日"),
    drifting=("worker",),
)


def _of(fact: Fact, *given, **more) -> Indicator:
    return indicator("quality", fact, *given, **more)


INDICATORS = (
    _of(
        SCALES,
        "scale_pairs",
        _("量表前后测"),
        _("同一个案同一量表有前后两次定稿的组数"),
        _("组"),
        M.COUNT,
        CASES,
    ),
    _of(
        SCALES,
        "scale_better",
        _("量表改善率"),
        _("后测优于前测达到最小临床差值的 ÷ 全部前后测：PHQ-9 5 分、GAD-7 4 分、WHO-5 10 分"),
        "%",
        M.SHARE,
        CASES,
    ),
    _of(
        PLANNED,
        "plan_items_due",
        _("到期任务"),
        _("已批准计划中期内到期的任务数"),
        _("项"),
        M.COUNT,
        CASES,
    ),
    _of(
        PLANNED,
        "plan_on_time",
        _("计划按时完成率"),
        _("到期日或以前完成的 ÷ 到期任务"),
        "%",
        M.SHARE,
        CASES,
    ),
    _of(
        SIGNED_OFF,
        "plan_signed_off",
        _("计划审批率"),
        _("督导已批准的 ÷ 提交审核的计划"),
        "%",
        M.SHARE,
        CASES,
    ),
    _of(
        SIGNED_OFF,
        "plan_sign_hours",
        _("计划审批中位时长"),
        _("批准时刻 − 提交时刻的中位数"),
        _("小时"),
        M.MEDIAN,
        CASES,
        where="hours is not null",
        value="ceil(hours)",
    ),
    _of(
        ALERTS,
        "risk_alerts",
        _("风险预警"),
        _("新发出的预警数"),
        _("次"),
        M.COUNT,
        CASES,
        privacy_class=3,
    ),
    _of(
        ALERTS,
        "risk_on_time",
        _("预警按时处置率"),
        _("报告期限前处置完的 ÷ 全部预警"),
        "%",
        M.SHARE,
        CASES,
        privacy_class=3,
    ),
    _of(
        MANDATED,
        "mandatory_reports",
        _("强制报告"),
        _("登记的强制报告事项数"),
        _("件"),
        M.COUNT,
        CASES,
        privacy_class=4,
    ),
    _of(
        MANDATED,
        "mandatory_on_time",
        _("强制报告按时率"),
        _("期限前报出的 ÷ 全部事项，撤销的不计"),
        "%",
        M.SHARE,
        CASES,
        where="state <> 'dismissed'",
        privacy_class=4,
    ),
    _of(CONSENTED, "consents", _("签署同意书"), _("签署的知情同意书份数"), _("份"), M.COUNT, CASES),
    _of(
        CONSENTED,
        "consents_withdrawn",
        _("同意撤回率"),
        _("期内签署、后来撤回的 ÷ 期内签署的"),
        "%",
        M.SHARE,
        CASES,
    ),
    _of(
        STATE_AID,
        "state_aid_filed",
        _("政府救助申请"),
        _("协助递交的政府救助申请数"),
        _("件"),
        M.COUNT,
        "requests",
    ),
    _of(
        STATE_AID,
        "state_aid_persons",
        _("政府救助申请人数"),
        _("协助递交申请的不重复服务对象"),
        _("人"),
        M.PERSONS,
        PERSONS,
    ),
    _of(
        STATE_AID,
        "state_aid_granted",
        _("政府救助获批率"),
        _("获批的 ÷ 期内递交的"),
        "%",
        M.SHARE,
        "requests",
        value="is_granted",
    ),
    _of(
        STATE_AID,
        "state_aid_amount",
        _("政府救助批准额"),
        _("期内递交的申请所批准的金额"),
        _("元"),
        M.SUM,
        "amount",
    ),
)
