"""The register of organizations: entering, correcting, names over time, links, credentials, by region."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.filters import CoverageFilter
from departments.forms.organizations import (
    CredentialForm,
    FormerNameForm,
    LinkEndForm,
    LinkForm,
    OrganizationChangeForm,
    OrganizationForm,
    RenameForm,
)
from departments.forms.places import NewDepartmentForm, NewStationForm
from departments.models.organizations import Organization
from departments.permissions import can_keep_organizations
from departments.services import organizations as register
from departments.services import places
from departments.services.coverage import coverage, hospitals_in, region_of
from departments.services.regions import WITH_PARENTS, region_path, regions_like
from departments.services.staffing_region import staffing_rows, with_numbers
from departments.services.stations import stations_like
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = "departments/register_form.html"
SUGGESTED, PAGED = 12, 30


def _kept(request: HttpRequest, uid: uuid.UUID) -> Organization:
    """A body that the person's house keeps; for everybody else there is nothing to change."""
    rows = Organization.objects.visible_to(request.user).select_related(f"region__{WITH_PARENTS}")
    row = get_object_or_404(rows, uid=uid)
    if not can_keep_organizations(request.user, row):
        raise Http404
    return row


@BOTH
def organization_new(request: HttpRequest) -> HttpResponse:
    """A body that is not in the register yet."""
    if not can_keep_organizations(request.user, None):
        raise Http404
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=OrganizationForm,
            form_args={"user": request.user},
            service=register.organization_add,
            given={},
            to=lambda row: reverse("departments:organization", args=[row.uid]),
            draft="departments-organization",
            done=_("已登记。"),
            context={
                "title": _("登记机构"),
                "lead": _("写进全平台共用的登记，由本机构维护；只写有出处的事实"),
                "back": reverse("departments:organizations"),
                "back_label": _("机构"),
                "verb": _("登记"),
            },
        ),
    )


@BOTH
def organization_change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Correct or complete what the register says."""
    row = _kept(request, uid)
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=OrganizationChangeForm,
            form_args={"user": request.user},
            service=register.organization_change,
            given={"organization": row},
            current=lambda: _current(_kept(request, uid)),
            to=reverse("departments:organization", args=[uid]),
            draft="departments-organization_change",
            subject=uid,
            done=_("已保存。"),
            context=_words(row, _("修改登记事项"), _("保存")),
        ),
    )


def _current(row: Organization) -> Current:
    values: dict[str, Any] = {name: getattr(row, name) for name in register.COLUMNS}
    values |= {name: row.profile.get(name, "") for name in register.PROFILE}
    values["facts"] = "\n".join(row.profile.get("facts", []))
    values["region"] = region_path(row.region)
    values["founded"] = str(row.founded or "")
    return Current(row.row_version, values, at=row.updated_at)


def _words(row: Organization, title: Any, verb: Any, lead: Any = "") -> dict[str, Any]:
    return {
        "title": title,
        "lead": lead or row.name,
        "back": reverse("departments:organization", args=[row.uid]),
        "back_label": row.short_name or row.name,
        "verb": verb,
    }


# What is added to a body: form, service, draft, title, what is said afterwards.
PARTS: dict[str, tuple[Any, Any, str, Any, Any]] = {
    "rename": (
        RenameForm,
        register.organization_rename,
        "departments-rename",
        pgettext_lazy("action", "更名"),
        _("已更名，从前的名称保留。"),
    ),
    "name": (
        FormerNameForm,
        register.former_name_add,
        "departments-former_name",
        _("补记曾用名称"),
        _("已登记。"),
    ),
    "link": (LinkForm, register.link_add, "departments-link", _("登记关系"), _("已登记。")),
    "credential": (
        CredentialForm,
        register.credential_add,
        "departments-credential",
        _("登记资格、评级或称号"),
        _("已登记。"),
    ),
}


@BOTH
def organization_part(request: HttpRequest, uid: uuid.UUID, part: str) -> HttpResponse:
    """One more name, link or credential of a body."""
    row = _kept(request, uid)
    if part not in PARTS:
        raise Http404
    form, service, draft, title, done = PARTS[part]
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=form,
            form_args={"user": request.user},
            service=service,
            given={"organization": row},
            to=reverse("departments:organization", args=[uid]),
            draft=draft,
            subject=uid,
            done=done,
            context=_words(row, title, _("登记")),
        ),
    )


@BOTH
def organization_link_end(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """A relation that holds no longer: its last day is written, the row stays."""
    row = _kept(request, uid)
    link = get_object_or_404(row.links.select_related("to_organization"), pk=pk)
    lead = f"{link.get_kind_display()} · {link.to_organization.name}"
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=LinkEndForm,
            form_args={"user": request.user},
            service=register.link_end,
            given={"organization": row, "pk": pk},
            initial={"last_day": timezone.localdate()},
            to=reverse("departments:organization", args=[uid]),
            done=_("已登记结束，记录保留。"),
            context=_words(row, _("结束关系"), _("结束"), lead),
        ),
    )


@require_POST
def organization_part_drop(
    request: HttpRequest, uid: uuid.UUID, part: str, pk: int
) -> HttpResponse:
    """Take back what was entered wrongly."""
    row = _kept(request, uid)
    if part not in register.PARTS:
        raise Http404
    register.register_part_drop(organization=row, part=part, pk=pk, by=request.user)
    to = reverse("departments:organization", args=[uid])
    return answer(request, PAGE, {}, ok=True, to=to, done=str(_("已删除，审计中保留。")))


@BOTH
def department_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A department or team of a body that one keeps."""
    row = _kept(request, uid)
    return _more(request, row, NewDepartmentForm, "departments-department_new", _("登记部门"))


@BOTH
def station_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A station, county centre or incubator in the register of a body that one keeps."""
    row = _kept(request, uid)
    return _more(request, row, NewStationForm, "departments-station_new", _("登记社工站"))


def _more(
    request: HttpRequest, row: Organization, form: Any, draft: str, title: Any
) -> HttpResponse:
    return fill_in(
        request,
        Filling(
            page=PAGE,
            form=form,
            form_args={"user": request.user, "organization": row},
            service=places.department_add,
            given={"organization": row},
            to=lambda made: reverse("departments:department", args=[made.uid]),
            draft=draft,
            subject=row.uid,
            done=_("已登记。"),
            context=_words(row, title, _("登记")),
        ),
    )


@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """By region: hospitals with a department of medical social work, with posts, with neither."""
    form = CoverageFilter(request.GET)
    form.is_valid()
    asked = form.cleaned_data.get("region")
    region = region_of(request.user, asked.code if asked else None)
    is_tertiary = form.cleaned_data.get("grade") == "tertiary"
    whole, lines = coverage(request.user, region, tertiary=is_tertiary)
    context = {
        "form": form,
        "region": region,
        "path": region_path(region),
        "grade": "tertiary" if is_tertiary else "",
        "whole": whole,
        "lines": lines,
    }
    return render(request, "departments/regions.html", context)


@require_safe
def staffing(request: HttpRequest) -> HttpResponse:
    """Hospital by hospital: open beds, filled posts, what the rules ask and what is lacking."""
    form = CoverageFilter(request.GET)
    form.is_valid()
    asked = form.cleaned_data.get("region")
    region = region_of(request.user, asked.code if asked else None)
    is_tertiary = form.cleaned_data.get("grade") == "tertiary"
    rows = with_numbers(hospitals_in(request.user, region.code, tertiary=is_tertiary))
    rows = rows.select_related(f"region__{WITH_PARENTS}")
    found = page_of(request, rows, order=("id",), size=PAGED)
    context = found | {
        "rows": staffing_rows(found["rows"]),
        "form": form,
        "path": region_path(region),
        "grade": "tertiary" if is_tertiary else "",
    }
    return render(request, "departments/staffing_region.html", context)


@require_safe
def regions_suggest(request: HttpRequest) -> HttpResponse:
    """Names of regions for the box in which one is being typed."""
    found = regions_like(next(iter(request.GET.values()), "")[:60], SUGGESTED)
    return render(request, "departments/_options.html", {"options": found})


@require_safe
def stations_suggest(request: HttpRequest) -> HttpResponse:
    """Names of stations for the box in which one is being typed."""
    typed = next(iter(request.GET.values()), "").strip()[:60]
    found = stations_like(request.user, typed, SUGGESTED) if typed else []
    return render(request, "departments/_options.html", {"options": found})


@require_safe
def organizations_suggest(request: HttpRequest) -> HttpResponse:
    """Names of the register for the box in which one is being typed."""
    typed = next(iter(request.GET.values()), "").strip()[:60]
    rows = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    rows = rows.filter(name__icontains=typed) if len(typed) > 1 else rows.none()
    found = rows.order_by("name").values_list("name", flat=True)[:SUGGESTED]
    return render(request, "departments/_options.html", {"options": found})
