"""Entries of the registers from a list, one line each; who issued it stands with its source."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models.people import Role, User
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Kind, Line, one_by_one
from projects.models.register_codes import Audience, RegisterKind
from projects.models.registers import RegisterEntry
from projects.services.register_entries import entry_add, party_add
from projects.services.register_parts import REGISTERS

KIND_WORDS = {
    "政策": RegisterKind.POLICY,
    "标准": RegisterKind.STANDARD,
    "会议": RegisterKind.EVENT,
    "活动": RegisterKind.EVENT,
    "协议": RegisterKind.AGREEMENT,
    "表彰": RegisterKind.RECOGNITION,
    "媒体": RegisterKind.MEDIA,
    "框架": RegisterKind.FRAMEWORK,
}
COLUMNS = (
    Column(
        "kind",
        _("种类"),
        cells.code(RegisterKind, KIND_WORDS),
        ("登记册", "类别"),
        required=True,
        example="政策文件",
        choices=cells.labels(RegisterKind),
    ),
    Column(
        "title",
        _("名称"),
        cells.line_text(200),
        ("标题", "文件名称"),
        required=True,
        example="关于发展医务社会工作的实施意见（示例）",
    ),
    Column("number", _("文号或编号"), cells.line_text(60), ("文号", "编号", "标准号")),
    Column("version", _("版本"), cells.line_text(40)),
    Column("happened_on", _("日期"), cells.day, ("发布日期", "举办日期"), revive=cells.revive_day),
    Column("effective_on", _("施行日期"), cells.day, ("实施日期",), revive=cells.revive_day),
    Column("until_on", _("失效日期"), cells.day, ("废止日期",), revive=cells.revive_day),
    Column("chief", _("主要参与方"), cells.line_text(120), ("发布机关", "发布单位", "主办")),
    Column("source", _("来源"), cells.line_text(60), example="S2"),
    Column("audience", _("对谁说的"), cells.code(Audience, {}), choices=cells.labels(Audience)),
    Column("summary", _("内容"), cells.line_text(2000), ("摘要",)),
)


def _key(values: Mapping[str, Any]) -> str:
    parts = ("kind", "title", "number", "version", "source")
    return "|".join(str(values.get(name) or "") for name in parts)


def _make(line: Line, by: User) -> str | None:
    given = line.values
    known = RegisterEntry.objects.visible_to(by).filter(
        organization_id=by.house_id,
        kind=given["kind"],
        title=given["title"],
        version=given.get("version") or "",
    )
    with transaction.atomic():
        entry = known.first() or entry_add(
            kind=given["kind"],
            title=given["title"],
            number=given.get("number") or "",
            version=given.get("version") or "",
            summary=given.get("summary") or "",
            happened_on=given.get("happened_on"),
            precision="day",
            effective_on=given.get("effective_on"),
            until_on=given.get("until_on"),
            region=None,
            audiences=[given["audience"]] if given.get("audience") else [],
            source=given.get("source") or "",
            url="",
            replaces=None,
            by=by,
        )
        if given.get("chief"):
            # The same entry of another source adds that source's version of who it was.
            role = REGISTERS[entry.kind].roles[0]
            party_add(
                entry=entry,
                role=role,
                name_text=given["chief"],
                source=given.get("source") or "",
                by=by,
            )
    return None


REGISTER_ENTRIES = Kind(
    code="register_entries",
    label=_("登记册条目"),
    lead=_(
        "政策、标准、会议、联盟、协议、表彰、媒体、框架和服务模式，一行一条；不同来源的写两行，各带来源。"
    ),
    roles=frozenset({Role.DEPT_HEAD, Role.AUTHORITY_OFFICER, Role.FOUNDATION_OFFICER}),
    columns=COLUMNS,
    key=_key,
    apply=one_by_one(_make),
    is_care=False,
    shown=("title",),
)
