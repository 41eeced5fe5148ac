"""The portal and, on one address of the same process, Django without any middleware (B0)."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from msw_portal.wsgi import application as portal

if os.environ.get("MSW_BENCH_UNAUDITED"):
    # What the audit of reading costs is measured against the same server without it (P20).
    from departments import audit

    audit.record = lambda *_args, **_kwargs: None

with override_settings(MIDDLEWARE=[]):
    plain = WSGIHandler()


def application(environ, start_response):
    if environ["PATH_INFO"] == "/bench/bare0/":
        environ["PATH_INFO"] = "/bench/bare/"
        return plain(environ, start_response)
    return portal(environ, start_response)
