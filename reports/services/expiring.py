"""The files of reports whose time is over: gone with their rows, while the run says that it was."""

from django.utils import timezone

from departments.models.queues import Job
from departments.services.documents import document_destroy
from departments.services.entering import house_scope
from departments.services.housekeeping import houses
from reports.models import ReportFile

AT_ONCE = 500


def runs_expire() -> int:
    """Destroy what nobody can take away any more, house by house; how many files."""
    gone = 0
    for house in houses():
        with house_scope(house):
            gone += _expire(house)
    return gone


def _expire(house: int) -> int:
    rows = ReportFile.objects.filter(organization_id=house, run__expires_at__lte=timezone.now())
    found = list(rows.select_related("document", "run").order_by("pk")[:AT_ONCE])
    for file in found:
        Job.objects.filter(pk=file.run.job_id, result=file.document).update(result=None)
        file.delete()
        document_destroy(document=file.document, by=None)
    return len(found)
