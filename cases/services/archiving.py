"""The archive number of a case: one sequence per house and year, given once."""

from django.utils import timezone

from cases.models.casework import Case
from cases.services.number_patterns import patterns_of
from departments.services.numbering import take_number


def give_archive_number(case: Case) -> None:
    """At closing or at the first print of the whole case; the caller holds the case."""
    if case.archive_number:
        return
    case.archive_number = take_number(
        "archive",
        organization=case.organization,
        on=timezone.localdate(),
        pattern=patterns_of(case.organization_id)["archive"],
    )
    case.save(update_fields=["archive_number"])
