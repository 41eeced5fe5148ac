"""Where a foundation's own system is told what happens, what it was told, and how that went."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.querysets import WebhookDeliveryQuerySet, WebhookEndpointQuerySet
from donations.webhook_workflow import EndpointState
from msw_portal.kernel.crypto import SealedJSON
from msw_portal.kernel.db import PublicRow, Row, Tenanted
from msw_portal.kernel.ids import uuid7


class WebhookEndpoint(PublicRow, Tenanted):
    """One address of the house's own system and the events it wants.

    `secrets` are rows of `secret` (the text that begins with whsec_) and `until` (an instant or null), the
    present one first; while the one before it still counts, every message carries both signatures.
    """

    name = models.CharField(_("用途"), max_length=60)
    url = models.CharField(_("地址"), max_length=500)
    topics = ArrayField(models.CharField(max_length=60), verbose_name=_("事件"))
    secrets = SealedJSON()
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=EndpointState.choices,
        default=EndpointState.ACTIVE,
        editable=False,
    )
    last_ok_at = models.DateTimeField(_("最近送达"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("开始失败"), null=True, blank=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="webhook_endpoint_once",
                fields=["organization", "url"],
                condition=~Q(state="ended"),
            ),
            models.CheckConstraint(
                name="webhook_endpoint_has_topics", condition=Q(topics__len__gt=0)
            ),
            models.CheckConstraint(
                name="webhook_endpoint_state_known", condition=Q(state__in=EndpointState.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookMessage(Row, Tenanted):
    """An event as every endpoint is told it: ids, states and times, never a person. `uid` is the webhook-id."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    topic = models.CharField(_("事件"), max_length=60)
    happened_at = models.DateTimeField(_("发生时间"))
    payload = models.JSONField(default=dict)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="webhook_message_newest")]

    def __str__(self) -> str:
        return f"{self.topic} {self.uid}"


class WebhookDelivery(Row, Tenanted):
    """One attempt, as it went; `next_at` is when the next one is made, null when none is."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("已送达")
        REFUSED = "refused", _("对方未接受")
        UNREACHABLE = "unreachable", _("连接不上")
        FORBIDDEN = "forbidden", _("地址不允许")

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="deliveries")
    outbox_id = models.UUIDField(editable=False)
    attempt = models.PositiveSmallIntegerField(_("第几次"))
    outcome = models.CharField(_("结果"), max_length=20, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(_("状态码"), null=True)
    took_ms = models.PositiveIntegerField(_("用时"))
    response_excerpt = models.CharField(_("对方的回答"), max_length=300, blank=True)
    at = models.DateTimeField(_("时间"))
    next_at = models.DateTimeField(_("下次尝试"), null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="webhook_delivery_once", fields=["endpoint", "outbox_id", "attempt"]
            ),
            models.CheckConstraint(
                name="webhook_delivery_ends_when_delivered",
                condition=~Q(outcome="delivered") | Q(next_at__isnull=True, status__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "endpoint", "-id"], name="webhook_delivery_newest")
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}/{self.attempt} {self.outcome}"
