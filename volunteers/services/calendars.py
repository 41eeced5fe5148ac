"""A volunteer's promised shifts in the own calendar feed: the post's name and the times, no ward."""

from collections.abc import Iterator

from django.urls import reverse

from departments.models.people import User
from departments.services.calendar_feeds import MOST, Entry, Span
from volunteers.models.shifts import Signup
from volunteers.querysets import VOLUNTEER
from volunteers.workflow import SignupState

SHOWN = (SignupState.CONFIRMED, SignupState.ATTENDED, SignupState.CANCELLED)


def shift_entries(user: User, span: Span) -> Iterator[Entry]:
    """Confirmed shifts of the person; one that was given up is said once more, as cancelled."""
    if user.role != VOLUNTEER:
        return
    rows = Signup.objects.visible_to(user).filter(
        state__in=SHOWN, during__startswith__range=(span.begins, span.ends)
    )
    for row in rows.order_by("during", "id")[:MOST]:
        yield Entry(
            key=f"signup-{row.uid}",
            title=row.title,
            starts=row.during.lower,
            ends=row.during.upper,
            path=reverse("hours:mine"),
            is_busy=True,
            is_cancelled=row.state == SignupState.CANCELLED,
        )
