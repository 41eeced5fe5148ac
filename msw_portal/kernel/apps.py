from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Registered for its template tags; it has no tables."""

    name = "msw_portal.kernel"
    label = "kernel"
