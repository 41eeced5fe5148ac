"""The Celery application: Redis is the doorbell, the rows in PostgreSQL are the queue."""

import os

from celery import Celery, signals
from django.core.exceptions import ImproperlyConfigured

from msw_portal.kernel import guard, logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
# Django's checks load every address and form: half of a worker's start, and whatever was in its hands waits for it.
# `migrate`, which comes before any worker, has run them; what must hold at every start `guard` asks below.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

guard.speak_plainly()
app = Celery("msw_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def _keep_our_logging(**_given: object) -> None:
    """Django's LOGGING stands already; while somebody listens here, Celery sets up none of its own."""
    logs.catch_what_nobody_catches()


@signals.celeryd_init.connect
def _refuse_or_begin(**_given: object) -> None:
    """A worker says in one sentence why it does not start, before it takes any work (beat: ticking.py)."""
    try:
        guard.meet_database()
    except ImproperlyConfigured as error:
        guard.refuse(error)
