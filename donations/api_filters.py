"""The filters of the API's lists of money and webhooks."""

import django_filters as filters
from django.db.models import QuerySet

from donations.filters import midnight
from donations.models.giving import Donation, Fund
from donations.models.payments import PaymentList
from donations.models.payout import Disbursement
from donations.models.programmes import Programme
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint
from donations.payment_workflow import ListState
from donations.services.webhook_topics import TOPICS
from donations.webhook_workflow import EndpointState
from donations.workflow import DisbursementState, DonationState


class _Days(filters.FilterSet):
    """A list narrowed by the days of an instant or a date: `released_from`, `released_to`."""

    instant = ""

    def from_day(self, rows: QuerySet, _name: str, value) -> QuerySet:
        return rows.filter(**{f"{self.instant}__gte": midnight(value)})

    def to_day(self, rows: QuerySet, _name: str, value) -> QuerySet:
        return rows.filter(**{f"{self.instant}__lt": midnight(value, days=1)})


class ProgrammeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Programme.State.choices)
    fund = filters.UUIDFilter(field_name="fund__uid")

    class Meta:
        model = Programme
        fields = ()


class FundFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Fund.State.choices)
    kind = filters.ChoiceFilter(choices=Fund.Kind.choices)

    class Meta:
        model = Fund
        fields = ()


class DonationFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=DonationState.choices)
    fund = filters.UUIDFilter(field_name="fund__uid")
    received_from = filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_to = filters.DateFilter(field_name="received_on", lookup_expr="lte")
    number = filters.CharFilter(field_name="number", max_length=40)

    class Meta:
        model = Donation
        fields = ()


class DisbursementFilter(_Days):
    instant = "released_at"
    state = filters.MultipleChoiceFilter(choices=DisbursementState.choices)
    funding_request = filters.UUIDFilter(field_name="request__uid")
    hospital = filters.UUIDFilter(field_name="organization__uid")
    released_from = filters.DateFilter(method="from_day")
    released_to = filters.DateFilter(method="to_day")

    class Meta:
        model = Disbursement
        fields = ()


class PaymentListFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=ListState.choices)
    on_from = filters.DateFilter(field_name="on", lookup_expr="gte")
    on_to = filters.DateFilter(field_name="on", lookup_expr="lte")

    class Meta:
        model = PaymentList
        fields = ()


class EndpointFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=EndpointState.choices)

    class Meta:
        model = WebhookEndpoint
        fields = ()


class DeliveryFilter(_Days):
    instant = "at"
    outcome = filters.MultipleChoiceFilter(choices=WebhookDelivery.Outcome.choices)
    topic = filters.ChoiceFilter(field_name="message__topic", choices=list(TOPICS.items()))
    at_from = filters.DateFilter(method="from_day")
    at_to = filters.DateFilter(method="to_day")

    class Meta:
        model = WebhookDelivery
        fields = ()
