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

__all__ = [
    "Application",
    "ApplicationParty",
    "ApplicationVersion",
    "BudgetLine",
    "Call",
    "CallVersion",
    "Project",
    "ProjectEvent",
    "ProjectIndicator",
    "ProjectLink",
    "ProjectReport",
    "ProjectValue",
]
