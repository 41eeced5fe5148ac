"""What the page of one supervision shows beside its own row."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models.learning import LearningEvent
from departments.models.mechanisms import Task
from departments.models.people import User


@dataclass(frozen=True)
class Action:
    """A follow-up action with the state of its task."""

    key: str
    text: str
    who: str
    due_on: dt.date
    is_done: bool
    is_mine: bool


def actions_of(event: LearningEvent, user: User) -> Sequence[Action]:
    """The actions of an event that was found visible, in two statements."""
    said = list(event.actions or ())
    if not said:
        return []
    start = f"learning_action:{event.uid}:"
    tasks = Task.objects.filter(
        organization_id=event.organization_id, kind="learning_action", subject_id=event.pk
    )
    states = dict(tasks.values_list("dedup_key", "state"))
    people = {
        str(row.user.uid): row.user
        for row in event.attendances.exclude(user=None).select_related("user")
    }
    return [
        Action(
            key=one["key"],
            text=one["text"],
            who=people[one["user"]].display_name if one["user"] in people else "",
            due_on=dt.date.fromisoformat(one["due_on"]),
            is_done=states.get(f"{start}{one['key']}") == Task.State.DONE,
            is_mine=one["user"] == str(user.uid)
            and states.get(f"{start}{one['key']}") == Task.State.OPEN,
        )
        for one in said
    ]
