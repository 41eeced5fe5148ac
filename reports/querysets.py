"""Which figures and runs a user may see."""

from typing import Self

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


class RollupQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The house's own figures; the head's are narrowed to the department by the reading query."""
        return self.filter(organization_id=user.house_id) if user.role in READERS else self.none()


class SnapshotQuerySet(RollupQuerySet):
    pass


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
