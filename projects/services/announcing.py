"""The public notice of what is proposed, and the published list: a frozen, numbered snapshot with its difference
from the batch before."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cases.models.codes import DisclosureLevel
from cases.models.consents import Disclosure
from departments import audit
from departments.models.people import User
from departments.models.publishing import EntryKind, Objection, PublicEntry
from departments.services.moving import move, move_many
from departments.services.numbering import take_number
from departments.services.objections import objection_answer, seen_first, waits_for_answer
from departments.services.publishing import (
    Column,
    EntryPayload,
    EntryTable,
    entry_close,
    entry_publish,
)
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.reviews import OutcomeLetter
from projects.permissions.experts import can_run_review_of
from projects.services.formality import end_of_working_days, issued_locked, tell_unit
from projects.services.letters import letter_follow
from projects.services.selecting import PLACED, STEPS
from projects.workflow.calls import APPLICATION, CALL, ApplicationState, CallState

A = ApplicationState
NUMBER = "{ORG}-MD-{YYYY}{SEQ2}"
COLUMNS = (
    Column("rank", _("序号"), "count"),
    Column("number", _("编号")),
    Column("title", _("项目名称")),
    Column("unit", _("申报单位")),
    Column("theme", _("主题")),
)


@command
def notice_open(*, call: Call, by: User) -> Call:
    """Show what is proposed in public for the call's working days, today not counted; the letters have left before.

    Raises:
        DomainError: `notice.not_placed`, `notice.letters` (409), `call.announce.wrong_state` (409).
    """
    held = Call.objects.locked().select_related("organization").get(pk=call.pk)
    require(can_run_review_of, by, held)
    CALL.check(held, "announce")
    rows = placed_rows(held, (A.PROPOSED,))
    if not rows:
        raise DomainError("notice.not_placed", _("请先确定拟入选名单。"), status=409)
    sent = OutcomeLetter.objects.filter(
        organization_id=held.organization_id, call=held, sent_at__isnull=False
    )
    if not sent.exists():
        raise DomainError(
            "notice.letters", _("请先把结果通知书发给各单位，再向社会公示。"), status=409
        )
    until = end_of_working_days(timezone.localdate(), held.notice_days)
    with translation.override(settings.LANGUAGE_CODE):
        entry = entry_publish(
            organization=held.organization,
            kind=EntryKind.NOTICE,
            title=_("%(call)s拟入选项目公示") % {"call": held.title},
            payload=_notice_payload(held, rows, until),
            subject=held,
            visible_to=until,
            by=by,
        )
    held.notice_entry = entry
    move(held, CALL, "announce", by=by, also=("notice_entry",))
    audit.record("call.open_notice", by=by, on=held, slug=entry.slug, until=until)
    return held


def _notice_payload(call: Call, rows: Sequence[Application], until: dt.datetime) -> EntryPayload:
    last = timezone.localdate(until) - dt.timedelta(days=1)
    return EntryPayload(
        facts=[
            (str(_("征集")), call.title),
            (str(_("拟入选")), str(_("%(n)d 项") % {"n": len(rows)})),
            (
                str(_("公示期")),
                f"{timezone.localdate().isoformat()} – {last.isoformat()}",
            ),
        ],
        sections=[
            (
                str(_("怎样提出异议")),
                str(_("对公示内容有异议的，请在公示期内在本页提出；不需要登录，也可以不留姓名。")),
            )
        ],
        tables=[_table("proposed", str(_("拟入选项目")), call, rows)],
        basis=str(_("拟入选项目公示")),
    )


def _table(key: str, heading: str, call: Call, rows: Sequence[Application]) -> EntryTable:
    themes = {one.get("code"): one.get("name", "") for one in [*call.themes, *call.tracks]}
    return EntryTable(
        key=key,
        heading=heading,
        columns=COLUMNS,
        rows=[
            [
                str(at + 1),
                row.number or "",
                row.title,
                row.unit_name,
                themes.get(row.theme) or themes.get(row.track) or "",
            ]
            for at, row in enumerate(rows)
        ],
    )


def placed_rows(call: Call, states: Sequence[str]) -> list[Application]:
    return list(
        Application.objects.filter(
            counterparty_id=call.organization_id, call=call, state__in=states
        ).order_by("rank", "number", "pk")
    )


@command
def notice_stop(*, call: Call, reason: str, by: User) -> Call:
    """Take the notice down before its end: the places are given out anew.

    Raises:
        DomainError: `call.stop_notice.*`.
    """
    held = Call.objects.locked().get(pk=call.pk)
    require(can_run_review_of, by, held)
    CALL.check(held, "stop_notice", reason)
    if held.notice_entry is not None and held.notice_entry.is_open:
        entry_close(entry=held.notice_entry, by=by)
    move(held, CALL, "stop_notice", by=by, reason=reason)
    audit.record("call.stop_notice", by=by, on=held)
    return held


@command
def notice_objection_answer(
    *,
    objection: Objection,
    answer: str,
    is_upheld: bool,
    application: Application | None = None,
    by: User,
) -> Objection:
    """Answer an objection; upheld against one application, it loses its place.

    Raises:
        DomainError: see objection_answer; `objection.application` on `application`.
    """
    entry = PublicEntry.objects.get(pk=objection.entry_id)
    call = Call.objects.locked().get(pk=entry.subject_id, organization_id=by.house_id)
    require(can_run_review_of, by, call)
    if application is not None and not is_upheld:
        raise DomainError(
            "objection.application", _("只有异议成立时才取消一项的入选。"), "application"
        )
    done = objection_answer(objection=objection, answer=answer, is_upheld=is_upheld, by=by)
    if application is not None:
        held = issued_locked(application, by=by)
        if held.call_id != call.pk or held.state not in PLACED:
            raise DomainError("objection.application", _("请从列表中选择。"), "application")
        if held.state != A.NOT_SELECTED:
            move(held, APPLICATION, STEPS[A.NOT_SELECTED], by=by)
            tell_unit(held, "not_select")
            if call.state == CallState.NOTICED:
                letter_follow(application=held, call=call, by=by)
    return done


def objections_of(call: Call) -> Any:
    """Every objection to the call's notices and list, the newest first."""
    rows = Objection.objects.filter(
        organization_id=call.organization_id,
        entry__subject_kind=Call._meta.model_name,
        entry__subject_id=call.pk,
    )
    return seen_first(rows.select_related("entry"))


def blocks_of(call: Call) -> list[str]:
    """What stands in the way of publishing the list, in sentences; empty when nothing does."""
    found = []
    entry = call.notice_entry
    if entry is None or call.state != CallState.NOTICED:
        return [str(_("还没有公示。"))]
    if entry.visible_to is not None and entry.visible_to > timezone.now():
        last = timezone.localdate(entry.visible_to) - dt.timedelta(days=1)
        found.append(str(_("公示期到 %(day)s 为止。") % {"day": last.isoformat()}))
    if waits_for_answer(entry):
        found.append(str(_("还有异议没有答复。")))
    return found


@command
def list_publish(*, call: Call, by: User) -> Call:
    """End the selection: the proposed are selected, and the list stands frozen under its number.

    Raises:
        DomainError: `list.blocked` (409) while the window runs or an objection is open,
            `call.finalize.wrong_state` (409).
    """
    held = (Call.objects.locked().select_related("organization", "previous", "notice_entry")).get(
        pk=call.pk
    )
    require(can_run_review_of, by, held)
    CALL.check(held, "finalize")
    blocks = blocks_of(held)
    if blocks:
        raise DomainError("list.blocked", " ".join(blocks), status=409)
    rows = list(
        Application.objects.locked()
        .filter(counterparty_id=held.organization_id, call=held, state=A.PROPOSED)
        .order_by("rank", "number", "pk")
    )
    move_many(rows, APPLICATION, "select", by=by, values={"selected": True})
    number = take_number(
        "project_list",
        organization=held.organization,
        pattern=NUMBER,
        on=timezone.localdate(),
    )
    with translation.override(settings.LANGUAGE_CODE):
        entry = entry_publish(
            organization=held.organization,
            kind=EntryKind.LIST,
            title=_("%(call)s入选项目名单") % {"call": held.title},
            payload=list_payload(held, rows, number),
            subject=held,
            by=by,
        )
    held.list_entry = entry
    move(held, CALL, "finalize", by=by, also=("list_entry",))
    for row in rows:
        tell_unit(row, "select")
    taken_back = packets_take_back(held)
    audit.record(
        "call.publish_list",
        by=by,
        on=held,
        number=number,
        rows=len(rows),
        payload_hash=entry.payload_hash,
        packets=taken_back,
    )
    return held


def list_payload(call: Call, rows: Sequence[Application], number: str) -> EntryPayload:
    """What the list says for good: the rows, the counts, what is new against the batch before."""
    tables = [_table("selected", str(_("入选项目")), call, rows)]
    before = listed_rows(call.previous) if call.previous is not None else []
    change = difference(before, [[row.unit_name, row.title] for row in rows])
    facts = [
        (str(_("名单编号")), number),
        (str(_("入选")), str(_("%(n)d 项") % {"n": len(rows)})),
        (str(_("单位")), str(_("%(n)d 家") % {"n": len({row.unit_name for row in rows})})),
    ]
    if before:
        tables.append(
            EntryTable(
                key="difference",
                heading=str(_("与上一批相比")),
                columns=(Column("unit", _("申报单位")), Column("change", _("变化"))),
                rows=[
                    *([unit, str(_("新入选"))] for unit in change.new),
                    *([unit, str(_("连续入选"))] for unit in change.again),
                    *([unit, str(_("上一批入选，本批没有"))] for unit in change.gone),
                ],
            )
        )
        facts.append((str(_("上一批")), call.previous.title if call.previous else ""))
    return EntryPayload(
        facts=facts,
        tables=tables,
        basis=str(_("经形式审查、专家评审和公示确定")),
        extra={"number": number, "call": str(call.uid)},
    )


@dataclass(frozen=True)
class Difference:
    """Units of two batches: only in the later, in both, only in the earlier; and how many projects each had."""

    new: list[str]
    again: list[str]
    gone: list[str]
    before: int
    after: int


def difference(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> Difference:
    """Compare two batches, each row [unit, title]."""
    old, now = Counter(row[0] for row in before), Counter(row[0] for row in after)
    return Difference(
        new=sorted(set(now) - set(old)),
        again=sorted(set(now) & set(old)),
        gone=sorted(set(old) - set(now)),
        before=len(before),
        after=len(after),
    )


def listed_rows(call: Call) -> list[list[str]]:
    """[unit, title] of a published list, as it was published; empty without one."""
    entry = call.list_entry
    if entry is None:
        return []
    table = next((one for one in entry.payload["tables"] if one["key"] == "selected"), None)
    if table is None:
        return []
    at = {column["key"]: place for place, column in enumerate(table["columns"])}
    return [[row[at["unit"]], row[at["title"]]] for row in table["rows"]]


def packets_take_back(call: Call) -> int:
    """The experts' copies are emptied: what was read for the review is not kept after it."""
    return Disclosure.objects.filter(
        organization_id=call.organization_id,
        level=DisclosureLevel.PACKET,
        subject_kind="review",
        subject_id__in=call.reviews.values("pk"),
        withdrawn_at__isnull=True,
    ).update(payload=None, withdrawn_at=timezone.now())
