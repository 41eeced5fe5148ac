"""Supervisions and courses in a person's calendar feed: their kind and times, never the theme, which may speak of a case."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from departments.models.learning import LearningEvent
from departments.models.people import User
from departments.services.calendar_feeds import MOST, Entry, Span
from departments.workflow import LearningState

SHOWN = (LearningState.PLANNED, LearningState.CANCELLED)


def learning_entries(user: User, span: Span) -> Iterator[Entry]:
    """What the person leads or is expected at."""
    seen = LearningEvent.objects.visible_to(user).filter(
        state__in=SHOWN, starts_at__range=(span.begins, span.ends)
    )
    mine = seen.filter(leader_id=user.pk) | seen.filter(attendances__user_id=user.pk)
    for row in mine.distinct().order_by("starts_at", "id")[:MOST]:
        yield Entry(
            key=f"learning-{row.uid}",
            title=row.get_kind_display(),
            starts=row.starts_at,
            ends=row.starts_at + dt.timedelta(minutes=int(row.hours * 60)),
            path=reverse("departments:learning_event", args=[row.uid]),
            is_busy=True,
            is_cancelled=row.state == LearningState.CANCELLED,
        )
