"""Persons and their stays from a file of the hospital: columns, checks, and what a line becomes."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, Insurance, Sex, VisitType
from cases.models.people import Client
from cases.querysets import LISTING_ROLES
from cases.services.imports.matching import (
    doubt_likely,
    key_text,
    known_of,
    person_of,
    stay_is_known,
)
from cases.services.imports.twins import Twins
from cases.services.imports.writing import persons_write, stays_write
from cases.services.people import set_identity
from cases.services.stays import check_days, icd10_codes
from departments.models.organizations import Department
from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import KNOWN, Column, Kind, Line, Lines
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.validators import parse_name, parse_phone

STAY = (
    *("mrn", "ward", "bed", "doctor", "diagnosis", "diagnosis_codes", "insurance"),
    *("admitted_on", "discharged_on"),
)
BIRTH_UNKNOWN = frozenset({"不详", "未知", "不明", "unknown"})
SEX_WORDS = {"M": "1", "F": "2", "男性": "1", "女性": "2", "未说明的性别": "9", "未知的性别": "0"}
TYPE_WORDS = {
    "身份证": IdType.ID,
    "二代身份证": IdType.ID,
    "出生证": IdType.BIRTH_CERTIFICATE,
    "出生证明": IdType.BIRTH_CERTIFICATE,
    "港澳台居住证": IdType.RESIDENCE_PERMIT,
}
VISIT_WORDS = {"在院": VisitType.INPATIENT, "日间手术": VisitType.DAY}
INSURANCE_WORDS = {
    "自费": Insurance.SELF_PAID,
    "全自费": Insurance.SELF_PAID,
    "城镇职工": Insurance.EMPLOYEE,
    "城镇职工基本医疗保险": Insurance.EMPLOYEE,
    "城乡居民": Insurance.RESIDENT,
    "城乡居民基本医疗保险": Insurance.RESIDENT,
    "公费": Insurance.PUBLIC,
    "工伤": Insurance.INJURY,
}


def _birth(cell: str) -> Any:
    return "" if cells.folded(cell).casefold() in BIRTH_UNKNOWN else cells.day(cell)


def _revive_birth(kept: str) -> Any:
    return cells.revive_day(kept) if kept else ""


def _codes(cell: str) -> list[str]:
    try:
        return icd10_codes(cell)
    except DomainError as error:
        raise cells.refused("icd10", error.message) from None


COLUMNS = (
    Column(
        "name",
        _("姓名"),
        cells.parsed(parse_name),
        ("患者姓名", "病人姓名", "患儿姓名", "服务对象姓名", "服务对象"),
        required=True,
        example="示例甲",
        mask="name",
    ),
    Column(
        "sex",
        _("性别"),
        cells.code(Sex, SEX_WORDS),
        ("患者性别",),
        example="女",
        note=_("有身份证号的可以不填"),
        choices=cells.labels(Sex),
    ),
    Column(
        "birth_date",
        _("出生日期"),
        _birth,
        ("出生年月日", "生日", "出生年月", "出生时间"),
        example="1990-03-07",
        note=_("有身份证号的可以不填；不知道的写“不详”"),
        revive=_revive_birth,
    ),
    Column(
        "id_type",
        _("证件类型"),
        cells.code(IdType, TYPE_WORDS),
        ("证件种类", "证件类别"),
        example="居民身份证",
        note=_("不填按居民身份证"),
        choices=cells.labels(IdType),
    ),
    Column(
        "id_no",
        _("证件号码"),
        cells.line_text(60),
        ("身份证号", "身份证号码", "身份证", "证件号", "公民身份号码", "身份证件号码"),
        example="11010119900307002X",
        note=_("18 位或旧的 15 位；此列须是文本"),
        mask="id_no",
    ),
    Column(
        "phone",
        _("联系电话"),
        cells.parsed(parse_phone),
        ("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "患者电话"),
        example="13800000000",
        mask="phone",
    ),
    Column(
        "address",
        _("现住址"),
        cells.line_text(200),
        ("住址", "地址", "家庭住址", "家庭地址", "联系地址", "现住地址"),
        mask="address",
    ),
    Column(
        "visit_type",
        _("就诊类型"),
        cells.code(VisitType, VISIT_WORDS),
        ("就诊类别", "就诊方式"),
        example="住院",
        note=_("不填时，有入院日期或病区的按住院，其余按门诊"),
        choices=cells.labels(VisitType),
    ),
    Column(
        "mrn",
        _("病案号"),
        cells.line_text(40),
        ("住院号", "病历号", "门诊号", "登记号", "患者编号", "就诊号", "病人ID", "患者ID"),
        example="ZY0000001",
    ),
    Column(
        "ward",
        _("病区"),
        cells.line_text(80),
        ("科室", "住院病区", "所在病区", "就诊科室", "入院病区", "当前病区", "科室名称"),
        note=_("写“科室与病区”里的名称"),
    ),
    Column("bed", _("床号"), cells.line_text(20), ("床位", "床位号"), example="12"),
    Column(
        "doctor", _("主管医生"), cells.line_text(60), ("主治医生", "医生", "主管医师", "管床医生")
    ),
    Column(
        "diagnosis",
        _("诊断"),
        cells.text(2000),
        ("入院诊断", "主要诊断", "疾病诊断", "诊断名称", "出院诊断"),
    ),
    Column(
        "diagnosis_codes",
        _("诊断编码（ICD-10）"),
        _codes,
        ("ICD-10", "ICD10", "ICD编码", "ICD-10编码", "诊断编码", "主要诊断编码", "疾病编码"),
        example="C91.0",
        note=_("多个用逗号分开"),
    ),
    Column(
        "insurance",
        _("医保类型"),
        cells.code(Insurance, INSURANCE_WORDS),
        ("医保", "费别", "费用类型", "付费方式", "医疗付费方式", "医保类别"),
        choices=cells.labels(Insurance),
    ),
    Column(
        "admitted_on",
        _("入院日期"),
        cells.day,
        ("入院时间", "就诊日期", "就诊时间", "住院日期"),
        example="2026-01-05",
        revive=cells.revive_day,
    ),
    Column("discharged_on", _("出院日期"), cells.day, ("出院时间",), revive=cells.revive_day),
)


def settle(line: Line) -> None:
    """One line as its facts agree with each other, by the rules of registering and of recording a stay."""
    values = line.values
    try:
        settle_person(values)
    except DomainError as error:
        line.refuse(error.field or "", error.message)
        return
    if has_stay(values):
        is_inside = values.get("ward") or values.get("admitted_on")
        values.setdefault("visit_type", VisitType.INPATIENT if is_inside else VisitType.OUTPATIENT)
        try:
            check_days(values.get("admitted_on"), values.get("discharged_on"))
        except DomainError as error:
            line.refuse(error.field or "", error.message)


def settle_person(values: dict[str, Any]) -> None:
    """Document, sex and birth of a line as they agree with each other, in place.

    Raises:
        DomainError: those of `set_identity`.
    """
    born = values.get("birth_date")
    person = SimpleNamespace()
    set_identity(
        person,
        values.get("id_type") or IdType.ID,
        values.get("id_no", ""),
        values.get("sex", Sex.UNKNOWN),
        born or None,
        born == "",
    )
    values["id_type"] = person.id_type if person.id_no else IdType.NONE
    values["id_no"], values["sex"] = person.id_no or "", person.sex
    values["birth_date"], values["birth_unknown"] = person.birth_date or "", person.birth_unknown


def has_stay(values: Mapping[str, Any]) -> bool:
    """Whether a line tells of a visit or stay, and not of a person alone."""
    return any(values.get(name) for name in (*STAY, "visit_type"))


def check(lines: Lines, by: User) -> None:
    """Against what the house knows: documents and records of others, wards, probable doubles."""
    new = _resolved(lines, by)[1]
    doubt_likely([line for line in new if not line.faults], by)


def apply(lines: Lines, by: User) -> None:
    """New persons with their stays in bulk, then further stays of known persons, in bulk too."""
    people, new = _resolved(lines, by)
    persons_write([line for line in new if not line.faults], by=by)
    joined = [line for line in lines if not line.faults and not line.outcome]
    stays_write([(line, people[line.line]) for line in joined], by=by)


def _resolved(lines: Lines, by: User) -> tuple[dict[int, Client], Sequence[Line]]:
    """Known persons by line, and the lines about new ones; what is known whole is marked, what contradicts refused."""
    house = by.house_id
    known, wards = known_of(lines, house), wards_of(house)
    people: dict[int, Client] = {}
    new = []
    for line in lines:
        set_ward(line, wards)
        person = person_of(line, known, house)
        if person is None:
            new.append(line)
            continue
        people[line.line] = person
        if not line.faults and (not has_stay(line.values) or stay_is_known(line, known, house)):
            line.outcome = KNOWN
    return people, new


def set_ward(line: Line, wards: Mapping[str, int]) -> None:
    """Put `ward_id` beside the name of a line's ward; one that the house does not run refuses the line."""
    name = line.values.get("ward")
    if not name:
        return
    if name not in wards:
        line.refuse("ward", _("本院没有叫“%(name)s”的在用病区或科室。") % {"name": name[:30]})
    line.values["ward_id"] = wards.get(name)


def wards_of(house: int) -> dict[str, int]:
    """The wards and clinical departments that the house runs now, {name: id}."""
    rows = Department.objects.filter(
        organization_id=house, kind__in=("ward", "clinical"), ended_on__isnull=True
    )
    return dict(rows.values_list("name", "pk"))


PERSONS = Kind(
    code="persons",
    label=_("服务对象与就诊"),
    lead=_("一行一位病人的一次就诊。证件号码或病案号已登记的并入原来的人，不改动已有内容。"),
    roles=LISTING_ROLES,
    columns=COLUMNS,
    key=key_text,
    settle=settle,
    whole=Twins,
    check=check,
    apply=apply,
    shown=("name", "mrn"),
)
