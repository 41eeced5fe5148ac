"""Lists of funding requests as files: amounts, states and pseudonyms, no name."""

from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from departments.models.organizations import Organization
from departments.services.export_columns import Column, choice, minute
from departments.services.exporting import Listing, Part
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.querysets import FOUNDATION_ROLES
from msw_portal.kernel.scope import CARE_ROLES

NUMBER = Part((Column(_("编号"), FundingRequest, "number"),))
PROGRAMME = Part(
    (Column(_("项目"), ProgrammeVersion, "name"),),
    lambda row: row.programme_version,
    "programme_version__",
)
FACTS = Part(
    (
        choice(_("状态"), FundingRequest, "state"),
        Column(_("申请金额"), FundingRequest, "requested"),
        Column(_("批准金额"), FundingRequest, "approved"),
        Column(_("已拨付"), FundingRequest, "disbursed"),
        minute(_("提交时间"), FundingRequest, "submitted_at"),
        minute(_("办理期限"), FundingRequest, "due_at"),
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
            "case__client__root__",
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
        Part(
            (Column(_("医院"), Organization, "name"),),
            lambda row: row.organization,
            "organization__",
        ),
        Part((Column(_("对象代号"), FundingRequest, "subject_code"),)),
        FACTS,
    ),
)
