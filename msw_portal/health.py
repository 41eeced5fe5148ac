"""Is the process alive, can it serve, and what lags behind: one field per component."""

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from departments.middleware import outside_scope
from msw_portal.kernel import scanning
from msw_portal.kernel.drills import last_drill
from msw_portal.kernel.file_store import store
from msw_portal.kernel.logs import describe
from msw_portal.kernel.room import room_of_files

log = logging.getLogger(__name__)

# The relay looks every two seconds and the workers every five: whoever waits longer waits for somebody dead.
OUTBOX_LATE_SECONDS = 60
JOB_LATE_SECONDS = 300
UNKNOWN = "unknown"

_known_migrations: frozenset[tuple[str, str]] = frozenset()


@outside_scope
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


livez.login_required = False


@outside_scope
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The report as JSON: 503 while the portal cannot serve, 200 also while something lags (`degraded`)."""
    found = report()
    response = JsonResponse(found, status=503 if found["status"] == "unavailable" else 200)
    if response.status_code == 503:
        response["Retry-After"] = "2"
    return response


readyz.login_required = False


def report() -> dict[str, Any]:
    """Every component's state, and the figures behind it in seconds and rows.

    A state is `ok`, a fault's own word, or `unknown` while the database that holds it is away.
    `status` is `ok`, `degraded` (serves, but something lags) or `unavailable` (cannot serve).
    """
    found: dict[str, Any] = {"database": _database(), "migrations": UNKNOWN, "redis": _redis()}
    found |= _storage()
    found |= dict.fromkeys(("outbox", "jobs", "audit_chain"), UNKNOWN)
    if found["database"] == "ok":
        for name, probe in PROBES.items():
            try:
                found |= probe()
            except Exception as error:
                # One that cannot be asked says nothing about the others.
                log.warning("readiness: %s %s", name, describe(error))
                found[name] = type(error).__name__
    # Without a scanner nothing lags: `off` is said, and is the hospital's own choice.
    files = {"files": store().state(), "scanner": scanning.state()}
    states = {found[name] for name in STATES} | set(files.values()) - {scanning.OFF}
    serves = found["database"] == "ok" and found["migrations"] == "ok"
    status = "unavailable" if not serves else "ok" if states == {"ok"} else "degraded"
    return {"status": status, **found, **files, **_drill()}


def _one_row(sql: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def _database() -> str:
    try:
        _one_row("SELECT 1")
    except Exception as error:
        return type(error).__name__
    return "ok"


def _migrations() -> dict[str, Any]:
    """Asked anew each time: an older dump may have been restored under a running portal."""
    global _known_migrations
    if not _known_migrations:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return {"migrations": "pending"}
        _known_migrations = frozenset(executor.loader.graph.nodes)
    applied = MigrationRecorder(connection).applied_migrations()
    return {"migrations": "ok" if _known_migrations <= set(applied) else "pending"}


def _queues() -> dict[str, Any]:
    lag, oldest, dead, _unlinked = _one_row("SELECT * FROM app.readiness()")
    return {
        "outbox": "dead" if dead else "late" if lag > OUTBOX_LATE_SECONDS else "ok",
        "outbox_lag_seconds": lag,
        "outbox_dead": dead,
        "jobs": "late" if oldest > JOB_LATE_SECONDS else "ok",
        "oldest_job_seconds": oldest,
    }


def _audit() -> dict[str, Any]:
    """Links are made at COMMIT: an entry without one says that the chain's trigger is gone."""
    unlinked, age = _one_row("SELECT r.unchained, app.audit_head_age() FROM app.readiness() r")
    return {
        "audit_chain": "unlinked" if unlinked else "ok",
        "audit_unchained": unlinked,
        "audit_head_age_seconds": age,
    }


def _drill() -> dict[str, Any]:
    """The last restore drill that found nothing, and its age; says nothing of whether the portal serves."""
    drilled = last_drill(settings.MSW_BACKUPS)
    found: dict[str, Any] = {"drill": drilled.state}
    if drilled.last_at:
        found["drill_at"] = drilled.last_at
    if drilled.good_age is not None:
        found["last_good_drill_at"] = drilled.good_at
        found["last_good_drill_age_seconds"] = int(drilled.good_age.total_seconds())
    return found


def _redis() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError as error:
        return type(error).__name__
    finally:
        client.close()
    return "ok"


def _storage() -> dict[str, Any]:
    room = room_of_files()
    return {
        "storage": room.state,
        **({} if room.free is None else {"storage_free_bytes": room.free}),
    }


# What is asked of a database that answers; a new probe adds its state's name to STATES.
PROBES: dict[str, Callable[[], dict[str, Any]]] = {
    "migrations": _migrations,
    "outbox": _queues,
    "audit_chain": _audit,
}
STATES = ("database", "migrations", "redis", "storage", "outbox", "jobs", "audit_chain")
