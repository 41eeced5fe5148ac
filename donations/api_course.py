"""The course of one request over the API: its conversation and its line of time."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from departments.services.messages import message_write
from donations.api_descriptions import commands, reads
from donations.models.requests import FundingRequest
from donations.reading_serializers import MessageInput, MessagesBody, ResultBody, TimelineBody
from donations.serializers import MessageRow
from donations.services import detail, reading
from donations.services.results import result_read
from donations.services.timeline import timeline_of
from msw_portal.kernel.api_answers import content_tag, require_key, require_tag, single

TAG, ONE = "funding-requests", "The request."


@extend_schema_view(
    messages=reads(
        "funding_requests_messages",
        TAG,
        "Read the conversation with the hospital",
        "Scope `funding:read`. Oldest first, whole. The opening is told to the hospital.",
        MessagesBody,
        one=ONE,
    ),
    say=commands(
        "funding_requests_say",
        TAG,
        "Write to the hospital",
        "Scope `funding:review`. The social worker reads it on the request's page. If-Match takes the ETag "
        "of the conversation: a line that crosses another is refused with 412.",
        body=MessageInput,
        answer=MessagesBody,
        one=ONE,
        status=201,
        example={"body": "请补充盖章的诊断证明。"},
    ),
    timeline=reads(
        "funding_requests_timeline",
        TAG,
        "Read the course of a request",
        "Scope `funding:read`. Moves, opinions, messages and payouts of both houses by time, without their "
        "texts. The opening is told to the hospital.",
        TimelineBody,
        one=ONE,
    ),
    result=reads(
        "funding_requests_result",
        TAG,
        "Read the result report",
        "Scope `funding:read`. Scores of the patient's scales before and after the aid, dimension by dimension, "
        "and the four-way score at each checkpoint; no narrative. 404 until the hospital has given it under the "
        "family's consent, and after its withdrawal. The opening is told to the hospital.",
        ResultBody,
        one=ONE,
    ),
)
class RequestCourseViewSet(viewsets.ViewSet):
    """What two houses said and did on one request."""

    required_scopes = {
        "messages": "funding:read",
        "say": "funding:review",
        "timeline": "funding:read",
        "result": "funding:read",
    }
    lookup_field = "uid"

    @action(detail=True, methods=["get"])
    def messages(self, request: Request, uid: UUID) -> Response:
        row = _find(request, uid)
        reading.note_opening(row, levels=["messages"], by=request.user)
        return single(_talk(row))

    @action(detail=True, methods=["post"])
    def say(self, request: Request, uid: UUID) -> Response:
        row = _find(request, uid)
        require_key(request)
        require_tag(request, content_tag(_talk(row)))
        given = MessageInput(data=request.data)
        given.is_valid(raise_exception=True)
        message_write(subject=row, body=given.validated_data["body"], by=request.user)
        return single(_talk(row), status=201)

    @action(detail=True, methods=["get"])
    def timeline(self, request: Request, uid: UUID) -> Response:
        row = _find(request, uid)
        reading.note_opening(row, levels=["timeline"], by=request.user)
        return single(TimelineBody({"items": timeline_of(detail.detail_of(row))}).data)

    @action(detail=True, methods=["get"])
    def result(self, request: Request, uid: UUID) -> Response:
        found = result_read(request=_find(request, uid), by=request.user)
        if found is None:
            raise Http404
        copy, scores = found
        whole = {"version": copy.version, "given_at": copy.created_at, **scores}
        return single(ResultBody(whole).data)


def _find(request: Request, uid: UUID) -> FundingRequest:
    rows = FundingRequest.objects.visible_to(request.user).sent()
    return get_object_or_404(rows.select_related("programme_version"), uid=uid)


def _talk(row: FundingRequest) -> dict[str, Any]:
    return {"items": MessageRow(detail.detail_of(row).messages, many=True).data}
