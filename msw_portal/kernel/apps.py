from django.apps import AppConfig
from django.db.backends.signals import connection_created

from msw_portal.kernel import words
from msw_portal.kernel.guard import refuse_unfit


class KernelConfig(AppConfig):
    """Registered for its template tags and the guard of the first connection; it has no tables."""

    name = "msw_portal.kernel"
    label = "kernel"

    def ready(self) -> None:
        connection_created.connect(refuse_unfit, dispatch_uid="kernel.refuse_unfit")
        words.say_once()
