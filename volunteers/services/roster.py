"""Volunteers from the department's old lists: a file each, on the roll where training is told."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, Sex
from departments.models.people import Role, User
from departments.services.importing import values as cells
from departments.services.importing.kinds import CREATED, Column, Kind, Line, Lines, one_by_one
from msw_portal.kernel.validators import parse_name, parse_phone
from volunteers.models.codes import RecordKind, Skill, Source
from volunteers.services.facts import volunteer_record_add
from volunteers.services.people import volunteer_register
from volunteers.services.standing import volunteer_enrol, volunteer_review

SOURCE_WORDS = {
    "社会": Source.SOCIETY,
    "大学生": Source.STUDENT,
    "高校": Source.STUDENT,
    "员工": Source.EMPLOYEE,
    "职工": Source.EMPLOYEE,
    "病友": Source.PATIENT,
    "家属": Source.PATIENT,
    "企业": Source.COMPANY,
}
COLUMNS = (
    Column(
        "name",
        _("姓名"),
        cells.parsed(parse_name),
        ("志愿者姓名", "志愿者"),
        required=True,
        example="示例甲",
        mask="name",
    ),
    Column("sex", _("性别"), cells.code(Sex), example="女", choices=cells.labels(Sex)),
    Column(
        "id_type",
        _("证件类型"),
        cells.code(IdType, {"身份证": IdType.ID}),
        ("证件种类",),
        note=_("不填：有号码按居民身份证，没有按无证件"),
        choices=cells.labels(IdType),
    ),
    Column(
        "id_no",
        _("证件号码"),
        cells.line_text(40),
        ("身份证号", "身份证号码", "身份证", "证件号"),
        example="11010119900307002X",
        mask="id_no",
    ),
    Column(
        "birth_date",
        _("出生日期"),
        cells.day,
        ("生日", "出生年月日"),
        example="1990-03-07",
        note=_("有身份证号的可以不填"),
        revive=cells.revive_day,
    ),
    Column(
        "phone",
        _("手机号"),
        cells.parsed(parse_phone),
        ("电话", "手机", "联系电话", "联系方式"),
        required=True,
        example="13800000000",
        mask="phone",
    ),
    Column(
        "source",
        _("来源"),
        cells.code(Source, SOURCE_WORDS),
        ("类别", "志愿者类别", "人员类别"),
        example="学生",
        choices=cells.labels(Source),
    ),
    Column(
        "work", _("单位、学校或职业"), cells.line_text(100), ("单位", "学校", "工作单位", "职业")
    ),
    Column(
        "skills",
        _("能做什么"),
        cells.codes(Skill),
        ("特长", "技能", "服务意向"),
        example="导诊陪诊、手语",
        choices=cells.labels(Skill),
    ),
    Column("languages", _("语言和方言"), cells.line_text(120), ("语言", "方言")),
    Column(
        "national_no",
        _("全国志愿服务信息系统编号"),
        cells.line_text(40),
        ("志愿者编号", "注册编号", "志愿者证号"),
    ),
    Column(
        "trained_on",
        _("培训合格日期"),
        cells.day,
        ("培训日期", "岗前培训日期"),
        example="2026-03-01",
        note=_("填了就登记在册；不填进“待审核”"),
        revive=cells.revive_day,
    ),
    Column(
        "insured_to",
        _("保险有效期至"),
        cells.day,
        ("保险到期", "意外险到期"),
        revive=cells.revive_day,
    ),
    Column("insurer", _("保险公司"), cells.line_text(100)),
    Column("guardian_name", _("监护人姓名"), cells.line_text(50), ("监护人",), mask="name"),
    Column("guardian_phone", _("监护人电话"), cells.parsed(parse_phone), mask="phone"),
)


def settle(line: Line) -> None:
    """Who somebody is, and days that may be."""
    values, today = line.values, timezone.localdate()
    if not values.get("id_no") and not values.get("birth_date"):
        line.refuse("birth_date", _("请填出生日期或身份证号。"))
    if values.get("trained_on") and values["trained_on"] > today:
        line.refuse("trained_on", _("日期不能在将来。"))
    if values.get("insured_to") and not values.get("insurer"):
        line.refuse("insurer", _("填了保险有效期，请写保险公司。"))
    if values.get("insured_to") and values["insured_to"] < today:
        line.refuse("insured_to", _("保险已经到期，请空着。"))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "phone", "birth_date", "work", "languages", "national_no")
    given = {name: values.get(name) for name in names if values.get(name)}
    id_no = values.get("id_no") or ""
    return given | {
        "id_no": id_no,
        "id_type": values.get("id_type") or (IdType.ID if id_no else IdType.NONE),
        "sex": values.get("sex") or Sex.UNKNOWN,
        "source": values.get("source") or Source.SOCIETY,
        "skills": values.get("skills") or [],
        "guardian_name": values.get("guardian_name") or "",
        "guardian_phone": values.get("guardian_phone") or "",
    }


def _make(line: Line, by: User) -> str:
    values = line.values
    volunteer = volunteer_register(**_given(values), by=by)
    today = timezone.localdate()
    if values.get("insured_to"):
        volunteer_record_add(
            volunteer=volunteer,
            kind=RecordKind.INSURANCE,
            insurer=values["insurer"],
            happened_on=today,
            valid_from=min(today, values["insured_to"] - dt.timedelta(days=1)),
            valid_to=values["insured_to"],
            by=by,
        )
    if values.get("trained_on"):
        volunteer_record_add(
            volunteer=volunteer,
            kind=RecordKind.TRAINING,
            course=str(_("由文件导入")),
            happened_on=values["trained_on"],
            passed=True,
            by=by,
        )
        volunteer_review(volunteer=volunteer, by=by)
        if not volunteer.is_minor_on(today):
            volunteer_enrol(volunteer=volunteer, by=by)
    return CREATED


def apply(lines: Lines, by: User) -> None:
    """Each as if it were registered and taken on by hand; a minor still waits for the guardian's paper."""
    one_by_one(_make)([line for line in lines if not line.faults], by)


def key(values: Mapping[str, Any]) -> str:
    return f"{values['name']}|{values.get('id_no') or values.get('birth_date')}|{values['phone']}"


VOLUNTEERS = Kind(
    code="volunteers",
    label=_("志愿者名单"),
    lead=_("一行一位志愿者。填了培训合格日期的登记在册，其余进“待审核”。"),
    roles=frozenset({Role.VOLUNTEER_COORDINATOR, Role.DEPT_HEAD}),
    columns=COLUMNS,
    key=key,
    settle=settle,
    apply=apply,
    is_care=False,
    shown=("name", "phone"),
)
