"""FHIR R4 at the API: a ServiceRequest is the ward's referral, made and followed by the hospital's own system."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework import viewsets
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api_fhir_schema import ACTIONS, FHIR
from cases.api_referrals import refer
from cases.fhir_requests import ServiceRequestInput, outcome_json, referral_of, request_json
from cases.services.system_referrals import referrals_follow, sent_by
from msw_portal.kernel.api import problem
from msw_portal.kernel.api_answers import require_key, single


class FhirRenderer(JSONRenderer):
    media_type = FHIR


class FhirParser(JSONParser):
    media_type = FHIR


def outcome(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the API as FHIR says one; unknown errors stay 500."""
    answer = problem(exc, context)
    if answer is not None:
        answer.data, answer.content_type = outcome_json(answer.data), FHIR
    return answer


@extend_schema_view(**ACTIONS)
class ServiceRequestViewSet(viewsets.ViewSet):
    """Referrals of the client itself, whether they came by FHIR or not."""

    required_scopes = {"create": "referrals:write", "retrieve": "referrals:read"}
    lookup_field = "uid"
    renderer_classes = (FhirRenderer, JSONRenderer)
    parser_classes = (FhirParser, JSONParser)

    def get_exception_handler(self) -> Any:
        return outcome

    def create(self, request: Request) -> Response:
        require_key(request)
        given = ServiceRequestInput(data=request.data)
        given.is_valid(raise_exception=True)
        sent = refer(request, referral_of(given.validated_data))
        answer = single(request_json(sent), status=201)
        answer["Location"] = reverse("fhir_request", args=[sent.uid])
        return answer

    def retrieve(self, request: Request, uid: UUID) -> Response:
        item = get_object_or_404(sent_by(request.user), promoted_uid=uid)
        [found] = referrals_follow(items=[item], by=request.user)
        return single(request_json(found))
