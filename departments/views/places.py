"""The register of organizations, read by everybody who is signed in."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from departments.forms.filters import OrganizationFilter
from departments.models.organizations import Department, Organization
from departments.views.paging import page_of

PAGE = 30


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    form = OrganizationFilter(request.GET)
    rows = form.narrow(Organization.objects.visible_to(request.user).select_related("region"))
    found = page_of(request, rows, order=("id",), size=PAGE)
    return render(request, "departments/organizations.html", {"form": form, **found})


@require_safe
def organization(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    visible = Organization.objects.visible_to(request.user).select_related("region")
    place = get_object_or_404(visible, uid=uid)
    departments = Department.objects.visible_to(request.user).filter(organization=place)
    context = {
        "organization": place,
        "departments": departments.select_related("campus").order_by("kind", "name"),
        "credentials": place.credentials.order_by("-issued_on"),
        "names": place.names.order_by("-valid"),
        "links": place.links.select_related("to_organization"),
        "is_own": place.pk == request.user.house_id,
    }
    return render(request, "departments/organization.html", context)
