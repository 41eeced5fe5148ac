"""Which rows of the money side a user may see."""

from typing import Self

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from departments.querysets import TenantQuerySet, TwoPartyQuerySet
from donations.workflow import FINAL, RequestState
from msw_portal.kernel.db import ScopedQuerySet

FOUNDATION_ROLES = frozenset({"foundation_officer", "foundation_approver", "foundation_cashier"})


def _member_cases(user):
    """The cases in which the person has a part today."""
    return (
        apps.get_model("cases", "CaseMember")
        .objects.filter(
            organization_id=user.house_id, user_id=user.pk, valid__contains=timezone.localdate()
        )
        .values("case_id")
    )


def _hospital_arm(user, prefix: str = "") -> Q | None:
    """What the asking house's roles see of a request, None for nothing."""
    if user.role == "dept_head":
        return Q(**{f"{prefix}case__department_id": user.acting.department_id})
    mine = Q(**{f"{prefix}case_id__in": _member_cases(user)})
    if user.role == "worker":
        return mine | Q(**{f"{prefix}case__worker_id": user.pk})
    if user.role == "supervisor":
        return (
            mine
            | Q(**{f"{prefix}case__supervisor_id": user.pk})
            | Q(**{f"{prefix}case__worker_id": user.pk})
        )
    if user.role in {"assistant", "intern"}:
        return mine
    return None


class _ByRequest(TwoPartyQuerySet):
    prefix = ""

    def visible_to(self, user) -> Self:
        """Foundation staff and clients: sent to the own house. Hospital staff: by their part in the case."""
        if not user.house_id:
            return self.none()
        if user.role in FOUNDATION_ROLES:
            return self.sent_to(user)
        arm = _hospital_arm(user, self.prefix)
        return self.owned_by(user).filter(arm) if arm is not None else self.none()


class FundingRequestQuerySet(_ByRequest):
    def open(self) -> Self:
        """Neither finished nor refused."""
        return self.exclude(state__in=sorted(FINAL))

    def in_state(self, *states: str) -> Self:
        return self.filter(state__in=states)

    def sent(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(state=RequestState.DRAFT)

    def newest(self) -> Self:
        return self.order_by("-submitted_at", "-id")

    def of_case(self, case) -> Self:
        return self.filter(case_id=case.pk)


class RequestPartQuerySet(_ByRequest):
    """Parts of a request: seen by whoever sees the request."""

    prefix = "request__"


class SheetQuerySet(ScopedQuerySet):
    """The worker's own text: never the foundation's."""

    def visible_to(self, user) -> Self:
        if not user.house_id or user.role in FOUNDATION_ROLES:
            return self.none()
        arm = _hospital_arm(user, "request__")
        return (
            self.filter(organization_id=user.house_id).filter(arm)
            if arm is not None
            else self.none()
        )


class MoneyQuerySet(TenantQuerySet):
    """The house's funds, gifts and books: foundation staff only."""

    def visible_to(self, user) -> Self:
        return super().visible_to(user) if user.role in FOUNDATION_ROLES else self.none()


class FundQuerySet(MoneyQuerySet):
    def active(self) -> Self:
        return self.filter(state="active")


class DonationQuerySet(MoneyQuerySet):
    def awaiting_confirmation(self) -> Self:
        return self.filter(state="received")

    def newest(self) -> Self:
        return self.order_by("-received_on", "-id")


class JournalQuerySet(MoneyQuerySet):
    def newest(self) -> Self:
        return self.order_by("-posted_at", "-id")


class ProgrammeVersionQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Published versions of every foundation; the own house's drafts too."""
        if not user.house_id:
            return self.none()
        return self.filter(Q(organization_id=user.house_id) | Q(published_at__isnull=False))

    def in_force(self, on=None) -> Self:
        """Published and valid on the day (default: today)."""
        return self.filter(published_at__isnull=False, valid__contains=on or timezone.localdate())
