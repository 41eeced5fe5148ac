"""Which contracts, kits, programmes and banked needs a user may see."""

from typing import Any, Self

from django.db.models import Q

from departments.querysets import OpenQuerySet, TwoPartyQuerySet
from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.scope import CARE_ROLES
from projects.querysets.calls import AUTHORITY, ISSUER_ROLES, UNIT_ROLES
from projects.querysets.cultivation import ProjectPartQuerySet


class ContractQuerySet(TwoPartyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The buyer's and the operator's."""
        if not user.house_id:
            return self.none()
        if user.role in ISSUER_ROLES:
            return self.sent_to(user)
        return self.owned_by(user) if user.role in UNIT_ROLES else self.none()


class CoachingQuerySet(ProjectPartQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Between two: who wrote them, and who leads the unit; nobody else of either house."""
        rows = super().visible_to(user)
        if user.role == "dept_head":
            return rows
        return rows.filter(Q(event__created_by_id=user.pk) | Q(project__leader_id=user.pk))


class NeedBankQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The hospital's own entries; an authority those of its region, on the same ground."""
        if not user.house_id:
            return self.none()
        if user.role == AUTHORITY:
            return self.filter(
                released_at__isnull=False, organization__is_training=user.acting.is_training
            )
        return (
            self.filter(organization_id=user.house_id) if user.role in CARE_ROLES else self.none()
        )


class KitQuerySet(OpenQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Published kits are for every unit and issuer; what is not published yet, the unit's own."""
        rows = super().visible_to(user)
        return rows if user.role in UNIT_ROLES | ISSUER_ROLES else self.none()

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)


class ProfileQuerySet(OpenQuerySet):
    """What a programme says of itself: its keeper's, and everybody's once published."""
