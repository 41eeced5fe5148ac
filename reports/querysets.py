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
