"""The demo sign-ins as the commands print them."""

import os
from typing import Any

from django.urls import reverse
from django.utils import timezone

from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import Membership
from departments.services.api_clients import SCOPES_OF
from departments.services.demo_access import (
    DEMO_PASSWORD,
    demo_client_make,
    refuse_outside_embedded,
    totp_secret_of,
)
from departments.services.entering import house_scope
from departments.services.history import role_label

PORT = "8000"


def demo_accounts() -> list[dict[str, str]]:
    """One sign-in per house and role in force: login, password, role, organisation, second factor.

    Raises:
        NotEmbedded: outside the embedded mode.
    """
    refuse_outside_embedded()
    found: dict[tuple[int, str], dict[str, str]] = {}
    for house in Organization.objects.filter(is_tenant=True).order_by("id"):
        with house_scope(house.pk):
            for held in _held_in(house):
                found.setdefault((house.pk, held.role), _account(held, house))
    return list(found.values())


def demo_client() -> dict[str, Any]:
    """The client of the first foundation that has demo members, made when missing.

    Raises:
        NotEmbedded: outside the embedded mode.  LookupError: when there is no demo foundation.
    """
    refuse_outside_embedded()
    foundations = Organization.objects.filter(is_tenant=True, kind=OrganizationKind.FOUNDATION)
    for house in foundations.order_by("id"):
        with house_scope(house.pk):
            if not _held_in(house).exists():
                continue
            client_id, secret = demo_client_make(organization=house)
        base = f"http://127.0.0.1:{os.environ.get('PORT', PORT)}"
        return {
            "client_id": client_id,
            "client_secret": secret,
            "token_url": base + reverse("oauth_token"),
            "grant_type": "client_credentials",
            "scopes": sorted(SCOPES_OF[OrganizationKind.FOUNDATION]),
            "api_url": base + "/api/v1/",
            "organisation": house.name,
        }
    raise LookupError("There is no demo foundation: seed_demo makes it.")


def _held_in(house: Organization):
    today = timezone.localdate()
    people = Membership.objects.filter(
        organization=house, valid__contains=today, user__is_demo=True, user__is_service=False
    )
    return people.select_related("user").order_by("role", "user__username")


def _account(held: Membership, house: Organization) -> dict[str, str]:
    login = held.user.username
    return {
        "login": login,
        "password": DEMO_PASSWORD,
        "role": held.role,
        "role_name": role_label(held.role),
        "organisation": house.name,
        "second_factor_secret": totp_secret_of(login),
    }
