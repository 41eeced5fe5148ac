"""What gunicorn serves."""

import gc
import os
from importlib import import_module

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch

from msw_portal.kernel import guard, logs, words
from msw_portal.serving import reads_to_the_end


class Handler(WSGIHandler):
    """Takes the view that ScopeMiddleware has looked up: to find one is to try four hundred patterns."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        found = getattr(request, "found_view", None)
        if found is None or hasattr(request, "urlconf"):
            return super().resolve_request(request)
        request.resolver_match = found
        return found


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
# Loading makes half a million objects and no garbage: to look through them over and over is a quarter of the start.
gc.disable()
try:
    django.setup(set_prefix=False)
    application = reads_to_the_end(Handler())
    guard.meet_database()
    import_module(settings.ROOT_URLCONF)  # here and not while the first reader waits
except ImproperlyConfigured as error:
    guard.refuse(error)
words.keep_found()
logs.catch_what_nobody_catches()
gc.freeze()
gc.enable()
