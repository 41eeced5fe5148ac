"""Requests for help from a ward's or a register's list."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, NeedCategory, Priority
from cases.models.people import Client
from cases.models.referral_codes import ReferrerProfession
from cases.querysets import DOOR_ROLES
from cases.services.imports.matching import Known, document_keys, known_of, record_keys
from cases.services.people import folded
from cases.services.referrals import referral_receive
from departments.models.organizations import Department
from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Kind, Line, Lines, one_by_one
from msw_portal.kernel.identifiers import bare
from msw_portal.kernel.validators import parse_id_no, parse_name

PLACES = ("ward", "clinical")
NEED_WORDS = {
    "经济": NeedCategory.FINANCIAL,
    "经济困难": NeedCategory.FINANCIAL,
    "医疗费用": NeedCategory.FINANCIAL,
    "情绪": NeedCategory.EMOTIONAL,
    "心理": NeedCategory.EMOTIONAL,
    "家庭": NeedCategory.FAMILY_CAREGIVER,
    "出院计划": NeedCategory.DISCHARGE_PLANNING,
    "安宁疗护": NeedCategory.PALLIATIVE_BEREAVEMENT,
}
PROFESSION_WORDS = {
    "医生": ReferrerProfession.DOCTOR,
    "护士长": ReferrerProfession.NURSE,
    "护理": ReferrerProfession.NURSE,
    "康复师": ReferrerProfession.THERAPIST,
    "技师": ReferrerProfession.THERAPIST,
    "医务社工": ReferrerProfession.SOCIAL_WORKER,
    "家属": ReferrerProfession.FAMILY,
    "本人": ReferrerProfession.FAMILY,
}


def _id_no(cell: str) -> str:
    return parse_id_no(cell).number


COLUMNS = (
    Column(
        "received_on",
        _("转介日期"),
        cells.day,
        ("日期", "收到日期", "登记日期", "转介时间"),
        example="2026-01-05",
        note=_("不填按今天；应答时限从导入起算"),
        revive=cells.revive_day,
    ),
    Column(
        "from_department",
        _("转介科室"),
        cells.line_text(80),
        ("科室", "病区", "来源科室", "申请科室"),
        note=_("写“科室与病区”里的名称；不是本院科室的空着"),
    ),
    Column(
        "from_text",
        _("转介人"),
        cells.line_text(120),
        ("转介来源", "来源", "申请人", "转介者"),
        example="护士长 电话",
        note=_("科室和转介人至少填一项"),
    ),
    Column(
        "from_profession",
        _("转介人的职业"),
        cells.code(ReferrerProfession, PROFESSION_WORDS),
        ("职业", "转介人职业", "岗位"),
        example="护士",
        choices=cells.labels(ReferrerProfession),
    ),
    Column(
        "name",
        _("服务对象姓名"),
        cells.parsed(parse_name),
        ("姓名", "患者姓名", "病人姓名"),
        note=_("填了证件号码或病案号的，用来核对"),
        mask="name",
    ),
    Column(
        "id_no",
        _("身份证号"),
        cells.parsed(_id_no),
        ("身份证号码", "身份证", "证件号码"),
        note=_("已登记的服务对象才能对上；没有登记的空着，接单时再登记"),
        mask="id_no",
    ),
    Column("mrn", _("病案号"), cells.line_text(40), ("住院号", "病历号", "登记号", "门诊号")),
    Column(
        "reason",
        _("转介原因"),
        cells.text(2000),
        ("原因", "转介事由", "事由", "求助问题", "主要问题"),
        required=True,
        example="担心住院费用，家里没有人照顾",
    ),
    Column(
        "needs",
        _("可能的需求"),
        cells.codes(NeedCategory, NEED_WORDS),
        ("需求", "需求类型", "需求类别"),
        note=_("几项之间用顿号或分号"),
    ),
    Column(
        "urgency",
        _("紧急程度"),
        cells.code(Priority),
        ("优先级", "紧急"),
        example="一般",
        choices=cells.labels(Priority),
    ),
    Column(
        "client_aware",
        _("服务对象知情"),
        cells.flag,
        ("知情", "患者知情", "本人知情"),
        example="是",
        choices=("是", "否"),
    ),
)


def settle(line: Line) -> None:
    """A sender, and a day that has come."""
    values = line.values
    if not values.get("from_text") and not values.get("from_department"):
        line.refuse("from_text", _("请写明转介来源。"))
    if values.get("received_on") and values["received_on"] > timezone.localdate():
        line.refuse("received_on", _("日期不能在将来。"))
    values["id_type"] = IdType.ID


def check(lines: Lines, by: User) -> None:
    """The departments and persons that the lines name."""
    _resolve(lines, by)


def _resolve(lines: Lines, by: User) -> tuple[dict[str, Department], dict[int, Client]]:
    house = by.house_id
    places = {
        place.name: place
        for place in Department.objects.filter(
            organization_id=house, kind__in=PLACES, ended_on__isnull=True
        )
    }
    known = known_of(lines, house)
    people: dict[int, Client] = {}
    for line in lines:
        name = line.values.get("from_department")
        if name and name not in places:
            sentence = _("本院没有叫“%(name)s”的在用病区或科室。")
            line.refuse("from_department", sentence % {"name": name[:30]})
        person = _person(line, known, house)
        if person is not None:
            people[line.line] = person
    return places, people


def _person(line: Line, known: Known, house: int) -> Client | None:
    """The registered person of a line; a number that nobody has, or another name, is refused."""
    values = line.values
    for name, keys, found in (
        ("id_no", document_keys(values, house), known.by_document),
        ("mrn", record_keys(values, house), known.by_record),
    ):
        if not keys:
            continue
        hit = next((found[key] for key in keys if key in found), None)
        if hit is None:
            line.refuse(name, _("没有登记过这个号码的服务对象；请空着，或先导入服务对象。"))
            return None
        person = hit if name == "id_no" else hit[0].client.root
        if values.get("name") and folded(person.name) != folded(values["name"]):
            sentence = _("这个号码登记在“%(name)s”名下，与本行姓名不同，请核对。")
            line.refuse(name, sentence % {"name": person.name_masked})
            return None
        return person
    return None


def apply(lines: Lines, by: User) -> None:
    """Each as a colleague would write it down; the clock for an answer starts now."""
    places, people = _resolve(lines, by)

    def make(line: Line, by: User) -> None:
        values = line.values
        referral_receive(
            client=people.get(line.line),
            from_text=values.get("from_text", ""),
            from_department=places.get(values.get("from_department", "")),
            from_profession=values.get("from_profession", ""),
            reason=values["reason"],
            needs=values.get("needs", ()),
            urgency=values.get("urgency", Priority.NORMAL),
            client_aware=values.get("client_aware", False),
            received_on=values.get("received_on"),
            is_told=values.get("urgency") == Priority.URGENT,
            by=by,
        )

    one_by_one(make)([line for line in lines if not line.faults], by)


def key(values: Mapping[str, Any]) -> str:
    """A referral is the same one when everything it says is the same."""
    on: dt.date | str = values.get("received_on") or ""
    parts = [str(on), *(str(values.get(name, "")) for name in ("from_department", "from_text"))]
    parts += [values.get("id_no", ""), bare(values.get("mrn", "")), values.get("name", "")]
    return "|".join([*parts, " ".join(values["reason"].split())])


REFERRALS = Kind(
    code="referrals",
    label=_("转介"),
    lead=_("一行一份转介，导入后在“转介”里等人接单，时限从导入起算。"),
    roles=DOOR_ROLES,
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=apply,
    shown=("name", "from_text"),
)
