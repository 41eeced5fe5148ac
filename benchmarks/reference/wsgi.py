"""The portal and, on one address of the same process, Django without any middleware (B0)."""

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from msw_portal.wsgi import application as portal

with override_settings(MIDDLEWARE=[]):
    plain = WSGIHandler()


def application(environ, start_response):
    if environ["PATH_INFO"] == "/bench/bare0/":
        environ["PATH_INFO"] = "/bench/bare/"
        return plain(environ, start_response)
    return portal(environ, start_response)
