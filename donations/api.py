"""The REST API of funding requests: a read-only viewset and one action per command."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import exceptions, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from departments import audit
from donations import api_schema as described
from donations import serializers
from donations.filters import RequestFilter
from donations.models.requests import FundingRequest, RequestDocument
from donations.services import committee, detail, notices, reading, rests, review, settling
from donations.services.course import awaits_agreement
from donations.services.listing import requests_page
from donations.services.payable import granted_of
from donations.workflow import RequestState
from msw_portal.kernel.api import etag, require_match
from msw_portal.kernel.api_answers import NOT_FILTERS, require_key, size_of
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.keyset import BadCursor

INELIGIBLE_FROM = frozenset({RequestState.SUBMITTED, RequestState.DOCUMENT_CHECK})


@extend_schema_view(**described.ACTIONS)
class FundingRequestViewSet(viewsets.ViewSet):
    """Funding requests sent to the client's foundation."""

    required_scopes = {
        "list": "funding:read",
        "retrieve": "funding:read",
        "document": "funding:read",
        "check": "funding:review",
        "request_supplement": "funding:review",
        "reject": "funding:review",
        "review": "funding:review",
        "propose": "funding:review",
        "approve": "funding:approve",
        **dict.fromkeys(
            (
                *("return_review", "open_notice", "reconcile", "settle", "recover", "close"),
                *("ask_rest", "release_rest"),
            ),
            "funding:review",
        ),
    }
    lookup_field = "uid"

    def list(self, request: Request) -> HttpResponse:
        rows = FundingRequest.objects.visible_to(request.user).sent()
        used: list[str] = []
        if request.GET.keys() - NOT_FILTERS:
            asked = RequestFilter(request.GET)
            if not asked.is_valid():
                raise exceptions.ValidationError(dict(asked.errors))
            rows, used = asked.apply(rows), asked.in_use
        try:
            items, following = requests_page(
                rows, after=request.GET.get("after"), size=size_of(request)
            )
        except BadCursor:
            raise exceptions.ValidationError({"after": [_("游标无效，请从第一页开始。")]}) from None
        audit.record("funding_request.list", by=request.user, count=len(items), filters=used)
        text = f'{{"items":[{",".join(items)}],"next":{json.dumps(following)}}}'
        return HttpResponse(text.encode(), content_type="application/json")

    def retrieve(self, request: Request, uid: UUID) -> Response:
        row = self._find(request, uid)
        return _answer(row, self._detail(request, row))

    @action(detail=True, methods=["get"])
    def document(self, request: Request, uid: UUID, document_uid: UUID) -> HttpResponse:
        row = self._find(request, uid)
        paper = get_object_or_404(
            RequestDocument.objects.visible_to(request.user).select_related("request"),
            uid=document_uid,
            request=row,
        )
        try:
            copy, content = reading.paper_read(paper=paper, by=request.user)
        except DomainError as error:
            if error.status == 404:
                raise Http404 from error
            raise
        response = HttpResponse(content, content_type=copy.mime)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(copy.title)}"
        response["X-Content-Type-Options"] = "nosniff"
        response["ETag"] = etag(copy)
        return response

    @action(detail=True, methods=["post"])
    def check(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.CheckInput, review.request_check)

    @action(detail=True, methods=["post"], url_path="request-supplement")
    def request_supplement(self, request: Request, uid: UUID) -> Response:
        return self._command(
            request, uid, serializers.SupplementInput, review.request_ask_supplement
        )

    @action(detail=True, methods=["post"])
    def reject(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.RejectInput, _reject)

    @action(detail=True, methods=["post"])
    def review(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ReviewInput, review.request_review)

    @action(detail=True, methods=["post"])
    def propose(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ProposeInput, review.request_propose)

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ApproveInput, review.request_approve)

    @action(detail=True, methods=["post"], url_path="return")
    def return_review(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ReasonInput, committee.request_return)

    @action(detail=True, methods=["post"], url_path="open-notice")
    def open_notice(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.NothingInput, notices.notice_open)

    @action(detail=True, methods=["post"])
    def reconcile(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.NothingInput, settling.request_reconcile)

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ReasonInput, settling.request_settle)

    @action(detail=True, methods=["post"])
    def recover(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ReasonInput, settling.request_recover)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.NothingInput, settling.request_close)

    @action(detail=True, methods=["post"], url_path="ask-rest")
    def ask_rest(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.ReasonInput, rests.request_ask_rest)

    @action(detail=True, methods=["post"], url_path="release-rest")
    def release_rest(self, request: Request, uid: UUID) -> Response:
        return self._command(request, uid, serializers.NothingInput, rests.request_release_rest)

    def _find(self, request: Request, uid: UUID) -> FundingRequest:
        rows = FundingRequest.objects.visible_to(request.user)
        return get_object_or_404(
            rows.select_related("programme_version__programme", "organization"), uid=uid
        )

    def _command(
        self, request: Request, uid: UUID, shape: type[Serializer], service: Callable[..., Any]
    ) -> Response:
        """Fetch, clean, command, answer; the row must still be the one the client has read."""
        row = self._find(request, uid)
        require_key(request)
        require_match(request, row)
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        version = None if request.headers["If-Match"] == "*" else row.row_version
        service(request=row, version=version, by=request.user, **given.validated_data)
        return _answer(self._find(request, uid))

    def _detail(self, request: Request, row: FundingRequest) -> dict[str, Any]:
        copies = reading.copies_read(request=row, by=request.user)
        granted, found = granted_of(row), detail.detail_of(row)
        advice = detail.advice_of(row, copies, granted)
        papers = [{**paper, "href": _href(row, paper)} for paper in found.papers]
        return {
            "disclosed": {
                "version": copies.review_version,
                "review": copies.review,
                "identity": copies.identity,
            },
            "project": row.form.get("project"),
            "advice": serializers.advice_json(advice),
            "payable": serializers.payable_json(detail.payable_before_approval(row, granted)),
            "documents": serializers.PaperRow(papers, many=True).data,
            "messages": serializers.MessageRow(found.messages, many=True).data,
            "acts": serializers.ActRow(found.acts, many=True).data,
            "history": serializers.MoveRow(found.history, many=True).data,
            "disbursements": serializers.DisbursementRow(found.disbursements, many=True).data,
            "awaits_agreement": awaits_agreement(row),
            "agreement": found.agreement and serializers.AgreementRow(found.agreement).data,
        }


def _reject(
    *, request: FundingRequest, reason: str, code: str, version: int | None, by: Any
) -> FundingRequest:
    """Before the review it is not admitted, afterwards it is refused: one address for both."""
    if request.state in INELIGIBLE_FROM:
        return review.request_reject_ineligible(
            request=request, reason=reason, code=code, version=version, by=by
        )
    return review.request_reject(request=request, reason=reason, version=version, by=by)


def _href(row: FundingRequest, paper: dict[str, Any]) -> str | None:
    if not paper["has_copy"]:
        return None
    return reverse("funding_request_document", args=[row.uid, paper["uid"]])


def _answer(row: FundingRequest, more: dict[str, Any] | None = None) -> Response:
    """The row (and what more is asked) with its ETag."""
    response = Response({**serializers.row_json(row), **(more or {})})
    response["ETag"] = etag(row)
    return response
