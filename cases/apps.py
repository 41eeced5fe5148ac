from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Patients and the help they get."""

    name = "cases"
    verbose_name = "个案"

    def ready(self) -> None:
        from cases.constraints import SENTENCES
        from msw_portal.kernel.errors import register_sentences

        register_sentences(SENTENCES)
