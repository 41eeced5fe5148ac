"""Hours as a file, with the fields of the national volunteer information system's records."""

from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.services.export_columns import Column, choice, day, minute
from departments.services.exporting import Listing, Part
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.querysets import KEEPING_ROLES

HOURS = Listing(
    kind="volunteer_hours",
    roles=KEEPING_ROLES,
    parts=(
        Part(
            (
                Column(_("志愿者编号"), Volunteer, "national_no"),
                Column(_("志愿者"), Volunteer, "name_masked"),
            ),
            lambda row: row.volunteer,
            "volunteer__",
        ),
        Part(
            (
                Column(_("志愿服务项目（岗位）"), ServiceRecord, "title"),
                day(_("服务日期"), ServiceRecord, "checked_in"),
                minute(_("开始时间"), ServiceRecord, "checked_in"),
                minute(_("结束时间"), ServiceRecord, "checked_out"),
                Column(_("休息分钟"), ServiceRecord, "break_minutes"),
                Column(_("服务时长（小时）"), ServiceRecord, "hours"),
                Column(_("服务人数"), ServiceRecord, "persons"),
                choice(_("状态"), ServiceRecord, "state"),
                minute(_("确认时间"), ServiceRecord, "confirmed_at"),
            )
        ),
        Part(
            (Column(_("记录单位"), Organization, "name"),),
            lambda row: row.organization,
            "organization__",
        ),
    ),
    clear=(
        Part(
            (
                Column(_("姓名"), Volunteer, "name"),
                Column(_("证件号码"), Volunteer, "id_no"),
                Column(_("手机号"), Volunteer, "phone"),
            ),
            lambda row: row.volunteer,
        ),
        Part((Column(_("服务内容"), ServiceRecord, "content"),)),
    ),
)
