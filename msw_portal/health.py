"""Is the process alive, and can it serve: the second answers per component."""

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from departments.middleware import outside_scope

_migrations_applied = False


@outside_scope
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


livez.login_required = False


@outside_scope
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, Redis, outbox lag and oldest waiting job in seconds; 503 when the database is away."""
    report: dict[str, object] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM app.readiness()")
            lag, oldest, dead, unchained = cursor.fetchone()
        report |= {
            "database": "ok",
            "migrations": _migrations(),
            "outbox_lag_seconds": lag,
            "oldest_job_seconds": oldest,
            "outbox_dead": dead,
            "audit_unchained": unchained,
        }
    except Exception as error:
        report |= {"database": type(error).__name__}
    report["redis"] = _redis()
    ready = report["database"] == "ok" and report.get("migrations") == "ok"
    response = JsonResponse(
        {"status": "ok" if ready else "unavailable", **report}, status=200 if ready else 503
    )
    if not ready:
        response["Retry-After"] = "2"
    return response


readyz.login_required = False


def _migrations() -> str:
    global _migrations_applied
    if not _migrations_applied:
        executor = MigrationExecutor(connection)
        _migrations_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _migrations_applied else "pending"


def _redis() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError as error:
        return type(error).__name__
    finally:
        client.close()
    return "ok"
