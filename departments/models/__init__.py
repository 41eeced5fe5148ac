"""Django finds the classes here; everything else imports from the module that holds them."""

from departments.models.access import AccountCode, DirectoryAccount, KeyCheck
from departments.models.census import CensusLine, CensusReturn, PublishedFigure
from departments.models.compliance import ComplianceRecord, PasswordHistory
from departments.models.doors import InboxItem, Signature
from departments.models.imports import ImportRow, ImportRun
from departments.models.keys import KeyVersion, RekeyPart
from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.mechanisms import (
    AccessLink,
    Document,
    Draft,
    Message,
    Notification,
    Questionnaire,
    Task,
    Transition,
)
from departments.models.numbers import NumberSequence, NumberVoid
from departments.models.organizations import (
    Code,
    DatedRule,
    Department,
    Holiday,
    Organization,
    OrganizationSetting,
    Region,
)
from departments.models.people import AccessGrant, ApiClient, Membership, Role, User
from departments.models.publishing import Objection, PublicEntry
from departments.models.queues import (
    IdempotencyKey,
    Job,
    Outbox,
    RateWindow,
    SearchPosting,
    TaskRun,
)
from departments.models.register_parts import (
    DepartmentName,
    DepartmentYear,
    OrganizationCredential,
    OrganizationLink,
    OrganizationName,
    PracticeBase,
    PracticePlacement,
)
from departments.models.resources import ResourceLocation, ResourcePlace, ResourceService
from departments.models.saved_views import SavedView
from departments.models.staff import StaffCredential, StaffProfile
from departments.models.trail import AuditEntry, AuditLink

__all__ = [
    "AccessGrant",
    "AccessLink",
    "AccountCode",
    "ApiClient",
    "AuditEntry",
    "AuditLink",
    "CensusLine",
    "CensusReturn",
    "Code",
    "ComplianceRecord",
    "DatedRule",
    "Department",
    "DepartmentName",
    "DepartmentYear",
    "DirectoryAccount",
    "Document",
    "Draft",
    "Holiday",
    "IdempotencyKey",
    "ImportRow",
    "ImportRun",
    "InboxItem",
    "Job",
    "KeyCheck",
    "KeyVersion",
    "LearningAttendance",
    "LearningEvent",
    "Membership",
    "Message",
    "Notification",
    "NumberSequence",
    "NumberVoid",
    "Objection",
    "Organization",
    "OrganizationCredential",
    "OrganizationLink",
    "OrganizationName",
    "OrganizationSetting",
    "Outbox",
    "PasswordHistory",
    "PracticeBase",
    "PracticePlacement",
    "PublicEntry",
    "PublishedFigure",
    "Questionnaire",
    "RateWindow",
    "Region",
    "RekeyPart",
    "Role",
    "SavedView",
    "ResourceLocation",
    "ResourcePlace",
    "ResourceService",
    "SearchPosting",
    "Signature",
    "StaffCredential",
    "StaffProfile",
    "Task",
    "TaskRun",
    "Transition",
    "User",
]
