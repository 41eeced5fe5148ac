"""The lists around one request, each asked once however many parts of a page show it."""

from functools import cached_property
from typing import Self

from django.db.models import QuerySet

from departments.models.mechanisms import Message, Transition
from departments.models.people import User
from donations.models.aid_agreements import AidAgreement
from donations.models.appeals import Appeal, DecisionTelling
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest, RequestDocument
from donations.models.settling import InvoiceUse, Revisit
from msw_portal.kernel.together import together

PAYOUT_JOINS = ("request__programme_version", "organization", "prepared_by", "released_by")


class Lists:
    """What this person may see around a request, in the order of its making; a list is asked when it is first read."""

    def __init__(self, user: User, request: FundingRequest) -> None:
        self.user, self.request = user, request

    def fetched(self, *names: str) -> Self:
        """Ask these by one statement, for a page that shows them all."""
        together(*(getattr(self, name) for name in names))
        return self

    def _of_request(self, model: type, *joins: str) -> QuerySet:
        rows = model.objects.visible_to(self.user).filter(request=self.request)
        return (rows.select_related(*joins) if joins else rows).order_by("id")

    @cached_property
    def moves(self) -> QuerySet[Transition]:
        rows = Transition.objects.visible_to(self.user).of(self.request)
        return rows.select_related("actor")

    @cached_property
    def messages(self) -> QuerySet[Message]:
        rows = Message.objects.visible_to(self.user).of(self.request)
        return rows.select_related("author", "side").order_by("id")

    @cached_property
    def papers(self) -> QuerySet[RequestDocument]:
        return self._of_request(RequestDocument, "document", "masked")

    @cached_property
    def payouts(self) -> QuerySet[Disbursement]:
        return self._of_request(Disbursement, *PAYOUT_JOINS).order_by("instalment")

    @cached_property
    def acts(self) -> QuerySet[FundingAct]:
        return self._of_request(FundingAct, "user", "client")

    @cached_property
    def appeals(self) -> QuerySet[Appeal]:
        return self._of_request(Appeal, "answered_by")

    @cached_property
    def tellings(self) -> QuerySet[DecisionTelling]:
        return self._of_request(DecisionTelling)

    @cached_property
    def visits(self) -> QuerySet[Revisit]:
        return self._of_request(Revisit)

    @cached_property
    def bills(self) -> QuerySet[InvoiceUse]:
        return self._of_request(InvoiceUse)

    @cached_property
    def agreements(self) -> QuerySet[AidAgreement]:
        return self._of_request(AidAgreement, "scan")


# What the page of either house shows in several of its parts.
SHARED = (
    *("moves", "papers", "payouts", "messages", "acts", "appeals"),
    *("tellings", "visits", "bills", "agreements"),
)
