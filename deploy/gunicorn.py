"""How gunicorn serves the portal: `gunicorn --config deploy/gunicorn.py msw_portal.wsgi`."""

import os
import shutil
import tempfile
from pathlib import Path

from msw_portal.kernel import logs

bind = f"0.0.0.0:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
# Loaded once and forked: what the workers never write, half of what each of them holds, is in memory once.
preload_app = True
worker_class = "msw_portal.serving.PortalWorker"
# Heartbeats of the workers: in memory, so that a slow disk does not look like a hanging worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
graceful_timeout = 10
# It would lie in the home folder, one for all portals of this user.
control_socket_disable = True
# The portal itself says what happened, by route; what gunicorn says goes the same way.
logconfig_dict = logs.configuration(logs.form_of(os.environ))

if os.environ.get("MSW_METRICS_TOKEN") or os.environ.get("MSW_METRICS_ADDRESSES"):
    # Every worker counts into files of its own here, and each of them can answer for all.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="msw-metrics-")


def child_exit(server: object, worker: object) -> None:
    """A worker's counts stay when it is gone; what it said about the moment does not."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server: object) -> None:
    """The counts end with the server: Prometheus sees a restart by itself."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
