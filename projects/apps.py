from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Calls, applications, experts, cultivated projects, incubation, surveys and registers: one engine."""

    name = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        from departments.services import rule_shapes, rule_words
        from msw_portal.kernel import data_classes
        from msw_portal.kernel.errors import register_sentences
        from projects.constraints import SENTENCES
        from projects.data_classes import CLASSES
        from projects.rule_shapes import NAMES, SHAPES

        register_sentences(SENTENCES)
        data_classes.register("projects", CLASSES)
        rule_shapes.register(SHAPES)
        rule_words.register(names=NAMES)
