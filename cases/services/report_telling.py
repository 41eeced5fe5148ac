"""Who is told of a mandatory report: at once when it is opened, and again when its time has run out."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases.models.reporting import MandatoryReport
from cases.services.reporting import OPENED, TASK, named_for
from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.tasks import notify
from msw_portal.kernel.scope import enter, scope

LATE = "mandatory_report.late"
TOLD = "late"
AT_ONCE = 200


def report_told(*, house: int, report_uid: Any, payload: Mapping[str, Any]) -> int:
    """Tell the persons named in the payload; runs in the house's scope as the system."""
    compartment = payload["compartment"]
    enter(org=house, role="system", care=house, compartments=[compartment])
    report = MandatoryReport.objects.filter(organization_id=house, uid=report_uid).first()
    if report is None or not report.is_open:
        return 0
    return notify_named(report, list(payload["users"]), OPENED)


def notify_named(report: MandatoryReport, users: list[int], kind: str) -> int:
    """Tell persons of the report once, inside the system's scope of its compartment; how many were told."""
    house, told = report.organization_id, 0
    for user in users:
        enter(
            org=house,
            user=user,
            role="system",
            care=house,
            compartments=[report.compartment_id],
        )
        told += notify(
            users=[user],
            organization_id=house,
            kind=kind,
            subject=report,
            dedup_key=f"{kind}:{report.uid}",
        )
    enter(org=house, role="system", care=house, compartments=[report.compartment_id])
    return told


def reports_tell_late() -> int:
    """Every named person, supervisor and head among them, hears once of a report that is late; how many were."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().values_list("pk", flat=True))
    return sum(_late_of(house) for house in houses)


def _late_of(house: int) -> int:
    late = Q(kind=TASK, state=Task.State.OPEN, due_at__lte=timezone.now(), remind_at=[])
    with house_scope(house):
        rows = Task.objects.filter(late, organization_id=house).order_by("subject_id")
        found = dict(rows.values_list("subject_id", "compartment_id")[:AT_ONCE])
    for report_id, compartment in found.items():
        with scope(org=house, role="system", care=house, compartments=[compartment]):
            report = MandatoryReport.objects.locked().get(pk=report_id)
            notify_named(report, [person.pk for person in named_for(report)], LATE)
            Task.objects.filter(
                late, organization_id=house, subject_kind="mandatoryreport", subject_id=report_id
            ).update(remind_at=[TOLD])
            audit.record("mandatory_report.late", by=None, on=report, organization_id=house)
    return len(found)
