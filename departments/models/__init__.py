"""Django finds the classes here; everything else imports from the module that holds them."""

from departments.models.doors import InboxItem, Signature
from departments.models.mechanisms import (
    AccessLink,
    Document,
    Draft,
    Message,
    Notification,
    NumberSequence,
    NumberVoid,
    Questionnaire,
    Task,
    Transition,
)
from departments.models.organizations import (
    Code,
    DatedRule,
    Department,
    Organization,
    OrganizationCredential,
    OrganizationLink,
    OrganizationName,
    OrganizationSetting,
    Region,
)
from departments.models.people import AccessGrant, ApiClient, Membership, Role, User
from departments.models.queues import (
    IdempotencyKey,
    Job,
    Outbox,
    RateWindow,
    SearchPosting,
)
from departments.models.trail import AuditEntry, AuditLink

__all__ = [
    "AccessGrant",
    "AccessLink",
    "ApiClient",
    "AuditEntry",
    "AuditLink",
    "Code",
    "DatedRule",
    "Department",
    "Document",
    "Draft",
    "IdempotencyKey",
    "InboxItem",
    "Job",
    "Membership",
    "Message",
    "Notification",
    "NumberSequence",
    "NumberVoid",
    "Organization",
    "OrganizationCredential",
    "OrganizationLink",
    "OrganizationName",
    "OrganizationSetting",
    "Outbox",
    "Questionnaire",
    "RateWindow",
    "Region",
    "Role",
    "SearchPosting",
    "Signature",
    "Task",
    "Transition",
    "User",
]
