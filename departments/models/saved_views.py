"""The conditions of a list that a person keeps under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.querysets import PersonalQuerySet
from msw_portal.kernel.db import PublicRow


class SavedView(PublicRow):
    """Conditions of a list under a name of one's own: codes and dates, never a person's name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organization = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, related_name="+"
    )
    list = models.CharField(max_length=20)
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(max_length=800)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="saved_view_once",
                fields=["user", "organization", "list", "name"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="saved_view_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
