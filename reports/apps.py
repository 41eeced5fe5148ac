from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reads everything, is read by nobody."""

    name = "reports"
    verbose_name = "统计报表"

    def ready(self) -> None:
        from msw_portal.kernel import errors
        from reports.constraints import SENTENCES

        errors.register_sentences(SENTENCES)
