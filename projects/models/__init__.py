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
from projects.models.reviews import AssignmentRun, OutcomeLetter, Panel, Review, ReviewPlan

__all__ = [
    "Application",
    "ApplicationParty",
    "ApplicationVersion",
    "Appointment",
    "AssignmentRun",
    "BudgetLine",
    "Call",
    "CallVersion",
    "Conflict",
    "ExpertProfile",
    "OutcomeLetter",
    "Panel",
    "Project",
    "ProjectEvent",
    "ProjectIndicator",
    "ProjectLink",
    "ProjectReport",
    "ProjectValue",
    "Review",
    "ReviewPlan",
]
