"""The application on a phone, without an account."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.forms.doors import DoorForm
from cases.forms.fields import Yes
from msw_portal.kernel.errors import DomainError
from volunteers.forms.people import VolunteerForm
from volunteers.services.joining import application_check


class ApplicationForm(VolunteerForm, DoorForm):
    """What an applicant says; the house's own column is left out."""

    national_no = None
    agrees = Yes(
        label=_("我同意医院为志愿服务使用上面填的内容"),
        must=_("要您同意，医院才能登记您的申请。"),
    )

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.organization_id = organization_id

    def clean_reason(self) -> str:
        return ""

    @property
    def payload(self) -> dict[str, Any]:
        """What is kept of a valid form."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "once"}
        born = kept.get("birth_date")
        return kept | {"birth_date": born.isoformat() if born else None}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                application_check(organization_id=self.organization_id, given=self.payload)
            except DomainError as error:
                field = error.field if error.field in self.fields else None
                self.add_error(field, str(error))
        return cleaned
