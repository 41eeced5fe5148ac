"""What gunicorn serves."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from msw_portal.kernel import guard, logs
from msw_portal.serving import reads_to_the_end

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
try:
    application = reads_to_the_end(get_wsgi_application())
    guard.meet_database()
except ImproperlyConfigured as error:
    guard.refuse(error)
logs.catch_what_nobody_catches()
