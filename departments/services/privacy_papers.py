"""Paper of the privacy office: a record, the two notices of an incident as drafts, the certificate of what was destroyed."""

import hashlib
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments import audit
from departments.models.compliance import ComplianceRecord
from departments.models.people import User
from departments.privacy_permissions import can_keep_privacy, can_view_retention
from departments.services.destruction import DONE, counts_of
from departments.services.privacy_registers import missing_of, register_of, rows_shown, values_of
from departments.workflow import DestructionStep
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.display import moment
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.typesetting import typeset

PAPER_LANGUAGE = "zh-hans"
WIDE = 22


def _cell(label: Any, text: Any) -> dict[str, Any]:
    text = str(text)
    return {
        "label": str(label),
        "text": text,
        "ticks": [],
        "wide": len(text) > WIDE or "\n" in text,
        "room": 0,
    }


def _head(title: Any) -> dict[str, Any]:
    return {"t": "head", "title": str(title)}


def _cells(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    return {"t": "cells", "cells": [_cell(label, text) for label, text in pairs]}


def _table(head: list[str], rows: list[list[Any]], widths: list[int]) -> dict[str, Any]:
    texts = [[str(one) for one in row] for row in rows] or [[""] * len(head)]
    return {"t": "rows", "label": "", "head": head, "widths": widths, "rows": texts}


def _sheet(
    title: str, numbers: str, blocks: list[dict[str, Any]], signers: list[str], note: str = ""
) -> dict[str, Any]:
    return {
        "kind": "",
        "title": title,
        "numbers": numbers,
        "version": "",
        "note": note,
        "blocks": blocks,
        "signers": signers,
    }


def _printed(sheet: dict[str, Any], by: User) -> bytes:
    at = timezone.now()
    stamp = _("打印人 %(who)s　%(at)s") % {
        "who": by.display_name,
        "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
    }
    content = {
        "title": sheet["title"],
        "house": by.acting.organization_name,
        "training": by.acting.is_training,
        "department": by.acting.department_name or "",
        "stamp": stamp,
        "cover": None,
        "sheets": [sheet],
    }
    return typeset("case_forms.typ", content, at=at)


def _noted(verb: str, record: ComplianceRecord, content: bytes, by: User) -> bytes:
    fingerprint = hashlib.sha256(content).hexdigest()
    audit.record(verb, by=by, on=record, kind=record.kind, payload_hash=fingerprint)
    return content


@command
def privacy_record_print(*, record: ComplianceRecord, by: User) -> bytes:
    """One record of a register as a PDF."""
    require(can_keep_privacy, by, record)
    with translation.override(PAPER_LANGUAGE):
        register = register_of(record)
        pairs = [(label, _text(value)) for label, value, _kind in rows_shown(record)]
        if reason := record.payload.get("closed_reason"):
            pairs.append((_("办结"), reason))
        sheet = _sheet(
            str(register.one),
            record.payload.get("number", ""),
            [_head(register.title), _cells(pairs)],
            [_("填写人"), _("个人信息保护负责人")],
            str(register.law),
        )
        content = _printed(sheet, by)
    return _noted("privacy.print", record, content, by)


def _text(value: Any) -> str:
    return moment(value) if hasattr(value, "year") else str(value)


NOTICES = {
    "authority": gettext_lazy("个人信息安全事件报告"),
    "persons": gettext_lazy("个人信息安全事件告知书"),
}


@command
def incident_notice_print(*, record: ComplianceRecord, to: str, by: User) -> bytes:
    """The draft of a notice with the parts of PIPL 57; for persons without the name of the authority.

    Raises:
        DomainError: `incident.lacks` (409) with the missing parts, `incident.no_notice_for_persons` (409).
    """
    require(can_keep_privacy, by, record)
    if lacking := missing_of(record):
        raise DomainError(
            "incident.lacks",
            gettext_lazy("通知还缺：%(parts)s。") % {"parts": "、".join(lacking)},
            status=409,
        )
    values = values_of(record)
    if to == "persons" and values["no_notice"]:
        raise DomainError(
            "incident.no_notice_for_persons",
            gettext_lazy("这份记录写明了不通知个人的理由；要通知，请先删去。"),
            status=409,
        )
    with translation.override(PAPER_LANGUAGE):
        content = _printed(_notice(record, values, to), by)
    return _noted("incident.print_notice", record, content, by)


def _notice(record: ComplianceRecord, values: dict[str, Any], to: str) -> dict[str, Any]:
    first = [(_("收件"), values["authority"] or "____________")] if to == "authority" else []
    pairs = [
        *first,
        (_("发现时间"), moment(values["found_at"])),
        (_("涉及的个人信息种类"), values["kinds"]),
        (_("原因"), values["cause"]),
        (_("可能造成的危害"), values["harm"]),
        (_("已经采取的补救措施"), values["measures"]),
        (_("个人可以采取的减轻危害的措施"), values["advice"]),
        (_("联系方式"), values["contact"]),
    ]
    if to == "authority":
        pairs.insert(2, (_("程度"), register_of(record).words("severity", values["severity"])))
        pairs.insert(3, (_("涉及人数"), values["persons"] or _("正在核实")))
        if values["no_notice"]:
            pairs.append((_("不通知个人的理由"), values["no_notice"]))
    return _sheet(
        str(NOTICES[to]),
        record.payload.get("number", ""),
        [_head(_("个人信息保护法第五十七条规定的通知事项")), _cells(pairs)],
        [_("经办人"), _("单位盖章")],
        _("草稿：送出前请核对；本系统不自动送出。"),
    )


@command
def destruction_certificate(*, record: ComplianceRecord, by: User) -> bytes:
    """The certificate: who signed, how many of each class, the fingerprint of the list, and the numbers on it.

    Raises:
        DomainError: `destruction.not_done` (409).
    """
    require(can_view_retention, by, record)
    if record.step != DestructionStep.DONE:
        raise DomainError("destruction.not_done", gettext_lazy("清单还没有处置完。"), status=409)
    with translation.override(PAPER_LANGUAGE):
        content = _printed(_certificate(record), by)
    return _noted("destruction.certificate", record, content, by)


def _certificate(record: ComplianceRecord) -> dict[str, Any]:
    kept = record.payload
    done = sum(1 for one in kept["pieces"] if one["state"] == DONE)
    facts = [
        (_("清单编号"), kept["number"]),
        (_("处置完成"), kept["done_on"]),
        (_("提出"), f"{record.signer_1.display_name}　{kept['proposed_on']}"),
        (_("批准"), record.signer_2.display_name),
        (_("鉴定意见"), kept["note"]),
        (_("已处置"), _("%(n)d 件，去除身份 %(m)d 人") % {"n": done, "m": kept["persons"]}),
        (_("清单指纹（SHA-256）"), kept["hash"]),
    ]
    words = {DONE: _("已处置"), "skipped": _("未处置")}
    rows = [
        [one["label"], one["due_on"], one["why"], " ".join((words[one["state"]], one["outcome"]))]
        for one in kept["pieces"]
    ]
    return _sheet(
        _("销毁证明"),
        kept["number"],
        [
            _cells(facts),
            _head(_("按类别")),
            _table([_("类别"), _("列入"), _("已处置")], counts_of(record), [6, 1, 1]),
            _head(_("清单")),
            _table([_("档案号"), _("到期"), _("依据"), _("结果")], rows, [3, 2, 5, 3]),
        ],
        [_("提出人"), _("批准人"), _("监销人")],
        _("所列档案的身份、叙述和文件已经清除，不能恢复；统计数字、账目和审计记录不变。"),
    )
