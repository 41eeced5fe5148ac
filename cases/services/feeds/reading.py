"""What a delivery may say, for the API and for the columns of a dropped file alike."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.services.feeds.delivering import deliveries_apply
from cases.services.feeds.stays import TAKEN_BACK
from cases.services.imports.persons import PERSONS
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Kind

MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\sT]*(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.(\d{1,6})\d*)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
MOMENT_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")
BACK_WORDS = frozenset({"取消", "撤销", "清空", "cancelled", "null"})
# Clocks of two machines differ; more than this is a wrong time.
AHEAD = dt.timedelta(minutes=10)


def moment(cell: str) -> dt.datetime:
    """When the system knew it: a day with a time, of Beijing unless it says its own offset."""
    typed = cells.folded(cell)
    found = MOMENT.fullmatch(typed)
    together = None if found else MOMENT_TOGETHER.fullmatch(typed)
    if found is None and together is None:
        raise cells.refused(
            "moment", _("时间请写到分或秒，如 2026-11-29 23:05:00，也可以带时区 +08:00。")
        )
    parts = [int(one) for one in (found or together).groups()[:6] if one]
    micro, zone = (found[7] or "0", found[8]) if found else ("0", None)
    try:
        local = dt.datetime(*parts, int(micro.ljust(6, "0")))  # noqa: DTZ001  its zone follows
    except ValueError:
        raise cells.refused("moment", _("没有这个时间，请核对。")) from None
    if zone is None:
        found_at = timezone.make_aware(local)
    else:
        offset = zone.replace("Z", "+00:00")
        found_at = dt.datetime.fromisoformat(f"{local.isoformat()}{offset}")
    if found_at > timezone.now() + AHEAD:
        raise cells.refused("moment_ahead", _("记录时间在将来，请核对医院系统的时钟。"))
    return found_at.astimezone(dt.UTC)


def revive_moment(kept: str) -> dt.datetime:
    return dt.datetime.fromisoformat(kept)


def may_be_taken_back(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader that also knows the word by which the system takes back what it said."""
    return lambda cell: TAKEN_BACK if cells.folded(cell).casefold() in BACK_WORDS else read(cell)


def _own(name: str, *aliases: str, **given: Any) -> Column:
    """A column of the import of persons, which the same systems fill."""
    column = PERSONS.column(name)
    return replace(column, aliases=(*column.aliases, *aliases), **given)


def _fact(name: str, *aliases: str, **given: Any) -> Column:
    column = _own(name, *aliases, **given)
    return replace(column, read=may_be_taken_back(column.read))


DAY = may_be_taken_back(cells.day)
COLUMNS = (
    _own("mrn", required=True),
    Column(
        "source_time",
        _("记录时间"),
        moment,
        ("更新时间", "修改时间", "操作时间", "最后更新时间", "时间戳"),
        required=True,
        example="2026-11-28 23:05:00",
        revive=revive_moment,
    ),
    Column(
        "visit_no", _("住院次数"), cells.line_text(40), ("就诊流水号", "住院流水号", "就诊序号")
    ),
    Column(
        "hospital",
        _("医疗机构代码"),
        cells.line_text(120),
        ("机构代码", "医院代码", "医疗机构", "医院名称"),
    ),
    _own("name", required=False, example=""),
    *(_own(name) for name in ("sex", "birth_date", "id_type", "id_no", "phone", "address")),
    _own("visit_type"),
    *(_fact(name) for name in ("ward", "bed", "doctor", "insurance", "admitted_on")),
    Column(
        "operation_planned_on",
        _("计划手术日期"),
        DAY,
        ("拟手术日期", "手术计划日期", "预约手术日期"),
        revive=cells.revive_day,
    ),
    Column(
        "operation_on",
        _("手术日期"),
        DAY,
        ("实际手术日期", "手术时间"),
        revive=cells.revive_day,
    ),
    Column("operation_no", _("手术序号"), cells.line_text(20), ("手术次数", "手术编号")),
    _fact("discharged_on", "实际出院日期"),
)


# Dropped by a system into its folder: nobody uploads it, so it is not among the kinds of the import page.
FEED = Kind(
    code="episodes",
    label=_("医院信息系统的就诊"),
    lead=_("一行说一次就诊的现状；同一次就诊可以有很多行，按记录时间取最新。"),
    roles=frozenset(),
    columns=COLUMNS,
    key=None,
    apply=deliveries_apply,
    shown=("mrn",),
)
