"""Partner bodies from a list: hospitals, agencies, associations the house works with."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.models.organizations import (
    HospitalGrade,
    Organization,
    OrganizationKind,
    Region,
)
from departments.models.people import Role, User
from departments.models.place_codes import Affiliation, HospitalType, Ownership
from departments.services.importing import values as cells
from departments.services.importing.kinds import KNOWN, Column, Kind, Line, Lines, one_by_one
from departments.services.organizations import organization_add
from msw_portal.kernel.validators import parse_uscc

KIND_WORDS = {
    "综合医院": OrganizationKind.HOSPITAL,
    "专科医院": OrganizationKind.HOSPITAL,
    "社区卫生服务中心": OrganizationKind.COMMUNITY_HEALTH,
    "乡镇卫生院": OrganizationKind.COMMUNITY_HEALTH,
    "社工机构": OrganizationKind.AGENCY,
    "社会组织": OrganizationKind.ASSOCIATION,
    "慈善组织": OrganizationKind.FOUNDATION,
    "街道": OrganizationKind.GOVERNMENT,
    "高等院校": OrganizationKind.UNIVERSITY,
    "公司": OrganizationKind.COMPANY,
}
KINDS = [one for one in OrganizationKind if one != OrganizationKind.INSTALLATION]
COLUMNS = (
    Column(
        "name",
        _("机构名称"),
        cells.line_text(120),
        ("名称", "单位名称", "单位", "机构"),
        required=True,
        example="示例街道社区卫生服务中心",
    ),
    Column(
        "kind",
        _("类型"),
        cells.code(OrganizationKind, KIND_WORDS),
        ("机构类型", "单位类型", "类别"),
        required=True,
        example="社区卫生服务机构",
        choices=tuple(str(one.label) for one in KINDS),
    ),
    Column("short_name", _("简称"), cells.line_text(40), ("机构简称",)),
    Column(
        "uscc",
        _("统一社会信用代码"),
        cells.parsed(parse_uscc),
        ("信用代码", "社会信用代码", "统一信用代码"),
        note=_("18 位；此列须是文本"),
    ),
    Column(
        "grade",
        _("等级"),
        cells.code(HospitalGrade, {"三甲": "3A", "三乙": "3B", "二甲": "2A", "二乙": "2B"}),
        ("医院等级", "级别"),
        choices=cells.labels(HospitalGrade),
    ),
    Column(
        "hospital_type",
        _("医院类型"),
        cells.code(HospitalType, {"综合医院": "general", "妇幼保健院": "maternal_child"}),
        choices=cells.labels(HospitalType),
    ),
    Column(
        "ownership",
        _("举办性质"),
        cells.code(Ownership, {"民营": "private_nonprofit", "国有": "public"}),
        choices=cells.labels(Ownership),
    ),
    Column(
        "affiliation",
        _("隶属"),
        cells.code(Affiliation, {"区属": "district", "县属": "district", "部属": "central"}),
        ("隶属关系",),
        choices=cells.labels(Affiliation),
    ),
    Column(
        "region",
        _("地区代码"),
        cells.whole(110000, 999999),
        ("行政区划代码", "区划代码", "地区"),
        example="110101",
        note=_("6 位行政区划代码"),
    ),
    Column("founded_on", _("成立日期"), cells.day, ("成立时间",), revive=cells.revive_day),
)


def settle(line: Line) -> None:
    if line.values["kind"] == OrganizationKind.INSTALLATION:
        line.refuse("kind", _("请从列表中选择。"))


def check(lines: Lines, by: User) -> None:
    """What stands in the register already; a credit code under another name is refused."""
    names = {line.values["name"] for line in lines}
    codes = {line.values["uscc"] for line in lines if line.values.get("uscc")}
    ground = Organization.objects.visible_to(by).on_ground_of(by)
    by_name = {(row.name, row.kind): row for row in ground.filter(name__in=names)}
    by_code = {row.uscc: row for row in Organization.objects.filter(uscc__in=codes)}
    regions = set(
        Region.objects.filter(code__in=[line.values.get("region") for line in lines]).values_list(
            "code", flat=True
        )
    )
    for line in lines:
        values = line.values
        if values.get("region") and values["region"] not in regions:
            line.refuse("region", _("没有这个地区代码。"))
        other = by_code.get(values.get("uscc", ""))
        if other is not None and other.name != values["name"]:
            sentence = _("这个代码已登记为“%(name)s”，请核对。")
            line.refuse("uscc", sentence % {"name": other.name})
        elif other is not None or (values["name"], values["kind"]) in by_name:
            line.outcome = KNOWN


def _make(line: Line, by: User) -> None:
    values = dict(line.values)
    code = values.pop("region", None)
    region = Region.objects.filter(code=code).first() if code else None
    organization_add(region=region, by=by, **values)


def apply(lines: Lines, by: User) -> None:
    check(lines, by)
    one_by_one(_make)([line for line in lines if not line.faults and not line.outcome], by)


def key(values: Mapping[str, Any]) -> str:
    return values.get("uscc") or f"{values['kind']}|{values['name']}"


ORGANIZATIONS = Kind(
    code="organizations",
    label=_("合作机构"),
    lead=_("一行一家机构，写进机构登记，由本机构维护；登记里已有的不改动。"),
    roles=frozenset({Role.DEPT_HEAD, Role.SECADMIN}),
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=apply,
    is_care=False,
    shown=("name",),
)
