"""The archive number of a case: one sequence per house and year, given once."""

from django.utils import timezone

from cases.models.casework import Case
from cases.services.number_patterns import patterns_of
from departments.services.numbering import take_number


def number_archive(case: Case) -> bool:
    """Take a number for a case that has none, for the caller to save; whether it is new. The caller holds the case."""
    if case.archive_number:
        return False
    case.archive_number = take_number(
        "archive",
        organization=case.organization,
        on=timezone.localdate(),
        pattern=patterns_of(case.organization_id)["archive"],
    )
    return True


def give_archive_number(case: Case) -> None:
    """At the first print of the whole case; the caller holds the case."""
    if number_archive(case):
        case.save(update_fields=["archive_number"])
