"""What the readings of payment lists answer: shapes of the schema."""

from rest_framework import serializers

from donations.payment_workflow import ListState, PaymentState
from donations.reading_serializers import RequestNamed
from msw_portal.kernel.api_shapes import page_shape
from msw_portal.kernel.money import AmountApiField


class PaymentListRow(serializers.Serializer):
    uid = serializers.UUIDField()
    number = serializers.CharField()
    on = serializers.DateField(help_text="The day of payment.")
    total = AmountApiField()
    count = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ListState.choices)
    state_label = serializers.CharField(source="get_state_display")
    approved_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(source="row_version", help_text="The number in the ETag.")


class PaymentLineRow(serializers.Serializer):
    """One payment of a list and the bank's answer; payee and account are not told."""

    place = serializers.IntegerField()
    reference = serializers.CharField(help_text="What the bank was given and gives back.")
    disbursement = serializers.UUIDField(source="disbursement.uid")
    funding_request = RequestNamed(source="disbursement.request")
    amount = AmountApiField()
    state = serializers.ChoiceField(choices=PaymentState.choices)
    state_label = serializers.CharField(source="get_state_display")
    paid_on = serializers.DateField(allow_null=True)
    bank_no = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it came back.")


class PaymentListDetail(PaymentListRow):
    lines = PaymentLineRow(many=True)


PaymentListPage = page_shape(PaymentListRow, "PaymentListPage")
