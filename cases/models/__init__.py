"""Django finds the classes here; everything else imports from the module that holds them."""

from cases.models.casework import Case, CaseForm, CaseMember, Referral, RiskAlert
from cases.models.consents import Consent, ConsentTemplate, Disclosure, DisclosureDocument
from cases.models.people import Client, Episode, RelatedPerson
from cases.models.work import Assessment, Contact, Goal, GoalNeed, Need, Plan

__all__ = [
    "Assessment",
    "Case",
    "CaseForm",
    "CaseMember",
    "Client",
    "Consent",
    "ConsentTemplate",
    "Contact",
    "Disclosure",
    "DisclosureDocument",
    "Episode",
    "Goal",
    "GoalNeed",
    "Need",
    "Plan",
    "Referral",
    "RelatedPerson",
    "RiskAlert",
]
