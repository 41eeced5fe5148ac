"""Choosing and switching the role acted in, and the first page of each role."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from departments.middleware import without_role
from departments.models.people import Role
from departments.services import signing_in
from departments.services.desk import address
from departments.services.entering import own_memberships
from departments.services.history import role_label
from departments.services.starting import hint, offers
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.htmx import go_to
from msw_portal.kernel.scope import CARE_ROLES

FIRST_PAGES = {
    **dict.fromkeys(CARE_ROLES, "departments:workbench"),
    Role.FOUNDATION_OFFICER: "donations:board",
    Role.FOUNDATION_APPROVER: "donations:board",
    Role.FOUNDATION_CASHIER: "donations:board",
    Role.FINANCE: "donations:donations",
    Role.OFFICE: "donations:hospital_gifts",
    Role.PARTNER_OFFICER: "projects:list",
    Role.VOLUNTEER_COORDINATOR: "volunteers:list",
    Role.VOLUNTEER: "volunteers:mine",
    Role.APPLICANT: "applications:list",
    Role.EXPERT_REVIEWER: "experts:mine",
    Role.AUDITOR: "departments:audit",
    Role.SECADMIN: "departments:console_security",
    Role.SYSADMIN: "departments:console_system",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the role acted in."""
    first = address(FIRST_PAGES.get(request.user.role, "departments:start"))
    return redirect(first or "departments:start")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What a role without a workbench can do now."""
    context = {"offers": offers(request.user), "hint": hint(request.user)}
    return render(request, "departments/start.html", context)


@without_role
def choose_role(request: HttpRequest) -> HttpResponse:
    """The roles in force today; a POST of `membership` switches (the page head's menu)."""
    if request.method == "POST":
        signing_in.role_take(request, request.POST.get("membership", ""))
        return go_to(request, reverse("home"))
    roles = own_memberships(request.user)
    signing_in.remember_choices(request, roles)
    shown = [{"membership": role, "label": role_label(role.role)} for role in roles]
    context = {"roles": shown, "next": request.GET.get("next", "")}
    return render(request, "departments/choose_role.html", context)


@require_POST
@without_role
def take_role(request: HttpRequest, membership: uuid.UUID) -> HttpResponse:
    """The choice made on the choosing page; then to the page asked for before signing in."""
    try:
        signing_in.role_take(request, membership)
    except DomainError as error:
        raise Http404 from error
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return go_to(request, to if is_ours else reverse("home"))
