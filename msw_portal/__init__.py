import gc

# Before a fourth of the time in which a process starts was a search for garbage in what has just been read.
gc.set_threshold(50_000, 20, 50)

from msw_portal.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
