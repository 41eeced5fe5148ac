"""Django finds the classes here; everything else imports from the module that holds them."""

from projects.models.applications import Application, ApplicationParty, ApplicationVersion
from projects.models.calls import Call, CallVersion
from projects.models.cultivation import (
    BudgetLine,
    Project,
    ProjectEvent,
    ProjectIndicator,
    ProjectLink,
    ProjectReport,
    ProjectValue,
)
from projects.models.experts import Appointment, Conflict, ExpertProfile
from projects.models.incubation import (
    CoachingNote,
    NeedBankEntry,
    ProgrammeProfile,
    PurchaseContract,
    ReplicationKit,
)
from projects.models.registers import ChecklistAnswer, RegisterEntry, RegisterLink, RegisterParty
from projects.models.reviews import AssignmentRun, OutcomeLetter, Panel, Review, ReviewPlan
from projects.models.surveys import (
    ActionItem,
    SampleGroup,
    SampleUnit,
    Survey,
    SurveyAdvice,
    SurveyResponse,
)

__all__ = [
    "ActionItem",
    "Application",
    "ApplicationParty",
    "ApplicationVersion",
    "Appointment",
    "AssignmentRun",
    "BudgetLine",
    "Call",
    "CallVersion",
    "ChecklistAnswer",
    "CoachingNote",
    "Conflict",
    "ExpertProfile",
    "NeedBankEntry",
    "OutcomeLetter",
    "Panel",
    "ProgrammeProfile",
    "Project",
    "ProjectEvent",
    "ProjectIndicator",
    "ProjectLink",
    "ProjectReport",
    "ProjectValue",
    "PurchaseContract",
    "RegisterEntry",
    "RegisterLink",
    "RegisterParty",
    "ReplicationKit",
    "Review",
    "ReviewPlan",
    "SampleGroup",
    "SampleUnit",
    "Survey",
    "SurveyAdvice",
    "SurveyResponse",
]
