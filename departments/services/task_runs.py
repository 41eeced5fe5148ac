"""What beat's tasks did: their last runs, written by one wrapper around all of them."""

import datetime as dt
import logging
import time
from typing import Any

from celery import signals
from celery.schedules import crontab
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from departments.models.queues import TaskRun
from departments.services.entering import house_scope
from msw_portal.kernel.logs import summary
from msw_portal.kernel.scope import INSTALLATION

log = logging.getLogger(__name__)
KEPT = 20
# What runs more often than once a minute is noted when it did something or failed, else once a minute.
QUIET_SECONDS = 60.0

_begun: dict[str, tuple[dt.datetime, float]] = {}
_noted: dict[str, float] = {}


def connect() -> None:
    """Listen to Celery; called once from AppConfig.ready."""
    signals.task_prerun.connect(_begin, dispatch_uid="departments.task_runs")
    signals.task_postrun.connect(_end, dispatch_uid="departments.task_runs")


def watched() -> dict[str, Any]:
    """The rhythm of every task that beat rings, by the task's name."""
    return {one["task"]: one["schedule"] for one in settings.CELERY_BEAT_SCHEDULE.values()}


def _begin(sender: Any = None, task_id: str = "", **_more: Any) -> None:
    if getattr(sender, "name", "") in watched():
        _begun[task_id] = (timezone.now(), time.monotonic())


def _end(
    sender: Any = None, task_id: str = "", retval: Any = None, state: str = "", **_more: Any
) -> None:
    """A task is never undone because its run could not be noted."""
    begun = _begun.pop(task_id, None)
    if begun is None:
        return
    error = summary(retval) if isinstance(retval, BaseException) else ""
    count = retval if isinstance(retval, int) and not error else None
    if not _is_news(sender.name, count, error or state == "FAILURE"):
        return
    try:
        run_note(
            task=sender.name,
            started_at=begun[0],
            ms=int((time.monotonic() - begun[1]) * 1000),
            count=count,
            error=error,
        )
    except Exception:
        log.warning("a run of %s was not noted", sender.name, exc_info=True)


def _is_news(task: str, count: int | None, failed: Any) -> bool:
    now = time.monotonic()
    is_frequent = not isinstance(watched()[task], crontab) and watched()[task] < QUIET_SECONDS
    if is_frequent and not count and not failed and now - _noted.get(task, 0) < QUIET_SECONDS:
        return False
    _noted[task] = now
    return True


def run_note(*, task: str, started_at: dt.datetime, ms: int, count: int | None, error: str) -> None:
    """Keep one run and forget the oldest beyond KEPT; opens a scope of its own."""
    with house_scope(INSTALLATION), transaction.atomic():
        TaskRun.objects.create(
            organization_id=INSTALLATION,
            task=task,
            started_at=started_at,
            ms=ms,
            result_count=count,
            error=error[:300],
        )
        mine = TaskRun.objects.filter(organization_id=INSTALLATION, task=task).order_by("-id")
        oldest = list(mine.values_list("id", flat=True)[KEPT - 1 : KEPT])
        if oldest:
            mine.filter(id__lt=oldest[0]).delete()
