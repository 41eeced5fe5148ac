"""What a unit sees of its application before the letters have left: it is in review, whatever the desk has placed."""

from collections.abc import Iterable

from departments.models.people import User
from projects.models.applications import Application
from projects.models.reviews import OutcomeLetter
from projects.workflow.calls import ApplicationState

A = ApplicationState
VEILED = frozenset({A.SCORED, A.PROPOSED, A.RESERVE, A.NOT_SELECTED})


def outcomes_veil(rows: Iterable[Application], user: User) -> None:
    """Make rows that are read to be shown say `in_review` until the unit's letter has left; they are not to be saved."""
    hidden = [row for row in rows if row.state in VEILED and row.organization_id == user.house_id]
    if not hidden:
        return
    told = set(
        OutcomeLetter.objects.filter(
            counterparty_id=user.house_id, application__in=hidden, sent_at__isnull=False
        ).values_list("application_id", flat=True)
    )
    for row in hidden:
        if row.pk not in told:
            row.state = A.IN_REVIEW
            row.score_mean = row.rank = row.score_shown = None


def state_veiled(state: str) -> str:
    """The same for a copied state that a co-applicant reads: the outcome comes with the published list."""
    return A.IN_REVIEW if state in VEILED else state
