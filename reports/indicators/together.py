"""Groups, activities, visits, consultations and what people say of them."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.definition import CARE, Fact, Indicator, Measure, indicator, on_day

M = Measure
PERSONS, CONTACTS, TIMES = "persons", "contacts", "cases"
GROUPS = Fact(
    "group_begun",
    "select g.starts_on as day, null::bigint as who, 1 as n, 0 as n2, g.department_id as department, "
    "g.kind as group_kind, g.work_model, g.openness from cases_group g where g.organization_id = %(house)s "
    f"and {on_day('g.starts_on')} and g.stage not in ('draft', 'submitted', 'cancelled')",
    ("department", "group_kind", "work_model", "openness"),
    _("计划已批准、未取消的小组"),
    _("开始日"),
    has_persons=False,
)
SESSIONS = Fact(
    "group_session",
    "select s.held_on as day, null::bigint as who, 1 as n, s.minutes as n2, g.department_id as department, "
    "g.kind as group_kind, s.attainment from cases_groupsession s join cases_group g on g.id = s.group_id "
    f"where s.organization_id = %(house)s and s.state = 'held' and {on_day('s.held_on')}",
    ("department", "group_kind"),
    _("已举行的小组节次"),
    _("举行日"),
    has_persons=False,
)
ATTENDED = Fact(
    "group_attendance",
    "select s.held_on as day, coalesce('p' || p.root_id, 'm' || m.id) as who, 1 as n, "
    "(a.presence in ('present', 'late'))::int as n2, g.department_id as department, g.kind as group_kind "
    "from cases_attendance a join cases_groupsession s on s.id = a.session_id join cases_group g on g.id = s.group_id "
    "join cases_groupmember m on m.id = a.member_id left join cases_client p on p.id = m.client_id "
    f"where a.organization_id = %(house)s and s.state = 'held' and {on_day('s.held_on')}",
    ("department", "group_kind"),
    _("已举行节次的点名"),
    _("举行日"),
)
ACTIVITIES = Fact(
    "activity_held",
    "select a.occurred_on as day, null::bigint as who, 1 as n, a.person_times as n2, a.persons, a.minutes, "
    "a.volunteers, a.department_id as department, a.kind as activity, a.event, a.ward_id as ward, a.result, "
    "a.satisfaction from cases_activity a where a.organization_id = %(house)s "
    f"and a.state in ('held', 'summarized') and {on_day('a.occurred_on')}",
    ("department", "activity", "event", "ward", "result"),
    _("本部门已举行的活动、探访与咨询"),
    _("举行日"),
    has_persons=False,
)
BEDS = Fact(
    "bed_visited",
    "select a.occurred_on as day, l.client_id as who, 1 as n, (l.promoted_case_id is not null or l.action = 'to_case')::int as n2, "
    "a.department_id as department, a.ward_id as ward, l.need, l.action, a.kind as activity "
    "from cases_activityline l join cases_activity a on a.id = l.activity_id "
    f"where l.organization_id = %(house)s and a.state in ('held', 'summarized') and {on_day('a.occurred_on')}",
    ("department", "ward", "need", "action", "activity"),
    _("探访与来电登记的床位或来电者"),
    _("举行日"),
    has_persons=False,
)
# 1 to 5, from people in care, their families, staff and volunteers; never with a name.
MARKS = Fact(
    "satisfaction_mark",
    "select m.given_on as day, null::bigint as who, 1 as n, m.mark as n2, "
    "coalesce(g.department_id, a.department_id) as department, case when m.group_id is null then a.kind else 'group' end as occasion "
    "from cases_satisfactionmark m left join cases_group g on g.id = m.group_id "
    "left join cases_activity a on a.id = m.activity_id "
    f"where m.organization_id = %(house)s and {on_day('m.given_on')}",
    ("department", "occasion"),
    _("小组与活动参加者自己打的分"),
    _("打分日"),
    has_persons=False,
)
ASKED = Fact(
    "satisfaction_sheet",
    "select r.given_on as day, null::bigint as who, 1 as n, case when (r.score ->> 'max')::numeric > 0 "
    "then 100 * (r.score ->> 'total')::numeric / (r.score ->> 'max')::numeric else (r.score ->> 'total')::numeric end as n2, "
    "r.survey_id as survey, coalesce(g.kind, '') as respondent from projects_surveyresponse r "
    "join departments_questionnaire q on q.id = r.questionnaire_id left join projects_samplegroup g on g.id = r.group_id "
    "where r.organization_id = %(house)s and r.is_final and r.voided_at is null and q.kind = 'satisfaction' "
    f"and {on_day('r.given_on')}",
    ("survey", "respondent"),
    _("满意度问卷的定稿答卷"),
    _("作答日"),
    has_persons=False,
    houses=CARE | {"government", "foundation"},
)


def _groups(fact: Fact, *given, **more) -> Indicator:
    return indicator("groups", fact, *given, **more)


def _community(fact: Fact, *given, **more) -> Indicator:
    return indicator("community", fact, *given, **more)


def _visits(fact: Fact, *given, **more) -> Indicator:
    return indicator("visits", fact, *given, **more)


def _voices(fact: Fact, *given, **more) -> Indicator:
    return indicator("satisfaction", fact, *given, **more)


# What was planned as community work is that, whatever its kind: an outreach to the community is no visit to a ward.
EVENTS = (
    "(event <> '' or activity in "
    "('community', 'patient_association', 'promotion', 'hospital_side', 'training'))"
)
VISITS = "(event = '' and activity in ('ward_visit', 'outreach'))"
CALLS = "activity in ('consultation', 'phone')"
NO_RESULT = ("department", "activity", "event", "ward")
GROUP_WORK = (
    _groups(GROUPS, "groups_begun", _("小组数"), _("期内开始的小组数"), _("个"), M.COUNT, TIMES),
    _groups(SESSIONS, "group_session", _("小组节数"), _("已举行的节数"), _("节"), M.COUNT, TIMES),
    _groups(
        SESSIONS,
        "group_hours",
        _("小组工时"),
        _("已举行节次的分钟数相加 ÷ 60"),
        _("小时"),
        M.SUM,
        TIMES,
        value="n2 / 60.0",
        digits=1,
    ),
    _groups(
        SESSIONS,
        "group_attainment",
        _("小组目标达成"),
        _("各节目标达成 1–5 的平均；未评不计"),
        _("分"),
        M.MEAN,
        TIMES,
        where="attainment is not null",
        value="attainment",
        digits=2,
    ),
    _groups(
        ATTENDED,
        "group_attendance",
        _("小组人次"),
        _("出席和迟到的点名数"),
        _("人次"),
        M.COUNT,
        CONTACTS,
        where="n2 = 1",
    ),
    _groups(
        ATTENDED,
        "group_persons",
        _("小组人数"),
        _("到场的不重复组员；同一服务对象在几个小组算一人"),
        _("人"),
        M.PERSONS,
        PERSONS,
        where="n2 = 1",
    ),
    _groups(
        ATTENDED,
        "group_rate",
        _("小组出席率"),
        _("出席和迟到的 ÷ 全部点名"),
        "%",
        M.SHARE,
        CONTACTS,
    ),
)
COMMUNITY = (
    _community(
        ACTIVITIES,
        "activity_held",
        _("活动与探访场次"),
        _("已举行的活动、探访与咨询数"),
        _("场"),
        M.COUNT,
        TIMES,
    ),
    _community(
        ACTIVITIES,
        "event_held",
        _("社区活动场次"),
        _("已举行的社区、病友会、宣传、院内与培训活动，有计划的社区外展也计"),
        _("场"),
        M.COUNT,
        TIMES,
        where=EVENTS,
        dims=NO_RESULT,
    ),
    _community(
        ACTIVITIES,
        "event_person_times",
        _("社区活动人次"),
        _("各场登记的人次相加"),
        _("人次"),
        M.SUM,
        CONTACTS,
        where=EVENTS,
        dims=NO_RESULT,
    ),
    _community(
        ACTIVITIES,
        "event_persons",
        _("社区活动到场人次"),
        _("各场登记的到场人数相加；参加两场的人计两次"),
        _("人次"),
        M.SUM,
        CONTACTS,
        where=EVENTS,
        value="persons",
        dims=NO_RESULT,
    ),
    _community(
        ACTIVITIES,
        "event_volunteers",
        _("活动志愿者人次"),
        _("各场登记的志愿者相加"),
        _("人次"),
        M.SUM,
        CONTACTS,
        value="volunteers",
        dims=NO_RESULT,
    ),
    _community(
        ACTIVITIES,
        "event_satisfaction",
        _("活动满意度"),
        _("各场满意度 1–5 的平均；未评不计"),
        _("分"),
        M.MEAN,
        TIMES,
        where="satisfaction is not null",
        value="satisfaction",
        dims=NO_RESULT,
        digits=2,
    ),
)
VISITING = (
    _visits(
        ACTIVITIES,
        "visits",
        _("探访次数"),
        _("已完成的病房探访与外展；有计划的社区外展计入社区活动"),
        _("次"),
        M.COUNT,
        TIMES,
        where=VISITS,
        dims=NO_RESULT,
    ),
    _visits(
        ACTIVITIES,
        "visit_person_times",
        _("探访人次"),
        _("探访登记的人次相加"),
        _("人次"),
        M.SUM,
        CONTACTS,
        where=VISITS,
        dims=NO_RESULT,
    ),
    _visits(BEDS, "bed_times", _("探访床次"), _("探访登记的床位数"), _("床次"), M.COUNT, CONTACTS),
    _visits(
        BEDS,
        "bed_to_case",
        _("探访转个案率"),
        _("转为个案的床位 ÷ 探访床次"),
        "%",
        M.SHARE,
        CONTACTS,
    ),
    _visits(
        ACTIVITIES,
        "consultations",
        _("咨询次数"),
        _("咨询与来电数"),
        _("次"),
        M.COUNT,
        TIMES,
        where=CALLS,
    ),
    _visits(
        ACTIVITIES,
        "consultation_to_case",
        _("咨询转个案率"),
        _("结果为转个案的 ÷ 咨询与来电"),
        "%",
        M.SHARE,
        TIMES,
        where=CALLS,
        value="(result = 'to_case')::int",
        dims=NO_RESULT,
    ),
)
SATISFACTION = (
    _voices(MARKS, "marks", _("满意度评分数"), _("参加者自己打分的份数"), _("份"), M.COUNT, TIMES),
    _voices(
        MARKS, "mark_mean", _("参加者满意度"), _("1–5 分的平均"), _("分"), M.MEAN, TIMES, digits=2
    ),
    _voices(
        MARKS,
        "marks_satisfied",
        _("参加者满意率"),
        _("4 分及以上的 ÷ 全部评分"),
        "%",
        M.SHARE,
        TIMES,
        value="(n2 >= 4)::int",
    ),
    _voices(ASKED, "sheets", _("满意度问卷份数"), _("定稿的满意度答卷数"), _("份"), M.COUNT, TIMES),
    _voices(
        ASKED,
        "sheet_mean",
        _("问卷满意度"),
        _("答卷得分的平均；有满分的折成百分"),
        _("分"),
        M.MEAN,
        TIMES,
        where="n2 is not null",
    ),
)
