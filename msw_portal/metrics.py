"""Figures for Prometheus: requests counted as they are answered, queues and servers read when asked.

Off unless MSW_METRICS_TOKEN or MSW_METRICS_ADDRESSES is set. Labels are route names, methods,
status codes and states: never an address, a person or a house. Several gunicorn workers write into
PROMETHEUS_MULTIPROC_DIR (deploy/gunicorn.py makes it) and each of them answers for all.
"""

import hmac
import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from departments.middleware import outside_scope
from msw_portal import health
from msw_portal.kernel.proxy import is_among

METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
REQUESTS = Counter(
    "portal_requests_total", "Requests answered.", ["route", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "portal_request_seconds",
    "Time from the first middleware to the answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)


class MetricsMiddleware:
    """Counts what is answered by the name of its route; in place only while metrics are on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        route = route_name(request)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.monotonic() - began)
        return response


def route_name(request: HttpRequest) -> str:
    """`cases:list`; `none` for an address that is nobody's, so that guesses make no new series."""
    match = request.resolver_match
    if match is None:
        # Refused before the view was looked up.
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return "none"
    return match.view_name


class States:
    """What is read from the database and Redis at the moment of asking; absent while it cannot be read."""

    def collect(self) -> Iterator[Metric]:
        found = health.report()
        up = GaugeMetricFamily("portal_up", "1 while the component's state is ok.", labels=["component"])  # fmt: skip
        for name in health.STATES:
            if found[name] != health.UNKNOWN:
                up.add_metric([name], found[name] == "ok")
        yield up
        for name, help_text in (
            ("outbox_lag_seconds", "Age of the oldest effect whose time has come."),
            ("oldest_job_seconds", "Age of the oldest job that nobody has taken."),
            ("audit_head_age_seconds", "Age of the newest linked audit entry."),
            ("audit_unchained", "Audit entries of the last hour outside the chain."),
            ("storage_free_bytes", "Room where uploaded and printed files are kept."),
        ):
            if found.get(name) is not None:
                yield GaugeMetricFamily(f"portal_{name}", help_text, value=found[name])
        if found["database"] == "ok" and found["migrations"] == "ok":
            yield from self._queues()

    @staticmethod
    def _queues() -> Iterator[Metric]:
        jobs = GaugeMetricFamily("portal_jobs", "Jobs by state.", labels=["state"])
        effects = GaugeMetricFamily("portal_outbox", "Effects by state.", labels=["state"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT queue, state, rows FROM app.queue_states()")
            for queue, state, rows in cursor.fetchall():
                (jobs if queue == "job" else effects).add_metric([state], rows)
        yield jobs
        yield effects


def registry() -> CollectorRegistry:
    """All workers' counts together with what is read now."""
    all_of_it = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(all_of_it)
    else:
        all_of_it.register(REQUESTS)
        all_of_it.register(SECONDS)
    all_of_it.register(States())
    return all_of_it


def may_read(request: HttpRequest) -> bool:
    """Whatever the settings ask for must hold: the token, the address, or both."""
    addresses = tuple(settings.METRICS_ADDRESSES)
    if addresses and not is_among(request.facts.ip, addresses):
        return False
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return not settings.METRICS_TOKEN or hmac.compare_digest(given, wanted)


@outside_scope
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; 404 while metrics are off, 401 for whoever may not read them."""
    if not settings.METRICS:
        raise Http404
    if not may_read(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)


metrics.login_required = False
