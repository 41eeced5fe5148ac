"""Who acts, for which house, in which role: one call enters the transaction and says so."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from departments.models.people import Membership, Role, User
from msw_portal.kernel.scope import scope, scope_block


@dataclass(frozen=True)
class Client:
    """The API client of this request: what it may do, as its house said."""

    id: int
    uid: uuid.UUID
    duties: tuple[str, ...]
    approve_limit: Decimal | None
    scopes: frozenset[str]
    expires: dt.datetime


@dataclass(frozen=True)
class Acting:
    """The active membership of this transaction.

    `compartments` are those the person is named for; `glass` is the one that stands open by
    break-glass until `glass_until`, for reading only.
    """

    membership_id: int
    membership_uid: uuid.UUID
    role: str
    department_id: int | None
    department_name: str
    organization_id: int
    organization_uid: uuid.UUID
    organization_name: str
    organization_short: str
    organization_kind: str
    region_id: int | None
    compartments: tuple[int, ...]
    client: Client | None = None
    # Invented patients: marked on every page, outside every figure.
    is_training: bool = False
    glass: int | None = None
    glass_until: dt.datetime | None = None

    @property
    def role_label(self) -> str:
        return Role(self.role).label


def _first_row(sql: str, params: list) -> dict | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
        if row is None:
            return None
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def _acting(row: dict, client: Client | None = None) -> Acting:
    glass = row.get("glass_compartment")
    return Acting(
        row["membership_id"],
        row["membership_uid"],
        row["role"],
        row["department_id"],
        row["department_name"] or "",
        row["organization_id"],
        row["organization_uid"],
        row["organization_name"],
        row["organization_short"] or row["organization_name"],
        row["organization_kind"],
        row["region_id"],
        tuple(one for one in row["compartments"] if one != glass),
        client,
        row["is_training"],
        glass,
        row.get("glass_until") if glass else None,
    )


def enter_member(user: User, membership_uid: uuid.UUID | str) -> Acting | None:
    """Enter the open scope as this member; None (and an empty context) when the role is not in force today."""
    row = _first_row("SELECT * FROM app.enter_member(%s, %s)", [user.pk, str(membership_uid)])
    user.acting = _acting(row) if row else None
    return user.acting


def enter_client(token_checksum: str, ip: str) -> User | None:
    """Enter as the service account behind a live access token; one statement, None when there is none."""
    row = _first_row("SELECT * FROM app.enter_client(%s, %s)", [token_checksum, ip])
    if row is None:
        return None
    client = Client(
        row["client_id"],
        row["client_uid"],
        tuple(json.loads(row["duties"])),
        row["approve_limit"],
        frozenset(row["scopes"].split()),
        row["expires"],
    )
    user = User(
        id=row["user_id"],
        username=row["username"],
        display_name=row["display_name"],
        is_service=True,
    )
    user._state.adding, user._state.db = False, "default"
    user.acting = _acting(row, client)
    return user


@contextmanager
def member_scope(
    user: User, membership_uid: uuid.UUID | str, *, snapshot: bool = False
) -> Iterator[Acting]:
    """A transaction as this member, for jobs asked by a person and for tests; see scope_block for `snapshot`.

    Raises:
        LookupError: when the membership is not in force now: no membership, no run.
    """
    with scope_block(snapshot=snapshot):
        acting = enter_member(user, membership_uid)
        if acting is None:
            raise LookupError(f"membership {membership_uid} is not in force")
        try:
            yield acting
        finally:
            user.acting = None


@contextmanager
def house_scope(
    organization_id: int, *, role: str = "system", care: bool = False
) -> Iterator[None]:
    """A transaction of the system inside one house (relay handlers, sweeps, demo)."""
    with scope(org=organization_id, role=role, care=organization_id if care else None):
        yield


def enter_link(token_hash: bytes) -> int | None:
    """Open the door behind a token, inside an open scope: the house's id, None for any that is not live.

    Nothing but the link itself and one insert into the house's inbox is possible from there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.enter_link(%s)", [token_hash])
        return cursor.fetchone()[0]


def hold_token(token_hash: bytes) -> None:
    """Be the holder of a receipt, inside an open scope: its one row can be read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.token', %s, true)", [token_hash.hex()])


@contextmanager
def token_scope(token_hash: bytes) -> Iterator[None]:
    """A transaction of nobody who holds one token; no door is open in it."""
    with scope():
        hold_token(token_hash)
        yield


def own_memberships(user: User) -> list[Membership]:
    """Every role the person may act in today; needs an open scope with app.user set."""
    today = timezone.localdate()
    return list(
        Membership.objects.filter(user=user, valid__contains=today)
        .select_related("organization", "department")
        .order_by("organization__name", "role")
    )
