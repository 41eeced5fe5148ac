"""What the API of webhooks takes and answers."""

from typing import Any

from rest_framework import serializers

from donations.models.webhooks import WebhookDelivery, WebhookEndpoint
from donations.services.webhook_topics import CHOICES
from msw_portal.kernel.api_shapes import page_shape
from msw_portal.kernel.outgoing import LONGEST_URL


class EndpointInput(serializers.Serializer):
    name = serializers.CharField(max_length=60, help_text="What it is for.")
    url = serializers.CharField(
        max_length=LONGEST_URL, help_text="https, of the public internet; no user, no fragment."
    )
    topics = serializers.ListField(
        child=serializers.ChoiceField(choices=list(CHOICES)),
        allow_empty=False,
        max_length=60,
        help_text="`funding_request.*` stands for all of them.",
    )


class NoInput(serializers.Serializer):
    """An empty object."""


class ReplayInput(serializers.Serializer):
    message = serializers.UUIDField(required=False, help_text="The `webhook-id` of one event.")
    since = serializers.DateTimeField(
        required=False,
        help_text="Or: whatever happened since and was never taken, the oldest 500.",
    )


class EndpointRow(serializers.ModelSerializer):
    version = serializers.IntegerField(source="row_version", help_text="The number in the ETag.")

    class Meta:
        model = WebhookEndpoint
        fields = (
            "uid",
            "name",
            "url",
            "topics",
            "state",
            "last_ok_at",
            "failing_since",
            "created_at",
            "version",
        )


class EndpointWithSecret(EndpointRow):
    secret = serializers.CharField(help_text="`whsec_...`, shown this once.")

    class Meta(EndpointRow.Meta):
        fields = (*EndpointRow.Meta.fields, "secret")


class DeliveryRow(serializers.ModelSerializer):
    message = serializers.UUIDField(source="message.uid", help_text="The `webhook-id`.")
    topic = serializers.CharField(source="message.topic")
    happened_at = serializers.DateTimeField(source="message.happened_at")

    class Meta:
        model = WebhookDelivery
        fields = (
            "message",
            "topic",
            "happened_at",
            "attempt",
            "outcome",
            "status",
            "took_ms",
            "response_excerpt",
            "at",
            "next_at",
        )


class Replayed(serializers.Serializer):
    count = serializers.IntegerField(help_text="How many were put in; 500 means: ask again.")


class Tested(serializers.Serializer):
    message = serializers.UUIDField(help_text="The `webhook-id` of the test event.")


EndpointPage: Any = page_shape(EndpointRow, "WebhookPage")
DeliveryPage: Any = page_shape(DeliveryRow, "WebhookDeliveryPage")
