"""What a task about a project is about, for the person who reads it."""

import uuid
from collections.abc import Collection, Mapping

from departments.models.people import User
from projects.models.cultivation import ProjectEvent, ProjectReport

Uids = Collection[uuid.UUID]


def reports_named(user: User, uids: Uids) -> Mapping[uuid.UUID, str]:
    """Of these reports those the person may see: the project and the period."""
    rows = ProjectReport.objects.visible_to(user).filter(uid__in=uids).select_related("project")
    return {one.uid: f"{one.project.title} {one.period}" for one in rows}


def events_named(user: User, uids: Uids) -> Mapping[uuid.UUID, str]:
    """Of these events those the person may see, by their project."""
    rows = ProjectEvent.objects.visible_to(user).filter(uid__in=uids).select_related("project")
    return {one.uid: one.project.title for one in rows}
