"""What beat does daily about disclosures: years and projects that ended, series that go on, reminders."""

import datetime as dt
import logging
from typing import Any

from django.apps import apps
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.services.charity_status import charities
from departments.services.entering import house_scope
from departments.services.notices import people_tell
from departments.services.tasks import task_open
from donations.charity_workflow import CampaignState
from donations.disclosure_workflow import ItemState
from donations.models.campaigns import Campaign
from donations.models.charities import CharitableTrust
from donations.models.disclosure import About, DisclosureItem
from donations.models.giving import Fund
from donations.models.programmes import Programme
from donations.services.disclosure import TASK, item_fulfil, plan_for
from donations.services.year_figures import year_open
from msw_portal.kernel.scope import scope

log = logging.getLogger(__name__)
OFFICER = "foundation_officer"
TASK_DAYS = 30  # the first reminder is the task itself
REMIND_DAYS = (30, 7, 1)


def disclosures_sweep(today: dt.date | None = None) -> int:
    """House by house, one transaction each; how many tasks were opened."""
    day = today or timezone.localdate()
    with scope(role="system"):
        houses = list(charities(Organization.objects.tenants(), day).values_list("pk", flat=True))
    done = 0
    for house in houses:
        try:
            with house_scope(house):
                done += sweep_house(house, day)
        except Exception:
            log.exception("the disclosures of house %s were not looked at", house)
    return done


def sweep_house(house: int, today: dt.date) -> int:
    """The same for one house, in an open scope of it as the system."""
    if not Fund.objects.filter(organization_id=house).exists():
        return 0
    _year_closed(house, today)
    _projects(house, today)
    _trusts(house, today)
    _campaigns(house, today)
    _series_on(house)
    return _remind(house, today)


def _year_closed(house: int, today: dt.date) -> None:
    row = year_open(organization_id=house, year=today.year - 1)
    plan_for(kind=About.YEAR, subject=row, event="closed", on=dt.date(row.year, 12, 31))


def _projects(house: int, today: dt.date) -> None:
    """A programme begins with its first published version and ends with its last one's last day."""
    rows = Programme.objects.filter(organization_id=house).annotate(
        begins=Min("versions__valid__startswith", filter=Q(versions__published_at__isnull=False)),
        ends=Max("versions__valid__endswith", filter=Q(versions__published_at__isnull=False)),
        open_ended=Max("pk", filter=Q(versions__valid__upper_inf=True)),
    )
    for row in rows.filter(begins__isnull=False).order_by("pk"):
        row.starts_on = row.begins
        last = row.ends - dt.timedelta(days=1) if row.ends and not row.open_ended else None
        row.ends_on = last
        if last is None or last >= today:
            plan_for(kind=About.PROJECT, subject=row, event="started", on=row.begins, since=today)
        elif last >= today - dt.timedelta(days=180):
            plan_for(kind=About.PROJECT, subject=row, event="ended", on=last)


def _trusts(house: int, today: dt.date) -> None:
    """A trust is filed once and reported every year; what was filed is noted as done."""
    for row in CharitableTrust.objects.filter(organization_id=house).select_related("fund"):
        since = today if row.filed_on else None
        plan_for(kind=About.TRUST, subject=row, event="signed", on=row.signed_on, since=since)
        if row.filed_on:
            _done(row, "trust_file", row.filed_on, row.filing_no)


def _campaigns(house: int, today: dt.date) -> None:
    """A plan waits for its filing, an ended campaign for the evaluation of its partners."""
    rows = Campaign.objects.filter(organization_id=house)
    for row in rows.filter(state=CampaignState.DRAFT, type=Campaign.Type.PUBLIC):
        plan_for(kind=About.CAMPAIGN, subject=row, event="planned", on=row.starts_on)
    for row in rows.filter(filed_on__isnull=False, ends_on__gte=today - dt.timedelta(days=400)):
        _done(row, "campaign_file", row.filed_on, row.filing_no)
        _done(row, "campaign_file_late", row.filed_on, row.filing_no)


def _done(subject: Any, rule_key: str, on: dt.date, number: str) -> None:
    """What was filed elsewhere in the portal needs no second note."""
    rows = DisclosureItem.objects.filter(
        organization_id=subject.organization_id,
        rule_key=rule_key,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        state=ItemState.PLANNED,
    )
    for item in rows:
        note = str(_("备案编号 %(number)s") % {"number": number})
        item_fulfil(item=item, done_on=min(on, timezone.localdate()), done_note=note, by=None)


def _series_on(house: int) -> None:
    """Plan the next of every series of campaigns and trusts; what has ended ends its series.

    What was not asked for at its beginning is not asked for afterwards.
    """
    begun = (
        DisclosureItem.objects.filter(
            Q(rule__params__has_key="every_days") | Q(rule__params__has_key="every_months"),
            organization_id=house,
        )
        .exclude(about=About.PROJECT)
        .order_by("subject_kind", "subject_id")
        .values_list(
            "about", "subject_kind", "subject_id", "computed_with__event", "computed_with__on"
        )
        .annotate(since=Min("due_on"))
    )
    for about, model, pk, event, on, since in begun:
        subject: Any = apps.get_model("donations", model).objects.get(pk=pk)
        day = dt.date.fromisoformat(on)
        plan_for(kind=about, subject=subject, event=event, on=day, since=since)


def _remind(house: int, today: dt.date) -> int:
    """A task thirty days before, a notice thirty, seven and one day before and on the day after."""
    opened = 0
    rows = DisclosureItem.objects.waiting().filter(
        organization_id=house, due_on__lte=today + dt.timedelta(days=TASK_DAYS)
    )
    for item in rows.order_by("due_on", "id"):
        due_at = timezone.make_aware(dt.datetime.combine(item.due_on, dt.time(18)))
        task = task_open(
            kind=TASK, organization_id=house, subject=item, due_at=due_at, role=OFFICER
        )
        opened += task is not None
        left = (item.due_on - today).days
        passed = [days for days in REMIND_DAYS if left <= days]
        if left < 0:
            _tell(item, "disclosure.late", "late")
        elif passed:
            _tell(item, "disclosure.remind", str(min(passed)))
    return opened


def _tell(item: DisclosureItem, kind: str, when: str) -> None:
    people_tell(
        kind=kind,
        organization_id=item.organization_id,
        subject=item,
        role=OFFICER,
        once=f"{item.uid}:{when}",
    )
