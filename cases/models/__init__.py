"""Django finds the classes here; everything else imports from the module that holds them."""

from cases.models.activities import Activity, ActivityLine, SignIn
from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent, ConsentTemplate, Disclosure, DisclosureDocument
from cases.models.duplicates import ComparedUpTo, DuplicatePair
from cases.models.families import CareFlag, Household, HouseholdMember, Milestone, SubjectRequest
from cases.models.feeds import EpisodeDrop, EpisodeFeed
from cases.models.groups import (
    Attendance,
    Group,
    GroupBudgetLine,
    GroupCoLeader,
    GroupMember,
    GroupSession,
    MemberAnswers,
)
from cases.models.holds import RecordHold
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.reporting import MandatoryReport, ReportEntry, ReportNotice
from cases.models.reveals import IdentityReveal
from cases.models.satisfaction import SatisfactionMark
from cases.models.state_aid import StateAid
from cases.models.supervision import SupervisionCase
from cases.models.team import CaseMember, CaseTransfer
from cases.models.work import Assessment, Contact, Goal, GoalNeed, Need, Plan, PlanItem

__all__ = [
    "Activity",
    "ActivityLine",
    "Assessment",
    "Attendance",
    "CareFlag",
    "Case",
    "CaseForm",
    "CaseMember",
    "CaseTransfer",
    "Client",
    "ComparedUpTo",
    "Consent",
    "ConsentTemplate",
    "Contact",
    "Disclosure",
    "DisclosureDocument",
    "DuplicatePair",
    "Episode",
    "EpisodeDrop",
    "EpisodeFeed",
    "Goal",
    "GoalNeed",
    "Group",
    "GroupBudgetLine",
    "GroupCoLeader",
    "GroupMember",
    "GroupSession",
    "Household",
    "HouseholdMember",
    "IdentityReveal",
    "MandatoryReport",
    "MemberAnswers",
    "Milestone",
    "Need",
    "Plan",
    "PlanItem",
    "RecordHold",
    "Referral",
    "RelatedPerson",
    "ReportEntry",
    "ReportNotice",
    "RiskAlert",
    "SatisfactionMark",
    "SignIn",
    "StateAid",
    "SubjectRequest",
    "SupervisionCase",
]
