"""What parts of an application and of a project have in common."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from msw_portal.kernel.db import SharedRow


class Owned(models.Model):
    """A row of an application or of a project, never of both; the parties follow by a trigger."""

    application = models.ForeignKey(
        "projects.Application", models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    project = models.ForeignKey(
        "projects.Project", models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    rank = models.SmallIntegerField(_("顺序"), default=0)

    class Meta:
        abstract = True


ONE_OWNER = Q(application__isnull=True, project__isnull=False) | Q(
    application__isnull=False, project__isnull=True
)


class PartneredRow(SharedRow):
    """A part that the cultivating partner reads and writes too; the three follow the project by a trigger."""

    partner = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        abstract = True
