"""The archive number of a case: one sequence per house and year, given once."""

from django.utils import timezone

from cases.models.casework import Case
from departments.services.numbering import take_number

ARCHIVE_PATTERN = "{ORG}-DA-{YYYY}-{SEQ5}"


def give_archive_number(case: Case) -> None:
    """At closing or at the first print of the whole case; the caller holds the case."""
    if case.archive_number:
        return
    case.archive_number = take_number(
        "archive",
        organization=case.organization,
        on=timezone.localdate(),
        pattern=case.department.settings.get("archive_number_pattern", ARCHIVE_PATTERN),
    )
    case.save(update_fields=["archive_number"])
