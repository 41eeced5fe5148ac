"""Which figures and runs a user may see."""

from typing import Self

from django.db.models import Exists, OuterRef, Q

from msw_portal.kernel.db import ScopedQuerySet

READERS = frozenset(
    {
        "dept_head",
        "supervisor",
        "worker",
        "foundation_officer",
        "foundation_approver",
        "foundation_cashier",
    }
)


# Who speaks for a house about its figures in public.
SPEAKERS = frozenset(
    {"dept_head", "foundation_officer", "foundation_approver", "authority_officer"}
)


class OpenDataQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The house's own choice, budget and counts, for who speaks for it."""
        return self.filter(organization_id=user.house_id) if user.role in SPEAKERS else self.none()


class OpenTableQuerySet(OpenDataQuerySet):
    def public(self) -> Self:
        """What everybody reads; the wall asks for the time as well."""
        return self.filter(visible_from__isnull=False)


class RollupQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The house's own figures; the head's are narrowed to the department by the reading query."""
        return self.filter(organization_id=user.house_id) if user.role in READERS else self.none()


class SnapshotQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The house's own; an authority sees what was released of the houses of its region."""
        if user.role == "authority_officer":
            return self.filter(released_at__isnull=False)
        own = self.filter(organization_id=user.house_id, released_at__isnull=True)
        return own if user.role in READERS else self.none()

    def newest(self) -> Self:
        """Of every cell the version that stands."""
        later = self.model._default_manager.filter(restates=OuterRef("pk"))
        return self.filter(~Exists(later))


class BuiltReportQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Own ones, and those shared by the department acted in."""
        if not user.house_id or user.role not in READERS - {"worker"} | {"authority_officer"}:
            return self.none()
        shared = Q(is_shared=True, department_id=user.acting.department_id)
        rows = self.filter(organization_id=user.house_id, ended_at__isnull=True)
        return rows.filter(Q(created_by_id=user.pk) | shared)


class ReportRunQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Only the asker sees a run: it was made with the asker's scope."""
        if not user.house_id:
            return self.none()
        return self.filter(organization_id=user.house_id, requested_by_id=user.pk)


class ReportFileQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Files are reached through their run."""
        if not user.house_id:
            return self.none()
        return self.filter(organization_id=user.house_id, run__requested_by_id=user.pk)


class ReportScheduleQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """For whoever keeps them: those of the department acted in; without one, those of the house that have none."""
        if not user.house_id or user.role not in {"dept_head", "foundation_officer"}:
            return self.none()
        rows = self.filter(organization_id=user.house_id).exclude(state="ended")
        return rows.filter(department_id=user.acting.department_id)


class SignedReportQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Those of the department acted in, for who leads it."""
        if not user.house_id or user.role not in {"dept_head", "supervisor"}:
            return self.none()
        rows = self.filter(organization_id=user.house_id)
        return rows.filter(department_id=user.acting.department_id)


class AuthoritySheetQuerySet(ScopedQuerySet):
    READERS = frozenset({"dept_head", "foundation_officer", "authority_officer"})

    def visible_to(self, user) -> Self:
        """The house's own sheets that are in use."""
        if not user.house_id or user.role not in self.READERS:
            return self.none()
        return self.filter(organization_id=user.house_id, retired_at__isnull=True)
