"""Needs, contacts and referrals: the daily work on cases."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.casework import DIMS, JOINS, columns
from reports.indicators.definition import (
    Fact,
    Indicator,
    Measure,
    day_of,
    during,
    indicator,
    on_day,
)
from reports.indicators.figures import FIGURES

M = Measure
PERSONS, CONTACTS, CASES = "persons", "contacts", "cases"
CASE_DIMS = tuple(dim for dim in DIMS if dim not in {"source", "kind", "risk"})
LINE_DIMS = ("department", "ward", "disease", "worker")
OF_LINE = "c.department_id as department, c.ward_id as ward, c.disease_group as disease, c.worker_id as worker"


def of_case(
    day: str,
    inside: str,
    table: str,
    facts: str,
    condition: str = "true",
    worker: str = "c.worker_id",
) -> str:
    """Rows `r` of a child of the case, with the case's dimensions."""
    return (
        f"select {day} as day, p.root_id as who, 1 as n, {facts}, {columns(day, worker)} from {table} r "
        f"join cases_case c on c.id = r.case_id {JOINS} "
        f"where r.organization_id = %(house)s and {inside} and {condition}"
    )


def on_its_day(column: str) -> tuple[str, str]:
    return column, on_day(column)


def at_instant(column: str) -> tuple[str, str]:
    return day_of(column), during(column)


NEEDS = Fact(
    "need_found",
    of_case(
        *at_instant("r.created_at"),
        "cases_need",
        "r.severity as n2, r.category, r.voice, r.met",
    ),
    ("category", "voice", *CASE_DIMS),
    FIGURES["need_found"].population,
    FIGURES["need_found"].period_by,
    drifting=("worker",),
)
# Whose work it was, not whose case it is now.
CONTACTS_DONE = Fact(
    "contact_done",
    of_case(
        *on_its_day("r.occurred_on"),
        "cases_contact",
        "coalesce(r.minutes, 0) as n2, r.mode, r.target, r.checkpoint, "
        "r.created_at <= coalesce(r.ends_at, (r.occurred_on + 1)::timestamp at time zone 'Asia/Shanghai') "
        "+ interval '24 hours' as is_prompt",
        "r.addendum_to_id is null",
        worker="r.created_by_id",
    ),
    ("mode", "target", "checkpoint", *CASE_DIMS),
    _("本部门全部服务记录，补记不计"),
    _("服务日"),
)
CO_SIGNED = Fact(
    "contact_co_signed",
    of_case(
        *on_its_day("r.occurred_on"),
        "cases_contact",
        "(r.countersigned_by_id is not null)::int as n2",
        "r.co_sign_required",
    ),
    LINE_DIMS,
    _("须会签的服务记录"),
    _("服务日"),
    drifting=("worker",),
)
REFERRED = Fact(
    "referral_in",
    f"select {day_of('r.received_at')} as day, r.client_id as who, 1 as n, (c.id is not null)::int as n2, "
    "r.from_department_id as ward, r.from_profession as profession, r.urgency, case when r.inbox_item_id is null then 'entered' "
    "else i.kind end as door, case when r.state in ('received', 'claimed') then 'waiting' "
    "when c.id is not null then 'case' when r.state in ('accepted', 'completed') then 'consulted' "
    "else r.state end as outcome from cases_referral r left join cases_case c on c.referral_id = r.id "
    "left join departments_inboxitem i on i.id = r.inbox_item_id "
    f"where r.organization_id = %(house)s and r.direction = 'in' and {during('r.received_at')}",
    ("ward", "profession", "urgency", "door", "outcome"),
    _("本院收到的全部转介"),
    _("收到日"),
    has_persons=False,
)
SENT_ON = Fact(
    "referral_out",
    f"select {day_of('r.sent_at')} as day, coalesce(p.root_id, r.client_id) as who, 1 as n, "
    "(r.state in ('accepted', 'completed'))::int as n2, r.state as outcome, c.department_id as department "
    "from cases_referral r left join cases_case c on c.id = r.case_id left join cases_client p on p.id = r.client_id "
    f"where r.organization_id = %(house)s and r.direction = 'out' and {during('r.sent_at')}",
    ("department", "outcome"),
    _("本院发出的转介"),
    _("发出日"),
)


def _of(fact: Fact, *given, **more) -> Indicator:
    return indicator("service", fact, *given, **more)


INDICATORS = (
    _of(
        NEEDS,
        "need_found",
        FIGURES["need_found"].name,
        FIGURES["need_found"].words,
        _("项"),
        M.COUNT,
        CASES,
    ),
    _of(
        NEEDS,
        "need_persons",
        _("有需求人数"),
        _("登记了需求的不重复服务对象"),
        _("人"),
        M.PERSONS,
        PERSONS,
    ),
    _of(
        NEEDS, "need_severity", _("需求严重程度"), _("严重程度 1–5 的平均"), _("分"), M.MEAN, CASES
    ),
    _of(
        NEEDS,
        "need_met",
        _("需求满足率"),
        _("已满足或部分满足的 ÷ 已核对的需求"),
        "%",
        M.SHARE,
        CASES,
        where="met <> ''",
        value="(met in ('yes', 'partly'))::int",
    ),
    _of(
        CONTACTS_DONE,
        "contact_done",
        _("服务人次"),
        _("服务记录数：同一人每次算一人次；补记不计"),
        _("人次"),
        M.COUNT,
        CONTACTS,
    ),
    _of(
        CONTACTS_DONE,
        "contact_persons",
        _("服务人数"),
        _("期内有服务记录的不重复服务对象"),
        _("人"),
        M.PERSONS,
        PERSONS,
    ),
    _of(
        CONTACTS_DONE,
        "contact_hours",
        _("服务工时"),
        _("服务记录的分钟数相加 ÷ 60"),
        _("小时"),
        M.SUM,
        CONTACTS,
        value="n2 / 60.0",
        digits=1,
    ),
    _of(
        CONTACTS_DONE,
        "contact_minutes",
        _("平均每次时长"),
        _("服务分钟数 ÷ 服务人次"),
        _("分钟"),
        M.MEAN,
        CONTACTS,
    ),
    _of(
        CONTACTS_DONE,
        "contact_face",
        _("面谈与探访人次"),
        _("方式为面谈、病房探访、门诊、家访的服务记录"),
        _("人次"),
        M.COUNT,
        CONTACTS,
        where="mode in ('interview', 'ward_visit', 'clinic', 'home_visit', 'family_meeting')",
    ),
    _of(
        CONTACTS_DONE,
        "contact_home",
        _("家访人次"),
        _("方式为家访的服务记录"),
        _("人次"),
        M.COUNT,
        CONTACTS,
        where="mode = 'home_visit'",
    ),
    _of(
        CONTACTS_DONE,
        "contact_prompt",
        _("记录 24 小时完成率"),
        _("服务结束后 24 小时内写完的 ÷ 全部服务记录；没有钟点的从当日结束起算"),
        "%",
        M.SHARE,
        CONTACTS,
        value="is_prompt::int",
    ),
    _of(
        CO_SIGNED,
        "contact_co_signed",
        _("督导签核率"),
        _("已会签的 ÷ 须会签的服务记录"),
        "%",
        M.SHARE,
        CONTACTS,
    ),
    _of(
        REFERRED,
        "referral_in",
        _("收到转介"),
        _("病区、个人和机构转入的求助数"),
        _("件"),
        M.COUNT,
        CASES,
    ),
    _of(
        REFERRED,
        "referral_to_case",
        _("转介成案率"),
        _("已开个案的转介 ÷ 收到的转介；按病区、职业和途径比较"),
        "%",
        M.SHARE,
        CASES,
    ),
    _of(
        REFERRED,
        "referral_refused",
        _("转介退回率"),
        _("退回或不接的转介 ÷ 收到的转介"),
        "%",
        M.SHARE,
        CASES,
        value="(outcome in ('refused', 'returned'))::int",
    ),
    _of(SENT_ON, "referral_out", _("转出转介"), _("发往其他机构的转介数"), _("件"), M.COUNT, CASES),
    _of(
        SENT_ON,
        "referral_out_taken",
        _("转出成功率"),
        _("对方接收或办结的 ÷ 发出的转介"),
        "%",
        M.SHARE,
        CASES,
        dims=("department",),
    ),
)
