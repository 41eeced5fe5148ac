"""The clock: schedules as rows, read only after the portal has agreed to start."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django_celery_beat.schedulers import DatabaseScheduler

from msw_portal.kernel import guard


class Scheduler(DatabaseScheduler):
    """django-celery-beat's, which asks the database before beat says that it begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            guard.meet_database()
        except ImproperlyConfigured as error:
            guard.refuse(error)
        super().__init__(*args, **kwargs)
