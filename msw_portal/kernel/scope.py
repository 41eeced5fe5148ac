"""One transaction acts for one organization and one user: settings the policies read, set and emptied here."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from msw_portal.kernel.errors import is_away

CARE_ROLES = frozenset({"worker", "assistant", "intern", "supervisor", "dept_head"})
GUEST_ROLES = frozenset({"expert_reviewer", "volunteer", "external_supervisor", "donor"})
INSTALLATION = 1  # the organization that is the installation itself: sign-ins, platform rows


class NestedScope(RuntimeError):
    """A scope was opened inside a scope: two tenants in one transaction."""


@dataclass(frozen=True)
class RequestFacts:
    """What the audit says about where a command came from."""

    request_id: str = ""
    ip: str = ""
    client_uid: str = ""


NOWHERE = RequestFacts()
request_facts: ContextVar[RequestFacts] = ContextVar("request_facts", default=NOWHERE)


@contextmanager
def on_behalf_of(request_id: str) -> Iterator[None]:
    """What a worker does meanwhile carries the id of the request that asked for it, in audit and log."""
    token = request_facts.set(RequestFacts(request_id=request_id))
    try:
        yield
    finally:
        request_facts.reset(token)


@contextmanager
def scope_block(*, snapshot: bool = False) -> Iterator[None]:
    """A transaction with the marker set; the caller enters by one of the SQL functions `app.enter*`.

    With `snapshot` every statement of it sees the database as its first one did.

    Raises:
        NestedScope: when a scope is open on this connection already.
    """
    if getattr(connection, "msw_scope_is_open", False):
        raise NestedScope("a scope is open already")
    connection.msw_scope_is_open = True
    undos: list[Callable[[], None]] = []
    connection.msw_undos = undos
    try:
        with transaction.atomic():
            if (
                snapshot and not connection.savepoint_ids
            ):  # a test's own transaction has begun already
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
            if connection.savepoint_ids and not connection.needs_rollback:
                # Only tests get here: their outer transaction never commits, so deferred triggers must
                # speak now, and a forgotten scope must see nothing afterwards. What is to be rolled
                # back takes its settings with it.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                    cursor.execute("SELECT app.leave()")
                undos.clear()
    except BaseException as error:
        if _may_be_committed(error):
            undos.clear()
        raise
    finally:
        connection.msw_scope_is_open = False
        for undo in undos:
            undo()


def _may_be_committed(error: BaseException) -> bool:
    """Nobody knows: the connection was lost, perhaps after the server had taken the COMMIT."""
    code = getattr(error.__cause__, "pgcode", None) or ""
    return is_away(error) and (not code or code.startswith(("08", "57")))


def undo_unless_committed(undo: Callable[[], None]) -> None:
    """Run `undo` at the end of the open scope when what it did now is not kept: rolled back as a
    whole or to a savepoint. For files beside a row: the row goes by itself."""
    undos = connection.msw_undos
    undos.append(undo)
    transaction.on_commit(lambda: undo in undos and undos.remove(undo), robust=True)


@contextmanager
def scope(
    *,
    org: int | None = None,
    user: int | None = None,
    role: str = "",
    care: int | None = None,
    guest: int | None = None,
    compartments: Sequence[int] = (),
    region: tuple[int, int] | None = None,
) -> Iterator[None]:
    """Open one transaction with exactly these settings; what is not given is emptied.

    `org`, `care`, `guest` are organization ids, `user` a user id, `region` an inclusive range of
    GB/T 2260 codes. For jobs, commands, relay handlers and tests; requests enter through
    departments.services.entering.
    """
    with scope_block():
        enter(
            org=org,
            user=user,
            role=role,
            care=care,
            guest=guest,
            compartments=compartments,
            region=region,
        )
        yield


def enter(
    *,
    org: int | None = None,
    user: int | None = None,
    role: str = "",
    care: int | None = None,
    guest: int | None = None,
    compartments: Sequence[int] = (),
    region: tuple[int, int] | None = None,
) -> None:
    """Set the settings of the running transaction anew, inside an open scope."""
    low, high = region or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.enter(%s, %s, %s, %s, %s, %s::bigint[], %s, %s)",
            [user, role, org, care, guest, list(compartments), low, high],
        )


def scope_is_open() -> bool:
    return getattr(connection, "msw_scope_is_open", False)
