"""The register of organizations and stations, read by everybody who is signed in."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.forms.filters import OrganizationFilter, StationFilter
from departments.models.organizations import Department, Organization
from departments.models.place_codes import STATION_KINDS
from departments.permissions import can_keep_departments, can_keep_organizations
from departments.services.links import links_of
from departments.services.regions import WITH_PARENTS, region_path
from departments.views.paging import page_of

PAGE = 30


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    form = OrganizationFilter(request.GET)
    rows = Organization.objects.visible_to(request.user)
    if form.is_counting:
        rows = rows.on_ground_of(request.user)
    rows = form.narrow(rows.select_related(f"region__{WITH_PARENTS}"))
    found = page_of(request, rows, order=("id",), size=PAGE)
    context = {"form": form, "may_add": can_keep_organizations(request.user, None), **found}
    return render(request, "departments/organizations.html", context)


@require_safe
def organization(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    visible = Organization.objects.visible_to(request.user).select_related(
        f"region__{WITH_PARENTS}", "managed_by"
    )
    place = get_object_or_404(visible, uid=uid)
    departments = Department.objects.visible_to(request.user).filter(organization=place)
    departments = list(
        departments.select_related("campus", "parent", "successor", "liaison").order_by(
            "kind", "name"
        )
    )
    context = {
        "organization": place,
        "path": region_path(place.region),
        "departments": [one for one in departments if one.ended_on is None],
        "former": [one for one in departments if one.ended_on is not None],
        "credentials": place.credentials.order_by("-issued_on", "-id"),
        "names": place.names.order_by("-valid"),
        "links": links_of(place),
        "is_own": place.pk == request.user.house_id,
        "may_change": can_keep_organizations(request.user, place),
        "kept": {one.pk for one in departments if can_keep_departments(request.user, one)},
        "today": timezone.localdate(),
    }
    return render(request, "departments/organization.html", context)


@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """Stations, county centres and incubators: level, operator, county, township."""
    form = StationFilter(request.GET)
    rows = Department.objects.visible_to(request.user).filter(
        kind__in=STATION_KINDS,
        ended_on__isnull=True,
        organization__is_training=request.user.acting.is_training,
    )
    rows = form.narrow(rows.select_related("organization", "operator", f"region__{WITH_PARENTS}"))
    found = page_of(request, rows, order=("id",), size=PAGE)
    own = Organization.objects.visible_to(request.user).filter(pk=request.user.house_id).first()
    context = {
        "form": form,
        "may_add": own is not None and can_keep_organizations(request.user, own),
        "house": request.user.acting.organization_uid,
        **found,
    }
    return render(request, "departments/stations.html", context)
