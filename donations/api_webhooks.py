"""The addresses of a foundation's own systems over the API; every command is the page's own service."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from departments import audit
from donations import webhook_serializers as shapes
from donations.api_descriptions import commands, query, reads
from donations.api_filters import DeliveryFilter, EndpointFilter
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage
from donations.services import webhooks
from donations.services.webhook_topics import TOPICS
from donations.webhook_permissions import SCOPE, can_list_webhooks
from donations.webhook_workflow import EndpointState
from msw_portal.kernel.access import require
from msw_portal.kernel.api import etag
from msw_portal.kernel.api_answers import (
    filtered,
    page_answer,
    page_of,
    require_key,
    require_tag,
    single,
)

TAG, ONE = "webhooks", "The address."
DATE = OpenApiTypes.DATE
EXAMPLE = {
    "name": "捐助管理系统",
    "url": "https://hooks.example.org/msw",
    "topics": ["funding_request.*", "donation.booked"],
}


def _command(operation: str, summary: str, words: str, **more: Any):
    more = {"body": shapes.NoInput, "answer": shapes.EndpointRow, "one": ONE, **more}
    return commands(
        f"webhooks_{operation}", TAG, summary, f"Scope `webhooks:manage`. {words}", **more
    )


@extend_schema_view(
    list=reads(
        "webhooks_list",
        TAG,
        "List the addresses",
        "Scope `webhooks:manage`. By id, paged by cursor; secrets are never shown again.",
        shapes.EndpointPage,
        filters=(query("state", "Repeat.", choices=EndpointState.values, many=True),),
        paged=True,
    ),
    retrieve=reads(
        "webhooks_retrieve",
        TAG,
        "Read an address",
        "Scope `webhooks:manage`.",
        shapes.EndpointRow,
        one=ONE,
    ),
    deliveries=reads(
        "webhooks_deliveries",
        TAG,
        "List the attempts at an address",
        "Scope `webhooks:manage`. Newest first, kept 90 days.",
        shapes.DeliveryPage,
        one=ONE,
        filters=(
            query("outcome", "Repeat.", choices=WebhookDelivery.Outcome.values, many=True),
            query("topic", "Of the event.", choices=TOPICS),
            query("at_from", "First day, Asia/Shanghai.", DATE),
            query("at_to", "Last day, Asia/Shanghai.", DATE),
        ),
        paged=True,
    ),
    create=_command(
        "create",
        "Register an address",
        "The answer holds the signing secret, this once.",
        body=shapes.EndpointInput,
        answer=shapes.EndpointWithSecret,
        one="",
        status=201,
        example=EXAMPLE,
    ),
    amend=_command(
        "amend",
        "Change purpose, address and events",
        "All three are said anew.",
        body=shapes.EndpointInput,
        example=EXAMPLE,
    ),
    rotate=_command(
        "rotate",
        "Take a new secret",
        "For 24 hours every message carries both signatures.",
        answer=shapes.EndpointWithSecret,
    ),
    pause=_command("pause", "Tell it nothing for now", "What is missed can be replayed."),
    resume=_command("resume", "Tell it again", "Also after it was stopped for days of failures."),
    end=_command("end", "Give the address up", "For good; the log stays."),
    test=_command(
        "test", "Send a test event", "Topic `webhook.test`.", answer=shapes.Tested, status=202
    ),
    replay=_command(
        "replay",
        "Tell it again what it missed",
        "One event by its id, or all since a time that were never taken.",
        body=shapes.ReplayInput,
        answer=shapes.Replayed,
        status=202,
        example={"since": "2026-11-20T00:00:00+08:00"},
    ),
)
class WebhookViewSet(viewsets.ViewSet):
    """Where the client's house is told what happens."""

    required_scopes = dict.fromkeys(
        (
            "list",
            "retrieve",
            "deliveries",
            "create",
            "amend",
            "rotate",
            "pause",
            "resume",
            "end",
            "test",
            "replay",
        ),
        SCOPE,
    )
    lookup_field = "uid"

    def list(self, request: Request) -> Response:
        rows, used = filtered(request, _rows(request), EndpointFilter)
        page = page_of(request, rows, order=("id",))
        audit.record("webhook.list", by=request.user, count=len(page.rows), filters=used)
        return page_answer(page, lambda row: shapes.EndpointRow(row).data)

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(_rows(request), uid=uid)
        audit.record("webhook.read", by=request.user, on=row)
        return _answer(row)

    @action(detail=True, methods=["get"])
    def deliveries(self, request: Request, uid: UUID) -> Response:
        row = get_object_or_404(_rows(request), uid=uid)
        log = WebhookDelivery.objects.visible_to(request.user).filter(endpoint=row)
        log, used = filtered(request, log.select_related("message"), DeliveryFilter)
        page = page_of(request, log, order=("-id",))
        audit.record("webhook.read", by=request.user, on=row, filters=used)
        items = [shapes.DeliveryRow(one).data for one in page.rows]
        return single({"items": items, "next": page.next})

    def create(self, request: Request) -> Response:
        require_key(request)
        given = _given(request, shapes.EndpointInput)
        row, secret = webhooks.webhook_create(**given, by=request.user)
        return _answer(row, secret, status=201)

    @action(detail=True, methods=["post"])
    def amend(self, request: Request, uid: UUID) -> Response:
        return _answer(_run(request, uid, webhooks.webhook_amend, shapes.EndpointInput))

    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, uid: UUID) -> Response:
        row, secret = _run(request, uid, webhooks.webhook_rotate)
        return _answer(row, secret)

    @action(detail=True, methods=["post"])
    def pause(self, request: Request, uid: UUID) -> Response:
        return _answer(_run(request, uid, webhooks.webhook_pause))

    @action(detail=True, methods=["post"])
    def resume(self, request: Request, uid: UUID) -> Response:
        return _answer(_run(request, uid, webhooks.webhook_resume))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, uid: UUID) -> Response:
        return _answer(_run(request, uid, webhooks.webhook_end))

    @action(detail=True, methods=["post"])
    def test(self, request: Request, uid: UUID) -> Response:
        message = _run(request, uid, webhooks.webhook_test)
        return single({"message": str(message.uid)}, status=202)

    @action(detail=True, methods=["post"])
    def replay(self, request: Request, uid: UUID) -> Response:
        count = _run(request, uid, _replay, shapes.ReplayInput)
        return single({"count": count}, status=202)


def _rows(request: Request):
    require(can_list_webhooks, request.user, None)
    return WebhookEndpoint.objects.visible_to(request.user)


def _replay(*, message: UUID | None = None, by: Any, **given: Any) -> int:
    """The service with the event itself, which must be one of the house."""
    found = None
    if message is not None:
        found = get_object_or_404(WebhookMessage.objects.visible_to(by), uid=message)
    return webhooks.webhook_replay(message=found, by=by, **given)


def _given(request: Request, shape: Any) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _run(
    request: Request, uid: UUID, service: Callable[..., Any], shape: Any = shapes.NoInput
) -> Any:
    """Fetch, compare, clean, command; the row must still be the one the client has read."""
    row = get_object_or_404(_rows(request), uid=uid)
    require_key(request)
    require_tag(request, etag(row))
    given = _given(request, shape)
    version = None if request.headers["If-Match"] == "*" else row.row_version
    return service(endpoint=row, version=version, by=request.user, **given)


def _answer(row: WebhookEndpoint, secret: str | None = None, status: int = 200) -> Response:
    row.refresh_from_db()
    body = dict(shapes.EndpointRow(row).data)
    if secret:
        body["secret"] = secret
    return single(body, tag=etag(row), status=status)
