from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    """Volunteers: who they are, posts, shifts, sign-ups, service and its proof."""

    name = "volunteers"
    verbose_name = "志愿者"

    def ready(self) -> None:
        from departments.services import rule_shapes
        from msw_portal.kernel import data_classes
        from msw_portal.kernel.errors import register_sentences
        from volunteers.constraints import SENTENCES
        from volunteers.data_classes import CLASSES
        from volunteers.rule_shapes import SHAPES

        register_sentences(SENTENCES)
        data_classes.register("volunteers", CLASSES)
        rule_shapes.register(SHAPES)
