"""Whom a form of projects offers: units, partners, leaders."""

from django.db.models import QuerySet
from django.utils import timezone

from departments.models.organizations import Organization
from departments.models.people import User
from projects.models.cultivation import Project

UNIT_KINDS = (
    "hospital",
    "community_health",
    "public_health",
    "agency",
    "association",
    "foundation",
    "government",
)
LEADERS = ("worker", "supervisor", "dept_head", "applicant")


def units_for(user: User) -> QuerySet[Organization]:
    """Bodies that may carry out a project, on the ground of the person's house."""
    rows = Organization.objects.on_ground_of(user).filter(ended_on__isnull=True)
    return rows.filter(kind__in=UNIT_KINDS).order_by("name")


def partners_for(user: User) -> QuerySet[Organization]:
    """Associations and agencies that sign in: one of them may be entrusted with a project."""
    rows = Organization.objects.on_ground_of(user).filter(is_tenant=True, ended_on__isnull=True)
    return rows.filter(kind__in=("association", "agency")).order_by("name")


def leaders_of(project: Project) -> QuerySet[User]:
    """Who works for the unit today and may lead its project."""
    rows = User.objects.filter(
        memberships__organization_id=project.organization_id,
        memberships__role__in=LEADERS,
        memberships__valid__contains=timezone.localdate(),
        is_active=True,
    )
    return rows.distinct().order_by("display_name")
