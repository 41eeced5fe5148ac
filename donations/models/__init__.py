"""Django finds the classes here; everything else imports from the module that holds them."""

from donations.models.agreements import Agreement, RelatedParty
from donations.models.aid_agreements import AidAgreement
from donations.models.appeals import Appeal, DecisionTelling
from donations.models.arrivals import DonationArrival, DonationReturn
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
from donations.models.donors import Approach, DonorContact, DonorProfile, Recognition
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
from donations.models.hospital_gifts import GiftOpinion, HospitalGift, HospitalGiftItem
from donations.models.lane import FamilyMessage, FamilyPaper
from donations.models.ledger import (
    DonationLot,
    LedgerAccount,
    LedgerEntry,
    LedgerJournal,
    LotBalance,
)
from donations.models.matching import AidMatch
from donations.models.orders import LedgerOrder
from donations.models.payments import PaymentAnswer, PaymentLayout, PaymentLine, PaymentList
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
from donations.models.sampling import Verification, VerificationDraw, VerificationRule
from donations.models.settling import InvoiceUse, Revisit
from donations.models.statements import StatementLine
from donations.models.subjects import SubjectLink
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage

__all__ = [
    "Agreement",
    "AidMatch",
    "AidAgreement",
    "Appeal",
    "Approach",
    "Campaign",
    "CampaignFiling",
    "CampaignPartner",
    "CampaignStat",
    "CharitableTrust",
    "CharityEvent",
    "CharityProfile",
    "CharityYear",
    "CostLine",
    "DecisionTelling",
    "Disbursement",
    "DisclosureItem",
    "Distribution",
    "DistributionLine",
    "Donation",
    "DonationArrival",
    "DonationLot",
    "DonationReturn",
    "Donor",
    "DonorContact",
    "DonorProfile",
    "FamilyMessage",
    "FamilyPaper",
    "Fund",
    "FundPurpose",
    "FundTerms",
    "FundingAct",
    "FundingDuty",
    "FundingRequest",
    "GiftOpinion",
    "GoodsIntake",
    "GoodsLot",
    "GoodsSite",
    "GoodsStock",
    "HospitalGift",
    "HospitalGiftItem",
    "InvoiceUse",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerJournal",
    "LedgerOrder",
    "LotBalance",
    "PaymentAnswer",
    "PaymentLayout",
    "PaymentLine",
    "PaymentList",
    "PlatformSnapshot",
    "Programme",
    "ProgrammeVersion",
    "Receipt",
    "ReceiptSeries",
    "ReceiptWaiver",
    "Recognition",
    "RelatedParty",
    "RequestDocument",
    "RequestSheet",
    "Revisit",
    "StatementLine",
    "StockLoss",
    "StockMove",
    "SubjectLink",
    "TrustBeneficiary",
    "TrustReport",
    "Verification",
    "VerificationDraw",
    "VerificationRule",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
]
