from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """People, places and the mechanisms everybody shares."""

    name = "departments"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        from departments.constraints import SENTENCES
        from departments.data_classes import CLASSES
        from departments.querysets import organization_uid
        from departments.services import task_runs
        from departments.services.key_checks import key_file_shortcoming
        from msw_portal.kernel import crypto, data_classes, errors, guard

        crypto.use_organization_uids(organization_uid)
        guard.also(key_file_shortcoming)
        errors.register_sentences(SENTENCES)
        data_classes.register("departments", CLASSES)
        task_runs.connect()
