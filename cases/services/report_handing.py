"""A case passes to another worker, and with it its mandatory reports: who is named, who is so no longer.

The receiver may see the case and not its reports, so the relay does it as the system, in the reports' own
compartments.
"""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop
from psycopg2.extras import DateTimeTZRange

from cases.models.casework import Case
from cases.models.reporting import MandatoryReport
from cases.services.report_telling import notify_named
from cases.services.reporting import OPENED, TASK, grant_report, named_for, put_on_clock
from departments import audit
from departments.models.people import AccessGrant, Membership, Role, User
from departments.services import outbox
from departments.services.tasks import task_finish
from msw_portal.kernel.scope import enter

HANDED_OVER = "mandatory_report.hand_over"
PASSED_ON = gettext_noop("接手个案，强制报告随个案移交")
STAYS = (Role.SUPERVISOR, Role.DEPT_HEAD)


def _grants_of(house: int, user: int) -> QuerySet[AccessGrant]:
    """What names the person for reports now; their compartments are below zero."""
    return AccessGrant.objects.filter(
        organization_id=house,
        user_id=user,
        kind=AccessGrant.Kind.NAMED,
        compartment_id__lt=0,
        valid__contains=timezone.now(),
    )


def reports_pass_on(case: Case, *, before: User, after: User) -> None:
    """Ask the relay to name the new worker for the unfinished reports the old one is named for."""
    if _grants_of(case.organization_id, before.pk).exists():
        outbox.put(
            HANDED_OVER,
            organization_id=case.organization_id,
            subject=case,
            case=case.pk,
            before=before.pk,
            after=after.pk,
        )


def reports_hand_over(*, house: int, case: int, before: int, after: int) -> int:
    """Name `after` for the unfinished reports of the case and take `before` off; how many reports there were.

    Who found it stays named, and so does who leads: their duty is their own (未成年人保护法第十一条).
    Runs as the system in the scope of the house.
    """
    rooms = list(_grants_of(house, before).values_list("compartment_id", flat=True))
    enter(org=house, role="system", care=house, compartments=rooms)
    rows = MandatoryReport.objects.locked().filter(organization_id=house, case_id=case)
    reports = list(rows.unfinished().order_by("pk"))
    people = User.objects.in_bulk([before, after])
    leads = Membership.objects.filter(user_id=before, organization_id=house, role__in=STAYS)
    stays = leads.active(timezone.localdate()).exists()
    for report in reports:
        enter(org=house, role="system", care=house, compartments=[report.compartment_id])
        if after not in {one.pk for one in named_for(report)}:
            _name(report, people[after])
        if not stays and report.created_by_id != before:
            _unname(report, people[before])
    enter(org=house, role="system", care=house)
    return len(reports)


def _name(report: MandatoryReport, person: User) -> None:
    grant_report(report, [person], reason=PASSED_ON, by=None)
    if report.is_open and report.reported_at is None:
        put_on_clock(report, person, by=None)
    _record("name", report, person)
    notify_named(report, [person.pk], OPENED)


def _unname(report: MandatoryReport, person: User) -> None:
    now = timezone.now()
    grants = _grants_of(report.organization_id, person.pk)
    for given in grants.filter(compartment_id=report.compartment_id):
        given.valid = DateTimeTZRange(given.valid.lower, now)
        given.save(update_fields=["valid"])
    task_finish(
        organization_id=report.organization_id, dedup_key=f"{TASK}:{report.uid}:{person.pk}"
    )
    _record("unname", report, person)


def _record(verb: str, report: MandatoryReport, person: User) -> None:
    audit.record(
        f"mandatory_report.{verb}",
        by=None,
        on=report,
        organization_id=report.organization_id,
        person=person.uid,
        why="hand_over",
    )
