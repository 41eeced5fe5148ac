"""Charts of who does the work: workload with weights, groups and activities, volunteers, projects, posts."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.group_codes import GroupKind
from cases.models.service_codes import ActivityKind
from departments.models.staff import Employment
from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.display import figure
from projects.workflow.cultivation import ProjectState
from reports.services.boards.facts import Facts, Key, Plot, Tile, one_decimal, ranked
from reports.services.boards.words import said
from reports.services.figures import by_dim


def _sums(cells: list, dim: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for cell in cells:
        key = str(cell.dims.get(dim, ""))
        found[key] = found.get(key, Decimal()) + cell.n2
    return found


def _worker(facts: Facts, key: str) -> str:
    return facts.names.name("worker", key) or _("已离开的同事")


def _load(facts: Facts) -> Chart:
    cells = facts.all_of("case_load")
    counts, found = by_dim(cells, "worker"), ranked(_sums(cells, "worker"), most=60)
    urls = [
        facts.rows("case_load", worker=facts.names.uid("worker", key)) if _known(facts, key) else ""
        for key, _weight in found
    ]
    return Chart(
        id="load",
        kind="bar",
        title=_("每名社工的在案权重"),
        category_label=_("社工"),
        categories=[_worker(facts, key) for key, _weight in found],
        series=[Series(_("权重"), [one_decimal(weight) for _key, weight in found])],
        columns=[Series(_("件数"), [counts[key] for key, _weight in found], urls=urls)],
        definition=facts.definition("case_load"),
    )


def _known(facts: Facts, key: str) -> bool:
    return bool(facts.names.uid("worker", key))


def _contacts(facts: Facts) -> Chart:
    cells = facts.of("contact_worker")
    minutes, found = _sums(cells, "worker"), ranked(by_dim(cells, "worker"), most=60)
    return Chart(
        id="worker-contacts",
        kind="bar",
        title=_("每名社工的服务人次"),
        category_label=_("社工"),
        categories=[_worker(facts, key) for key, _n in found],
        series=[
            Series(
                _("人次"),
                [n for _key, n in found],
                urls=[
                    facts.span_rows("contact_worker", worker=facts.names.uid("worker", key))
                    if _known(facts, key)
                    else ""
                    for key, _n in found
                ],
            )
        ],
        columns=[Series(_("小时"), [one_decimal(minutes[key] / 60) for key, _n in found])],
        definition=facts.definition("contact_worker"),
    )


def _by_kind(
    facts: Facts, *, id: str, title: str, codes: tuple[str, str], unit: tuple[str, str], names: dict
) -> Chart:
    """How often and how many of each kind, side by side: 场 and 人次, or 人数, are never added."""
    first, second = (by_dim(facts.of(code), "kind") for code in codes)
    kinds = [kind for kind, _n in ranked(first)]
    return Chart(
        id=id,
        kind="bar",
        title=title,
        category_label=_("类型"),
        categories=[names.get(kind, kind) for kind in kinds],
        series=[
            Series(
                name,
                [counts.get(kind, 0) for kind in kinds],
                urls=[facts.span_rows(code, kind=kind) for kind in kinds],
            )
            for name, counts, code in zip(unit, (first, second), codes, strict=True)
        ],
        definition=facts.definition(*codes),
    )


def _groups(facts: Facts) -> Chart:
    return _by_kind(
        facts,
        id="groups",
        title=_("小组：节次与人次"),
        codes=("group_session", "group_attendance"),
        unit=(_("节次"), _("人次")),
        names=dict(GroupKind.choices),
    )


def _activities(facts: Facts) -> Chart:
    return _by_kind(
        facts,
        id="activities",
        title=_("活动：场次与到场人次"),
        codes=("activity_held", "activity_persons"),
        unit=(_("场次"), _("到场人次")),
        names=dict(ActivityKind.choices),
    )


def _volunteers(facts: Facts) -> Chart:
    return Chart(
        id="volunteers",
        kind="line",
        title=_("志愿服务时长，%(months)s") % {"months": facts.trend_said},
        category_label=_("月份"),
        categories=facts.month_names,
        series=[Series(_("小时"), [one_decimal(one) for one in facts.amounts("volunteer_hours")])],
        columns=[
            Series(
                _("记录"), facts.trend("volunteer_hours"), urls=facts.month_rows("volunteer_hours")
            )
        ],
        definition=facts.definition("volunteer_hours"),
    )


def _hours(facts: Facts) -> Tile:
    records = figure(facts.count("volunteer_hours"))
    before = one_decimal(facts.amount("volunteer_hours", facts.asking.before))
    return Tile(
        said("volunteer_hours").name,
        figure(one_decimal(facts.amount("volunteer_hours"))),
        said("volunteer_hours").unit,
        _("%(n)s 条记录；") % {"n": records} + facts.compared(figure(before)),
        facts.basis("volunteer_hours"),
        facts.span_rows("volunteer_hours"),
    )


def _small(
    facts: Facts, *, id: str, code: str, dim: str, title: str, label: str, names: Any, columns: Any
) -> Chart:
    known = {one.key: one for one in facts.small.get(code, ())}
    keys = [key for key in names if key in known]
    return Chart(
        id=id,
        kind="bar",
        title=title,
        category_label=label,
        categories=[names[key] for key in keys],
        series=[
            Series(
                said(code).unit,
                [known[key].n for key in keys],
                urls=[facts.rows(code, **{dim: key}) for key in keys],
            )
        ],
        columns=columns([known[key] for key in keys]),
        definition=facts.definition(code),
    )


def _projects(facts: Facts) -> Chart:
    return _small(
        facts,
        id="projects",
        code="project",
        dim="state",
        title=_("项目，按状态"),
        label=_("状态"),
        names=dict(ProjectState.choices),
        columns=lambda _found: (),
    )


def _staff(facts: Facts) -> Chart:
    return _small(
        facts,
        id="staff",
        code="staff",
        dim="employment",
        title=_("在岗人员，按用工形式"),
        label=_("用工形式"),
        names=dict(Employment.choices),
        columns=lambda found: [
            Series(_("折合全职"), [one_decimal(one.full_time) for one in found])
        ],
    )


KEYS = {
    "sessions": Key(
        gettext_lazy("小组节数"), ("group_session",), lambda facts: facts.tile("group_session")
    ),
    "attendance": Key(
        gettext_lazy("小组人次"),
        ("group_attendance",),
        lambda facts: facts.tile("group_attendance"),
    ),
    "activities": Key(
        gettext_lazy("活动与探访场次"),
        ("activity_held",),
        lambda facts: facts.tile("activity_held"),
    ),
    "hours": Key(gettext_lazy("志愿服务时长"), ("volunteer_hours",), _hours),
}
PLOTS = {
    "load": Plot("load", gettext_lazy("每名社工的在案权重"), ("case_load",), _load),
    "worker-contacts": Plot(
        "worker-contacts", gettext_lazy("每名社工的服务人次"), ("contact_worker",), _contacts
    ),
    "groups": Plot("groups", gettext_lazy("小组"), ("group_session", "group_attendance"), _groups),
    "activities": Plot(
        "activities", gettext_lazy("活动"), ("activity_held", "activity_persons"), _activities
    ),
    "volunteers": Plot(
        "volunteers", gettext_lazy("志愿服务时长"), ("volunteer_hours",), _volunteers, True
    ),
    "projects": Plot("projects", gettext_lazy("项目，按状态"), ("project",), _projects),
    "staff": Plot("staff", gettext_lazy("在岗人员"), ("staff",), _staff),
}
