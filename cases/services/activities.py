"""Work that is counted without a case: ward visits, calls, consultations, outreach, hospital-side work."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_promote_line, can_record_activity
from cases.models.activities import Activity, ActivityLine
from cases.models.casework import Case
from cases.models.codes import NeedCategory
from cases.models.people import Client
from cases.models.service_codes import (
    HOSPITAL_SIDE,
    ActivityKind,
    ConsultationResult,
    ServiceContent,
    VisitAction,
)
from cases.services.intake import case_open
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

K = ActivityKind
RECORDED = (K.WARD_VISIT, K.PHONE, K.CONSULTATION, K.OUTREACH, K.HOSPITAL_SIDE)
ONE_PERSON = (K.PHONE, K.CONSULTATION)  # F10: one enquirer, who may stay without a name
LONGEST = 1440
MOST_PERSONS = 10_000


def _check_time(occurred_on: dt.date, minutes: int) -> None:
    if occurred_on > timezone.localdate():
        raise DomainError("activity.in_future", _("日期不能在将来。"), "occurred_on")
    if not 1 <= minutes <= LONGEST:
        raise DomainError("activity_minutes_in_range", _("请填 1 到 1440 分钟。"), "minutes")


def _check_place(kind: str, ward: Department | None, place: str, topic: str, by: User) -> None:
    if ward is not None and ward.organization_id != by.house_id:
        raise DomainError("activity.ward_elsewhere", _("请选择本院的病区。"), "ward")
    if kind == K.WARD_VISIT and ward is None:
        raise DomainError("activity.needs_ward", _("请选择探访的病区。"), "ward")
    if kind == K.OUTREACH and not place.strip():
        raise DomainError("activity.needs_place", _("请写明外展地点。"), "place")
    if kind not in (K.WARD_VISIT, K.OUTREACH) and not topic.strip():
        raise DomainError("activity.needs_topic", _("请写明主题。"), "topic")


def _check_services(kind: str, services: Sequence[str]) -> None:
    if set(services) - set(ServiceContent.values):
        raise DomainError("activity.service_unknown", _("请从列表中选择。"), "services")
    if kind != K.HOSPITAL_SIDE:
        return
    if not services:
        raise DomainError("activity.needs_service", _("请至少选一项服务内容。"), "services")
    if set(services) - HOSPITAL_SIDE:
        raise DomainError(
            "activity.not_hospital_side", _("医院方工作只选医院一侧的服务内容。"), "services"
        )


def _counts(
    kind: str, persons: int | None, person_times: int | None, lines: Sequence[Mapping[str, Any]]
) -> tuple[int, int]:
    """人数 and 人次: of a visit at least its beds; of a call one; of hospital-side work whoever was there."""
    if kind in ONE_PERSON:
        return 1, 1
    beds = {line.get("bed", "").strip() for line in lines} - {""}
    nameless = sum(1 for line in lines if not line.get("bed", "").strip())
    least = len(beds) + nameless
    persons = least if persons is None else persons
    person_times = max(len(lines), persons) if person_times is None else person_times
    if not 0 <= persons <= MOST_PERSONS or not 0 <= person_times <= MOST_PERSONS:
        raise DomainError("activity.count_out_of_range", _("请填 0 到 10000。"), "persons")
    if persons < least:
        raise DomainError(
            "activity.fewer_than_lines",
            _("下面逐床写了 %(n)s 人，人数不能比它少。") % {"n": least},
            "persons",
        )
    if person_times < persons:
        raise DomainError(
            "activity_person_times_cover_persons", _("人次不能少于人数。"), "person_times"
        )
    if kind != K.HOSPITAL_SIDE and persons == 0:
        raise DomainError("activity.needs_persons", _("请填人数，或逐床写一行。"), "persons")
    return persons, person_times


def _check_line(line: Mapping[str, Any]) -> None:
    if line["action"] not in VisitAction.values:
        raise DomainError("activity_line_action_known", _("请选择怎么处理的。"))
    if line.get("need") and line["need"] not in NeedCategory.values:
        raise DomainError("activity.need_unknown", _("请从列表中选择。"))


@command
def activity_record(
    *,
    kind: str,
    occurred_on: dt.date,
    minutes: int,
    starts_at: dt.time | None = None,
    ward: Department | None = None,
    place: str = "",
    persons: int | None = None,
    person_times: int | None = None,
    volunteers: int = 0,
    topic: str = "",
    services: Iterable[str] = (),
    record: str = "",
    result: str = "",
    enquirer: str = "",
    lines: Sequence[Mapping[str, Any]] = (),
    by: User,
) -> Activity:
    """Write down a piece of work; `lines` hold `bed`, `need`, `action`, `note`, one for each person met.

    A call or consultation gets one line of its own, so that it can become a case.

    Raises:
        DomainError: `activity.*` on its field.
    """
    require(can_record_activity, by, None)
    services = list(dict.fromkeys(services))
    if kind not in RECORDED:
        raise DomainError("activity_kind_known", _("请从列表中选择。"), "kind")
    _check_time(occurred_on, minutes)
    _check_place(kind, ward, place, topic, by)
    _check_services(kind, services)
    if kind in ONE_PERSON:
        if result not in ConsultationResult.values:
            raise DomainError("activity.needs_result", _("请选择结果。"), "result")
        lines = [_own_line(result, enquirer)]
    for line in lines:
        _check_line(line)
    persons, person_times = _counts(kind, persons, person_times, lines)
    start = starts_at and timezone.make_aware(dt.datetime.combine(occurred_on, starts_at))
    activity = Activity(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        kind=kind,
        occurred_on=occurred_on,
        starts_at=start,
        minutes=minutes,
        ward=ward,
        place=place.strip(),
        persons=persons,
        person_times=person_times,
        volunteers=volunteers or 0,
        topic=topic.strip(),
        services=services,
        record=record.strip() or None,
        result=result if kind in ONE_PERSON else "",
        created_by=by,
    )
    activity.save(force_insert=True)
    for line in lines:
        _write(activity, line, by)
    audit.record(
        "activity.record",
        by=by,
        on=activity,
        kind=kind,
        persons=persons,
        person_times=person_times,
        lines=len(lines),
    )
    return activity


def _own_line(result: str, enquirer: str) -> dict[str, Any]:
    action = VisitAction.INFORMATION
    if result == ConsultationResult.TO_CASE:
        action = VisitAction.TO_CASE
    elif result == ConsultationResult.REFERRED:
        action = VisitAction.RESOURCE
    return {"action": action, "note": enquirer}


def _write(activity: Activity, line: Mapping[str, Any], by: User) -> None:
    ActivityLine(
        organization_id=activity.organization_id,
        activity=activity,
        bed=line.get("bed", "").strip(),
        need=line.get("need", ""),
        action=line["action"],
        note=line.get("note", "").strip() or None,
        created_by=by,
    ).save(force_insert=True)


@command
def line_promote(*, line: ActivityLine, client: Client, by: User, **opening: Any) -> Case:
    """Open a case for whom the line is about; `opening` is what `case_open` takes.

    Raises:
        DomainError: `activity.line_has_case` when it was promoted before, and those of `case_open`.
    """
    line = ActivityLine.objects.locked().get(pk=line.pk)
    if line.promoted_case_id is not None:
        raise DomainError("activity.line_has_case", _("这一行已经转成个案。"), status=409)
    require(can_promote_line, by, line)
    case = case_open(client=client, by=by, **opening)
    before = line.action
    line.client, line.promoted_case, line.action = case.client, case, VisitAction.TO_CASE
    line.save(update_fields=["client", "promoted_case", "action"])
    audit.record("activity.promote", by=by, on=line, outcome=[before, line.action], case=case.uid)
    return case
