"""What was brought is not kept: unconfirmed files expire, refused rows are emptied after a week."""

from django.utils import timezone

from departments import audit
from departments.models.imports import ImportRun
from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.importing.runs import run_end
from departments.workflow import IMPORT, ImportState
from msw_portal.kernel.scope import scope

BATCH = 100
AT_WORK = (ImportState.REVIEWING, ImportState.APPLYING)


def imports_sweep() -> int:
    """End what waits for its owner too long and empty the rows that are left; how many runs."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().values_list("pk", flat=True))
    return sum(_sweep_house(house) for house in houses)


def _sweep_house(house: int) -> int:
    with house_scope(house, care=True):
        runs = ImportRun.objects.idle_until(timezone.now()).filter(organization_id=house)
        # What a job has in its hands is left alone.
        found = list(runs.exclude(state__in=AT_WORK).locked().order_by("pk")[:BATCH])
        for run in found:
            if run.state not in IMPORT.final:
                run_end(run, "expire", by=None)
                audit.record("import.expire", by=None, on=run, organization_id=house)
            run.rows.filter(payload__isnull=False).update(payload=None)
            run.is_emptied = True
            run.save(update_fields=["is_emptied"])
    return len(found)
