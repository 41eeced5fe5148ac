"""Volunteers: who is enrolled, who serves, how long, who comes back."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.definition import (
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

M = Measure
PERSONS, CONTACTS, TIMES = "persons", "contacts", "cases"
SERVED = Fact(
    "volunteer_service",
    f"select {day_of('r.checked_in')} as day, r.volunteer_id as who, 1 as n, r.hours as n2, coalesce(r.persons, 0) as persons, "
    "p.department_id as department, p.ward_id as ward, v.source as volunteer_source, (r.need_id is not null or r.activity_id is not null "
    "or r.group_id is not null) as is_joined from volunteers_servicerecord r join volunteers_post p on p.id = r.post_id "
    "join volunteers_volunteer v on v.id = r.volunteer_id "
    f"where r.organization_id = %(house)s and r.state = 'confirmed' and {during('r.checked_in')}",
    ("department", "ward", "volunteer_source"),
    _("已确认的志愿服务记录"),
    _("签到日"),
)
STATE_THEN = (
    "coalesce((select t.to_state from departments_transition t where t.subject_kind = 'volunteer' "
    f"and t.subject_id = v.id and {ended('t.at')} order by t.at desc, t.id desc limit 1), v.state)"
)
# Years that meet and do not overlap: to the end of December they are the calendar years.
LAST = (
    "exists (select 1 from volunteers_servicerecord s where s.volunteer_id = v.id and s.state = 'confirmed' "
    "and s.checked_in >= ((m.day + 1 - interval '{}')::timestamp at time zone 'Asia/Shanghai') "
    "and s.checked_in < ((m.day + 1 - interval '{}')::timestamp at time zone 'Asia/Shanghai'))"
)
ENROLLED = Fact(
    "volunteer_enrolled",
    f"select x.* from (select m.day, v.id as who, 1 as n, v.hours as n2, {STATE_THEN} as volunteer_state, v.star, "
    "v.source as volunteer_source, v.department_id as department, exists (select 1 from volunteers_volunteerrecord t "
    "where t.volunteer_id = v.id and t.kind = 'training' and t.voided_at is null and t.passed "
    "and t.happened_on <= m.day and (t.valid is null or t.valid @> m.day)) as is_trained "
    f"from {MOMENTS} join volunteers_volunteer v on {ended('v.created_at')} where v.organization_id = %(house)s) x "
    "where volunteer_state in ('training', 'active', 'paused')",
    ("department", "volunteer_state", "volunteer_source", "star"),
    _("期末在册、培训中和暂停的志愿者"),
    _("期末"),
    is_stock=True,
    drifting=("star",),
)
SERVING = Fact(
    "volunteer_years",
    "select x.*, is_active::int as n2 from (select m.day, v.id as who, 1 as n, "
    f"{STATE_THEN} as volunteer_state, v.star, v.source as volunteer_source, v.department_id as department, "
    f"{LAST.format('12 months', '0 days')} as is_active, {LAST.format('24 months', '12 months')} as was_active "
    f"from {MOMENTS} cross join volunteers_volunteer v where v.organization_id = %(house)s) x "
    "where is_active or was_active",
    ENROLLED.dims,
    _("期末前两年内有已确认服务的志愿者，后来退出的也在内"),
    _("期末"),
    is_stock=True,
    drifting=("star",),
)
# The periods by their first and last day; the last day alone says nothing of what happened within.
SPANS = (
    "(select u.day, coalesce(lag(u.day) over (order by u.day) + 1, %(first)s::date) as since "
    "from unnest(%(ends)s::date[]) u(day)) m"
)
GONE = "('left', 'blacklisted')"
LEFT = Fact(
    "volunteer_left",
    f"select x.*, (state_then in {GONE})::int as n2 from (select m.day, v.id as who, 1 as n, "
    f"{STATE_THEN} as state_then, v.source as volunteer_source, v.department_id as department, "
    "exists (select 1 from departments_transition g where g.subject_kind = 'volunteer' and g.subject_id = v.id "
    f"and g.to_state in {GONE} and g.from_state not in {GONE} "
    f"and {day_of('g.at')} between m.since and m.day) as has_left "
    f"from {SPANS} join volunteers_volunteer v on {ended('v.created_at')} where v.organization_id = %(house)s) x "
    f"where state_then in ('active', 'paused') or (state_then in {GONE} and has_left)",
    ("department", "volunteer_source"),
    _("期末在册、暂停的志愿者，和期内退出或拉黑、期末没有回来的"),
    _("期末"),
)
# Days in bed stand under the hours: `n` of a stay is its days within the period, of a service none.
BESIDE_BEDS = Fact(
    "volunteer_bed_days",
    f"select {day_of('r.checked_in')} as day, r.volunteer_id as who, 0 as n, r.hours as n2, p.ward_id as ward "
    "from volunteers_servicerecord r join volunteers_post p on p.id = r.post_id "
    f"where r.organization_id = %(house)s and r.state = 'confirmed' and {during('r.checked_in')} "
    "union all select m.day, null, least(coalesce(e.discharged_on, m.day), m.day) "
    "- greatest(e.admitted_on, m.since) + 1, 0, e.ward_id "
    f"from {SPANS} join cases_episode e on e.admitted_on <= m.day and coalesce(e.discharged_on, m.day) >= m.since "
    "where e.organization_id = %(house)s and e.visit_type = 'inpatient'",
    ("ward",),
    _("已确认的志愿服务，与登记在档的住院"),
    _("签到日，住院按日"),
)
JOINED = Fact(
    "volunteer_joined",
    f"select {day_of('v.created_at')} as day, v.id as who, 1 as n, (v.state = 'active')::int as n2, "
    "v.source as volunteer_source, v.department_id as department from volunteers_volunteer v "
    f"where v.organization_id = %(house)s and {during('v.created_at')}",
    ("department", "volunteer_source"),
    _("报名的志愿者"),
    _("报名日"),
)
PLACES = Fact(
    "volunteer_signup",
    f"select {day_of('h.starts_at')} as day, s.volunteer_id as who, 1 as n, (s.state = 'no_show')::int as n2, "
    "p.department_id as department, p.ward_id as ward from volunteers_signup s join volunteers_shift h on h.id = s.shift_id "
    "join volunteers_post p on p.id = h.post_id where s.organization_id = %(house)s "
    f"and s.state in ('attended', 'no_show') and {during('h.starts_at')}",
    ("department", "ward"),
    _("已到时间的排班名额"),
    _("班次开始日"),
)
CERTIFIED = Fact(
    "volunteer_certificate",
    "select c.issued_on as day, c.volunteer_id as who, 1 as n, 0 as n2, c.kind as certificate "
    f"from volunteers_certificate c where c.organization_id = %(house)s and c.voided_at is null and {on_day('c.issued_on')}",
    ("certificate",),
    _("开具且未作废的证书"),
    _("开具日"),
)


def _volunteers(fact: Fact, *given, **more) -> Indicator:
    return indicator("volunteers", fact, *given, **more)


HEADS, HOUR = _("人"), _("小时")
VOLUNTEERS = (
    _volunteers(
        SERVED,
        "volunteer_times",
        _("志愿服务人次"),
        _("已确认的服务记录数"),
        _("人次"),
        M.COUNT,
        CONTACTS,
    ),
    _volunteers(
        SERVED,
        "volunteer_persons",
        _("服务志愿者人数"),
        _("期内有服务的不重复志愿者"),
        HEADS,
        M.PERSONS,
        PERSONS,
    ),
    _volunteers(
        SERVED,
        "volunteer_hours",
        _("志愿服务时长"),
        _("已确认的时长相加，不足半小时舍去"),
        HOUR,
        M.SUM,
        CONTACTS,
        digits=1,
    ),
    _volunteers(
        SERVED,
        "volunteer_served",
        _("志愿者服务到的人次"),
        _("各次登记的服务人数相加"),
        _("人次"),
        M.SUM,
        CONTACTS,
        value="persons",
    ),
    _volunteers(
        SERVED,
        "volunteer_joined_work",
        _("双工融合占比"),
        _("与个案需求、小组或活动相连的 ÷ 全部服务记录"),
        "%",
        M.SHARE,
        CONTACTS,
        value="is_joined::int",
    ),
    _volunteers(
        ENROLLED,
        "volunteers",
        _("登记志愿者"),
        _("期末在册、培训中和暂停的人数"),
        HEADS,
        M.PERSONS,
        PERSONS,
    ),
    _volunteers(
        SERVING,
        "volunteers_active",
        _("活跃志愿者"),
        _("期末前 12 个月内有已确认服务的人数"),
        HEADS,
        M.PERSONS,
        PERSONS,
        where="is_active",
    ),
    _volunteers(
        SERVING,
        "volunteer_retention",
        _("志愿者留存率"),
        _("期末前 12 个月和再前 12 个月都有已确认服务的 ÷ 再前 12 个月有的"),
        "%",
        M.SHARE,
        PERSONS,
        where="was_active",
        value="is_active::int",
    ),
    _volunteers(
        ENROLLED,
        "volunteer_trained",
        _("志愿者培训覆盖率"),
        _("有考核通过、期末仍有效的培训记录的 ÷ 期末在册与暂停的志愿者"),
        "%",
        M.SHARE,
        PERSONS,
        where="volunteer_state in ('active', 'paused')",
        value="is_trained::int",
        population=_("期末在册与暂停的志愿者"),
    ),
    _volunteers(
        LEFT,
        "volunteer_turnover",
        _("志愿者流失率"),
        _("期内退出或拉黑、期末没有回来的 ÷（期末在册与暂停的 + 期内退出或拉黑的）"),
        "%",
        M.SHARE,
        PERSONS,
    ),
    _volunteers(
        BESIDE_BEDS,
        "volunteer_per_bed_day",
        _("每床日志愿服务"),
        _("志愿服务时长 ÷ 住院床日；床日从入院日到出院日，未出院的计到期末"),
        HOUR,
        M.MEAN,
        CONTACTS,
        digits=2,
    ),
    _volunteers(
        JOINED, "volunteers_new", _("新报名志愿者"), _("期内报名的人数"), HEADS, M.PERSONS, PERSONS
    ),
    _volunteers(
        PLACES,
        "volunteer_no_show",
        _("未到岗率"),
        _("未到岗的 ÷ 已到时间的排班名额"),
        "%",
        M.SHARE,
        CONTACTS,
    ),
    _volunteers(
        CERTIFIED,
        "volunteer_certificates",
        _("志愿服务证书"),
        _("开具且未作废的证书数"),
        _("份"),
        M.COUNT,
        TIMES,
    ),
)
