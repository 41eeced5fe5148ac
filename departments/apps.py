from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """People, places and the mechanisms everybody shares."""

    name = "departments"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        from departments.constraints import SENTENCES
        from departments.querysets import organization_uid
        from msw_portal.kernel import crypto, errors

        crypto.use_organization_uids(organization_uid)
        errors.register_sentences(SENTENCES)
