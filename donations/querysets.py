"""Which rows of the money side a user may see."""

from typing import Self

from django.db.models import Q
from django.utils import timezone

from departments.querysets import TenantQuerySet, TwoPartyQuerySet
from donations.disclosure_workflow import WAITING
from donations.workflow import FINAL, RequestState
from msw_portal.kernel.db import ScopedQuerySet
from msw_portal.kernel.scope import CARE_ROLES
from projects.querysets.calls import UNIT_ROLES

FOUNDATION_ROLES = frozenset({"foundation_officer", "foundation_approver", "foundation_cashier"})
WEBHOOK_ROLES = frozenset({"secadmin", "foundation_officer", "foundation_approver"})
# Who meets the money of the own house: a foundation's staff, and a hospital's finance department for its own fund.
MONEY_ROLES = FOUNDATION_ROLES | {"finance"}
# Who may be asked about a gift to the hospital.
GIFT_ROLES = frozenset({"dept_head", "finance", "office", "supervisor", "worker", "clinician"})
# Who talks with givers.
ASKING_ROLES = MONEY_ROLES | {"worker", "supervisor", "dept_head"}


class _ByRequest(TwoPartyQuerySet):
    prefix = ""

    def _rows_of(self, column: str):
        """The case's or project's model: this file stands below the models and asks for it by its column."""
        model = self.model
        for name in [part for part in self.prefix.split("__") if part]:
            model = model._meta.get_field(name).related_model
        return model._meta.get_field(column).related_model.objects

    def visible_to(self, user) -> Self:
        """Foundation staff and clients: sent to the own house. The hospital: of the cases one may open, never by
        break-glass, and of the unit's projects."""
        if not user.house_id:
            return self.none()
        if user.role in FOUNDATION_ROLES:
            return self.sent_to(user)
        if user.role not in CARE_ROLES | UNIT_ROLES:
            return self.none()
        if user.role == "applicant":
            own = self._rows_of("project").visible_to(user)
            return self.owned_by(user).filter(**{f"{self.prefix}project__in": own})
        mine = Q(pk__in=[])
        if user.role in CARE_ROLES:
            mine |= self._rows_of("case").all().kept_through(user, f"{self.prefix}case")
        if user.role in UNIT_ROLES:
            mine |= Q(**{f"{self.prefix}project__isnull": False})
        return self.owned_by(user).filter(mine)


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


class AppealQuerySet(RequestPartQuerySet):
    """Appeals: seen by whoever sees the request they are about."""

    def waiting(self) -> Self:
        """Not answered and not taken back."""
        return self.filter(state__in=["raised", "acknowledged"])

    def newest(self) -> Self:
        return self.order_by("-raised_at", "-id")


class SheetQuerySet(_ByRequest):
    """The worker's own text: never the foundation's."""

    prefix = "request__"

    def visible_to(self, user) -> Self:
        return self.none() if user.role in FOUNDATION_ROLES else super().visible_to(user)


class SubjectLinkQuerySet(TwoPartyQuerySet):
    def visible_to(self, user) -> Self:
        """Both houses read them: codes alone, of which neither tells who it is."""
        if user.role in FOUNDATION_ROLES:
            return self.sent_to(user)
        return self.owned_by(user) if user.role in CARE_ROLES else self.none()

    def live(self) -> Self:
        return self.filter(ended_at__isnull=True)


class MoneyQuerySet(TenantQuerySet):
    """The house's funds, gifts and books: its own money side only."""

    def visible_to(self, user) -> Self:
        return super().visible_to(user) if user.role in MONEY_ROLES else self.none()


class PaymentQuerySet(TenantQuerySet):
    """What a foundation orders its bank to pay, and what it looks at again: its own staff only."""

    def visible_to(self, user) -> Self:
        return super().visible_to(user) if user.role in FOUNDATION_ROLES else self.none()


class DonorQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The house's donors, to those who keep its money or talk with givers."""
        return super().visible_to(user) if user.role in ASKING_ROLES else self.none()

    def bodies(self) -> Self:
        """Organizations: persons are entered anew and never listed in a form."""
        return self.exclude(kind__in=["person", "anonymous"])


class ApproachQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The whole house's talks with givers: who has asked a company already is what one looks up."""
        return super().visible_to(user) if user.role in ASKING_ROLES else self.none()

    def newest(self) -> Self:
        return self.order_by("-on", "-id")


class RelatedPartyQuerySet(MoneyQuerySet):
    def in_force(self, on=None) -> Self:
        """Ties that hold on the day (default: today)."""
        return self.filter(valid__contains=on or timezone.localdate())


class HospitalGiftQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The department's head and the finance department: the house's. Everybody else: where one's opinion is asked."""
        own = super().visible_to(user)
        if user.role in {"dept_head", "finance"}:
            return own
        return own.filter(Q(opinions__person_id=user.pk) | Q(decided_by_id=user.pk)).distinct()

    def newest(self) -> Self:
        return self.order_by("-id")


class HospitalGiftItemQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """What was counted of a gift, to whoever reads the gift."""
        own = super().visible_to(user)
        if user.role in {"dept_head", "finance"}:
            return own
        asked = Q(gift__opinions__person_id=user.pk) | Q(gift__decided_by_id=user.pk)
        return own.filter(asked).distinct()


class OpinionQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The own one; all of them for the department's head and the finance department."""
        own = super().visible_to(user)
        return own if user.role in {"dept_head", "finance"} else own.filter(person_id=user.pk)


class FundQuerySet(MoneyQuerySet):
    def active(self) -> Self:
        return self.filter(state="active")


class DonationQuerySet(MoneyQuerySet):
    def newest(self) -> Self:
        return self.order_by("-received_on", "-id")


class CampaignQuerySet(MoneyQuerySet):
    """The house's campaigns and figures of platforms; the public reads them by a service of its own."""

    def newest(self) -> Self:
        return self.order_by("-starts_on", "-id")


class GoodsQuerySet(MoneyQuerySet):
    """Goods of the house, their sites, movements and sheets."""

    def newest(self) -> Self:
        return self.order_by("-id")


class ReceiptQuerySet(MoneyQuerySet):
    def valid(self) -> Self:
        """Stands: neither voided nor taken back, and itself no red one."""
        return self.filter(state="issued", red_of__isnull=True)

    def newest(self) -> Self:
        return self.order_by("-id")


class JournalQuerySet(MoneyQuerySet):
    def newest(self) -> Self:
        return self.order_by("-posted_at", "-id")


class DisclosureQuerySet(MoneyQuerySet):
    def waiting(self) -> Self:
        """Not done yet."""
        return self.filter(state__in=WAITING)

    def late(self) -> Self:
        return self.waiting().filter(due_on__lt=timezone.localdate())


class StatementQuerySet(MoneyQuerySet):
    def counted(self) -> Self:
        """Lines that stand for money: a split line is its parts, a part taken back is nothing."""
        return self.exclude(state__in=["split", "undone"])


class ProgrammeVersionQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Published versions of every foundation; the own house's drafts too."""
        if not user.house_id:
            return self.none()
        published = Q(published_at__isnull=False, organization__is_training=user.acting.is_training)
        return self.filter(Q(organization_id=user.house_id) | published)

    def in_force(self, on=None) -> Self:
        """Published and valid on the day (default: today)."""
        return self.filter(published_at__isnull=False, valid__contains=on or timezone.localdate())


class WebhookEndpointQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        """The house's own, for who keeps its connections and who works with what they carry."""
        return super().visible_to(user) if user.role in WEBHOOK_ROLES else self.none()

    def live(self) -> Self:
        return self.exclude(state="ended")


class WebhookDeliveryQuerySet(TenantQuerySet):
    def visible_to(self, user) -> Self:
        return super().visible_to(user) if user.role in WEBHOOK_ROLES else self.none()

    def newest(self) -> Self:
        return self.order_by("-id")
