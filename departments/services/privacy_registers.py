"""The privacy registers: a record is taken down, amended with its versions kept, led through its steps, and closed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.compliance import ComplianceRecord
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import User
from departments.privacy_permissions import can_keep_privacy
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.privacy_schemas import (
    NOTICE_HOURS,
    NOTICE_PARTS,
    REGISTERS,
    Register,
)
from departments.services.retention import years_after
from departments.services.tasks import task_open, tasks_close
from departments.workflow import INCIDENT, IncidentStep
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

K, S = ComplianceRecord.Kind, ComplianceRecord.State
LEAST = 5
VERSIONS_KEPT = 30
AGAIN = (1, 3)
WARN = dt.timedelta(days=60)  # before that a task would only stand in the way


def records_of(kind: str, *, by: User) -> QuerySet[ComplianceRecord]:
    """The records of one register of the house."""
    return ComplianceRecord.objects.visible_to(by).filter(kind=kind).select_related("created_by")


def register_of(record: ComplianceRecord) -> Register:
    return REGISTERS[record.kind]


def values_of(record: ComplianceRecord) -> dict[str, Any]:
    """The fields as a form shows them: dates and instants as such."""
    found: dict[str, Any] = {}
    for field in register_of(record).fields:
        value = record.payload.get("values", {}).get(field.name)
        if value and field.kind == "date":
            value = parse_date(value)
        elif value and field.kind == "moment":
            value = parse_datetime(value)
        found[field.name] = value
    return found


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
        for name, value in values.items()
    }


def _check(register: Register, values: Mapping[str, Any]) -> None:
    """
    Raises:
        DomainError: `privacy.missing` on the field, `privacy.again_years`, `privacy.in_future`, `privacy.days`.
    """
    for field in register.fields:
        if field.is_required and values.get(field.name) in (None, ""):
            raise DomainError("privacy.missing", _("请填写这一项。"), field.name)
    today = timezone.localdate()
    if register.kind == K.PIA:
        if not AGAIN[0] <= values["again_years"] <= AGAIN[1]:
            raise DomainError("privacy.again_years", _("请填 1 到 3 年。"), "again_years")
        if values["assessed_on"] > today:
            raise DomainError("privacy.in_future", _("不能晚于今天。"), "assessed_on")
    if register.kind == K.PROCESSOR_AGREEMENT and values["ends_on"] < values["signed_on"]:
        raise DomainError("privacy.days", _("到期日期不能早于签订日期。"), "ends_on")
    if register.kind == K.INCIDENT and values["found_at"] > timezone.now():
        raise DomainError("privacy.in_future", _("不能晚于现在。"), "found_at")


def due_at(kind: str, values: Mapping[str, Any]) -> dt.datetime:
    """By when the record wants to be looked at again: assessed anew, renewed, told."""
    if kind == K.INCIDENT:
        return values["found_at"] + dt.timedelta(hours=NOTICE_HOURS[values["severity"]])
    day = (
        years_after(values["assessed_on"], int(values["again_years"]))
        if kind == K.PIA
        else values["ends_on"]
    )
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))


@command
def privacy_record_add(*, kind: str, values: Mapping[str, Any], by: User) -> ComplianceRecord:
    """Take a record down and start its clock.

    Raises:
        DomainError: `privacy.*` on the field.
    """
    require(can_keep_privacy, by, None)
    register = REGISTERS[kind]
    _check(register, values)
    house = Organization.objects.get(pk=by.house_id)
    today = timezone.localdate()
    number = take_number(kind, organization=house, on=today, pattern=register.pattern)
    record = ComplianceRecord(
        organization_id=by.house_id,
        kind=kind,
        step=IncidentStep.FOUND if kind == K.INCIDENT else "",
        payload={"number": number, "values": _plain(values), "versions": []},
        due_on=timezone.localdate(due_at(kind, values)),
        created_by=by,
    )
    record.save(force_insert=True)
    if kind == K.INCIDENT:
        write_transition(record, INCIDENT, "find", before="", by=by)
    _clock(record, values, by)
    audit.record("privacy.add", by=by, on=record, kind=kind, number=number, due_on=record.due_on)
    return record


def _clock(record: ComplianceRecord, values: Mapping[str, Any], by: User) -> None:
    """Whose task it is stands in the record; far days become one when they are near."""
    record.payload = {**record.payload, "keeper": [by.role, by.acting.department_id]}
    record.save(update_fields=["payload"])
    at, register = due_at(record.kind, values), register_of(record)
    key = _key(record, at)
    if not Task.objects.filter(dedup_key=key, state=Task.State.OPEN).exists():
        tasks_close(kind=register.task, subject=record)
    if at <= timezone.now() + WARN:
        _open(record, at, by)


def _key(record: ComplianceRecord, at: dt.datetime) -> str:
    return f"{register_of(record).task}:{record.uid}:{at:%Y%m%d%H%M}"


def _open(record: ComplianceRecord, at: dt.datetime, by: User | None) -> bool:
    role, department = record.payload.get("keeper") or ["secadmin", None]
    task = task_open(
        kind=register_of(record).task,
        organization_id=record.organization_id,
        subject=record,
        due_at=at,
        role=role,
        department_id=department,
        dedup_key=_key(record, at),
        by=by,
    )
    return task is not None


def privacy_clocks(*, organization_id: int, today: dt.date | None = None) -> int:
    """Open the tasks of assessments and agreements whose day is near; how many. In a scope of the house."""
    near = (today or timezone.localdate()) + WARN
    rows = ComplianceRecord.objects.filter(
        organization_id=organization_id,
        kind__in=(K.PIA, K.PROCESSOR_AGREEMENT),
        state=S.OPEN,
        due_on__lte=near,
    )
    return sum(_open(row, due_at(row.kind, values_of(row)), None) for row in rows)


def _locked(record: ComplianceRecord, by: User) -> ComplianceRecord:
    record = ComplianceRecord.objects.locked().get(pk=record.pk)
    require(can_keep_privacy, by, record)
    if record.state != S.OPEN:
        raise DomainError("privacy.closed", _("这份记录已办结，不能再改。"), status=409)
    return record


@command
def privacy_record_amend(
    *, record: ComplianceRecord, values: Mapping[str, Any], base: int | None = None, by: User
) -> ComplianceRecord:
    """Write it anew; what stood before is kept as a version, and the clock starts from the new days.

    Raises:
        DomainError: `privacy.closed` (409), `form.stale` (409), `privacy.*` on the field.
    """
    record = _locked(record, by)
    check_base(base, record.row_version)
    register = register_of(record)
    _check(register, values)
    before, after = record.payload["values"], _plain(values)
    version = {
        "at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "by": by.display_name,
        "values": before,
    }
    record.payload = {
        **record.payload,
        "values": after,
        "versions": [version, *record.payload["versions"]][:VERSIONS_KEPT],
    }
    due = [record.due_on, timezone.localdate(due_at(record.kind, values))]
    record.due_on = due[1]
    record.save(update_fields=["payload", "due_on"])
    record.refresh_from_db(fields=["row_version"])
    if record.step not in (IncidentStep.TOLD, IncidentStep.CLOSED):
        _clock(record, values, by)
    changed = sorted(name for name in after if after[name] != before.get(name))
    audit.record("privacy.amend", by=by, on=record, kind=record.kind, fields=changed, due_on=due)
    return record


@command
def privacy_record_close(*, record: ComplianceRecord, reason: str, by: User) -> ComplianceRecord:
    """The processing ended, the agreement ran out, the incident is settled; from now on its years count.

    Raises:
        DomainError: `privacy.closed` (409), `privacy.needs_reason`, `incident.close.wrong_state` (409).
    """
    record = _locked(record, by)
    if len(reason.strip()) < LEAST:
        raise DomainError("privacy.needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    record.payload = {**record.payload, "closed_reason": reason.strip()}
    record.state, record.closed_at, record.signer_1 = S.CLOSED, timezone.now(), by
    also = ("payload", "state", "closed_at", "signer_1")
    if record.kind == K.INCIDENT:
        move(record, INCIDENT, "close", by=by, also=also)
    else:
        record.save(update_fields=list(also))
    tasks_close(kind=register_of(record).task, subject=record)
    audit.record("privacy.close", by=by, on=record, kind=record.kind)
    return record


@command
def incident_move(*, record: ComplianceRecord, step: str, by: User) -> ComplianceRecord:
    """Note that it is contained, or that authority and persons were told.

    Raises:
        DomainError: `incident.lacks` with the parts a notice still lacks, `incident.<step>.wrong_state` (409).
    """
    record = _locked(record, by)
    if step == "tell" and (lacking := missing_of(record)):
        raise DomainError(
            "incident.lacks",
            _("通知还缺：%(parts)s。") % {"parts": "、".join(lacking)},
            status=409,
        )
    moments = {**record.payload.get("moments", {}), step: timezone.now().isoformat()}
    record.payload = {**record.payload, "moments": moments}
    move(record, INCIDENT, step, by=by, also=("payload",))
    if step == "tell":
        tasks_close(kind=register_of(record).task, subject=record)
    audit.record(f"incident.{step}", by=by, on=record)
    return record


def missing_of(record: ComplianceRecord) -> list[str]:
    """The labels of what a notice must say and the record does not."""
    values = record.payload.get("values", {})
    labels = {field.name: str(field.label) for field in register_of(record).fields}
    return [labels[name] for name in NOTICE_PARTS if not values.get(name)]


def rows_shown(record: ComplianceRecord) -> list[tuple[str, Any, str]]:
    """(label, value in words, kind) of every field that says something."""
    register, values = register_of(record), values_of(record)
    return [
        (
            str(field.label),
            values[field.name]
            if field.kind in ("date", "moment")
            else register.words(field.name, values[field.name]),
            field.kind,
        )
        for field in register.fields
        if values[field.name] not in (None, "")
    ]
