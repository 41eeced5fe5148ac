"""Programs of other houses: an OAuth2 application bound to one service account with one role."""

import datetime as dt
import ipaddress
import secrets
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AccessToken, Application
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import ApiClient, Membership, Role, User, duty_class
from departments.permissions import can_create_api_client, can_end_api_client
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.ids import uuid7

MOST_ADDRESSES = 20
# A week in which both secrets open: longer than any maintenance window, too short to be forgotten.
MOST_HOURS, USUAL_HOURS = 168, 24
# Releasing money is for a person in a browser, always; so is preparing it.
DUTIES = {
    "verify": _("核对材料"),
    "review1": _("初审"),
    "review2": _("复审"),
    "approve": _("批准"),
}

# Which kinds of house have programs, what these may ask for, and in which role their account acts.
# The hospital's system meets persons and stays: its account stands where an assistant does, who sees no
# case without being named for it, and has no other address than its scope's.
OF_HOSPITALS = ("episodes:write", "referrals:write", "referrals:read")
SCOPES_OF = {
    OrganizationKind.FOUNDATION: (
        "funding:read",
        "funding:review",
        "funding:approve",
        "money:read",
        "webhooks:manage",
    ),
    OrganizationKind.HOSPITAL: OF_HOSPITALS,
    OrganizationKind.COMMUNITY_HEALTH: OF_HOSPITALS,
}
ROLE_OF = {
    OrganizationKind.FOUNDATION: Role.FOUNDATION_OFFICER,
    OrganizationKind.HOSPITAL: Role.ASSISTANT,
    OrganizationKind.COMMUNITY_HEALTH: Role.ASSISTANT,
}


@command
def api_client_create(
    *,
    organization: Organization,
    name: str,
    scopes: Sequence[str],
    duties: Sequence[str],
    approve_limit: Decimal | None = None,
    contact: str = "",
    source_addresses: Sequence[str] = (),
    by: User,
) -> tuple[str, str]:
    """Make a client of one's own house: (client_id, secret). The secret is shown once, stored hashed.

    `approve_limit` is in CNY per request; without it the client may review but not approve. With
    `source_addresses` its tokens open from these alone.

    Raises:
        DomainError: `api_client.scopes`, `.duties`, `.limit`, `.house`, `.addresses` beside their fields.
    """
    require(can_create_api_client, by, organization)
    client_id, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(40)
    client_make(
        organization=organization,
        name=name,
        scopes=scopes,
        duties=duties,
        approve_limit=approve_limit,
        contact=contact,
        source_addresses=source_addresses,
        client_id=client_id,
        secret=secret,
        by=by,
    )
    return client_id, secret


def client_make(
    *,
    organization: Organization,
    name: str,
    scopes: Sequence[str],
    duties: Sequence[str],
    approve_limit: Decimal | None,
    contact: str,
    client_id: str,
    secret: str,
    source_addresses: Sequence[str] = (),
    by: User | None,
) -> ApiClient:
    """The application, its service account, the account's role and the client, in the house's open scope."""
    _check(organization, scopes, duties, approve_limit)
    addresses = _addresses(source_addresses)
    uid, role = uuid7(), ROLE_OF[OrganizationKind(organization.kind)]
    application = Application(
        name=name,
        client_id=client_id,
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    application.save(force_insert=True)
    user = User(
        username=f"client-{uid}",
        display_name=name,
        is_service=True,
        is_demo=organization.is_demo,
        created_by=by,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    today = timezone.localdate()
    membership = Membership(
        user=user,
        organization=organization,
        role=role,
        created_by=by,
        duty_class=duty_class(role),
        valid=DateRange(today, None),
    )
    membership.save(force_insert=True)
    client = ApiClient(
        uid=uid,
        application=application,
        organization=organization,
        user=user,
        membership=membership,
        scopes=sorted(scopes),
        duties=list(duties),
        approve_limit=approve_limit,
        contact=contact,
        source_addresses=addresses,
    )
    client.save(force_insert=True)
    audit.record(
        "api_client.create",
        by=by,
        on=client,
        organization_id=organization.pk,
        scopes=sorted(scopes),
        duties=list(duties),
        approve_limit=approve_limit,
        **({"addresses": addresses} if addresses else {}),
    )
    return client


@command
def api_client_rotate(*, client: ApiClient, hours: int, by: User) -> tuple[str, str]:
    """A new secret in place of the present one: (client_id, secret), shown once.

    The present one goes on opening for `hours`, in which the other side puts in the new one; 0 ends it at
    once, with the tokens cut by it: for a secret that has become known. There are never more than two.

    Raises:
        DomainError: `api_client.ended` (409), `api_client.overlap` on `hours`.
    """
    client = ApiClient.objects.select_for_update(no_key=True).get(pk=client.pk)
    require(can_end_api_client, by, client)
    if client.ended_at is not None:
        raise DomainError("api_client.ended", _("这个客户端已经停用。"), status=409)
    if not 0 <= hours <= MOST_HOURS:
        raise DomainError(
            "api_client.overlap", _("0 到 %(most)s 小时。") % {"most": MOST_HOURS}, "hours"
        )
    application, secret = client.application, secrets.token_urlsafe(40)
    until = timezone.now() + dt.timedelta(hours=hours) if hours else None
    client.old_secret = application.client_secret if hours else ""
    client.old_secret_until = until
    client.save(update_fields=["old_secret", "old_secret_until"])
    application.client_secret = secret
    application.save(update_fields=["client_secret", "updated"])
    if not hours:
        AccessToken.objects.filter(application=application).delete()
    audit.record("api_client.rotate", by=by, on=client, hours=hours)
    return application.client_id, secret


def old_secret_of(stored: str) -> str:
    """The hash of the secret before the one stored as `stored`, while it still opens; "" else."""
    rows = ApiClient.objects.filter(
        application__client_secret=stored,
        ended_at__isnull=True,
        old_secret_until__gt=timezone.now(),
    )
    return rows.values_list("old_secret", flat=True).first() or ""


@command
def api_client_end(*, client: ApiClient, reason: str, by: User) -> ApiClient:
    """Close a client for good: its tokens stop with their next use.

    Raises:
        DomainError: `api_client.ended` (409), `api_client.needs_reason`.
    """
    client = ApiClient.objects.select_for_update(no_key=True).get(pk=client.pk)
    require(can_end_api_client, by, client)
    if client.ended_at is not None:
        raise DomainError("api_client.ended", _("这个客户端已经停用。"), status=409)
    if len(reason.strip()) < 2:
        raise DomainError("api_client.needs_reason", _("请写明停用的原因。"), "reason")
    client.ended_at = timezone.now()
    client.save(update_fields=["ended_at"])
    AccessToken.objects.filter(application_id=client.application_id).delete()
    today = timezone.localdate()
    held = Membership.objects.get(pk=client.membership_id)
    held.valid = DateRange(min(held.valid.lower, today - dt.timedelta(days=1)), today)
    held.ended_by, held.end_reason = by, reason.strip()
    held.save(update_fields=["valid", "ended_by", "end_reason"])
    audit.record("api_client.end", by=by, on=client)
    return client


def clients_of(*, by: User) -> list[ApiClient]:
    """The clients of one's own house, newest first; for the security administrator."""
    require(can_create_api_client, by, None)
    own = ApiClient.objects.filter(organization_id=by.house_id)
    return list(own.select_related("application").order_by("-id"))


def client_of(client_id: str) -> ApiClient | None:
    """The client behind an OAuth2 client id, also one that has ended."""
    if not client_id or "\0" in client_id:
        return None
    return ApiClient.objects.select_related("user").filter(application__client_id=client_id).first()


def scopes_of(application: Application) -> frozenset[str]:
    """What tokens of this application may be cut from; nothing for one without a live client."""
    client = ApiClient.objects.filter(application=application, ended_at__isnull=True).first()
    return frozenset(client.scopes) if client else frozenset()


def _check(
    house: Organization, scopes: Sequence[str], duties: Sequence[str], limit: Decimal | None
) -> None:
    known = SCOPES_OF.get(OrganizationKind(house.kind))
    if known is None:
        raise DomainError("api_client.house", _("接口目前只向医院和基金会开放。"))
    if not scopes or set(scopes) - set(known):
        raise DomainError("api_client.scopes", _("请至少选一个范围。"), "scopes")
    if set(duties) - set(DUTIES):
        raise DomainError("api_client.duties", _("接口不能拨款，也不能放款。"), "duties")
    if (duties or limit is not None) and house.kind != OrganizationKind.FOUNDATION:
        raise DomainError(
            "api_client.duties", _("医院的接口只送就诊和转介，不担当审批职责。"), "duties"
        )
    if "approve" in duties and limit is None:
        raise DomainError(
            "api_client.limit", _("可以批准的客户端必须有每笔限额。"), "approve_limit"
        )
    if limit is not None and limit <= 0:
        raise DomainError("api_client.limit", _("批准限额必须大于零。"), "approve_limit")


def _addresses(given: Sequence[str]) -> list[str]:
    """As the door compares them: one address each, written in the short way."""
    try:
        found = sorted({str(ipaddress.ip_address(one.strip())) for one in given})
    except ValueError as error:
        raise DomainError(
            "api_client.addresses",
            _("来源地址是一个个 IP 地址，不能写网段或域名。"),
            "source_addresses",
        ) from error
    if len(found) > MOST_ADDRESSES:
        raise DomainError(
            "api_client.addresses",
            _("来源地址最多 %(n)s 个。") % {"n": MOST_ADDRESSES},
            "source_addresses",
        )
    return found


def clients_with(scope: str) -> list[ApiClient]:
    """The live clients of every house that were given a scope; for the system."""
    rows = ApiClient.objects.filter(ended_at__isnull=True, scopes__contains=[scope])
    return list(rows.select_related("user", "organization").order_by("id"))
