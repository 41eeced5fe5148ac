"""Cases: opened, open, closed, how fast, how well."""

from django.utils.translation import gettext_lazy as _

from cases.services.clocks import DEFAULT_HOURS
from reports.indicators.definition import (
    MOMENTS,
    Fact,
    Indicator,
    Measure,
    age_at,
    day_of,
    during,
    ended,
    indicator,
)
from reports.indicators.figures import FIGURES

DIMS = (
    "department",
    "source",
    "ward",
    "disease",
    "worker",
    "kind",
    "risk",
    "sex",
    "age",
    "insurance",
)


def columns(at: str, worker: str = "c.worker_id") -> str:
    """The dimensions of a case `c` of a person `p` in a stay `e`; `worker` is whose work is counted."""
    return (
        "c.department_id as department, c.source, c.ward_id as ward, c.disease_group as disease, "
        f"{worker} as worker, c.service_kind as kind, c.risk_level as risk, p.sex, {age_at(at)} as age, "
        "e.insurance"
    )


JOINS = "join cases_client p on p.id = c.client_id left join cases_episode e on e.id = c.episode_id"
IS_REAL = "c.assigned_at is not null and c.stage <> 'voided'"


def _cases(at: str, condition: str, n2: str = "0", more: str = "", join: str = "") -> str:
    return (
        f"select {day_of(at)} as day, p.root_id as who, 1 as n, {n2} as n2, {columns(at)}{more} "
        f"from cases_case c {JOINS} {join} "
        f"where c.organization_id = %(house)s and {during(at)} and {condition}"
    )


HOURS = "ceil(extract(epoch from c.assigned_at - coalesce(r.received_at, c.opened_at)) / 3600)::int"
CRISIS, USUAL = (
    f"coalesce((w.settings ->> '{key}')::numeric, {DEFAULT_HOURS[key]})"
    for key in ("crisis_hours", "triage_hours")
)
# A risk that was found later does not shorten the time there was: the deadline was set at the door. The level
# never falls, so that nobody else need be asked for.
LIMIT = (
    f"case when r.urgency = 'urgent' then {CRISIS} when c.risk_level <> 'crisis' then {USUAL} "
    "else coalesce((select extract(epoch from t.due_at - c.opened_at) / 3600 from departments_task t "
    "where t.organization_id = c.organization_id and t.dedup_key = 'triage:' || c.uid), "
    f"{CRISIS}) end"
)
OPENED = Fact(
    "case_opened",
    _cases("c.assigned_at", IS_REAL, more=", (c.previous_id is not null) as is_again"),
    DIMS,
    FIGURES["case_new"].population,
    FIGURES["case_new"].period_by,
    drifting=("worker", "risk"),
)
CLOSED = Fact(
    "case_closed",
    _cases(
        "c.closed_at",
        "c.stage = 'closed'",
        f"{day_of('c.closed_at')} - {day_of('c.opened_at')}",
        ", c.close_reason as reason, c.goal_rate, c.gas_t, c.satisfaction, t.sessions, t.minutes",
        "left join lateral (select count(*) as sessions, coalesce(sum(k.minutes), 0) as minutes "
        "from cases_contact k where k.case_id = c.id and k.addendum_to_id is null) t on true",
    ),
    (*DIMS, "reason"),
    FIGURES["case_closed"].population,
    FIGURES["case_closed"].period_by,
    drifting=("worker", "risk"),
)
ENDED = Fact(
    "case_ended",
    _cases("c.closed_at", IS_REAL, more=", c.stage as ending"),
    (*DIMS, "ending"),
    FIGURES["case_ended"].population,
    FIGURES["case_ended"].period_by,
    drifting=("worker", "risk"),
)
ANSWERED = Fact(
    "case_response",
    _cases(
        "c.assigned_at",
        IS_REAL,
        f"least({HOURS}, 9999)",
        f", ({HOURS} <= {LIMIT}) as is_on_time",
        "left join cases_referral r on r.id = c.referral_id "
        "left join departments_department w on w.id = c.department_id",
    ),
    DIMS,
    FIGURES["response_hours"].population,
    FIGURES["response_hours"].period_by,
    drifting=("worker", "risk"),
)
OPEN = Fact(
    "case_open",
    "select m.day, p.root_id as who, 1 as n, c.weight as n2, coalesce((select t.to_state "
    "from departments_transition t where t.subject_kind = 'case' and t.subject_id = c.id "
    f"and {ended('t.at')} order by t.at desc, t.id desc limit 1), c.stage) as stage, "
    f"coalesce({ended('c.assigned_at')}, false) as is_given, "
    f"{columns('m.day')} from {MOMENTS} join cases_case c on {ended('c.opened_at')} "
    f"and (c.closed_at is null or not {ended('c.closed_at')}) {JOINS} "
    "where c.organization_id = %(house)s and c.stage <> 'voided'",
    ("stage", *DIMS),
    FIGURES["case_open"].population,
    _("期末"),
    is_stock=True,
    drifting=("worker", "risk"),
)
GIVEN = "is_given"  # who still waits for a worker is not in the work
CONTACTS, CASES = "contacts", "cases"
M = Measure


def _of(fact: Fact, *given, **more) -> Indicator:
    return indicator("casework", fact, *given, **more)


INDICATORS = (
    _of(
        OPENED,
        "case_new",
        FIGURES["case_new"].name,
        FIGURES["case_new"].words,
        _("件"),
        M.COUNT,
        CASES,
    ),
    _of(
        OPENED,
        "case_new_persons",
        _("新开个案人数"),
        _("新开个案中不重复的服务对象；合并的档案算一人"),
        _("人"),
        M.PERSONS,
        "persons",
    ),
    _of(
        OPENED,
        "case_again",
        _("重开个案"),
        _("接续前一件个案的新开个案"),
        _("件"),
        M.COUNT,
        CASES,
        where="is_again",
    ),
    _of(
        OPENED,
        "case_short",
        _("短期服务"),
        _("新开个案中服务类型为短期的"),
        _("件"),
        M.COUNT,
        CASES,
        where="kind = 'short'",
    ),
    _of(
        OPENED,
        "case_from_clinicians",
        _("医护转介占比"),
        _("来源为医护转介的 ÷ 新开个案"),
        "%",
        M.SHARE,
        CASES,
        value="(source = 'clinician_referral')::int",
        dims=("department", "ward", "disease", "worker"),
    ),
    _of(
        OPEN,
        "case_open",
        FIGURES["case_open"].name,
        FIGURES["case_open"].words,
        _("件"),
        M.COUNT,
        CASES,
        where=GIVEN,
    ),
    _of(
        OPEN,
        "case_open_persons",
        _("在案人数"),
        _("期末已分派、未结束的个案中不重复的服务对象"),
        _("人"),
        M.PERSONS,
        "persons",
        where=GIVEN,
    ),
    _of(
        OPEN,
        "case_weight",
        _("在案权重"),
        _("期末已分派、未结束的个案，按权重相加"),
        _("分"),
        M.SUM,
        CASES,
        where=GIVEN,
        digits=1,
    ),
    _of(
        OPEN,
        "case_pending",
        FIGURES["case_pending"].name,
        FIGURES["case_pending"].words,
        _("件"),
        M.COUNT,
        CASES,
        where=f"not {GIVEN}",
        population=FIGURES["case_pending"].population,
    ),
    _of(
        ENDED,
        "case_ended",
        FIGURES["case_ended"].name,
        _("分派后结束的个案数；期末在案 = 期初在案 + 新开 − 结束，重开的算新开"),
        _("件"),
        M.COUNT,
        CASES,
    ),
    _of(
        CLOSED,
        "case_closed",
        FIGURES["case_closed"].name,
        FIGURES["case_closed"].words,
        _("件"),
        M.COUNT,
        CASES,
    ),
    _of(
        ENDED,
        "case_referred_out",
        _("转介结束"),
        _("因转介到别处而结束的个案"),
        _("件"),
        M.COUNT,
        CASES,
        where="ending = 'referred_out'",
        dims=DIMS,
    ),
    _of(
        CLOSED,
        "case_days",
        _("平均服务时长"),
        _("结案日 − 登记日，结案个案的平均"),
        _("天"),
        M.MEAN,
        CASES,
    ),
    _of(
        CLOSED,
        "case_sessions",
        _("平均服务次数"),
        _("结案个案的服务记录数 ÷ 结案数，补记不计"),
        _("次"),
        M.MEAN,
        CASES,
        value="sessions",
    ),
    _of(
        CLOSED,
        "case_minutes",
        _("平均投入工时"),
        _("结案个案的服务时长 ÷ 结案数"),
        _("小时"),
        M.MEAN,
        CASES,
        value="minutes / 60.0",
    ),
    _of(
        CLOSED,
        "goal_rate",
        _("目标达成率"),
        _("结案个案目标达成率的平均；未评目标的个案不计"),
        "%",
        M.SHARE,
        CASES,
        where="goal_rate is not null",
        value="goal_rate",
    ),
    _of(
        CLOSED,
        "gas_t",
        _("目标达成 T 分"),
        _("结案个案 GAS T 分的平均；50 为如期达成"),
        _("分"),
        M.MEAN,
        CASES,
        where="gas_t is not null",
        value="gas_t",
    ),
    _of(
        CLOSED,
        "case_goals_met",
        _("目标达成结案占比"),
        _("结案原因为目标达成的 ÷ 结案数"),
        "%",
        M.SHARE,
        CASES,
        value="(reason = 'goals_met')::int",
        dims=DIMS,
    ),
    _of(
        CLOSED,
        "case_lost",
        _("失联与退出占比"),
        _("因失联或服务对象退出而结案的 ÷ 结案数"),
        "%",
        M.SHARE,
        CASES,
        value="(reason in ('lost_contact', 'client_withdrew'))::int",
        dims=DIMS,
    ),
    _of(
        ANSWERED,
        "response_hours",
        _("首次响应中位数"),
        FIGURES["response_hours"].words,
        _("小时"),
        M.MEDIAN,
        CASES,
    ),
    _of(
        ANSWERED,
        "response_hours_p90",
        _("首次响应第 90 百分位"),
        FIGURES["response_hours"].words,
        _("小时"),
        M.P90,
        CASES,
    ),
    _of(
        ANSWERED,
        "response_on_time",
        _("按时响应率"),
        _(
            "在科室约定的时限内分派的 ÷ 全部分派；未约定的，危机 2 小时、其他 24 小时；是否危机看登记时和转介单"
        ),
        "%",
        M.SHARE,
        CASES,
        value="is_on_time::int",
    ),
    _of(
        CLOSED,
        "case_satisfaction",
        _("个案满意度"),
        _("结案时的评分平均，1–5 分；未评不计"),
        _("分"),
        M.MEAN,
        CASES,
        where="satisfaction is not null",
        value="satisfaction",
        digits=2,
    ),
    _of(
        CLOSED,
        "case_satisfied",
        _("个案满意率"),
        _("评 4 分及以上的 ÷ 已评分的结案个案"),
        "%",
        M.SHARE,
        CASES,
        where="satisfaction is not null",
        value="(satisfaction >= 4)::int",
    ),
)
