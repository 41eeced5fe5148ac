"""Contacts written down elsewhere: into the cases of who imports them, as that person's own records."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import ContactMode, ContactTarget
from cases.permissions import can_record_contact
from cases.querysets import LISTING_ROLES, MEMBER_ROLES
from cases.services.contacts import MAX_MINUTES, contact_record
from cases.workflow import WORKING_STAGES
from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Kind, Line, Lines, one_by_one

MODE_WORDS = {
    "电话": ContactMode.PHONE,
    "微信": ContactMode.ONLINE,
    "视频": ContactMode.ONLINE,
    "线上": ContactMode.ONLINE,
    "床旁": ContactMode.WARD_VISIT,
    "病房": ContactMode.WARD_VISIT,
    "门诊": ContactMode.CLINIC,
}
TARGET_WORDS = {
    "本人": ContactTarget.CLIENT,
    "患者": ContactTarget.CLIENT,
    "家属": ContactTarget.RELATIVE,
    "父亲": ContactTarget.PARENT,
    "母亲": ContactTarget.PARENT,
    "医生": ContactTarget.CLINICIAN,
    "护士": ContactTarget.CLINICIAN,
}
COLUMNS = (
    Column(
        "number",
        _("个案编号"),
        cells.line_text(40),
        ("编号", "个案号", "案号"),
        required=True,
        example="HA-C-2026-0001",
    ),
    Column(
        "occurred_on",
        _("日期"),
        cells.day,
        ("接触日期", "服务日期", "时间"),
        required=True,
        example="2026-01-05",
        revive=cells.revive_day,
    ),
    Column("starts_at", _("开始时间"), cells.clock, ("开始", "起"), example="09:30"),
    Column(
        "minutes",
        _("时长（分钟）"),
        cells.whole(1, MAX_MINUTES),
        ("时长", "分钟", "用时", "服务时长"),
        required=True,
        example="30",
    ),
    Column(
        "mode",
        _("方式"),
        cells.code(ContactMode, MODE_WORDS),
        ("服务方式", "接触方式", "形式"),
        required=True,
        example="面谈",
        choices=cells.labels(ContactMode),
    ),
    Column(
        "target",
        _("对象"),
        cells.code(ContactTarget, TARGET_WORDS),
        ("服务对象", "接触对象"),
        required=True,
        example="患者本人",
        choices=cells.labels(ContactTarget),
    ),
    Column(
        "facts",
        _("过程与事实"),
        cells.text(20_000),
        ("过程", "内容", "服务内容", "过程记录", "记录"),
        required=True,
        example="床旁面谈，患者说担心费用。",
    ),
    Column("analysis", _("分析"), cells.text(20_000), ("分析与反思", "反思", "评估")),
    Column(
        "next_on",
        _("下次日期"),
        cells.day,
        ("下次接触", "下次时间"),
        revive=cells.revive_day,
    ),
)


def settle(line: Line) -> None:
    """Days in their order."""
    values = line.values
    if values["occurred_on"] > timezone.localdate():
        line.refuse("occurred_on", _("日期不能在将来。"))
    if values.get("next_on") and values["next_on"] < values["occurred_on"]:
        line.refuse("next_on", _("下次日期不能早于本次日期。"))


def check(lines: Lines, by: User) -> None:
    """Cases that the person may write in, and days after their opening."""
    _resolve(lines, by)


def _resolve(lines: Lines, by: User) -> dict[str, Case]:
    numbers = {line.values["number"] for line in lines}
    rows = Case.objects.visible_to(by).filter(number__in=numbers)
    cases = {case.number: case for case in rows.prefetch_related("casemembers")}
    for line in lines:
        case = cases.get(line.values["number"])
        if case is None or not can_record_contact(by, case):
            line.refuse("number", _("没有这个编号的个案，或者您不在这个个案上。"))
        elif case.stage not in WORKING_STAGES:
            line.refuse("number", _("受理之后、结案之前才能写过程记录。"))
        elif line.values["occurred_on"] < timezone.localdate(case.opened_at):
            line.refuse("occurred_on", _("日期早于个案登记的日期。"))
    return cases


def apply(lines: Lines, by: User) -> None:
    """Each as if it were written in the case: an assistant's waits for its countersignature."""
    cases = _resolve(lines, by)

    def make(line: Line, by: User) -> None:
        values = line.values
        contact_record(
            case=cases[values["number"]],
            occurred_on=values["occurred_on"],
            starts_at=_start(values),
            minutes=values["minutes"],
            mode=values["mode"],
            target=values["target"],
            facts=values["facts"],
            analysis=values.get("analysis", ""),
            next_on=values.get("next_on"),
            by=by,
        )

    one_by_one(make)([line for line in lines if not line.faults], by)


def _start(values: Mapping[str, Any]) -> dt.datetime | None:
    if not values.get("starts_at"):
        return None
    at = dt.time.fromisoformat(values["starts_at"])
    return timezone.make_aware(dt.datetime.combine(values["occurred_on"], at))


def key(values: Mapping[str, Any]) -> str:
    """The same case, day, time, length and words."""
    parts = [values["number"], str(values["occurred_on"]), values.get("starts_at", "")]
    return "|".join([*parts, str(values["minutes"]), " ".join(values["facts"].split())])


CONTACTS = Kind(
    code="contacts",
    label=_("过程记录"),
    lead=_("一行一次接触，写进您自己能写的个案；助理和实习生的要会签。"),
    roles=LISTING_ROLES | MEMBER_ROLES,
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=apply,
    shown=("number", "occurred_on"),
)
