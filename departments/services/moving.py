"""The only door through which a status changes: check the arrow, save, write the transition."""

from typing import Any

from django.utils import timezone

from departments.models.mechanisms import Transition
from departments.signals import moved
from msw_portal.kernel.workflow import Workflow


def move(
    subject: Any,
    workflow: Workflow,
    step: str,
    *,
    by: Any,
    reason: str = "",
    also: tuple[str, ...] = (),
) -> Any:
    """Take `step` of `workflow` on a locked, saved `subject`; saves the state column and the columns in `also`.

    Returns the subject. Writes one transition row; audit and outbox are the service's.

    Raises:
        DomainError: when the arrow does not leave the present state or lacks its reason.
    """
    arrow = workflow.check(subject, step, reason)
    before = workflow.state_of(subject)
    if arrow.target is not None:
        setattr(subject, workflow.field, arrow.target)
    fields = {workflow.field, *also}
    if hasattr(subject, "state_entered_at") and arrow.target is not None:
        subject.state_entered_at = timezone.now()
        fields.add("state_entered_at")
    subject.save(update_fields=sorted(fields))
    write_transition(subject, workflow, step, before=before, by=by, reason=reason)
    return subject


def write_transition(
    subject: Any, workflow: Workflow, step: str, *, before: str, by: Any, reason: str = ""
) -> None:
    """Append the row of a move that has been saved (also used for the first state of a new row)."""
    acting = getattr(by, "acting", None)
    Transition(
        organization_id=subject.organization_id,
        counterparty_id=getattr(subject, "counterparty_id", None),
        is_care=getattr(subject, "is_care", hasattr(subject, "compartment_id")),
        compartment_id=getattr(subject, "compartment_id", None),
        workflow=workflow.name,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        step=step,
        from_state=before,
        to_state=workflow.state_of(subject),
        actor_id=getattr(by, "pk", None),
        actor_role=acting.role if acting else "",
        reason=reason or None,
    ).save(force_insert=True)
    moved.send(sender=type(subject), subject=subject, workflow=workflow, step=step, before=before)
