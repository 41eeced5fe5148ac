"""Cultivated projects, and how far a region is covered."""

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
ALL = CARE | CHARITY | PUBLIC
SIDES = "(r.organization_id = %(house)s or r.counterparty_id = %(house)s)"
APPLIED = Fact(
    "application",
    f"select {day_of('r.submitted_at')} as day, r.organization_id as who, 1 as n, (r.state in ('selected', 'approved'))::int as n2, "
    "r.call_id as call, r.track, r.theme, r.region_code as region, r.budget_asked from projects_application r "
    f"where {SIDES} and r.state not in ('withdrawn', 'merged') and {during('r.submitted_at')}",
    ("call", "track", "theme", "region"),
    _("提交的申报，撤回与合并的不计"),
    _("提交日"),
    has_persons=False,
    houses=ALL,
)
STATE_THEN = (
    "coalesce((select t.to_state from departments_transition t where t.subject_kind = 'project' and t.subject_id = r.id "
    f"and {ended('t.at')} order by t.at desc, t.id desc limit 1), r.state)"
)
RUNNING = Fact(
    "project_running",
    f"select x.* from (select m.day, r.organization_id as who, 1 as n, (r.light = 'green')::int as n2, r.kind as project, "
    f"r.light, r.region_code as region, {STATE_THEN} as project_state from {MOMENTS} join projects_project r on {ended('r.created_at')} "
    f"where {SIDES}) x where project_state in ('approved', 'running', 'rectifying', 'closing', 'extended', 'resident')",
    ("project", "project_state", "light", "region"),
    _("期末在培、在孵的项目"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    houses=ALL,
    drifting=("light",),
    is_present=True,
)
CLOSED = Fact(
    "project_closed",
    f"select {day_of('r.state_entered_at')} as day, r.organization_id as who, 1 as n, (r.grade = 'excellent')::int as n2, "
    "r.kind as project, r.grade, r.region_code as region from projects_project r "
    f"where {SIDES} and r.state in ('passed', 'published', 'archived', 'graduated') and {during('r.state_entered_at')}",
    ("project", "grade", "region"),
    _("通过结项的项目"),
    _("结项日"),
    has_persons=False,
    houses=ALL,
)
TARGETS = Fact(
    "project_target",
    "select m.day, r.organization_id as who, 1 as n, coalesce((select v.actual from projects_projectvalue v where v.indicator_id = i.id "
    f"and {ended('v.created_at')} order by v.period desc, v.id desc limit 1), 0) / nullif(i.target, 0) as n2, r.kind as project, "
    f"r.region_code as region, i.source as figure_source from {MOMENTS} join projects_project r on {ended('r.created_at')} "
    f"join projects_projectindicator i on i.project_id = r.id where {SIDES} and i.target > 0 "
    "and r.state not in ('terminated', 'exited')",
    ("project", "figure_source", "region"),
    _("项目书中有目标值的指标"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    houses=ALL,
)
BUDGETS = Fact(
    "project_budget",
    "select m.day, r.organization_id as who, b.amount as n, b.spent as n2, r.kind as project, r.region_code as region, "
    f"b.source as money_source from {MOMENTS} join projects_project r on {ended('r.created_at')} "
    f"join projects_budgetline b on b.project_id = r.id where {SIDES} and r.state not in ('terminated', 'exited')",
    ("project", "money_source", "region"),
    _("立项项目的预算"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    houses=ALL,
    is_present=True,
)
COACHED = Fact(
    "project_event",
    "select r.done_on as day, r.organization_id as who, 1 as n, coalesce(r.hours, 0) as n2, coalesce(r.participants, 0) as participants, "
    f"r.kind as cultivation, (r.due_on is null or r.done_on <= r.due_on) as is_on_time from projects_projectevent r where {SIDES} and {on_day('r.done_on')}",
    ("cultivation",),
    _("已完成的培育与项目事件"),
    _("完成日"),
    has_persons=False,
    houses=ALL,
)
# The register is open to all; an authority counts what lies in its region.
COVERED = Fact(
    "hospital_known",
    "select m.day, o.id as who, 1 as n, (o.msw_active_from <= m.day and (o.msw_active_to is null or o.msw_active_to > m.day))::int as n2, "
    f"o.region_id as region, left(o.grade, 1) as level, o.hospital_type from {MOMENTS} join departments_organization o "
    "on o.kind in ('hospital', 'community_health', 'public_health') and not o.is_training and (o.ended_on is null or o.ended_on > m.day) "
    "where %(house)s is not null and o.region_id between (select app.rlo()) and (select app.rhi())",
    ("region", "level", "hospital_type"),
    _("登记册中本地区的医疗机构"),
    _("期末"),
    has_persons=False,
    is_stock=True,
    houses=frozenset({"government"}),
    source="census",
)
CENSUS = Fact(
    "census_line",
    "select c.as_of as day, l.institution_id as who, 1 as n, coalesce(l.workers, 0) as n2, l.full_time, coalesce(l.junior, 0) + "
    "coalesce(l.middle, 0) + coalesce(l.senior, 0) as certified, l.beds, left(l.grade, 1) as level, l.place_id as region "
    "from departments_censusline l join departments_censusreturn c on c.id = l.census_id "
    "where (l.organization_id = %(house)s or l.released_at is not null) and c.state = 'frozen' and c.kind = 'institution' "
    f"and l.is_counted and l.is_active and {on_day('c.as_of')}",
    ("level", "region"),
    _("已冻结普查中开展医务社工的机构"),
    _("普查时点"),
    has_persons=False,
    houses=frozenset({"government", "association", "professional_body"}),
    source="census",
)


def _of(fact: Fact, *given, **more) -> Indicator:
    return indicator("projects", fact, *given, **more)


def _region(fact: Fact, *given, **more) -> Indicator:
    return indicator("region", fact, *given, **more)


PIECES, COUNTED = _("个"), "requests"
PROJECTS = (
    _of(APPLIED, "applications", _("申报数"), _("期内提交的申报数"), _("份"), M.COUNT, COUNTED),
    _of(
        APPLIED,
        "applications_selected",
        _("入选率"),
        _("入选与立项的 ÷ 提交的"),
        "%",
        M.SHARE,
        COUNTED,
    ),
    _of(
        APPLIED,
        "applications_asked",
        _("申请资助额"),
        _("期内申报的申请资助金额相加"),
        _("元"),
        M.SUM,
        "amount",
        value="budget_asked",
    ),
    _of(
        RUNNING,
        "projects_running",
        _("在培项目"),
        _("期末实施、整改、结项中和在孵的项目数"),
        PIECES,
        M.COUNT,
        COUNTED,
    ),
    _of(
        RUNNING,
        "projects_on_track",
        _("按期率"),
        _("进度为正常的 ÷ 已评定进度的在培项目"),
        "%",
        M.SHARE,
        COUNTED,
        where="light <> ''",
        dims=("project", "project_state", "region"),
    ),
    _of(
        CLOSED, "projects_closed", _("结项数"), _("期内通过结项的项目数"), PIECES, M.COUNT, COUNTED
    ),
    _of(
        CLOSED,
        "projects_excellent",
        _("结项优秀率"),
        _("等次为优的 ÷ 通过结项的"),
        "%",
        M.SHARE,
        COUNTED,
        dims=("project", "region"),
    ),
    _of(
        TARGETS,
        "project_completion",
        _("指标完成率"),
        _("最近实际值 ÷ 目标值的平均，超过 100% 的按 100% 计"),
        "%",
        M.SHARE,
        COUNTED,
        value="least(n2, 1)",
    ),
    _of(BUDGETS, "project_spending", _("预算执行率"), _("已支出 ÷ 预算"), "%", M.SHARE, "amount"),
    _of(
        COACHED,
        "cultivation_events",
        _("培育次数"),
        _("已完成的培训、督导、走访等"),
        _("次"),
        M.COUNT,
        COUNTED,
    ),
    _of(
        COACHED,
        "cultivation_hours",
        _("培育时数"),
        _("已完成事件的时数相加"),
        _("小时"),
        M.SUM,
        COUNTED,
        digits=1,
    ),
)
REGION = (
    _region(
        COVERED,
        "hospitals",
        _("医疗机构数"),
        _("登记册中本地区未停办的医疗机构"),
        _("家"),
        M.COUNT,
        COUNTED,
    ),
    _region(
        COVERED,
        "hospitals_with_msw",
        _("开展医务社工的机构"),
        _("期末已开展医务社会工作的机构数"),
        _("家"),
        M.COUNT,
        COUNTED,
        where="n2 = 1",
    ),
    _region(
        COVERED,
        "hospital_coverage",
        _("机构覆盖率"),
        _("已开展的 ÷ 登记册中的医疗机构；按地区、等级比较"),
        "%",
        M.SHARE,
        COUNTED,
    ),
    _region(
        CENSUS,
        "census_institutions",
        _("普查机构数"),
        _("已冻结普查中的机构数"),
        _("家"),
        M.COUNT,
        COUNTED,
    ),
    _region(
        CENSUS,
        "census_tertiary",
        _("三级机构占比"),
        _("三级机构 ÷ 普查机构"),
        "%",
        M.SHARE,
        COUNTED,
        value="(level = '3')::int",
        dims=("region",),
    ),
    _region(
        CENSUS,
        "census_workers",
        _("普查社工数"),
        _("各机构填报的社工人数相加"),
        _("人"),
        M.SUM,
        "persons",
    ),
    _region(
        CENSUS,
        "census_mean",
        _("机构平均社工数"),
        _("社工数 ÷ 机构数"),
        _("人"),
        M.MEAN,
        COUNTED,
        digits=2,
    ),
)
