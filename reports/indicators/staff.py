"""Staff, supervision and training, and the load that hard events put on a worker."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.definition import (
    CARE,
    CHARITY,
    MOMENTS,
    PUBLIC,
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
GRADE = (
    "coalesce((select k.grade from departments_staffcredential k where k.staff_id = s.id and k.kind in ('certificate', 'registration') "
    "and k.voided_at is null and k.issued_on <= m.day order by array_position(array['assistant', 'social_worker', 'senior']::varchar[], k.grade) desc limit 1), '')"
)
HOURS = (
    "coalesce((select sum(k.hours) from departments_staffcredential k where k.staff_id = s.id and k.kind = 'cpd' and k.voided_at is null "
    "and k.issued_on > m.day - interval '3 years' and k.issued_on <= m.day), 0) + coalesce((select sum(coalesce(a.hours, e.hours)) "
    "from departments_learningattendance a join departments_learningevent e on e.id = a.event_id where (a.staff_id = s.id or a.user_id = s.user_id) "
    "and a.presence = 'present' and e.is_cpd and e.state in ('held', 'signed') "
    "and e.starts_at > (m.day - interval '3 years')::timestamp at time zone 'Asia/Shanghai' "
    f"and {ended('e.starts_at')}), 0)"
)
ASKED_HOURS = (
    "(select case when jsonb_typeof(d.params -> 'hours') = 'number' then (d.params ->> 'hours')::numeric end from departments_datedrule d where d.kind = 'cpd_hours' and d.applies_key = x.grade "
    "and d.region_id is null and d.valid @> x.day order by d.id desc limit 1)"
)
STAFF = Fact(
    "staff",
    f"select x.*, {ASKED_HOURS} as asked_hours from (select m.day, coalesce('u' || s.user_id, 's' || s.id) as who, 1 as n, "
    "round(s.weekly_hours / 40, 2) as n2, s.department_id as department, s.employment, "
    f"{GRADE} as grade, {HOURS} as hours from {MOMENTS} join departments_staffprofile s on s.valid @> m.day "
    "where s.organization_id = %(house)s and s.is_counted) x",
    ("department", "employment", "grade"),
    _("期末在岗、计入统计的社工"),
    _("期末"),
    is_stock=True,
)
BEDS = Fact(
    "staff_and_beds",
    "select m.day, null::bigint as who, round(s.weekly_hours / 40, 2) as n, 0 as n2 "
    f"from {MOMENTS} join departments_staffprofile s on s.valid @> m.day where s.organization_id = %(house)s and s.is_counted "
    f"union all select m.day, null, 0, coalesce(d.beds_open, 0) from {MOMENTS} join departments_department d "
    "on d.organization_id = %(house)s and d.kind in ('ward', 'clinical') and (d.ended_on is null or d.ended_on > m.day)",
    (),
    _("期末开放床位与折合全职社工"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    is_present=True,
)
LEARNING_DIMS = ("department", "learning", "form")
EVENTS = Fact(
    "learning_event",
    f"select {day_of('e.starts_at')} as day, null::bigint as who, 1 as n, e.hours as n2, e.kind as learning, e.form, "
    "e.department_id as department from departments_learningevent e where e.organization_id = %(house)s "
    f"and e.state in ('held', 'signed') and {during('e.starts_at')}",
    LEARNING_DIMS,
    _("已举行的督导与培训"),
    _("举行日"),
    has_persons=False,
    houses=CARE | CHARITY | PUBLIC,
)
LEARNT = Fact(
    "learning_attendance",
    f"select {day_of('e.starts_at')} as day, coalesce('u' || a.user_id, 's' || a.staff_id, 'n' || a.name) as who, 1 as n, "
    "coalesce(a.hours, e.hours) as n2, a.result, e.kind as learning, e.form, e.department_id as department "
    "from departments_learningattendance a join departments_learningevent e on e.id = a.event_id "
    "where a.organization_id = %(house)s and e.state in ('held', 'signed') and a.presence = 'present' "
    f"and a.role = 'attendee' and {during('e.starts_at')}",
    LEARNING_DIMS,
    _("督导与培训的到场者，带领者不计"),
    _("举行日"),
    houses=CARE | CHARITY | PUBLIC,
)
# What a worker met: a death weighs three, a crisis two, grief and bad news one.
HARD = Fact(
    "hard_event",
    f"select {day_of('c.closed_at')} as day, c.client_id as who, 1 as n, 3 as n2, 'death' as hard, c.worker_id as worker, "
    "c.department_id as department from cases_case c where c.organization_id = %(house)s and c.close_reason = 'deceased' "
    f"and {during('c.closed_at')} union all select {day_of('r.raised_at')}, c.client_id, 1, 2, 'crisis', c.worker_id, c.department_id "
    "from cases_riskalert r join cases_case c on c.id = r.case_id where r.organization_id = %(house)s and r.severity = 'crisis' "
    f"and {during('r.raised_at')} union all select k.occurred_on, k.client_id, 1, 1, 'grief', k.created_by_id, c.department_id "
    "from cases_contact k join cases_case c on c.id = k.case_id where k.organization_id = %(house)s and k.addendum_to_id is null "
    f"and 'palliative_bereavement' = any (k.needs) and {on_day('k.occurred_on')}",
    ("department", "worker", "hard"),
    _("去世、危机、安宁与哀伤的服务"),
    _("发生日"),
)


def _staff(fact: Fact, *given, **more) -> Indicator:
    return indicator("workforce", fact, *given, **more)


def _learning(fact: Fact, *given, **more) -> Indicator:
    return indicator("training", fact, *given, **more)


def _load(fact: Fact, *given, **more) -> Indicator:
    return indicator("wellbeing", fact, *given, privacy_class=3, **more)


HEADS, HOUR = _("人"), _("小时")
SUPERVISED = "learning in ('supervision', 'coaching')"
TAUGHT = "learning in ('training', 'workshop', 'simulation')"
OF_STAFF = ("department", "employment")
WORKFORCE = (
    _staff(
        STAFF,
        "staff",
        _("社工人数"),
        _("期末在岗、计入统计的不重复人数"),
        HEADS,
        M.PERSONS,
        PERSONS,
    ),
    _staff(
        STAFF, "staff_fte", _("折合全职"), _("周工时 ÷ 40 相加"), HEADS, M.SUM, PERSONS, digits=2
    ),
    _staff(
        STAFF,
        "staff_full_time",
        _("专职占比"),
        _("专职的 ÷ 在岗社工"),
        "%",
        M.SHARE,
        PERSONS,
        value="(employment = 'full_time')::int",
        dims=("department", "grade"),
    ),
    _staff(
        STAFF,
        "staff_certified",
        _("持证率"),
        _("有社会工作者职业水平证书的 ÷ 在岗社工"),
        "%",
        M.SHARE,
        PERSONS,
        value="(grade <> '')::int",
        dims=OF_STAFF,
    ),
    _staff(
        STAFF,
        "staff_senior",
        _("中高级占比"),
        _("社会工作师与高级社会工作师 ÷ 持证社工"),
        "%",
        M.SHARE,
        PERSONS,
        where="grade <> ''",
        value="(grade in ('social_worker', 'senior'))::int",
        dims=OF_STAFF,
    ),
    _staff(
        STAFF,
        "staff_cpd",
        _("继续教育达标率"),
        _("近三年学时达到规定的 ÷ 有规定的持证社工"),
        "%",
        M.SHARE,
        PERSONS,
        where="asked_hours is not null",
        value="(hours >= asked_hours)::int",
    ),
    _staff(
        BEDS,
        "beds_per_worker",
        _("床社比"),
        _("开放床位 ÷ 折合全职社工"),
        _("床/人"),
        M.MEAN,
        TIMES,
    ),
)
TRAINING = (
    _learning(
        EVENTS,
        "supervision_times",
        _("督导次数"),
        _("已举行的督导与辅导次数"),
        _("次"),
        M.COUNT,
        TIMES,
        where=SUPERVISED,
    ),
    _learning(
        LEARNT,
        "supervision_hours",
        _("接受督导时数"),
        _("到场者的督导时数相加，带领者不计"),
        HOUR,
        M.SUM,
        CONTACTS,
        where=SUPERVISED,
        digits=1,
    ),
    _learning(
        LEARNT,
        "supervised_persons",
        _("接受督导人数"),
        _("期内接受督导的不重复人数"),
        HEADS,
        M.PERSONS,
        PERSONS,
        where=SUPERVISED,
    ),
    _learning(
        EVENTS,
        "training_times",
        _("培训场次"),
        _("已举行的培训、工作坊与模拟演练"),
        _("场"),
        M.COUNT,
        TIMES,
        where=TAUGHT,
    ),
    _learning(
        LEARNT,
        "training_person_times",
        _("培训人次"),
        _("培训到场的人次"),
        _("人次"),
        M.COUNT,
        CONTACTS,
        where=TAUGHT,
    ),
    _learning(
        LEARNT,
        "training_persons",
        _("培训人数"),
        _("期内参加培训的不重复人数"),
        HEADS,
        M.PERSONS,
        PERSONS,
        where=TAUGHT,
    ),
    _learning(
        LEARNT,
        "training_hours",
        _("培训学时"),
        _("到场者的学时相加"),
        HOUR,
        M.SUM,
        CONTACTS,
        where=TAUGHT,
        digits=1,
    ),
    _learning(
        LEARNT,
        "training_passed",
        _("培训合格率"),
        _("合格的 ÷ 有考核结果的"),
        "%",
        M.SHARE,
        CONTACTS,
        where=TAUGHT + " and result <> ''",
        value="(result = 'passed')::int",
    ),
)
WELLBEING = (
    _load(
        HARD,
        "hard_events",
        _("沉重事件"),
        _("去世、危机预警、安宁与哀伤服务的次数；本人先看到自己的"),
        _("次"),
        M.COUNT,
        TIMES,
        dims=("department", "hard"),
    ),
    _load(
        HARD,
        "emotional_load",
        _("情绪负荷"),
        _("去世 3 分、危机 2 分、哀伤 1 分，按社工相加；负责人只看分值"),
        _("分"),
        M.SUM,
        TIMES,
        dims=("department", "worker"),
    ),
)
