"""Who looks at the identity of a person without a case of theirs says why, and the head reviews it the next day."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from cases.models.reveals import IdentityReveal
from cases.person_permissions import can_review_reveal
from cases.services.break_glass import REVIEW_HOUR
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import Role, User
from departments.services.tasks import task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TASK = "reveal_review"


def reveal_note(client: Client, *, reason: str, by: User) -> IdentityReveal:
    """Keep the reason sealed for the review, and ask the head of the department by the end of tomorrow."""
    row = IdentityReveal(
        organization_id=client.organization_id,
        client_id=client.root_id,
        department_id=by.acting.department_id,
        reason=reason,
        created_by=by,
    )
    row.save(force_insert=True)
    due = dt.datetime.combine(timezone.localdate() + dt.timedelta(days=1), REVIEW_HOUR)
    task_open(
        kind=TASK,
        organization_id=client.organization_id,
        subject=row,
        due_at=timezone.make_aware(due),
        role=Role.DEPT_HEAD,
        department_id=by.acting.department_id,
        by=by,
    )
    return row


@command
def reveal_review(*, reveal: IdentityReveal, result: str, by: User) -> IdentityReveal:
    """Say whether there was reason to look.

    Raises:
        DomainError: `reveal.is_reviewed` (409), `reveal.result_unknown` on `result`.
    """
    reveal = IdentityReveal.objects.locked().get(pk=reveal.pk)
    require(can_review_reveal, by, reveal)
    if reveal.reviewed_at is not None:
        raise DomainError("reveal.is_reviewed", _("这次查看已经复核。"), status=409)
    if result not in IdentityReveal.Result.values:
        raise DomainError("reveal.result_unknown", _("请从列表中选择。"), "result")
    reveal.reviewed_by, reveal.reviewed_at, reveal.result = by, timezone.now(), result
    reveal.save(update_fields=["reviewed_by", "reviewed_at", "result"])
    Task.objects.filter(
        organization_id=reveal.organization_id,
        dedup_key=f"{TASK}:{reveal.uid}",
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
    audit.record("client.review_reveal", by=by, on=reveal.client, decision=result)
    return reveal
