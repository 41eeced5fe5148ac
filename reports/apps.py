from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reads everything, is read by nobody."""

    name = "reports"
    verbose_name = "统计报表"

    def ready(self) -> None:
        from msw_portal.kernel import data_classes, errors, guard
        from reports.constraints import SENTENCES
        from reports.data_classes import CLASSES
        from reports.services.boards.checking import words_shortcoming

        guard.also(words_shortcoming)
        errors.register_sentences(SENTENCES)
        data_classes.register("reports", CLASSES)
