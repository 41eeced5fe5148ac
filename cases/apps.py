from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Patients and the help they get."""

    name = "cases"
    verbose_name = "个案"

    def ready(self) -> None:
        from cases import receivers
        from cases.constraints import SENTENCES
        from cases.data_classes import CLASSES
        from msw_portal.kernel import data_classes
        from msw_portal.kernel.errors import register_sentences

        register_sentences(SENTENCES)
        data_classes.register("cases", CLASSES)
        receivers.connect()
