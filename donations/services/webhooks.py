"""The addresses of a foundation's own systems: registered, changed, rotated, tested, told again."""

import base64
import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move, write_transition
from donations.models.webhooks import WebhookEndpoint, WebhookMessage
from donations.services.webhook_events import delivery_put
from donations.services.webhook_topics import CHOICES, TEST, wants
from donations.webhook_permissions import (
    can_create_webhook,
    can_manage_webhook,
    can_replay_webhook,
)
from donations.webhook_workflow import WEBHOOK_ENDPOINT, EndpointState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.outgoing import check_url

SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64
OVERLAP = dt.timedelta(hours=24)
MOST_ENDPOINTS = 20
REPLAY_AT_ONCE = 500


def secret_new() -> str:
    """A signing secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


@command
def webhook_create(
    *, name: str, url: str, topics: Sequence[str], by: Any
) -> tuple[WebhookEndpoint, str]:
    """Register an address of the own house: (endpoint, secret). The secret is shown once.

    Raises:
        DomainError: `outgoing.url`, `outgoing.private` on `url`, `webhook.topics`, `webhook.too_many`,
            `webhook_endpoint_once`.
    """
    require(can_create_webhook, by, None)
    _check(url, topics)
    live = WebhookEndpoint.objects.live().filter(organization_id=by.house_id)
    if live.count() >= MOST_ENDPOINTS:
        raise DomainError("webhook.too_many", _("最多登记 20 个地址，请先删除不用的。"), status=409)
    secret = secret_new()
    endpoint = WebhookEndpoint(
        organization_id=by.house_id,
        name=name.strip(),
        url=url,
        topics=sorted(set(topics)),
        secrets=[{"secret": secret, "until": None}],
        created_by=by,
    )
    endpoint.save(force_insert=True)
    write_transition(endpoint, WEBHOOK_ENDPOINT, "create", before="", by=by)
    audit.record("webhook.create", by=by, on=endpoint, url=url, topics=endpoint.topics)
    return endpoint, secret


@command
def webhook_amend(
    *,
    endpoint: WebhookEndpoint,
    name: str,
    url: str,
    topics: Sequence[str],
    version: int | None = None,
    by: Any,
) -> WebhookEndpoint:
    """Change purpose, address or events of one that is not given up.

    Raises:
        DomainError: as `webhook_create`; `webhook.ended` (409), `stale` (412).
    """
    row = _locked(endpoint, by=by, version=version)
    _check(url, topics)
    changed = {
        "url": [row.url, url],
        "topics": [row.topics, sorted(set(topics))],
        "name": [row.name, name.strip()],
    }
    row.name, row.url, row.topics = name.strip(), url, sorted(set(topics))
    row.save(update_fields=["name", "url", "topics"])
    audit.record(
        "webhook.amend",
        by=by,
        on=row,
        **{key: both for key, both in changed.items() if both[0] != both[1]},
    )
    return row


@command
def webhook_rotate(
    *, endpoint: WebhookEndpoint, version: int | None = None, by: Any
) -> tuple[WebhookEndpoint, str]:
    """A new secret: (endpoint, secret), shown once. The one before it signs beside it for 24 hours.

    Raises:
        DomainError: `webhook.ended` (409), `stale` (412).
    """
    row = _locked(endpoint, by=by, version=version)
    secret, until = secret_new(), timezone.now() + OVERLAP
    row.secrets = [
        {"secret": secret, "until": None},
        {"secret": row.secrets[0]["secret"], "until": until.isoformat()},
    ]
    row.save(update_fields=["secrets"])
    audit.record("webhook.rotate", by=by, on=row, until=until)
    return row, secret


def _step(endpoint: WebhookEndpoint, step: str, *, version: int | None, by: Any) -> WebhookEndpoint:
    row = _locked(endpoint, by=by, version=version)
    also: tuple[str, ...] = ()
    if step == "resume":
        row.failing_since, also = None, ("failing_since",)
    move(row, WEBHOOK_ENDPOINT, step, by=by, also=also)
    audit.record(f"webhook.{step}", by=by, on=row)
    return row


@command
def webhook_pause(
    *, endpoint: WebhookEndpoint, version: int | None = None, by: Any
) -> WebhookEndpoint:
    """Tell it nothing until it is resumed; what happens meanwhile can be told again by a replay.

    Raises:
        DomainError: `webhook_endpoint.pause.wrong_state` (409), `stale` (412).
    """
    return _step(endpoint, "pause", version=version, by=by)


@command
def webhook_resume(
    *, endpoint: WebhookEndpoint, version: int | None = None, by: Any
) -> WebhookEndpoint:
    """Tell it again, from now on.

    Raises:
        DomainError: `webhook_endpoint.resume.wrong_state` (409), `stale` (412).
    """
    return _step(endpoint, "resume", version=version, by=by)


@command
def webhook_end(
    *, endpoint: WebhookEndpoint, version: int | None = None, by: Any
) -> WebhookEndpoint:
    """Give it up for good; its log stays as long as every other.

    Raises:
        DomainError: `webhook.ended` (409), `stale` (412).
    """
    return _step(endpoint, "end", version=version, by=by)


@command
def webhook_test(
    *, endpoint: WebhookEndpoint, version: int | None = None, by: Any
) -> WebhookMessage:
    """Send a test event, which tells of nothing.

    Raises:
        DomainError: `webhook.not_active` (409), `stale` (412).
    """
    row = _locked(endpoint, by=by, version=version)
    _check_active(row)
    message = WebhookMessage(
        organization_id=row.organization_id,
        topic=TEST,
        happened_at=timezone.now(),
        payload={"endpoint": str(row.uid)},
        created_by=by,
    )
    message.save(force_insert=True)
    delivery_put(row, message)
    audit.record("webhook.test", by=by, on=row)
    return message


@command
def webhook_replay(
    *,
    endpoint: WebhookEndpoint,
    message: WebhookMessage | None = None,
    since: dt.datetime | None = None,
    version: int | None = None,
    by: Any,
) -> int:
    """Tell one message again, or all since a time that the address has not taken; how many were put in.

    At most 500 at once, the oldest first: ask again for the rest. A receiver tells repetitions by their id.

    Raises:
        DomainError: `webhook.not_active` (409), `webhook.replay_what`, `webhook.replay_since` (older than
            the log), `webhook.replay_unwanted` for a message the address did not ask for.
    """
    require(can_replay_webhook, by, endpoint)
    if (message is None) == (since is None):
        raise DomainError("webhook.replay_what", _("请指明一条事件，或一个起始时间。"), "since")
    _check_active(endpoint)
    if version is not None and endpoint.row_version != version:
        raise DomainError("stale", _("记录已变化，请重新读取后再提交。"), status=412)
    again = [message] if message is not None else _missed(endpoint, since)
    for one in again:
        if one.topic != TEST and not wants(endpoint.topics, one.topic):
            raise DomainError("webhook.replay_unwanted", _("这个地址没有订阅这种事件。"), "message")
        delivery_put(endpoint, one)
    audit.record("webhook.replay", by=by, on=endpoint, count=len(again), since=since)
    return len(again)


def _missed(endpoint: WebhookEndpoint, since: dt.datetime) -> list[WebhookMessage]:
    """What happened since and was never taken by the address, the oldest first."""
    if since < timezone.now() - dt.timedelta(days=settings.WEBHOOK_KEPT_DAYS):
        raise DomainError("webhook.replay_since", _("推送记录只保留 90 天。"), "since")
    rows = (
        WebhookMessage.objects.filter(
            organization_id=endpoint.organization_id, happened_at__gte=since
        )
        .exclude(deliveries__endpoint=endpoint, deliveries__outcome="delivered")
        .order_by("id")
    )
    found = (row for row in rows.iterator(200) if wants(endpoint.topics, row.topic))
    return [row for row, _n in zip(found, range(REPLAY_AT_ONCE), strict=False)]


def _locked(endpoint: WebhookEndpoint, *, by: Any, version: int | None) -> WebhookEndpoint:
    require(can_manage_webhook, by, endpoint)
    row = WebhookEndpoint.objects.locked().get(pk=endpoint.pk)
    if version is not None and row.row_version != version:
        raise DomainError("stale", _("记录已变化，请重新读取后再提交。"), status=412)
    if row.state == EndpointState.ENDED:
        raise DomainError("webhook.ended", _("这个地址已经删除。"), status=409)
    return row


def _check_active(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != EndpointState.ACTIVE:
        raise DomainError("webhook.not_active", _("这个地址已停用，请先恢复。"), status=409)


def _check(url: str, topics: Sequence[str]) -> None:
    check_url(url, allowed=settings.WEBHOOK_NETWORKS)
    if not topics or set(topics) - set(CHOICES):
        raise DomainError("webhook.topics", _("请至少选一种事件。"), "topics")
