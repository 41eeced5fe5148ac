"""Kits that others take up, and programmes with sites."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.access import require
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.partial_dates import partial_date
from projects.forms.cultivation import KitForm, TakeUpForm
from projects.forms.incubation import ProfileForm, profile_initial
from projects.models.cultivation import Project
from projects.models.incubation import ProgrammeProfile, ReplicationKit
from projects.permissions import cultivation as may
from projects.services.kits import kit_publish, kit_take_up
from projects.services.programmes import ROLES, profile_publish, profile_write, sites_of
from projects.views.project_editing import BOTH, FORM, plain
from projects.views.project_finding import address_of, around, project_or_404

PAGE = 30


@require_safe
def kits(request: HttpRequest) -> HttpResponse:
    if not may.can_list_kits(request.user):
        raise Http404
    rows = ReplicationKit.objects.visible_to(request.user).published()
    page = page_of(request, rows, order=("-published_at", "-id"), size=PAGE)
    return render(request, "projects/kits.html", page)


@require_safe
def kit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(ReplicationKit.objects.visible_to(request.user), uid=uid)
    context = {"kit": row, "may_take": may.can_take_up_kit(request.user, row)}
    return render(request, "projects/kit.html", context)


@BOTH
def kit_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_publish_kit,
        KitForm,
        kit_publish,
        _("发布复制包"),
        to=lambda row: reverse("projects:kit", args=[row.uid]),
        draft="projects-kit",
        subject=one.uid,
        initial={"title": one.title, "summary": one.summary},
        done=_("复制包已发布。"),
        lead=_("指标、预算科目和分类自动带入；发布后所有单位可见，不能再改。"),
    )


@BOTH
def kit_take(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(ReplicationKit.objects.visible_to(request.user), uid=uid)
    require(may.can_take_up_kit, request.user, row)
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=TakeUpForm,
            service=kit_take_up,
            given={"kit": row},
            to=address_of,
            initial={"title": row.title},
            done=_("已按复制包建立项目，开始前可以改指标和预算。"),
            context={
                "heading": _("照着做一个"),
                "back_url": reverse("projects:kit", args=[row.uid]),
                "lead": row.title,
            },
        ),
    )


# ── programmes ───────────────────────────────────────────────────────────────


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Programmes that are published, and the own house's."""
    rows = ProgrammeProfile.objects.visible_to(request.user).order_by("-begun_on", "-id")
    context = {"rows": [_head(row) for row in rows[:100]]}
    return render(request, "projects/programmes.html", context)


def _head(row: ProgrammeProfile) -> dict[str, Any]:
    return {
        "row": row,
        "begun": partial_date(row.begun_on, row.begun_precision),
        "sites": len(row.sites),
        "participants": sum(one["participants"] for one in row.sites),
    }


@require_safe
def programme(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a programme says of itself, its sites with their figures, and where sources differ."""
    row = get_object_or_404(ProgrammeProfile.objects.visible_to(request.user), uid=uid)
    keeps = row.organization_id == request.user.house_id
    project = Project.objects.visible_to(request.user).filter(pk=row.project_id).first()
    context = _head(row) | {
        "parties": [{**one, "label": ROLES.get(one["role"], one["role"])} for one in row.parties],
        "site_rows": row.sites,
        "project": project if keeps else None,
    }
    return render(request, "projects/programme.html", context)


@BOTH
def profile_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    require(may.can_keep_programme, request.user, one)

    def current() -> Current:
        now = ProgrammeProfile.objects.visible_to(request.user).filter(project=one).first()
        return Current(now.row_version if now else 0, profile_initial(now))

    return fill_in(
        request,
        Filling(
            page=FORM,
            form=ProfileForm,
            service=profile_write,
            given={"project": one},
            to=lambda row: reverse("projects:programme", args=[row.uid]),
            done=_("已保存，发布后各单位可见。"),
            draft="projects-profile",
            subject=one.uid,
            current=current,
            context=around(one, _("计划介绍")),
        ),
    )


@require_POST
def publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Publish with today's figures of the sites."""
    one = project_or_404(request, uid)
    row = profile_publish(project=one, by=request.user)
    return redirect("projects:programme", uid=row.uid)


@require_safe
def sites(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The keeper's view of the sites as they stand now."""
    one = project_or_404(request, uid)
    require(may.can_keep_programme, request.user, one)
    rows = Project.objects.visible_to(request.user).filter(parent=one).order_by("starts_on", "id")
    profile = ProgrammeProfile.objects.visible_to(request.user).filter(project=one).first()
    context = around(one, _("站点")) | {
        "site_rows": sites_of(one),
        "sites": list(rows),
        "profile": profile,
        "once": uuid7(),
    }
    return render(request, "projects/sites.html", context)
