"""Which rows of experts, conflicts, reviews and letters a user may see."""

import datetime as dt
from typing import Any, Self

from django.db.models import Q

from msw_portal.kernel.db import ScopedQuerySet
from projects.workflow.reviews import REVIEW_LIVE, REVIEW_OPEN, ReviewState

EXPERT = "expert_reviewer"
# Who runs a call: the authority, and a foundation for its own venture calls.
DESK_ROLES = frozenset({"authority_officer", "foundation_officer", "foundation_approver"})

# Who reads in the unit what became of its applications.
LETTER_ROLES = frozenset({"dept_head", "applicant", "supervisor", "worker"})


def runs_calls(user: Any) -> bool:
    return bool(user.house_id) and user.role in DESK_ROLES and not user.is_service


class DeskQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The rows of the house that runs the call, for its desk and nobody else."""
        if not runs_calls(user):
            return self.none()
        return self.filter(organization_id=user.house_id)


class OwnedByExpertQuerySet(ScopedQuerySet):
    """The bank's rows for its keeper, an expert's own rows for the expert."""

    def visible_to(self, user: Any) -> Self:
        if not user.house_id:
            return self.none()
        rows = self.filter(organization_id=user.house_id)
        if user.role == EXPERT:
            return rows.filter(user_id=user.pk)
        return rows if runs_calls(user) else self.none()


class ExpertQuerySet(OwnedByExpertQuerySet):
    def on_roll(self) -> Self:
        return self.filter(left_on__isnull=True)

    def available(self) -> Self:
        return self.on_roll().filter(is_available=True)


class AppointmentQuerySet(OwnedByExpertQuerySet):
    def in_force(self, on: dt.date) -> Self:
        return self.filter(voided_at__isnull=True, valid__contains=on)


class ConflictQuerySet(OwnedByExpertQuerySet):
    def visible_to(self, user: Any) -> Self:
        """An expert reads what was declared by the expert, not what the house has found out."""
        rows = super().visible_to(user)
        if user.role == EXPERT:
            return rows.filter(created_by_id=user.pk, is_computed=False)
        # Whoever is concerned does not read what was found about the own standing.
        return rows.exclude(user_id=user.pk)

    def standing(self) -> Self:
        return self.filter(lifted_at__isnull=True)


class ReviewQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """An expert: the own, as long as they are the expert's; the desk: all but those of applications
        whose conflict names the person, or which the person has still to mark (sealed until then)."""
        if not user.house_id:
            return self.none()
        rows = self.filter(organization_id=user.house_id)
        if user.role == EXPERT:
            return rows.filter(expert_user_id=user.pk).exclude(state=ReviewState.RECUSED)
        if not runs_calls(user):
            return self.none()
        unsent = self.model.objects.filter(
            organization_id=user.house_id, expert_user_id=user.pk, state__in=REVIEW_OPEN
        )
        return rows.exclude(application_id__in=unsent.values("application_id")).exclude(
            application_id__in=conflicted_ids(self.model, user)
        )

    def live(self) -> Self:
        return self.filter(state__in=REVIEW_LIVE)

    def submitted(self) -> Self:
        return self.filter(state=ReviewState.SUBMITTED)

    def open(self) -> Self:
        return self.filter(state__in=REVIEW_OPEN)


def conflicted_ids(model: Any, user: Any) -> Any:
    """The applications of the house in which the person is conflicted; `model` has a key to the application."""
    conflict = model._meta.apps.get_model("projects", "Conflict")
    return conflict.objects.filter(
        organization_id=user.house_id, user_id=user.pk, lifted_at__isnull=True
    ).values("application_id")


class LetterQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The desk: what the house writes; a unit: what was sent to it."""
        if not user.house_id:
            return self.none()
        if runs_calls(user):
            rows = self.filter(organization_id=user.house_id)
            return rows.exclude(application_id__in=conflicted_ids(self.model, user))
        if user.role in LETTER_ROLES:
            return self.filter(counterparty_id=user.house_id).filter(~Q(sent_at=None))
        return self.none()
