"""A death that the hospital has recorded: the person's requests stop, and what was granted is left to be settled."""

from typing import Any

from django.utils import timezone

from cases.models.people import Client
from departments import audit
from departments.services.moving import move
from departments.services.tasks import tasks_close
from donations.models.requests import FundingRequest
from donations.services.aid_agreements import TASK as AGREEMENT_TASK
from donations.services.person_codes import codes_of
from donations.services.requests import tell_foundation
from donations.workflow import FUNDING_REQUEST

REVISIT_TASK = "aid_revisit"


def deaths_note(*, client: Client, by: Any) -> int:
    """The person has died: every running request of hers says so, in the transaction that recorded it.

    What was granted becomes `deceased`; nothing that runs is approved or paid any more. The day stays
    in the hospital. Returns how many requests it touched.
    """
    codes = {one.code for one in codes_of([client.root_id])}
    rows = (
        FundingRequest.objects.open()
        .locked()
        .filter(
            organization_id=client.organization_id,
            case__isnull=False,
            subject_code__in=sorted(codes),
            death_noted_at__isnull=True,
        )
        .order_by("pk")
    )
    found = list(rows)
    for request in found:
        death_stop(request, by=by)
        audit.record(
            "funding_request.note_death",
            by=by,
            on=request,
            organization_id=request.organization_id,
            state=request.state,
        )
    return len(found)


def death_stop(request: FundingRequest, *, by: Any) -> None:
    """Mark one locked request, take `die` where money was granted, and tell the foundation."""
    request.death_noted_at = request.death_noted_at or timezone.now()
    if request.state in FUNDING_REQUEST.step("die").sources:
        request.due_at = None
        move(request, FUNDING_REQUEST, "die", by=by, also=("due_at", "death_noted_at"))
        tasks_close(kind=(REVISIT_TASK, AGREEMENT_TASK), subject=request)
    else:
        request.save(update_fields=["death_noted_at"])
    if request.counterparty_id is not None:
        tell_foundation(request, "die", by=by)
