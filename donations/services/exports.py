"""Lists of funding requests as files: amounts, states and pseudonyms, no name."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from departments.models.organizations import Organization
from departments.services.exporting import Column, Listing, Part
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.querysets import FOUNDATION_ROLES
from msw_portal.kernel.scope import CARE_ROLES


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


NUMBER = Part((Column(_("编号"), FundingRequest, "number"),))
PROGRAMME = Part((Column(_("项目"), ProgrammeVersion, "name"),), lambda row: row.programme_version)
FACTS = Part(
    (
        Column(_("状态"), FundingRequest, "state", lambda row: row.get_state_display()),
        Column(_("申请金额"), FundingRequest, "requested"),
        Column(_("批准金额"), FundingRequest, "approved"),
        Column(_("已拨付"), FundingRequest, "disbursed"),
        Column(
            _("提交时间"), FundingRequest, "submitted_at", lambda row: _moment(row.submitted_at)
        ),
        Column(_("办理期限"), FundingRequest, "due_at", lambda row: _moment(row.due_at)),
    )
)
ASKED = Listing(
    kind="funding_requests",
    roles=CARE_ROLES,
    parts=(
        NUMBER,
        PROGRAMME,
        Part(
            (Column(_("服务对象"), Client, "name_masked"),),
            lambda row: row.case and row.case.client.person,
        ),
        FACTS,
    ),
)
SENT = Listing(
    kind="funding_requests",
    roles=FOUNDATION_ROLES,
    parts=(
        NUMBER,
        PROGRAMME,
        Part((Column(_("医院"), Organization, "name"),), lambda row: row.organization),
        Part((Column(_("对象代号"), FundingRequest, "subject_code"),)),
        FACTS,
    ),
)
