from django.apps import AppConfig
from django.db.backends.signals import connection_created

from msw_portal.kernel.guard import refuse_owner


class KernelConfig(AppConfig):
    """Registered for its template tags and the guard of the database role; it has no tables."""

    name = "msw_portal.kernel"
    label = "kernel"

    def ready(self) -> None:
        connection_created.connect(refuse_owner, dispatch_uid="kernel.refuse_owner")
