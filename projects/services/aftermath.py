"""What follows a step in another house or by the system: one service for each message of the outbox."""

from typing import Any

from cases.services.disclosures import copy_empty
from departments.models.people import Role
from departments.services.notices import people_tell
from projects.models.applications import Application
from projects.models.reviews import Review
from projects.services.letters import people_hear

# Steps the unit hears of by themselves; the outcome of the review comes with its letter.
TOLD_STEPS = {
    "accept_formal": "application.accepted",
    "request_supplement": "application.supplement",
    "refuse_formal": "application.refused",
    "select": "application.selected",
    "not_select": "application.not_selected",
    "approve": "application.approved",
}


def move_told(*, payload: dict[str, Any], once: str) -> None:
    """Tell the unit's people, in the unit's own scope."""
    kind = TOLD_STEPS.get(payload["step"])
    application = Application.objects.filter(
        pk=payload["application_id"], organization_id=payload["unit_id"]
    ).first()
    if kind is None or application is None:
        return
    people_hear(
        application.organization_id,
        kind=kind,
        subject=application,
        once=once,
        also=[application.leader_id, application.created_by_id],
    )


def recusal_settled(*, review_id: int) -> None:
    """Empty the packet of a review that was given back, and tell the desk that somebody else is needed."""
    review = Review.objects.select_related("packet", "call").get(pk=review_id)
    if review.packet is not None:
        copy_empty(review.packet, reason="recused", by=None)
    people_tell(
        kind="review.recused",
        organization_id=review.organization_id,
        subject=review.call,
        role=Role.AUTHORITY_OFFICER,
        once=str(review.uid),
    )
