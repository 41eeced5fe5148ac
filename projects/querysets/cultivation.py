"""Which projects and their parts a user may see."""

from typing import Self

from django.db.models import Q

from departments.querysets import TenantQuerySet, TwoPartyQuerySet
from projects.querysets.calls import ISSUER_ROLES, UNIT_ROLES

# Who works for a cultivation partner (培育支持机构): the projects entrusted to it, and no others.
PARTNER_ROLE = "partner_officer"


class ProjectQuerySet(TwoPartyQuerySet):
    """The unit's own; the issuer's selected; the partner's entrusted."""

    prefix = ""

    def entrusted_to(self, user) -> Self:
        return self.filter(partner_id=user.house_id)

    def visible_to(self, user) -> Self:
        if not user.house_id:
            return self.none()
        if user.role == PARTNER_ROLE:
            return self.entrusted_to(user)
        if user.role in ISSUER_ROLES:
            return self.sent_to(user)
        if user.role not in UNIT_ROLES:
            return self.none()
        rows = self.owned_by(user)
        if user.role != "applicant":
            return rows
        mine = Q(**{f"{self.prefix}created_by_id": user.pk})
        return rows.filter(mine | Q(**{f"{self.prefix}leader_id": user.pk}))


class ProjectPartQuerySet(ProjectQuerySet):
    prefix = "project__"


class ProjectValueQuerySet(ProjectQuerySet):
    prefix = "indicator__project__"

    def entrusted_to(self, user) -> Self:
        """Values are told to a partner by the reports; the rows are the two sides'."""
        return self.none()


class OwnedPartQuerySet(TwoPartyQuerySet):
    """Rows of an application or of a project: seen by whoever sees the owner."""

    def visible_to(self, user) -> Self:
        if not user.house_id:
            return self.none()
        if user.role in ISSUER_ROLES:
            return self.sent_to(user)
        if user.role not in UNIT_ROLES:
            return self.none()
        rows = self.owned_by(user)
        if user.role != "applicant":
            return rows
        mine = Q()
        for owner in ("application", "project"):
            mine |= Q(**{f"{owner}__created_by_id": user.pk}) | Q(
                **{f"{owner}__leader_id": user.pk}
            )
        return rows.filter(mine)


class ProjectLinkQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        rows = super().visible_to(user)
        return rows if user.role in UNIT_ROLES - {"applicant"} else self.none()
