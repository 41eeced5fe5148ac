"""Groups: the plan and its counts are read by the house's care roles, what happens inside by its own people."""

from typing import Self

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cases.group_workflow import GROUP_OPEN, GROUP_RUNNING
from cases.querysets.casework import CareQuerySet
from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.scope import CARE_ROLES

INSIDE_ROLES = frozenset({"supervisor", "dept_head"})


class GroupQuerySet(CareQuerySet):
    """The plan, its budget and who leads: every care role of the house."""

    def inside_of(self, user) -> Self:
        """The groups whose members and records `user` may read: those one leads, and one's department's."""
        if user.role not in CARE_ROLES:
            return self.none()
        beside = self.model._meta.get_field("co_leaders").related_model
        own = Q(leader_id=user.pk) | Q(
            Exists(beside.objects.filter(group=OuterRef("pk"), user_id=user.pk))
        )
        if user.role in INSIDE_ROLES:
            own |= Q(department_id=user.acting.department_id)
        return self.filter(own, organization_id=user.house_id)

    def with_counts(self) -> Self:
        """Adds `joined`, `held`, `planned`, `attended` and `meetings_held`: numbers of the list, no name.

        Subqueries, so that only the page's rows are counted.
        """

        def count(related: str, path: str, **conditions) -> Coalesce:
            model = self.model._meta.get_field(related).related_model
            if path != "group":
                model = model._meta.get_field("attendances").related_model
            rows = model.objects.filter(**{path: OuterRef("pk")}, **conditions).order_by()
            counted = rows.values(path).annotate(n=Count("pk")).values("n")
            return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

        came = {"session__state": "held", "presence__in": ("present", "late")}
        return self.annotate(
            joined=count("members", "group", state="joined"),
            held=count("sessions", "group", state="held"),
            planned=count("sessions", "group", state="planned"),
            attended=count("sessions", "session__group", **came),
            meetings_held=count("meetings", "group", state__in=("held", "summarized")),
        )

    def running(self) -> Self:
        return self.filter(stage__in=GROUP_RUNNING)

    def unfinished(self) -> Self:
        return self.filter(stage__in=GROUP_OPEN)


class GroupInsideQuerySet(ScopedQuerySet):
    """Members, sessions, attendance and scales: who leads the group, its supervisors and its head."""

    def visible_to(self, user) -> Self:
        if user.role not in CARE_ROLES:
            return self.none()
        path, groups = self._way()
        return self.filter(
            **{"organization_id": user.house_id, f"{path}__in": groups.objects.inside_of(user)}
        )

    def listed_to(self, user) -> Self:
        """That a person takes part, for the person's own page and timeline: every care role of the house.

        No record, note or score is loaded with it.
        """
        if user.role not in CARE_ROLES:
            return self.none()
        return self.filter(organization_id=user.house_id)

    def _way(self):
        """How the row leads to its group: by itself, by its session or by its member."""
        for name in ("group", "session", "member"):
            if any(field.name == name for field in self.model._meta.local_fields):
                related = self.model._meta.get_field(name).related_model
                if name == "group":
                    return "group", related
                return f"{name}__group", related._meta.get_field("group").related_model
        raise LookupError(self.model.__name__)
