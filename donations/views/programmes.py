"""Aid programmes: the list, one with its versions, a version written, tried, compared and published."""

import uuid
from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import User
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from donations.forms.campaigns import ConfirmForm
from donations.forms.programmes import ProgrammeForm, VersionForm, initial_of_version
from donations.models.giving import Fund
from donations.models.programmes import Programme, ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.permissions import can_open_fund, can_publish_programme, can_write_programme
from donations.services import programme_texts
from donations.services import programmes as services
from donations.views import version_words
from donations.views.guards import foundation_page
from donations.workflow import FINAL
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("programme__fund", "programme__purpose", "created_by", "published_by")


def _programme_or_404(request: HttpRequest, uid: uuid.UUID) -> Programme:
    rows = Programme.objects.visible_to(request.user).select_related("fund", "purpose")
    return get_object_or_404(rows, uid=uid)


def _version_or_404(request: HttpRequest, uid: uuid.UUID) -> ProgrammeVersion:
    user = request.user
    rows = ProgrammeVersion.objects.visible_to(user).filter(organization_id=user.house_id)
    return get_object_or_404(rows.select_related(*JOINS), uid=uid)


def _at(one: ProgrammeVersion) -> str:
    return reverse("donations:version", args=[one.uid])


def _versions(user: User) -> Any:
    rows = ProgrammeVersion.objects.visible_to(user).filter(organization_id=user.house_id)
    return rows.select_related("created_by", "published_by").order_by("-version")


@require_GET
@foundation_page
def programmes(request: HttpRequest) -> HttpResponse:
    """The house's programmes, each with its version in force and its draft."""
    user = request.user
    rows = (
        Programme.objects.visible_to(user)
        .select_related("fund")
        .prefetch_related(Prefetch("versions", _versions(user), to_attr="own_versions"))
        .order_by("name")
    )
    context = {
        "rows": [version_words.programme_row(one) for one in rows],
        "may_open": can_open_fund(user),
    }
    return render(request, "donations/programmes.html", context)


@BOTH
@foundation_page
def programme_new(request: HttpRequest) -> HttpResponse:
    """A new programme; its first version is written next."""
    require(can_open_fund, request.user, None)
    funds = Fund.objects.visible_to(request.user).active().prefetch_related("purposes__fund")
    return fill_in(
        request,
        Filling(
            page="donations/programme_new.html",
            form=ProgrammeForm,
            form_args={"funds": funds.order_by("number")},
            service=services.programme_open,
            given={},
            to=lambda one: reverse("donations:programme", args=[one.uid]),
            done=_("项目已建立，请写第一个版本。"),
            context={"back_url": reverse("donations:programmes")},
        ),
    )


@require_GET
@foundation_page
def programme(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One programme with its versions and how many requests run under each."""
    one = _programme_or_404(request, uid)
    return render(request, "donations/programme.html", _programme_page(request.user, one))


def _programme_page(user: User, one: Programme) -> dict[str, Any]:
    running = FundingRequest.objects.visible_to(user).exclude(state__in=sorted(FINAL))
    counts = running.filter(programme_version__programme=one).order_by()
    counted = dict(counts.values_list("programme_version_id").annotate(n=Count("id")))
    rows = list(_versions(user).filter(programme=one))
    return {
        "programme": one,
        "rows": [version_words.version_row(row, counted.get(row.pk, 0)) for row in rows],
        "may_write": can_write_programme(user, one) and all(row.published_at for row in rows),
        "compare_url": _compare_url(one, rows),
        "confirm": ConfirmForm(),
    }


def _compare_url(one: Programme, rows: list[ProgrammeVersion]) -> str:
    if len(rows) < 2:
        return ""
    here = reverse("donations:programme_compare", args=[one.uid])
    return f"{here}?a={rows[1].version}&b={rows[0].version}"


@require_GET
@foundation_page
def compare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Two versions side by side, `?a=` and `?b=`; what differs is marked."""
    one = _programme_or_404(request, uid)
    rows = list(_versions(request.user).filter(programme=one))
    by_number = {str(row.version): row for row in rows}
    left = by_number.get(request.GET.get("a", ""), rows[-1] if rows else None)
    right = by_number.get(request.GET.get("b", ""), rows[0] if rows else None)
    names = _house_names(request.user)
    context = {
        "programme": one,
        "versions": rows,
        "left": left,
        "right": right,
        "lines": version_words.compared(left, right, names) if left and right else [],
    }
    return render(request, "donations/programme_compare.html", context)


def _houses(user: User) -> Any:
    rows = Organization.objects.visible_to(user).filter(kind=OrganizationKind.HOSPITAL)
    return rows.filter(is_tenant=True).order_by("name")


def _house_names(user: User) -> dict[str, str]:
    return {str(one.uid): one.name for one in _houses(user)}


@require_POST
@foundation_page
def version_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The next version as a draft, begun from the newest."""
    one = _programme_or_404(request, uid)
    form = ConfirmForm(request.POST)
    ok = form.command(programme_texts.version_begin, programme=one, by=request.user)
    to = reverse("donations:version_edit", args=[form.result.uid]) if ok else ""
    context = _programme_page(request.user, one) | {"form": form}
    return answer(request, "donations/programme.html", context, ok=ok, to=to)


@require_GET
@foundation_page
def version(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a version says, its examples in red and green, and what may be done with it."""
    one = _version_or_404(request, uid)
    return render(request, "donations/version.html", _page(request.user, one))


def _page(user: User, one: ProgrammeVersion) -> dict[str, Any]:
    is_draft = one.published_at is None
    return {
        "version": one,
        "programme": one.programme,
        "state": version_words.state_of(one),
        "lines": version_words.said(one, _house_names(user)),
        "tried": programme_texts.examples_tried(one),
        "fault": programme_texts.faults_of(one) if is_draft else "",
        "may_edit": is_draft and can_write_programme(user, one),
        "may_publish": is_draft and can_publish_programme(user, one),
        "is_own": one.created_by_id == user.pk,
        "confirm": ConfirmForm(),
    }


@BOTH
@foundation_page
def version_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A draft, row by row; its examples can be tried before anything is saved."""
    one = _version_or_404(request, uid)
    require(can_write_programme, request.user, one)
    return fill_in(
        request,
        Filling(
            page="donations/version_edit.html",
            form=VersionForm,
            form_args={"houses": _houses(request.user)},
            service=programme_texts.version_change,
            given={"version": one},
            to=_at(one),
            done=_("版本已保存。"),
            draft="donations-version",
            subject=one.uid,
            current=lambda: _current(request, uid),
            context={
                "version": one,
                "programme": one.programme,
                "facts": programme_texts.FACTS.items(),
                "try_url": reverse("donations:version_try", args=[one.uid]),
            },
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = _version_or_404(request, uid)
    return Current(now.row_version, initial_of_version(now), at=now.updated_at)


@require_POST
@foundation_page
def version_try(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The examples as they stand in the form, run through its rules; nothing is saved."""
    one = _version_or_404(request, uid)
    require(can_write_programme, request.user, one)
    form = VersionForm(request.POST, houses=_houses(request.user))
    ok = form.is_valid()
    if ok:
        for name, value in form.cleaned_data["content"].items():
            setattr(one, name, value)
    context = {
        "form": form,
        "tried": programme_texts.examples_tried(one) if ok else [],
        "fault": programme_texts.faults_of(one) if ok else "",
    }
    return render(request, "donations/_tried.html", context, status=200 if ok else 422)


@require_POST
@foundation_page
def version_publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Another person than its writer opens it to the hospitals."""
    one = _version_or_404(request, uid)
    form = ConfirmForm(request.POST)
    ok = form.command(services.version_publish, version=one, by=request.user)
    context = _page(request.user, one) | {"form": form}
    done = _("已发布。正在办理的申请仍按原版本。")
    return answer(request, "donations/version.html", context, ok=ok, to=_at(one), done=done)
