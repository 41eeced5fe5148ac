"""Django finds the classes here; everything else imports from the module that holds them."""

from donations.models.campaigns import (
    Campaign,
    CampaignFiling,
    CampaignPartner,
    CampaignStat,
    PlatformSnapshot,
)
from donations.models.charities import (
    CharitableTrust,
    FundTerms,
    TrustBeneficiary,
    TrustReport,
)
from donations.models.disclosure import CharityEvent, CharityYear, DisclosureItem
from donations.models.giving import CharityProfile, Donation, Donor, Fund, FundPurpose
from donations.models.goods import (
    Distribution,
    DistributionLine,
    GoodsIntake,
    GoodsLot,
    GoodsSite,
    GoodsStock,
    StockLoss,
    StockMove,
)
from donations.models.ledger import (
    DonationLot,
    LedgerAccount,
    LedgerEntry,
    LedgerJournal,
    LotBalance,
)
from donations.models.orders import LedgerOrder
from donations.models.payout import Disbursement
from donations.models.programmes import Programme, ProgrammeVersion
from donations.models.receipts import Receipt, ReceiptSeries, ReceiptWaiver
from donations.models.requests import (
    CostLine,
    FundingAct,
    FundingDuty,
    FundingRequest,
    RequestDocument,
    RequestSheet,
)
from donations.models.statements import StatementLine
from donations.models.subjects import SubjectLink
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage

__all__ = [
    "Campaign",
    "CampaignFiling",
    "CampaignPartner",
    "CampaignStat",
    "CharitableTrust",
    "CharityEvent",
    "CharityProfile",
    "CharityYear",
    "CostLine",
    "Disbursement",
    "Distribution",
    "DistributionLine",
    "DisclosureItem",
    "Donation",
    "DonationLot",
    "Donor",
    "Fund",
    "FundPurpose",
    "FundTerms",
    "FundingAct",
    "FundingDuty",
    "FundingRequest",
    "GoodsIntake",
    "GoodsLot",
    "GoodsSite",
    "GoodsStock",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerJournal",
    "LedgerOrder",
    "LotBalance",
    "PlatformSnapshot",
    "Programme",
    "ProgrammeVersion",
    "Receipt",
    "ReceiptSeries",
    "ReceiptWaiver",
    "RequestDocument",
    "RequestSheet",
    "StockLoss",
    "StockMove",
    "StatementLine",
    "SubjectLink",
    "TrustBeneficiary",
    "TrustReport",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
]
