"""Lists of funding requests and of gifts as files: amounts and states, no name of a patient."""

from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from departments.models.organizations import Organization
from departments.services.export_columns import Column, beside, choice, minute
from departments.services.exporting import Listing, Part, person_named
from donations.models.campaigns import Campaign
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.querysets import FOUNDATION_ROLES, MONEY_ROLES
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

GIFTS = Listing(
    kind="donations",
    roles=MONEY_ROLES,
    parts=(
        Part((Column(_("编号"), Donation, "number"),)),
        Part(
            (
                Column(_("捐赠人"), Donor, "name_masked"),
                choice(_("捐赠人类型"), Donor, "kind"),
                Column(_("统一社会信用代码"), Donor, "uscc"),
            ),
            lambda row: row.donor,
            "donor__",
        ),
        Part((Column(_("基金"), Fund, "name"),), lambda row: row.fund, "fund__"),
        Part((Column(_("用途"), FundPurpose, "text"),), lambda row: row.purpose, "purpose__"),
        Part((Column(_("募捐活动"), Campaign, "title"),), lambda row: row.campaign, "campaign__"),
        Part(
            (
                choice(_("捐赠财产"), Donation, "kind"),
                Column(_("名称、数量和质量"), Donation, "content"),
                Column(_("承诺金额"), Donation, "pledged"),
                Column(_("承诺日期"), Donation, "pledged_on"),
                Column(_("到账金额"), Donation, "amount"),
                Column(_("到账日期"), Donation, "received_on"),
                choice(_("渠道"), Donation, "channel"),
                choice(_("状态"), Donation, "state"),
                beside(_("受益地区"), Donation, "region", "region", "name"),
            )
        ),
        person_named(_("登记人"), "entered_by"),
        person_named(_("确认人"), "confirmed_by"),
    ),
    clear=(
        Part(
            (
                Column(_("捐赠人姓名或名称"), Donor, "name"),
                Column(_("证件号码"), Donor, "id_no"),
                Column(_("联系方式"), Donor, "contact"),
            ),
            lambda row: row.donor,
        ),
    ),
)
