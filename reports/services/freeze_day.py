"""On which working day of a month a house freezes the month before; heads set it on a page."""

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.house_settings import setting_read, setting_write
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from reports.permissions import can_set_freeze_day
from reports.services.freezing import WORKDAY, WORKDAY_SETTING

MOST = 15  # February of a long Spring Festival has so many


def freeze_workday(*, by: User) -> int:
    """The working day that holds in this house now."""
    return int(setting_read(by.house_id, WORKDAY_SETTING, WORKDAY))


@command
def freeze_workday_set(*, workday: int, by: User) -> int:
    """From the next night on; what is frozen already stays as it stands.

    Raises:
        DomainError: `permission.can_set_freeze_day`; `freeze.workday` on `workday`.
    """
    require(can_set_freeze_day, by, None)
    if not 1 <= workday <= MOST:
        raise DomainError("freeze.workday", _("请填 1 到 15。"), "workday")
    before = freeze_workday(by=by)
    setting_write(key=WORKDAY_SETTING, value=workday, by=by)
    audit.record("setting.freeze_day", by=by, workday=[before, workday])
    return workday
