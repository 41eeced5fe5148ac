"""Lines of the yearly census from a list: into the draft of their kind and year, begun when it is missing."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.census import FIRST_YEAR, CensusCategory, CensusKind, CensusReturn
from departments.models.organizations import HospitalGrade
from departments.models.people import Role, User
from departments.services.census.entering import draft_for
from departments.services.census.lines import COLUMNS as KEPT
from departments.services.census.lines import line_set, line_write
from departments.services.census.shapes import SHAPES, kinds_of
from departments.services.importing import values as cells
from departments.services.importing.kinds import (
    JOINED,
    KNOWN,
    TWICE,
    Column,
    Kind,
    Line,
    Lines,
    one_by_one,
)
from departments.workflow import CensusState

GRADES = {
    "三甲": "3A",
    "三乙": "3B",
    "三丙": "3C",
    "三级": "3X",
    "二甲": "2A",
    "二乙": "2B",
    "未定级": "0",
}
MOST = 1_000_000


def _area(cell: str) -> str:
    """Square metres with one decimal, kept as text."""
    try:
        value = Decimal(
            cells.folded(cell).replace(",", "").removesuffix("平方米").removesuffix("㎡")
        )
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value <= MOST or value != round(value, 1):
        raise cells.refused("area", _("面积请写成 500 或 500.5 这样的数。"))
    return str(value)


def _count(name: str, label: Any, *aliases: str, note: Any = "") -> Column:
    return Column(name, label, cells.whole(0, MOST), aliases, note=note)


COLUMNS = (
    Column(
        "kind",
        _("报表"),
        cells.code(CensusKind),
        ("报表种类",),
        required=True,
        example="医疗机构与医务社工",
        choices=cells.labels(CensusKind),
    ),
    Column(
        "year", _("年度"), cells.whole(FIRST_YEAR, 2100), ("年份",), required=True, example="2025"
    ),
    Column(
        "name",
        _("名称"),
        cells.line_text(120),
        ("机构名称", "单位名称", "单位", "社工站名称"),
        required=True,
        example="示例街道社区卫生服务中心",
    ),
    Column(
        "category",
        _("类别"),
        cells.code(CensusCategory, {"社工机构": "agency", "指导中心": "station_centre"}),
        ("机构类别", "类型"),
        choices=cells.labels(CensusCategory),
        note=_("不填按报表的第一种"),
    ),
    Column(
        "grade",
        _("医院等级"),
        cells.code(HospitalGrade, GRADES),
        ("等级", "级别"),
        choices=cells.labels(HospitalGrade),
    ),
    Column(
        "place",
        _("地区代码"),
        cells.whole(100000, 999999),
        ("行政区划代码", "区划代码", "所在地区"),
        note=_("6 位；不填按本机构的地区"),
    ),
    Column("is_active", _("开展医务社工"), cells.flag, ("是否开展",), choices=("是", "否")),
    _count("workers", _("医务社工人数"), "社工人数", "人数"),
    _count("full_time", _("其中专职"), "专职", "专职人数"),
    _count("junior", _("助理社会工作师"), "初级"),
    _count("middle", _("社会工作师"), "中级"),
    _count("senior", _("高级社会工作师"), "高级"),
    _count("beds", _("开放床位"), "床位", "床位数"),
    Column("area", _("面积（平方米）"), _area, ("面积",), revive=Decimal),
    Column("is_counted", _("计入统计"), cells.flag, (), choices=("是", "否")),
    Column("note", _("备注"), cells.line_text(200), ("说明",)),
)


def settle(line: Line) -> None:
    """The category is one of the return's, and what the return needs is there."""
    shape = SHAPES[line.values["kind"]]
    if line.values.get("category") and line.values["category"] not in shape.categories:
        words = "、".join(str(CensusCategory(one).label) for one in shape.categories)
        line.refuse("category", _("这张报表的类别可填：%(words)s。") % {"words": words})
    if line.values["year"] > timezone.localdate().year:
        line.refuse("year", _("年度不能晚于今年。"))


def once() -> Callable[[Line], None]:
    """One name has one line in a return."""
    seen: dict[tuple[Any, ...], int] = {}

    def look(line: Line) -> None:
        values = line.values
        first = seen.setdefault((values["kind"], values["year"], values["name"]), line.line)
        if first != line.line:
            line.refuse("name", TWICE % {"line": first})

    return look


def check(lines: Lines, by: User) -> None:
    """Whether the return of a line can still be written."""
    may = kinds_of(by.acting.organization_kind)
    asked = {(line.values["kind"], line.values["year"]) for line in lines}
    closed = {key: _closed(*key, by) for key in asked}
    for line in lines:
        key = (line.values["kind"], line.values["year"])
        if key[0] not in may:
            line.refuse("kind", _("请选择本机构要报的报表。"))
        elif closed[key]:
            line.refuse("year", closed[key])


def _closed(kind: str, year: int, by: User) -> Any:
    rows = CensusReturn.objects.filter(organization_id=by.house_id, kind=kind, year=year)
    states = set(rows.values_list("state", flat=True))
    if CensusState.DRAFT in states:
        return ""
    if states & {CensusState.SUBMITTED, CensusState.ACCEPTED}:
        return _("这一年的这张报表已经报送，先撤回或请主管部门退回。")
    return _("这一年的这张报表已经冻结，先打开它选“更正”。") if CensusState.FROZEN in states else ""


def _make(line: Line, by: User) -> str | None:
    values = dict(line.values)
    census = draft_for(kind=values.pop("kind"), year=values.pop("year"), by=by)
    found = census.lines.filter(name=values["name"]).first()
    if found is None:
        rank = census.lines.count() + 1
        line_write(census=census, rank=rank, values=values, by=by)
        return None
    before = {name: getattr(found, name) for name in (*KEPT[1:], "place_id")}
    # A column that the file does not have leaves what stands.
    standing = {name: getattr(found, name) for name in KEPT if name != "place"}
    line_set(line=found, census=census, values=standing | {"place": found.place_id} | values)
    after = {name: getattr(found, name) for name in (*KEPT[1:], "place_id")}
    return KNOWN if before == after else JOINED


CENSUS = Kind(
    code="census",
    label=_("年报"),
    lead=_(
        "一行一家机构（或社工站、基地），写进本机构这一年的年报草稿；核对后再报送。同名的行按文件更新。"
    ),
    roles=frozenset({Role.DEPT_HEAD, Role.AUTHORITY_OFFICER}),
    columns=COLUMNS,
    key=None,
    settle=settle,
    whole=once,
    check=check,
    apply=one_by_one(_make),
    is_care=False,
    shown=("name", "year"),
)
