"""Which calls and applications a user may see."""

from typing import Self

from django.db.models import Q
from django.utils import timezone

from departments.querysets import OpenQuerySet, TwoPartyQuerySet
from projects.querysets.experts import DESK_ROLES, conflicted_ids

# Who issues: authorities any call, foundations a venture call.
AUTHORITY = "authority_officer"
ISSUER_ROLES = DESK_ROLES
# Who writes the unit's applications; the head or the applicant hands them in.
UNIT_ROLES = frozenset({"worker", "dept_head", "applicant"})


class CallQuerySet(OpenQuerySet):
    def visible_to(self, user) -> Self:
        """The own house's calls, and what others have published; of the roles that issue or apply."""
        if user.role not in ISSUER_ROLES | UNIT_ROLES:
            return self.none()
        rows = super().visible_to(user)
        return rows if user.role in ISSUER_ROLES else rows.filter(published_at__isnull=False)

    def issued_by(self, user) -> Self:
        return self.filter(organization_id=user.house_id)

    def taking(self) -> Self:
        """Open for applications by the clock, whatever the job has done so far."""
        now = timezone.now()
        return self.filter(
            state__in=["published", "accepting"], opens_at__lte=now, closes_at__gte=now
        )


class CallVersionQuerySet(OpenQuerySet):
    def visible_to(self, user) -> Self:
        return super().visible_to(user) if user.role in ISSUER_ROLES | UNIT_ROLES else self.none()


class ApplicationQuerySet(TwoPartyQuerySet):
    """The unit's side: worker and head the house's, an applicant the own. The issuer's: what was handed in."""

    prefix = ""

    def visible_to(self, user) -> Self:
        if not user.house_id:
            return self.none()
        if user.role in ISSUER_ROLES:
            return self._issued(user)
        if user.role not in UNIT_ROLES:
            return self.none()
        rows = self.owned_by(user)
        if user.role != "applicant":
            return rows
        mine = Q(**{f"{self.prefix}created_by_id": user.pk})
        return rows.filter(mine | Q(**{f"{self.prefix}leader_id": user.pk}))

    def _issued(self, user) -> Self:
        """What was handed in to the house, but for that in which the person has a part (a standing conflict)."""
        own = conflicted_ids(self.model, user)
        return self.sent_to(user).exclude(**{f"{self.prefix}pk__in": own})

    def handed_in(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def with_words(self, words: str) -> Self:
        """Number, title or unit holds the words."""
        return self.filter(
            Q(number__icontains=words) | Q(title__icontains=words) | Q(unit_name__icontains=words)
        )


class ApplicationPartQuerySet(ApplicationQuerySet):
    """Parts of an application: seen by whoever sees it."""

    prefix = "application__"


class PartyQuerySet(ApplicationPartQuerySet):
    def listed_to(self, user) -> Self:
        """What other units asked the own house to apply for with them."""
        if not user.house_id or user.role not in UNIT_ROLES:
            return self.none()
        return self.filter(partner_id=user.house_id, role="co_applicant").exclude(state="ended")
