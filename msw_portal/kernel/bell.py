"""Ring a worker through Redis: losing the bell costs seconds, never the work, and never the page."""

import logging
import time

from celery import current_app

log = logging.getLogger(__name__)
QUIET_SECONDS = 10
_quiet_until = 0.0


def ring(task: str, *args: str, queue: str) -> bool:
    """Send the task by name; False when Redis is away, and then nobody tries again for ten seconds."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task(task, args=args, queue=queue, retry=False)
    except (
        Exception
    ) as error:  # the row is the queue: whatever the broker does must not reach the page
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("the bell is silent: %s", type(error).__name__)
        return False
    return True
