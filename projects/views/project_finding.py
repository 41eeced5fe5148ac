"""Projects and their parts by address: what is not visible is not there (404)."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from projects.models.cultivation import Project, ProjectEvent, ProjectReport
from projects.permissions.cultivation import can_list_projects

JOINS = ("organization", "counterparty", "partner", "department", "leader", "parent", "call")


def lister_or_404(request: HttpRequest) -> None:
    """The pages of projects are not there for who works on none."""
    if not can_list_projects(request.user):
        raise Http404


def project_or_404(request: HttpRequest, uid: uuid.UUID) -> Project:
    rows = Project.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


def event_or_404(request: HttpRequest, uid: uuid.UUID) -> ProjectEvent:
    rows = ProjectEvent.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(rows, uid=uid)


def report_or_404(request: HttpRequest, uid: uuid.UUID) -> ProjectReport:
    rows = ProjectReport.objects.visible_to(request.user).select_related("project__leader")
    return get_object_or_404(rows, uid=uid)


def address_of(project: Project, part: str = "") -> str:
    return reverse("projects:project", args=[project.uid]) + (f"#{part}" if part else "")


def around(project: Project, heading: Any, **more: Any) -> dict[str, Any]:
    """What a form page of a project shows around its form."""
    return {"project": project, "heading": heading, "back_url": address_of(project), **more}
