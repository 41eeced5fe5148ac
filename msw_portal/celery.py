"""The Celery application: Redis is the doorbell, the rows in PostgreSQL are the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")

app = Celery("msw_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
