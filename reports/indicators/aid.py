"""Aid asked, granted, paid and followed up: both sides read the same request."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.definition import (
    CARE,
    CHARITY,
    MOMENTS,
    Fact,
    Indicator,
    Measure,
    day_of,
    during,
    ended,
    indicator,
    on_day,
)
from reports.indicators.figures import FIGURES

M = Measure
REQUESTS, AMOUNT, PERSONS = "requests", "amount", "persons"
BOTH = CARE | CHARITY
# Both sides read the same request; the case behind it is the hospital's alone.
SIDES = "(r.organization_id = %(house)s or r.counterparty_id = %(house)s)"
DIMS = ("department", "programme", "foundation", "hospital", "region", "disease", "ward", "worker")
COLUMNS = (
    "r.subject_code as who, c.department_id as department, v.programme_id as programme, "
    "r.counterparty_id as foundation, r.organization_id as hospital, h.region_id as region, "
    "c.disease_group as disease, c.ward_id as ward, c.worker_id as worker"
)
JOINS = (
    "left join donations_programmeversion v on v.id = r.programme_version_id "
    "left join departments_organization h on h.id = r.organization_id "
    "left join cases_case c on c.id = r.case_id"
)
ASKED = Fact(
    "aid_asked",
    f"select {day_of('r.submitted_at')} as day, 1 as n, r.requested as n2, r.gap, {COLUMNS} "
    f"from donations_fundingrequest r {JOINS} where {SIDES} and {during('r.submitted_at')}",
    DIMS,
    FIGURES["aid_asked"].population,
    FIGURES["aid_asked"].period_by,
    houses=BOTH,
    drifting=("worker",),
)
OPEN = Fact(
    "aid_open",
    "select m.day, 1 as n, r.requested as n2, coalesce((select t.to_state from departments_transition t "
    f"where t.subject_kind = 'fundingrequest' and t.subject_id = r.id and {ended('t.at')} "
    f"order by t.at desc, t.id desc limit 1), r.state) as state, {COLUMNS} from {MOMENTS} "
    f"join donations_fundingrequest r on {ended('r.submitted_at')} {JOINS} where {SIDES}",
    ("state", *DIMS),
    FIGURES["aid_open"].population,
    _("期末"),
    is_stock=True,
    houses=BOTH,
    drifting=("worker",),
)
DECIDED = Fact(
    "aid_decided",
    f"select {day_of('a.at')} as day, 1 as n, (a.step = 'approve')::int as n2, "
    f"{day_of('a.at')} - {day_of('r.submitted_at')} as days, r.gap, {COLUMNS} from donations_fundingact a "
    f"join donations_fundingrequest r on r.id = a.request_id {JOINS} "
    f"where {SIDES} and a.step in ('approve', 'reject', 'reject_ineligible') and {during('a.at')}",
    DIMS,
    _("批准、不通过和不予受理的申请"),
    _("决定日"),
    houses=BOTH,
    drifting=("worker",),
)
# What a second look added is approved when it is approved; it is no second approval.
ADDED = (
    "a.amount - case when a.step = 'raise' then (select b.amount from donations_fundingact b "
    "where b.request_id = a.request_id and b.step = 'approve') else 0 end"
)
APPROVED = Fact(
    "aid_approved",
    f"select {day_of('a.at')} as day, (a.step = 'approve')::int as n, {ADDED} as n2, {COLUMNS} "
    f"from donations_fundingact a join donations_fundingrequest r on r.id = a.request_id {JOINS} "
    f"where {SIDES} and a.step in ('approve', 'raise') and {during('a.at')}",
    DIMS,
    FIGURES["aid_approved"].population,
    FIGURES["aid_approved"].period_by,
    houses=BOTH,
    drifting=("worker",),
)
PAID = Fact(
    "aid_paid",
    f"select {day_of('d.released_at')} as day, 1 as n, d.amount as n2, d.mode, {COLUMNS} "
    f"from donations_disbursement d join donations_fundingrequest r on r.id = d.request_id {JOINS} "
    f"where {SIDES} and d.state in ('released', 'confirmed', 'reconciled', 'refunded') and {during('d.released_at')}",
    ("mode", *DIMS),
    FIGURES["aid_paid"].population,
    FIGURES["aid_paid"].period_by,
    houses=BOTH,
    drifting=("worker",),
)
RELIEVED = Fact(
    "aid_relief",
    f"select {day_of('a.at')} as day, case when a.step = 'approve' then r.gap else 0 end as n, {ADDED} as n2, "
    f"{COLUMNS} from donations_fundingact a join donations_fundingrequest r on r.id = a.request_id {JOINS} "
    f"where {SIDES} and a.step in ('approve', 'raise') and {during('a.at')}",
    DIMS,
    FIGURES["aid_approved"].population,
    FIGURES["aid_approved"].period_by,
    houses=BOTH,
    drifting=("worker",),
)
RECOVERED = Fact(
    "aid_recovered",
    # The books are the foundation's; app.aid_refunds tells both sides what came back of their requests.
    f"select {day_of('t.at')} as day, 1 as n, t.amount as n2, {COLUMNS} "
    "from app.aid_refunds(%(since)s, %(before)s) t "
    f"join donations_fundingrequest r on r.id = t.request_id {JOINS} where {SIDES}",
    DIMS,
    _("拨付后退回的款项，部分退回的也计"),
    _("退款入账日"),
    houses=BOTH,
    drifting=("worker",),
)
REVISITED = Fact(
    "aid_revisit",
    f"select f.due_on as day, 1 as n, (f.done_on is not null)::int as n2, coalesce(f.outcome, '') as revisit, {COLUMNS} "
    f"from donations_revisit f join donations_fundingrequest r on r.id = f.request_id {JOINS} "
    f"where {SIDES} and {on_day('f.due_on')}",
    ("revisit", *DIMS),
    _("到期的回访"),
    _("到期日"),
    houses=BOTH,
    drifting=("worker",),
)
APPEALED = Fact(
    "aid_appeal",
    f"select {day_of('a.raised_at')} as day, 1 as n, (a.outcome in ('upheld', 'partly'))::int as n2, a.state as appeal, "
    f"a.kind as appeal_kind, {COLUMNS} from donations_appeal a "
    f"join donations_fundingrequest r on r.id = a.request_id {JOINS} where {SIDES} and {during('a.raised_at')}",
    ("appeal_kind", *DIMS),
    _("申请人提出的复核与投诉"),
    _("提出日"),
    houses=BOTH,
    drifting=("worker",),
)


def _aid(fact: Fact, *given, **more) -> Indicator:
    return indicator("aid", fact, *given, **more)


YUAN, PIECES, HEADS = _("元"), _("件"), _("人")
AID = (
    _aid(ASKED, "aid_requests", _("申请数"), _("期内提交的救助申请数"), PIECES, M.COUNT, REQUESTS),
    _aid(
        ASKED, "aid_applicants", _("申请人数"), _("提交申请的不重复患者"), HEADS, M.PERSONS, PERSONS
    ),
    _aid(
        ASKED,
        "aid_asked",
        FIGURES["aid_asked"].name,
        _("期内提交的申请金额相加"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _aid(
        ASKED,
        "aid_gap",
        _("自付缺口"),
        _("提交时填报的自付缺口相加"),
        YUAN,
        M.SUM,
        AMOUNT,
        value="gap",
    ),
    _aid(
        OPEN,
        "aid_open",
        FIGURES["aid_open"].name,
        _("期末已提交的申请数，按状态"),
        PIECES,
        M.COUNT,
        REQUESTS,
    ),
    _aid(
        DECIDED,
        "aid_decided",
        _("审结数"),
        _("期内批准、不通过和不予受理的申请数"),
        PIECES,
        M.COUNT,
        REQUESTS,
    ),
    _aid(DECIDED, "aid_pass_rate", _("通过率"), _("批准的 ÷ 审结的"), "%", M.SHARE, REQUESTS),
    _aid(
        DECIDED,
        "aid_granted",
        _("批准数"),
        _("期内批准的申请数"),
        PIECES,
        M.COUNT,
        REQUESTS,
        where="n2 = 1",
    ),
    _aid(
        APPROVED,
        "aid_approved",
        FIGURES["aid_approved"].name,
        _("期内批准的金额相加；复核后提高的，提高的部分计在提高当月"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _aid(
        APPROVED,
        "aid_mean",
        _("平均批准额"),
        _("批准金额 ÷ 批准数"),
        YUAN,
        M.MEAN,
        AMOUNT,
        digits=2,
    ),
    _aid(
        DECIDED,
        "aid_days",
        _("平均审批天数"),
        _("决定日 − 提交日的平均"),
        _("天"),
        M.MEAN,
        REQUESTS,
        value="days",
    ),
    _aid(
        DECIDED,
        "aid_days_p90",
        _("审批天数第 90 百分位"),
        _("九成申请在多少天内审结"),
        _("天"),
        M.P90,
        REQUESTS,
        value="days",
    ),
    _aid(RELIEVED, "aid_relief", _("自付减负率"), _("批准金额 ÷ 自付缺口"), "%", M.SHARE, AMOUNT),
    _aid(
        PAID,
        "aid_payments",
        _("受助人次"),
        _("期内放款的笔数；未到账退汇的不计，到账后退款的仍计"),
        _("人次"),
        M.COUNT,
        "contacts",
    ),
    _aid(
        PAID, "aid_helped", _("受助人数"), _("期内收到放款的不重复患者"), HEADS, M.PERSONS, PERSONS
    ),
    _aid(
        PAID,
        "aid_paid",
        FIGURES["aid_paid"].name,
        _("期内放款的金额相加；未到账退汇的不计，到账后退款的仍计，另列追回额"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _aid(
        PAID, "aid_paid_mean", _("平均拨付额"), _("放款金额 ÷ 笔数"), YUAN, M.MEAN, AMOUNT, digits=2
    ),
    _aid(
        PAID,
        "aid_to_hospital",
        _("拨付至医院占比"),
        _("拨付方式为至医院账户的笔数 ÷ 全部放款"),
        "%",
        M.SHARE,
        REQUESTS,
        value="(mode = 'to_hospital')::int",
        dims=DIMS,
    ),
    _aid(
        RECOVERED,
        "aid_recovered",
        _("追回额"),
        _("拨付后退回的金额相加，部分退回的也计"),
        YUAN,
        M.SUM,
        AMOUNT,
    ),
    _aid(
        REVISITED,
        "aid_revisits_due",
        _("到期回访"),
        _("期内到期的回访数"),
        _("次"),
        M.COUNT,
        REQUESTS,
    ),
    _aid(
        REVISITED,
        "aid_revisited",
        _("回访率"),
        _("已完成的 ÷ 到期的回访"),
        "%",
        M.SHARE,
        REQUESTS,
        dims=DIMS,
    ),
    _aid(
        APPEALED,
        "aid_appeals",
        _("复核与投诉"),
        _("期内提出的复核与投诉数"),
        PIECES,
        M.COUNT,
        REQUESTS,
    ),
    _aid(
        APPEALED,
        "aid_appeals_upheld",
        _("复核支持率"),
        _("支持或部分支持的 ÷ 已答复的"),
        "%",
        M.SHARE,
        REQUESTS,
        where="appeal = 'answered'",
    ),
)
