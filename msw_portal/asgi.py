"""The ASGI twin of wsgi.py; nothing here needs it yet, servers that speak only ASGI do."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
application = get_asgi_application()
