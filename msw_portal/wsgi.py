"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from msw_portal.kernel import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
application = get_wsgi_application()
logs.catch_what_nobody_catches()
