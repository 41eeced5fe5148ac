"""The charity's own page: what it is in law, what it holds and until when."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models.organizations import Organization
from departments.models.register_parts import OrganizationCredential
from donations.charity_permissions import can_keep_charity
from donations.forms.campaigns import ConfirmForm
from donations.forms.charities import ProfileForm, QualificationForm
from donations.models.giving import CharityProfile
from donations.services.charities import (
    KINDS,
    charity_profile_write,
    qualification_add,
    qualification_drop,
    standings,
)
from donations.views.guards import foundation_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer

FACTS = (
    "registration_authority",
    "supervising_body",
    "public_contact",
    "query_words",
    "bank_accounts",
)


def _house(request: HttpRequest) -> Organization:
    return Organization.objects.visible_to(request.user).get(pk=request.user.house_id)


def _profile(request: HttpRequest) -> CharityProfile:
    held = CharityProfile.objects.visible_to(request.user).first()
    return held or CharityProfile(organization_id=request.user.house_id)


@require_safe
@foundation_page
def charity(request: HttpRequest) -> HttpResponse:
    return render(request, "donations/charity.html", _page(request))


def _page(request: HttpRequest) -> dict[str, Any]:
    house = _house(request)
    held = house.credentials.filter(kind__in=KINDS).order_by("-valid", "-pk")
    return {
        "house": house,
        "profile": _profile(request),
        "standings": standings(house),
        "credentials": held,
        "may_keep": can_keep_charity(request.user),
        "funds_url": reverse("donations:funds"),
    }


@require_http_methods(["GET", "POST"])
@foundation_page
def charity_edit(request: HttpRequest) -> HttpResponse:
    require(can_keep_charity, request.user, None)
    profile, back = _profile(request), reverse("donations:charity")
    return take(
        request,
        Step(
            form=ProfileForm,
            service=charity_profile_write,
            initial={"legal_form": profile.form} | {one: getattr(profile, one) for one in FACTS},
            to=back,
            done=_("已保存。"),
            title=_("慈善组织资料"),
            button=_("保存"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("慈善组织")),),
            draft="donations-charity",
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def qualification_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_charity, request.user, None)
    back = reverse("donations:charity")
    return take(
        request,
        Step(
            form=QualificationForm,
            service=qualification_add,
            initial={"kind": request.GET.get("kind", "")},
            to=back,
            done=_("已登记；到期前会提醒。"),
            title=_("登记一项资格"),
            button=_("登记"),
            url=request.path,
            back_url=back,
            crumbs=((back, _("慈善组织")),),
            draft="donations-qualification",
        ),
    )


@require_POST
@foundation_page
def qualification_end(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_keep_charity, request.user, None)
    held = OrganizationCredential.objects.visible_to(request.user)
    row = get_object_or_404(held, pk=pk, organization_id=request.user.house_id, kind__in=KINDS)
    form = ConfirmForm(request.POST)
    ok = form.command(qualification_drop, credential=row, by=request.user)
    context = {} if ok else _page(request) | {"form": form}
    to = reverse("donations:charity")
    return answer(request, "donations/charity.html", context, ok=ok, to=to, done=_("已撤销登记。"))
