"""A running project asks: its own form and sending; everything after goes by the pages of every request."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.people import User
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from donations.forms.projects import ProjectChooseForm, ProjectRequestForm, ProjectSubmitForm
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import CostLine, FundingRequest
from donations.permissions import can_submit_request
from donations.services.project_copies import project_facts
from donations.services.project_requests import (
    project_request_amend,
    project_request_draft,
    project_request_submit,
)
from donations.services.readiness import missing_for_submit
from donations.views import copies, parts, rows
from donations.views.guards import hospital_page
from donations.views.lists import Lists
from msw_portal.kernel.access import require
from projects.models.cultivation import Project
from projects.permissions.cultivation import can_ask_for_money

DRAFT = "donations-project-request"
Layer = CostLine.Layer
JOINS = ("case__client__root", "project", "programme_version__organization")


def _page_of(aid: FundingRequest) -> str:
    return reverse("donations:request", args=[aid.uid])


def _around(project: Project) -> dict[str, Any]:
    return {"project": project, "project_url": reverse("projects:project", args=[project.uid])}


@require_http_methods(["GET", "POST"])
@hospital_page
def request_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Which programme the project asks."""
    project = get_object_or_404(Project.objects.visible_to(request.user), uid=uid)
    require(can_ask_for_money, request.user, project)
    programmes = (
        ProgrammeVersion.objects.visible_to(request.user)
        .in_force()
        .filter(asker=ProgrammeVersion.Asker.PROJECT)
        .select_related("organization")
        .order_by("name")
    )
    return fill_in(
        request,
        Filling(
            page="donations/project_request_new.html",
            form=ProjectChooseForm,
            form_args={"programmes": programmes},
            service=project_request_draft,
            given={"project": project},
            to=lambda aid: reverse("donations:request_edit", args=[aid.uid]),
            done=_("已建立草稿，基金会还看不到。"),
            context=_around(project) | {"programmes": list(programmes)},
        ),
    )


def edit(request: HttpRequest, aid: FundingRequest) -> HttpResponse:
    """The form of a draft; the caller has found the request and that it is one."""
    return fill_in(
        request,
        Filling(
            page="donations/project_request_edit.html",
            form=ProjectRequestForm,
            service=project_request_amend,
            given={"request": aid},
            to=_page_of(aid),
            done=_("已保存。"),
            draft=DRAFT,
            subject=aid.uid,
            current=lambda: _current(request.user, aid),
            context=_around(aid.project) | {"aid": aid, "request_url": _page_of(aid)},
        ),
    )


def _current(user: User, aid: FundingRequest) -> Current:
    now = FundingRequest.objects.visible_to(user).select_related("sheet").get(pk=aid.pk)
    amounts = parts.amounts_of(user, now)
    values = {
        "budget": amounts.get(Layer.TOTAL),
        "other": amounts.get(Layer.OTHER_AID),
        "own": amounts.get(Layer.EMPLOYER),
        "requested": now.requested,
        "story": now.sheet.payload.get("story", ""),
    }
    return Current(now.row_version, values, at=now.updated_at)


def submit(request: HttpRequest, aid: FundingRequest) -> HttpResponse:
    """What goes out, what is missing, and the unit's declarations."""
    return fill_in(
        request,
        Filling(
            page="donations/project_request_submit.html",
            form=ProjectSubmitForm,
            service=project_request_submit,
            given={"request": aid},
            to=_page_of(aid),
            done=_("已送出，等待基金会受理。"),
            context=_around(aid.project) | _told(request.user, aid),
        ),
    )


def _told(user: User, aid: FundingRequest) -> dict[str, Any]:
    sheet, texts = copies.short_and_long(copies.project_lines(project_facts(aid)))
    papers = parts.paper_rows(aid, parts.papers_of(Lists(user, aid)), is_asker=True)
    return {
        "aid": aid,
        "request_url": _page_of(aid),
        "foundation": aid.programme_version.organization.name,
        "missing": _missing(user, aid),
        "sheet": sheet,
        "sheet_texts": texts,
        "papers": papers,
        "papers_count": parts.given_count(papers),
        "sum": parts.bill_of(user, aid),
    }


def _missing(user: User, aid: FundingRequest) -> list[dict[str, Any]]:
    edit_url = reverse("donations:request_edit", args=[aid.uid])
    missing = [
        {
            "label": str(sentence).rstrip("。."),
            "url": f"{_page_of(aid)}#papers" if field == "documents" else edit_url,
        }
        for _rule, sentence, field in missing_for_submit(aid)
    ]
    if not can_submit_request(user, aid):
        missing.append({"label": _("送出由项目负责人或部门主任办理"), "url": ""})
    return missing


@require_safe
@hospital_page
def project_panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Requests of a project, for the project's page."""
    project = get_object_or_404(Project.objects.visible_to(request.user), uid=uid)
    mine = (
        FundingRequest.objects.visible_to(request.user)
        .filter(project=project)
        .select_related(*JOINS)
        .order_by("-id")
    )
    may = can_ask_for_money(request.user, project)
    return render(
        request,
        "donations/_project_panel.html",
        {
            "rows": [rows.case_row(one) for one in mine],
            "new_url": reverse("donations:project_request_new", args=[uid]) if may else "",
        },
    )
