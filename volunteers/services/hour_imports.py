"""Hours written down elsewhere: each line a service of a volunteer who is registered, waiting for its confirmation."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Kind, Line, Lines, one_by_one
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.validators import parse_id_no, parse_name
from volunteers.models.codes import Anomaly
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Post
from volunteers.querysets import KEEPING_ROLES
from volunteers.services.records import service_enter


def _id_no(cell: str) -> str:
    return parse_id_no(cell).number


COLUMNS = (
    Column(
        "name",
        _("姓名"),
        cells.parsed(parse_name),
        ("志愿者姓名", "志愿者"),
        required=True,
        mask="name",
        example="演示甲",
    ),
    Column("id_no", _("身份证号"), cells.parsed(_id_no), ("证件号码", "身份证"), mask="id_no"),
    Column(
        "national_no",
        _("志愿者编号"),
        cells.line_text(40),
        ("全国系统编号", "编号", "注册号"),
        note=_("身份证号和志愿者编号至少填一项"),
    ),
    Column(
        "post",
        _("岗位"),
        cells.line_text(60),
        ("项目", "服务项目", "岗位名称"),
        required=True,
        note=_("写本院已登记的岗位名称"),
        example="导诊陪诊",
    ),
    Column(
        "day",
        _("日期"),
        cells.day,
        ("服务日期",),
        required=True,
        example="2026-01-05",
        revive=cells.revive_day,
    ),
    Column(
        "begins",
        _("开始时间"),
        cells.clock,
        ("签到", "开始", "签到时间"),
        required=True,
        example="09:00",
    ),
    Column(
        "ends",
        _("结束时间"),
        cells.clock,
        ("签退", "结束", "签退时间"),
        required=True,
        example="11:30",
        note=_("早于开始的算次日"),
    ),
    Column("break_minutes", _("休息分钟"), cells.whole(0, 1440), ("休息",), example="0"),
    Column("persons", _("服务人数"), cells.whole(0, 10_000), ("人数",), example="12"),
    Column("content", _("服务内容"), cells.text(500), ("内容",), note=_("不写患者的姓名和病情")),
)


def settle(line: Line) -> None:
    """Somebody who can be found, on a day that has come."""
    values = line.values
    if not values.get("id_no") and not values.get("national_no"):
        line.refuse("id_no", _("身份证号和志愿者编号至少填一项。"))
    if values["day"] > timezone.localdate():
        line.refuse("day", _("日期不能在将来。"))


def check(lines: Lines, by: User) -> None:
    """The volunteers and posts that the lines name."""
    _resolve(lines, by)


def _resolve(lines: Lines, by: User) -> tuple[dict[int, Volunteer], dict[str, Post]]:
    posts = {one.title: one for one in Post.objects.visible_to(by)}
    found: dict[int, Volunteer] = {}
    asked = Q(pk__in=[])
    for line in lines:
        asked |= _named(line.values, by.house_id)
    known = list(Volunteer.objects.visible_to(by).filter(asked)) if lines else []
    for line in lines:
        values = line.values
        person = next((one for one in known if _is(one, values)), None)
        if person is None:
            line.refuse("name", _("没有这位志愿者，请先登记志愿者。"))
        elif person.name != values["name"]:
            line.refuse(
                "name",
                _("这个证件或编号登记在“%(name)s”名下，与本行姓名不同，请核对。")
                % {"name": person.name_masked},
            )
        else:
            found[line.line] = person
        if values["post"] not in posts:
            line.refuse("post", _("本院没有叫“%(post)s”的岗位。") % {"post": values["post"][:30]})
    return found, posts


def _named(values: Mapping[str, Any], house: int) -> Q:
    asked = Q(pk__in=[])
    if values.get("id_no"):
        asked |= found_by(Volunteer, "id_no_bidx", "id", values["id_no"], organization_id=house)
    if values.get("national_no"):
        asked |= Q(national_no=values["national_no"])
    return asked


def _is(person: Volunteer, values: Mapping[str, Any]) -> bool:
    if values.get("id_no"):
        return person.id_no == values["id_no"]
    return bool(values.get("national_no")) and person.national_no == values["national_no"]


def apply(lines: Lines, by: User) -> None:
    """Each as if the coordinator had written it down."""
    people, posts = _resolve(lines, by)

    def make(line: Line, by: User) -> None:
        values = line.values
        begins = dt.time.fromisoformat(values["begins"])
        ends = dt.time.fromisoformat(values["ends"])
        after = values["day"] + dt.timedelta(days=1) if ends < begins else values["day"]
        service_enter(
            volunteer=people[line.line],
            post=posts[values["post"]],
            checked_in=timezone.make_aware(dt.datetime.combine(values["day"], begins)),
            checked_out=timezone.make_aware(dt.datetime.combine(after, ends)),
            break_minutes=values.get("break_minutes") or 0,
            persons=values.get("persons") or 0,
            content=values.get("content") or "",
            anomaly=Anomaly.IMPORTED,
            by=by,
        )

    one_by_one(make)([line for line in lines if not line.faults], by)


def key(values: Mapping[str, Any]) -> str:
    """The same volunteer, day and beginning."""
    who = values.get("id_no") or values.get("national_no") or ""
    return "|".join([who, str(values["day"]), values["begins"], values["post"]])


HOURS = Kind(
    code="volunteer_hours",
    label=_("志愿服务时长"),
    lead=_("一行一次服务；导入后仍要逐条或批量确认，才计入累计时长。"),
    roles=KEEPING_ROLES,
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=apply,
    is_care=False,
    shown=("name", "day"),
)
