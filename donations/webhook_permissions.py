"""Who may keep the addresses of webhooks, and who may see how the deliveries went."""

from typing import Any

from donations.models.webhooks import WebhookEndpoint
from donations.querysets import WEBHOOK_ROLES

SCOPE = "webhooks:manage"
FOUNDATION = "foundation"


def _is_of_foundation(user: Any) -> bool:
    return user.acting is not None and user.acting.organization_kind == FOUNDATION


def can_list_webhooks(user: Any, _subject: Any = None) -> bool:
    """The foundation's security administrator and those who review; a client with the scope."""
    client = user.acting.client if user.acting else None
    if client is not None and SCOPE not in client.scopes:
        return False
    return _is_of_foundation(user) and user.role in WEBHOOK_ROLES


def can_create_webhook(user: Any, _subject: Any = None) -> bool:
    """What leaves the house is the security administrator's matter, or that of a client trusted with it."""
    if not can_list_webhooks(user) or user.acting.is_training:
        return False
    return user.role == "secadmin" or user.acting.client is not None


def can_manage_webhook(user: Any, endpoint: WebhookEndpoint) -> bool:
    return can_create_webhook(user) and user.house_id == endpoint.organization_id


def can_replay_webhook(user: Any, endpoint: WebhookEndpoint) -> bool:
    """Sending again what the address has a right to: whoever sees the log may."""
    return can_list_webhooks(user) and user.house_id == endpoint.organization_id
