"""Which referrals, consents and disclosed copies a user may see."""

import datetime as dt
from typing import Self

from django.db.models import Q
from django.utils import timezone

from cases.querysets.casework import DOOR_ROLES, FOUNDATION_ROLES, in_compartments, of_visible_case
from cases.workflow import REFERRAL_OPEN
from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.scope import CARE_ROLES


class RevealQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """For the head of the department in which somebody looked."""
        if user.role != "dept_head":
            return self.none()
        return self.filter(organization_id=user.house_id, department_id=user.acting.department_id)

    def waiting(self) -> Self:
        return self.filter(reviewed_at__isnull=True)


class ReferralQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Incoming ones for those who may take them; outgoing ones for who may open their case."""
        if user.role not in CARE_ROLES:
            return self.none()
        cases = self.model._meta.get_field("case").related_model
        seen = Q(direction="out") & of_visible_case(cases, user)
        if user.role in DOOR_ROLES:
            seen |= Q(direction="in")
        return self.filter(in_compartments(user), seen, organization_id=user.house_id)

    def outgoing(self) -> Self:
        return self.filter(direction="out")

    def waiting(self) -> Self:
        return self.filter(state__in=REFERRAL_OPEN)


class ConsentQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Consents of visible cases, and a person's own that belong to no case."""
        if user.role not in CARE_ROLES:
            return self.none()
        cases = self.model._meta.get_field("case").related_model
        mine = Q(case__isnull=True) | of_visible_case(cases, user)
        return self.filter(mine, organization_id=user.house_id)

    def live(self, at: dt.datetime | None = None) -> Self:
        """Given, not withdrawn, not superseded, not lapsed, not run out at the instant (default: now)."""
        at = at or timezone.now()
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate(at)),
            withdrawn_at__isnull=True,
            superseded_at__isnull=True,
            lapsed_at__isnull=True,
        )

    def standing(self) -> Self:
        """Neither taken back nor replaced; it may have run out."""
        return self.filter(withdrawn_at__isnull=True, superseded_at__isnull=True)

    def of_person(self, client) -> Self:
        return self.filter(organization_id=client.organization_id, client__root_id=client.root_id)

    def same_matter(self, consent) -> Self:
        """The chain of consents of one person to one purpose and recipient."""
        return self.of_person(consent.client).filter(
            kind=consent.kind,
            recipient_id=consent.recipient_id,
            recipient_text=consent.recipient_text,
            purpose=consent.purpose,
        )


class ConsentTemplateQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(organization_id=user.house_id) if user.house_id else self.none()

    def in_use(self) -> Self:
        """The newest published version of each kind and language."""
        return (
            self.filter(published_at__isnull=False)
            .order_by("kind", "language", "-version")
            .distinct("kind", "language")
        )


class DisclosureQuerySet(ScopedQuerySet):
    def live(self) -> Self:
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), withdrawn_at__isnull=True
        )

    def visible_to(self, user) -> Self:
        """Recipients see what lives; the owner's side sees what was given from the cases it may open."""
        if not user.house_id:
            return self.none()
        if user.role in FOUNDATION_ROLES:
            return self.live().filter(recipient_id=user.house_id)
        if user.role == "clinician":
            return self.live().filter(
                organization_id=user.house_id, level="mdt", recipient_user_id=user.pk
            )
        if user.role == "expert_reviewer":
            return self.live().filter(
                organization_id=user.house_id, level="packet", recipient_user_id=user.pk
            )
        if user.role not in CARE_ROLES:
            return self.none()
        consents = self.model._meta.get_field("consent").related_model
        own = Q(organization_id=user.house_id, consent__in=consents.objects.visible_to(user))
        if user.role in DOOR_ROLES:
            # What another hospital sent with a referral.
            arrived = self.live().filter(recipient_id=user.house_id, level="referral")
            return self.filter(own | Q(pk__in=arrived.values("pk")))
        return self.filter(own)


class DisclosureDocumentQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        disclosures = self.model._meta.get_field("disclosure").related_model
        return self.filter(disclosure__in=disclosures.objects.visible_to(user))
