"""How the demo world is entered: one password for everybody, second factors that can be computed again.

Only for the embedded mode; PortalBackend opens no demo account anywhere else.
"""

import base64
import datetime as dt
from decimal import Decimal

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from psycopg2.extras import DateRange

from departments.models.organizations import Department, Organization, OrganizationKind
from departments.models.people import ApiClient, Membership, User, duty_class
from departments.services.api_clients import SCOPES_OF, client_make
from msw_portal.kernel import crypto

DEMO_PASSWORD = "demo-pass-2026"  # noqa: S105  the demo's sign-ins are printed by `make run`
DEMO_LIMIT = Decimal("50000.00")
SINCE = dt.date(2020, 1, 1)
CLIENT_NAME = "捐助管理系统（演示）"


class NotEmbedded(RuntimeError):
    """Demo sign-ins exist in the embedded mode only."""


def refuse_outside_embedded() -> None:
    """Raises NotEmbedded anywhere but in the embedded mode."""
    if not settings.EMBEDDED:
        raise NotEmbedded("Demo sign-ins exist in the embedded mode only (MSW_EMBEDDED=1).")


def totp_secret_of(username: str) -> str:
    """The second-factor secret of a demo account, base32: the same as long as the key file is."""
    return base64.b32encode(
        crypto.derive(f"demo-totp|{username}", kid=crypto.first_kid())[:20]
    ).decode()


def demo_person(
    *,
    username: str,
    display_name: str,
    role: str,
    organization: Organization,
    department: Department | None = None,
    since: dt.date = SINCE,
    until: dt.date | None = None,
    password_hash: str = "",
) -> User:
    """Make (or find again) a demo account that acts as `role` from `since` to before `until`.

    Runs in an open scope of the organization. `password_hash` spares hashing the one password
    anew for each of many accounts (`demo_password_hash()`).
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, display_name=display_name, is_demo=True)
        user.password = password_hash or demo_password_hash()
        user.save(force_insert=True)
        Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.TOTP,
            data={"secret": encrypt(totp_secret_of(username))},
        )
    held = Membership.objects.filter(user=user, organization=organization, role=role)
    if not held.exists():
        Membership.objects.create(
            user=user,
            organization=organization,
            department=department,
            role=role,
            duty_class=duty_class(role),
            valid=DateRange(since, until),
        )
    return user


def demo_seen(at: dt.datetime, *, long_ago: dict[str, dt.datetime]) -> None:
    """Everybody of the house open now signed in last at `at`, some others at their own time: an account that nobody
    ever used would end by itself, and a demonstration has many."""
    ours = User.objects.filter(is_demo=True, last_seen_at__isnull=True)
    for username, then in long_ago.items():
        ours.filter(username=username).update(last_seen_at=then)
    ours.update(last_seen_at=at)


def demo_password_hash() -> str:
    """The hash of the demo password, to be given to many demo persons."""
    return make_password(DEMO_PASSWORD)


def demo_client_of(organization: Organization) -> tuple[str, str]:
    """(client id, secret) of a demo foundation's client: derived from the key file, stored hashed."""
    client_id = f"demo-{organization.code.lower() or organization.uid.hex[:8]}"
    secret = crypto.derive(f"demo-client|{client_id}", kid=crypto.first_kid()).hex()
    return client_id, secret


def demo_client_make(*, organization: Organization) -> tuple[str, str]:
    """Make the demo client if it is not there; (client id, secret). In an open scope of the house."""
    client_id, secret = demo_client_of(organization)
    client = ApiClient.objects.filter(application__client_id=client_id).first()
    if client is None:
        client_make(
            organization=organization,
            name=CLIENT_NAME,
            scopes=SCOPES_OF[OrganizationKind.FOUNDATION],
            duties=["verify", "review1", "review2", "approve"],
            approve_limit=DEMO_LIMIT,
            contact="demo",
            client_id=client_id,
            secret=secret,
            by=None,
        )
    elif not check_password(secret, client.application.client_secret):
        # Another key file: the printed secret must be the one that opens.
        client.application.client_secret = secret
        client.application.save(update_fields=["client_secret"])
    return client_id, secret
