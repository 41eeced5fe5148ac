"""The only door through which a status changes: check the arrow, save, write the transition."""

from collections.abc import Mapping, Sequence
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


def move_many(
    subjects: Sequence[Any],
    workflow: Workflow,
    step: str,
    *,
    by: Any,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
) -> int:
    """Take one arrow with many locked subjects of one table, in two statements; how many there were.

    `values` are columns that change with the state, the same for all; the instances follow.

    Raises:
        DomainError: when the arrow does not leave the state of one of them, or lacks its reason.
    """
    if not subjects:
        return 0
    befores = []
    for subject in subjects:
        arrow = workflow.check(subject, step, reason)
        befores.append(workflow.state_of(subject))
    changes = {workflow.field: arrow.target, **(values or {})}
    if hasattr(subjects[0], "state_entered_at"):
        changes["state_entered_at"] = timezone.now()
    model = type(subjects[0])
    model.objects.filter(pk__in=[one.pk for one in subjects]).update(**changes)
    for subject in subjects:
        for name, value in changes.items():
            setattr(subject, name, value)
    Transition.objects.bulk_create(
        [
            _transition(subject, workflow, step, before=before, by=by, reason=reason)
            for subject, before in zip(subjects, befores, strict=True)
        ]
    )
    for subject, before in zip(subjects, befores, strict=True):
        moved.send(sender=model, subject=subject, workflow=workflow, step=step, before=before)
    return len(subjects)


def write_transition(
    subject: Any, workflow: Workflow, step: str, *, before: str, by: Any, reason: str = ""
) -> None:
    """Append the row of a move that has been saved (also used for the first state of a new row)."""
    row = _transition(subject, workflow, step, before=before, by=by, reason=reason)
    row.save(force_insert=True)
    moved.send(sender=type(subject), subject=subject, workflow=workflow, step=step, before=before)


def _transition(
    subject: Any, workflow: Workflow, step: str, *, before: str, by: Any, reason: str
) -> Transition:
    acting = getattr(by, "acting", None)
    return Transition(
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
    )
