"""What gunicorn serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from msw_portal.kernel import guard, logs, words
from msw_portal.serving import reads_to_the_end

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
# Loading makes half a million objects and no garbage: to look through them over and over is a quarter of the start.
gc.disable()
try:
    application = reads_to_the_end(get_wsgi_application())
    guard.meet_database()
    import_module(settings.ROOT_URLCONF)  # here and not while the first reader waits
except ImproperlyConfigured as error:
    guard.refuse(error)
words.keep_found()
logs.catch_what_nobody_catches()
gc.freeze()
gc.enable()
