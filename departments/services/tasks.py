"""Deadlines and to-dos: opened and closed by the services whose clocks they are."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from departments.models.mechanisms import Notification, Task
from departments.models.people import User
from departments.services import outbox
from departments.services.notice_kinds import Mail
from departments.services.notice_settings import choice_for
from msw_portal.kernel.db import insert_once, update_of


def task_open(
    *,
    kind: str,
    organization_id: int,
    subject: models.Model,
    due_at: dt.datetime | None = None,
    assignee: Any = None,
    role: str = "",
    department_id: int | None = None,
    dedup_key: str = "",
    closing: QuerySet[Task] | None = None,
    by: Any = None,
) -> Task | None:
    """Open a task once per dedup key (default: kind and subject); None when it exists already.

    `assignee` is a person or a person's id: whose task it is need not be read. `closing` are open tasks that are
    done with this one, closed by the same statement.
    """
    key = dedup_key or f"{kind}:{subject.uid}"
    task = Task(
        kind=kind,
        organization_id=organization_id,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        compartment_id=getattr(subject, "compartment_id", None),
        due_at=due_at,
        assignee_id=getattr(assignee, "pk", assignee),
        role=role,
        department_id=department_id,
        dedup_key=key,
        created_by=by,
    )
    done = {"state": Task.State.DONE, "closed_at": timezone.now()}
    beside = None if closing is None else update_of(closing, **done)
    return task if insert_once(task, beside=beside) else None


def tasks_close(
    *, kind: str | Collection[str], subject: models.Model, state: str = Task.State.DONE
) -> int:
    """Close the open tasks of a kind, or of several, on a subject by one statement; how many there were."""
    return Task.objects.filter(
        organization_id=subject.organization_id,
        kind__in=[kind] if isinstance(kind, str) else kind,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        state=Task.State.OPEN,
    ).update(state=state, closed_at=timezone.now())


def task_finish(*, organization_id: int, dedup_key: str, state: str = Task.State.DONE) -> int:
    """Close one task by its key; 0 when it is not open."""
    return Task.objects.filter(
        organization_id=organization_id, dedup_key=dedup_key, state=Task.State.OPEN
    ).update(state=state, closed_at=timezone.now())


def tasks_assign(*, kind: str, subject: models.Model, assignee: Any) -> int:
    """Give the open tasks of a kind on a subject to one person, or back to the role (None)."""
    return Task.objects.filter(
        organization_id=subject.organization_id,
        kind=kind,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        state=Task.State.OPEN,
    ).update(assignee=assignee)


def notify(
    *, users: list[int], organization_id: int, kind: str, subject: models.Model, dedup_key: str
) -> int:
    """Tell each user once, as each has chosen; runs in a scope whose user is the receiver (PERSONAL), one call per user.

    What leaves by mail at once is put into the outbox of the same transaction. Returns how many
    rows were written (0 when it was told before, or is not wanted).
    """
    return sum(
        _notify(user, organization_id, kind, subject, dedup_key)
        for user in User.objects.filter(pk__in=users).order_by("pk")
    )


def _notify(
    user: User, organization_id: int, kind: str, subject: models.Model, dedup_key: str
) -> bool:
    choice = choice_for(user.preferences, kind)
    if choice.is_off:
        return False
    row = Notification(
        user_id=user.pk,
        organization_id=organization_id,
        kind=kind,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        is_shown=choice.is_shown,
        mail=choice.mail,
        dedup_key=dedup_key,
    )
    Notification.objects.bulk_create([row], ignore_conflicts=True)
    # The index refuses a second telling without a word: only the row that stands is ours.
    if not Notification.objects.filter(uid=row.uid).exists():
        return False
    if choice.mail == Mail.NOW and settings.MAIL_IS_ON and user.email:
        outbox.put(
            "notice.mail",
            organization_id=organization_id,
            subject=row,
            dedup_key=str(row.uid),
            user=user.pk,
        )
    return True
